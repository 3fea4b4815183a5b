"""Texts that break files, headers and papers, in every field: tables, calendars, PDF papers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pypdf
import pytest

from sales.models import VoucherBatch
from sales.vouchers.codes import new_code
from sales.vouchers.sheet import sheets
from stands.tables_out import FORMULA_STARTS
from tests.addresses import addresses
from tests.guarding.hostile_texts import write_everywhere
from tests.guarding.test_hostile_texts import TABLES, cells_of
from tests.hall import make_hall
from tests.opop_expo.test_print_desk import ALL_PAPERS, DESK
from tests.paper_boxes import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.hall import Hall

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# Letters that turn those after them round, that nobody sees, of four bytes, of no XML, of the
# terminal, and lines that would be headers of an answer or of a calendar.
BREAKING = "\u202eeman\u2066\u200b\ufeff\x1b[2J\x07\ufffe😀\u2028\r\nX-Ada: 1\r\nATTENDEE:ada\r\n"
# Too wide for any line, without a place where it may break.
WIDE = "W" * 110
LONG = f"{BREAKING}{WIDE}"
# Wherever there is no room for that.
SHORT = "\u202e\x07\r\nX-Ada:1"
ROOM = len(LONG)


@pytest.fixture
def hall(settings: Any) -> Hall:
    return make_hall(settings)


def fill() -> None:
    took, _refused = write_everywhere(LONG)
    assert len(took) > 60
    took, _refused = write_everywhere(SHORT, least_room=ROOM)
    assert len(took) > 30


def wrong_with(response: Any) -> Iterator[str]:
    """What is wrong with an answer, whatever it is of."""
    if response.status_code >= 500:
        yield str(response.status_code)
    if "X-Ada" in response.headers:
        yield "writes a header"
    kind = response.headers.get("Content-Type", "")
    body = response.getvalue()
    if kind.startswith("text/calendar") and re.search(rb"^(X-Ada|ATTENDEE)", body, re.MULTILINE):
        yield "writes a line of a calendar"
    if kind.startswith(("application/xml", "image/svg")) and not is_xml(body):
        yield "no XML"
    yield from wrong_in_file(kind, response, body)


def is_xml(body: bytes) -> bool:
    try:
        ElementTree.fromstring(body)  # noqa: S314, our own
    except ElementTree.ParseError:
        return False
    return True


def wrong_in_file(kind: str, response: Any, body: bytes) -> Iterator[str]:
    """What is wrong with a file that somebody opens elsewhere."""
    if kind.startswith(TABLES):
        for cell in cells_of(response):
            if cell.startswith(FORMULA_STARTS):
                yield f"a formula: {cell[:20]!r}"
    if kind.startswith("application/pdf"):
        pages = pypdf.PdfReader(io.BytesIO(body)).pages
        text = "".join(page.extract_text() for page in pages)
        yield from (f"{sign!r} on paper" for sign in "\u202e\u2066\x07\x1b" if sign in text)
    if kind.startswith("application/zip"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield from (f"file {name!r}" for name in archive.namelist() if not PLAIN(name))


PLAIN = re.compile(r"[\w./-]+").fullmatch


@pytest.mark.parametrize("role", ["A", "S"])
def test_no_text_breaks_a_file_a_header_or_a_paper(
    hall: Hall, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill()
    wrong, kinds, on_paper = [], set(), 0
    for address in addresses():
        with Recorder(monkeypatch) as drawn:
            response: Any = hall.clients[role].get(hall.path(address))
        wrong += [f"{address.name}: {one}" for one in wrong_with(response)]
        wrong += [f"{address.name}: {text[:30]!r} off the paper" for text in drawn.outside]
        wrong += [f"{address.name}: {pair!r}"[:120] for pair in drawn.overlaps]
        kinds.add(response.headers.get("Content-Type", "").partition(";")[0])
        on_paper += "eman" in drawn.words
    assert not wrong, "\n".join(wrong)
    if role == "S":
        wanted = (*TABLES, "application/pdf", "text/calendar", "application/xml")
        assert [one for one in wanted if not any(kind.startswith(one) for kind in kinds)] == []
        assert on_paper > 3


def test_no_text_runs_out_of_what_is_printed_when_asked_for(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The papers that want to be told what to print; vouchers are printed by a POST."""
    fill()
    for path in ALL_PAPERS:
        with Recorder(monkeypatch) as drawn:
            response: Any = hall.clients["S"].get(f"{DESK}{path}")
        assert response.headers["Content-Type"] == "application/pdf", path
        assert [*wrong_with(response), *drawn.outside, *drawn.overlaps] == [], path
        assert "X-Ada" in drawn.words, path
    batch = VoucherBatch.objects.get()
    made = [(voucher, new_code()) for voucher in batch.vouchers.all()]
    with Recorder(monkeypatch) as drawn:
        sheets(batch, made)
    assert [*drawn.outside, *drawn.overlaps] == []


def test_what_breaks_one_would_be_seen() -> None:
    """The control: each of them in an answer that lets it through."""
    from django.http import HttpResponse

    def answer(text: str, kind: str, **headers: str) -> list[str]:
        return list(wrong_with(HttpResponse(text, content_type=kind, headers=headers)))

    assert answer("", "text/plain", **{"X-Ada": "1"}) == ["writes a header"]
    assert answer(f"SUMMARY:{LONG}", "text/calendar") == ["writes a line of a calendar"]
    assert answer(f"<a>{LONG}</a>", "application/xml")[0].startswith("no XML")
    assert answer("nama;harga\n\t=1;2\n", "text/csv") == ["a formula: '\\t=1'"]
