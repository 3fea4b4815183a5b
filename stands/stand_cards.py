"""Cards with a QR code for stands: A6 each, or four on a sheet of A4 to be cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from stands.paper import (
    A4,
    A6,
    INK,
    INK_SOFT,
    PINE,
    PINE_MIDDLE,
    SAND,
    WHITE,
    Paper,
    on_sheets,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Stand

MARGIN = 8
QR = 66


class StandCard(NamedTuple):
    """What stands on one card: the stand with its pesantren, and where its page is."""

    stand: Stand
    address: str


def stand_cards(cards: Iterable[StandCard], *, four_up: bool, title: str) -> bytes:
    """The cards as a PDF, one a page or four on each sheet of A4."""
    if not four_up:
        paper = Paper(A6, title=title)
        for place, card in enumerate(cards):
            if place:
                paper.next_page()
            draw_stand_card(paper, card)
        return paper.finish()
    paper = Paper(A4, title=title)
    on_sheets(paper, cards, draw_stand_card, across=2, down=2)
    return paper.finish()


def draw_stand_card(paper: Paper, card: StandCard) -> None:
    """One card of A6 from the upper left corner."""
    stand = card.stand
    width, height = A6
    inner = width - 2 * MARGIN
    middle = width / 2
    paper.awning(0, 0, width, height=9)
    code = paper.fitted(stand.code, width=inner, points=66, least=40, bold=True, leading=1.2)
    top = paper.write(middle, 10, code, bold=True, colour=PINE, align="centre")
    name = paper.fitted(stand.name, width=inner, points=16, least=9, most_lines=2, bold=True)
    top = paper.write(middle, top + 1, name, bold=True, colour=INK, align="centre") + 1
    qr_top = height - 12 - QR
    who = [pesantren.name for pesantren in stand.pesantren.all() if pesantren.name != stand.name]
    if who:
        _write_pesantren(paper, who, top, room=qr_top - 1 - top)
    paper.box(middle - QR / 2 - 1, qr_top - 1, QR + 2, QR + 2, fill=WHITE, line=SAND, radius=2)
    paper.qr(middle - QR / 2, qr_top, QR, card.address, colour=PINE)
    words = paper.fitted(
        _("Pindai: barang dan harga stan ini"), width=inner, points=9, least=6, bold=True
    )
    paper.write(middle, height - 10.5, words, bold=True, colour=PINE_MIDDLE, align="centre")
    address = paper.fitted(card.address, width=inner, points=7, least=4)
    paper.write(middle, height - 6, address, colour=INK_SOFT, align="centre")


def _write_pesantren(paper: Paper, names: list[str], top: float, *, room: float) -> None:
    """Who shares the stand, all of them, in the largest type for which there is room."""
    inner = A6.width - 2 * MARGIN
    points = 10.0
    while True:
        lines = [
            paper.fitted(name, width=inner, points=points, least=4.5, most_lines=1)
            for name in names
        ]
        if sum(line.height for line in lines) <= room or points <= 4.5:
            break
        points -= 0.5
    for line in lines:
        top = paper.write(A6.width / 2, top, line, colour=INK_SOFT, align="centre")
