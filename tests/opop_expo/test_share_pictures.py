"""Pictures beside shared links: an address is its content, drawn once, bounded in every way."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from opop_expo import share_pictures
from opop_expo.share_drawing import MAX_BYTES
from opop_expo.share_pictures import find, jpeg_of
from pesantren.models import Product
from tests.make import make_expo, make_offer, make_pesantren, make_product, make_stand
from tests.opop_expo.heads import head_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def offer() -> Offer:
    stand = make_stand(expo=make_expo(), pesantren=[make_pesantren(slug="al-qodiri")])
    return make_offer(stand=stand, product=make_product(name="Keripik pisang", slug="keripik"))


def picture_of(client: Client, page: str) -> str:
    address = head_of(client.get(page).text).metas["og:image"]
    assert address.startswith("http://testserver/")
    return address.removeprefix("http://testserver")


def files() -> list[str]:
    found = []
    folders = ["share"]
    while folders:
        folder = folders.pop()
        if default_storage.exists(folder):
            inner, names = default_storage.listdir(folder)
            folders += [f"{folder}/{one}" for one in inner]
            found += [f"{folder}/{one}" for one in names]
    return sorted(found)


@pytest.mark.parametrize(
    "page", ["/2020/", "/2020/stan/A1/", "/2020/produk/keripik/", "/2020/pesantren/al-qodiri/"]
)
def test_page_shows_a_picture_of_the_size_that_messengers_want(
    client: Client, offer: Offer, page: str
) -> None:
    answer = client.get(picture_of(client, page))
    assert answer["Content-Type"] == "image/jpeg"
    assert "immutable" in answer["Cache-Control"]
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.size, picture.format) == ((1200, 630), "JPEG")
    assert len(answer.content) <= MAX_BYTES


def test_long_names_and_photos_full_of_detail_stay_light(offer: Offer) -> None:
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "WEBP", quality=90)
    product = offer.product
    product.photo.save("ramai.webp", ContentFile(out.getvalue()))
    product.name = "Seragam dan perlengkapan santri " * 3 + "selesai"
    product.save()
    picture = find(offer.stand.expo, "produk", "keripik")
    assert picture is not None
    assert len(jpeg_of(picture)) <= MAX_BYTES


def test_picture_is_drawn_once_and_read_from_then_on(
    client: Client, offer: Offer, monkeypatch: Any
) -> None:
    address = picture_of(client, "/2020/produk/keripik/")
    first = client.get(address).content
    monkeypatch.setattr(share_pictures, "draw_share_picture", lambda *_: pytest.fail("drawn again"))
    assert client.get(address).content == first
    assert len(files()) == 1


def test_new_price_has_a_new_address_and_takes_the_place_of_the_old_picture(
    client: Client, offer: Offer
) -> None:
    before = picture_of(client, "/2020/produk/keripik/")
    client.get(before)
    (old,) = files()
    type(offer).objects.update(price_rupiah=30_000)

    after = picture_of(client, "/2020/produk/keripik/")
    assert after != before
    # A message of before still finds the picture, of today.
    moved = client.get(before)
    assert moved["Location"] == after
    assert "immutable" not in moved["Cache-Control"]
    client.get(after)
    assert len(files()) == 1
    assert files() != [old]


def test_each_language_keeps_its_own(client: Client, offer: Offer) -> None:
    for language in ("", "/en"):
        assert client.get(picture_of(client, f"{language}/2020/produk/keripik/")).content
    assert [name.rpartition("/")[2][:3] for name in files()] == ["en-", "id-"]


def test_made_up_addresses_draw_nothing(client: Client, offer: Offer) -> None:
    assert client.get("/2020/gambar/produk/tak-ada/0123456789abcdef.jpg").status_code == 404
    assert client.get("/2020/gambar/apa/keripik/0123456789abcdef.jpg").status_code == 404
    assert client.get("/2020/gambar/edisi/2019/0123456789abcdef.jpg").status_code == 404
    assert client.get("/2020/gambar/produk/keripik/0123456789abcdef.jpg").status_code == 302
    assert files() == []


def test_whoever_comes_while_all_are_drawing_is_asked_to_come_again(
    client: Client, offer: Offer, monkeypatch: Any
) -> None:
    monkeypatch.setattr(share_pictures, "PATIENCE_SECONDS", 0.01)
    address = picture_of(client, "/2020/produk/keripik/")
    with share_pictures.DRAWING:
        answer = client.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert client.get(address).status_code == 200


def test_broken_photo_is_drawn_instead(offer: Offer) -> None:
    offer.product.photo.save("rusak.webp", ContentFile(b"RIFF rusak"))
    picture = find(offer.stand.expo, "produk", "keripik")
    assert picture is not None
    assert Image.open(io.BytesIO(jpeg_of(picture))).size == (1200, 630)


def test_example_price_is_marked_on_the_picture(offer: Offer) -> None:
    type(offer).objects.update(example_fields="price_rupiah")
    picture = find(offer.stand.expo, "produk", "keripik")
    assert picture is not None
    assert (picture.price, picture.note) == ("Rp 25.000*", "*contoh, bukan catatan resmi")


def test_withdrawn_product_has_a_picture_without_a_price(offer: Offer) -> None:
    Product.objects.update(state=Product.State.WITHDRAWN)
    picture = find(offer.stand.expo, "produk", "keripik")
    assert picture is not None
    assert (picture.price, picture.code) == ("", "")


def test_pictures_made_ahead_are_those_that_the_pages_ask_for(
    client: Client, offer: Offer, monkeypatch: Any
) -> None:
    call_command("make_share_pictures", stdout=io.StringIO())
    # Edition, stand, product and pesantren, in two languages.
    assert len(files()) == 8
    monkeypatch.setattr(share_pictures, "draw_share_picture", lambda *_: pytest.fail("drawn again"))
    for page in ["/2020/", "/2020/stan/A1/", "/2020/produk/keripik/", "/2020/pesantren/al-qodiri/"]:
        for language in ("", "/en"):
            assert client.get(picture_of(client, language + page)).status_code == 200
    out = io.StringIO()
    call_command("make_share_pictures", "2020", stdout=out)
    assert out.getvalue() == "2020: 0 drawn, 8 already there.\n"
