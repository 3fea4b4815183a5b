"""Pictures drawn for products that have no photo: a series of posters, one colour a category."""

from __future__ import annotations

import hashlib
import io
import math
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.db.models import Q
from PIL import ImageDraw, ImageFont

from pesantren import motifs, motifs_food, motifs_plants
from pesantren.models import Product
from pesantren.picture_sheet import FLOOR, HEIGHT, MIDDLE, SCALE, WIDTH, Palette, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image
    from PIL.ImageFont import FreeTypeFont

    from pesantren.models import ProductQuerySet
    from pesantren.picture_sheet import Colour

    Motif = Callable[[Sheet, Palette], None]

# Raise it when the drawing changes: stored pictures are then drawn anew at the next load.
SERIES = 2

MAX_BYTES = 30_000

CREAM = (251, 245, 233)
TURMERIC = (232, 154, 28)
PALE_TURMERIC = (247, 199, 102)

# As --cat-* in static/css/tokens.css.
COLOURS: dict[str, Colour] = {
    "food": (181, 67, 42),
    "beverage": (138, 75, 33),
    "herbal": (77, 122, 42),
    "agriculture": (27, 107, 80),
    "fashion": (107, 58, 117),
    "craft": (154, 98, 0),
    "household": (31, 100, 128),
    "service": (63, 90, 140),
    "other": (91, 99, 96),
}

# A full sun would be too close to these.
_NEAR_TURMERIC = {"food", "beverage", "craft"}

MOTIFS: dict[str, Motif] = {
    "food": motifs_food.besek,
    "beverage": motifs_food.cup,
    "herbal": motifs_plants.sprig,
    "agriculture": motifs_plants.ears,
    "fashion": motifs.batik,
    "craft": motifs.bag,
    "household": motifs.soap,
    "service": motifs.shop,
    "other": motifs.star,
}

# A word of the name, or two together, that says more than the category does.
MOTIFS_BY_WORD: dict[str, Motif] = {
    "air": motifs_food.bottle,
    "air kelapa": motifs_food.coconut_water,
    "anggrek": motifs_plants.orchid,
    "baju": motifs.shirt,
    "bakery": motifs_food.loaf,
    "bakso": motifs_food.bowl,
    "bandeng": motifs_food.fish,
    "batik": motifs.batik,
    "beras": motifs_plants.ears,
    "buah": motifs_plants.fruit,
    "buku": motifs.book,
    "buku tulis": motifs.notebook,
    "bunga": motifs_plants.blossom,
    "cabai": motifs_food.chillies,
    "cabe": motifs_food.chillies,
    "cokelat": motifs_food.bar,
    "coklat": motifs_food.bar,
    "cuci": motifs.washer,
    "degan": motifs_food.coconut,
    "gantungan": motifs.keyring,
    "garam": motifs_food.salt,
    "gedang": motifs_food.bananas,
    "hijab": motifs.veil,
    "ikan": motifs_food.fish,
    "jagung": motifs_plants.cob,
    "jahe": motifs_food.ginger,
    "janggel": motifs_plants.cob,
    "jus": motifs_food.juice,
    "jus mengkudu": motifs_food.noni,
    "kacang": motifs_food.peanuts,
    "kaos": motifs.tshirt,
    "kapal": motifs.boat,
    "kaus": motifs.tshirt,
    "keju": motifs_food.cheese,
    "kelapa": motifs_food.coconut,
    "keripik": motifs_food.crisps,
    "keripik pisang": motifs_food.bananas,
    "kerudung": motifs.veil,
    "kerupuk": motifs_food.crisps,
    "kitab": motifs.book,
    "kompos": motifs_plants.sack,
    "kopi": motifs_food.cup,
    "kopiah": motifs.songkok,
    "kripang": motifs_food.crisps,
    "kripik": motifs_food.crisps,
    "kue": motifs_food.layers,
    "kursi": motifs.chair,
    "lamuru": motifs_food.fish,
    "laundry": motifs.washer,
    "lele": motifs_food.fish,
    "madu": motifs_food.honeycomb,
    "melon": motifs_plants.melon,
    "mengkudu": motifs_food.noni,
    "nugget": motifs_food.nuggets,
    "opak": motifs_food.crisps,
    "padi": motifs_plants.ears,
    "perahu": motifs.boat,
    "percetakan": motifs.press,
    "pisang": motifs_food.bananas,
    "pulpen": motifs.notebook,
    "pupuk": motifs_plants.sack,
    "rengginang": motifs_food.crisps,
    "roti": motifs_food.loaf,
    "sambal": motifs_food.sauce,
    "sandal": motifs.sandals,
    "sarung": motifs.sarung,
    "saus": motifs_food.sauce,
    "seragam": motifs.shirt,
    "sirup": motifs_food.syrup,
    "songkok": motifs.songkok,
    "songkok lukis": motifs.painted_songkok,
    "tahu": motifs_food.tofu,
    "tape": motifs_food.besek,
    "tas batok": motifs.shell_bag,
    "teh": motifs_food.teapot,
    "tempe": motifs_food.tofu,
    "teri": motifs_food.fish,
    "wedang": motifs_food.ginger,
}

_FONT = Path(settings.BASE_DIR, "static", "fonts", "plus-jakarta-sans-latin-wght-normal.woff2")
_BOLD = 750


def draw_product_picture(*, name: str, category_slug: str) -> bytes:
    """A WebP picture of 960 × 720 with the product's name, the same for the same arguments."""
    sheet = _scene(name, category_slug)
    _set_name(sheet, name)
    return _encoded(sheet.finished())


def draw_scene(*, name: str, category_slug: str) -> Image.Image:
    """The same picture without the name, for where the name stands beside it."""
    return _scene(name, category_slug).finished()


def _scene(name: str, category_slug: str) -> Sheet:
    seed = hashlib.sha256(f"{category_slug}|{name}".encode()).digest()
    palette = _palette(category_slug, seed[0])
    sheet = Sheet(palette.field)
    _BACKDROPS[seed[1] % len(_BACKDROPS)](sheet, palette)
    sheet.block(0, FLOOR, WIDTH, HEIGHT, palette.deep)
    _border(sheet, palette, seed[2])
    motif_for(name, category_slug)(sheet, palette)
    return sheet


def motif_for(name: str, category_slug: str) -> Motif:
    """The motif of the first words of the name that have one, else that of the category."""
    words = name.lower().replace("-", " ").split()
    pairs = (f"{one} {other}" for one, other in pairwise(words))
    for word in (*pairs, *words):
        if word in MOTIFS_BY_WORD:
            return MOTIFS_BY_WORD[word]
    return MOTIFS.get(category_slug, motifs.star)


def draw_missing_pictures(products: ProductQuerySet) -> int:
    """Draw a picture for each product that has no photo, and say how many were drawn.

    A drawn picture stays as long as name, category and series are the same. The file is named by
    what is on it, so it never has to be overwritten, and one left over from a load that failed is
    simply used by the next.
    """
    drawn = 0
    waiting = products.filter(Q(photo="") | Q(photo_is_drawn=True)).select_related("category")
    for product in waiting:
        storage, name = product.photo.storage, _file_name(product)
        if product.photo.name == name and storage.exists(name):
            continue
        if not storage.exists(name):
            content = draw_product_picture(name=product.name, category_slug=product.category.slug)
            storage.save(name, ContentFile(content))
        # A photo that was uploaded in the meantime stays.
        Product.objects.filter(pk=product.pk, photo=product.photo.name).update(
            photo=name, photo_is_drawn=True
        )
        drawn += 1
    return drawn


def _file_name(product: Product) -> str:
    content = f"{SERIES}|{product.category.slug}|{product.name}"
    digest = hashlib.sha256(content.encode()).hexdigest()[:10]
    return f"products/{product.slug}-{digest}.webp"


def _palette(category_slug: str, seed: int) -> Palette:
    field = COLOURS.get(category_slug, COLOURS["other"])
    suns = [PALE_TURMERIC, _mixed(field, CREAM, 0.32)]
    if category_slug not in _NEAR_TURMERIC:
        suns.append(TURMERIC)
    sun = suns[seed % len(suns)]
    return Palette(
        field=field,
        deep=_mixed(field, (16, 20, 18), 0.56),
        tint=_mixed(field, CREAM, 0.14),
        sun=sun,
        light=CREAM,
        warm=TURMERIC if sun != TURMERIC else _mixed(field, CREAM, 0.36),
    )


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _encoded(picture: Image.Image) -> bytes:
    """As WebP, a fine pattern at a lower quality: no picture is heavy on the hall's network."""
    for quality in (80, 66, 50):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()


# --- backdrops ------------------------------------------------------------------------------------


def _sun(sheet: Sheet, p: Palette) -> None:
    sheet.disc(MIDDLE, 300, 330, p.tint)
    sheet.disc(MIDDLE, 300, 262, p.sun)


def _rays(sheet: Sheet, p: Palette) -> None:
    for i in range(0, 36, 2):
        a, b = math.radians(180 + 5 * i), math.radians(185 + 5 * i)
        far = 900.0
        sheet.polygon(
            [
                (MIDDLE, FLOOR),
                (MIDDLE + far * math.cos(a), FLOOR + far * math.sin(a)),
                (MIDDLE + far * math.cos(b), FLOOR + far * math.sin(b)),
            ],
            p.tint,
        )
    sheet.slice(MIDDLE, FLOOR, 330, 330, 180, 360, p.sun)


def _arch(sheet: Sheet, p: Palette) -> None:
    """The pointed niche of a mosque."""
    for half, top, colour in ((340, -60, p.tint), (284, 12, p.sun)):
        spring = 300.0
        left = [
            (MIDDLE - half * math.cos(t) ** 1.35, spring - (spring - top) * math.sin(t) ** 1.15)
            for t in (math.pi / 2 * i / 30 for i in range(31))
        ]
        right = [(2 * MIDDLE - x, y) for x, y in reversed(left)]
        sheet.polygon([(MIDDLE - half, FLOOR), *left, *right, (MIDDLE + half, FLOOR)], colour)


_BACKDROPS = (_sun, _rays, _arch)


def _border(sheet: Sheet, p: Palette, seed: int) -> None:
    """A strip as at the hem of a batik, along the edge of the table."""
    step = 40
    for i in range(WIDTH // step):
        x, y = i * step + step / 2, FLOOR + 17
        if seed % 3 == 0:
            sheet.polygon([(x - 18, y + 15), (x, y - 13), (x + 18, y + 15)], p.field)
        elif seed % 3 == 1:
            for angle in (0, 90, 180, 270):
                sheet.leaf(x, y, 17, 11, angle, p.field)
        else:
            sheet.polygon([(x - 14, y), (x, y - 14), (x + 14, y), (x, y + 14)], p.field)
            sheet.disc(x + step / 2, y, 4, p.field)


# --- the name -------------------------------------------------------------------------------------


def _set_name(sheet: Sheet, name: str) -> None:
    """In the middle of the table, as large as two lines allow."""
    size, lines = _fitted(name)
    font, leading = _font(size), size * 1.16
    draw = ImageDraw.Draw(sheet.image)
    top = (FLOOR + 34 + HEIGHT) / 2 - leading * (len(lines) - 1) / 2
    for i, line in enumerate(lines):
        at = (MIDDLE * SCALE, (top + leading * i) * SCALE)
        draw.text(at, line, font=font, fill=CREAM, anchor="mm")


def _fitted(name: str) -> tuple[int, list[str]]:
    """The largest size at which the name fits, and its lines there."""
    # A tile may show the middle square only: the name stays within it.
    widest, sizes = 690 * SCALE, range(84, 35, -4)
    for size in sizes:
        lines = _lines(name, _font(size), widest)
        if len(lines) <= (1 if size > 68 else 2):
            return size, lines
    return sizes[-1], [*lines[:1], f"{lines[1][:28]}…"]


def _lines(name: str, font: FreeTypeFont, widest: float) -> list[str]:
    """Broken at spaces, the lines as even as they can be."""
    words = name.split()
    if font.getlength(name) <= widest or len(words) == 1:
        return [name] if font.getlength(name) <= widest else [name, "", ""]
    breaks = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    best = min(breaks, key=lambda pair: max(map(font.getlength, pair)))
    fits = max(map(font.getlength, best)) <= widest
    return list(best) if fits else [*best, ""]


@lru_cache(maxsize=16)
def _font(size: int) -> FreeTypeFont:
    font = ImageFont.truetype(_FONT, size * SCALE)
    font.set_variation_by_axes([_BOLD])
    return font
