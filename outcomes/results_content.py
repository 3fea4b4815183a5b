"""What an edition publishes as its results: figures with their sources, as values and as JSON.

Everything that shows results is made from this: page, print, JSON, CSV and the words for the press.
The JSON has one spelling only, since its hash is frozen; its keys belong to no language, and what
has a name in the data carries it in both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from pesantren.models import in_reader_language

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

# Of the JSON. What was frozen in an older format must be readable for ever.
FORMAT = 1

# How a value is shown.
NUMBER, RUPIAH = "number", "rupiah"
# What is said where there is no value: nobody says it anywhere, it is known to exist and its amount
# is not, or a total is known and not how it was split.
UNKNOWN, UNSIZED, UNSPLIT = "unknown", "unsized", "unsplit"
# Who says it.
COUNTED, REPORTED, ORGANISER = "counted", "reported", "organiser"


@dataclass(frozen=True)
class Words:
    """A name or a sentence of the data, in both languages as far as there are both."""

    id: str
    en: str = ""

    def __str__(self) -> str:
        return in_reader_language(self.id, self.en)

    def __bool__(self) -> bool:
        return bool(self.id)


@dataclass(frozen=True)
class Source:
    """Where a figure comes from: counted here by a query, or said by somebody somewhere."""

    basis: str
    said_by: str = ""
    # Where it is called otherwise in English.
    said_by_en: str = ""
    addresses: tuple[str, ...] = ()
    # ISO dates.
    said_on: str = ""
    # The key of what was counted, in outcomes.results_words.QUERIES; it was counted at `read_at`.
    query: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure or statement, what it was summed from, and what others say of the same.

    `key` is unique among its neighbours and stays the same from version to version. A figure
    without sources of its own has those of the figure that it is a part of.
    """

    key: str
    value: int | None = None
    form: str = NUMBER
    # Of a key that the code knows there is none; see outcomes.results_words.LABELS.
    name: Words | None = None
    unit: Words | None = None
    text: Words | None = None
    detail: Words | None = None
    # Why there is no value, where that has to be said.
    missing: str = ""
    marks: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    parts: tuple[Figure, ...] = ()
    others: tuple[Figure, ...] = ()

    def part(self, key: str) -> Figure | None:
        """The part of that key."""
        return next((one for one in self.parts if one.key == key), None)


@dataclass(frozen=True)
class Section:
    """Figures that belong together."""

    key: str
    figures: tuple[Figure, ...] = ()

    def figure(self, key: str) -> Figure | None:
        """The figure of that key."""
        return next((one for one in self.figures if one.key == key), None)


@dataclass(frozen=True)
class Results:
    """All that an edition publishes, as it was at `read_at`, an instant in ISO form."""

    read_at: str
    edition: str
    name: str
    theme: str
    venue: str
    city: str
    # ISO dates.
    days: tuple[str, ...]
    is_example: bool = False
    introduction: Words | None = None
    sections: tuple[Section, ...] = ()

    def section(self, key: str) -> Section | None:
        """The section of that key."""
        return next((one for one in self.sections if one.key == key), None)

    def figure(self, section: str, key: str) -> Figure | None:
        """A figure by its section and key."""
        found = self.section(section)
        return found.figure(key) if found else None

    def value(self, section: str, key: str) -> int | None:
        """The value of a figure; None where there is none."""
        figure = self.figure(section, key)
        return figure.value if figure else None


# --- as JSON ------------------------------------------------------------------------------------


def as_text(results: Results) -> str:
    """The one spelling of these results, which is hashed and kept."""
    return canonical({"format": FORMAT, **_plain(results)})


def canonical(content: dict[str, Any]) -> str:
    """JSON with sorted keys and no white space."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_text(text: str) -> Results:
    """What `as_text` wrote."""
    content = json.loads(text)
    if content.pop("format") != FORMAT:
        raise ValueError("results of a format that is not known")
    return Results(
        **{
            **content,
            "days": tuple(content["days"]),
            "introduction": _words(content.get("introduction")),
            "sections": tuple(
                Section(one["key"], tuple(map(_figure, one.get("figures", ()))))
                for one in content.get("sections", ())
            ),
        }
    )


def _plain(value: Any) -> Any:
    """A value in lists and dictionaries. What is empty and is so by default is left out."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not hasattr(value, "__dataclass_fields__"):
        return value
    return {
        one.name: _plain(content)
        for one in fields(value)
        if (content := getattr(value, one.name)) != one.default
    }


def _figure(content: dict[str, Any]) -> Figure:
    return Figure(
        **{
            **content,
            **{name: _words(content.get(name)) for name in ("name", "unit", "text", "detail")},
            "marks": tuple(content.get("marks", ())),
            "sources": tuple(
                Source(**{**one, "addresses": tuple(one.get("addresses", ()))})
                for one in content.get("sources", ())
            ),
            "parts": tuple(map(_figure, content.get("parts", ()))),
            "others": tuple(map(_figure, content.get("others", ()))),
        }
    )


def _words(content: dict[str, str] | None) -> Words | None:
    return None if content is None else Words(**content)


# --- what changed -------------------------------------------------------------------------------

PUBLISHED, PART, OTHER = "published", "part", "other"


@dataclass(frozen=True)
class Place:
    """A figure where it stands: its section, the figures above it, and as what it stands there."""

    section: str
    trail: tuple[Figure, ...]
    figure: Figure
    # The figure itself, a part of one, or what somebody else says of it.
    role: str
    # Those of its own, or else those of what it is a part of.
    sources: tuple[Source, ...]

    @property
    def path(self) -> str:
        """What tells it from all others: `sales.sales.2026-11-25`."""
        return ".".join([self.section, *(one.key for one in self.trail), self.figure.key])


def places(results: Results) -> Iterator[Place]:
    """Every figure, part and other claim, each before what it is made of."""
    for section in results.sections:
        for figure in section.figures:
            yield from _places(section.key, (), figure, PUBLISHED, ())


def _places(
    section: str,
    trail: tuple[Figure, ...],
    figure: Figure,
    role: str,
    above: tuple[Source, ...],
) -> Iterator[Place]:
    sources = figure.sources or above
    yield Place(section, trail, figure, role, sources)
    for part in figure.parts:
        under = role if role == OTHER else PART
        yield from _places(section, (*trail, figure), part, under, sources)
    for other in figure.others:
        yield from _places(section, (*trail, figure), other, OTHER, ())


@dataclass(frozen=True)
class Change:
    """A figure that is not what it was; None where it was not there, or is no more."""

    place: Place
    before: Figure | None
    after: Figure | None


def changes(before: Results, after: Results) -> list[Change]:
    """What is not the same, in the order of the page; of what came or went only the top."""
    old = {one.path: one for one in places(before)}
    new = {one.path: one for one in places(after)}
    found = []
    for path, place in {**old, **new}.items():
        was, now = old.get(path), new.get(path)
        if was is None or now is None:
            above = path.rpartition(".")[0]
            if place.trail and (above not in old or above not in new):
                continue
        elif _said(was.figure) == _said(now.figure):
            continue
        found.append(Change(place, was.figure if was else None, now.figure if now else None))
    order = {path: index for index, path in enumerate([*new, *old])}
    return sorted(found, key=lambda one: order[one.place.path])


def _said(figure: Figure) -> tuple[Any, ...]:
    """What a reader reads of a figure itself."""
    return (
        *(figure.value, figure.form, figure.name, figure.unit, figure.text, figure.detail),
        *(figure.missing, figure.marks, figure.sources),
    )
