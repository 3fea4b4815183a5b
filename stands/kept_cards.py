"""Cards are kept ready one by one, so that a list under a new address only puts them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from stands.catalogue_version import SECONDS
from stands.release import release

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from django.db.models import Model

    from stands.models import Expo


def kept_cards(
    expo: Expo,
    template: str,
    name: str,
    keys: Sequence[int],
    read: Callable[[Sequence[int]], Iterable[Model]],
    *,
    day: dt.date,
) -> dict[int, SafeString]:
    """The cards of these rows by key; `read` gets the rows of those that are not ready.

    A card shows its row, called `name` in the template, and the edition: the same to everybody, on
    that day and in this language. It is kept under the catalogue version, if the edition has it.
    """
    cards = caches["cards"]
    version = expo.catalogue_version
    prefix = f"{template}:{release()}:{expo.pk}:{version}:{get_language()}:{day}:"
    names = {f"{prefix}{key}": key for key in keys}
    found: dict[str, str] = cards.get_many(names) if version is not None else {}
    html = {names[place]: text for place, text in found.items()}
    missing = [key for key in keys if key not in html]
    if missing:
        made = {
            row.pk: str(render_to_string(template, {"expo": expo, name: row}))
            for row in read(missing)
        }
        if version is not None:
            cards.set_many({f"{prefix}{key}": text for key, text in made.items()}, SECONDS)
        html |= made
    # Escaped by the template that made them.
    return {key: mark_safe(html[key]) for key in keys if key in html}  # noqa: S308
