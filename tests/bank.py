"""Statements of a bank for tests, as text and taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import User

from sales.bank.files import guess_columns, read_sheet
from sales.bank.importing import import_statement, preview
from stands.clock import WIB

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sales.models import BankLine, BankStatement, Payment, Sale
    from stands.models import Expo, Stand


def finance() -> User:
    """Someone who keeps the money."""
    return User.objects.get_or_create(username="farida", defaults={"is_staff": True})[0]


def statement_text(lines: Iterable[tuple[dt.datetime, int] | tuple[dt.datetime, int, str]]) -> str:
    """A file as an acquirer writes it: semicolons, `25.000,00`, the hour beside the date."""
    rows = ["Tanggal;Jam;Nominal;Terminal;Keterangan"]
    for number, (at, amount, *stand) in enumerate(lines, start=1):
        here = at.astimezone(WIB)
        written = f"{amount:,}".replace(",", ".") + ",00"
        code = stand[0] if stand else ""
        rows.append(f"{here:%d/%m/%Y};{here:%H:%M:%S};{written};{code};QRIS {number:04}")
    return "\r\n".join(rows) + "\r\n"


def make_statement(
    expo: Expo,
    lines: Iterable[tuple[dt.datetime, int] | tuple[dt.datetime, int, str]],
    *,
    name: str = "qris.csv",
    method: str = "",
    stand: Stand | None = None,
) -> BankStatement:
    """A statement that was taken over."""
    sheet = read_sheet(statement_text(lines).encode(), name)
    seen = preview(sheet, guess_columns(sheet), expo=expo, stand=stand)
    return import_statement(seen, expo=expo, method=method, stand=stand, actor=finance())


def line_of(statement: BankStatement, number: int = 1) -> BankLine:
    """The first, second … line."""
    return statement.lines.order_by("row")[number - 1]


def payment_of(sale: Sale) -> Payment:
    """The one payment of a sale."""
    return sale.payments.get()
