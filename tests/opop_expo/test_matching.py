"""Who fits whom: by topic and kind, by what is made, neighbours first, each with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opop_expo.participants.access import member_of
from opop_expo.participants.matching import MOST, fit, suggestions_for, words_of
from pesantren.models import Notice
from tests.ledger import make_running_expo, sign_in
from tests.make import make_category, make_offer, make_product, make_regency
from tests.notices import make_maker, make_notice

if TYPE_CHECKING:
    from django.test import Client

    from opop_expo.participants.matching import Group, Suggestions
    from pesantren.models import Producer
    from sales.models import Cashier
    from stands.models import Expo

pytestmark = pytest.mark.django_db


@pytest.fixture
def expo() -> Expo:
    return make_running_expo()


@pytest.fixture
def own(expo: Expo) -> tuple[Producer, Cashier]:
    """Aminah's maker in Kabupaten Jember, who makes food."""
    maker, aminah = make_maker(
        expo, "A1", regency=make_regency(name="Jember"), category=make_category(), keeper="Aminah"
    )
    assert aminah is not None
    return maker, aminah


def suggested(aminah: Cashier) -> Suggestions:
    assert aminah.user is not None
    member = member_of(aminah.user)
    assert member is not None
    return suggestions_for(member)


def the_group(aminah: Cashier) -> Group:
    [group] = suggested(aminah).groups
    return group


def test_need_meets_the_offers_of_the_same_topic_and_says_why(
    expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    maker, aminah = own
    other, _none = make_maker(expo, "B1", regency=make_regency(name="Gresik"))
    make_notice(maker, category=make_category())
    make_notice(other, direction="offer", category=make_category())
    make_notice(other, direction="offer", topic="machines")
    [match] = the_group(aminah).matches
    assert match.producer == other
    assert match.reasons == ("Menawarkan yang Anda cari: kemasan", "Sama-sama untuk Makanan")


def test_offer_meets_the_needs(expo: Expo, own: tuple[Producer, Cashier]) -> None:
    maker, aminah = own
    other, _none = make_maker(expo, "B1", regency=make_regency(name="Gresik"))
    make_notice(maker, direction="offer")
    make_notice(other)
    [match] = the_group(aminah).matches
    assert match.reasons[0] == "Mencari yang Anda tawarkan: kemasan"


def test_other_kind_of_product_does_not_fit(expo: Expo, own: tuple[Producer, Cashier]) -> None:
    maker, aminah = own
    other, _none = make_maker(expo, "B1")
    fashion = make_category(slug="fashion", name="Busana")
    make_notice(maker, category=make_category())
    make_notice(other, direction="offer", category=fashion)
    assert the_group(aminah).matches == []


def test_neighbours_come_first_and_then_who_makes_the_same(
    expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    maker, aminah = own
    gresik = make_regency(name="Gresik")
    far, _none = make_maker(expo, "B1", name="Jauh", regency=gresik)
    food, _none = make_maker(expo, "C1", name="Makan", regency=gresik, category=make_category())
    near, _none = make_maker(expo, "D1", name="Zona", regency=make_regency(name="Jember"))
    other_kind = make_category(slug="fashion", name="Busana")
    far.products.update(category=other_kind)
    near.products.update(category=other_kind)
    make_notice(maker)
    for other in (far, food, near):
        make_notice(other, direction="offer")
    matches = the_group(aminah).matches
    assert [match.producer for match in matches] == [near, food, far]
    assert "Sama-sama dari Kab. Jember" in matches[0].reasons
    assert "Sama-sama membuat Makanan" in matches[1].reasons


def test_need_meets_the_makers_whose_products_it_names(
    expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    maker, aminah = own
    gresik = make_regency(name="Gresik")
    salt, _none = make_maker(expo, "B1", product="Garam SSD", regency=gresik)
    make_maker(expo, "C1", product="Keripik garam", regency=gresik)
    make_notice(maker, topic="raw_material", text="Garam halus, 50 kg sebulan.")
    [match] = the_group(aminah).matches
    assert match.producer == salt
    assert match.reasons == ("Membuat Garam SSD",)
    assert [product.name for product in match.products] == ["Garam SSD"]


def test_need_for_packaging_meets_a_printer(expo: Expo, own: tuple[Producer, Cashier]) -> None:
    maker, aminah = own
    printer, _none = make_maker(expo, "B1", product="Percetakan")
    make_maker(expo, "C1", product="Madu kemasan")
    make_notice(maker, text="Kemasan berlabel untuk madu.")
    assert [match.producer for match in the_group(aminah).matches] == [printer]


def test_others_need_what_is_made_here(expo: Expo, own: tuple[Producer, Cashier]) -> None:
    maker, aminah = own
    stand = aminah.stand
    make_offer(stand=stand, product=make_product(name="Garam laut", producer=maker))
    other, _none = make_maker(expo, "B1", regency=make_regency(name="Gresik"))
    make_notice(other, topic="raw_material", text="Garam untuk keripik.")
    make_notice(other, topic="raw_material", text="Minyak goreng.")
    [match] = suggested(aminah).wanted
    assert (match.producer, match.reasons) == (other, ("Anda membuat Garam laut",))


def test_what_an_own_offer_answers_is_not_suggested_twice(
    expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    maker, aminah = own
    make_offer(stand=aminah.stand, product=make_product(name="Garam laut", producer=maker))
    make_notice(maker, direction="offer", topic="raw_material", text="Garam laut curah.")
    other, _none = make_maker(expo, "B1")
    make_notice(other, topic="raw_material", text="Garam untuk keripik.")
    found = suggested(aminah)
    assert len(found.groups[0].matches) == 1
    assert found.wanted == []


def test_who_looks_for_the_same_is_named_apart(expo: Expo, own: tuple[Producer, Cashier]) -> None:
    maker, aminah = own
    other, _none = make_maker(expo, "B1", regency=make_regency(name="Gresik"))
    make_notice(maker, category=make_category())
    make_notice(other, category=make_category())
    group = the_group(aminah)
    assert group.matches == []
    [match] = group.together
    assert match.reasons == ("Sama-sama mencari: kemasan", "Sama-sama untuk Makanan")


def test_who_looks_for_a_market_shares_it_with_nobody(
    expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    maker, aminah = own
    other, _none = make_maker(expo, "B1")
    for one in (maker, other):
        make_notice(one, topic="markets", text="Toko di Surabaya.")
    assert the_group(aminah).together == []


def test_own_closed_and_hidden_notices_fit_nothing(
    expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    from django.utils import timezone

    maker, aminah = own
    other, _none = make_maker(expo, "B1")
    make_notice(maker)
    make_notice(maker, direction="offer")
    make_notice(other, direction="offer", closed_at=timezone.now())
    make_notice(other, direction="offer", hidden_at=timezone.now(), hidden_reason="Iklan.")
    assert [group.matches for group in suggested(aminah).groups] == [[], []]


def test_each_maker_is_named_once_and_no_more_than_a_few(
    expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    maker, aminah = own
    make_notice(maker)
    for number in range(MOST + 2):
        other, _none = make_maker(expo, f"B{number}")
        make_notice(other, direction="offer")
        make_notice(other, direction="offer", text="Dus.")
    makers = [match.producer for match in the_group(aminah).matches]
    assert len(makers) == len(set(makers)) == MOST


def test_without_notices_those_who_make_the_same_are_suggested(
    client: Client, expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    _maker, aminah = own
    far, _none = make_maker(
        expo, "B1", name="Jauh", regency=make_regency(name="Gresik"), category=make_category()
    )
    near, _none = make_maker(
        expo, "C1", name="Tetangga", regency=make_regency(name="Jember"), category=make_category()
    )
    make_maker(expo, "D1", category=make_category(slug="fashion", name="Busana"))
    found = suggested(aminah)
    assert [match.producer for match in found.alike] == [near, far]
    assert found.alike[1].reasons == ("Sama-sama membuat Makanan",)
    page = sign_in(client, aminah).get("/peserta/saran/").text
    assert "Apa yang Anda cari?" in page
    assert "Sama-sama dari Kab. Jember" in page


def test_page_names_need_maker_and_reason(
    client: Client, expo: Expo, own: tuple[Producer, Cashier]
) -> None:
    maker, aminah = own
    other, _none = make_maker(expo, "B1", name="Kopontren Besek")
    make_notice(maker)
    offer = make_notice(other, direction="offer", text="Besek bambu.")
    page = sign_in(client, aminah).get("/peserta/saran/").text
    assert "Mencari: Kemasan" in page
    assert "Kopontren Besek" in page
    assert "Menawarkan yang Anda cari: kemasan" in page
    assert f'href="/peserta/kabar/{offer.pk}/"' in page


def test_other_things_fit_only_by_a_word_that_says_something() -> None:
    def other(text: str) -> Notice:
        return Notice(topic="other", text=text)

    assert fit(other("Mencari kandang untuk kambing"), other("Kandang bekas"))
    assert not fit(other("Mencari kandang untuk kami"), other("Mencari domba untuk kami"))
    assert words_of("Kami mencari teh, 2 kg") == {"teh"}
