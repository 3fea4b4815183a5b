"""How far the books are whose counts a kept page shows: they move, and the catalogue does not.

A published claim that this system counted is counted anew until the results are frozen
(outcomes.comparing). So a page that shows one is made of the ledger and the gates as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import InterfaceError, OperationalError
from django.db.models import Sum

from outcomes.comparing import claims_for_everybody
from outcomes.frozen_claims import in_force
from outcomes.models import Claim
from programme.models import GateCount
from sales.models import LedgerHead

if TYPE_CHECKING:
    import datetime as dt

    from stands.catalogue_version import Editions, Version

# What moves without the catalogue. Both only grow: what was sold or tapped is never taken out.
BOOKS = (Claim.Figure.SALES, Claim.Figure.VISITORS)
Ends = tuple[int, ...]


class _Known(NamedTuple):
    """What was found of some editions, at a version and a moment of this process."""

    version: Version
    read_at: float
    # The editions by book.
    counted: dict[str, list[int]]
    ends: Ends


_known: dict[Ends, _Known] = {}


def hour_of_counts(editions: Editions, _now: dt.datetime) -> Ends:
    """Where the books end of which these editions show a count; nothing where they show none.

    A query for each book that is counted, as seldom as the catalogue's version is read.
    """
    keys = tuple(expo.pk for expo in editions.expos)
    known = _known.get(keys)
    if known is None or known.version != editions.version:
        counted = _counted(editions)
        known = _Known(editions.version, editions.read_at, counted, _ends(counted))
    elif known.read_at != editions.read_at and known.counted:
        try:
            known = known._replace(read_at=editions.read_at, ends=_ends(known.counted))
        except (OperationalError, InterfaceError):
            # As for the version: pages are shown as they were.
            known = known._replace(read_at=editions.read_at)
    _known[keys] = known
    return known.ends


def _counted(editions: Editions) -> dict[str, list[int]]:
    frozen = set(in_force(editions.expos).values_list("expo", flat=True))
    counted: dict[str, list[int]] = {}
    for claim in claims_for_everybody(one for one in editions.expos if one.pk not in frozen):
        if claim.basis == Claim.Basis.COUNTED and claim.figure in BOOKS:
            counted.setdefault(claim.figure, []).append(claim.expo_id)
    return counted


def _ends(counted: dict[str, list[int]]) -> Ends:
    ends = []
    if sold := counted.get(Claim.Figure.SALES):
        heads = LedgerHead.objects.filter(stand__expo__in=sold)
        ends.append(heads.aggregate(n=Sum("sequence"))["n"] or 0)
    if came := counted.get(Claim.Figure.VISITORS):
        ends.append(GateCount.objects.filter(gate__expo__in=came).count())
    return tuple(ends)
