"""Photos in sizes: made once and kept, offered by their true widths, gone with the photo."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image

from pesantren.models import Photo, Product
from pesantren.photo_making import (
    count_missing,
    drop_photos,
    make_missing,
    make_renditions,
    see_to_photo,
)
from tests.make import make_pesantren, make_product

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for each test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def webp(size: tuple[int, int] = (1600, 1200), mode: str = "RGB", colour: Any = "brown") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "WEBP")
    return out.getvalue()


def make_with_photo(content: bytes, *, name: str = "kopi.webp") -> Product:
    product = make_product(slug="kopi", name="Kopi")
    product.photo.save(name, ContentFile(content))
    return product


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def size_of(name: str) -> tuple[str | None, tuple[int, int]]:
    with default_storage.open(name) as file, Image.open(file) as picture:
        return picture.format, picture.size


def test_photo_is_offered_in_each_format_and_width() -> None:
    product = make_with_photo(webp())

    assert make_renditions(product)

    shown = Product.objects.get().picture
    assert shown is not None
    assert [source.mime for source in shown.sources] == ["image/avif", "image/webp"]
    assert shown.sources[0].srcset == ", ".join(
        f"/media/products/kopi.{width}.avif {width}w" for width in (320, 640, 960, 1280)
    )
    assert (shown.src, shown.width, shown.height) == ("/media/products/kopi.640.jpg", 1600, 1200)
    assert size_of("products/kopi.320.avif") == ("AVIF", (320, 240))
    assert size_of("products/kopi.1280.webp") == ("WEBP", (1280, 960))
    assert size_of("products/kopi.640.jpg") == ("JPEG", (640, 480))


@pytest.mark.parametrize(
    ("size", "avif", "webp_widths"),
    [
        ((960, 720), [320, 640, 960], [320, 640, 960]),
        ((500, 375), [320, 500], [320, 500]),
        ((40, 30), [40], [40]),
    ],
)
def test_small_photo_is_never_made_larger(
    size: tuple[int, int], avif: list[int], webp_widths: list[int], media: Path
) -> None:
    product = make_with_photo(webp(size))

    make_renditions(product)

    shown = product.picture
    assert shown is not None
    widths = [
        [int(part.rsplit(" ", 1)[1].removesuffix("w")) for part in source.srcset.split(", ")]
        for source in shown.sources
    ]
    assert widths == [avif, webp_widths]
    # The photo itself is the largest WebP, and everything that is offered is there.
    assert shown.sources[1].srcset.endswith(f"/media/products/kopi.webp {size[0]}w")
    offered = {
        part.split(" ")[0].removeprefix("/media/")
        for source in shown.sources
        for part in source.srcset.split(", ")
    } | {shown.src.removeprefix("/media/")}
    assert offered == files_in(media)


def test_see_through_photo_keeps_that_but_for_jpeg() -> None:
    product = make_with_photo(webp((400, 400), "RGBA", (255, 0, 0, 0)))

    make_renditions(product)

    with default_storage.open("products/kopi.320.avif") as file:
        assert Image.open(file).mode == "RGBA"
    with default_storage.open("products/kopi.640.jpg") as file:
        assert Image.open(file).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_before_they_are_made_the_photo_itself_is_shown() -> None:
    product = make_with_photo(webp())

    shown = product.picture

    assert shown is not None
    assert (shown.sources, shown.src) == ((), "/media/products/kopi.webp")
    assert count_missing() == 1


def test_photo_that_nobody_can_read_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    product = make_with_photo(b"gambar")

    call_command("make_renditions")

    assert "products/kopi.webp tidak terbaca" in capsys.readouterr().err
    assert make_missing() == (0, [])
    product.refresh_from_db()
    assert product.picture is not None
    assert product.picture.src == "/media/products/kopi.webp"


def test_command_makes_what_is_missing_and_only_that(media: Path) -> None:
    make_with_photo(webp((300, 200)))
    photo = Photo(pesantren=make_pesantren())
    photo.photo.save("gerbang.webp", ContentFile(webp((300, 200))))

    call_command("make_renditions")

    made = {name: (media / name).stat().st_mtime_ns for name in files_in(media)}
    assert {"products/kopi.320.avif", "photos/gerbang.320.avif"} < set(made)
    # Of a product there is one for print as well.
    assert len([name for name in made if name.startswith("print/")]) == 1
    call_command("make_renditions")
    assert {name: (media / name).stat().st_mtime_ns for name in files_in(media)} == made


def test_making_stops_when_its_time_is_over() -> None:
    for name in ("a", "b", "c"):
        product = make_product()
        product.photo.save(f"{name}.webp", ContentFile(webp((40, 30))))

    done, _unread = make_missing(until=time.monotonic())

    assert (done, count_missing()) == (1, 2)


def test_photo_replaced_while_its_sizes_are_made_leaves_nothing(media: Path) -> None:
    product = make_with_photo(webp((300, 200)))
    stale = Product.objects.get()
    product.photo.save("baru.webp", ContentFile(webp((300, 200), colour="blue")))
    see_to_photo(product)
    kept = files_in(media)

    make_renditions(stale)

    product.refresh_from_db()
    assert product.photo_made_for == "products/baru.webp"
    assert files_in(media) == kept - {"products/kopi.webp"}


def test_photo_that_another_row_has_stays(media: Path) -> None:
    product = make_with_photo(webp((40, 30)))
    see_to_photo(product)
    before = files_in(media)

    drop_photos([product.photo.name])

    assert files_in(media) == before


def test_any_storage_will_do(settings: Any, media: Path) -> None:
    """As with an object store: no path on a disk."""
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    product = make_with_photo(webp((700, 500)))
    see_to_photo(product)

    storage = storages["default"]
    assert storage.exists("products/kopi.640.avif")
    drop_photos(["products/kopi.webp"])
    assert storage.exists("products/kopi.640.avif")
    Product.objects.update(photo="")
    drop_photos(["products/kopi.webp"])
    assert storage.listdir("products") == ([], [])
    assert storage.listdir("print") == ([], [])
    assert files_in(media) == set()


# --- the admin ------------------------------------------------------------------------------------


def jpeg(colour: str, size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return SimpleUploadedFile(f"{colour}.jpg", out.getvalue(), "image/jpeg")


def save_in_admin(client: Client, product: Product, **changes: Any) -> None:
    names = ("name", "slug", "producer_id", "category_id", "pillar", "unit", "price_rupiah")
    form = {name.removesuffix("_id"): getattr(product, name) for name in names}
    for lines in ("credentials", "photos"):
        form |= {f"{lines}-TOTAL_FORMS": 0, f"{lines}-INITIAL_FORMS": 0}
    answer = client.post(f"/admin/pesantren/product/{product.pk}/change/", form | changes)
    assert answer.status_code == 302, answer.context["errors"]


def test_admin_makes_the_sizes_and_removes_those_of_the_photo_before(
    client: Client, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client.force_login(User.objects.create_superuser("citra"))
    product = make_product(slug="kopi")
    with django_capture_on_commit_callbacks(execute=True):
        save_in_admin(client, product, photo=jpeg("brown"))
    first = files_in(media)

    with django_capture_on_commit_callbacks() as waiting:
        save_in_admin(client, product, photo=jpeg("blue"))
    # Nothing goes before the commit: a rollback would want it back.
    assert first < files_in(media)
    for callback in waiting:
        callback()

    names = files_in(media)
    assert len(names) == len(first) == 6  # photo, two AVIF, one WebP, JPEG, print
    assert not names & first
    product.refresh_from_db()
    assert product.photo_made_for == product.photo.name
    assert product.photo_width == 400


def test_admin_keeps_further_photos_with_their_text(
    client: Client, media: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client.force_login(User.objects.create_superuser("citra"))
    product = make_product(slug="kopi")
    line = {"id": "", "product": product.pk, "photo_alt": "Kebunnya", "order": 1}
    form = {f"photos-0-{name}": value for name, value in line.items()}
    with django_capture_on_commit_callbacks(execute=True):
        save_in_admin(
            client,
            product,
            **form,
            **{"photos-TOTAL_FORMS": 1, "photos-0-photo": jpeg("green")},
        )

    photo = product.photos.get()
    assert photo.photo_text == "Kebunnya"
    assert photo.photo_made_for == photo.photo.name
    form |= {"photos-0-id": str(photo.pk), "photos-0-DELETE": "on"}
    counts = {"photos-TOTAL_FORMS": 1, "photos-INITIAL_FORMS": 1}
    with django_capture_on_commit_callbacks(execute=True):
        save_in_admin(client, product, **form, **counts)
    assert files_in(media) == set()
