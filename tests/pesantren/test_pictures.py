"""Drawn product pictures: size, sameness, and that a photo is never touched."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from pesantren.models import Product
from pesantren.pictures import (
    COLOURS,
    MOTIFS,
    MOTIFS_BY_WORD,
    draw_missing_pictures,
    draw_product_picture,
    motif_for,
)
from tests.make import make_category, make_product

pytestmark = pytest.mark.shown_alike

NAMES = [
    "Kopi",
    "Kopi Mahkota Raja Blend Doa",
    "Seragam dan perlengkapan santri",
    "M" * 120,
    "a " * 60,
]


WORD_OF_EACH_MOTIF = sorted({motif: word for word, motif in MOTIFS_BY_WORD.items()}.values())


@pytest.mark.parametrize("name", NAMES)
def test_picture_is_light_and_of_one_size(name: str) -> None:
    content = draw_product_picture(name=name, category_slug="beverage")

    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("WEBP", (960, 720))
    assert len(content) < 30_000


@pytest.mark.parametrize("category", [*COLOURS, "new-category"])
def test_every_category_has_a_picture(category: str) -> None:
    assert len(draw_product_picture(name="Barang", category_slug=category)) < 30_000


@pytest.mark.parametrize("category", ["fashion", "food"])
@pytest.mark.parametrize("word", WORD_OF_EACH_MOTIF)
def test_every_motif_is_light(word: str, category: str) -> None:
    assert len(draw_product_picture(name=word, category_slug=category)) < 30_000


@pytest.mark.parametrize(
    ("name", "category", "motif"),
    [
        ("Garam SSD", "food", "salt"),
        ("Keju mozzarella", "food", "cheese"),
        ("Kacang bawang (contoh)", "food", "peanuts"),
        ("Gedang Koe", "food", "bananas"),
        ("Keripik pisang", "food", "bananas"),
        ("Keripik tempe", "food", "crisps"),
        ("Degan Jelly", "food", "coconut"),
        ("Bakso lele", "food", "bowl"),
        ("Tape ketan", "food", "besek"),
        ("Abon", "food", "besek"),
        ("Janggel jagung", "agriculture", "cob"),
        ("Jus mengkudu Sunan", "herbal", "noni"),
        ("Jus jambu", "beverage", "juice"),
        ("Air kelapa kemasan", "beverage", "coconut_water"),
        ("Air mineral", "beverage", "bottle"),
        ("Buku tulis dan pulpen NJ", "other", "notebook"),
        ("Buku dan kitab", "other", "book"),
        ("Songkok lukis", "fashion", "painted_songkok"),
    ],
)
def test_motif_is_the_product_itself(name: str, category: str, motif: str) -> None:
    assert motif_for(name, category).__name__ == motif


def test_same_product_has_the_same_picture_and_another_another() -> None:
    one, same, other = (
        draw_product_picture(name=name, category_slug="food") for name in ("Tape", "Tape", "Abon")
    )

    assert one == same
    assert one != other


def test_colours_are_those_of_the_style_sheet() -> None:
    from django.conf import settings

    css = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
    for slug, (red, green, blue) in COLOURS.items():
        assert f"--cat-{slug}: #{red:02x}{green:02x}{blue:02x};" in css
    assert set(COLOURS) == set(MOTIFS)


@pytest.mark.django_db
def test_product_without_photo_gets_a_picture_once() -> None:
    product = make_product(name="Kopi Santri", slug="kopi-santri")

    assert draw_missing_pictures(Product.objects.all()) == 1
    product.refresh_from_db()
    assert product.photo.name.startswith("products/kopi-santri-")
    assert product.photo_is_drawn
    assert product.photo.width == 960
    assert draw_missing_pictures(Product.objects.all()) == 0


@pytest.mark.django_db
def test_picture_follows_a_new_name_and_a_lost_file() -> None:
    product = make_product(name="Kopi Santri", slug="kopi-hilang")
    draw_missing_pictures(Product.objects.all())
    product.refresh_from_db()
    before = product.photo.name

    product.photo.storage.delete(before)
    assert draw_missing_pictures(Product.objects.all()) == 1
    Product.objects.update(name="Kopi Santri Asli")
    assert draw_missing_pictures(Product.objects.all()) == 1

    product.refresh_from_db()
    assert product.photo.name != before


@pytest.mark.django_db
def test_photo_is_left_alone() -> None:
    product = make_product(category=make_category())
    product.photo.save("asli.webp", ContentFile(b"a photo"))

    assert draw_missing_pictures(Product.objects.all()) == 0
    product.refresh_from_db()
    assert not product.photo_is_drawn
    with product.photo.open() as file:
        assert file.read() == b"a photo"
