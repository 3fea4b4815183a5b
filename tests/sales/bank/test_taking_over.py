"""Money at the bank: files are shown first, and each line is taken over once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from events.models import Event
from sales.bank.importing import preview
from sales.models import BankFormat, BankLine, BankStatement
from tests.bank import finance, make_statement, statement_text
from tests.page_words import words
from tests.sales.bank.desk import MINUTE, NOW, PAGE

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


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
    from tests.sales.bank.test_files import HOSTILE

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
