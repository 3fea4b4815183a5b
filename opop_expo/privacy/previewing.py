"""What erasing would do to each row, said before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from opop_expo.privacy.register import How
from opop_expo.privacy.terms import replace_words, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opop_expo.privacy.finding import Found, Said
    from opop_expo.privacy.terms import Terms

LONGEST = 200


@dataclass(frozen=True)
class Change:
    """A field as it is, and as it would be; `stays` says why it does not change."""

    label: str
    before: str
    after: str = ""
    stays: str = ""


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row."""

    found: Found
    changes: tuple[Change, ...]


def outcomes(chosen: Iterable[Found], terms: Terms) -> list[Outcome]:
    """What becomes of each."""
    return [
        Outcome(found, tuple(_change(found, said, terms) for said in found.said))
        for found in chosen
    ]


def _change(found: Found, said: Said, terms: Terms) -> Change:
    before = shown(said, terms)
    if said.how is How.KEPT:
        return Change(said.label, before, stays=str(found.table.kept_because))
    if said.how is How.ROW:
        return Change(said.label, before, _("(dikosongkan)"))
    if said.how is How.SEALED:
        return Change(said.label, before, _("[dihapus], dengan sidiknya: buku tetap utuh"))
    after = " … ".join(_mentions(replace_words(said.value, terms).value, said, terms))
    return Change(said.label, before, after)


def shown(said: Said, terms: Terms, *, longest: int | None = LONGEST) -> str:
    """A value for a reader: of a group of values only those that mention the person."""
    if isinstance(said.value, str):
        return said.value[:longest]
    named = [text for _path, text in texts_of(said.value) if terms.exact.search(text)]
    return " … ".join(named)[:longest]


def _mentions(after: object, said: Said, terms: Terms) -> Iterator[str]:
    """Of what is left, the texts that mentioned them before."""
    left = dict(texts_of(after))
    for path, text in texts_of(said.value):
        if terms.exact.search(text):
            yield left[path][:LONGEST]
