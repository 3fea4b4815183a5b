"""What a visitor's phone fetches to open an edition without a network."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pesantren.models import Product
from stands import offline
from stands.models import Offer
from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

NOON = dt.datetime(2020, 12, 18, 12, tzinfo=dt.UTC)
BUNDLE = "/2020/luring.json"


def make_small_edition() -> Offer:
    """Coffee of Al-Qodiri at stand A12."""
    maker = make_producer(pesantren=make_pesantren(slug="al-qodiri"))
    assert maker.pesantren
    stand = make_stand(expo=make_expo(), code="A12", pesantren=[maker.pesantren])
    coffee = make_product(name="Kopi <rempah>", slug="kopi-rempah", producer=maker)
    make_credential(product=coffee)
    return make_offer(stand=stand, product=coffee, price_rupiah=12_500)


def fetch(client: Client, path: str = BUNDLE, **headers: str) -> tuple[Any, Any]:
    """The answer, and what it holds."""
    response = client.get(path, headers={"accept-encoding": "gzip", **headers})
    body = gzip.decompress(response.content) if response.content else b"null"
    return response, json.loads(body)


def test_file_holds_every_page_of_the_edition(client: Client) -> None:
    make_small_edition()
    _response, kept = fetch(client)
    paths = ["", "simpanan/", "produk/kopi-rempah/", "stan/A12/", "pesantren/al-qodiri/", "jadwal/"]
    assert list(kept["pages"]) == paths
    for path in paths:
        assert client.get(f"/2020/{path}").status_code == 200
    title, product = kept["pages"]["produk/kopi-rempah/"]
    assert title == "Kopi <rempah>"
    for text in ("Kopi &lt;rempah&gt;", "Rp 12.500", "A12", "Kopontren Al-Qodiri", "Halal"):
        assert text in product
    assert "Rp 12.500" in kept["pages"]["stan/A12/"][1]
    assert "Kopi &lt;rempah&gt;" in kept["pages"]["pesantren/al-qodiri/"][1]


def test_file_holds_lists_with_words_and_filters(client: Client) -> None:
    make_small_edition()
    _response, kept = fetch(client)
    assert list(kept["lists"]) == ["produk/", "stan/", "pesantren/", "cari/"]
    [[path, words, tags, look]] = kept["lines"]["produk/"]
    assert path == "produk/kopi-rempah/"
    assert {"kopi", "rempah", "kopontren", "qodiri", "jember", "a12"} <= set(words.split())
    assert {"category=food", "zone=A", "credential=halal"} <= set(tags)
    assert "Rp 12.500" in look


def test_file_holds_the_plan_where_there_is_one(client: Client) -> None:
    stand = make_small_edition().stand
    stand.x = stand.y = 100
    stand.save(update_fields=["x", "y"])
    _response, kept = fetch(client)
    assert 'data-stand="A12"' in kept["pages"]["denah/"][1]
    assert "/2020/denah/?stan=A12" in kept["pages"]["stan/A12/"][1]


def test_file_tells_what_is_saved_by_its_key_and_how_one_walks(client: Client) -> None:
    offer = make_small_edition()
    for code, x in [("A1", 500), ("A2", 100), ("A3", 300)]:
        stand = make_stand(expo=offer.stand.expo, code=code)
        stand.x, stand.y = x, 100
        stand.save(update_fields=["x", "y"])
    _response, kept = fetch(client)
    [[key, path, [[code, price, sold_out]]]] = kept["saved"]["goods"]
    assert (key, path, code, sold_out) == (offer.product_id, "produk/kopi-rempah/", "A12", "")
    assert price.startswith("Rp 12.500 / ")
    # Along the aisle, and last what has no place yet.
    codes = [code for _key, code, _zone in kept["saved"]["walk"]]
    assert codes in (["A1", "A3", "A2", "A12"], ["A2", "A3", "A1", "A12"])
    assert kept["saved"]["walk"][-1] == [offer.stand_id, "A12", "A"]
    assert "denah/" in kept["pages"]["simpanan/"][1]
    with mock.patch.object(offline, "MOST", 3):
        cache.clear()
        _response, kept = fetch(client)
    assert [code for _key, code, _zone in kept["saved"]["walk"]] == ["A1", "A2", "A3", "A12"]


def test_withdrawn_product_keeps_its_page_and_leaves_the_lists(client: Client) -> None:
    offer = make_small_edition()
    Product.objects.filter(pk=offer.product_id).update(state=Product.State.WITHDRAWN)
    _response, kept = fetch(client)
    assert "ditarik panitia" in kept["pages"]["produk/kopi-rempah/"][1]
    assert kept["lines"]["produk/"] == []
    assert "Kopi" not in kept["pages"]["pesantren/al-qodiri/"][1]


def test_english_file_is_one_of_its_own(client: Client) -> None:
    make_small_edition()
    fetch(client)
    _response, kept = fetch(client, f"/en{BUNDLE}")
    assert (kept["language"], kept["root"]) == ("en", "/en/2020/")
    assert '<html lang="en"' in kept["shell"]
    assert "/en/2020/stan/A12/" in kept["pages"]["produk/kopi-rempah/"][1]


def test_file_holds_nothing_of_whoever_asked(client: Client, django_user_model: Any) -> None:
    make_small_edition()
    first, _kept = fetch(client)
    cache.clear()
    client.force_login(django_user_model.objects.create_user("citra", is_staff=True))
    second, kept = fetch(client)
    assert first.content == second.content
    assert "Cookie" not in second["Vary"]
    assert not second.cookies
    assert "csrf" not in json.dumps(kept)


def test_phone_that_has_it_gets_304_without_asking_for_the_catalogue(client: Client) -> None:
    make_small_edition()
    first, _kept = fetch(client)
    again, _nothing = fetch(client, **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with CaptureQueriesContext(connection) as queries:
        fetch(client)
    assert len(queries) == 1


def test_change_is_in_the_next_file_and_no_change_makes_no_other(client: Client) -> None:
    offer = make_small_edition()
    with time_machine.travel(NOON, tick=False) as clock:
        first, _kept = fetch(client)
        cache.clear()
        assert fetch(client)[0]["ETag"] == first["ETag"]
        Offer.objects.filter(pk=offer.pk).update(stock=0)
        assert fetch(client)[0]["ETag"] == first["ETag"]
        clock.shift(offline.FRESH_SECONDS + 1)
        after, kept = fetch(client)
    assert after["ETag"] != first["ETag"]
    assert "habis" in kept["pages"]["produk/kopi-rempah/"][1]


def test_one_makes_the_next_file_while_the_others_get_the_one_before(client: Client) -> None:
    offer = make_small_edition()
    with time_machine.travel(NOON, tick=False) as clock:
        first, _kept = fetch(client)
        clock.shift(offline.FRESH_SECONDS + 1)
        Offer.objects.filter(pk=offer.pk).update(price_rupiah=99_000)
        with mock.patch.object(cache, "add", return_value=False):
            assert fetch(client)[0].content == first.content
        assert fetch(client)[0].content != first.content


def test_file_asks_as_much_for_three_products_as_for_one(client: Client) -> None:
    expo = make_small_edition().stand.expo
    one = queries_of(client, BUNDLE)
    for number in (1, 2):
        maker = make_producer(pesantren=make_pesantren())
        assert maker.pesantren
        stand = make_stand(expo=expo, code=f"B{number}", pesantren=[maker.pesantren])
        product = make_product(producer=maker, category=make_category(slug=f"c{number}"))
        make_credential(product=product)
        make_offer(stand=stand, product=product)
    cache.clear()
    assert queries_of(client, BUNDLE) == one


def test_worker_lies_below_its_edition_and_is_asked_for_each_time(client: Client) -> None:
    make_expo()
    for language, root in (("", "/2020/"), ("/en", "/en/2020/")):
        response = client.get(f"{language}/2020/luring.js")
        assert response["Content-Type"] == "text/javascript"
        assert response["Cache-Control"] == "no-cache"
        # Without this header a worker answers for no more than its own folder.
        assert "Service-Worker-Allowed" not in response
        kept = json.loads(response.text.partition("const KEPT = ")[2].partition(";\n")[0])
        assert (kept["root"], kept["bundle"]) == (root, f"{root}luring.json")
    assert client.get("/2099/luring.js").status_code == 404


def test_pages_of_an_edition_name_its_worker_and_no_other_page_does(client: Client) -> None:
    make_stand(expo=make_expo())
    assert 'data-offline="/2020/luring.js"' in client.get("/").text
    assert 'data-offline="/en/2020/luring.js"' in client.get("/en/2020/stan/").text
    for path in ("/edisi/", "/masuk/"):
        assert "data-offline" not in client.get(path).text
