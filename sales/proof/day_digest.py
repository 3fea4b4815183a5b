"""A day's digest for paper: what the books were when it was printed, in one code to compare later.

**What it stands for.** For each stand of an edition that had sold anything, the sequence and hash
of the last entry of its ledger at the moment of printing, and the count and net sum of that day's
counted entries up to this sequence. Each hash contains the one before, so it stands for every entry
of the stand up to there, whatever its day. An entry that arrives later gets a higher sequence and
changes nothing of it; so the digest can be computed again for ever from the ledger, the day and the
sequences, and these are on the paper, in its QR and in the log.

**What it is for.** Whoever could rewrite a sale in the database and every hash after it leaves a
ledger that `verify_ledger` finds whole. The paper is beyond their reach.

The code is the first 80 bits of a SHA-256 in Crockford's base32.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Length
from django.urls import reverse

from events.log import log_event
from events.models import Event
from sales.models import DayClose, LedgerHead, Sale
from sales.requests import canonical
from sales.tablet.pairing import ALPHABET
from stands.models import Expo, Stand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import User

VERSION = 1
MEANT = str.maketrans("OIL", "011", "- \t\r\n")
CODE_LENGTH = 16
GROUP = 4
# A sequence beyond this fits no database, a list beyond that no hall.
LARGEST = 2**63 - 1
MOST_STANDS = 500


@dataclass(frozen=True)
class StandLine:
    """A stand's ledger up to one entry, and its day up to there."""

    stand_id: int
    code: str
    name: str
    sequence: int
    hash: str
    count: int
    net_rupiah: int

    @property
    def short_hash(self) -> str:
        """As much of the hash as is printed, in groups of four."""
        return in_groups(self.hash[:CODE_LENGTH])

    @property
    def content(self) -> list[int | str]:
        """What goes into the code; a stand may get another name."""
        return [self.stand_id, self.sequence, self.hash, self.count, self.net_rupiah]


@dataclass(frozen=True)
class DayDigest:
    """The digest of one day of an edition, stand by stand."""

    expo: Expo
    day: dt.date
    lines: list[StandLine]

    @property
    def code(self) -> str:
        """The one code of the day, sixteen letters."""
        content = {
            "version": VERSION,
            "expo": self.expo.pk,
            "day": self.day.isoformat(),
            "stands": sorted(line.content for line in self.lines),
        }
        number = int.from_bytes(hashlib.sha256(canonical(content)).digest()[:10], "big")
        return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))

    @property
    def written_code(self) -> str:
        """The code as it is printed, in groups of four."""
        return in_groups(self.code)

    @property
    def sequences(self) -> dict[int, int]:
        """How far each stand's ledger is covered: all that is needed to compute it again."""
        return {line.stand_id: line.sequence for line in self.lines}

    @property
    def count(self) -> int:
        """How many entries the day has, training left out."""
        return sum(line.count for line in self.lines)

    @property
    def net_rupiah(self) -> int:
        """What the day comes to, in rupiah, less what was taken back."""
        return sum(line.net_rupiah for line in self.lines)

    def compare_path(self) -> str:
        """Where it is compared; it carries all that is needed, so no record has to be believed."""
        until = "_".join(f"{stand}.{sequence}" for stand, sequence in self.sequences.items())
        query = {
            "kode": self.code,
            "edisi": self.expo.slug,
            "hari": self.day.isoformat(),
            "sampai": until,
        }
        return f"{reverse('compare_digest')}?{urlencode(query)}"


def in_groups(code: str) -> str:
    """Sixteen letters in groups of four, as a person reads them."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def as_meant(typed: str) -> str:
    """What a person meant who typed a code: O for 0, I for 1, groups or none."""
    return typed.upper().translate(MEANT)


def read_sequences(text: str) -> dict[int, int]:
    """The sequences out of an address: `12.340_13.88`. Raises ValueError."""
    sequences = {}
    for part in text.split("_")[: MOST_STANDS + 1]:
        stand, _dot, sequence = part.partition(".")
        if not (stand.isdecimal() and sequence.isdecimal()):
            raise ValueError(text)
        sequences[int(stand)] = int(sequence)
    if len(sequences) > MOST_STANDS or max([*sequences, *sequences.values()]) > LARGEST:
        raise ValueError(text)
    return sequences


# --- reading --------------------------------------------------------------------------------------


def digest_now(expo: Expo, day: dt.date) -> DayDigest:
    """The digest of a day as the ledgers stand now."""
    heads = LedgerHead.objects.filter(stand__expo=expo, sequence__gt=0)
    return digest_at(expo, day, dict(heads.values_list("stand_id", "sequence")))


def digest_at(expo: Expo, day: dt.date, sequences: Mapping[int, int]) -> DayDigest:
    """The digest that the ledger of today gives for these ends, as any day before.

    A stand whose entry is gone has an empty hash.
    """
    if not sequences:
        return DayDigest(expo, day, [])
    entries = Sale.objects.filter(stand__in=sequences)
    ends = reduce(or_, (Q(stand=pk, sequence=last) for pk, last in sequences.items()))
    covered = reduce(or_, (Q(stand=pk, sequence__lte=last) for pk, last in sequences.items()))
    hashes = dict(entries.filter(ends).order_by().values_list("stand_id", "hash"))
    of_day = entries.counted().on_day(day).filter(covered)
    sums = {
        stand: (count, net)
        for stand, count, net in of_day.order_by()
        .values_list("stand_id")
        .annotate(count=Count("pk"), net=Sum("total_rupiah"))
    }
    lines = []
    stands = Stand.objects.filter(pk__in=sequences)
    for stand in stands.order_by("zone__order", "zone__code", Length("code"), "code"):
        count, net = sums.get(stand.pk, (0, 0))
        last, hash_ = sequences[stand.pk], hashes.get(stand.pk, "")
        lines.append(StandLine(stand.pk, stand.code, stand.name, last, hash_, count, net))
    return DayDigest(expo, day, lines)


# --- what was printed -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """A digest as it was printed, from the log; the log itself is append only."""

    event: Event
    digest: DayDigest
    code: str
    closed: list[str]
    open: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether the record still gives the code that it names."""
        return self.digest.code == self.code


@transaction.atomic
def print_digest(expo: Expo, day: dt.date, *, actor: User) -> Printed:
    """Take the digest of a day as it is now, and note it in the log."""
    digest = digest_now(expo, day)
    tills = Sale.objects.filter(expo=expo).counted().on_day(day).order_by()
    # What an organiser took back at the desk is of no drawer.
    sold = set(tills.exclude(intake=Sale.Intake.ORGANISER).values_list("till__prefix", flat=True))
    closes = DayClose.objects.filter(stand__expo=expo, business_date=day)
    closed = set(closes.order_by().values_list("till__prefix", flat=True))
    event = log_event(
        Event.Kind.DIGEST_PRINTED,
        f"{expo.slug} {day.isoformat()}",
        actor=actor,
        data={
            "version": VERSION,
            "code": digest.code,
            "expo": expo.pk,
            "edition": expo.slug,
            "day": day.isoformat(),
            "count": digest.count,
            "net_rupiah": digest.net_rupiah,
            "stands": [[line.code, line.name, *line.content] for line in digest.lines],
            "closed": sorted(closed),
            "open": sorted(sold - closed),
        },
    )
    return printed_from(event, expo)


def printed_from(event: Event, expo: Expo) -> Printed:
    """The digest that an event tells of."""
    data: dict[str, Any] = event.data
    lines = [
        StandLine(pk, code, name, sequence, hash_, count, net)
        for code, name, pk, sequence, hash_, count, net in data["stands"]
    ]
    day = dt.date.fromisoformat(data["day"])
    return Printed(
        event, DayDigest(expo, day, lines), data["code"], data["closed"], data.get("open", [])
    )


def find_printed(code: str) -> Printed | None:
    """The first print under a code, or None."""
    events = Event.objects.filter(kind=Event.Kind.DIGEST_PRINTED, data__code=code)
    event = events.select_related("actor").order_by("pk").first()
    expo = Expo.objects.filter(pk=event.data["expo"]).first() if event else None
    return printed_from(event, expo) if event and expo else None


# --- comparing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparedLine:
    """A stand as today's ledger gives it, beside what the record of the print has, if any."""

    now: StandLine
    then: StandLine | None

    @property
    def differs(self) -> bool:
        """Whether the ledger gives something else for this stand than was printed."""
        return self.then is not None and self.then.content != self.now.content


@dataclass(frozen=True)
class Comparison:
    """An old paper beside the ledger of today."""

    code: str
    now: DayDigest
    printed: Printed | None
    lines: list[ComparedLine]

    @property
    def is_same(self) -> bool:
        """Whether today's ledger still gives the code on the paper."""
        return self.now.code == self.code

    @property
    def different(self) -> list[ComparedLine]:
        """The stands at which it differs, as far as a record tells."""
        return [line for line in self.lines if line.differs]


def compare(
    code: str, *, expo: Expo, day: dt.date, sequences: Mapping[int, int], printed: Printed | None
) -> Comparison:
    """Compute the digest again from today's ledger, and set it beside the record."""
    now = digest_at(expo, day, sequences)
    then = {line.stand_id: line for line in printed.digest.lines} if printed else {}
    lines = [ComparedLine(line, then.get(line.stand_id)) for line in now.lines]
    return Comparison(code, now, printed, lines)
