"""Price cards for what a stand sells, in five sizes from a whole sheet to sixteen on one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from pesantren.money import rupiah
from stands.paper import (
    A4,
    A4_LANDSCAPE,
    INK,
    INK_SOFT,
    PINE,
    PINE_MIDDLE,
    PINE_PALE,
    SAND,
    TURMERIC,
    WHITE,
    Paper,
    Size,
    on_sheets,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reportlab.lib.colors import Color

    from pesantren.models import Product
    from stands.models import Offer


class Sheet(NamedTuple):
    """How a sheet lies, and how many cards it holds across and down."""

    size: Size
    across: int
    down: int


# By how many are on it. All cards have the shape of the sheet, so one drawing serves them all.
SHEETS = {
    1: Sheet(A4_LANDSCAPE, 1, 1),
    2: Sheet(A4, 1, 2),
    4: Sheet(A4_LANDSCAPE, 2, 2),
    8: Sheet(A4, 2, 4),
    16: Sheet(A4_LANDSCAPE, 4, 4),
}
# What the drawing below is measured for: eight on a sheet.
BASE = Size(105, 74.25)


class PriceCard(NamedTuple):
    """What stands on one card. The product has its maker and `valid_credentials`."""

    offer: Offer
    product: Product
    address: str


class Pill(NamedTuple):
    """A word that vouches for a product, and its colours."""

    text: str
    fill: Color
    colour: Color


def price_cards(cards: Iterable[PriceCard], *, per_sheet: int, title: str) -> bytes:
    """The cards as a PDF, `per_sheet` of them on each sheet (a key of SHEETS)."""
    sheet, across, down = SHEETS[per_sheet]
    paper = Paper(sheet, title=title)
    scale = min(sheet.width / across / BASE.width, sheet.height / down / BASE.height)
    on_sheets(
        paper,
        cards,
        lambda there, card: draw_price_card(there, card, scale),
        across=across,
        down=down,
    )
    return paper.finish()


def pills_of(product: Product) -> list[Pill]:
    """What vouches for a product: the curation's badges, then its valid credentials."""
    pills = []
    if product.is_export_ready:
        pills.append(Pill(_("Layak ekspor"), TURMERIC, PINE))
    if product.is_curated:
        pills.append(Pill(_("Lolos kurasi"), PINE_MIDDLE, WHITE))
    names = dict.fromkeys(
        str(one.get_scheme_display()) for one in vars(product)["valid_credentials"]
    )
    return pills + [Pill(name, PINE_PALE, PINE) for name in names]


def draw_price_card(paper: Paper, card: PriceCard, scale: float) -> None:
    """One card of BASE times `scale`, from the upper left corner."""
    k = scale
    offer, product = card.offer, card.product
    left, wide = 6 * k, 93 * k
    qr = 31 * k
    beside = wide - qr - 4 * k
    paper.awning(0, 0, BASE.width * k, height=4.5 * k)
    name = paper.fitted(
        product.name, width=wide, points=15 * k, least=8 * k, most_lines=2, bold=True
    )
    top = paper.write(left, 7 * k, name, bold=True, colour=INK)
    maker = product.producer.name
    if product.producer.pesantren and product.producer.pesantren.name not in maker:
        maker = f"{maker}, {product.producer.pesantren.name}"
    who = paper.fitted(maker, width=wide, points=8.5 * k, least=5 * k, most_lines=2)
    top = paper.write(left, top + 0.6 * k, who, colour=INK_SOFT)
    qr_top = BASE.height * k - qr - 5 * k
    qr_left = BASE.width * k - 6 * k - qr
    paper.box(qr_left, qr_top, qr, qr, fill=WHITE, line=SAND, radius=1.5 * k, thickness=0.3 * k)
    paper.qr(qr_left, qr_top, qr, card.address, colour=PINE)
    bottom = _write_pills(paper, pills_of(product), left, BASE.height * k - 5 * k, beside, k)
    _write_price(paper, offer, product, left, beside, top=top, bottom=bottom, k=k)
    code = _("Stan %(code)s") % {"code": offer.stand.code}
    paper.text(qr_left + qr / 2, qr_top + qr + 3 * k, code, points=6.5 * k, bold=True,
               colour=PINE_MIDDLE, align="centre")  # fmt: skip


def _write_price(
    paper: Paper,
    offer: Offer,
    product: Product,
    left: float,
    wide: float,
    *,
    top: float,
    bottom: float,
    k: float,
) -> None:
    """The price in the largest figures that fit, and for how much of it."""
    points = 36 * k
    price = paper.fitted(
        rupiah(offer.price_rupiah), width=wide, points=points, least=12 * k, bold=True
    )
    unit = paper.fitted(f"/ {product.unit_text}", width=wide, points=9 * k, least=5 * k)
    room = bottom - top
    start = top + max(0.0, (room - price.height - unit.height) * 0.6)
    below = paper.write(left, start, price, bold=True, colour=PINE)
    paper.write(left, below + 0.6 * k, unit, colour=INK_SOFT)


def _write_pills(
    paper: Paper, pills: list[Pill], left: float, bottom: float, wide: float, k: float
) -> float:
    """Rows of pills that end at `bottom`; answers where the first row begins."""
    points, gap = 6.2 * k, 1.2 * k
    rows: list[list[Pill]] = []
    used = wide
    for pill in pills:
        width = paper.width_of(pill.text, points=points, bold=True) + points * 0.4
        if used + width > wide:
            rows.append([])
            used = 0.0
        rows[-1].append(pill)
        used += width + gap
    height = paper.pill_height(points) + gap
    top = bottom - len(rows) * height + gap
    for number, row in enumerate(rows):
        x = left
        for pill in row:
            x += gap + paper.pill(
                x, top + number * height, pill.text,
                points=points, fill=pill.fill, colour=pill.colour,
            )  # fmt: skip
    return top - gap if rows else bottom
