"""A flag on the organisers' work list: its buttons settle it, and lead to taking a sale back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from events.models import Event
from sales.models import Sale, SaleFlag
from sales.proof.verifying import verify_ledger
from tests.ledger import make_sale
from tests.page_words import words
from tests.sales.work_list.page import PAGE, flag_page
from tests.tablets import pair_tablet
from tests.waiting import make_flag

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Stand

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

Kind = SaleFlag.Kind


# --- a flag -------------------------------------------------------------------------------------


def test_flag_is_accepted_with_one_press(client: Client, citra: User, stand: Stand) -> None:
    flag = make_flag(Kind.PRICE_DIFFERED, stand)
    page = client.post(flag_page(flag), {"do": "accept", "stan": "A1"}, follow=True)
    assert page.redirect_chain == [(f"{PAGE}?edisi=2026-uji&stan=A1", 302)]
    assert f"{flag.sale.number}: diterima apa adanya." in page.text
    assert SaleFlag.objects.get().resolution == SaleFlag.Resolution.ACCEPTED


def test_row_gives_way_to_a_word_when_a_script_sends_it(
    client: Client, citra: User, stand: Stand
) -> None:
    tablet = pair_tablet(stand)
    first, _second = (make_flag(Kind.PRICE_DIFFERED, stand, tablet=tablet) for _ in range(2))
    answers = [
        client.post(flag_page(first), {"do": "accept"}, headers={"HX-Request": "true"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "<html" not in answers[0].text
    assert f"{first.sale.number}: diterima apa adanya." in answers[0].text
    assert 'id="count-price_differed" hx-swap-oob="true">1<' in answers[0].text
    assert "Sudah diputuskan" in answers[1].text


def test_all_that_are_shown_are_accepted_at_once(client: Client, citra: User, stand: Stand) -> None:
    tablet = pair_tablet(stand)
    flags = [make_flag(Kind.CLOCK_OFF, stand, tablet=tablet) for _ in range(3)]
    keys = re.findall(r'name="flag" value="(\d+)"', client.get(PAGE).text)
    later = make_flag(Kind.CLOCK_OFF, stand, tablet=tablet)  # nobody has seen it yet
    assert sorted(map(int, keys)) == [flag.pk for flag in flags]

    page = client.post(f"{PAGE}tanda/terima/", {"flag": [*keys, "x", "9" * 30]}, follow=True)

    assert "3 tanda diterima apa adanya." in page.text
    assert list(SaleFlag.objects.filter(settled_at=None)) == [later]


def test_dismissing_a_flag_from_its_page(client: Client, citra: User, stand: Stand) -> None:
    flag = make_flag(Kind.CLOCK_OFF, stand)
    assert client.post(flag_page(flag), {"do": "dismiss"}).status_code == 422
    client.post(flag_page(flag), {"do": "dismiss", "reason": "tablet uji"})
    assert SaleFlag.objects.get().settlement == "tablet uji"
    assert "diabaikan oleh citra" in words(client.get(flag_page(flag)))


# --- taking back --------------------------------------------------------------------------------


def test_flag_leads_to_a_reversal_that_settles_it(
    client: Client, citra: User, stand: Stand
) -> None:
    flag = make_flag(Kind.PRICE_DIFFERED, stand)
    path = f"/admin/sales/sale/{flag.sale_id}/batal/?tanda={flag.pk}"
    assert path in client.get(flag_page(flag)).text
    key = re.search(r'name="uuid" value="([^"]+)"', client.get(path).text)
    assert key is not None
    form = {"uuid": key[1], "qty-1": "1", "reason": "harga salah"}

    page = client.post(path, form, follow=True)
    again = client.post(path, form)

    assert page.redirect_chain == [(f"{PAGE}?edisi=2026-uji", 302)]
    assert "dibatalkan dengan nota A1-W-0001" in page.text
    assert again.status_code == 302
    reversal = Sale.objects.get(reverses=flag.sale)
    assert (reversal.intake, reversal.total_rupiah) == (Sale.Intake.ORGANISER, -20_000)
    settled = SaleFlag.objects.get(pk=flag.pk)
    assert (settled.resolution, settled.settlement) == ("corrected", "Pembatalan A1-W-0001")


def test_any_sale_is_taken_back_from_its_admin_page(
    client: Client, citra: User, stand: Stand
) -> None:
    sale = make_sale(stand, {stand.offers.in_till_order()[0]: 2})
    path = f"/admin/sales/sale/{sale.pk}/batal/"
    key = "6a0e8d3c-77e3-4a1b-8f57-0d6d6a6fb111"
    assert path in client.get(f"/admin/sales/sale/{sale.pk}/change/").text

    refused = [
        client.post(path, {"uuid": key, "qty-1": quantity, "reason": reason}).status_code
        for quantity, reason in (("3", "x"), ("1", ""), ("", "x"), ("1_0", "x"))
    ]
    page = client.post(path, {"uuid": key, "qty-1": "2", "reason": "rusak"}, follow=True)
    made = Sale.objects.get(reverses=sale)

    assert refused == [422] * 4
    assert page.redirect_chain == [(f"/admin/sales/sale/{made.pk}/change/", 302)]
    assert "Semua barang di nota ini sudah dibatalkan." in client.get(path).text
    assert client.get(f"/admin/sales/sale/{made.pk}/batal/").status_code == 404
    assert f"/admin/sales/sale/{made.pk}/batal/" not in page.text
    assert Event.objects.get(kind=Event.Kind.REVERSED).actor == citra
    assert verify_ledger().breaks == []


def test_flag_of_another_sale_is_none_of_this_one(
    client: Client, citra: User, stand: Stand
) -> None:
    sale = make_sale(stand, {stand.offers.in_till_order()[0]: 2})
    flag = make_flag(Kind.CLOCK_OFF, stand)
    for key in (flag.pk, "x", "9" * 30):
        assert client.get(f"/admin/sales/sale/{sale.pk}/batal/?tanda={key}").status_code == 404
