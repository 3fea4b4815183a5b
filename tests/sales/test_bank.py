"""Money at the bank: taken over once, matched without guessing, never a change of the ledger."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from events.models import Event
from opop_expo.roles import FINANCE, ORGANISER, VIEWER, sync_groups
from sales.bank.checking import (
    CheckRefused,
    explain_line,
    mark_absent,
    mark_seen,
    match_line,
    revoke_check,
    revoke_match,
)
from sales.bank.importing import preview
from sales.bank.matching import propose
from sales.bank.reads import Chosen, Sums, bank_sums, claims, missing_at_bank, overview
from sales.models import (
    BankFormat,
    BankLine,
    BankMatch,
    BankStatement,
    Payment,
    PaymentCheck,
    Sale,
)
from sales.proof.verifying import verify_ledger
from stands.clock import business_date
from stands.models import Stand
from tests.bank import finance, line_of, make_statement, payment_of, statement_text
from tests.ledger import make_reversal, make_sale, make_shop
from tests.queries import queries_of
from tests.sales.test_work_list import words

if TYPE_CHECKING:
    from stands.models import Offer

pytestmark = pytest.mark.django_db

PAGE = "/admin/sales/bank/"
NOW = timezone.now().replace(microsecond=0)
MINUTE = dt.timedelta(minutes=1)
Kind, Outcome = BankMatch.Kind, PaymentCheck.Outcome


@pytest.fixture
def shop() -> tuple[Stand, Offer, Offer]:
    """A stand of a running edition with an offer at 25.000 and one at 10.000."""
    stand, (dear, cheap) = make_shop()
    return stand, dear, cheap


@pytest.fixture
def farida(client: Client) -> User:
    """Farida keeps the money, signed in."""
    sync_groups()
    user = finance()
    user.groups.add(Group.objects.get(name=FINANCE))
    client.force_login(user)
    return user


def paid(stand: Stand, offer: Offer, *, ago: int = 0, method: str = "qris", n: int = 1) -> Sale:
    """A sale of so many pieces, so many minutes ago."""
    return make_sale(stand, {offer: n}, method=method, sold_at=NOW - ago * MINUTE)


def upload(text: str, name: str = "mutasi.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def fields(page: Any) -> dict[str, str]:
    """What the preview would send: the columns as they are chosen, and the file."""
    form, account = page.context["form"], page.context["account"]
    sent = {
        field.html_name: "" if (value := field.value()) is None or value is False else str(value)
        for field in form
    }
    sent |= {field.html_name: str(field.value() or "") for field in account if field.name != "file"}
    seen = page.context["seen"]
    return sent | {
        "shown": seen.as_shown if seen else "",
        "packed": page.context["packed"],
        "name": page.context["sheet"].name,
        "edisi": page.context["expo"].slug,
    }


# --- taking over --------------------------------------------------------------------------------


def test_file_is_shown_then_kept_and_its_columns_are_remembered(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    text = statement_text([(NOW, 25_000), (NOW, 10_000)])
    shown = client.post(f"{PAGE}unggah/", {"file": upload(text), "edisi": shop[0].expo.slug})
    assert "Susunan kolom ini baru" in words(shown)
    assert BankStatement.objects.count() == 0
    client.post(f"{PAGE}simpan/", fields(shown) | {"do": "save"})
    statement = BankStatement.objects.get()
    assert [line.amount_rupiah for line in statement.lines.order_by("row")] == [25_000, 10_000]
    assert statement.lines.first().at == NOW  # type: ignore[union-attr]
    event = Event.objects.get(kind=Event.Kind.BANK_IMPORTED)
    assert (event.actor, event.data["in_rupiah"]) == (farida, 35_000)
    again = client.post(f"{PAGE}unggah/", {"file": upload(text + "\n"), "edisi": shop[0].expo.slug})
    assert "sudah dikenal" in words(again)
    assert "Semua baris berkas ini sudah ada" in words(again)


def test_columns_can_be_chosen_where_the_guess_is_wrong(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    text = "apa,kapan,berapa\nx,11/25/2026,25000\ny,11/26/2026,10000\n"
    shown = client.post(f"{PAGE}unggah/", {"file": upload(text)})
    chosen = fields(shown) | {"k-header": "1", "k-date": "1", "k-amount": "2", "k-text": "0"}
    read = client.post(f"{PAGE}simpan/", chosen | {"k-month_first": "on", "do": "read"})
    assert BankStatement.objects.count() == 0
    assert [line.amount_rupiah for line in read.context["shown"]] == [25_000, 10_000]
    # Changed and saved at once: nobody has seen what would be kept.
    unseen = client.post(f"{PAGE}simpan/", chosen | {"k-month_first": "on", "do": "save"})
    assert (unseen.status_code, BankStatement.objects.count()) == (422, 0)
    assert "Kini terbaca lain daripada tadi" in words(unseen)
    client.post(f"{PAGE}simpan/", fields(read) | {"k-month_first": "on", "do": "save"})
    assert [f"{line.date:%d/%m}" for line in BankLine.objects.all()] == ["25/11", "26/11"]
    assert BankFormat.objects.get().columns["month_first"] is True


def test_same_file_is_known_and_named(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    text = statement_text([(NOW, 25_000)])
    make_statement(shop[0].expo, [(NOW, 25_000)])
    page = client.post(f"{PAGE}unggah/", {"file": upload(text, "lain.csv")})
    assert page.status_code == 422
    assert "Berkas ini sudah diunggah" in words(page)
    assert "farida" in words(page)
    assert BankStatement.objects.count() == 1


def test_line_that_two_files_hold_is_kept_once(shop: tuple[Stand, Offer, Offer]) -> None:
    expo = shop[0].expo
    equal = [(NOW, 25_000), (NOW + MINUTE, 10_000)]
    make_statement(expo, equal)
    second = make_statement(expo, [*equal, (NOW + 2 * MINUTE, 5_000)], name="kedua.csv")
    assert (second.line_count, second.known_count) == (1, 2)
    assert BankLine.objects.count() == 3


def test_equal_lines_of_one_file_are_two(shop: tuple[Stand, Offer, Offer]) -> None:
    """A bank that writes neither hour nor number makes lines that only their place tells apart."""
    from sales.bank.files import guess_columns, read_sheet
    from sales.bank.importing import import_statement

    rows = "25/11/2026;25.000;QRIS\n"
    for name, times in (("satu.csv", 2), ("dua.csv", 3)):
        sheet = read_sheet(("Tanggal;Jumlah;Keterangan\n" + rows * times).encode(), name)
        seen = preview(sheet, guess_columns(sheet), expo=shop[0].expo, stand=None)
        import_statement(seen, expo=shop[0].expo, method="", stand=None, actor=finance())
    assert BankLine.objects.count() == 3


def test_rows_that_cannot_be_read_need_a_word(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    text = "Tanggal;Jumlah\n25/11/2026;25.000\nSaldo akhir;1.025.000\n"
    shown = client.post(f"{PAGE}unggah/", {"file": upload(text)})
    assert "Baris 3: Tanggalnya tidak terbaca." in words(shown)
    refused = client.post(f"{PAGE}simpan/", fields(shown) | {"do": "save"})
    assert (refused.status_code, BankStatement.objects.count()) == (422, 0)
    assert '<p class="field-error" role="alert">Centang dulu' in refused.content.decode()
    client.post(f"{PAGE}simpan/", fields(shown) | {"do": "save", "skip_bad": "1"})
    assert BankStatement.objects.get().skipped_count == 1


def test_hostile_file_gets_a_clear_answer_and_leaves_nothing(
    client: Client, farida: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    from tests.sales.test_bank_files import HOSTILE

    for kind, raw in HOSTILE.items():
        page = client.post(f"{PAGE}unggah/", {"file": SimpleUploadedFile("x.csv", raw)})
        assert page.status_code == 422, kind
        assert "field-error" in page.text, kind
    formula = "Tanggal;Jumlah;Keterangan\n25/11/2026;25.000;=HYPERLINK(1)<script>\n"
    shown = client.post(f"{PAGE}unggah/", {"file": upload(formula)})
    assert "<script>" not in shown.text.replace("<script ", "")
    for bad in ({"packed": "x"}, {"k-date": "99"}, {"k-header": "9999999"}, {"stand": "0"}):
        assert (
            client.post(f"{PAGE}simpan/", fields(shown) | bad | {"do": "save"}).status_code == 422
        )
    assert BankStatement.objects.count() == 0


def test_statement_never_changes(shop: tuple[Stand, Offer, Offer]) -> None:
    make_statement(shop[0].expo, [(NOW, 25_000)])
    for table in ("sales_bankstatement", "sales_bankline"):
        for verb in ("UPDATE {} SET id = id", "DELETE FROM {}"):
            with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
                connection.cursor().execute(verb.format(table))


# --- matching -----------------------------------------------------------------------------------


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


# --- ticking by hand ----------------------------------------------------------------------------


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
        ("daftar/", {"payment": payment.pk, "do": "seen"}),
        ("cocok/", {"count": "1"}),
        (f"baris/{line.pk}/", {"do": "match", "payment": payment.pk}),
        (f"baris/{line.pk}/", {"do": "revoke", "note": "x"}),
        (f"bayar/{payment.pk}/", {"reason": "x"}),
    ):
        assert client.post(PAGE + path, form).status_code == 403, path
    assert (PaymentCheck.objects.count(), BankMatch.objects.count()) == before
    assert "Unggah" not in client.get(PAGE).text
