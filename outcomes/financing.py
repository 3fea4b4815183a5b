"""What was lent and granted: rows by scheme and kind, and what they explain of a claimed total.

Of an edition long past only a joint total may be known, claimed without a split. Rows that come
later account for it piece by piece; where they come to more than was claimed, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.counting import recipient_key
from outcomes.models import Claim, Disbursement, FinancingScheme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo


@dataclass(frozen=True)
class Accounted:
    """A figure as claimed, and what the rows come to. None: not claimed, or no rows."""

    claimed: int | None = None
    recorded: int | None = None
    # The claim that `claimed` is of.
    claim: Claim | None = None

    @property
    def rest(self) -> int | None:
        """What rows do not account for yet; negative where they come to more than was claimed."""
        return None if self.claimed is None else self.claimed - (self.recorded or 0)

    @property
    def over(self) -> int:
        """By how much the rows come to more than was claimed."""
        return max(0, -(self.rest or 0))

    @property
    def percent(self) -> int:
        """How much of the claim rows account for, in whole percent: 100 only for all of it."""
        if not self.claimed:
            return 0
        return min(100, (self.recorded or 0) * 100 // self.claimed)

    @property
    def is_known(self) -> bool:
        """Whether there is anything to say."""
        return self.claimed is not None or self.recorded is not None


@dataclass(frozen=True)
class SchemeTotal:
    """A scheme with its rows."""

    scheme: FinancingScheme
    # In the order of their dates.
    disbursements: tuple[Disbursement, ...]
    money: Accounted
    recipients: Accounted

    @property
    def public(self) -> tuple[Disbursement, ...]:
        """The rows that the public may see."""
        return tuple(one for one in self.disbursements if one.is_public)


@dataclass(frozen=True)
class KindTotal:
    """What was lent, or what was granted. None where no row says."""

    kind: FinancingScheme.Kind
    schemes: tuple[SchemeTotal, ...]
    recorded_rupiah: int | None
    recipients: int | None


@dataclass(frozen=True)
class Financing:
    """The financing of an edition."""

    expo: Expo
    schemes: tuple[SchemeTotal, ...]
    # Those of the kinds that have a scheme.
    kinds: tuple[KindTotal, ...]
    money: Accounted
    recipients: Accounted

    @property
    def is_known(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.schemes) or self.money.is_known or self.recipients.is_known


def financing_of(expo: Expo) -> Financing:
    """The schemes of an edition, their rows and what was claimed of them, in three queries."""
    rows: dict[int, list[Disbursement]] = {}
    found = Disbursement.objects.filter(scheme__expo=expo).select_related("producer")
    for row in found.order_by("date", "pk"):
        rows.setdefault(row.scheme_id, []).append(row)
    claims = _claims(expo)
    schemes = tuple(
        SchemeTotal(
            scheme,
            tuple(rows.get(scheme.pk, ())),
            _money(claims, scheme.pk, rows.get(scheme.pk, ())),
            _recipients(claims, scheme.pk, rows.get(scheme.pk, ())),
        )
        for scheme in FinancingScheme.objects.filter(expo=expo)
    )
    every = [row for one in schemes for row in one.disbursements]
    return Financing(
        expo,
        schemes,
        tuple(_kind(kind, schemes) for kind in FinancingScheme.Kind if _has(kind, schemes)),
        _money(claims, None, every),
        _recipients(claims, None, every),
    )


def _has(kind: FinancingScheme.Kind, schemes: Iterable[SchemeTotal]) -> bool:
    return any(one.scheme.kind == kind for one in schemes)


def _kind(kind: FinancingScheme.Kind, schemes: Iterable[SchemeTotal]) -> KindTotal:
    mine = tuple(one for one in schemes if one.scheme.kind == kind)
    rows = [row for one in mine for row in one.disbursements]
    return KindTotal(kind, mine, _sum(rows), _distinct(rows))


# The claim of a figure, for the edition (None) or a scheme.
Claims = dict[tuple[str, int | None], Claim]


def _claims(expo: Expo) -> Claims:
    """What somebody said: the published claim, else the first; never what this system counted."""
    figures = [Claim.Figure.FINANCING, Claim.Figure.FINANCING_RECIPIENTS]
    said = Claim.objects.at(expo).filter(figure__in=figures, date=None, value__isnull=False)
    found: Claims = {}
    for claim in said.exclude(basis=Claim.Basis.COUNTED):
        found.setdefault((claim.figure, claim.scheme_id), claim)
    return found


def _money(claims: Claims, scheme: int | None, rows: Iterable[Disbursement]) -> Accounted:
    claim = claims.get((Claim.Figure.FINANCING, scheme))
    return Accounted(claim.value if claim else None, _sum(rows), claim)


def _recipients(claims: Claims, scheme: int | None, rows: Iterable[Disbursement]) -> Accounted:
    claim = claims.get((Claim.Figure.FINANCING_RECIPIENTS, scheme))
    return Accounted(claim.value if claim else None, _distinct(rows), claim)


def _sum(rows: Iterable[Disbursement]) -> int | None:
    amounts = [row.amount_rupiah for row in rows]
    return sum(amounts) if amounts else None


def _distinct(rows: Iterable[Disbursement]) -> int | None:
    """Recipients, each once, as outcomes.counting.financing_recipients counts them."""
    return len({recipient_key(row.producer_id, row.recipient) for row in rows}) or None
