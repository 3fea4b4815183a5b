"""Money at the bank: its lines are matched with payments without guessing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from events.models import Event
from sales.bank.checking import match_line
from sales.bank.matching import propose
from sales.bank.reads import Chosen, bank_sums, claims, overview
from sales.models import BankMatch, PaymentCheck
from stands.clock import business_date
from tests.bank import line_of, make_statement, payment_of
from tests.ledger import make_reversal, make_shop
from tests.page_words import words
from tests.sales.bank.desk import MINUTE, NOW, PAGE, paid

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


def test_one_line_and_one_payment_close_in_time_are_certain(
    shop: tuple[Stand, Offer, Offer],
) -> None:
    stand, dear, cheap = shop
    first, second = paid(stand, dear), paid(stand, cheap)
    paid(stand, cheap, method="cash")
    statement = make_statement(stand.expo, [(NOW + MINUTE, 25_000), (NOW, 10_000)])
    found = propose(stand.expo)
    assert [(line.row, claim.number) for line, claim in found.certain] == [
        (line_of(statement, 2).row, second.number),
        (line_of(statement, 1).row, first.number),
    ]
    assert (found.unclear, found.lumps, found.unknown) == ([], [], [])


def test_equal_amounts_close_together_are_for_a_person(shop: tuple[Stand, Offer, Offer]) -> None:
    stand, dear, _cheap = shop
    paid(stand, dear, ago=2)
    paid(stand, dear)
    make_statement(stand.expo, [(NOW, 25_000)])
    found = propose(stand.expo)
    assert found.certain == []
    [group] = found.unclear
    assert (len(group.lines), len(group.claims)) == (1, 2)
    # With less time between them there is no doubt.
    assert len(propose(stand.expo, minutes=1).certain) == 1


def test_line_of_a_stand_of_a_method_or_without_an_hour_looks_only_there(
    shop: tuple[Stand, Offer, Offer],
) -> None:
    stand, dear, _cheap = shop
    other, (offer, _) = make_shop(code="A2", expo=stand.expo)
    here, _there = paid(stand, dear), paid(other, offer)
    paid(stand, dear, method="transfer")
    make_statement(stand.expo, [(NOW, 25_000, "A1")], method="qris")
    [(line, claim)] = propose(stand.expo).certain
    assert (line.stand, claim.number) == (stand, here.number)


def test_sum_of_a_day_less_a_fee_is_proposed(shop: tuple[Stand, Offer, Offer]) -> None:
    stand, dear, cheap = shop
    for offer in (dear, dear, cheap):
        paid(stand, offer, ago=30)
    day = business_date(NOW - 30 * MINUTE)
    make_statement(stand.expo, [(NOW, 59_580)])
    [(_line, lumps)] = propose(stand.expo).lumps
    assert [(one.stand_code, one.day, one.count, one.difference_rupiah) for one in lumps] == [
        ("A1", day, 3, -420)
    ]
    make_statement(stand.expo, [(NOW, 58_000)], name="terlalu-kurang.csv")
    assert len(propose(stand.expo).unknown) == 1


def test_paid_back_is_matched_with_money_that_went_out(shop: tuple[Stand, Offer, Offer]) -> None:
    stand, dear, _cheap = shop
    sale = paid(stand, dear, ago=5)
    make_reversal(sale, sold_at=NOW)
    make_statement(stand.expo, [(NOW - 5 * MINUTE, 25_000), (NOW, -25_000)])
    pairs = propose(stand.expo).certain
    assert [claim.amount_rupiah for _line, claim in pairs] == [25_000, -25_000]
    total = overview(Chosen(stand.expo), [stand]).total
    assert (total.open_count, total.open_rupiah) == (2, 0)


def test_button_matches_what_was_shown_and_nothing_else(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, _cheap = shop
    sale = paid(stand, dear)
    make_statement(stand.expo, [(NOW, 25_000), (NOW, 10_000), (NOW, 777)])
    stale = client.post(f"{PAGE}cocok/", {"count": "2"}, follow=True)
    assert "Pasangannya sudah berubah" in words(stale)
    assert PaymentCheck.objects.count() == 0
    done = client.post(f"{PAGE}cocok/", {"count": "1"}, follow=True)
    assert "1 pasangan dicocokkan" in words(done)
    check = PaymentCheck.objects.get()
    assert (check.payment.sale, check.outcome, check.checked_by) == (sale, "seen", farida)
    assert "Rp 777" in words(done)
    assert [line.amount_rupiah for line in propose(stand.expo).unknown] == [10_000, 777]
    assert Event.objects.filter(kind=Event.Kind.BANK_CHECKED).count() == 1


def test_line_page_matches_a_sum_with_its_difference_explained(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, cheap = shop
    payments = [payment_of(paid(stand, offer, ago=30)) for offer in (dear, cheap)]
    day = business_date(NOW - 30 * MINUTE)
    line = line_of(make_statement(stand.expo, [(NOW, 34_800)]))
    address = f"{PAGE}baris/{line.pk}/"
    asked = client.get(address, {"cari": "1", "stan": "A1", "hari": f"{day}", "cara": "qris"})
    assert "2 pembayaran, Rp 35.000" in words(asked)
    ticked = {"do": "match", "payment": [one.pk for one in payments], "cari": "1"}
    assert client.post(address, ticked).status_code == 422
    client.post(address, ticked | {"note": "biaya QRIS"})
    match = BankMatch.objects.get()
    assert (match.difference_rupiah, match.checks.count()) == (-200, 2)
    again = client.post(address, ticked | {"note": "biaya QRIS"})
    assert again.status_code == 422
    assert BankMatch.objects.count() == 1


def test_match_is_taken_back_with_a_reason_and_can_be_made_anew(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, _cheap = shop
    payment = payment_of(paid(stand, dear))
    line = line_of(make_statement(stand.expo, [(NOW, 25_000)]))
    match_line(line, [payment], actor=farida)
    address = f"{PAGE}baris/{line.pk}/"
    assert client.post(address, {"do": "revoke"}).status_code == 422
    client.post(address, {"do": "revoke", "note": "salah orang"})
    match = BankMatch.objects.get()
    assert (match.revoked_by, match.revocation) == (farida, "salah orang")
    assert list(claims(stand.expo).values_list("outcome", flat=True)) == [None]
    client.post(address, {"do": "match", "payment": payment.pk})
    assert list(claims(stand.expo).values_list("outcome", flat=True)) == ["seen"]
    assert "salah orang" in words(client.get(address))


def test_money_that_no_till_took_is_explained(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    line = line_of(make_statement(shop[0].expo, [(NOW, 5_000_000)]))
    assert client.post(f"{PAGE}baris/{line.pk}/", {"do": "other"}).status_code == 422
    client.post(f"{PAGE}baris/{line.pk}/", {"do": "other", "note": "modal panitia"})
    sums = bank_sums(shop[0].expo)
    assert (sums.other_rupiah, sums.open_rupiah) == (5_000_000, 0)
