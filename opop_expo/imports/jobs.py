"""A job from its upload to its preview.

No worker runs beside the portal. The page that waits asks again and again, and each of its requests
works on one more slice, for about a second.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from opop_expo.imports import photo_zip
from opop_expo.imports.kinds import KINDS
from opop_expo.imports.planning import Planner, fingerprint
from opop_expo.models import ImportJob, ImportPart
from opop_expo.tables_in import read_table
from opop_expo.zip_in import FileRefused

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import UploadedFile

    from opop_expo.imports.columns import Column, Kind
    from stands.models import Expo

SLICE_SECONDS = 1.0
# The heading is looked for in so many rows: people write a title above their table.
HEADING_WITHIN = 10
# A preview that nobody saved.
KEPT = timedelta(hours=24)
# A list of what was done.
KEPT_DONE = timedelta(days=30)
# Columns that people number their rows by.
COUNTERS = {"no", "nomor urut", "no urut", "nr"}


def open_job(upload: UploadedFile, *, kind: Kind, expo: Expo | None, author: User) -> ImportJob:
    """Keep the rows of a spreadsheet for the preview. Raises FileRefused; then nothing is kept."""
    name = upload.name or ""
    file = upload.file
    assert file is not None  # noqa: S101, the form asks for one
    rows = read_table(file, name=name, size=upload.size or 0, most=kind.most)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    place, columns, unknown = _heading(kind, rows)
    content = [
        [
            number,
            {column.name: cells[at] for at, column in columns if at < len(cells) and cells[at]},
        ]
        for number, cells in rows[place + 1 :]
    ]
    content = [one for one in content if one[1]]
    if not content:
        raise FileRefused(_("Di bawah judul kolom belum ada baris yang diisi."))
    with transaction.atomic():
        # A corrected file takes the place of the one before.
        old = ImportJob.objects.filter(author=author, kind=kind.slug, state__in=UNSAVED)
        for job in old:
            discard(job)
        job = ImportJob.objects.create(
            kind=kind.slug,
            expo=expo,
            author=author,
            file_name=name[-200:],
            file_digest=digest,
            language=translation.get_language() or "id",
            columns=[[column.name, rows[place][1][at].strip()] for at, column in columns],
            unknown=unknown,
            rows=len(content),
        )
        ImportPart.objects.bulk_create(
            ImportPart(job=job, number=number, rows=some, keys=_given_slugs(some))
            for number, some in enumerate(
                content[start : start + kind.part] for start in range(0, len(content), kind.part)
            )
        )
    return job


def _given_slugs(rows: list[list[Any]]) -> dict[str, int]:
    """The addresses that rows give themselves; none that is made may be one of them."""
    return {cells["slug"].strip().lower(): 0 for _number, cells in rows if "slug" in cells}


UNSAVED = (ImportJob.State.WORKING, ImportJob.State.READY)


def _heading(
    kind: Kind, rows: list[tuple[int, list[str]]]
) -> tuple[int, list[tuple[int, Column]], list[list[str]]]:
    """The place of the heading row, its columns, and the headings that nobody knows."""
    best, place = 0, 0
    for at, (_number, cells) in enumerate(rows[:HEADING_WITHIN]):
        known = len({one.name for cell in cells if (one := kind.column_for(cell))})
        if known > best:
            best, place = known, at
    if not best:
        raise FileRefused(
            _("Judul kolomnya tidak dikenal. Pakai templat, atau beri judul seperti: %(names)s.")
            % {"names": ", ".join(str(one.heading) for one in kind.columns[:4])}
        )
    columns: list[tuple[int, Column]] = []
    unknown: list[list[str]] = []
    for at, heading in enumerate(rows[place][1]):
        column = kind.column_for(heading)
        if column is not None:
            if any(other is column for _at, other in columns):
                raise FileRefused(
                    _("Kolom %(name)s ada dua kali. Hapus salah satunya.")
                    % {"name": column.heading}
                )
            columns.append((at, column))
        elif heading.strip() and heading.strip(" .").casefold() not in COUNTERS:
            unknown.append([heading.strip()[:60], kind.closest(heading)])
        elif not heading.strip() and any(
            at < len(cells) and cells[at].strip() for _row, cells in rows[place + 1 :]
        ):
            unknown.append([_("(kolom %(number)s tanpa judul)") % {"number": at + 1}, ""])
    _check_key(kind, [column.name for _at, column in columns])
    return place, columns, unknown


def _check_key(kind: Kind, names: list[str]) -> None:
    """The file says which row is which."""
    wanted = ("name",) if kind.has_slug and "slug" not in names else kind.key_columns
    missing = [str(kind.by_name[one].heading) for one in wanted if one not in names]
    if missing:
        raise FileRefused(
            _("Kolom %(names)s harus ada: tanpa itu tidak jelas baris mana yang dimaksud.")
            % {"names": ", ".join(missing)}
        )


# --- slices ---------------------------------------------------------------------------------------


def work(job: ImportJob, *, seconds: float = SLICE_SECONDS) -> None:
    """Go on with the preview for about so long. Writes nothing but the preview itself.

    Of photos that are saved it makes what pages and print show of them.

    Two windows that work on the same job work out the same.
    """
    until = time.monotonic() + seconds
    if job.kind == photo_zip.KIND and job.state == ImportJob.State.DONE:
        photo_zip.work_on_sizes(until=until)
    if job.state != ImportJob.State.WORKING:
        return
    if job.kind == photo_zip.KIND:
        photo_zip.work(job, until=until)
    else:
        _work_on_rows(job, until=until)
    if not job.parts.filter(plan__isnull=True).exists():
        _finish(job)


def _work_on_rows(job: ImportJob, *, until: float) -> None:
    kind = KINDS[job.kind]
    if not job.fingerprint:
        job.fingerprint = fingerprint(kind, job.expo)
        ImportJob.objects.filter(pk=job.pk).update(
            fingerprint=job.fingerprint, touched_at=timezone.now()
        )
    taken: dict[str, int] = {}
    explicit: set[str] = set()
    for keys in job.parts.values_list("keys", flat=True):
        taken |= {key: number for key, number in keys.items() if number}
        explicit |= {key for key, number in keys.items() if not number}
    planner = Planner(kind, job.expo, taken=taken)
    given = [name for name, _heading in job.columns]
    # One at a time: most slices come no further than a few.
    for pk in list(job.parts.filter(plan__isnull=True).values_list("pk", flat=True)):
        part = job.parts.get(pk=pk)
        part.plan = planner.plan(part.rows, given, explicit)
        part.states = "".join(plan["state"] for plan in part.plan)
        part.keys |= planner.took
        part.save(update_fields=["plan", "states", "keys"])
        if time.monotonic() > until:
            return


def _finish(job: ImportJob) -> None:
    """All rows have a plan: count them, unless the catalogue has moved meanwhile."""
    kind = KINDS.get(job.kind)
    if kind is not None and fingerprint(kind, job.expo) != job.fingerprint:
        start_again(job)
        return
    digest = hashlib.sha256()
    counts: Counter[str] = Counter()
    for states, plan in job.parts.values_list("states", "plan"):
        counts.update(states)
        digest.update(json.dumps(plan, sort_keys=True).encode())
    job.counts = {
        NAMES_OF_STATES[state]: counts[state] for state in NAMES_OF_STATES if state in counts
    }
    job.digest, job.state = digest.hexdigest(), ImportJob.State.READY
    job.touched_at = timezone.now()
    ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.WORKING).update(
        counts=job.counts, digest=job.digest, state=job.state, touched_at=job.touched_at
    )


NAMES_OF_STATES = {"n": "new", "c": "changed", "s": "same", "b": "bad"}


def start_again(job: ImportJob) -> None:
    """Make the preview anew, in the language that is asked for now."""
    job.state, job.fingerprint, job.digest, job.counts = ImportJob.State.WORKING, "", "", {}
    job.language = translation.get_language() or "id"
    with transaction.atomic():
        job.save(update_fields=["state", "fingerprint", "digest", "counts", "language"])
        for part in job.parts.all():
            part.plan, part.states, part.keys = None, "", _given_slugs(part.rows)
            part.save(update_fields=["plan", "states", "keys"])


def done_rows(job: ImportJob) -> int:
    """How many rows have a plan."""
    return sum(len(states) for states in job.parts.values_list("states", flat=True))


# --- going away -----------------------------------------------------------------------------------


def discard(job: ImportJob) -> None:
    """Let a job go that is not saved."""
    photo_zip.drop_files(job)
    job.delete()


def tidy_jobs(*, now: Any = None) -> int:
    """Clear away previews that nobody saved, and bring in step what a death left half done."""
    now = now or timezone.now()
    photo_zip.mend(now=now)
    gone = 0
    for job in ImportJob.objects.filter(state__in=UNSAVED, touched_at__lt=now - KEPT):
        discard(job)
        gone += 1
    for job in ImportJob.objects.filter(state=ImportJob.State.DONE, touched_at__lt=now - KEPT_DONE):
        discard(job)
    return gone
