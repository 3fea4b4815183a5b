"""Whether all that the tablets numbered has arrived: per till, which numbers are missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q
from django.db.models.functions import Length, Substr

from sales.models import HeldSale, Sale, Till

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from stands.models import Expo

# A number of a till outside training. What an organiser accepted beside another sale of the same
# number carries a suffix, `A12-B-0007/2`, and stands for the number that was printed.
NUMBER = re.compile(r"(?P<prefix>[A-Z]{1,2}\d{1,3}-[A-Z]{1,2})-(?P<counter>\d{4,9})(/\d+)?", re.A)


@dataclass(frozen=True)
class TillNumbers:
    """What a till gave and what of it is here, in numbers of receipts outside training."""

    till: Till
    last_counter: int
    recorded: int
    # Arrived and waiting beside the ledger, or turned down by an organiser.
    held: int
    # What the tablet said at its last contact.
    unsent: int
    # From and to, both missing.
    missing: tuple[tuple[int, int], ...]
    last_contact_at: dt.datetime | None

    @property
    def missing_count(self) -> int:
        """How many numbers were given and never arrived."""
        return sum(last - first + 1 for first, last in self.missing)

    @property
    def is_complete(self) -> bool:
        """Whether everything is here as far as anybody knows."""
        return not self.missing and not self.unsent

    @property
    def missing_text(self) -> str:
        """The missing counters as printed: `0003, 0007–0009`."""
        return ", ".join(
            f"{first:04d}" if first == last else f"{first:04d}–{last:04d}"
            for first, last in self.missing
        )


def tills_of_tablets(expo: Expo) -> list[Till]:
    """The tills of an edition whose numbers a tablet gives, stand by stand."""
    tills = Till.objects.filter(expo=expo, tablet__isnull=False).select_related("stand", "tablet")
    return list(tills.order_by("stand__code", "letter"))


def missing_numbers(tills: Iterable[Till]) -> list[TillNumbers]:
    """What each till gave and what of it is here, in at most four queries for any number of tills.

    The ledger is only counted where nothing is missing; the numbers themselves are read of the
    other tills alone.
    """
    tills = list(tills)
    held = _counters(
        HeldSale.objects.filter(till__expo_id__in={till.expo_id for till in tills})
        .values_list("request__number", flat=True)
        .order_by()
    )
    sales = Sale.objects.filter(expo_id__in={till.expo_id for till in tills})
    # An organiser accepted these: their number may be another till's, or have a suffix.
    by_hand = Q(intake=Sale.Intake.HELD) | Q(number__contains="/")
    accepted = _counters(sales.filter(by_hand).values_list("number", flat=True).order_by())
    counts, tops = _counted(tills, by_hand)
    doubtful = {
        till.pk
        for till in tills
        if till.prefix in held
        or till.prefix in accepted
        or counts.get(till.pk, 0) != max(till.last_counter, tops.get(till.pk, 0))
    }
    recorded = accepted
    if doubtful:
        numbers = sales.filter(till_id__in=doubtful).exclude(by_hand)
        for prefix, found in _counters(numbers.values_list("number", flat=True).order_by()).items():
            recorded.setdefault(prefix, set()).update(found)
    return [
        _numbers(till, recorded.get(till.prefix, set()), held.get(till.prefix, set()))
        if till.pk in doubtful
        else _complete(till, counts.get(till.pk, 0))
        for till in tills
    ]


def _counted(tills: list[Till], by_hand: Q) -> tuple[dict[int, int], dict[int, int]]:
    """How many numbers each till has in the ledger, and the highest of them."""
    rows = (
        Sale.objects.filter(till_id__in=[till.pk for till in tills])
        .exclude(by_hand)
        .annotate(kind=Substr("number", Length("till__prefix") + 2, 1), length=Length("number"))
        .exclude(kind=Till.TRAINING)
        # Among numbers of one length the last in the alphabet is the highest.
        .values("till_id", "length")
        .annotate(count=Count("pk"), top=Max("number"))
        .order_by()
    )
    counts: dict[int, int] = {}
    tops: dict[int, int] = {}
    for row in rows:
        pk = row["till_id"]
        counts[pk] = counts.get(pk, 0) + row["count"]
        for _prefix, counter in _parsed([row["top"]]):
            tops[pk] = max(tops.get(pk, 0), counter)
    return counts, tops


def _counters(numbers: Iterable[str | None]) -> dict[str, set[int]]:
    """The counters by the prefix of their till."""
    counters: dict[str, set[int]] = {}
    for prefix, counter in _parsed(numbers):
        counters.setdefault(prefix, set()).add(counter)
    return counters


def _parsed(numbers: Iterable[str | None]) -> Iterator[tuple[str, int]]:
    for number in numbers:
        found = NUMBER.fullmatch(number or "")
        if found is not None:
            yield found["prefix"], int(found["counter"])


def _complete(till: Till, count: int) -> TillNumbers:
    return TillNumbers(till, count, count, 0, till.unsent, (), till.last_contact_at)


def _numbers(till: Till, recorded: set[int], held: set[int]) -> TillNumbers:
    arrived = recorded | held
    last = max(till.last_counter, *arrived, 0)
    return TillNumbers(
        till=till,
        last_counter=last,
        recorded=len(recorded),
        held=len(held - recorded),
        unsent=till.unsent,
        missing=tuple(_gaps(arrived, last)),
        last_contact_at=till.last_contact_at,
    )


def _gaps(arrived: set[int], last: int) -> Iterator[tuple[int, int]]:
    """Runs of counters from 1 to `last` that did not arrive."""
    expected = 1
    for counter in sorted(arrived - {0}):
        if counter > expected:
            yield expected, counter - 1
        expected = counter + 1
    if expected <= last:
        yield expected, last
