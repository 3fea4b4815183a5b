"""Files as people send them in, and the way of a file through the import's pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from opop_expo.imports.jobs import work
from opop_expo.models import ImportJob
from opop_expo.roles import ORGANISER, sync_groups
from tests.make import make_category, make_producer

if TYPE_CHECKING:
    from django.test import Client

    from opop_expo.imports.planning import Plan
    from pesantren.models import Producer

Rows = Sequence[Sequence[Any] | Any]

# The columns that a new product needs, and its price.
PRODUCTS = ["Nama Produk", "Pelaku usaha", "Kategori", "Harga acuan"]


def sign_in_as(client: Client, role: str = ORGANISER, name: str = "citra") -> User:
    """A person of the admin with one role, signed in."""
    sync_groups()
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def make_makers() -> Producer:
    """A cooperative and a category to make products of."""
    make_category()
    return make_producer(name="Kopontren Sidogiri")


def xlsx(rows: Rows, **sheets: Rows) -> bytes:
    """A workbook whose first sheet has these rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for title, others in sheets.items():
        more = book.create_sheet(title)
        for row in others:
            more.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(rows: Rows, delimiter: str = ",") -> bytes:
    """The same as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode()


def send(client: Client, kind: str, content: bytes, name: str = "data.xlsx", **fields: str) -> Any:
    """Upload a file through its page."""
    file = SimpleUploadedFile(name, content)
    return client.post(f"/admin/impor/{kind}/", {"file": file, **fields})


def preview(client: Client, kind: str, rows: Rows | bytes, **fields: str) -> ImportJob:
    """Upload rows, and work until the preview is there."""
    content = rows if isinstance(rows, bytes) else xlsx(rows)
    response = send(client, kind, content, **fields)
    assert response.status_code == 302, re.sub(r"\s+", " ", response.content.decode())[-3000:]
    job = ImportJob.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])
    finish(job)
    return job


def finish(job: ImportJob) -> None:
    """Work until a preview is there."""
    for _slice in range(200):
        if job.state != ImportJob.State.WORKING:
            return
        work(job)
    raise AssertionError("the preview never comes to an end")


def save(client: Client, job: ImportJob) -> Any:
    """Confirm what a preview shows."""
    return client.post(f"/admin/impor/kerja/{job.pk}/simpan/", {"digest": job.digest}, follow=True)


def plans_of(job: ImportJob) -> list[Plan]:
    """The plans of all rows."""
    return [plan for part in job.parts.all() for plan in part.plan or []]


def states(job: ImportJob) -> list[str]:
    """What becomes of each row: new, changed, the same or bad, by its first letter."""
    return [plan["state"] for plan in plans_of(job)]


def problems_of(job: ImportJob) -> list[tuple[int, str, str]]:
    """Row, column and reason of all that is wrong."""
    return [
        (plan["n"], heading, reason)
        for plan in plans_of(job)
        for heading, reason in plan.get("problems", [])
    ]
