"""Partnerships by kind with their parties, and countries in both languages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from outcomes.countries import country_choices, country_name
from outcomes.models import AgreementParty
from outcomes.partnerships import partnerships_of
from tests.make import make_expo, make_pesantren, make_producer
from tests.outcomes.make import make_agreement

pytestmark = pytest.mark.django_db


def test_public_sees_what_came_about_and_is_shown() -> None:
    expo = make_expo()
    for state in ("interest", "talk", "reported", "signed", "contract", "ended"):
        make_agreement(expo=expo, state=state, name=state, is_public=True, value_rupiah=10)
    make_agreement(expo=expo, name="diam")
    [b2b] = partnerships_of(expo, public_only=True)
    names = {one.agreement.name for one in b2b.partnerships}
    assert names == {"reported", "signed", "contract"}
    [every] = partnerships_of(expo)
    assert len(every.partnerships) == 7
    assert every.known_value_rupiah == 30


def test_party_is_a_producer_a_pesantren_a_company_or_a_country() -> None:
    agreement = make_agreement(expo=make_expo(), kind="pesantren")
    for more in (
        {"producer": make_producer(name="Kopontren")},
        {"pesantren": make_pesantren(name="Pesantren")},
        {"country": "JP", "signatory": "Duta besar"},
    ):
        AgreementParty.objects.create(agreement=agreement, **more)
    [kind] = partnerships_of(agreement.expo)
    names = [one.name for one in kind.partnerships[0].parties]
    assert names == [agreement.name, "Kopontren", "Pesantren", "Jepang"]


def test_countries_are_named_in_the_readers_language() -> None:
    assert country_name("NZ") == "Selandia Baru"
    with translation.override("en"):
        assert country_name("NZ") == "New Zealand"
        assert dict(country_choices())["MY"] == "Malaysia"
    assert country_name("??") == "??"
    assert "EU" not in dict(country_choices())
    assert len(country_choices()) > 190


def test_queries_do_not_grow() -> None:
    expo, numbers = make_expo(), []
    for _time in range(3):
        agreement = make_agreement(expo=expo)
        AgreementParty.objects.create(agreement=agreement, producer=make_producer())
        with CaptureQueriesContext(connection) as queries:
            partnerships_of(expo)
        numbers.append(len(queries))
    assert numbers == [2, 2, 2]


def test_party_added_by_hand_comes_behind_those_from_the_files() -> None:
    agreement = make_agreement(expo=make_expo(), name="Berkas")
    agreement.parties.update(order=1)
    AgreementParty.objects.create(agreement=agreement, company="Tambahan")
    assert [str(one) for one in agreement.parties.all()] == ["Berkas", "Tambahan"]
