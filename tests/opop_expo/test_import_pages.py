"""The import's pages: templates, progress, languages, who may, and previews that go away."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from opop_expo.imports.jobs import tidy_jobs
from opop_expo.imports.kinds import KINDS
from opop_expo.models import ImportJob, ImportPart
from opop_expo.roles import CATALOGUE_EDITOR, FINANCE, VIEWER
from pesantren.models import Product
from tests.imports import PRODUCTS, finish, make_makers, preview, save, send, sign_in_as, xlsx
from tests.make import make_category, make_expo, make_product, make_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def citra(client: Client) -> Iterator[Client]:
    sign_in_as(client)
    yield client
    # An English page leaves its language to the thread.
    translation.activate("id")


def test_every_kind_goes_through_its_own_template(citra: Client) -> None:
    """What the templates ask for, the import reads, and takes their guide for no second table."""
    expo = make_expo()
    make_zone(expo=expo)
    for prefix in ("", "/en"):
        for kind in KINDS.values():
            content = citra.get(f"{prefix}/admin/impor/{kind.slug}/templat.xlsx").content
            book = load_workbook(io.BytesIO(content))
            sheet = book.worksheets[0]
            headings = [cell.value for cell in sheet[1]]
            columns = [kind.column_for(str(heading)) for heading in headings]
            assert columns == list(kind.columns)
            sheet.append(["x"] * len(columns))
            book.save(filled := io.BytesIO())
            assert send(citra, kind.slug, filled.getvalue(), expo=expo.slug).status_code == 302
            assert ImportJob.objects.get(kind=kind.slug).reading["left"] == []
            text = citra.get(f"{prefix}/admin/impor/{kind.slug}/templat.csv").content.decode()
            assert len(text.split(";")) == len(kind.columns)


def test_template_has_drop_downs_and_explains_itself(citra: Client) -> None:
    make_category(name="Makanan")
    content = citra.get("/admin/impor/produk/templat.xlsx").content

    book = load_workbook(io.BytesIO(content))

    rules = book.worksheets[0].data_validations.dataValidation
    assert {str(rule.sqref)[0] for rule in rules} == {"D", "E"}
    assert "Santripreneur" in [cell.value for cell in book["Pilihan"]["B"]]
    guide = " ".join(str(cell.value) for row in book["Petunjuk"].rows for cell in row)
    assert "25000" in guide
    assert "Makanan" in guide


def test_page_works_on_slice_by_slice_and_tells_how_far_it_is(
    citra: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opop_expo.imports.jobs.SLICE_SECONDS", 0)
    make_makers()
    rows = [[f"Produk {number}", "Kopontren Sidogiri", "Makanan", 1] for number in range(300)]
    page = send(citra, "produk", xlsx([PRODUCTS, *rows]))["Location"]
    job = ImportJob.objects.get()

    assert "0 dari 300 baris diperiksa" in citra.get(page).text
    monkeypatch.setattr("opop_expo.imports.jobs.work.__kwdefaults__", {"seconds": 0.0})
    first = citra.post(f"{page}lanjut/", headers={"HX-Request": "true"}).text
    second = citra.post(f"{page}lanjut/", headers={"HX-Request": "true"}).text

    assert "250 dari 300 baris diperiksa" in first
    assert "<html" not in first
    assert "Simpan 300 perubahan" in second
    job.refresh_from_db()
    assert job.counts == {"new": 300}
    assert citra.get(f"{page}?tampil=new&halaman=3").text.count('scope="row"') == 100


def test_page_works_without_javascript(citra: Client) -> None:
    make_makers()
    row = ["Kopi", "Kopontren Sidogiri", "Makanan", 1]
    page = send(citra, "produk", xlsx([PRODUCTS, row]))["Location"]
    response = citra.post(f"{page}lanjut/")
    assert response["Location"] == page
    assert "Simpan 1 perubahan" in citra.get(page).text


def test_preview_speaks_the_language_of_its_reader(citra: Client) -> None:
    job = preview(citra, "pesantren", [["Nama", "slug"], [None, "sidogiri"]])
    assert "Kolom ini wajib diisi." in citra.get(f"/admin/impor/kerja/{job.pk}/").text

    citra.get(f"/en/admin/impor/kerja/{job.pk}/")
    english = citra.post(
        f"/en/admin/impor/kerja/{job.pk}/lanjut/", headers={"HX-Request": "true"}
    ).text

    job.refresh_from_db()
    assert job.language == "en"
    assert "wajib diisi" not in english


@pytest.mark.parametrize(
    ("role", "status"), [(CATALOGUE_EDITOR, 200), (FINANCE, 403), (VIEWER, 403)]
)
def test_only_who_may_change_the_catalogue_may_import(
    client: Client, role: str, status: int
) -> None:
    sign_in_as(client, role)
    pages = [reverse("imports")] + [
        reverse("import_upload", args=[kind]) for kind in [*KINDS, "foto"]
    ]
    assert {client.get(page).status_code for page in pages} == {status}
    front = client.get("/admin/").text
    assert ('href="/admin/impor/"' in front) is (status == 200)
    response = send(client, "pesantren", xlsx([["Nama"], ["Sidogiri"]]))
    assert ImportJob.objects.exists() is (status == 200)
    assert response.status_code == (302 if status == 200 else 403)


def test_import_brings_in_only_what_its_sender_may_change_by_hand(client: Client) -> None:
    """Whoever may import, yet no products, neither sends products nor sees what others sent."""
    sign_in_as(client)
    make_product(slug="kopi")
    theirs = preview(client, "produk", [["slug", "harga"], ["kopi", 3]])
    budi = sign_in_as(client, VIEWER, "budi")
    for code in ("add_importjob", "add_pesantren", "change_pesantren"):
        budi.user_permissions.add(Permission.objects.get(codename=code))

    assert client.get("/admin/impor/pesantren/").status_code == 200
    assert send(client, "produk", xlsx([["slug"], ["kopi"]])).status_code == 403
    assert client.get("/admin/impor/produk/templat.csv").status_code == 403
    for end in ("", "masalah.csv"):
        assert client.get(f"/admin/impor/kerja/{theirs.pk}/{end}").status_code == 404
    for end in ("lanjut/", "simpan/", "batal/"):
        assert client.post(f"/admin/impor/kerja/{theirs.pk}/{end}").status_code == 404
    assert ImportJob.objects.get() == theirs


def test_other_file_waits_beside_the_one_that_is_not_saved_yet(citra: Client) -> None:
    for slug in ("kopi", "teh"):
        make_product(slug=slug, price_rupiah=1)
    first = preview(citra, "produk", [["slug", "harga"], ["kopi", 3]], name="a.xlsx")
    preview(citra, "produk", [["slug", "harga"], ["teh", "murah"]], name="b.xlsx")
    third = preview(citra, "produk", [["slug", "harga"], ["teh", 4]], name="c.xlsx")
    assert set(ImportJob.objects.all()) == {first, third}
    save(citra, first)
    save(citra, third)  # made anew: the catalogue has moved
    finish(third := ImportJob.objects.get(pk=third.pk))
    save(citra, third)
    assert set(Product.objects.values_list("price_rupiah", flat=True)) == {3, 4}


def test_discarded_and_forgotten_previews_go_away(citra: Client) -> None:
    make_product(slug="kopi")
    job = preview(citra, "produk", [["slug", "harga"], ["kopi", 3]])
    citra.post(f"/admin/impor/kerja/{job.pk}/batal/")
    assert not ImportPart.objects.exists()

    preview(citra, "produk", [["slug", "harga"], ["kopi", 3]])
    again = preview(citra, "produk", [["slug", "harga"], ["kopi", 4]])
    assert ImportJob.objects.get() == again
    assert tidy_jobs(now=timezone.now() + dt.timedelta(hours=23)) == 0
    assert tidy_jobs(now=timezone.now() + dt.timedelta(hours=25)) == 1
    assert not ImportJob.objects.exists()
