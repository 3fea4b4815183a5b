"""A held sale on the organisers' work list: its page decides, once."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from sales.models import HeldSale, Sale
from sales.proof.verifying import verify_ledger
from sales.recording import record_sale
from sales.totals.source import Grouping, TotalsFilter
from sales.totals.sums import sums_by
from sales.work_list.waiting import amount_of
from tests.ledger import make_shop, sale_request
from tests.page_words import words
from tests.sales.work_list.page import PAGE, held_page
from tests.tablets import pair_tablet
from tests.waiting import make_held, sent

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Stand

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

Reason = HeldSale.Reason


def test_conflict_is_shown_side_by_side_with_what_differs(
    client: Client, citra: User, stand: Stand
) -> None:
    page = client.get(held_page(make_held(Reason.OTHER_CONTENT, stand)))
    text = words(page)
    assert "Yang datang lebih dulu" in text
    assert "Rp 25.000" in text
    assert "Rp 50.000" in text
    assert 'content-lines is-other"' in page.text
    assert '<div class="is-other">\n    <dt>Nomor nota' not in page.text


def test_accepting_from_the_page_records_and_leads_back(
    client: Client, citra: User, stand: Stand
) -> None:
    held = make_held(Reason.NUMBER_TAKEN, stand)
    page = client.post(
        f"{held_page(held)}?stan=A1", {"do": "accept", "accept-note": "ya"}, follow=True
    )
    number = f"{held.request['number']}/2"
    assert page.redirect_chain == [(f"{PAGE}?edisi=2026-uji&stan=A1", 302)]
    assert f"Disetujui dan dibukukan sebagai {number}." in page.text
    assert Sale.objects.filter(number=number).exists()
    assert verify_ledger().breaks == []


def test_time_is_prefilled_and_asked_for(client: Client, citra: User, stand: Stand) -> None:
    future, old = make_held(Reason.FUTURE, stand), make_held(Reason.TOO_OLD, stand)
    received = timezone.localtime(future.received_at)
    claimed = timezone.localtime(dt.datetime.fromisoformat(old.request["sold_at"]))
    assert f'value="{received:%Y-%m-%dT%H:%M:%S}"' in client.get(held_page(future)).text
    assert f'value="{claimed:%Y-%m-%dT%H:%M:%S}"' in client.get(held_page(old)).text

    ahead = timezone.localtime() + dt.timedelta(hours=1)
    typed = [
        client.post(held_page(future), {"do": "accept", "accept-sold_at": value})
        for value in ("", "besok", f"{ahead:%Y-%m-%dT%H:%M:%S}", "0001-01-01T00:00:00")
    ]

    assert [page.status_code for page in typed] == [422] * 4
    assert not Sale.objects.exists()
    yesterday = timezone.localtime() - dt.timedelta(days=1)
    client.post(
        held_page(future), {"do": "accept", "accept-sold_at": f"{yesterday:%Y-%m-%dT%H:%M}"}
    )
    days = sums_by(stand.expo, Grouping.DAY, TotalsFilter())
    assert {day: one.net_rupiah for day, one in days.items()} == {yesterday.date(): 50_000}


def test_unknown_product_is_chosen_from_the_stands_own(
    client: Client, citra: User, stand: Stand
) -> None:
    held = make_held(Reason.OFFER_UNKNOWN, stand)
    foreign = make_shop(code="B7", expo=stand.expo)[1][0]
    own = stand.offers.in_till_order()[1]
    page = client.get(held_page(held))
    assert f'<option value="{own.pk}">' in page.text
    assert f'<option value="{foreign.pk}">' not in page.text

    refused = [
        client.post(held_page(held), {"do": "accept", "accept-offer-1": value}).status_code
        for value in ("", foreign.pk, "x")
    ]
    client.post(held_page(held), {"do": "accept", "accept-offer-1": own.pk})

    assert refused == [422] * 3
    assert Sale.objects.get().lines.get().offer == own


def test_reversal_is_prefilled_with_what_is_left(client: Client, citra: User, stand: Stand) -> None:
    held = make_held(Reason.OVER_REVERSAL, stand, quantity=4)  # one of four is back already
    field = re.search(r'<input class="qty".*?>', client.get(held_page(held)).text, re.DOTALL)
    assert field is not None
    assert 'value="3"' in field[0]

    over = client.post(held_page(held), {"do": "accept", "accept-qty-1": "4"})
    client.post(held_page(held), {"do": "accept", "accept-qty-1": "3"})

    assert over.status_code == 422
    assert "Yang masih bisa dibatalkan: 3." in words(over)
    assert Sale.objects.latest("sequence").total_rupiah == -75_000
    assert "yang bisa dibatalkan tinggal 3" in words(client.get(held_page(held)))
    assert verify_ledger().breaks == []


@pytest.mark.parametrize("reason", [Reason.ORIGINAL_HELD, Reason.ORIGINAL_UNKNOWN])
def test_reversal_without_its_sale_cannot_be_accepted(
    client: Client, citra: User, stand: Stand, reason: HeldSale.Reason
) -> None:
    held = make_held(reason, stand)
    assert "Setujui pembatalan" not in words(client.get(held_page(held)))
    answer = client.post(held_page(held), {"do": "accept"})
    assert answer.status_code == 422
    assert not Sale.objects.filter(reverses__isnull=False).exists()


def test_held_reversal_of_training_would_move_no_total(stand: Stand) -> None:
    tablet, offer = pair_tablet(stand), stand.offers.in_till_order()[0]
    lost = tablet.sale({offer: 1})  # never sent
    for number in ("0009", "L0001"):
        number = f"{tablet.till.prefix}-{number}"
        assert sent(tablet, tablet.reversal(lost, number=number))["status"] == "held"
    assert amount_of(list(HeldSale.objects.all())) == -offer.price_rupiah


def test_dismissing_wants_a_reason(client: Client, citra: User, stand: Stand) -> None:
    held = make_held(Reason.FUTURE, stand)
    without = client.post(held_page(held), {"do": "dismiss", "reason": " "})
    assert without.status_code == 422
    assert "Tulis alasannya" in words(without)
    client.post(held_page(held), {"do": "dismiss", "reason": "coba-coba"})
    page = words(client.get(held_page(held)))
    assert "ditolak oleh citra" in page
    assert "coba-coba" in page
    assert "Setujui penjualan" not in page


def test_page_of_what_has_no_number_yet_opens(client: Client, citra: User, stand: Stand) -> None:
    key, offer = uuid.uuid4(), stand.offers.in_till_order()[0]
    for quantity in (1, 2):
        request = sale_request({offer: quantity}, key=key, tendered_rupiah=100_000)
        record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.FORM)
    assert "Rp 50.000" in words(client.get(PAGE))
    assert "Setujui penjualan" in words(client.get(held_page(HeldSale.objects.get())))


def test_second_decision_is_told_who_was_first(client: Client, citra: User, stand: Stand) -> None:
    held = make_held(Reason.OTHER_TILL, stand)
    client.post(held_page(held), {"do": "accept"})
    for form in ({"do": "accept"}, {"do": "dismiss", "reason": "x"}):
        page = client.post(held_page(held), form)
        assert page.status_code == 422
    assert Sale.objects.count() == 1


def test_sale_sent_again_after_it_was_accepted_is_not_there_twice(
    client: Client, citra: User, stand: Stand
) -> None:
    tablet = pair_tablet(stand)
    sale = tablet.sale({stand.offers.in_till_order()[0]: 1}, number="Z9-Z-0001")
    sent(tablet, sale)
    client.post(held_page(HeldSale.objects.get()), {"do": "accept"})
    assert sent(tablet, sale)["status"] == "replayed"
    assert Sale.objects.count() == 1
