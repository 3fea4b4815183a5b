"""Writes what was counted at the gates: each tap once, and nothing of it ever again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from programme.models import MOST_AT_ONCE, Gate, GateCount
from programme.outbox import Answer, Item, ItemRefusedError, Moment, Status
from stands.clock import WIB, business_date
from stands.strict_json import read_count, read_whole, strict_uuid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.contrib.auth.models import User

# A field that is not known here would be lost without a word.
COMMON = {"uuid", "device_at", "clock_offset_ms", "kind", "gate", "step"}
FIELDS = {"tap": COMMON, "undo": COMMON | {"taken_back"}}


@dataclass(frozen=True)
class Tap:
    """So many came in by a gate; or, with `taken_back`, that tap was a mistake."""

    uuid: UUID
    gate_id: int
    step: int
    moment: Moment
    taken_back: UUID | None = None


def count_items(items: Sequence[Item | Answer], *, by: User) -> list[Answer]:
    """Record what came from an outbox, in one transaction, and answer each."""
    read = [one if isinstance(one, Answer) else _read(one) for one in items]
    outcomes = iter(count_taps([one for one in read if isinstance(one, Tap)], by=by))
    return [one if isinstance(one, Answer) else next(outcomes) for one in read]


def _read(item: Item) -> Tap | Answer:
    try:
        return read_tap(item)
    except ItemRefusedError as refused:
        return Answer(Status.REFUSED, str(refused))


def read_tap(item: Item) -> Tap:
    """A tap or an undo as it was sent. Raises ItemRefusedError."""
    kind = item.content.get("kind")
    known = FIELDS.get(kind) if isinstance(kind, str) else None
    if known is None or not item.content.keys() <= known:
        raise ItemRefusedError(_("Ini bukan hitungan pintu."))
    step = item.take("step", read_whole)
    is_undo = kind == "undo"
    if not 1 <= (-step if is_undo else step) <= MOST_AT_ONCE:
        raise ItemRefusedError(
            _("Sekali ketuk paling banyak %(most)s orang.") % {"most": MOST_AT_ONCE}
        )
    taken_back = item.take("taken_back", strict_uuid) if is_undo else None
    return Tap(item.uuid, item.take("gate", read_count), step, item.moment, taken_back)


@transaction.atomic
def count_taps(taps: Sequence[Tap], *, by: User) -> list[Answer]:
    """Record the taps, those known already left as they are, and answer each in order."""
    if not taps:
        return []
    wanted = {one.uuid for one in taps} | {one.taken_back for one in taps if one.taken_back}
    book = _Book(
        rows=GateCount.objects.in_bulk(list(wanted)),
        taken=set(
            GateCount.objects.filter(takes_back__in=wanted).values_list("takes_back_id", flat=True)
        ),
        gates=Gate.objects.select_related("expo").in_bulk([one.gate_id for one in taps]),
        by=by,
        fresh=[],
    )
    answers = [book.enter(one) for one in taps]
    return _written(book.fresh, taps, answers)


@dataclass
class _Book:
    """What is known of the taps of one batch, and the rows that it adds."""

    rows: dict[UUID, GateCount]
    taken: set[Any]
    gates: dict[int, Gate]
    by: User
    fresh: list[GateCount]

    def enter(self, tap: Tap) -> Answer:
        """What becomes of a tap; a new one is added to the rows."""
        row = self.rows.get(tap.uuid)
        if row is not None:
            return _repeated(row, tap)
        gate = self.gates.get(tap.gate_id)
        if gate is None:
            return Answer(Status.REFUSED, _("Pintu ini tidak ada."))
        expo = gate.expo
        closed_at = expo.closed_at
        moment = tap.moment.settled(
            is_likely=lambda at: expo.day_at(at) is not None, closed_at=closed_at
        )
        if closed_at is not None and moment.at > closed_at:
            return Answer(Status.REFUSED, _("Edisi ini sudah ditutup."))
        if tap.taken_back is None:
            self._add(tap, moment, of=moment)
        else:
            target = self.rows.get(tap.taken_back)
            if target is None:
                return Answer(Status.LATER, _("Ketukan yang ditarik kembali belum sampai."))
            mirrored = (target.takes_back_id, target.gate_id, -target.step)
            if mirrored != (None, tap.gate_id, tap.step):
                return Answer(Status.REFUSED, _("Ketukan itu tidak bisa ditarik kembali."))
            if tap.taken_back in self.taken:
                return Answer(Status.ALREADY, _("Ketukan itu sudah ditarik kembali."))
            self.taken.add(tap.taken_back)
            self._add(tap, moment, of=Moment(target.counted_at, target.time_is_guessed))
        return Answer(Status.RECORDED)

    def _add(self, tap: Tap, moment: Moment, *, of: Moment) -> None:
        """The row of a tap. An undo counts in the hour of what it takes back, and mends that."""
        row = GateCount(
            id=tap.uuid,
            gate_id=tap.gate_id,
            step=tap.step,
            takes_back_id=tap.taken_back,
            counted_at=moment.at,
            time_is_guessed=of.is_guessed,
            date=business_date(of.at),
            hour=of.at.astimezone(WIB).hour,
            counted_by=self.by,
        )
        self.rows[tap.uuid] = row
        self.fresh.append(row)


def _repeated(row: GateCount, tap: Tap) -> Answer:
    # Not by its time: the same clock reading may have been corrected by another measurement.
    if (row.gate_id, row.step, row.takes_back_id) == (tap.gate_id, tap.step, tap.taken_back):
        return Answer(Status.REPLAYED)
    return Answer(Status.REFUSED, _("Nomor ini sudah dipakai untuk ketukan lain."))


def _written(fresh: list[GateCount], taps: Sequence[Tap], answers: list[Answer]) -> list[Answer]:
    """Write the rows; what another request wrote in the same moment counts once all the same."""
    if not fresh:
        return answers
    GateCount.objects.bulk_create(fresh, ignore_conflicts=True)
    there = GateCount.objects.in_bulk([row.pk for row in fresh])
    found = []
    for tap, answer in zip(taps, answers, strict=True):
        if answer.status is not Status.RECORDED:
            found.append(answer)
        elif tap.uuid not in there:
            # Only an undo can miss: another one took the same tap back.
            found.append(Answer(Status.ALREADY, _("Ketukan itu sudah ditarik kembali.")))
        else:
            repeated = _repeated(there[tap.uuid], tap)
            found.append(answer if repeated.status is Status.REPLAYED else repeated)
    return found
