"""A sheet for each stand on the morning of an expo day: how its tablets are paired.

It carries no code. A code is used once and lasts ten minutes, so a printed one would be dead when
it is read, and codes that last longer would lie about the hall. What stays true is printed: where
the code is typed, how one asks for it, what a tablet does without a network, and whom to call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from stands.paper import (
    A4,
    CREAM,
    INK,
    INK_SOFT,
    PINE,
    PINE_MIDDLE,
    PINE_PALE,
    SAND,
    TURMERIC,
    WHITE,
    Paper,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stands.models import Stand

MARGIN = 16.0
RIGHT = A4.width - MARGIN
WIDE = A4.width - 2 * MARGIN
# Lines of the table: the tills that are there, then room for those to come.
ROWS = 4
ROW = 13.0


class PairingSheet(NamedTuple):
    """What stands on one sheet: the stand, its tills (`A12-B`, its name), and its people."""

    stand: Stand
    tills: Sequence[tuple[str, str]]
    cashiers: Sequence[str]


def pairing_sheets(
    sheets: Iterable[PairingSheet], *, address: str, phone: str, title: str
) -> bytes:
    """The sheets as a PDF; `address` is where a code is typed, `phone` whom to call, or empty."""
    paper = Paper(A4, title=title)
    for place, sheet in enumerate(sheets):
        if place:
            paper.next_page()
        _Sheet(paper, sheet, address, phone).draw()
    return paper.finish()


class _Sheet:
    """One page, drawn from the top down."""

    def __init__(self, paper: Paper, sheet: PairingSheet, address: str, phone: str) -> None:
        self.paper = paper
        self.sheet = sheet
        self.address = address
        self.phone = phone

    def draw(self) -> None:
        top = self._draw_head()
        top = self._draw_tills(top)
        top = self._draw_steps(top)
        top = self._draw_without_network(top)
        self._draw_help(max(top, A4.height - 48))

    def _draw_head(self) -> float:
        paper, stand = self.paper, self.sheet.stand
        paper.awning(0, 0, A4.width, height=10)
        paper.text(MARGIN, 33, stand.code, points=46, bold=True, colour=PINE)
        left = MARGIN + paper.width_of(stand.code, points=46, bold=True) + 7
        name = paper.fitted(
            stand.name, width=RIGHT - left, points=18, least=10, most_lines=2, bold=True
        )
        top = paper.write(left, 17, name, bold=True)
        words = _("Memasangkan tablet") + f" · {stand.expo.name}"
        line = paper.fitted(words, width=RIGHT - left, points=11, least=7)
        paper.write(left, top + 0.5, line, colour=INK_SOFT)
        return 44.0

    def _draw_tills(self, top: float) -> float:
        paper = self.paper
        columns = [
            (MARGIN, _("Kasir")),
            (MARGIN + 34, _("Tablet")),
            (MARGIN + 92, _("Petugas")),
            (MARGIN + 146, _("Jam")),
        ]
        for x, word in columns:
            paper.text(x, top, word, points=9, bold=True, colour=PINE_MIDDLE)
        top += 2.5
        tills = list(self.sheet.tills)
        count = max(ROWS, len(tills) + 1)
        # However many tablets a stand has, the page keeps room for the rest.
        row = min(ROW, ROWS * ROW / count)
        for number in range(count):
            paper.rule(MARGIN, top, RIGHT)
            if number < len(tills):
                prefix, name = tills[number]
                baseline = top + row * 0.68
                paper.text(MARGIN, baseline, prefix, points=min(15, row * 1.5), bold=True)
                label = paper.fitted(name, width=55, points=min(10, row), least=5)
                if label.lines:
                    paper.text(MARGIN + 34, baseline, label.lines[0], points=label.points)
            top += row
        paper.rule(MARGIN, top, RIGHT)
        words = _(
            "Hurufnya (A, B, …) diberikan portal saat tablet dipasangkan. Tulis di sini supaya"
            " tablet dan petugasnya mudah dicari."
        )
        note = paper.fitted(words, width=WIDE, points=8.5, least=6.5, most_lines=2)
        top = paper.write(MARGIN, top + 1, note, colour=INK_SOFT)
        if self.sheet.cashiers:
            people = _("Petugas stan ini: %(names)s") % {"names": ", ".join(self.sheet.cashiers)}
            line = paper.fitted(people, width=WIDE, points=9.5, least=6, most_lines=3)
            top = paper.write(MARGIN, top + 1, line)
        return top + 13

    def _draw_steps(self, top: float) -> float:
        paper = self.paper
        paper.text(MARGIN, top, _("Memasangkan dalam tiga langkah"), points=15, bold=True)
        top += 5
        qr = 42.0
        paper.box(RIGHT - qr, top, qr, qr, fill=WHITE, line=SAND, radius=2)
        paper.qr(RIGHT - qr, top, qr, self.address, colour=PINE)
        beside = WIDE - qr - 20
        steps = [
            (
                _("Buka di tablet"),
                _("Pindai kode di samping dengan kamera tablet, atau ketik alamatnya:"),
                self.address,
            ),
            (
                _("Minta kode kepada panitia"),
                _(
                    "Panitia: Kasir dan tablet › Pasangkan tablet. Kodenya berlaku 10 menit dan"
                    " hanya sekali; tiap tablet perlu kode sendiri."
                ),
                "",
            ),
            (
                _("Ketik kodenya, lalu simpan di layar utama"),
                _("Setelah terbuka, pilih “Tambahkan ke layar utama” supaya mudah dibuka lagi."),
                "",
            ),
        ]
        start = top
        for number, (title, words, address) in enumerate(steps, start=1):
            paper.box(MARGIN, top, 9, 9, fill=TURMERIC, radius=4.5)
            paper.text(
                MARGIN + 4.5, top + 6.5, str(number),
                points=14, bold=True, colour=PINE, align="centre",
            )  # fmt: skip
            x = MARGIN + 14
            head = paper.fitted(title, width=beside, points=12, least=8, bold=True)
            below = paper.write(x, top + 0.6, head, bold=True)
            text = paper.fitted(words, width=beside, points=10.5, least=7, most_lines=3)
            below = paper.write(x, below, text, colour=INK_SOFT)
            if address:
                line = paper.fitted(address, width=beside, points=11, least=5, bold=True)
                below = paper.write(x, below, line, bold=True, colour=PINE)
            top = max(below, top + 9) + 3.5
        return max(top, start + qr + 3) + 6

    def _draw_without_network(self, top: float) -> float:
        paper = self.paper
        lines = [
            _("Jualan jalan terus. Penjualan disimpan di tablet dan terkirim sendiri nanti."),
            _("Jangan hapus data atau riwayat peramban, dan jangan pakai mode penyamaran."),
            _("Sebelum tablet dibawa pulang, tunggu sampai tidak ada lagi yang belum terkirim."),
            _("Tablet rusak atau hilang: segera lapor, panitia mencabutnya dari jauh."),
        ]
        texts = [
            paper.fitted(line, width=WIDE - 16, points=10.5, least=7.5, most_lines=2)
            for line in lines
        ]
        height = 13 + sum(text.height + 1.6 for text in texts) + 2
        paper.box(MARGIN, top, WIDE, height, fill=CREAM, line=SAND, radius=3)
        paper.text(MARGIN + 6, top + 8, _("Jaringan mati?"), points=13, bold=True, colour=PINE)
        inside = top + 11.5
        for text in texts:
            paper.box(MARGIN + 6.4, inside + 1.5, 1.8, 1.8, fill=TURMERIC, radius=0.9)
            inside = paper.write(MARGIN + 11, inside, text, colour=INK) + 1.6
        return top + height + 7

    def _draw_help(self, top: float) -> None:
        paper = self.paper
        paper.box(MARGIN, top, WIDE, 24, fill=PINE_PALE, radius=3)
        words = paper.fitted(_("Butuh bantuan? Telepon panitia:"), width=62, points=11, least=7,
                             most_lines=2, bold=True)  # fmt: skip
        paper.write(MARGIN + 6, top + 12 - words.height / 2, words, bold=True, colour=PINE)
        if self.phone:
            number = paper.fitted(self.phone, width=WIDE - 80, points=28, least=10, bold=True)
            paper.write(
                RIGHT - 6, top + 12 - number.height / 2, number,
                bold=True, colour=PINE, align="right",
            )  # fmt: skip
        else:
            paper.rule(MARGIN + 72, top + 17, RIGHT - 6, colour=PINE_MIDDLE)
