"""The page where somebody registers: forgiving, once, and in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from programme import registration_page
from programme.models import Registration
from programme.producers_named import every_maker, producers_like
from stands.models import Expo
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.participants import filled_in, make_attendance, make_registration, make_talk

if TYPE_CHECKING:
    from pesantren.models import Producer
    from programme.models import Session

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


def page_of(session: Session) -> str:
    return f"/{session.expo.slug}/jadwal/{session.slug}/daftar/"


def make_maker_at(expo: Expo, name: str) -> Producer:
    """A maker whose goods are sold at the edition."""
    producer = make_producer(name=name)
    stand = expo.stands.first() or make_stand(expo=expo)
    make_offer(stand=stand, product=make_product(producer=producer))
    return producer


def test_who_registers_is_led_to_a_ticket(client: Client) -> None:
    session = make_talk(capacity=5)
    response = client.post(page_of(session), filled_in())
    registration = Registration.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/tiket/{registration.ticket}/")
    assert (registration.name, registration.state, registration.contact) == (
        "Dewi Lestari",
        "registered",
        "",
    )
    assert len(registration.ticket) == 16


def test_sent_twice_leads_to_the_same_ticket(client: Client) -> None:
    session, form = make_talk(), filled_in()
    first, second = (client.post(page_of(session), form)["Location"] for _ in range(2))
    assert first == second
    assert Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "Tulis nama Anda."),
        ({"kind": ""}, "Pilih salah satu."),
        ({"kind": "presiden"}, "Pilih salah satu."),
        ({"consent": ""}, "Centang ini dulu"),
        ({"contact": "bukan kontak"}, "Ini bukan e-mail dan bukan nomor"),
        ({"kind": "umkm"}, "Tulis nama usaha atau lembaga Anda."),
        ({"name": "x" * 81}, "81"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(
    client: Client, wrong: dict[str, str], said: str
) -> None:
    session = make_talk()
    response = client.post(page_of(session), filled_in(**wrong))
    assert response.status_code == 422
    assert said in response.text
    assert not Registration.objects.exists()


def test_exact_name_of_a_producer_finds_it(client: Client) -> None:
    session = make_talk()
    producer = make_maker_at(session.expo, "Kopontren Al-Qodiri")
    client.post(page_of(session), filled_in(kind="kopontren", organisation="kopontren al qodiri"))
    assert Registration.objects.get().producer == producer


def test_misspelt_name_asks_back_and_the_choice_is_kept(client: Client) -> None:
    session = make_talk()
    producer = make_maker_at(session.expo, "Kopontren Sidogiri")
    make_maker_at(session.expo, "Batik Jetis")
    form = filled_in(kind="kopontren", organisation="kopontren sidogri")
    asked = client.post(page_of(session), form)
    assert asked.status_code == 422
    assert "Kopontren Sidogiri" in asked.text
    assert "Batik Jetis" not in asked.text
    client.post(page_of(session), form | {"producer": str(producer.pk)})
    assert Registration.objects.get().producer == producer


def test_none_of_them_keeps_what_was_written(client: Client) -> None:
    session = make_talk()
    make_maker_at(session.expo, "Kopontren Sidogiri")
    form = filled_in(kind="kopontren", organisation="Kopontren Sidogri", producer="bukan")
    client.post(page_of(session), form)
    registration = Registration.objects.get()
    assert (registration.producer, registration.organisation) == (None, "Kopontren Sidogri")


def test_choice_is_still_there_where_another_field_is_wrong(client: Client) -> None:
    session = make_talk()
    producer = make_maker_at(session.expo, "Kopontren Sidogiri")
    form = filled_in(kind="kopontren", organisation="kopontren sidogri", consent="")
    for picked in (str(producer.pk), "bukan"):
        asked = client.post(page_of(session), form | {"producer": picked})
        assert asked.status_code == 422
        assert f'name="producer" value="{picked}" checked' in asked.text
        assert asked.text.count('name="producer"') == 2


def test_unknown_business_is_taken_as_it_is(client: Client) -> None:
    session = make_talk()
    client.post(page_of(session), filled_in(kind="umkm", organisation="Warung Bu Tini"))
    assert Registration.objects.get().organisation == "Warung Bu Tini"


def names_like(text: str) -> list[str]:
    return [one.name for one in producers_like(text, every_maker())]


def test_names_are_found_as_people_type_them() -> None:
    for name in ("Kopontren Al-Qodiri", "Kopontren Sidogiri", "Santri Batik Nurul Jadid"):
        make_producer(name=name, kind="umkm")
    assert names_like("sidgiri") == ["Kopontren Sidogiri"]
    assert names_like("batik nurul") == ["Santri Batik Nurul Jadid"]
    assert names_like("qodir") == ["Kopontren Al-Qodiri"]
    # The name says more than the pesantren.
    make_producer(name="Batik Jetis", pesantren=make_pesantren(name="Pesantren Sidogiri"))
    assert names_like("sidogiri") == ["Kopontren Sidogiri", "Batik Jetis"]
    assert names_like("x") == names_like("") == names_like("zzzzzz") == []


def test_typing_offers_producers(client: Client) -> None:
    session = make_talk()
    make_maker_at(session.expo, "Kopontren Sidogiri")
    found = client.get(f"{page_of(session)}usaha/", {"organisation": "sidog"})
    assert "Kopontren Sidogiri" in found.text
    assert "<html" not in found.text


def test_makers_of_an_edition_that_is_not_public_are_not_named(client: Client) -> None:
    session = make_talk()
    secret = make_maker_at(make_expo(slug="2099", is_current=False), "Kopontren Rahasia")
    Expo.objects.filter(slug="2099").update(is_public=False)
    nowhere = make_producer(name="Kopontren Rahasia Kita")
    form = filled_in(kind="kopontren", organisation="kopontren rahasi")

    assert "Rahasia" not in client.get(f"{page_of(session)}usaha/", {"organisation": "raha"}).text
    for one in (secret, nowhere):
        client.post(page_of(session), form | {"producer": str(one.pk), "name": one.name})

    kept = Registration.objects.all()
    assert [(one.producer, one.organisation) for one in kept] == [(None, "kopontren rahasi")] * 2


def test_makers_are_read_once_and_anew_when_one_has_another_name(client: Client) -> None:
    session = make_talk()
    producer = make_maker_at(session.expo, "Kopontren Sidogiri")
    path = f"{page_of(session)}usaha/"
    client.get(path, {"organisation": "sidog"})

    with CaptureQueriesContext(connection) as queries:
        assert "Kopontren Sidogiri" in client.get(path, {"organisation": "sidogi"}).text
    assert not [one for one in queries if "pesantren_producer" in one["sql"]]

    producer.name = "Kopontren Lirboyo"
    producer.save()
    assert "Sidogiri" not in client.get(path, {"organisation": "sidogi"}).text


def test_a_program_is_led_away_and_nothing_kept(client: Client) -> None:
    session = make_talk()
    response = client.post(page_of(session), filled_in(ulangi="https://iklan.example"))
    assert response.status_code == 302
    assert not Registration.objects.exists()


def test_another_sites_page_cannot_register(client: Client) -> None:
    session = make_talk()
    response = client.post(
        page_of(session), filled_in(), headers={"Origin": "https://lain.example"}
    )
    assert response.status_code == 403
    assert not Registration.objects.exists()


def test_one_person_too_often_has_to_wait_and_keeps_what_was_typed(client: Client) -> None:
    session = make_talk()
    most = registration_page.BY_PERSON.most
    for _ in range(most):
        assert client.post(page_of(session), filled_in()).status_code == 303
    response = client.post(page_of(session), filled_in())
    assert response.status_code == 429
    assert "Dewi Lestari" in response.text
    assert Registration.objects.count() == most


def test_what_the_address_refuses_is_no_try_of_the_person(client: Client) -> None:
    session = make_talk()
    full = replace(registration_page.BY_ADDRESS, most=1)
    with mock.patch.object(registration_page, "BY_ADDRESS", full):
        client.post(page_of(session), filled_in(name="Budi"))
        for _ in range(registration_page.BY_PERSON.most):
            assert client.post(page_of(session), filled_in()).status_code == 429
        elsewhere = Client(REMOTE_ADDR="10.0.0.9").post(page_of(session), filled_in())
    assert elsewhere.status_code == 303


def test_full_session_says_so_and_gives_a_place_on_the_list(client: Client) -> None:
    session = make_talk(capacity=1)
    make_registration(session)
    assert "Masuk daftar tunggu" in client.get(page_of(session)).text
    ticket = client.post(page_of(session), filled_in(), follow=True)
    assert "Daftar tunggu nomor 1" in ticket.text


def test_closed_session_has_no_form(client: Client) -> None:
    session = make_talk(takes_registrations=False)
    response = client.get(page_of(session))
    assert "langsung datang saja" in response.text
    assert "<form method" not in response.text
    refused = client.post(page_of(session), filled_in())
    assert refused.status_code == 409


def test_seats_left_and_people_who_came_are_told_as_of_now(client: Client) -> None:
    session = make_talk(capacity=3)
    address = f"/{session.expo.slug}/jadwal/{session.slug}/tempat/"
    assert "dari 3 tempat masih ada" in client.get(address).text
    assert "dihitung hadir" not in client.get(address).text
    make_attendance(session, make_registration(session))
    now = client.get(address)
    assert "<strong>2</strong> dari 3 tempat masih ada" in now.text
    assert "<strong>1</strong> orang dihitung hadir di pintu" in now.text
    assert "no-store" in now["Cache-Control"]


@pytest.mark.parametrize("path", ["daftar/", "daftar/usaha/", "tempat/"])
def test_unknown_session_is_not_found(client: Client, path: str) -> None:
    session = make_talk()
    assert client.get(f"/{session.expo.slug}/jadwal/lain/{path}").status_code == 404


def test_page_is_not_for_search_engines(client: Client) -> None:
    page = client.get(page_of(make_talk()))
    assert '<meta name="robots" content="noindex">' in page.text
    with translation.override("id"):
        assert "no-store" in page["Cache-Control"]


def test_page_of_a_session_leads_here_and_loads_what_changes_apart(client: Client) -> None:
    session = make_talk(capacity=3)
    page = client.get(f"/{session.expo.slug}/jadwal/{session.slug}/")
    assert f'href="{page_of(session)}"' in page.text
    assert f'hx-get="/{session.expo.slug}/jadwal/{session.slug}/tempat/"' in page.text
