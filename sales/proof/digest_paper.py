"""A day's digest on A4: the code and its QR above, the ends of all ledgers below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pesantren.money import rupiah, thousands
from sales.proof.day_digest import in_groups
from stands.paper import A4, INK_SOFT, PINE_PALE, Paper

if TYPE_CHECKING:
    from sales.proof.day_digest import Printed

LEFT, RIGHT = 15, 195
ROW = 4.7
LAST_ROW = 274
# Right edges of the figures; hash and sequence stand beside the name.
SEQUENCE_AT, HASH_AT, COUNT_AT, NET_AT = 92, 97, 155, RIGHT - 2
QR_SIZE = 62


def digest_pdf(printed: Printed, link: str) -> bytes:
    """The paper that an organiser keeps: one page, or more where there are many stands."""
    digest = printed.digest
    day = date_format(digest.day, "l, j F Y")
    paper = Paper(A4, title=_("Sidik hari %(day)s") % {"day": day})
    paper.awning(0, 0, A4.width)
    paper.text(LEFT, 24, digest.expo.name, points=11, colour=INK_SOFT)
    paper.text(LEFT, 33, _("Sidik hari"), points=22, bold=True)
    paper.text(LEFT, 42, day, points=14, bold=True)
    paper.text(LEFT, 57, in_groups(printed.code), points=21, bold=True)
    y = paper.paragraph(
        LEFT,
        66,
        _(
            "Simpan kertas ini. Kapan pun nanti, pindai QR-nya atau ketik kodenya di halaman "
            "Bukti: bila buku penjualan sampai nomor di bawah tidak berubah, kodenya tetap sama. "
            "Nota yang masuk setelah kertas ini dicetak tidak mengubahnya."
        ),
        width=RIGHT - LEFT - QR_SIZE - 6,
        points=9.5,
        colour=INK_SOFT,
    )
    at = date_format(timezone.localtime(printed.event.at), _("j F Y, H.i.s"))
    who = printed.event.actor.get_username() if printed.event.actor else "–"
    paper.text(LEFT, y + 2, _("Diambil %(at)s WIB oleh %(who)s") % {"at": at, "who": who}, points=9)
    paper.qr(RIGHT - QR_SIZE + 4, 16, QR_SIZE, link)
    y = _tills(paper, printed, max(y + 8, 88))
    y = _heading(paper, y + 3)
    for number, line in enumerate(digest.lines):
        if y > LAST_ROW:
            paper.next_page()
            y = _heading(paper, 20)
        if number % 2 == 0:
            paper.box(LEFT, y - 3.4, RIGHT - LEFT, ROW, fill=PINE_PALE)
        [name] = paper.lines(f"{line.code}  {line.name}", width=58, points=8.5, most_lines=1)
        paper.text(LEFT + 2, y, name, points=8.5)
        paper.text(SEQUENCE_AT, y, f"#{thousands(line.sequence)}", points=8.5, align="right")
        paper.text(HASH_AT, y, line.short_hash, points=8.5)
        paper.text(COUNT_AT, y, thousands(line.count), points=8.5, align="right")
        paper.text(NET_AT, y, rupiah(line.net_rupiah), points=8.5, align="right")
        y += ROW
    paper.rule(LEFT, y - 3.2, RIGHT, thickness=0.5)
    paper.text(LEFT + 2, y + 1.5, _("Semua stan"), points=10, bold=True)
    paper.text(COUNT_AT, y + 1.5, thousands(digest.count), points=10, bold=True, align="right")
    paper.text(NET_AT, y + 1.5, rupiah(digest.net_rupiah), points=10, bold=True, align="right")
    paper.text(LEFT, 285, _("Tanda tangan panitia: ______________________"), points=9)
    return paper.finish()


def _tills(paper: Paper, printed: Printed, y: float) -> float:
    """Which tills had closed their day when it was printed."""
    for title, prefixes in [
        (_("Kasir yang sudah tutup:"), printed.closed),
        (_("Kasir yang belum tutup:"), printed.open),
    ]:
        if prefixes:
            text = f"{title} {', '.join(prefixes)}"
            y = paper.paragraph(LEFT, y, text, width=RIGHT - LEFT, points=8.5, most_lines=3)
    return y


def _heading(paper: Paper, y: float) -> float:
    paper.text(LEFT + 2, y, _("Stan"), points=8.5, bold=True, colour=INK_SOFT)
    soft = {"points": 8.5, "bold": True, "colour": INK_SOFT}
    paper.text(SEQUENCE_AT, y, _("Sampai nomor"), align="right", **soft)  # type: ignore[arg-type]
    paper.text(HASH_AT, y, _("Sidik nota itu"), **soft)  # type: ignore[arg-type]
    paper.text(COUNT_AT, y, _("Nota hari itu"), align="right", **soft)  # type: ignore[arg-type]
    paper.text(NET_AT, y, _("Bersih hari itu"), align="right", **soft)  # type: ignore[arg-type]
    paper.rule(LEFT, y + 1.8, RIGHT, thickness=0.5)
    return y + 6.2
