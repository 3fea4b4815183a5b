"""The printed report of daily totals, drawn on sheets of A4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pesantren.money import rupiah, thousands
from sales.totals.figures import Row
from sales.totals.report_facts import Report
from sales.totals.source import NOTHING, Grouping, Sums
from stands.paper import (
    A4,
    BRICK,
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
    import datetime as dt
    from collections.abc import Collection, Iterable, Sequence

    from reportlab.lib.colors import Color


LEFT, RIGHT = 15.0, 195.0
WIDTH = RIGHT - LEFT
BOTTOM = 278.0
LINE = 5.6
# So many of a list stand in the report; the rest is one line.
TOP = 7
MOST_DAYS = 4


def draw(report: Report) -> bytes:
    """The whole file."""
    title = _("Hasil penjualan") if report.stand is None else str(report.stand)
    sheet = _Sheet(report, Paper(A4, title=f"{title} · {report.days_text}"))
    sheet.head(title)
    sheet.figures()
    sheet.hours()
    if report.stand is None:
        sheet.of_all()
    else:
        sheet.of_stand()
    sheet.foot()
    return sheet.paper.finish()


@dataclass
class _Table:
    """A small table: a name, and figures to its right."""

    title: str
    heads: Sequence[str]
    lines: list[tuple[str, list[str]]]
    more: str = ""


class _Sheet:
    """The pages, and how far down the present one is filled."""

    def __init__(self, report: Report, paper: Paper) -> None:
        self.report = report
        self.paper = paper
        self.y = 0.0
        self.page = 1

    def head(self, title: str) -> None:
        paper, expo = self.paper, self.report.expo
        paper.awning(0, 0, A4.width, height=7)
        paper.text(LEFT, 22, expo.name, points=10, bold=True, colour=PINE_MIDDLE)
        where = ", ".join(part for part in (expo.venue, expo.city) if part)
        paper.text(RIGHT, 22, where, points=9, colour=INK_SOFT, align="right")
        self.y = paper.paragraph(
            LEFT, 33, title, width=WIDTH, points=22, bold=True, colour=PINE, most_lines=2
        )
        paper.text(LEFT, self.y - 2.2, self.report.days_text, points=12, colour=INK_SOFT)
        self.y += 4
        if expo.is_example:
            paper.box(LEFT, self.y, WIDTH, 7, fill=CREAM, line=TURMERIC, radius=1.5)
            words = _("Data contoh: angka ini bukan hasil pameran.")
            paper.text(LEFT + 3, self.y + 4.7, words, points=9, bold=True, colour=BRICK)
            self.y += 10

    def figures(self) -> None:
        paper, total = self.paper, self.report.total
        paper.box(LEFT, self.y, WIDTH, 27, fill=PINE, radius=3)
        paper.text(LEFT + 6, self.y + 9, _("Penjualan bersih"), points=9, colour=PINE_PALE)
        paper.text(
            LEFT + 6, self.y + 20, rupiah(total.net_rupiah), points=24, bold=True, colour=TURMERIC
        )
        figures = [
            (_("Nota"), thousands(total.sale_count)),
            (_("Rata-rata"), rupiah(total.average_rupiah) or "–"),
        ]
        if self.report.stand is None:
            figures.append((_("Stan berjualan"), thousands(self.report.selling)))
        else:
            figures.append((_("Barang terjual"), thousands(self.report.pieces)))
        for place, (name, value) in enumerate(figures):
            x = LEFT + 92 + place * 31
            paper.text(x, self.y + 9, name, points=8.5, colour=PINE_PALE)
            paper.text(x, self.y + 18, value, points=13, bold=True, colour=WHITE)
        self.y += 32
        if total.reversal_count:
            words = ngettext(
                "Kotor %(gross)s, dikurangi %(n)s pembatalan sebesar %(back)s.",
                "Kotor %(gross)s, dikurangi %(n)s pembatalan sebesar %(back)s.",
                total.reversal_count,
            ) % {
                "gross": rupiah(total.gross_rupiah),
                "n": thousands(total.reversal_count),
                "back": rupiah(-total.reversed_rupiah),
            }
            paper.text(LEFT, self.y + 1, words, points=9, colour=INK_SOFT)
            self.y += 6
        outside = self.report.outside
        if self.report.days and not outside.is_empty:
            words = _("Termasuk %(amount)s di luar hari pameran.") % {
                "amount": rupiah(outside.net_rupiah)
            }
            paper.text(LEFT, self.y + 1, words, points=9, colour=INK_SOFT)
            self.y += 6

    def hours(self) -> None:
        """Bars by the hour, each with its hour below."""
        rows = self.report.rows[Grouping.HOUR]
        most = max((row.total.net_rupiah for row in rows), default=0)
        if most <= 0:
            return
        self.title(_("Penjualan per jam"))
        paper, tall = self.paper, 26.0
        step = min(WIDTH / len(rows), 16)
        base = self.y + tall
        best = max(rows, key=lambda row: row.total.net_rupiah)
        for place, row in enumerate(rows):
            x = LEFT + place * step
            high = tall * max(row.total.net_rupiah, 0) / most
            paper.box(
                x + step * 0.14,
                base - high,
                step * 0.72,
                high,
                fill=TURMERIC if row is best else PINE_MIDDLE,
            )
            paper.text(
                x + step / 2, base + 4, row.code[:2], points=7.5, colour=INK_SOFT, align="centre"
            )
        paper.rule(LEFT, base, LEFT + step * len(rows))
        words = _("Terbaik pukul %(from)s%(to)s: %(amount)s") % {
            "from": best.code,
            "to": best.name,
            "amount": rupiah(best.total.net_rupiah),
        }
        paper.text(LEFT, base + 9, words, points=9, colour=INK)
        self.y = base + 16

    def of_all(self) -> None:
        rows = self.report.rows
        top = self.y
        half = (WIDTH - 10) / 2
        left = [
            _money(_("Pesantren terlaris"), rows[Grouping.PESANTREN], _("pesantren lain")),
            _money(_("Kategori"), rows[Grouping.CATEGORY], pieces=True),
        ]
        right = [
            _money(_("Produk terlaris"), rows[Grouping.PRODUCT], _("produk lain"), pieces=True),
            _money(_("Cara bayar"), rows[Grouping.METHOD]),
            _money(_("Pilar"), rows[Grouping.PILLAR], pieces=True),
        ]
        for tables, x in ((left, LEFT), (right, LEFT + half + 10)):
            self.y = top
            for table in tables:
                self.table(table, x, half)
        self.next_page()
        self.table(_by_day(self.report, _("Hari per stan")), LEFT, WIDTH, breaks=True)

    def of_stand(self) -> None:
        rows = self.report.rows
        top = self.y
        half = (WIDTH - 10) / 2
        self.table(_money(_("Cara bayar"), rows[Grouping.METHOD]), LEFT, half)
        low = self.y
        self.y = top
        makers = _money(_("Menurut pesantren"), rows[Grouping.PESANTREN], pieces=True)
        self.table(makers, LEFT + half + 10, half)
        self.table(_money(_("Kasir"), rows[Grouping.TILL]), LEFT + half + 10, half)
        self.y = max(low, self.y)
        products = _money(
            _("Barang"), rows[Grouping.PRODUCT], pieces=True, most=len(rows[Grouping.PRODUCT])
        )
        self.table(products, LEFT, WIDTH, breaks=True)
        self.signatures()

    def signatures(self) -> None:
        """Two lines to sign on: who keeps the stand, and who organises."""
        if self.y + 30 > BOTTOM:
            self.next_page()
        for x, who in ((LEFT, _("Penjaga stan")), (LEFT + WIDTH / 2, _("Panitia"))):
            self.paper.text(x, self.y + 5, who, points=9, colour=INK_SOFT)
            self.paper.rule(x, self.y + 24, x + 70, colour=INK_SOFT)
        self.y += 30

    # --- parts ---

    def title(self, words: str, x: float = LEFT) -> None:
        self.paper.text(x, self.y + 4, words, points=11.5, bold=True, colour=PINE)
        self.y += 7

    def table(self, table: _Table, x: float, width: float, *, breaks: bool = False) -> None:
        """Its lines below its title; one that is too long goes on on the next page."""
        if not table.lines:
            return
        need = 7 + LINE * (len(table.lines) + 2)
        # Of two columns neither breaks: they are short enough.
        if width == WIDTH and self.y + min(need, 30 if breaks else need) > BOTTOM:
            self.next_page()
        self.table_head(table, x, width)
        for place, (name, figures) in enumerate(table.lines):
            if breaks and self.y + LINE > BOTTOM:
                self.next_page()
                self.table_head(table, x, width)
            is_last = place == len(table.lines) - 1
            self.line(name, figures, x, width, bold=is_last and table.more == "sum")
        self.y += 6

    def table_head(self, table: _Table, x: float, width: float) -> None:
        self.title(table.title, x)
        self.line("", list(table.heads), x, width, colour=INK_SOFT, points=7.5)

    def line(
        self,
        name: str,
        figures: list[str],
        x: float,
        width: float,
        *,
        bold: bool = False,
        colour: Color = INK,
        points: float = 9,
    ) -> None:
        paper = self.paper
        first, column = (28.0, 28.0) if width > 100 else (26.0, 13.0)
        room = width - (first + column * (len(figures) - 1)) - 2
        if name:
            text = paper.lines(name, width=room, points=points, bold=bold, most_lines=1)[0]
            paper.text(x, self.y + 3.6, text, points=points, bold=bold, colour=colour)
        right = x + width
        for place, figure in enumerate(reversed(figures)):
            paper.text(
                right,
                self.y + 3.6,
                figure,
                points=points,
                bold=bold or (place == 0 and bool(name)),
                colour=BRICK if figure.startswith("−") else colour,
                align="right",
            )
            right -= first if place == 0 else column
        paper.rule(x, self.y + LINE - 0.4, x + width, colour=SAND, thickness=0.2)
        self.y += LINE

    def next_page(self) -> None:
        self.foot()
        self.paper.next_page()
        self.page += 1
        self.paper.awning(0, 0, A4.width, height=5)
        where = self.report.stand or self.report.expo.name
        words = f"{where} · {self.report.days_text}"
        self.paper.text(LEFT, 15, words, points=9, colour=INK_SOFT)
        self.y = 21.0

    def foot(self) -> None:
        """Where the figures come from, and the page."""
        at = f"{date_format(self.report.now, _('j F Y, H.i'))} WIB"
        words = _("Dihitung dari buku penjualan OPOP Expo pada %(at)s.") % {"at": at}
        self.paper.rule(LEFT, 284, RIGHT)
        self.paper.text(LEFT, 289, words, points=8, colour=INK_SOFT)
        self.paper.text(RIGHT, 289, str(self.page), points=8, colour=INK_SOFT, align="right")


def _money(
    title: str, rows: Iterable[Row], others: str = "", *, pieces: bool = False, most: int = TOP
) -> _Table:
    """A table of net rupiah, the best first, and what is left over in one line."""
    some = [row for row in rows if not row.total.is_empty]
    shown, rest = (some[:most], some[most:]) if others or len(some) > most else (some, [])
    lines = [(_name(row), _figures(row.total, pieces=pieces)) for row in shown]
    if rest:
        words = f"{len(rest)} {others or _('lainnya')}"
        total = sum((row.total for row in rest), NOTHING)
        lines.append((words, _figures(total, pieces=pieces)))
    heads = [_("Barang") if pieces else _("Nota"), _("Bersih")]
    return _Table(title, heads, lines)


def _name(row: Row) -> str:
    # As everybody writes it where there is little room.
    name = row.name.replace("Pondok Pesantren", "PP")
    return "  ".join(part for part in (row.code, name) if part)


def _figures(sums: Sums, *, pieces: bool) -> list[str]:
    return [thousands(sums.pieces if pieces else sums.sale_count), rupiah(sums.net_rupiah)]


def _by_day(report: Report, title: str) -> _Table:
    """Every stand with its days, or with what makes up its one day; the whole.

    Of more days than fit the earlier ones stand in one column.
    """
    days = report.days
    earlier = days[: -(MOST_DAYS - 1)] if len(days) > MOST_DAYS else []
    shown = days[len(earlier) :]
    rows = report.rows[Grouping.STAND]
    if len(shown) < 2:
        lines = [(_name(row), _parts(row.total)) for row in rows]
        lines.append((_("Semua stan"), _parts(report.total)))
        heads = [_("Nota"), _("Kotor"), _("Dibatalkan"), _("Bersih (rupiah)")]
        return _Table(title, heads, lines, more="sum")
    columns = [*([earlier] if earlier else []), *([day] for day in shown)]
    lines = []
    for row in rows:
        figures = [_on(row, some) for some in columns]
        lines.append((_name(row), [*map(_dash, figures), _dash(row.total)]))
    whole = [sum((_on(row, some) for row in rows), NOTHING) for some in columns]
    lines.append((_("Semua stan"), [_dash(one) for one in (*whole, report.total)]))
    heads = [
        *([_("s.d. %(day)s") % {"day": date_format(earlier[-1], "D j M")}] if earlier else []),
        *(date_format(day, "D j M") for day in shown),
        _("Jumlah (rupiah)"),
    ]
    return _Table(title, heads, lines, more="sum")


def _on(row: Row, days: Collection[dt.date]) -> Sums:
    """What a row sold on these days."""
    return sum((cell.sums for cell in row.cells if cell.day in days), NOTHING)


def _parts(sums: Sums) -> list[str]:
    if sums.is_empty:
        return ["–"] * 4
    taken_back = thousands(sums.reversed_rupiah) if sums.reversed_rupiah else "–"
    return [
        thousands(sums.sale_count),
        thousands(sums.gross_rupiah),
        taken_back,
        thousands(sums.net_rupiah),
    ]


def _dash(sums: Sums) -> str:
    return "–" if sums.is_empty else thousands(sums.net_rupiah)
