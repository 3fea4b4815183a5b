"""Money at the bank beside the ledger: the overview, what is taken out, and who may look."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from opop_expo.roles import ORGANISER, VIEWER, sync_groups
from sales.bank.checking import mark_absent, mark_seen
from sales.bank.reads import Chosen, Sums, missing_at_bank, overview
from sales.models import BankMatch, Payment, PaymentCheck
from tests.bank import finance, line_of, make_statement, payment_of
from tests.ledger import make_reversal, make_sale, make_shop
from tests.page_words import words
from tests.queries import queries_of
from tests.sales.bank.desk import MINUTE, NOW, PAGE, paid

if TYPE_CHECKING:
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


# --- both sides ---------------------------------------------------------------------------------


def test_every_claimed_payment_stands_once_in_the_overview(
    shop: tuple[Stand, Offer, Offer],
) -> None:
    stand, dear, cheap = shop
    other, (offer, _) = make_shop(code="A2", expo=stand.expo)
    sales = [paid(stand, dear), paid(stand, cheap, method="card"), paid(other, offer)]
    make_sale(stand, {dear: 1}, method="qris", training=True)
    make_reversal(sales[0])
    mark_seen([payment_of(sales[0])], actor=finance())
    mark_absent([payment_of(sales[2])], actor=finance(), note="uji")
    seen = overview(Chosen(stand.expo), [stand, other])
    assert seen.total == Sums(2, -15_000, 1, 25_000, 1, 25_000)
    assert sum((day.sums for day in seen.days), Sums()) == seen.total
    assert sum((row.sums for day in seen.days for row in day.rows), Sums()) == seen.total
    assert sum((sums for _method, sums in seen.by_method), Sums()) == seen.total
    only_open = overview(Chosen(stand.expo, state="open"), [stand, other])
    assert [row.stand for day in only_open.days for row in day.rows] == [stand]
    claimed = Payment.objects.exclude(method="cash").filter(sale__training=False)
    assert seen.total.claimed_rupiah == sum(one.amount_rupiah for one in claimed)


def test_what_is_in_the_ledger_and_not_at_the_bank_is_shown(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, cheap = shop
    paid(stand, dear)
    paid(stand, cheap)
    make_statement(stand.expo, [(NOW, 25_000)])
    client.post(f"{PAGE}cocok/", {"count": "1"})
    covered = missing_at_bank(stand.expo, [stand])
    assert [(one.count, one.rupiah) for one in covered.missing] == [(1, 10_000)]
    assert "Di kasir, belum terlihat di bank" in words(client.get(f"{PAGE}cocok/"))


def test_export_holds_both_sides_and_no_formula(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, _cheap = shop
    payment = payment_of(paid(stand, dear))
    mark_absent([payment], actor=farida, note="=1+1")
    make_statement(stand.expo, [(NOW, -777)])
    rows = list(csv.reader(io.StringIO(client.get(f"{PAGE}csv/").text.lstrip("\ufeff"))))
    assert [(row[0], row[6], row[7]) for row in rows[1:]] == [
        ("buku", "25000", "tidak ada di bank"),
        ("bank", "-777", "belum"),
    ]
    assert rows[1][8] == "'=1+1"
    sheet = client.get(f"{PAGE}xlsx/")
    assert sheet.content[:2] == b"PK"


def test_pages_take_as_many_queries_for_three_as_for_one(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, dear, _cheap = shop
    counts = []
    for number in range(2):
        for _more in range(1 + number):
            paid(stand, dear, ago=40 * number)
            line = (NOW - 40 * number * MINUTE, 25_000 + number)
        statement = make_statement(stand.expo, [line], name=f"{number}.csv")
        one = Payment.objects.latest("pk").pk
        paths = ["", "daftar/", "cocok/", f"mutasi/{statement.pk}/", f"bayar/{one}/", "unggah/"]
        paths.append(f"baris/{line_of(statement).pk}/?cari=1")
        counts.append([queries_of(client, PAGE + path) for path in paths])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16


# --- who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [ORGANISER, VIEWER])
def test_only_finance_checks_others_look(role: str, shop: tuple[Stand, Offer, Offer]) -> None:
    stand, dear, _cheap = shop
    payment = payment_of(paid(stand, dear))
    line = line_of(make_statement(stand.expo, [(NOW, 25_000)]))
    mark_seen([payment_of(paid(stand, dear))], actor=finance())
    sync_groups()
    user = User.objects.create_user("dewi", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    for path in ("", "daftar/", "cocok/", f"baris/{line.pk}/", f"bayar/{payment.pk}/", "csv/"):
        assert client.get(PAGE + path).status_code == 200, path
    before = (PaymentCheck.objects.count(), BankMatch.objects.count())
    for path, form in (
        ("unggah/", {}),
        ("simpan/", {}),
        (f"mutasi/{line.statement_id}/tarik/", {"reason": "x", "shown": "0-0-0"}),
        ("daftar/", {"payment": payment.pk, "do": "seen"}),
        ("cocok/", {"count": "1"}),
        (f"baris/{line.pk}/", {"do": "match", "payment": payment.pk}),
        (f"baris/{line.pk}/", {"do": "revoke", "note": "x"}),
        (f"bayar/{payment.pk}/", {"reason": "x"}),
    ):
        assert client.post(PAGE + path, form).status_code == 403, path
    assert (PaymentCheck.objects.count(), BankMatch.objects.count()) == before
    assert "Unggah" not in client.get(PAGE).text
