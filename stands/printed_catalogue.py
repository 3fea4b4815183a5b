"""The catalogue of an edition as a PDF: cover, contents, products by category, index of makers."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

from pesantren.money import rupiah
from stands.paper import (
    A4,
    CREAM,
    INK,
    INK_SOFT,
    PINE,
    PINE_MIDDLE,
    SAND,
    TURMERIC,
    WHITE,
    Fitted,
    Paper,
)
from stands.price_cards import pills_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reportlab.lib.colors import Color

    from pesantren.models import Category, Product
    from stands.price_cards import Pill

MARGIN = 14.0
GAP = 6.0
ACROSS, DOWN = 3, 3
HEAD = 31.0  # where the first row of products begins
ROW = 83.0
CARD = (A4.width - 2 * MARGIN - (ACROSS - 1) * GAP) / ACROSS
PICTURE = CARD * 3 / 4
# Where the price of a card stands, measured from its top.
PRICE = 78.5
PILL, PILL_GAP, PILL_ROW = 5.6, 0.9, 3.9
INDEX_COLUMNS = 3
INDEX_FOOT = 280.0
# As --cat-* in static/css/tokens.css.
TONES = {
    "food": "#b5432a",
    "beverage": "#8a4b21",
    "herbal": "#4d7a2a",
    "agriculture": "#1b6b50",
    "fashion": "#6b3a75",
    "craft": "#9a6200",
    "household": "#1f6480",
    "service": "#3f5a8c",
}
OTHER_TONE = "#5b6360"


class Cover(NamedTuple):
    """What stands on the first page."""

    name: str
    theme: str
    when: str
    where: str
    address: str
    notes: Sequence[str]


@dataclass
class Chapter:
    """The products of one category."""

    category: Category
    products: list[Product]
    page: int = 0

    @property
    def tone(self) -> Color:
        """The colour that the category has on the visitors' pages too."""
        return HexColor(TONES.get(self.category.slug, OTHER_TONE))

    @property
    def length(self) -> int:
        """How many pages it takes."""
        return -(-len(self.products) // (ACROSS * DOWN))


@dataclass
class Maker:
    """A producer in the index, with the pages on which something of theirs stands."""

    name: str
    place: str
    pages: list[int] = field(default_factory=list)


def printed_catalogue(
    cover: Cover, products: Iterable[Product], photos: Mapping[int, bytes]
) -> bytes:
    """The catalogue of products that are ordered by category.

    They have maker, `offers_here`, `valid_credentials` and `is_export_ready`. `photos` are JPEGs of
    four by three by the product's key.
    """
    chapters = [
        Chapter(category, list(some))
        for category, some in groupby(products, key=lambda product: product.category)
    ]
    page = 3
    for chapter in chapters:
        chapter.page = page
        page += chapter.length
    paper = Paper(A4, title=_("Katalog %(expo)s") % {"expo": cover.name})
    book = _Book(paper, cover, photos)
    book.draw_cover(sum(len(chapter.products) for chapter in chapters))
    book.draw_contents(chapters, index_page=page)
    for chapter in chapters:
        book.draw_chapter(chapter)
    book.draw_index()
    return paper.finish()


class _Book:
    """One run through the pages."""

    def __init__(self, paper: Paper, cover: Cover, photos: Mapping[int, bytes]) -> None:
        self.paper = paper
        self.cover = cover
        self.photos = photos
        self.page = 1
        self.makers: dict[int, Maker] = {}

    # --- cover and contents -----------------------------------------------------------------------

    def draw_cover(self, product_count: int) -> None:
        paper, cover = self.paper, self.cover
        paper.mark("p1", title=_("Sampul"))
        paper.box(0, 0, A4.width, A4.height, fill=PINE)
        self._draw_sun(A4.width / 2, 208)
        paper.awning(0, 0, A4.width, height=16)
        wide = A4.width - 44
        word = paper.fitted(_("Katalog produk"), width=wide, points=22, least=12, bold=True)
        top = paper.write(22, 46, word, bold=True, colour=TURMERIC)
        name = paper.fitted(
            cover.name, width=wide, points=58, least=24, most_lines=2, bold=True, leading=1.05
        )
        top = paper.write(22, top + 3, name, bold=True, colour=CREAM)
        if cover.theme:
            theme = paper.fitted(cover.theme, width=wide, points=17, least=10, most_lines=3)
            top = paper.write(22, top + 5, theme, colour=WHITE)
        where = paper.fitted(
            f"{cover.when} · {cover.where}" if cover.when else cover.where,
            width=wide, points=13, least=8, most_lines=2, bold=True,
        )  # fmt: skip
        paper.write(22, top + 6, where, bold=True, colour=TURMERIC)
        paper.box(22, 236, 40, 40, fill=WHITE, radius=3)
        paper.qr(23, 237, 38, cover.address, colour=PINE)
        count = ngettext("%(n)s produk", "%(n)s produk", product_count) % {"n": product_count}
        paper.text(68, 246, count, points=24, bold=True, colour=CREAM)
        paper.paragraph(
            68, 254, _("Harga, stan, dan stok hari ini ada di halaman pameran. Pindai kodenya."),
            width=110, points=11, colour=CREAM, most_lines=2,
        )  # fmt: skip
        address = paper.fitted(cover.address, width=118, points=11, least=6, bold=True)
        paper.write(68, 268, address, bold=True, colour=TURMERIC)

    def _draw_sun(self, x: float, y: float) -> None:
        """Half a sun over the fields, as on the drawn pictures of the products."""
        canvas, paper = self.paper.canvas, self.paper
        for radius, colour in ((88, "#0f3f31"), (70, "#14543f"), (52, "#1b6b50"), (35, "#e89a1c")):
            canvas.setFillColor(HexColor(colour))
            canvas.circle(x * mm, (A4.height - y) * mm, radius * mm, stroke=0, fill=1)
        paper.box(0, y, A4.width, A4.height - y, fill=PINE)
        paper.rule(0, y, A4.width, colour=TURMERIC, thickness=0.8)

    def draw_contents(self, chapters: Sequence[Chapter], *, index_page: int) -> None:
        paper = self.paper
        self._turn()
        paper.mark(self._here, title=_("Isi"))
        self._draw_head(_("Isi"), PINE)
        top = HEAD + 4
        for chapter in chapters:
            count = ngettext("%(n)s produk", "%(n)s produk", len(chapter.products)) % {
                "n": len(chapter.products)
            }
            paper.box(MARGIN, top, 4, 9, fill=chapter.tone, radius=1)
            self._contents_line(top, str(chapter.category), count, chapter.page)
            top += 13
        self._contents_line(top, _("Pelaku usaha"), "", index_page)
        top += 22
        paper.text(MARGIN, top, _("Arti tandanya"), points=13, bold=True, colour=PINE)
        top += 7
        for line in self.cover.notes:
            paragraph = paper.fitted(
                line, width=A4.width - 2 * MARGIN, points=9.5, least=7, most_lines=3, leading=1.35
            )
            top = paper.write(MARGIN, top, paragraph, colour=INK) + 2

    def _contents_line(self, top: float, title: str, count: str, page: int) -> None:
        paper, right = self.paper, A4.width - MARGIN
        baseline = top + 6.6
        paper.text(MARGIN + 8, baseline, title, points=14, bold=True)
        used = paper.width_of(title, points=14, bold=True)
        paper.text(MARGIN + 11 + used, baseline, count, points=9.5, colour=INK_SOFT)
        start = MARGIN + 14 + used + paper.width_of(count, points=9.5)
        paper.rule(start, baseline, right - 12, dashed=True)
        paper.text(right, baseline, str(page), points=14, bold=True, align="right")
        paper.link(MARGIN, top, right - MARGIN, 9, f"p{page}")

    # --- products ---------------------------------------------------------------------------------

    def draw_chapter(self, chapter: Chapter) -> None:
        per_page = ACROSS * DOWN
        for start in range(0, len(chapter.products), per_page):
            self._turn()
            self.paper.mark(self._here, title="" if start else str(chapter.category))
            self._draw_head(str(chapter.category), chapter.tone)
            for place, product in enumerate(chapter.products[start : start + per_page]):
                row, column = divmod(place, ACROSS)
                x, y = MARGIN + column * (CARD + GAP), HEAD + row * ROW
                with self.paper.placed(x, y):
                    self._draw_product(product, chapter)
                self._note_maker(product)

    def _draw_product(self, product: Product, chapter: Chapter) -> None:
        """A card of CARD by ROW from the upper left corner."""
        paper = self.paper
        photo = self.photos.get(product.pk)
        if photo is None:
            paper.box(0, 0, CARD, PICTURE, fill=chapter.tone)
            paper.text(CARD / 2, PICTURE / 2 + 6, product.name[:1].upper(), points=48, bold=True,
                       colour=CREAM, align="centre")  # fmt: skip
        else:
            paper.picture(0, 0, CARD, PICTURE, photo)
        rows = self._pill_rows(product)
        texts_from, rule = PICTURE + 1.4, PRICE - 5.2
        name, maker, place = self._texts_of(
            product, room=rule - texts_from - 2 - len(rows) * PILL_ROW
        )
        top = paper.write(0, texts_from, name, bold=True)
        top = paper.write(0, top + 0.4, maker, colour=INK_SOFT)
        if place:
            top = paper.write(0, top, place, colour=INK_SOFT)
        self._draw_pill_rows(rows, top + 1)
        top += 1 + len(rows) * PILL_ROW
        self._draw_description(product, top, room=rule - top)
        self._draw_price(product)

    def _texts_of(self, product: Product, *, room: float) -> tuple[Fitted, Fitted, Fitted | None]:
        """Name, maker and place in the largest type in which all of them fit into `room`."""
        paper, producer = self.paper, product.producer
        where = ""
        if producer.pesantren:
            parts = [producer.pesantren.name, str(producer.pesantren.regency or "")]
            where = " · ".join(part for part in parts if part)
        for shrink in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
            name = paper.fitted(
                product.name, width=CARD, points=10 * shrink, least=10 * shrink, most_lines=3,
                bold=True, leading=1.15,
            )  # fmt: skip
            maker = paper.fitted(
                producer.name, width=CARD, points=7.6 * shrink, least=7.6 * shrink, most_lines=3
            )
            place = paper.fitted(
                where, width=CARD, points=7 * shrink, least=7 * shrink, most_lines=3
            )
            texts = (name, maker, place)
            is_whole = not any(text.lines and text.lines[-1].endswith("…") for text in texts)
            if is_whole and sum(text.height for text in texts) <= room:
                break
        return name, maker, place if where else None

    def _draw_description(self, product: Product, top: float, *, room: float) -> None:
        """As much of the description as there is room for."""
        points, leading = 6.8, 1.25
        most = int((room - 1) / (points * leading / mm))
        if most > 0 and product.description_text:
            text = self.paper.fitted(
                product.description_text, width=CARD, points=points, least=6.2, most_lines=most,
                leading=leading,
            )  # fmt: skip
            self.paper.write(0, top + 0.5, text)

    def _draw_pill_rows(self, rows: list[list[Pill]], top: float) -> None:
        for number, row in enumerate(rows):
            x = 0.0
            for pill in row:
                x += PILL_GAP + self.paper.pill(
                    x, top + number * PILL_ROW, pill.text,
                    points=PILL, fill=pill.fill, colour=pill.colour,
                )  # fmt: skip

    def _pill_rows(self, product: Product) -> list[list[Pill]]:
        """What vouches for it, in rows as wide as a card."""
        rows: list[list[Pill]] = []
        used = CARD
        for pill in pills_of(product):
            width = self.paper.width_of(pill.text, points=PILL, bold=True) + PILL * 0.4
            if used + width > CARD:
                rows.append([])
                used = 0.0
            rows[-1].append(pill)
            used += width + PILL_GAP
        return rows

    def _draw_price(self, product: Product) -> None:
        paper = self.paper
        offers = vars(product)["offers_here"]
        paper.rule(0, PRICE - 5.2, CARD)
        codes = list(dict.fromkeys(offer.stand.code for offer in offers))
        text = ", ".join(codes[:3]) + ("…" if len(codes) > 3 else "")
        stand = _("Stan %(code)s") % {"code": text} if codes else ""
        beside = paper.width_of(stand, points=7.5, bold=True)
        paper.text(
            CARD, PRICE - 0.6, stand, points=7.5, bold=True, colour=PINE_MIDDLE, align="right"
        )
        price = product.price_rupiah
        words = ""
        if offers:
            price = offers[0].price_rupiah
            words = _("mulai ") if offers[-1].price_rupiah != price else ""
        if price is not None:
            line = f"{words}{rupiah(price)} / {product.unit_text}"
            fitted = paper.fitted(line, width=CARD - beside - 2, points=9.5, least=5.5, bold=True)
            paper.text(
                0, PRICE - 0.6, fitted.lines[0], points=fitted.points, bold=True, colour=PINE
            )

    # --- index ------------------------------------------------------------------------------------

    def _note_maker(self, product: Product) -> None:
        producer = product.producer
        place = ""
        if producer.pesantren and producer.pesantren.name not in producer.name:
            place = producer.pesantren.name
        maker = self.makers.setdefault(producer.pk, Maker(producer.name, place))
        if self.page not in maker.pages:
            maker.pages.append(self.page)

    def draw_index(self) -> None:
        paper = self.paper
        wide = (A4.width - 2 * MARGIN - (INDEX_COLUMNS - 1) * GAP) / INDEX_COLUMNS
        column, top = INDEX_COLUMNS, INDEX_FOOT
        is_first = True
        for maker in sorted(self.makers.values(), key=lambda one: one.name.casefold()):
            pages = ", ".join(map(str, maker.pages))
            name = paper.fitted(
                maker.name, width=wide - paper.width_of(pages, points=8) - 3, points=8.5, least=6,
                most_lines=3, bold=True,
            )  # fmt: skip
            place = paper.fitted(maker.place, width=wide - 10, points=7, least=5, most_lines=3)
            height = name.height + (place.height if maker.place else 0) + 2.4
            if top + height > INDEX_FOOT:
                column, top = column + 1, HEAD
            if column >= INDEX_COLUMNS:
                self._turn()
                paper.mark(self._here, title=_("Pelaku usaha") if is_first else "")
                self._draw_head(_("Pelaku usaha"), PINE)
                is_first, column = False, 0
            x = MARGIN + column * (wide + GAP)
            below = paper.write(x, top, name, bold=True)
            paper.text(x + wide, top + 2.9, pages, points=8, colour=PINE_MIDDLE, align="right")
            if maker.place:
                paper.write(x, below, place, colour=INK_SOFT)
            paper.rule(x, top + height - 1, x + wide, thickness=0.15)
            top += height

    # --- every page -------------------------------------------------------------------------------

    @property
    def _here(self) -> str:
        return f"p{self.page}"

    def _turn(self) -> None:
        self.paper.next_page()
        self.page += 1
        paper, right = self.paper, A4.width - MARGIN
        paper.rule(MARGIN, 286, right, colour=SAND)
        paper.text(MARGIN, 291, self.cover.name, points=7.5, colour=INK_SOFT)
        paper.text(right, 291, str(self.page), points=9, bold=True, align="right")

    def _draw_head(self, title: str, tone: Color) -> None:
        self.paper.box(0, 0, A4.width, 24, fill=tone)
        self.paper.awning(0, 0, A4.width, height=5)
        self.paper.text(MARGIN, 18.5, title, points=20, bold=True, colour=WHITE)
