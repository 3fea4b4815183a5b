"""How pages are found: titles, the one address of each, both languages, data, map and rules."""

from __future__ import annotations

import secrets
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pesantren.models import Producer
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.opop_expo.heads import head_of, problems_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer
    from tests.opop_expo.heads import Head

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

ORIGIN = "https://expo.example"
PUBLIC = [
    "/",
    "/edisi/",
    "/2020/",
    "/2020/stan/",
    "/2020/stan/A1/",
    "/2020/produk/",
    "/2020/produk/keripik/",
    "/2020/pesantren/",
    "/2020/pesantren/al-qodiri/",
    "/2020/pembuat/kopontren/",
    "/2020/denah/",
]


@pytest.fixture(autouse=True)
def _origin(settings: Any) -> None:
    settings.PUBLIC_ORIGIN = ORIGIN


@pytest.fixture
def offer() -> Offer:
    """Al-Qodiri sells crisps at stand A1 of the 2020 edition."""
    expo = make_expo()
    pesantren = make_pesantren(slug="al-qodiri")
    pesantren.about = "Pesantren di Jember."
    pesantren.founded = 1976
    pesantren.save()
    producer = make_producer(pesantren=pesantren)
    Producer.objects.filter(pk=producer.pk).update(slug="kopontren")
    product = make_product(name="Keripik pisang", slug="keripik", producer=producer)
    product.name_en = "Banana crisps"
    product.description = "Renyah."
    product.save()
    return make_offer(stand=make_stand(expo=expo, pesantren=[pesantren]), product=product)


def head(client: Client, path: str, **more: Any) -> Head:
    return head_of(client.get(path, **more).content.decode())


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_public_page_says_what_it_is_in_its_own_words(
    client: Client, offer: Offer, language: str
) -> None:
    heads = {path: head(client, language + path) for path in PUBLIC}
    for path, one in heads.items():
        assert 10 <= len(one.title) <= 90, (path, one.title)
        assert 40 <= len(one.metas["description"]) <= 158, (path, one.metas["description"])
        assert one.metas["og:title"] == one.title, path
        assert one.metas["og:url"] == one.canonical, path
        assert "robots" not in one.metas, path
    del heads["/"]  # the same page as its edition's
    assert len({one.title for one in heads.values()}) == len(heads)
    assert len({one.metas["description"] for one in heads.values()}) == len(heads)


@pytest.mark.parametrize("language", ["", "/en"])
def test_page_names_itself_in_both_languages(client: Client, offer: Offer, language: str) -> None:
    for path in PUBLIC:
        own = path if path != "/" else "/2020/"
        one = head(client, language + path, headers={"host": "localhost"})
        assert one.canonical == ORIGIN + language + own
        assert one.alternates == {
            "id": ORIGIN + own,
            "en": f"{ORIGIN}/en{own}",
            "x-default": ORIGIN + own,
        }


def test_host_of_a_request_never_becomes_an_address(
    client: Client, offer: Offer, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    for path in [*PUBLIC, "/robots.txt", "/sitemap.xml", "/sitemap.xml?bagian=produk"]:
        page = client.get(path, headers={"host": "jahat.example", "X-Forwarded-Host": "j.example"})
        assert "jahat.example" not in page.text.replace('href="http://jahat', "?"), path
        assert "j.example" not in page.text, path


def test_narrowed_list_leads_to_the_whole_one_and_a_further_page_to_itself(
    client: Client, offer: Offer
) -> None:
    for number in range(25):
        product = make_product(name=f"Kopi {number}", producer=offer.product.producer)
        make_offer(stand=offer.stand, product=product)
    plain = f"{ORIGIN}/2020/produk/"
    assert head(client, "/2020/produk/?category=food&sort=cheapest").canonical == plain
    assert head(client, "/2020/produk/?page=1").canonical == plain
    assert head(client, "/2020/produk/?page=99&utm_source=x").canonical == plain
    further = head(client, "/2020/produk/?page=2")
    assert further.canonical == f"{plain}?page=2"
    assert further.alternates["en"] == f"{ORIGIN}/en/2020/produk/?page=2"


@pytest.mark.parametrize(
    "path", ["/2020/cari/?q=kopi", "/masuk/", "/2020/produk/tak-ada/", "/2020/stan/Z9/", "/zzz/"]
)
def test_page_that_is_not_for_the_world_asks_not_to_be_listed(
    client: Client, offer: Offer, path: str
) -> None:
    one = head(client, path)
    assert one.metas["robots"] == "noindex"
    assert not one.canonical
    assert not one.data


def test_head_costs_no_query(
    client: Client, offer: Offer, django_assert_num_queries: Any, monkeypatch: Any
) -> None:
    for path in PUBLIC:
        # The first page of all makes what others find made.
        client.get(path)
        cache.clear()
        with CaptureQueriesContext(connection) as with_head:
            client.get(path)
        # Made anew: a page that is kept is not rendered.
        cache.clear()
        with monkeypatch.context() as without:
            without.setattr("opop_expo.templatetags.outside.outside_of", lambda *_: None)
            with CaptureQueriesContext(connection) as bare:
                client.get(path)
        assert len(with_head) == len(bare), path


# --- data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "/en"])
def test_data_of_every_page_is_what_schema_org_asks_for(
    client: Client, offer: Offer, language: str
) -> None:
    for path in PUBLIC:
        for block in head(client, language + path).data:
            assert problems_of(block) == [], (path, block)


def test_check_of_the_data_sees_what_is_wrong() -> None:
    wrong = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "",
        "url": "/x/",
        "colour": "red",
        "offers": [{"@type": "Offer", "price": "Rp 1", "priceCurrency": "IDR"}],
    }
    found = " / ".join(problems_of(wrong))
    for one in ("lacks manufacturer", "know colour", "name is empty", "in full", "plain number"):
        assert one in found


def test_edition_is_an_exhibition_with_days_place_and_organiser(
    client: Client, offer: Offer
) -> None:
    event = head(client, "/").of_type("ExhibitionEvent")
    assert event["startDate"] == "2020-12-18T09:00:00+07:00"
    assert event["endDate"] == "2020-12-20T21:00:00+07:00"
    assert event["location"]["name"] == "Maspion Square"
    assert event["location"]["address"]["addressLocality"] == "Surabaya"
    assert event["organizer"]["name"] == "OPOP Jawa Timur"


def test_edition_without_days_is_no_event_yet(client: Client) -> None:
    make_expo(days=())
    page = head(client, "/")
    assert [block["@type"] for block in page.data] == ["WebSite"]
    assert page.title == "OPOP Expo 2020 · Surabaya"


def test_product_is_offered_in_rupiah_at_its_stand(client: Client, offer: Offer) -> None:
    product = head(client, "/en/2020/produk/keripik/").of_type("Product")
    assert (product["name"], product["alternateName"]) == ("Banana crisps", "Keripik pisang")
    (only,) = product["offers"]
    assert (only["price"], only["priceCurrency"]) == ("25000", "IDR")
    assert only["availability"] == "https://schema.org/InStoreOnly"
    assert only["url"] == f"{ORIGIN}/en/2020/stan/A1/"
    type(offer).objects.update(stock=0)
    sold_out = head(client, "/2020/produk/keripik/").of_type("Product")["offers"][0]
    assert sold_out["availability"] == "https://schema.org/SoldOut"


def test_example_price_says_so_in_the_data_too(client: Client, offer: Offer) -> None:
    type(offer).objects.update(example_fields="price_rupiah")
    only = head(client, "/2020/produk/keripik/").of_type("Product")["offers"][0]
    assert "Isian contoh, bukan catatan resmi" in only["description"]


def test_pesantren_is_an_organisation(client: Client, offer: Offer) -> None:
    data = head(client, "/2020/pesantren/al-qodiri/").of_type("Organization")
    assert data["name"] == "Pondok Pesantren Al-Qodiri"
    assert data["foundingDate"] == "1976"
    assert data["address"]["addressLocality"] == "Kab. Jember"


def test_name_that_would_end_the_block_stays_within_it(client: Client, offer: Offer) -> None:
    evil = '</script><script>alert(1)</script><!-- & "'
    type(offer.product).objects.update(name=evil)
    page = client.get("/2020/produk/keripik/").text
    assert "<script>alert" not in page
    assert head_of(page).of_type("Product")["name"] == evil


# --- map, rules, manifest -------------------------------------------------------------------------

XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(client: Client, path: str) -> list[str]:
    # Our own answer, and no stranger's.
    tree = ET.fromstring(client.get(path).content)  # noqa: S314
    return [str(place.text) for place in tree.iter(f"{XML}loc")]


def test_map_leads_to_every_public_page_in_both_languages(client: Client, offer: Offer) -> None:
    parts = locations(client, "/sitemap.xml")
    found = [page for part in parts for page in locations(client, part.removeprefix(ORIGIN))]
    assert len(found) == len(set(found))
    # `/` is shown under its edition's address.
    assert set(found) == {
        ORIGIN + language + path for path in PUBLIC[1:] for language in ("", "/en")
    }
    for page in found:
        assert head(client, page.removeprefix(ORIGIN)).canonical == page


def test_map_has_as_many_queries_for_three_stands_as_for_one(
    client: Client, offer: Offer, django_assert_num_queries: Any
) -> None:
    make_stand(expo=offer.stand.expo, code="A2")
    make_stand(expo=offer.stand.expo, code="A3")
    with django_assert_num_queries(1):
        assert len(locations(client, "/sitemap.xml?bagian=stan")) == 6


@pytest.mark.parametrize("query", ["bagian=apa", "bagian=stan&p=9", "bagian=stan&p=x"])
def test_part_that_the_map_does_not_have_is_not_found(
    client: Client, offer: Offer, query: str
) -> None:
    assert client.get(f"/sitemap.xml?{query}").status_code == 404


def test_rules_close_the_till_and_name_the_map(client: Client) -> None:
    rules = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /kasir/", "Disallow: /en/admin/", "Disallow: /*?"} <= set(rules)
    assert rules[-1] == f"Sitemap: {ORIGIN}/sitemap.xml"


@pytest.mark.parametrize(("path", "start"), [("/", "/"), ("/en/", "/en/")])
def test_installed_portal_opens_at_the_edition_that_is_on(
    client: Client, offer: Offer, path: str, start: str
) -> None:
    link = next(one for one in head(client, path).links if one["rel"] == "manifest")
    manifest = client.get(link["href"]).json()
    assert (manifest["start_url"], manifest["scope"], manifest["id"]) == (start, "/", "/")
    assert offer.stand.expo.name in client.get(manifest["start_url"]).text
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}


def test_language_switch_keeps_page_and_query(client: Client, offer: Offer) -> None:
    page = client.get("/2020/produk/?q=keripik&category=food").text
    assert 'href="/en/2020/produk/?q=keripik&amp;category=food"' in page


# --- the public origin ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "origin"),
    [
        ({"ALLOWED_HOSTS": "expo.example,10.0.0.2"}, "https://expo.example"),
        (
            {"ALLOWED_HOSTS": "a.example", "PUBLIC_ORIGIN": "http://b.example:8000/"},
            "http://b.example:8000",
        ),
        ({"ALLOWED_HOSTS": ".example"}, None),
        ({"ALLOWED_HOSTS": "a.example", "PUBLIC_ORIGIN": "https://a.example/path"}, None),
        ({"ALLOWED_HOSTS": "a.example", "PUBLIC_ORIGIN": "a.example"}, None),
    ],
)
def test_public_origin_is_set_or_the_first_host(
    environment: dict[str, str], origin: str | None, monkeypatch: Any
) -> None:
    import runpy

    from opop_expo import settings as module

    for name, value in {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VOUCHER_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": "sqlite://:memory:",
        **environment,
    }.items():
        monkeypatch.setenv(name, value)
    if origin is None:
        with pytest.raises(ImproperlyConfigured, match="PUBLIC_ORIGIN"):
            runpy.run_path(str(module.__file__))
    else:
        assert runpy.run_path(str(module.__file__))["PUBLIC_ORIGIN"] == origin


def test_development_machine_answers_with_the_host_it_was_asked_for(
    client: Client, offer: Offer, settings: Any
) -> None:
    settings.PUBLIC_ORIGIN = ""
    page = head(client, "/2020/", headers={"host": "localhost:8000"})
    assert page.canonical == "http://localhost:8000/2020/"
