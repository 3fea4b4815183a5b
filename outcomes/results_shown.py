"""Results in the reader's language: what the page, the CSV file and the list of changes show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from outcomes import counting
from outcomes.results_content import COUNTED, RUPIAH, Change, Figure, Results, Source, Words
from outcomes.results_words import MISSING, SECTIONS, label_of, mark_words, query_words
from pesantren.models import in_reader_language
from pesantren.money import rupiah, thousands
from stands.clock import WIB

if TYPE_CHECKING:
    from collections.abc import Iterable


LONG = 14


@dataclass(frozen=True)
class Reference:
    """A source, with the number under which the page lists it."""

    number: int
    source: Source
    read_at: str

    @property
    def is_counted(self) -> bool:
        """Whether this system counted it."""
        return self.source.basis == COUNTED

    @property
    def who(self) -> str:
        """Who says it, as short as a figure needs it."""
        if self.is_counted:
            return _("dihitung sistem ini")
        who = in_reader_language(self.source.said_by, self.source.said_by_en)
        return who or ", ".join(map(site_of, self.source.addresses))

    @property
    def is_named(self) -> bool:
        """Whether it is known who says it, and not only where it stands."""
        return bool(self.source.said_by)

    @property
    def when(self) -> str:
        """The day on which it was said, where that is known."""
        said_on = self.source.said_on
        return date_format(dt.date.fromisoformat(said_on), "j F Y") if said_on else ""

    @property
    def query(self) -> str:
        """What was counted, in words."""
        return query_words(self.source.query)

    @property
    def links(self) -> list[tuple[str, str]]:
        """The addresses, each with its site."""
        return [(one, site_of(one)) for one in self.source.addresses]


@dataclass
class References:
    """The sources of a page, numbered as they come up."""

    read_at: str
    known: dict[Source, Reference] = field(default_factory=dict)

    def of(self, sources: Iterable[Source]) -> list[Reference]:
        """The references of these sources."""
        return [
            self.known.setdefault(one, Reference(len(self.known) + 1, one, self.read_at))
            for one in sources
        ]


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it."""

    figure: Figure
    path: str
    label: str
    # Written out, `Rp 4.344.800.000`; empty where there is none.
    value: str
    references: list[Reference]
    parts: list[Shown]
    others: list[Shown]

    @property
    def key(self) -> str:
        """Its key."""
        return self.figure.key

    @property
    def number(self) -> int:
        """Its value for charts and sums; nought where there is none."""
        return self.figure.value or 0

    @property
    def unit(self) -> str:
        """What is counted."""
        if self.figure.unit or self.figure.form == RUPIAH or self.figure.value is None:
            return str(self.figure.unit or "")
        queries = [counting.QUERIES.get(one.query) for one in self.figure.sources]
        return next((one.unit_of(self.figure.value) for one in queries if one), "")

    @property
    def text(self) -> str:
        """What was stated."""
        text = str(self.figure.text or "")
        # A claim of a number may repeat in words what the number is called.
        return "" if self.value and text.casefold() in self.label.casefold() else text

    @property
    def detail(self) -> str:
        """What there is to say about it."""
        return str(self.figure.detail or "")

    @property
    def missing(self) -> str:
        """Why there is no value."""
        return str(MISSING.get(self.figure.missing, ""))

    @property
    def marks(self) -> list[str]:
        """Its marks in words."""
        return [one for one in map(mark_words, self.figure.marks) if one]

    @property
    def is_example(self) -> bool:
        """Whether it was chosen as an example."""
        return "example" in self.figure.marks

    @property
    def is_long(self) -> bool:
        """Whether its value takes more room than most: from a thousand million rupiah on."""
        return len(self.value) > LONG

    @property
    def name_is_indonesian(self) -> bool:
        """Whether an English page shows its name as it is in Indonesian."""
        return _left(self.figure.name)

    @property
    def text_is_indonesian(self) -> bool:
        """Whether an English page shows its statement as it is in Indonesian."""
        return _left(self.figure.text)

    @property
    def detail_is_indonesian(self) -> bool:
        """Whether an English page shows its detail as it is in Indonesian."""
        return _left(self.figure.detail)

    def part(self, key: str) -> Shown | None:
        """The part of that key."""
        return next((one for one in self.parts if one.key == key), None)

    @property
    def hours(self) -> list[Shown]:
        """The parts that are hours of a day."""
        return [one for one in self.parts if one.key.startswith("hour-")]

    @property
    def opens(self) -> list[Shown]:
        """The parts that a reader opens."""
        return [one for one in self.parts if not one.key.startswith("hour-")]

    @property
    def differs(self) -> bool:
        """Whether somebody says another value."""
        return any(one.figure.value != self.figure.value for one in self.others)


@dataclass(frozen=True)
class ShownSection:
    """A section with its figures."""

    key: str
    title: str
    figures: list[Shown]

    @property
    def by_key(self) -> dict[str, Shown]:
        """Its figures by their keys."""
        return {one.key: one for one in self.figures}


@dataclass(frozen=True)
class ShownResults:
    """All of it, and the sources that it names."""

    results: Results
    sections: list[ShownSection]
    references: list[Reference]

    @property
    def by_key(self) -> dict[str, ShownSection]:
        """The sections by their keys."""
        return {one.key: one for one in self.sections}


def shown(results: Results) -> ShownResults:
    """The results in the reader's language."""
    references = References(results.read_at)
    sections = [
        ShownSection(
            one.key,
            str(SECTIONS[one.key]),
            [shown_figure(figure, one.key, references) for figure in one.figures],
        )
        for one in results.sections
    ]
    return ShownResults(results, sections, list(references.known.values()))


def shown_figure(figure: Figure, path: str, references: References) -> Shown:
    """A figure and all below it."""
    path = f"{path}.{figure.key}"
    return Shown(
        figure,
        path,
        label_of(figure),
        value_text(figure),
        references.of(figure.sources),
        [shown_figure(one, path, references) for one in figure.parts],
        [shown_figure(one, path, references) for one in figure.others],
    )


def value_text(figure: Figure) -> str:
    """The value written out."""
    return rupiah(figure.value) if figure.form == RUPIAH else thousands(figure.value)


def moment(iso: str) -> str:
    """An instant as a reader wants it: `26 November 2026 pukul 07.46 WIB`."""
    at = dt.datetime.fromisoformat(iso).astimezone(WIB)
    clock = f"{at:%H:%M}" if get_language() == "en" else f"{at:%H.%M}"
    return _("%(day)s pukul %(clock)s WIB") % {"day": date_format(at, "j F Y"), "clock": clock}


def site_of(address: str) -> str:
    """The site of an address."""
    return urlsplit(address).netloc.removeprefix("www.")


def _left(words: Words | None) -> bool:
    return bool(words and get_language() == "en" and not words.en)


# --- what changed -------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownChange:
    """A change in words."""

    where: str
    before: str
    after: str


def shown_changes(changes: Iterable[Change]) -> list[ShownChange]:
    """Changes in the reader's language."""
    return [
        ShownChange(
            where=" · ".join(
                filter(
                    None,
                    [
                        str(SECTIONS[one.place.section]),
                        *(label_of(above) for above in one.place.trail),
                        label_of(one.place.figure),
                    ],
                )
            ),
            before=_told(one.before),
            after=_told(one.after),
        )
        for one in changes
    ]


def _told(figure: Figure | None) -> str:
    if figure is None:
        return ""
    said = [
        " ".join(filter(None, [value_text(figure), str(figure.unit or "")])),
        str(figure.text or ""),
        str(MISSING.get(figure.missing, "")),
        str(figure.detail or ""),
        ", ".join(one.said_by for one in figure.sources if one.said_by),
    ]
    return "; ".join(filter(None, said)) or _("ada")
