"""Claims as figures of the results page: the published one, and with it what others say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.counting import count
from outcomes.models import Claim
from outcomes.results_content import (
    COUNTED,
    NUMBER,
    RUPIAH,
    UNKNOWN,
    Figure,
    Source,
    Words,
)

if TYPE_CHECKING:
    import datetime as dt

    from outcomes.models import FinancingScheme
    from stands.models import Expo


class Claims:
    """All claims of an edition, read once.

    What was counted here before is no claim beside the others: it is counted again now.
    """

    def __init__(self, expo: Expo, *, shows_others: bool = True) -> None:
        self.expo = expo
        self.shows_others = shows_others
        self._of: dict[str, list[Claim]] = defaultdict(list)
        # By the address of a page, whoever is said to say what stands there.
        self._said_at: dict[str, list[str]] = defaultdict(list)
        for claim in Claim.objects.at(expo):
            self._of[claim.figure].append(claim)
            addresses, names = addresses_in(claim.sources), claim.said_by.split("; ")
            if len(addresses) == len(names):
                for address, name in zip(addresses, names, strict=True):
                    self._said_at[address].append(name)

    def who_says_at(self, addresses: tuple[str, ...]) -> str:
        """Whose these pages are, as the claims call them; empty where one is not known."""
        names = [min(self._said_at[one], key=len) for one in addresses if one in self._said_at]
        return "; ".join(dict.fromkeys(names)) if len(names) == len(addresses) else ""

    def about(self, figure: str) -> list[Claim]:
        """Those of a figure of the whole edition, the published one first."""
        return [one for one in self._of[figure] if one.date is None and one.scheme_id is None]

    def by_day(self, figure: str) -> dict[dt.date, list[Claim]]:
        """Those of single days, the published one of each first."""
        days: dict[dt.date, list[Claim]] = defaultdict(list)
        for one in self._of[figure]:
            if one.date is not None:
                days[one.date].append(one)
        return dict(sorted(days.items()))

    def of_scheme(self, figure: str, scheme: FinancingScheme) -> list[Claim]:
        """Those of one scheme, the published one first."""
        return [one for one in self._of[figure] if one.scheme_id == scheme.pk]

    def statements(self, *figures: str) -> list[Figure]:
        """What was stated of these kinds and is published, one after the other."""
        return [
            claim_figure(one, f"{kind}-{one.code or one.pk}")
            for kind in figures
            for one in self._of[kind]
            if one.is_published
        ]

    def settle(
        self, key: str, own: Figure | None = None, *, claims: list[Claim] | None = None
    ) -> Figure:
        """The figure of that key: the published claim, else what is counted here, else unknown.

        `own` was counted by this system. Whatever is not given as the figure lies beside it.
        An organiser may have chosen to publish what one of its queries counts.
        """
        known = self.about(key) if claims is None else claims
        told = [one for one in known if one.basis != Claim.Basis.COUNTED]
        published = next((one for one in known if one.is_published), None)
        if published is not None and published.basis == Claim.Basis.COUNTED:
            own = self._counted_now(published, own)
        form = RUPIAH if key in Claim.AMOUNTS else NUMBER
        others = [claim_figure(one, f"claim-{one.code or one.pk}") for one in told]
        if published is not None and published.basis != Claim.Basis.COUNTED:
            first = claim_figure(published, key)
            others = [one for one in others if one.key != f"claim-{published.code or published.pk}"]
            if own is not None:
                others = [replace(own, key="counted"), *others]
        elif own is not None and "example" not in own.marks:
            first = replace(own, key=key)
        else:
            first = Figure(key, form=form, missing=UNKNOWN)
            if own is not None:
                others = [replace(own, key="counted"), *others]
        return replace(first, others=tuple(others) if self.shows_others else ())

    def _counted_now(self, chosen: Claim, own: Figure | None) -> Figure | None:
        """What the query of a published claim counts at this moment."""
        if own is not None and own.sources == counted(chosen.query):
            return replace(own, marks=())
        value = count(self.expo, chosen.query, scheme=chosen.scheme)
        if value is None:
            return own
        form = RUPIAH if chosen.is_amount else NUMBER
        return Figure(chosen.figure, value, form, sources=counted(chosen.query))


def claim_figure(claim: Claim, key: str) -> Figure:
    """A claim as a figure under that key."""
    return Figure(
        key=key,
        value=claim.value,
        form=RUPIAH if claim.is_amount else NUMBER,
        unit=None if claim.is_amount else words(claim.unit, claim.unit_en),
        text=words(claim.text, claim.text_en),
        detail=words(claim.detail, claim.detail_en),
        marks=("example",) if claim.example_fields else (),
        sources=(claim_source(claim),),
    )


def claim_source(claim: Claim) -> Source:
    """Who says it, where and when."""
    return said(claim.said_by, claim.sources, claim.said_on, basis=claim.basis)


def said(
    who: str,
    addresses: str,
    when: dt.date | None = None,
    *,
    basis: str = Claim.Basis.REPORTED,
    who_en: str = "",
) -> Source:
    """A source of the kind that somebody says."""
    return Source(
        basis=str(basis),
        said_by=who,
        said_by_en=who_en,
        addresses=addresses_in(addresses),
        said_on=when.isoformat() if when else "",
    )


def counted(query: str) -> tuple[Source, ...]:
    """The source of what is counted here, by a query of outcomes.results_words.QUERIES."""
    return (Source(COUNTED, query=query),)


def words(text: str, english: str = "") -> Words | None:
    """A text of the data, None where there is none."""
    return Words(text, english) if text else None


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses in a sources column, which stand apart by ` | `, spaces or new lines."""
    return tuple(one for one in text.replace("|", " ").split() if one.startswith("http"))
