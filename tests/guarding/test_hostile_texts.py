"""Texts that break out of where they are shown, in every field: no page, paper or table does."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from openpyxl import load_workbook

from outcomes.freezing import freeze
from stands.models import Expo
from tests.addresses import addresses
from tests.guarding.hostile_texts import FORMULA, HALF_ESCAPED, MARKUP, write_everywhere
from tests.hall import Hall, make_hall

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def hall(settings: Any) -> Hall:
    return make_hall(settings)


def answers(hall: Hall, role: str, which: str = "") -> Iterator[tuple[str, Any]]:
    """What each address gives to a role, every other one in English where there is English."""
    for number, address in enumerate(addresses()):
        if not re.search(which, address.name):
            continue
        path = hall.path(address)
        response: Any = hall.clients[role].get(f"/en{path}") if number % 2 else None
        if response is None or response.status_code == 404:
            response = hall.clients[role].get(path)
        yield address.name, response


class Inline(HTMLParser):
    """What a page must not have: script and style of its own, handlers, things from elsewhere."""

    DATA = ("application/ld+json", "application/json", "speculationrules")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in here and here.get("type") not in self.DATA:
            self.found.append("inline script")
        if tag in ("style", "ada", "iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>")
        for name, value in here.items():
            if name.startswith("on") or name in ("style", "srcdoc", "'", '"'):
                self.found.append(f"{name}={value!r} of <{tag}>")
            if re.match(r"\s*(javascript|vbscript|data:text)", value, re.IGNORECASE):
                self.found.append(f"{name}={value!r} of <{tag}>")


def wrong_in(text: str, *, is_page: bool) -> list[str]:
    found = [one for one in ("<ada", HALF_ESCAPED) if one in text]
    if is_page:
        parser = Inline()
        parser.feed(text)
        found += parser.found
    return found


def fill(text: str) -> None:
    """Put the text everywhere, and into results that are frozen."""
    took, refused = write_everywhere(text)
    assert len(took) > 130, sorted(took)
    assert len(refused) < 12, sorted(refused)
    assert freeze(Expo.objects.get(), after=1, reason=text, actor=User.objects.all()[0]).number == 2


@pytest.mark.parametrize("role", ["A", "K", "S"])
def test_markup_stays_text_wherever_it_is_shown(hall: Hall, role: str) -> None:
    fill(MARKUP)
    wrong, shown = [], 0
    for name, response in answers(hall, role):
        if response.status_code >= 500:
            wrong.append(f"{name}: {response.status_code}")
        kind = response.headers.get("Content-Type", "")
        body = response.getvalue()
        if kind.startswith(("text/html", "image/svg", "application/xml")):
            text = body.decode()
            shown += "ada onx" in text
            wrong += [f"{name}: {one}" for one in wrong_in(text, is_page="html" in kind)]
    assert not wrong, "\n".join(wrong)
    assert shown > {"A": 15, "K": 20, "S": 90}[role]


def test_no_table_lets_a_formula_through(hall: Hall) -> None:
    fill(FORMULA)
    wrong, cells, tables = [], 0, 0
    for name, response in answers(hall, "S", "csv|xlsx|template|problems"):
        if response.status_code >= 500:
            wrong.append(f"{name}: {response.status_code}")
        for cell in cells_of(response):
            cells += FORMULA in cell
            if cell.startswith(("=", "+", "@", "\t", "\r")):
                wrong.append(f"{name}: {cell}")
        tables += response.headers.get("Content-Type", "").startswith(TABLES)
    assert not wrong, "\n".join(wrong)
    assert cells > 30
    assert tables > 20


TABLES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml")


def cells_of(response: Any) -> list[str]:
    """What a spreadsheet would take for a formula or a text, of a table of either form."""
    kind = response.headers.get("Content-Type", "")
    if kind.startswith(TABLES[0]):
        text = response.getvalue().decode("utf-8-sig")
        delimiter = ";" if text.partition("\n")[0].count(";") else ","
        return [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
    if kind.startswith(TABLES[1]):
        book = load_workbook(io.BytesIO(response.getvalue()))
        return [
            # openpyxl reads what the file calls a formula as one, and a text as a text.
            f"{'=' if cell.data_type == 'f' else ' '}{cell.value}"
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
    return []


def test_what_lets_one_through_would_be_seen() -> None:
    """The control of the two above."""
    naked = HttpResponse("nama;harga\n=ada();1\n", content_type="text/csv")
    assert "=ada()" in cells_of(naked)
    assert wrong_in(f"<p title='{MARKUP}'>", is_page=True)
    assert wrong_in("<p onclick='x()'>", is_page=True) == ["onclick='x()' of <p>"]
    assert wrong_in("<a href=' javascript:x()'>", is_page=True)
    assert not wrong_in("<script src='/a.js'></script><p>&lt;ada", is_page=True)
