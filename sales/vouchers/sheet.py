"""Vouchers on paper: ten on an A4 sheet, with a QR code, to be cut apart along the marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pesantren.money import rupiah
from sales.vouchers.codes import as_printed
from stands.paper import (
    A4,
    BRICK,
    CREAM,
    INK,
    INK_SOFT,
    PINE,
    PINE_MIDDLE,
    PINE_PALE,
    TURMERIC,
    WHITE,
    Paper,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from sales.models import Voucher, VoucherBatch

# In millimetres. Ten papers of 95 by 54 lie edge to edge, so that a guillotine needs seven cuts.
WIDTH, HEIGHT = 95.0, 54.0
ACROSS, DOWN = 2, 5
LEFT = (A4.width - ACROSS * WIDTH) / 2
TOP = (A4.height - DOWN * HEIGHT) / 2
MARK = 4.0
QR = 29.0
EDGE = 5.0
BAND = 13.0
ROOM = WIDTH - QR - EDGE - 7
MOST_STANDS = 8


def sheets(batch: VoucherBatch, vouchers: Sequence[tuple[Voucher, str]]) -> bytes:
    """A PDF of all these vouchers with their codes, in Indonesian: visitors hold them."""
    with translation.override("id"):
        paper = Paper(A4, title=f"{batch.name} {batch.expo.name}")
        with paper.as_form("voucher"):
            _draw_common(paper, batch)
        for place, page in enumerate(_pages(vouchers)):
            if place:
                paper.next_page()
            _marks(paper)
            for index, (voucher, code) in enumerate(page):
                x = LEFT + index % ACROSS * WIDTH
                y = TOP + index // ACROSS * HEIGHT
                paper.stamp("voucher", x, y)
                _draw_own(paper, x, y, voucher, code)
        return paper.finish()


def _pages(
    vouchers: Sequence[tuple[Voucher, str]],
) -> Iterator[Sequence[tuple[Voucher, str]]]:
    size = ACROSS * DOWN
    for start in range(0, len(vouchers), size):
        yield vouchers[start : start + size]


def _where(batch: VoucherBatch) -> str:
    codes = sorted(batch.stands.values_list("code", flat=True))
    if not codes:
        return _("Berlaku di semua stan")
    named = ", ".join(codes[:MOST_STANDS]) + (" …" if len(codes) > MOST_STANDS else "")
    return _("Hanya di stan %(codes)s") % {"codes": named}


def _span(first: dt.date, last: dt.date) -> str:
    if first == last:
        return date_format(first, "j F Y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_format(last, 'j F Y')}"
    return f"{date_format(first, 'j M')} – {date_format(last, 'j M Y')}"


def _draw_common(paper: Paper, batch: VoucherBatch) -> None:
    """What all papers of a batch share, from the corner of the sheet."""
    paper.box(0, 0, WIDTH, HEIGHT, fill=CREAM)
    paper.box(0, 0, WIDTH, BAND, fill=PINE)
    paper.awning(0, BAND, WIDTH, height=4)
    paper.star(9.5, 6.5, 8, colour=TURMERIC, inner=PINE)
    paper.text(16, 6.1, _("VOUCHER BELANJA"), points=9, bold=True, colour=TURMERIC)
    name = paper.lines(batch.expo.name, width=WIDTH - 46, points=7.5, most_lines=1)[0]
    paper.text(16, 10.2, name, points=7.5, colour=WHITE)
    value = rupiah(batch.value_rupiah)
    points = 25.0
    while paper.width_of(value, points=points, bold=True) > ROOM:
        points -= 1
    paper.text(EDGE, 29, value, points=points, bold=True, colour=PINE)
    audience = _("untuk %(who)s") % {"who": batch.get_audience_display()}
    paper.text(EDGE, 34.2, audience, points=7.5)
    days = _span(batch.valid_from, batch.valid_until)
    paper.text(EDGE, 38, days, points=7.5, bold=True, colour=INK)
    paper.paragraph(
        EDGE, 41.6, _where(batch), width=ROOM, points=6.5, colour=INK_SOFT, most_lines=1
    )
    paper.box(EDGE - 1, 44.2, ROOM + 2, 7, fill=PINE_PALE, radius=1.5)
    paper.paragraph(
        WIDTH - 4 - QR / 2,
        49.4,
        _("Sekali pakai, tanpa uang kembali."),
        width=QR,
        points=5,
        colour=PINE_MIDDLE,
        align="centre",
        most_lines=2,
    )


def _draw_own(paper: Paper, x: float, y: float, voucher: Voucher, code: str) -> None:
    """Number, code and QR code of one paper."""
    number = f"No. {voucher.printed_number}"
    paper.text(x + WIDTH - 5, y + 8.2, number, points=11, bold=True, colour=WHITE, align="right")
    paper.text(x + EDGE + 1, y + 49.2, as_printed(code), points=11.5, bold=True, colour=PINE)
    paper.qr(x + WIDTH - QR - 4, y + 17.6, QR, code, mask=2)


def _marks(paper: Paper) -> None:
    """Short lines outside the papers, where to cut."""
    right, bottom = LEFT + ACROSS * WIDTH, TOP + DOWN * HEIGHT
    for column in range(ACROSS + 1):
        x = LEFT + column * WIDTH
        paper.upright(x, TOP - MARK - 1, TOP - 1, colour=BRICK, thickness=0.2)
        paper.upright(x, bottom + 1, bottom + MARK + 1, colour=BRICK, thickness=0.2)
    for row in range(DOWN + 1):
        y = TOP + row * HEIGHT
        paper.rule(LEFT - MARK - 1, y, LEFT - 1, colour=BRICK, thickness=0.2)
        paper.rule(right + 1, y, right + MARK + 1, colour=BRICK, thickness=0.2)
