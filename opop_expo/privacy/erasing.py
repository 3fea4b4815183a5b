"""Erasing a person: rows of their own are emptied, and where others mention them a word stays.

In one transaction. Each place is noted first, without what stood there: the triggers of what never
changes ask for it (events.append_only, stands.closed_triggers), and after a restore the same is
erased again by it (opop_expo.privacy.replaying).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db import DataError, IntegrityError, connection, transaction

from events.erasing import ERASED, erased_text
from events.log import log_event, note_erasure, permit_erasure
from events.models import Erasure, Event
from opop_expo.privacy.emptying import EMPTY, emptied_with, neutral_name
from opop_expo.privacy.erasures_file import append_to_file
from opop_expo.privacy.finding import find, with_accounts
from opop_expo.privacy.register import How
from opop_expo.privacy.terms import Replaced, replace_words
from stands import search_index, search_triggers

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.contrib.auth.models import AbstractBaseUser
    from django.db import models

    from opop_expo.privacy.finding import Found
    from opop_expo.privacy.terms import Terms


@dataclass(frozen=True)
class Erased:
    """What was done, by table."""

    rows: int
    counts: dict[str, int]


def erase_person(
    terms: Terms, keys: Collection[str], *, request: UUID, actor: AbstractBaseUser
) -> Erased:
    """Erase what was chosen of what is found by these terms; again, it finds nothing more.

    The log says who did it and in how many rows of which tables, never whose.
    """
    with transaction.atomic():
        if Erasure.objects.filter(request=request).exists():
            return Erased(0, {})
        terms = with_accounts(terms)
        chosen = [one for one in find(terms) if one.key in keys and one.is_erasable]
        # What mentions them first: emptying a row takes along what hangs on it.
        for found in sorted(chosen, key=lambda one: one.is_own):
            _erase(found, terms, request)
        counts = Counter(found.row._meta.label for found in chosen)
        if chosen:
            log_event(
                Event.Kind.PERSON_ERASED,
                str(request)[:8],
                actor=actor,
                data={"request": str(request), "counts": dict(sorted(counts.items()))},
            )
        transaction.on_commit(lambda: _after(request), robust=True)
    return Erased(len(chosen), dict(counts))


def _erase(found: Found, terms: Terms, request: UUID) -> None:
    for said in found.goes:
        if said.how is How.SEALED:
            seal_text(found.row, said.name, request)
        elif said.how is How.WORDS:
            replaced = replace_words(getattr(found.row, said.name), terms)
            if replaced.spans:
                write_text(found.row, said.name, replaced, request)
    if found.is_own:
        empty_row(found.row, request)


def empty_row(row: models.Model, request: UUID) -> None:
    """Empty a row that is about one person, and note it with all that is emptied with it."""
    for one in emptied_with(row):
        if not Erasure.objects.of_whole_row(one, request).exists():
            note_erasure(one, request=request)
    EMPTY[row._meta.label](row)


def seal_text(row: models.Model, name: str, request: UUID) -> None:
    """Let a text of the books make room for its seal."""
    text = erased_text(row.previous_hash, name, getattr(row, name))  # type: ignore[attr-defined]
    write_text(row, name, Replaced(text), request)


def write_text(row: models.Model, name: str, replaced: Replaced, request: UUID) -> None:
    """Write what is left of a text, once it is noted where something is erased."""
    value = replaced.value
    where: dict[str, Any] = {"spans": replaced.spans, "left": replaced.left}
    longest = getattr(row._meta.get_field(name), "max_length", None)
    if isinstance(value, str) and longest and len(value) > longest:
        value = ERASED
    here = type(row)._base_manager.filter(pk=row.pk)
    with permit_erasure(row, request=request, part=name, **where):
        try:
            with transaction.atomic():
                here.update(**{name: value})
        except (IntegrityError, DataError):
            # A name that no two rows may have, or a text that now says too little.
            here.update(**{name: neutral_name(row)})


def _after(request: UUID) -> None:
    """The list beside the backups, and nothing that was made of it may stay: search, kept pages."""
    # First, since it is what a restore knows them by.
    append_to_file(Erasure.objects.filter(request=request))
    forget_what_was_made()


def forget_what_was_made() -> None:
    """Bring the search up to date, and let all kept pages and cards go."""
    search_index.refresh()
    search_triggers.forget_words(connection)
    for cache in caches.all(initialized_only=False):
        cache.clear()
