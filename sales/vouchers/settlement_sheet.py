"""A settlement on paper: what was paid for which vouchers, with a place for two signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from pesantren.money import rupiah, thousands
from stands.clock import WIB
from stands.paper import A4, INK_SOFT, PINE, PINE_MIDDLE, PINE_PALE, SAND, TURMERIC, Paper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sales.models import Settlement, SettlementLine

LEFT, RIGHT = 18.0, A4.width - 18.0
WIDTH = RIGHT - LEFT
FIRST, LAST = 38.0, 272.0
ROW = 5.6
SIGNATURES = 46.0
# Where the columns begin, or end where they are figures.
PAPER, RECEIPT, WHEN, WHAT, MAKER, AMOUNT = 0.0, 20.0, 52.0, 78.0, 100.0, WIDTH


def settlement_pdf(row: Settlement, lines: Sequence[SettlementLine]) -> bytes:
    """The whole paper; `lines` come with share, maker, entry, voucher and sale."""
    paper = Paper(A4, title=str(row))
    sheet = _Sheet(paper, row)
    sheet.begin()
    sheet.summary(lines)
    sheet.table(lines)
    sheet.signatures()
    sheet.end_page()
    return paper.finish()


class _Sheet:
    """The pages of one settlement, and how far down the present one is."""

    def __init__(self, paper: Paper, row: Settlement) -> None:
        self.paper = paper
        self.row = row
        self.y = 0.0
        self.page = 1

    def begin(self) -> None:
        paper, row = self.paper, self.row
        paper.awning(0, 0, A4.width, height=6)
        paper.star(LEFT + 5, 18.5, 10, colour=TURMERIC, inner=PINE)
        title = _("Bukti pengembalian voucher") if row.is_paid_by_stand else _("Pelunasan voucher")
        paper.text(LEFT + 13, 17.4, title, points=15, bold=True, colour=PINE)
        paper.text(LEFT + 13, 22.6, row.expo.name, points=9.5, colour=INK_SOFT)
        paper.text(RIGHT, 17.4, row.printed_number, points=15, bold=True, align="right")
        when = date_format(row.made_at.astimezone(WIB), _("j F Y, H.i"))
        paper.text(RIGHT, 22.6, f"{when} WIB", points=9.5, colour=INK_SOFT, align="right")
        paper.rule(LEFT, 27, RIGHT)
        self.y = FIRST - 4

    def end_page(self) -> None:
        text = _("Sidik %(hash)s") % {"hash": self.row.hash}
        self.paper.text(LEFT, 286, text, points=6.5, colour=INK_SOFT)
        page = _("%(number)s, halaman %(n)s") % {"number": self.row.printed_number, "n": self.page}
        self.paper.text(RIGHT, 286, page, points=6.5, colour=INK_SOFT, align="right")

    def room_for(self, height: float) -> bool:
        """Begin a new page where so much does not fit; answer whether it did."""
        if self.y + height <= LAST:
            return False
        self.end_page()
        self.paper.next_page()
        self.page += 1
        self.begin()
        return True

    def summary(self, lines: Sequence[SettlementLine]) -> None:
        paper, row = self.paper, self.row
        paper.box(LEFT, self.y, WIDTH, 27, fill=PINE_PALE, radius=2)
        paid = _("Diterima dari") if row.is_paid_by_stand else _("Dibayarkan kepada")
        paper.text(LEFT + 5, self.y + 7, paid, points=8.5, colour=INK_SOFT)
        name = paper.lines(row.payee_name, width=WIDTH - 70, points=12, bold=True, most_lines=1)[0]
        paper.text(LEFT + 5, self.y + 13, name, points=12, bold=True)
        total = rupiah(abs(row.total_rupiah))
        paper.text(RIGHT - 5, self.y + 14, total, points=22, bold=True, colour=PINE, align="right")
        if get_language() == "id":
            words = spelled(abs(row.total_rupiah)) + " rupiah"
            paper.paragraph(
                LEFT + 5, self.y + 20, words, width=WIDTH - 10, points=8.5, most_lines=2
            )
        self.y += 34
        sums: dict[str, int] = {}
        for line in lines:
            maker = line.share.producer.name
            sums[maker] = sums.get(maker, 0) + line.amount_rupiah
        self.heading(_("Pembagian menurut pelaku usaha"))
        for maker, amount in sorted(sums.items()):
            self.room_for(ROW)
            maker = paper.lines(maker, width=WIDTH - 40, points=9, most_lines=1)[0]
            paper.text(LEFT, self.y, maker, points=9)
            paper.text(RIGHT, self.y, rupiah(amount), points=9, bold=True, align="right")
            self.y += ROW
        if row.note:
            self.y = paper.paragraph(
                LEFT, self.y + 3, _("Catatan: %(note)s") % {"note": row.note}, width=WIDTH, points=9
            )
        self.y += 5

    def heading(self, text: str) -> None:
        self.room_for(16)
        self.paper.text(LEFT, self.y, text, points=10, bold=True, colour=PINE_MIDDLE)
        self.paper.rule(LEFT, self.y + 2, RIGHT, colour=SAND)
        self.y += 7.5

    def table(self, lines: Sequence[SettlementLine]) -> None:
        head = ngettext("Rincian: %(n)s baris", "Rincian: %(n)s baris", len(lines))
        self.heading(head % {"n": thousands(len(lines))})
        self._names()
        for line in lines:
            if self.room_for(ROW):
                self._names()
            self._line(line)

    def _names(self) -> None:
        for x, text in (
            (PAPER, _("Voucher")),
            (RECEIPT, _("Nota")),
            (WHEN, _("Waktu")),
            (WHAT, _("Jenis")),
            (MAKER, _("Pelaku usaha")),
        ):
            self.paper.text(LEFT + x, self.y, text, points=7.5, colour=INK_SOFT)
        self.paper.text(RIGHT, self.y, _("Nilai"), points=7.5, colour=INK_SOFT, align="right")
        self.y += ROW

    def _line(self, line: SettlementLine) -> None:
        paper, entry = self.paper, line.share.entry
        voucher = f"No. {entry.voucher.printed_number}" if entry.voucher else "–"
        when = date_format(entry.sale.sold_at.astimezone(WIB), _("j/n H.i"))
        maker = paper.lines(
            line.share.producer.name, width=AMOUNT - MAKER - 26, points=8, most_lines=1
        )[0]
        for x, text in (
            (PAPER, voucher),
            (RECEIPT, entry.sale.number),
            (WHEN, when),
            (WHAT, str(entry.get_kind_display())),
            (MAKER, maker),
        ):
            paper.text(LEFT + x, self.y, text, points=8)
        paper.text(RIGHT, self.y, rupiah(line.amount_rupiah), points=8, align="right")
        self.y += ROW

    def signatures(self) -> None:
        paper, row = self.paper, self.row
        self.y += 3
        self.room_for(SIGNATURES)
        paper.rule(LEFT, self.y - 4, RIGHT)
        who: Any = row.made_by
        gave = who.get_full_name() or who.get_username()
        sides = [(_("Yang membayar, panitia"), gave), (_("Yang menerima"), row.received_by)]
        if row.is_paid_by_stand:
            sides = [(_("Yang menerima, panitia"), gave), (_("Yang membayar"), row.received_by)]
        for place, (title, name) in enumerate(sides):
            x = LEFT + place * (WIDTH / 2 + 5)
            paper.text(x, self.y + 3, title, points=9, colour=INK_SOFT)
            paper.rule(x, self.y + 30, x + WIDTH / 2 - 12, colour=INK_SOFT)
            name = paper.lines(name, width=WIDTH / 2 - 12, points=9.5, most_lines=1)[0]
            paper.text(x, self.y + 35, name, points=9.5, bold=True)
        self.y += SIGNATURES


UNITS = (
    "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split()  # noqa: SIM905
)
SCALES = [
    (10**12, "triliun"),
    (10**9, "miliar"),
    (10**6, "juta"),
    (1000, "ribu"),
    (100, "ratus"),
    (10, "puluh"),
]


def spelled(number: int) -> str:
    """A whole number in Indonesian words, as a receipt has it: `seratus dua puluh lima ribu`."""
    if number < len(UNITS):
        return UNITS[number]
    if number < 20:
        return f"{UNITS[number - 10]} belas"
    for size, name in SCALES:
        if number >= size:
            many, rest = divmod(number, size)
            head = f"se{name}" if many == 1 and size in (100, 1000) else f"{spelled(many)} {name}"
            return f"{head} {spelled(rest)}" if rest else head
    raise AssertionError("unreachable")
