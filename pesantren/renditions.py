"""Photos in the sizes and formats that browsers choose from, made once and kept beside the photo.

Here stands which there are and what they are called; pesantren.photo_making makes them, and never
while a page is shown. Until they are there, a page shows the photo itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from django.db.models.fields.files import ImageFieldFile

WIDTHS = (320, 640, 960, 1280)
# In the order in which a browser is offered them.
OFFERED = ("avif", "webp")
# For browsers that know neither, which are few: one size.
FALLBACK = 640
# The box of a card, where the size of a photo is not known.
UNKNOWN_SIZE = (640, 480)


class PhotoRow(Protocol):
    """A row with a photo and what was made of it."""

    photo: Any
    photo_width: int
    photo_height: int
    photo_made_for: str


@dataclass(frozen=True)
class Source:
    """One format, and where it is in which widths."""

    mime: str
    srcset: str


@dataclass(frozen=True)
class Picture:
    """All that a page says of a photo. `small` and `large` are for those that take one address."""

    sources: tuple[Source, ...]
    src: str
    width: int
    height: int
    small: str
    large: str

    @property
    def is_upright(self) -> bool:
        """Whether it is higher than wide."""
        return self.height > self.width


def picture_of(row: PhotoRow) -> Picture | None:
    """The row's photo as a page shows it; None without one. Asks neither database nor storage."""
    photo: ImageFieldFile = row.photo
    name = photo.name
    if not name:
        return None
    address = photo.url
    if row.photo_made_for != name or not row.photo_width:
        return Picture((), address, *UNKNOWN_SIZE, small=address, large=address)
    where = photo.storage.url
    sizes = slots(row.photo_width)
    names = {
        ending: [(rendition_name(name, slot, ending), width) for slot, width in sizes]
        for ending in OFFERED
    }
    if keeps_own_size(name, row.photo_width):
        names["webp"][-1] = (name, row.photo_width)
    sources = tuple(
        Source(f"image/{ending}", ", ".join(f"{where(one)} {width}w" for one, width in there))
        for ending, there in names.items()
    )
    fallback = max(slot for slot, _width in sizes if slot <= FALLBACK)
    return Picture(
        sources,
        where(rendition_name(name, fallback, "jpg")),
        row.photo_width,
        row.photo_height,
        small=where(names["webp"][0][0]),
        large=address,
    )


def slots(width: int) -> list[tuple[int, int]]:
    """The sizes made of a photo of that width, as (the size it stands for, its true width)."""
    found = [(slot, slot) for slot in WIDTHS if slot < width]
    if width <= WIDTHS[-1]:
        found.append((min(slot for slot in WIDTHS if slot >= width), width))
    return found


def keeps_own_size(name: str, width: int) -> bool:
    """Whether the photo itself is its largest WebP, so that it need not be made again."""
    return name.endswith(".webp") and width <= WIDTHS[-1]


def rendition_name(name: str, slot: int, ending: str) -> str:
    """Where a rendition is kept. A photo that is replaced gets another name, and so do these."""
    return str(PurePosixPath(name).with_suffix(f".{slot}.{ending}"))
