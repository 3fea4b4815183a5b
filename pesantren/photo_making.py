"""Making what pages and print show of a photo, and removing it with the photo.

It takes about a second a photo, so it happens behind the end of a transaction: when a photo was
saved in the admin, in the slices of an import, or by `manage.py make_renditions`.
"""

from __future__ import annotations

import io
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from PIL import Image

from pesantren.models import KeptPhoto, Photo, Product
from pesantren.photos import decoded
from pesantren.print_photos import kept_name, print_photo
from pesantren.renditions import FALLBACK, OFFERED, WIDTHS, keeps_own_size, rendition_name, slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    WithPhoto: TypeAlias = Product | Photo

WITH_PHOTO: tuple[type[Any], ...] = (Product, Photo)
# AVIF's own threads would make it no quicker beside the tills, and take the memory several times.
OPTIONS: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 55, "speed": 8, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 76, "method": 4},
    "jpg": {"format": "JPEG", "quality": 78, "optimize": True, "progressive": True},
}


def make_renditions(row: WithPhoto, *, anew: bool = False) -> bool:
    """Make what is not there of the row's photo, and note it; False for a photo nobody can read.

    Takes about a second, and so belongs behind the end of a transaction. A photo that is replaced
    meanwhile leaves nothing behind.
    """
    name = row.photo.name
    try:
        with row.photo.storage.open(name) as file:
            picture = decoded(file)
    except (OSError, ValidationError):
        # Noted as well, so that it is not tried again and again.
        _note(row, name, (0, 0))
        return False
    size = picture.size
    flat = _on_white(picture)
    picture = picture.convert("RGBA" if flat is not picture else "RGB")
    for file_name, width, ending in _wanted(name, picture.width):
        if anew or not row.photo.storage.exists(file_name):
            ground = flat if ending == "jpg" else picture
            _keep(row, file_name, _encoded(ground, width, ending))
    if not _note(row, name, size):
        drop_photos([name])
    return True


def _wanted(name: str, width: int) -> Iterator[tuple[str, int, str]]:
    """What is to be made: the name of the file, its width and its format."""
    sizes = slots(width)
    for ending in OFFERED:
        for slot, true_width in sizes:
            is_itself = true_width == width and keeps_own_size(name, width)
            if not (ending == "webp" and is_itself):
                yield rendition_name(name, slot, ending), true_width, ending
    slot, true_width = [one for one in sizes if one[0] <= FALLBACK][-1]
    yield rendition_name(name, slot, "jpg"), true_width, "jpg"


def all_names(name: str) -> list[str]:
    """Everything that may have been made of a photo, the picture for print included."""
    made = [rendition_name(name, slot, ending) for slot in WIDTHS for ending in OFFERED]
    fallbacks = [rendition_name(name, slot, "jpg") for slot in WIDTHS if slot <= FALLBACK]
    return [*made, *fallbacks, kept_name(name)]


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.mode and "transparency" not in picture.info:
        return picture.convert("RGB") if picture.mode != "RGB" else picture
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def _encoded(picture: Image.Image, width: int, ending: str) -> bytes:
    if width < picture.width:
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)
    out = io.BytesIO()
    picture.save(out, **OPTIONS[ending])
    return out.getvalue()


def _keep(row: WithPhoto, name: str, content: bytes) -> None:
    storage = row.photo.storage
    if storage.exists(name):
        storage.delete(name)
    storage.save(name, ContentFile(content))


def _note(row: WithPhoto, name: str, size: tuple[int, int]) -> bool:
    """Note of the row that its photo has been seen to, if it still has that photo."""
    row.photo_made_for, (row.photo_width, row.photo_height) = name, size
    here = type(row)._default_manager.filter(pk=row.pk, photo=name)
    return bool(
        here.update(photo_made_for=name, photo_width=size[0], photo_height=size[1]) or here.exists()
    )


def without_renditions() -> list[QuerySet[Any]]:
    """All rows with a photo that nobody has seen to."""
    return [
        model._default_manager.exclude(photo="").exclude(photo_made_for=F("photo"))
        for model in WITH_PHOTO
    ]


def count_missing() -> int:
    """How many photos nobody has seen to."""
    return sum(rows.count() for rows in without_renditions())


def make_missing(*, until: float | None = None, anew: bool = False) -> tuple[int, list[str]]:
    """Make what is missing, at most until that moment of time.monotonic().

    Answers how many photos were seen to, and the names of those that nobody can read.
    """
    done, unread = 0, []
    every = [model._default_manager.exclude(photo="") for model in WITH_PHOTO]
    for rows in every if anew else without_renditions():
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
            row = rows.filter(pk=pk).first()
            if row is None:
                continue  # another worker was here
            done += 1
            if not see_to_photo(row, anew=anew):
                unread.append(row.photo.name)
            if until is not None and time.monotonic() > until:
                return done, unread
    return done, unread


def see_to_photo(row: WithPhoto, *, anew: bool = False) -> bool:
    """Make all that is kept of a photo: for pages, and of a product's own photo for print."""
    is_read = make_renditions(row, anew=anew)
    if is_read and isinstance(row, Product):
        print_photo(row)
    return is_read


def photo_was_saved(row: WithPhoto, *, old_name: str) -> None:
    """After the commit make what pages need of the new photo, and remove what was of the old."""
    if row.photo:
        transaction.on_commit(partial(see_to_photo, row), robust=True)
    photo_went(old_name)


def photo_went(name: str) -> None:
    """After the commit remove a photo and all that was made of it."""
    if name:
        transaction.on_commit(partial(drop_photos, [name]), robust=True)


def drop_photos(names: Iterable[str]) -> None:
    """Remove those photos that no row and no closed edition has, and what was made of them."""
    wanted = set(names)
    wanted -= set(KeptPhoto.objects.filter(name__in=wanted).values_list("name", flat=True))
    for model in WITH_PHOTO:
        there = model._default_manager.filter(photo__in=wanted)
        wanted -= set(there.values_list("photo", flat=True))
    for name in wanted:
        for file_name in (name, *all_names(name)):
            default_storage.delete(file_name)
