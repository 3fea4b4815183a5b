"""What the pages of a product, a stand, a pesantren and a maker say beside the goods."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.files.base import ContentFile

from pesantren.models import Photo, Producer, Product
from stands.clock import WIB
from stands.models import Expo
from stands.opening import opening_at
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Stand

pytestmark = pytest.mark.django_db

# The edition's days are 18 to 20 December 2020, from nine to nine.
OPEN = dt.datetime(2020, 12, 18, 12, tzinfo=WIB)
NIGHT = dt.datetime(2020, 12, 18, 23, tzinfo=WIB)


def make_sold(*, stock: int | None = 10) -> tuple[Stand, Product]:
    """Kopi Santri of Kopontren Qodiriyah at stand A1."""
    pesantren = make_pesantren(name="Al-Qodiri", slug="al-qodiri")
    producer = make_producer(name="Kopontren Qodiriyah", pesantren=pesantren)
    product = make_product(slug="kopi", producer=producer)
    stand = make_stand(expo=make_expo(), name="Kedai Kopi", pesantren=[pesantren])
    make_offer(stand=stand, product=product, stock=stock)
    return stand, product


def allow_whatsapp(producer: Producer) -> None:
    producer.whatsapp, producer.whatsapp_allowed = "6281234567890", True
    producer.save()


# --- open or not ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (dt.datetime(2020, 12, 1, 12, tzinfo=WIB), "Buka Jumat, 18 Desember 2020, pukul 09.00 WIB"),
        (dt.datetime(2020, 12, 17, 12, tzinfo=WIB), "Buka besok pukul 09.00 WIB"),
        (dt.datetime(2020, 12, 18, 8, tzinfo=WIB), "Buka hari ini pukul 09.00 WIB"),
        (OPEN, "Buka sekarang, sampai 21.00 WIB"),
        (NIGHT, "Sudah tutup, buka lagi besok pukul 09.00 WIB"),
        (dt.datetime(2020, 12, 20, 22, tzinfo=WIB), "Pameran ini selesai 20 Desember 2020"),
    ],
)
def test_pages_say_whether_it_is_open(client: Client, at: dt.datetime, says: str) -> None:
    stand, product = make_sold()

    with time_machine.travel(at, tick=False):
        pages = [
            client.get(path).text
            for path in (
                "/2020/produk/kopi/",
                "/2020/stan/A1/",
                "/2020/pesantren/al-qodiri/",
                f"/2020/pembuat/{product.producer.slug}/",
            )
        ]

    assert [says in page for page in pages] == [True] * 4
    if at < dt.datetime(2020, 12, 20, 21, tzinfo=WIB):
        assert "Minggu, 20 Desember 2020" in pages[0]
    assert stand.expo.days.count() == 3


def test_day_with_unknown_hours_is_under_way() -> None:
    expo = make_expo(opens=None, closes=None)

    assert opening_at(expo, OPEN).state == "under way"
    assert opening_at(expo, dt.datetime(2020, 12, 17, 12, tzinfo=WIB)).state == "tomorrow"
    assert opening_at(make_expo(slug="2021", days=(), is_current=False), OPEN).state == "unknown"


# --- is there any ---------------------------------------------------------------------------------


def test_page_says_only_whether_there_is_any(client: Client) -> None:
    """The number changes with every sale; the page is kept until it is sold out."""
    make_sold(stock=3)

    with time_machine.travel(OPEN, tick=False):
        page = client.get("/2020/produk/kopi/").text

    assert '<span class="in-stock">ada</span>' in page
    assert "tinggal" not in page
    assert 'hx-get="/2020/produk/kopi/sisa/"' in page


@pytest.mark.parametrize(
    ("stock", "says"),
    [(0, "habis"), (1, "tinggal 1"), (5, "tinggal 5"), (6, "ada"), (None, "ada")],
)
def test_number_is_loaded_apart(client: Client, stock: int | None, says: str) -> None:
    make_sold(stock=stock)

    with time_machine.travel(OPEN, tick=False):
        answer = client.get("/2020/produk/kopi/sisa/")

    assert f">{says}</span>" in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert "<html" not in answer.text
    # It asks once.
    assert "hx-get" not in answer.text


def test_number_tells_nothing_of_what_has_no_page_there(client: Client) -> None:
    _stand, product = make_sold()
    make_product(slug="di-rumah", producer=product.producer)
    secret = make_expo(slug="2021", is_current=False)
    Expo.objects.filter(slug="2021").update(is_public=False)
    make_offer(stand=make_stand(expo=secret, code="Z9"), product=make_product(slug="rahasia"))

    paths = [f"/2020/produk/{slug}/" for slug in ("kopi", "di-rumah", "rahasia", "tidak-ada")]

    assert [client.get(path).status_code for path in paths] == [200, 200, 404, 404]
    assert [client.get(f"{path}sisa/").status_code for path in paths] == [200, 200, 404, 404]


def test_number_costs_as_many_queries_for_three_stands_as_for_one(client: Client) -> None:
    stand, product = make_sold(stock=3)
    once = queries_of(client, "/2020/produk/kopi/sisa/")
    for code in ("B7", "B8"):
        make_offer(stand=make_stand(expo=stand.expo, code=code), product=product)
    assert queries_of(client, "/2020/produk/kopi/sisa/") == once


@pytest.mark.parametrize(("at", "stock"), [(NIGHT, 3), (OPEN, None), (OPEN, 0)])
def test_nothing_is_asked_where_nothing_can_have_changed(
    client: Client, at: dt.datetime, stock: int | None
) -> None:
    make_sold(stock=stock)

    with time_machine.travel(at, tick=False):
        page = client.get("/2020/produk/kopi/").text

    assert "hx-get" not in page
    assert "htmx" not in page


def test_after_the_fair_nothing_is_said_to_be_there(client: Client) -> None:
    make_sold()

    page = client.get("/2020/produk/kopi/").text

    assert "in-stock" not in page


# --- writing to the maker -------------------------------------------------------------------------


def chat_in(page: str) -> str:
    """The words that the WhatsApp link of a page opens with; empty where there is none."""
    found = re.search(r'href="(https://wa\.me/[^"]+)"', page)
    return parse_qs(urlsplit(found[1].replace("&amp;", "&")).query)["text"][0] if found else ""


def test_number_is_nowhere_without_consent(client: Client) -> None:
    _stand, product = make_sold()
    Producer.objects.update(whatsapp="6281234567890")
    pages = (
        "produk/kopi/",
        "stan/A1/",
        "pesantren/al-qodiri/",
        f"pembuat/{product.producer.slug}/",
    )

    for path in pages:
        page = client.get(f"/2020/{path}").text
        assert "wa.me" not in page
        assert "3456" not in page


def test_chat_names_product_and_stand_in_the_language_of_the_visitor(client: Client) -> None:
    _stand, product = make_sold()
    allow_whatsapp(product.producer)

    page = client.get("/2020/produk/kopi/").text

    assert "https://wa.me/6281234567890?" in page
    assert "0812-3456-7890" in page
    assert chat_in(page).startswith(
        "Assalamu'alaikum, saya melihat Kopi Santri di stan A1, OPOP Expo 2020."
    )
    assert "stan A1 (Kedai Kopi)" in chat_in(client.get("/2020/stan/A1/").text)
    for path in ("pesantren/al-qodiri/", f"pembuat/{product.producer.slug}/"):
        assert "Kopontren Qodiriyah" in chat_in(client.get(f"/2020/{path}").text)


# --- who is behind it, and what else there is -----------------------------------------------------


def test_product_tells_of_maker_and_pesantren(client: Client) -> None:
    _stand, product = make_sold()
    product.producer.about = "Menyangrai sendiri."
    product.producer.save()
    pesantren = product.producer.pesantren
    assert pesantren is not None
    pesantren.about, pesantren.about_en = "Di tepi kota.", "At the edge of town."
    pesantren.save()

    page = client.get("/2020/produk/kopi/").text

    assert "Menyangrai sendiri." in page
    assert "Di tepi kota." in page
    assert f'href="/2020/pembuat/{product.producer.slug}/"' in page
    assert "At the edge of town." in client.get("/en/2020/produk/kopi/").text


def test_product_shows_others_of_its_maker_and_the_like_from_others(client: Client) -> None:
    stand, product = make_sold()
    own = make_product(name="Teh Santri", producer=product.producer)
    # Shares a word of the name, so it comes before what is only of the same category.
    near = make_product(name="Kopi Gunung")
    far = make_product(name="Abon Ayam")
    for one in (own, near, far):
        make_offer(stand=stand, product=one)
    make_product(name="Tidak Dijual")

    page = client.get("/2020/produk/kopi/").text

    others, alike = page.split("Serupa, dari pembuat lain")
    assert "Teh Santri" in others.split("Produk lain dari pembuatnya")[1]
    assert alike.index("Kopi Gunung") < alike.index("Abon Ayam")
    assert "Tidak Dijual" not in page


def test_product_shows_all_its_photos_the_first_at_once(client: Client) -> None:
    _stand, product = make_sold()
    product.photo.save("satu.webp", ContentFile(b"x"))
    photo = Photo(product=product, photo_alt="Kebun kopi", photo_alt_en="Coffee garden")
    photo.photo.save("dua.webp", ContentFile(b"x"))

    page = client.get("/en/2020/produk/kopi/").text

    images = re.findall(r"<img [^>]*>", page)[:2]
    assert 'fetchpriority="high" alt="Kopi Santri"' in images[0]
    assert 'loading="lazy" decoding="async" alt="Coffee garden"' in images[1]
    assert all('width="640" height="480"' in image for image in images)


def test_maker_without_a_pesantren_has_a_page(client: Client) -> None:
    guest = make_producer(name="Bu Sri", kind=Producer.Kind.UMKM)
    stand = make_stand(expo=make_expo(), code="C3")
    make_offer(stand=stand, product=make_product(name="Sambal", producer=guest))
    make_product(name="Rengginang", producer=guest, state=Product.State.WITHDRAWN)

    page = client.get(f"/2020/pembuat/{guest.slug}/").text

    assert "<h1>Bu Sri</h1>" in page
    assert 'href="/2020/stan/C3/"' in page
    assert "Sambal" in page
    assert "Rengginang" not in page


def test_maker_who_is_not_there_has_no_page(client: Client) -> None:
    make_expo()
    producer = make_producer()

    assert client.get(f"/2020/pembuat/{producer.slug}/").status_code == 404
    assert client.get("/2020/produk/tidak-ada/sisa/").status_code == 404


def test_pages_take_as_many_queries_for_three_as_for_one(client: Client) -> None:
    stand, product = make_sold()
    paths = ("/2020/produk/kopi/", f"/2020/pembuat/{product.producer.slug}/")
    make_offer(stand=stand, product=make_product(producer=product.producer))
    make_offer(stand=stand, product=make_product())
    Photo.objects.create(product=product, photo="photos/a.webp")
    with_one = [queries_of(client, path) for path in paths]
    for _time in range(2):
        make_offer(stand=stand, product=make_product(producer=product.producer))
        make_offer(stand=stand, product=make_product())
        Photo.objects.create(product=product, photo="photos/a.webp")

    assert [queries_of(client, path) for path in paths] == with_one
    assert max(with_one) <= MOST
