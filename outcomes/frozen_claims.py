"""What frozen results say of the figures by which editions are compared, as claims."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from outcomes.claiming import BY_THIS_SYSTEM
from outcomes.models import Claim, ResultsVersion
from outcomes.results_content import from_text
from outcomes.results_words import query_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from outcomes.results_content import Figure
    from stands.models import Expo

# In which section each stands.
SECTIONS = {
    Claim.Figure.STANDS: "scale",
    Claim.Figure.PESANTREN: "scale",
    Claim.Figure.VISITORS: "visitors",
    Claim.Figure.SALES: "sales",
}


def in_force(expos: Iterable[Expo]) -> QuerySet[ResultsVersion]:
    """The frozen results that their public pages show; of those that are live there is none."""
    later = ResultsVersion.objects.filter(expo=OuterRef("expo"), number__gt=OuterRef("number"))
    return ResultsVersion.objects.filter(
        ~Exists(later),
        expo__in=list(expos),
        expo__is_example=False,
        expo__results_choice__is_public=True,
    )


def frozen_claims(expos: Iterable[Expo]) -> dict[int, list[Claim]]:
    """What they say, by edition. None of these claims is a row.

    What others say is among them as far as the page shows it, what was chosen as an example never.
    """
    rows = in_force(expos).select_related("expo__results_choice")
    return {version.expo_id: list(_claims(version)) for version in rows}


def _claims(version: ResultsVersion) -> Iterator[Claim]:
    results = from_text(version.content)
    shows_others = version.expo.results_choice.shows_other_claims
    for name, section in SECTIONS.items():
        figure = results.figure(section, name)
        if figure is None:
            continue
        for one in (figure, *(figure.others if shows_others else ())):
            if _says_something(one):
                yield _claim(version, name, one, is_published=one is figure)


def _says_something(figure: Figure) -> bool:
    return (
        not figure.missing
        and "example" not in figure.marks
        and bool(figure.sources)
        and (figure.value is not None or figure.text is not None)
    )


def _claim(
    version: ResultsVersion, name: Claim.Figure, figure: Figure, *, is_published: bool
) -> Claim:
    source = figure.sources[0]
    is_counted = source.basis == Claim.Basis.COUNTED
    text, detail = figure.text, figure.detail
    return Claim(
        expo_id=version.expo_id,
        figure=name,
        value=figure.value,
        text=text.id if text else "",
        text_en=text.en if text else "",
        detail=f"{query_words(source.query)}." if is_counted else detail.id if detail else "",
        detail_en=detail.en if detail else "",
        basis=source.basis,
        said_by=BY_THIS_SYSTEM if is_counted else source.said_by,
        said_on=dt.date.fromisoformat(source.said_on) if source.said_on else None,
        sources=" | ".join(source.addresses),
        query=source.query,
        counted_at=version.made_at if is_counted else None,
        is_published=is_published,
    )
