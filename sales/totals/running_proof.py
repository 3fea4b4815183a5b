"""Proof that the running totals are what a fresh sum over the ledger gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Value
from django.utils.translation import gettext as _

from sales.proof.breaks import Break
from sales.totals.running import Place, fresh_sums, kept_sums
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Figures = tuple[int, ...]

WIDTH = len(Place._fields)
NOTHING = (0, 0, 0, 0, 0)


def rollup_breaks() -> Iterator[Break]:
    """Where and what differs, stand by stand: nothing, while all is well.

    Each stand is read in one statement, so that a sale that comes in meanwhile is in both or in
    neither.
    """
    for stand in Stand.objects.select_related("expo").order_by("expo__slug", "code"):
        where = f"{stand.expo.slug} {stand.code}"
        for what in _breaks_of(stand.pk):
            yield Break(where, what)


def _breaks_of(stand_id: int) -> Iterator[str]:
    fresh: dict[Place, Figures] = {}
    kept: dict[Place, Figures] = {}
    for row in _both(stand_id):
        place, figures, key = Place(*row[:WIDTH]), tuple(row[WIDTH:-1]), row[-1]
        if not key:
            fresh[place] = figures
            continue
        kept[place] = figures
        if key != place.key:
            yield _("jumlah berjalan %(key)s: isinya milik %(place)s") % {
                "key": key,
                "place": place.key,
            }
    for place in sorted(fresh.keys() | kept.keys(), key=lambda one: one.key):
        ought, found = fresh.get(place, NOTHING), kept.get(place, NOTHING)
        if ought != found:
            yield _("jumlah berjalan %(key)s: %(found)s, padahal buku memberi %(ought)s") % {
                "key": place.key,
                "found": found,
                "ought": ought,
            }


def _both(stand_id: int) -> Iterator[Sequence[Any]]:
    """Rows of the ledger, then rows of the running totals; a key stands behind the latter alone."""
    none = Value("", CharField())
    first, *others = [rows.annotate(of_key=none) for rows in fresh_sums(stand_id)]
    kept = kept_sums(stand_id).annotate(of_key=F("key"))
    yield from first.union(*others, kept, all=True).iterator()
