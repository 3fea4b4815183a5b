"""The organisers' page of results: what is not finished, freezing, amending, and the choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from events.models import Event
from opop_expo.roles import VIEWER, sync_groups
from outcomes.models import ResultsChoice, ResultsVersion
from sales.models import SaleFlag, Till
from tests.ledger import make_sale, make_shop
from tests.make import make_expo
from tests.outcomes.test_results import organiser
from tests.waiting import make_flag

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

DESK = "/admin/hasil/terbit/"


def test_the_desk_names_what_is_not_finished_and_does_not_stand_in_the_way(
    client: Client,
) -> None:
    stand, (offer, _other) = make_shop()
    make_sale(stand, {offer: 1})
    make_flag(SaleFlag.Kind.CLOCK_OFF, stand)
    Till.objects.filter(expo=stand.expo).update(unsent=4)
    page = organiser(client).get(DESK).content.decode()
    for words in ("kasir belum ditutup.", "nota masih di tablet", "1 tanda belum diperiksa."):
        assert words in page
    for name in ("tablets", "work_list", "closings"):
        assert f'"{reverse(name)}?edisi={stand.expo.slug}"' in page
    data = {"edisi": stand.expo.slug, "after": 0}
    response = client.post(DESK, data)
    assert response.status_code == 422
    assert "Centang dulu" in response.content.decode()
    assert not ResultsVersion.objects.exists()
    response = client.post(DESK, data | {"confirmed": "on"}, follow=True)
    assert "Dibekukan sebagai versi 1." in response.content.decode()
    assert ResultsVersion.objects.get().made_by.username == "citra"


def test_freezing_sent_twice_is_done_once(client: Client) -> None:
    expo = make_expo()
    data = {"edisi": expo.slug, "after": 0}
    organiser(client).post(DESK, data)
    response = client.post(DESK, data, follow=True)
    assert ResultsVersion.objects.count() == 1
    # What is asked for now is an amendment, and that wants its reason.
    assert response.status_code == 422
    response = client.post(DESK, data | {"reason": "Uji"}, follow=True)
    assert "baru saja dibekukan" in response.content.decode()
    assert ResultsVersion.objects.count() == 1


def test_an_amendment_is_offered_when_the_live_figures_differ(client: Client) -> None:
    stand, (offer, _other) = make_shop()
    make_sale(stand, {offer: 1})
    edition = stand.expo.slug
    organiser(client).post(DESK, {"edisi": edition, "after": 0, "confirmed": "on"})
    page = client.get(DESK).content.decode()
    assert "Semua angka sekarang masih sama" in page
    assert "Terbitkan perubahan" not in page
    make_sale(stand, {offer: 1})
    page = client.get(DESK).content.decode()
    assert "Angka sekarang berbeda:" in page
    assert "Rp 50.000" in page
    data = {"edisi": edition, "after": 1, "confirmed": "on", "reason": " "}
    response = client.post(DESK, data)
    assert response.status_code == 422
    assert "Tulis alasan perubahannya" in response.content.decode()
    client.post(DESK, data | {"reason": "Susulan tablet B"})
    assert ResultsVersion.objects.get(number=2).reason == "Susulan tablet B"


def test_who_may_only_look_cannot_freeze_or_choose(client: Client) -> None:
    expo = make_expo()
    sync_groups()
    user = User.objects.create_user("dewi", is_staff=True)
    user.groups.add(Group.objects.get(name=VIEWER))
    client.force_login(user)
    page = client.get(DESK).content.decode()
    assert "Halaman hasil" in page
    assert "Bekukan sebagai hasil final" not in page
    assert client.post(DESK, {"edisi": expo.slug, "after": 0}).status_code == 403
    assert client.get(f"{DESK}2020/isi/").status_code == 403
    assert not ResultsVersion.objects.exists()


def test_the_organiser_chooses_what_is_shown_and_whether_to_everybody(client: Client) -> None:
    expo = make_expo()
    path = f"{DESK}2020/isi/"
    organiser(client)
    data = {
        "is_public": "on",
        "shows_other_claims": "on",
        "top_categories": 3,
        "top_products": 99,
        "introduction": "Terima kasih.",
        "introduction_en": "",
    }
    response = client.post(path, data)
    assert response.status_code == 422
    assert "Paling banyak 50." in response.content.decode()
    assert not ResultsChoice.objects.exists()
    for _ in range(2):
        client.post(path, data | {"top_products": 5})
    choice = ResultsChoice.objects.get(expo=expo)
    assert (choice.is_public, choice.top_categories, choice.top_products) == (True, 3, 5)
    assert Event.objects.filter(kind=Event.Kind.RESULTS_CHOSEN).count() == 1
    assert "Terima kasih." in client.get("/2020/hasil/").content.decode()


def test_before_there_is_an_edition_the_desk_says_so(client: Client) -> None:
    assert "Belum ada edisi." in organiser(client).get(DESK).content.decode()
