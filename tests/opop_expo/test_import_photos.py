"""Photos as an archive: matched by name, made anew, and files and rows in step whatever dies."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from events.models import Event
from opop_expo.imports import photo_zip
from opop_expo.imports.jobs import tidy_jobs, work
from opop_expo.models import ImportJob
from opop_expo.zip_in import BoundedZip
from pesantren.models import Product
from tests.imports import finish, plans_of, save, send, sign_in_as
from tests.make import make_product

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def citra(client: Client, settings: Any, tmp_path: Path) -> Client:
    settings.IMPORTS_ROOT = tmp_path / "imports"
    settings.MEDIA_ROOT = tmp_path / "media"
    sign_in_as(client)
    return client


def jpeg(colour: str = "orange", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG", **options)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def preview(client: Client, files: dict[str, bytes]) -> ImportJob:
    response = send(client, "foto", zipped(files), name="foto.zip")
    assert response.status_code == 302, response.content.decode()[-2000:]
    job = ImportJob.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])
    finish(job)
    return job


def files_in(folder: Any) -> list[str]:
    return sorted(path.name for path in Path(folder).rglob("*") if path.is_file())


def test_photos_are_matched_shown_and_put_in_place(citra: Client, settings: Any) -> None:
    make_product(slug="kopi-santri", name="Kopi Santri")
    make_product(slug="teh", name="Teh Rosela & Jahe")
    job = preview(
        citra,
        {
            "foto/kopi-santri.jpg": jpeg(),
            "Teh Rosela dan Jahe.JPG": jpeg("green"),
            "__MACOSX/kopi-santri.jpg": b"x",
            "Thumbs.db": b"x",
        },
    )
    page = citra.get(f"/admin/impor/kerja/{job.pk}/").text
    assert not Path(settings.MEDIA_ROOT).exists()

    save(citra, job)

    assert "data:image/webp;base64," in page
    assert [plan["key"] for plan in plans_of(job)] == []  # done, and cleared away
    for product in Product.objects.all():
        assert product.photo.name.startswith(f"products/{product.slug}-")
        with product.photo.open() as file:
            assert Image.open(file).format == "WEBP"
    assert len(files_in(settings.MEDIA_ROOT)) == 2
    assert files_in(settings.IMPORTS_ROOT) == []
    event = Event.objects.get(kind=Event.Kind.PHOTOS_IMPORTED)
    assert event.data["counts"] == {"new": 2}
    assert event.data["products"] == ["kopi-santri", "teh"]


def test_sizes_for_pages_and_print_are_made_after_the_saving(citra: Client, settings: Any) -> None:
    for slug in ("kopi", "teh"):
        make_product(slug=slug)
    job = preview(citra, {"kopi.jpg": jpeg(), "teh.jpg": jpeg("green")})
    page = save(citra, job).content.decode()
    assert "2 foto lagi disiapkan untuk ponsel dan cetakan." in page

    work(ImportJob.objects.get(), seconds=0)
    assert "1 foto lagi" in citra.get(f"/admin/impor/kerja/{job.pk}/").text
    citra.post(f"/admin/impor/kerja/{job.pk}/lanjut/")

    assert "lagi disiapkan" not in citra.get(f"/admin/impor/kerja/{job.pk}/").text
    for product in Product.objects.all():
        assert product.picture is not None
        assert [source.mime for source in product.picture.sources] == ["image/avif", "image/webp"]
    assert len([name for name in files_in(settings.MEDIA_ROOT) if name.endswith(".avif")]) == 2
    assert len(files_in(Path(settings.MEDIA_ROOT, "print"))) == 2


def test_same_photos_again_change_nothing(citra: Client) -> None:
    make_product(slug="kopi")
    save(citra, preview(citra, {"kopi.jpg": jpeg()}))
    job = preview(citra, {"kopi.jpg": jpeg()})
    assert job.counts == {"same": 1}


def test_replaced_photo_leaves_no_file_behind(citra: Client, settings: Any) -> None:
    product = make_product(slug="kopi")
    product.photo.save("products/lama.webp", ContentFile(jpeg()))
    save(citra, preview(citra, {"kopi.jpg": jpeg("blue")}))
    product.refresh_from_db()
    assert files_in(settings.MEDIA_ROOT) == [Path(product.photo.name).name]


def test_unmatched_and_refused_photos_are_told_and_nothing_is_put_in_place(
    citra: Client, settings: Any
) -> None:
    make_product(slug="kopi", name="Kopi")
    make_product(slug="teh-1", name="Teh")
    make_product(slug="teh-2", name="Teh")
    make_product(slug="madu", name="Madu")
    make_product(slug="madu-2", name="Madu")
    job = preview(
        citra,
        {
            "kopi.jpg": jpeg(),
            "Kopi.png": jpeg(),
            "gula.jpg": jpeg(),
            "teh.jpg": jpeg(),
            "Madu.jpg": jpeg(),
            "teh-1.jpg": b"<svg onload=alert(1)>",
            "teh-2.jpg": jpeg()[:-30],
        },
    )
    reasons = {plan["name"]: plan["problems"][0][1] for plan in plans_of(job) if "problems" in plan}
    save(citra, job)

    assert "sama dengan berkas kopi.jpg" in reasons["Kopi.png"]
    assert "Tidak ada produk" in reasons["gula.jpg"]
    assert "teh-1, teh-2" in reasons["teh.jpg"]
    assert "madu, madu-2" in reasons["Madu.jpg"]
    assert "bukan foto yang dikenal" in reasons["teh-1.jpg"]
    assert "rusak" in reasons["teh-2.jpg"]
    assert not Product.objects.exclude(photo="").exists()
    assert files_in(settings.MEDIA_ROOT) == []


def test_product_twice_is_told_although_two_windows_work(
    citra: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other window ends a part just when this one has looked what is taken."""
    names = ["kopi", "teh", "gula", "madu"]
    for slug in names:
        make_product(slug=slug, name=slug.title())
    content = zipped({f"{name}.jpg": jpeg() for name in [*names, "Kopi"]})
    send(citra, "foto", content, name="foto.zip")
    job = ImportJob.objects.get()

    def late(*arguments: Any) -> BoundedZip:
        monkeypatch.setattr(photo_zip, "BoundedZip", BoundedZip)
        work(ImportJob.objects.get(), seconds=0)
        return BoundedZip(*arguments)

    monkeypatch.setattr(photo_zip, "BoundedZip", late)
    finish(job)
    assert job.counts == {"new": 4, "bad": 1}


def test_position_of_the_camera_is_left_behind(citra: Client) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (7.0, 15.0, 0.0)
    product = make_product(slug="kopi")
    save(citra, preview(citra, {"kopi.jpg": jpeg(exif=exif)}))
    product.refresh_from_db()
    with product.photo.open() as file:
        assert dict(Image.open(file).getexif()) == {}


def test_photo_changed_since_the_preview_is_not_overwritten(citra: Client, settings: Any) -> None:
    product = make_product(slug="kopi")
    job = preview(citra, {"kopi.jpg": jpeg()})
    product.photo.save("products/baru.webp", ContentFile(jpeg("red")))

    page = save(citra, job).content.decode()

    assert "Data berubah sejak pratinjau" in page
    assert files_in(settings.MEDIA_ROOT) == ["baru.webp"]
    finish(ImportJob.objects.get())
    assert ImportJob.objects.get().counts == {"changed": 1}


class Death(BaseException):
    """The process is killed here."""


@pytest.mark.parametrize("where", ["_begin", "save", "_point", "_drop_replaced", "drop_files"])
def test_files_and_rows_are_in_step_wherever_the_process_dies(
    citra: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    products = [make_product(slug="kopi"), make_product(slug="teh")]
    for product in products:
        product.photo.save(f"products/{product.slug}-lama.webp", ContentFile(jpeg()))
    job = preview(citra, {"kopi.jpg": jpeg("red"), "teh.jpg": jpeg("blue")})
    target: Any = default_storage if where == "save" else photo_zip
    calls = []

    def die(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if where == "save" and len(calls) == 1:
            return original(*arguments, **options)
        raise Death

    original = getattr(target, where)
    with monkeypatch.context() as patched:
        patched.setattr(target, where, die)
        with pytest.raises(Death):
            save(citra, job)

    tidy_jobs(now=timezone.now() + dt.timedelta(minutes=11))

    named = sorted(Path(one.photo.name).name for one in Product.objects.all())
    assert files_in(settings.MEDIA_ROOT) == named
    is_done = where in ("_drop_replaced", "drop_files")
    assert Event.objects.filter(kind=Event.Kind.PHOTOS_IMPORTED).exists() is is_done
    if not is_done:
        assert named == ["kopi-lama.webp", "teh-lama.webp"]
        save(citra, ImportJob.objects.get())
    fresh = sorted(Path(one.photo.name).name for one in Product.objects.all())
    assert files_in(settings.MEDIA_ROOT) == fresh
    assert not any("lama" in name for name in fresh)
    tidy_jobs(now=timezone.now() + dt.timedelta(hours=25))
    assert files_in(settings.IMPORTS_ROOT) == []


def test_second_archive_asks_before_it_takes_the_place_of_one_that_waits(
    citra: Client, settings: Any
) -> None:
    for slug in ("kopi", "teh"):
        make_product(slug=slug)
    first = preview(citra, {"kopi.jpg": jpeg()})
    upload_page = citra.get("/admin/impor/foto/").text
    assert "foto.zip" in upload_page
    assert f'href="/admin/impor/kerja/{first.pk}/"' in upload_page

    asked = send(citra, "foto", zipped({"teh.jpg": jpeg("green")}), name="lain.zip")

    assert asked.status_code == 422
    assert "Arsip foto.zip belum disimpan" in asked.content.decode()
    assert list(ImportJob.objects.all()) == [first]
    assert files_in(settings.IMPORTS_ROOT) != []
    save(citra, first)
    assert Product.objects.get(slug="kopi").photo


def test_second_archive_takes_the_place_once_that_is_agreed(citra: Client, settings: Any) -> None:
    for slug in ("kopi", "teh"):
        make_product(slug=slug)
    first = preview(citra, {"kopi.jpg": jpeg()})
    file = zipped({"teh.jpg": jpeg("green")})
    # What was agreed to is that one, and not whatever waits by then.
    other = send(citra, "foto", file, name="lain.zip", replace=str(uuid.uuid4()))
    assert other.status_code == 422

    answer = send(citra, "foto", file, name="lain.zip", replace=str(first.pk))

    assert answer.status_code == 302
    assert [job.file_name for job in ImportJob.objects.all()] == ["lain.zip"]
    assert files_in(settings.IMPORTS_ROOT) == ["foto.zip"]


def test_archive_that_cannot_be_saved_or_comes_again_gives_way_unasked(citra: Client) -> None:
    make_product(slug="kopi")
    preview(citra, {"kopi.jpg": jpeg(), "tidak-dikenal.jpg": jpeg()})
    assert "belum disimpan." not in citra.get("/admin/impor/foto/").text
    corrected = preview(citra, {"kopi.jpg": jpeg()})
    assert list(ImportJob.objects.all()) == [corrected]

    again = preview(citra, {"kopi.jpg": jpeg()})

    assert list(ImportJob.objects.all()) == [again]


def test_archive_of_another_person_is_not_asked_about(citra: Client, client: Client) -> None:
    make_product(slug="kopi")
    preview(citra, {"kopi.jpg": jpeg()})
    sign_in_as(client, name="dewi")
    make_product(slug="teh")
    preview(client, {"teh.jpg": jpeg("green")})
    assert ImportJob.objects.count() == 2
