"""Editions beside each other: what is known of each, who says it, and where sources disagree.

Of an edition with a public results page they say what that page says: what was frozen, and before
that each count as it is now.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from outcomes.counting import count
from outcomes.frozen_claims import frozen_claims
from outcomes.models import Claim
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Figure = Claim.Figure
# What editions are measured by. Of other figures hardly two editions say anything.
COMPARED = (Figure.STANDS, Figure.PESANTREN, Figure.VISITORS, Figure.SALES)


@dataclass(frozen=True)
class Known:
    """One figure of an edition: the claim that is published, and what else was said of it."""

    figure: Claim.Figure
    published: Claim | None
    others: tuple[Claim, ...] = ()

    @property
    def value(self) -> int | None:
        """As published; None where nobody says it."""
        return self.published.value if self.published else None

    @property
    def claims(self) -> list[Claim]:
        """All of them, the published one first."""
        return [*([self.published] if self.published else []), *self.others]

    @property
    def disagreeing(self) -> list[Claim]:
        """Those that say another number than the published one."""
        return [one for one in self.others if one.value not in (None, self.value)]

    @property
    def is_amount(self) -> bool:
        """Whether the value is whole rupiah."""
        return self.figure in Claim.AMOUNTS


@dataclass(frozen=True)
class Compared:
    """An edition and its figures, in the order of COMPARED."""

    expo: Expo
    figures: tuple[Known, ...]

    @property
    def known(self) -> list[Known]:
        """Those of which somebody says something."""
        return [one for one in self.figures if one.claims]

    @property
    def unknown(self) -> list[Known]:
        """Those of which nobody does."""
        return [one for one in self.figures if not one.claims]

    @property
    def is_compared(self) -> bool:
        """Whether it stands beside the others: it is real, or somebody reported something of it."""
        return bool(self.known) or not self.expo.is_example

    @property
    def year(self) -> str:
        """The year, with which its address begins."""
        return self.expo.slug[:4]

    @property
    def day_count(self) -> int:
        """How many days it lasted or lasts; 0 where no day is known."""
        return len(self.expo.all_days)


def compare(expos: Sequence[Expo]) -> list[Compared]:
    """What the public may know of each of them, in their order.

    Two queries, and one for each figure that is counted now.
    """
    frozen = frozen_claims(expos)
    live = {expo.pk: expo for expo in expos if expo.pk not in frozen}
    claims = [*_counted_now(live), *(one for some in frozen.values() for one in some)]
    of: dict[tuple[int, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        of[claim.expo_id, claim.figure].append(claim)
    return [
        Compared(expo, tuple(_known(figure, of[expo.pk, figure]) for figure in COMPARED))
        for expo in expos
    ]


def _counted_now(expos: Mapping[int, Expo]) -> Iterator[Claim]:
    """Their claims; one that this system counted says what its query counts at this moment.

    As on the results page an old count is no claim: each query is asked once, and what it counts
    no more is not said.
    """
    asked: set[tuple[int, str]] = set()
    for claim in claims_for_everybody(expos.values()):
        if claim.basis == Claim.Basis.COUNTED:
            key = (claim.expo_id, claim.query)
            if key in asked:
                continue
            asked.add(key)
            claim.value = count(expos[claim.expo_id], claim.query)
            claim.counted_at = timezone.now()
            if claim.value is None:
                continue
        yield claim


def claims_for_everybody(expos: Iterable[Expo]) -> Iterable[Claim]:
    """Claims of those figures that anybody may read.

    What others reported is public anyway. What the organisers recorded or counted themselves shows
    when their results page is public, and what they did not publish as far as that page shows it.
    Nothing that was made up is told, nor counted from what was.
    """
    is_own = Q(expo__results_choice__is_public=True, expo__is_example=False)
    return (
        Claim.objects.filter(expo__in=list(expos), figure__in=COMPARED, date=None, scheme=None)
        .filter(is_own | Q(basis=Claim.Basis.REPORTED), example_fields="")
        .exclude(is_published=False, expo__results_choice__shows_other_claims=False)
        .order_by("-is_published", "order", "pk")
    )


def _known(figure: Claim.Figure, claims: list[Claim]) -> Known:
    published = next((one for one in claims if one.is_published), None)
    return Known(figure, published, tuple(one for one in claims if one is not published))


def comparison_rows(compared: Sequence[Compared]) -> list[list[str | int]]:
    """The same as a table: a line for each claim, an edition without any keeps one."""
    head = [
        *(_("Edisi"), _("Hari pertama"), _("Hari terakhir"), _("Tempat"), _("Kota"), _("Tema")),
        *(_("Angka"), _("Nilai"), _("Keterangan"), _("Diterbitkan"), _("Menurut"), _("Sumber")),
    ]
    rows: list[list[str | int]] = [[str(word) for word in head]]
    for one in compared:
        expo = one.expo
        about: list[str | int] = [
            expo.name,
            expo.first_date.isoformat() if expo.first_date else "",
            expo.last_date.isoformat() if expo.last_date else "",
            expo.venue,
            expo.city,
            expo.theme,
        ]
        claims = [claim for known in one.known for claim in known.claims]
        rows += [[*about, *_claim_cells(claim)] for claim in claims] or [[*about, *[""] * 6]]
    return rows


def _claim_cells(claim: Claim) -> list[str | int]:
    return [
        str(claim.get_figure_display()),
        claim.words if claim.value is None else claim.value,
        claim.detail_text,
        _("ya") if claim.is_published else _("tidak"),
        claim.said_by,
        claim.sources,
    ]
