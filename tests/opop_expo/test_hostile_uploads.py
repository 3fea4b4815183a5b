"""Hostile and broken files through every page that takes one: a clear answer, and nothing kept.

Those that cost seconds are in `make hostile`, which also measures what each costs in memory.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Event
from opop_expo.imports.jobs import work
from opop_expo.models import ImportJob
from pesantren.models import Pesantren, Photo, Producer, Product
from sales.models import HeldSale, Sale
from stands.models import Offer, Stand
from tests import hostile
from tests.make import make_category, make_expo, make_producer, make_product, make_stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.hostile import Hostile

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# What a page says that refuses a file, at its place.
REFUSALS = ("field-error", "errorlist", "receive-problem", "import-problem")


@pytest.fixture
def citra(client: Client, settings: Any, tmp_path: Path) -> Iterator[Client]:
    """Somebody who may do everything; nothing of what they send stays."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.IMPORTS_ROOT = tmp_path / "imports"
    client.force_login(User.objects.create_superuser("citra"))
    make_category()
    make_product(slug="kopi", producer=make_producer(name="Kopontren"))
    make_stand(expo=make_expo())
    before = kept()
    yield client
    assert kept() == before
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def kept() -> dict[str, Any]:
    """All that a file may have left behind."""
    models = (Product, Photo, Producer, Stand, Offer, Event, Sale, HeldSale)
    rows: dict[str, Any] = {one.__name__: one._default_manager.count() for one in models}
    rows["photo"] = list(Product.objects.values_list("name", "photo"))
    rows["qris"] = list(Stand.objects.values_list("code", "qris_image"))
    return rows


def quick(files: list[Hostile]) -> list[Any]:
    return [pytest.param(one, id=one.label) for one in files if not one.heavy]


def send(client: Client, page: str, field: str, file: Hostile, fields: dict[str, str]) -> Any:
    upload = SimpleUploadedFile(file.name, file.make())
    return client.post(page, {**fields, field: upload})


def refuse(client: Client, kind: str, file: Hostile) -> None:
    """A file of an import is refused at once, or its preview shows what is wrong."""
    response = send(client, f"/admin/impor/{kind}/", "file", file, {})
    if response.status_code == 302:
        job = ImportJob.objects.get()
        for _slice in range(50):
            if job.state == ImportJob.State.WORKING:
                work(job)
        client.post(f"{response['Location']}simpan/", {"digest": job.digest})
        response = client.get(response["Location"])
    else:
        assert response.status_code == 422
        assert not ImportJob.objects.exists()
    assert any(word in response.text for word in REFUSALS)


@pytest.mark.parametrize("file", quick(hostile.TABLES))
def test_table(citra: Client, file: Hostile) -> None:
    refuse(citra, "produk", file)


@pytest.mark.parametrize("file", quick([*hostile.ARCHIVES, *hostile.TABLES[-30:-20]]))
def test_archive_of_photos(citra: Client, file: Hostile) -> None:
    refuse(citra, "foto", file)


@pytest.mark.parametrize("file", quick(hostile.PICTURES))
def test_photo_in_an_archive(citra: Client, file: Hostile) -> None:
    packed = hostile.zip_of({f"kopi{Path(file.name).suffix}": file.make()})
    refuse(citra, "foto", hostile.Hostile(file.label, "foto.zip", lambda: packed))


@pytest.mark.parametrize("file", quick(hostile.PICTURES))
def test_photo_of_a_product(citra: Client, file: Hostile) -> None:
    page = f"/admin/pesantren/product/{Product.objects.get().pk}/change/"
    response = send(citra, page, "photo", file, fields_of(citra.get(page).text))
    assert response.status_code == 200
    assert "errorlist" in response.text


@pytest.mark.parametrize("file", quick(hostile.PICTURES[:6]))
@pytest.mark.parametrize("kind", ["product", "pesantren"])
def test_further_photo(citra: Client, file: Hostile, kind: str) -> None:
    model = {"product": Product, "pesantren": Pesantren}[kind]
    key = model._default_manager.values_list("pk", flat=True).get()
    page = f"/admin/pesantren/{kind}/{key}/change/"
    line = {"photos-TOTAL_FORMS": "1", f"photos-0-{kind}": str(key), "photos-0-order": "0"}
    response = send(citra, page, "photos-0-photo", file, fields_of(citra.get(page).text) | line)
    assert response.status_code == 200
    assert "errorlist" in response.text


@pytest.mark.parametrize("file", quick(hostile.PICTURES[:6]))
def test_qris_of_a_stand(citra: Client, file: Hostile) -> None:
    page = f"/admin/stands/stand/{Stand.objects.get().pk}/change/"
    response = send(citra, page, "qris_image", file, fields_of(citra.get(page).text))
    assert response.status_code == 200
    assert "errorlist" in response.text


@pytest.mark.parametrize("file", quick(hostile.DELIVERIES))
def test_delivery_of_a_tablet(citra: Client, file: Hostile) -> None:
    response = send(citra, "/admin/sales/terima/", "file", file, {})
    assert response.status_code == 422
    assert any(word in response.text for word in REFUSALS)


@pytest.mark.parametrize("file", quick(hostile.TABLES))
def test_statement_of_a_bank(citra: Client, file: Hostile) -> None:
    """It is shown how the file is understood at most; a statement is kept only when confirmed."""
    response = send(citra, "/admin/sales/bank/unggah/", "file", file, {"method": "qris"})
    assert response.status_code in (200, 422)


class Fields(HTMLParser):
    """The fields of the form of a page with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = {key: value or "" for key, value in attrs}
        kind, name = here.get("type", "text"), here.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "textarea":
            self.area = name
        elif tag == "option" and "selected" in here:
            self.found[self.select] = here.get("value", "")
        elif tag == "input" and name and kind not in ("file", "submit", "button"):
            is_set = kind not in ("checkbox", "radio") or "checked" in here
            self.found |= {name: here.get("value", "")} if is_set else {}

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def fields_of(page: str) -> dict[str, str]:
    parser = Fields()
    parser.feed(page)
    return parser.found
