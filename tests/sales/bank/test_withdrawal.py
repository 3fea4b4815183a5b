"""A file of the bank taken over by mistake: withdrawn with a reason, and taken over again."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from events.models import Event
from opop_expo.event_words import facts_of
from sales.bank.checking import (
    CheckRefused,
    explain_line,
    mark_absent,
    mark_seen,
    match_line,
    match_pairs,
)
from sales.bank.files import StatementError, guess_columns, read_sheet
from sales.bank.importing import import_statement, known_statement, preview, remembered_columns
from sales.bank.matching import propose
from sales.bank.reads import bank_sums, claims, missing_at_bank
from sales.bank.withdrawing import undone_with, withdraw_statement
from sales.models import (
    BankFormat,
    BankLine,
    BankMatch,
    BankStatement,
    BankWithdrawal,
    PaymentCheck,
    Sale,
)
from sales.proof.verifying import verify_ledger
from stands.closing_edition import close_edition
from tests.bank import finance, line_of, make_statement, payment_of, statement_text
from tests.page_words import words
from tests.queries import queries_of
from tests.sales.bank.desk import MINUTE, NOW, PAGE, paid
from tests.sales.bank.test_taking_over import fields, upload

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Offer, Stand

    Shop = tuple[Stand, Offer, Offer]

pytestmark = pytest.mark.django_db


def withdraw(statement: BankStatement, reason: str = "kolomnya salah") -> BankWithdrawal:
    shown = undone_with(statement).as_shown
    return withdraw_statement(statement, actor=finance(), reason=reason, shown=shown)


def address(statement: BankStatement) -> str:
    return f"{PAGE}mutasi/{statement.pk}/tarik/"


def test_file_read_with_the_wrong_columns_is_withdrawn_and_taken_over_again(
    client: Client, farida: User, shop: Shop
) -> None:
    """The balance was taken for the amount; found out after it was saved."""
    stand, dear, _cheap = shop
    paid(stand, dear)
    day = f"{NOW:%d/%m/%Y}"
    text = (
        f"Tanggal;Saldo;Nominal;Keterangan\n{day};900.000;25.000;QRIS 1\n{day};925.000;10.000;x\n"
    )
    file = {"file": upload(text), "edisi": stand.expo.slug}
    shown = client.post(f"{PAGE}unggah/", file)
    wrong = fields(shown) | {"k-amount": "1"}
    read = client.post(f"{PAGE}simpan/", wrong | {"do": "read"})
    client.post(f"{PAGE}simpan/", fields(read) | {"do": "save"})
    statement = BankStatement.objects.get()
    assert bank_sums(stand.expo).rupiah == 1_825_000
    explain_line(line_of(statement), actor=farida, note="uang apa ini?")

    page = client.get(address(statement))
    assert "Tarik berkas mutasi" in words(page)
    form = {"shown": page.context["undone"].as_shown, "reason": "saldo terbaca sebagai jumlah"}
    after = client.post(address(statement), form, follow=True)
    assert "saldo terbaca sebagai jumlah" in words(after)
    assert "dulu bukan dari kasir: uang apa ini?" in words(after)
    assert bank_sums(stand.expo).count == 0

    again = client.post(f"{PAGE}unggah/", file | {"file": upload(text)})
    # What was said of the columns was wrong, and is not said to be known.
    assert "Susunan kolom ini baru" in words(again)
    assert "Berkas ini pernah diunggah dan ditarik" in words(again)
    right = fields(again) | {"k-amount": "2"}
    read = client.post(f"{PAGE}simpan/", right | {"do": "read"})
    client.post(f"{PAGE}simpan/", fields(read) | {"do": "save"})
    assert bank_sums(stand.expo).rupiah == 35_000
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (2, 4)
    assert BankFormat.objects.get().columns["amount"] == 2


def test_same_lines_are_taken_over_again_and_withdrawn_again(shop: Shop) -> None:
    """Read rightly, and of the wrong way of paying: every line is the same in the next file."""
    expo, lines = shop[0].expo, [(NOW, 25_000), (NOW, 25_000), (NOW - MINUTE, 10_000)]
    for number in range(3):
        statement = make_statement(expo, lines, name=f"{number}.csv")
        assert (statement.line_count, statement.known_count, statement.again) == (3, 0, number)
        assert bank_sums(expo).rupiah == 60_000
        with pytest.raises(StatementError, match="Tidak ada baris baru"):
            make_statement(expo, lines)
        withdraw(statement)
        assert bank_sums(expo).count == 0
    assert {line.again for line in BankLine.objects.all()} == {0, 1, 2}


def test_what_was_found_is_taken_back_with_the_reason_and_stays_to_be_read(
    client: Client, farida: User, shop: Shop
) -> None:
    stand, dear, cheap = shop
    one, two, three = (payment_of(paid(stand, offer)) for offer in (dear, cheap, dear))
    statement = make_statement(stand.expo, [(NOW, 25_000), (NOW, 9_900), (NOW, 500)])
    other = make_statement(stand.expo, [(NOW - 60 * MINUTE, 25_000)], name="lain.csv")
    match_line(line_of(statement), [one], actor=farida)
    match_line(line_of(statement, 2), [two], actor=farida, note="biaya 1%")
    explain_line(line_of(statement, 3), actor=farida, note="bunga bank")
    match_line(line_of(other), [three], actor=farida)
    page = client.get(address(statement))
    assert (page.context["undone"].matched, page.context["undone"].other) == (2, 1)
    assert "Pembayaran kembali belum diperiksa" in words(page)

    client.post(address(statement), {"reason": "rekening lain", "shown": "2-1-2"})
    withdrawal = BankWithdrawal.objects.get()
    counts = (withdrawal.matched_count, withdrawal.other_count, withdrawal.payment_count)
    assert (*counts, withdrawal.reason, withdrawal.made_by) == (2, 1, 2, "rekening lain", farida)
    # Nothing of another file.
    assert list(claims(stand.expo).order_by("pk").values_list("outcome", flat=True)) == [
        None,
        None,
        "seen",
    ]
    revoked = BankMatch.objects.filter(revocation="rekening lain", revoked_by=farida)
    assert (revoked.count(), BankMatch.objects.filter(revoked_at=None).count()) == (3, 1)
    assert PaymentCheck.objects.filter(revocation="rekening lain").count() == 2
    shown = words(client.get(f"{PAGE}mutasi/{statement.pk}/"))
    assert f"dulu cocok: {two.sale.number} biaya 1%" in shown
    assert "dulu bukan dari kasir: bunga bank" in shown
    line = words(client.get(f"{PAGE}baris/{line_of(statement, 2).pk}/"))
    assert "biaya 1%" in line
    assert two.sale.number in line
    assert "ditarik" in words(client.get(PAGE))
    # And they can be matched anew.
    fresh = make_statement(stand.expo, [(NOW, 25_000)], name="baru.csv")
    match_line(line_of(fresh), [one], actor=farida)


def test_who_withdraws_has_seen_what_goes_with_it(client: Client, farida: User, shop: Shop) -> None:
    stand, dear, _cheap = shop
    payment = payment_of(paid(stand, dear))
    statement = make_statement(stand.expo, [(NOW, 25_000)])
    page = client.get(address(statement))
    shown = {"shown": page.context["undone"].as_shown, "reason": "keliru"}
    match_line(line_of(statement), [payment], actor=farida)
    late = client.post(address(statement), shown)
    assert late.status_code == 422
    assert "Pencocokannya sudah berubah" in words(late)
    assert 'value="keliru"' in late.text
    no_reason = client.post(address(statement), {"shown": "1-0-1", "reason": "  "})
    assert (no_reason.status_code, BankWithdrawal.objects.count()) == (422, 0)
    assert claims(stand.expo).get().outcome == "seen"


def test_withdrawn_file_counts_nowhere_and_takes_no_match(
    client: Client, farida: User, shop: Shop
) -> None:
    stand, dear, _cheap = shop
    payment = payment_of(paid(stand, dear))
    statement = make_statement(stand.expo, [(NOW, 25_000)])
    line = line_of(statement)
    withdraw(statement)
    found = propose(stand.expo)
    assert (found.certain, found.unclear, found.lumps, found.unknown) == ([], [], [], [])
    assert missing_at_bank(stand.expo, [stand]).first is None
    rows = csv.reader(io.StringIO(client.get(f"{PAGE}csv/").text.lstrip("\ufeff")))
    assert [row[0] for row in rows][1:] == ["buku"]
    for refused in (
        lambda: match_line(line, [payment], actor=farida),
        lambda: match_pairs([(line, payment)], actor=farida),
        lambda: explain_line(line, actor=farida, note="x"),
    ):
        with pytest.raises(CheckRefused, match="sudah ditarik"):
            refused()
    sent = client.post(f"{PAGE}baris/{line.pk}/", {"do": "match", "payment": payment.pk})
    assert sent.status_code == 422
    assert "Ini pembayarannya" not in sent.text
    assert BankMatch.objects.count() == 0
    # Twice is once.
    with pytest.raises(CheckRefused, match="sudah ditarik"):
        withdraw(statement)
    assert client.get(address(statement)).status_code == 302


def test_what_was_ticked_by_hand_stays(shop: Shop) -> None:
    stand, dear, cheap = shop
    seen, absent = payment_of(paid(stand, dear)), payment_of(paid(stand, cheap))
    statement = make_statement(stand.expo, [(NOW, 25_000)])
    mark_seen([seen], actor=finance())
    mark_absent([absent], actor=finance(), note="sudah dicari")
    withdraw(statement)
    assert set(claims(stand.expo).values_list("outcome", flat=True)) == {"seen", "absent"}


def test_ledger_is_untouched_and_the_log_says_all(shop: Shop, farida: User) -> None:
    stand, dear, _cheap = shop
    payment = payment_of(paid(stand, dear))
    before = list(Sale.objects.values_list("pk", "hash"))
    statement = make_statement(stand.expo, [(NOW, 25_000), (NOW, 500)])
    match_line(line_of(statement), [payment], actor=farida)
    withdraw(statement, "edisi lain")
    assert list(Sale.objects.values_list("pk", "hash")) == before
    assert verify_ledger().breaks == []
    event = Event.objects.get(kind=Event.Kind.BANK_WITHDRAWN)
    assert (event.actor, event.subject) == (farida, "qris.csv")
    assert {fact.label: fact.after for fact in facts_of(event)} == {
        "edisi": stand.expo.slug,
        "baris": "2",
        "baris cocok yang dilepas": "1",
        "pembayaran kembali belum diperiksa": "1",
        "penjelasan yang dilepas": "0",
        "alasan": "edisi lain",
    }


def test_withdrawal_is_a_row_that_never_changes(shop: Shop) -> None:
    withdraw(make_statement(shop[0].expo, [(NOW, 25_000)]))
    for verb in ("UPDATE {} SET id = id", "DELETE FROM {}"):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            connection.cursor().execute(verb.format("sales_bankwithdrawal"))
    assert BankStatement.objects.count() == BankLine.objects.count() == 1


def test_database_holds_one_withdrawal_and_each_line_in_force_once(shop: Shop) -> None:
    statement = make_statement(shop[0].expo, [(NOW, 25_000)])
    withdrawal = withdraw(statement)
    line = line_of(statement)
    for row in (
        BankWithdrawal(
            statement=statement,
            reason="lagi",
            matched_count=0,
            other_count=0,
            payment_count=0,
            made_by=withdrawal.made_by,
        ),
        BankLine(
            **{
                name: getattr(line, name)
                for name in ("statement", "expo", "date", "amount_rupiah", "line_hash")
            },
            row=99,
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_columns_that_were_set_right_meanwhile_stay_remembered(shop: Shop) -> None:
    expo = shop[0].expo
    wrong = make_statement(expo, [(NOW, 25_000)])
    row = BankFormat.objects.get()
    row.columns = row.columns | {"text": None}
    row.save()
    withdraw(wrong)
    sheet = read_sheet(statement_text([(NOW, 1_000)]).encode(), "lain.csv")
    columns, remembered = remembered_columns(sheet)
    assert (remembered, columns.text) == (True, None)


def test_what_was_looked_at_before_a_withdrawal_is_looked_at_again(shop: Shop) -> None:
    """Lines that another file had are left out only while that file is in force."""
    expo = shop[0].expo
    first = make_statement(expo, [(NOW, 25_000)])
    sheet = read_sheet(statement_text([(NOW, 25_000), (NOW, 700)]).encode(), "dua.csv")
    seen = preview(sheet, guess_columns(sheet), expo=expo, stand=None)
    assert (len(seen.fresh), seen.known_count) == (1, 1)
    withdraw(first)
    with pytest.raises(StatementError, match="Kini terbaca lain"):
        import_statement(seen, expo=expo, method="", stand=None, actor=finance())
    assert BankStatement.objects.count() == 1


def test_files_that_left_lines_out_are_named(client: Client, farida: User, shop: Shop) -> None:
    expo = shop[0].expo
    make_statement(expo, [(NOW - MINUTE, 1)], name="sebelum.csv")
    first = make_statement(expo, [(NOW, 25_000)])
    make_statement(expo, [(NOW, 25_000), (NOW, 700)], name="tumpang.csv")
    make_statement(expo, [(NOW, 900)], name="sendiri.csv")
    page = client.get(address(first))
    assert [one.name for one in page.context["left_out"]] == ["tumpang.csv"]
    assert "tumpang.csv (1)" in words(page)


def test_file_of_a_closed_edition_is_withdrawn_like_it_is_taken_over(
    client: Client, farida: User, shop: Shop
) -> None:
    expo = shop[0].expo
    close_edition(expo, actor=farida)
    statement = make_statement(expo, [(NOW, 25_000)])
    client.post(address(statement), {"reason": "keliru", "shown": "0-0-0"})
    assert BankWithdrawal.objects.count() == 1
    sheet = read_sheet(statement_text([(NOW, 25_000)]).encode(), "qris.csv")
    assert known_statement(sheet, expo) is None


def test_pages_of_a_withdrawn_file_ask_no_more_for_three_lines(
    client: Client, farida: User, shop: Shop
) -> None:
    stand, dear, _cheap = shop
    counts = []
    for number in range(2):
        lines = [(NOW - (40 * number + more) * MINUTE, 25_000) for more in range(1 + 2 * number)]
        statement = make_statement(stand.expo, lines, name=f"{number}.csv")
        for place in range(len(lines)):
            match_line(line_of(statement, place + 1), [payment_of(paid(stand, dear))], actor=farida)
        withdraw(statement)
        paths = [f"mutasi/{statement.pk}/", f"mutasi/{statement.pk}/?tampil=dilepas"]
        counts.append([queries_of(client, PAGE + path) for path in paths])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16


def test_next_page_keeps_what_was_narrowed(client: Client, farida: User, shop: Shop) -> None:
    lines = [(NOW - n * dt.timedelta(seconds=1), 1_000 + n) for n in range(101)]
    statement = make_statement(shop[0].expo, lines)
    page = client.get(f"{PAGE}mutasi/{statement.pk}/?tampil=belum")
    assert "?tampil=belum&amp;hal=2" in page.text
