"""Uploaded photos: what is refused, and that only pixels are kept."""

from __future__ import annotations

import io
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from django.utils.datastructures import MultiValueDict
from PIL import Image

from pesantren.models import Product
from pesantren.photos import MAX_BYTES, PhotoField, clean_photo
from tests.make import make_product

if TYPE_CHECKING:
    from django.core.files.base import ContentFile

pytestmark = pytest.mark.shown_alike


def photo(size: tuple[int, int] = (40, 30), *, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    mode, colour = options.pop("mode", "RGB"), options.pop("colour", "orange")
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "foto saya.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def opened(content: ContentFile[bytes]) -> Image.Image:
    return Image.open(io.BytesIO(content.read()))


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_code_keeps_every_pixel_and_stands_on_white() -> None:
    code = Image.new("RGBA", (41, 41))  # transparent, as QR makers like to write it
    for module in range(0, 41 * 41, 2):
        code.putpixel((module % 41, module // 41), (0, 0, 0, 255))
    out = io.BytesIO()
    code.save(out, "PNG")

    cleaned = opened(clean_photo(upload(out.getvalue(), "qris.png"), is_code=True))

    assert (cleaned.format, cleaned.mode, cleaned.size) == ("WEBP", "RGB", (41, 41))
    pixels = [cleaned.getpixel((module % 41, module // 41)) for module in range(41 * 41)]
    assert pixels == [
        (0, 0, 0) if module % 2 == 0 else (255, 255, 255) for module in range(41 * 41)
    ]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photo_becomes_webp(kind: str) -> None:
    cleaned = clean_photo(upload(photo(kind=kind)))

    assert re.fullmatch(r"foto-saya-[0-9a-f]{10}\.webp", cleaned.name or "")
    assert opened(cleaned).format == "WEBP"
    assert opened(clean_photo(upload(photo(kind=kind)))).size == (40, 30)


def test_large_photo_is_made_smaller() -> None:
    assert opened(clean_photo(upload(photo((4000, 3000))))).size == (1600, 1200)


def test_metadata_is_left_behind_and_the_picture_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kamera Santri"
    exif[0x0112] = 6  # the camera was held on its side
    exif.get_ifd(0x8825)[2] = (7.0, 15.0, 0.0)  # where it was taken

    picture = opened(clean_photo(upload(photo(exif=exif, comment=b"rahasia"))))

    assert picture.size == (30, 40)
    assert dict(picture.getexif()) == {}
    assert "exif" not in picture.info
    assert b"Kamera" not in clean_photo(upload(photo(exif=exif))).read()


def test_transparency_is_kept() -> None:
    see_through = photo(kind="PNG", mode="RGBA", colour=(255, 0, 0, 80))

    alpha = opened(clean_photo(upload(see_through))).getchannel("A")
    assert alpha.getpixel((1, 1)) == 80


def test_cmyk_from_a_print_shop_is_read() -> None:
    content = io.BytesIO()
    Image.new("CMYK", (40, 30), (0, 128, 255, 0)).save(content, "JPEG")

    assert opened(clean_photo(upload(content.getvalue()))).mode == "RGB"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown"),
        (photo(kind="GIF"), "unknown"),
        (photo(kind="TIFF"), "unknown"),
        (b"MZ not a picture", "unknown"),
        (photo((400, 300))[:900], "broken"),
        (png_that_claims(6_400, 6_400), "too_many_pixels"),
        (png_that_claims(10_000, 10_000), "too_many_pixels"),
        (png_that_claims(60_000, 60_000), "too_many_pixels"),
        (b"\xff" * (MAX_BYTES + 1), "too_heavy"),
    ],
    ids=["svg", "gif", "tiff", "exe", "cut off", "41 MP", "100 MP", "3.6 GP", "heavy"],
)
def test_other_files_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_photo(upload(content))

    assert refused.value.code == code


def test_name_of_the_file_cannot_lead_elsewhere() -> None:
    cleaned = clean_photo(upload(photo(), name="../../kasir .jpg"))
    assert re.fullmatch(r"kasir-[0-9a-f]{10}\.webp", cleaned.name or "")
    nameless = clean_photo(upload(photo(), name="…….jpg"))
    assert re.fullmatch(r"foto-[0-9a-f]{10}\.webp", nameless.name or "")


@pytest.mark.django_db
def test_field_stores_the_cleaned_photo_of_a_product() -> None:
    product = make_product()
    form_class = modelform_factory(Product, fields=["photo"], field_classes={"photo": PhotoField})

    form = form_class({}, MultiValueDict({"photo": [upload(photo())]}), instance=product)
    form.save()

    assert product.photo.name.startswith("products/foto-saya")
    assert product.photo.width == 40
    assert 'accept="image/jpeg,image/png,image/webp"' in str(form["photo"])


@pytest.mark.django_db
def test_field_says_what_is_wrong() -> None:
    form_class = modelform_factory(Product, fields=["photo"], field_classes={"photo": PhotoField})

    form = form_class({}, MultiValueDict({"photo": [upload(b"GIF89a")]}), instance=make_product())

    assert form.errors["photo"] == [
        "Berkas ini bukan foto yang dikenal. Pakai JPEG, PNG, atau WebP."
    ]
