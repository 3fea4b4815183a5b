"""Money at the bank: payments are ticked by hand, and the ledger stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from events.models import Event
from sales.bank.checking import (
    CheckRefused,
    explain_line,
    mark_absent,
    mark_seen,
    match_line,
    revoke_check,
    revoke_match,
)
from sales.bank.reads import Chosen, Sums, overview
from sales.models import BankMatch, PaymentCheck, Sale
from sales.proof.verifying import verify_ledger
from tests.bank import finance, line_of, make_statement, payment_of
from tests.page_words import words
from tests.sales.bank.desk import NOW, PAGE, paid

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


def test_ticked_payments_are_seen_and_the_ledger_is_the_same(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, cheap = shop
    sales = [paid(stand, dear), paid(stand, cheap), paid(stand, cheap, method="cash")]
    before = list(Sale.objects.values_list("hash", flat=True))
    keys = [payment_of(sale).pk for sale in sales]
    client.post(f"{PAGE}daftar/", {"payment": [keys[0], keys[2]], "do": "seen"})
    assert [check.payment_id for check in PaymentCheck.objects.all()] == [keys[0]]
    page = client.get(f"{PAGE}daftar/", {"keadaan": "open"})
    assert [one.pk for one in page.context["page"]] == [keys[1]]
    assert list(Sale.objects.values_list("hash", flat=True)) == before
    assert verify_ledger().breaks == []


def test_all_at_once_only_while_the_sum_is_the_one_that_was_shown(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, cheap = shop
    paid(stand, dear)
    shown = client.get(f"{PAGE}daftar/", {"stan": "A1"})
    assert "Rp 25.000" in words(shown)
    form = {"scope": "all", "stan": "A1", "count": "1", "sum": "25000", "do": "seen"}
    late = paid(stand, cheap)
    refused = client.post(f"{PAGE}daftar/", form)
    assert "Daftarnya sudah berubah" in words(refused)
    assert PaymentCheck.objects.count() == 0
    mark_seen([payment_of(late)], actor=farida)
    client.post(f"{PAGE}daftar/", form)
    assert PaymentCheck.objects.count() == 2


def test_refused_ticks_stand_where_they_were_set(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer], monkeypatch: Any
) -> None:
    stand, dear, cheap = shop
    _first, second = (payment_of(paid(stand, offer)) for offer in (dear, cheap))
    monkeypatch.setattr("sales.bank.claims_page.PAGE", 1)
    form = {"payment": second.pk, "hal": "2"}
    refused = client.post(f"{PAGE}daftar/", form | {"do": "absent"})
    ticked = f'<input type="checkbox" name="payment" value="{second.pk}" checked>'
    assert ticked in refused.content.decode()
    done = client.post(f"{PAGE}daftar/", form | {"do": "seen"})
    assert done["Location"].endswith("&hal=2")


def test_what_was_ticked_by_mistake_is_taken_back_at_once(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, cheap = shop
    ticked = [payment_of(paid(stand, offer)) for offer in (dear, cheap)]
    line = line_of(make_statement(stand.expo, [(NOW, 25_000)]))
    match_line(line, [payment_of(paid(stand, dear))], actor=farida)
    mark_seen(ticked, actor=farida)
    assert "bisa dicabut sekaligus" in words(client.get(f"{PAGE}daftar/", {"keadaan": "seen"}))
    form = {"keadaan": "seen", "do": "revoke", "count": "2", "sum": "35000"}
    for wrong in ({"note": ""}, {"note": "salah pencet", "count": "3"}):
        assert client.post(f"{PAGE}daftar/", form | wrong).status_code == 422
    client.post(f"{PAGE}daftar/", form | {"note": "salah pencet"})
    sums = overview(Chosen(stand.expo), [stand]).total
    assert (sums.open_count, sums.seen_count) == (2, 1)
    assert Event.objects.filter(data__reason="salah pencet").count() == 1


def test_absent_needs_a_note_and_gives_way_when_it_turns_up(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, _cheap = shop
    payment = payment_of(paid(stand, dear))
    form = {"payment": payment.pk, "do": "absent"}
    refused = client.post(f"{PAGE}daftar/", form)
    assert (refused.status_code, PaymentCheck.objects.count()) == (422, 0)
    client.post(f"{PAGE}daftar/", form | {"note": "dicari dua kali"})
    assert overview(Chosen(stand.expo), [stand]).total.absent_rupiah == 25_000
    # A line that comes later is still compared with it.
    make_statement(stand.expo, [(NOW, 25_000)])
    client.post(f"{PAGE}cocok/", {"count": "1"})
    page = words(client.get(f"{PAGE}bayar/{payment.pk}/"))
    assert "terlihat di bank" in page
    assert "Kemudian terlihat di mutasi." in page
    assert overview(Chosen(stand.expo), [stand]).total == Sums(seen_count=1, seen_rupiah=25_000)


def test_tick_is_taken_back_with_a_reason_but_a_match_only_as_a_whole(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, cheap = shop
    by_hand, by_line = payment_of(paid(stand, dear)), payment_of(paid(stand, cheap))
    mark_seen([by_hand], actor=farida)
    client.post(f"{PAGE}bayar/{by_hand.pk}/", {"reason": "keliru"})
    check = PaymentCheck.objects.get()
    assert (check.revoked_by, check.revocation) == (farida, "keliru")
    with pytest.raises(CheckRefused, match="sudah dicabut"):
        revoke_check(check, actor=farida, reason="lagi")
    match = match_line(
        line_of(make_statement(stand.expo, [(NOW, 10_000)])), [by_line], actor=farida
    )
    with pytest.raises(CheckRefused, match="hasil pencocokan"):
        revoke_check(match.checks.get(), actor=farida, reason="keliru")
    revoke_match(match, actor=farida, reason="keliru")
    with pytest.raises(CheckRefused, match="sudah dicabut"):
        revoke_match(match, actor=farida, reason="keliru")


def test_database_holds_one_finding_and_one_match(shop: tuple[Stand, Offer, Offer]) -> None:
    stand, dear, _cheap = shop
    payment, farida = payment_of(paid(stand, dear)), finance()
    line = line_of(make_statement(stand.expo, [(NOW, 25_000)]))
    mark_seen([payment], actor=farida)
    explain_line(line, actor=farida, note="uji")
    for again in (
        lambda: PaymentCheck.objects.create(payment=payment, outcome="seen", checked_by=farida),
        lambda: BankMatch.objects.create(
            line=line, kind="other", difference_rupiah=0, note="x", made_by=farida
        ),
        lambda: PaymentCheck.objects.create(
            payment=payment_of(paid(stand, dear)), outcome="absent", checked_by=farida
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again()
    with pytest.raises(CheckRefused, match="Orang lain"):
        mark_absent([payment], actor=farida, note="uji")
    with pytest.raises(CheckRefused, match="Orang lain"):
        match_line(line, [payment_of(paid(stand, dear))], actor=farida)
