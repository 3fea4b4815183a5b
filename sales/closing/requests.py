"""What a till asks to be written into its book: a movement of cash, or the close of a day."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from sales.checking import (
    DEVICE_YEARS,
    HELD_YEARS,
    MAX_QUANTITY,
    YEARS,
    Problem,
    SaleRefused,
    is_text,
)
from sales.models import CashMovement
from sales.requests import canonical

if TYPE_CHECKING:
    from uuid import UUID

# Notes and coins that are paid with, the largest first. 1.000 is both a note and a coin.
DENOMINATIONS = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)
MAX_MOVEMENT_RUPIAH = 1_000_000_000
# What a drawer can come to in figures that somebody else computed.
MAX_EXPECTED_RUPIAH = 10**14


@dataclass(frozen=True)
class MovementRequest:
    """Cash put into a drawer or taken out. `moved_at` is when, with a time zone.

    The amount is whole rupiah and not negative; the kind says which way it went.
    """

    uuid: UUID
    kind: str
    amount_rupiah: int
    reason: str
    moved_at: dt.datetime
    device_at: dt.datetime | None = None
    clock_offset_ms: int | None = None
    number: str | None = None

    @property
    def at(self) -> dt.datetime:
        """When it happened."""
        return self.moved_at

    def as_json(self) -> dict[str, Any]:
        """The request in plain JSON values, as it is kept when it has to be held."""
        return {
            "kind": "cash",
            "uuid": str(self.uuid),
            "number": self.number,
            "movement": self.kind,
            "amount_rupiah": self.amount_rupiah,
            "reason": self.reason,
            "at": str(self.moved_at),
            "device_at": str(self.device_at) if self.device_at else None,
            "clock_offset_ms": self.clock_offset_ms,
        }


@dataclass(frozen=True)
class CloseRequest:
    """A drawer counted at the end of a day.

    `counted` holds pieces by denomination, `counted_rupiah` what they come to, both as the till
    said; `expected_rupiah` is what the till thought should be there (None: it leaves that to the
    server), `last_counter` the last receipt number that it gave.
    """

    uuid: UUID
    business_date: dt.date
    counted: tuple[tuple[int, int], ...]
    counted_rupiah: int
    expected_rupiah: int | None
    last_counter: int
    note: str
    closed_at: dt.datetime
    device_at: dt.datetime | None = None
    clock_offset_ms: int | None = None
    number: str | None = None

    @property
    def at(self) -> dt.datetime:
        """When it happened."""
        return self.closed_at

    def pieces(self) -> dict[str, int]:
        """Pieces by denomination as they are kept: the largest first, without those of nought."""
        return {
            str(value): pieces for value, pieces in sorted(self.counted, reverse=True) if pieces
        }

    def as_json(self) -> dict[str, Any]:
        """The request in plain JSON values, as it is kept when it has to be held."""
        return {
            "kind": "close",
            "uuid": str(self.uuid),
            "number": self.number,
            "business_date": self.business_date.isoformat(),
            "counted": self.pieces(),
            "counted_rupiah": self.counted_rupiah,
            "expected_rupiah": self.expected_rupiah,
            "last_counter": self.last_counter,
            "note": self.note,
            "at": str(self.closed_at),
            "device_at": str(self.device_at) if self.device_at else None,
            "clock_offset_ms": self.clock_offset_ms,
        }


def fingerprint(request: MovementRequest | CloseRequest, *, till_id: int) -> str:
    """SHA-256 of what is asked: equal for a repeat, so the corrected time is left out."""
    content = request.as_json() | {"till": till_id}
    del content["at"]
    return hashlib.sha256(canonical(content)).hexdigest()


def check_shape(request: MovementRequest | CloseRequest) -> None:
    """Refuse what cannot be read as a movement or a close, whoever sends it. Raises SaleRefused.

    What a tablet numbered has happened: where its clock was of another century, it is held.
    """
    problems = []
    years = YEARS if request.number is None else HELD_YEARS
    readings = [(request.at, years)]
    if request.device_at:
        readings.append((request.device_at, DEVICE_YEARS))
    if any(at.tzinfo is None or at.year not in known for at, known in readings):
        problems.append(Problem("at", _("Waktu ini tidak mungkin.")))
    if isinstance(request, MovementRequest):
        problems += _movement_problems(request)
    else:
        problems += _close_problems(request)
        if request.business_date.year not in years:
            problems.append(Problem("business_date", _("Tanggal ini tidak mungkin.")))
    if problems:
        raise SaleRefused(problems)


def _movement_problems(request: MovementRequest) -> list[Problem]:
    problems = []
    if request.kind not in CashMovement.Kind.values:
        problems.append(Problem("movement", _("Jenis uang laci ini tidak dikenal.")))
    is_float = request.kind == CashMovement.Kind.FLOAT
    if not (0 if is_float else 1) <= request.amount_rupiah <= MAX_MOVEMENT_RUPIAH:
        problems.append(
            Problem("amount", _("Isi nilai dari Rp 1 sampai Rp 1.000.000.000, tanpa koma."))
        )
    if not is_float and not request.reason.strip():
        problems.append(Problem("reason", _("Tulis alasannya.")))
    if not is_text(request.reason):
        problems.append(Problem("reason", _("Alasan paling panjang 200 huruf.")))
    return problems


def _close_problems(request: CloseRequest) -> list[Problem]:
    problems = []
    values = [value for value, _pieces in request.counted]
    if len(set(values)) != len(values) or not set(values) <= set(DENOMINATIONS):
        problems.append(Problem("counted", _("Ada pecahan uang yang tidak dikenal.")))
    problems += [
        Problem(f"count-{value}", _("Isi jumlah lembar atau keping dari 0 sampai 9.999."))
        for value, pieces in request.counted
        if not 0 <= pieces <= MAX_QUANTITY
    ]
    if not problems and request.counted_rupiah != sum(
        value * pieces for value, pieces in request.counted
    ):
        problems.append(Problem("counted_rupiah", _("Jumlah uang tidak sama dengan hitungannya.")))
    if abs(request.expected_rupiah or 0) > MAX_EXPECTED_RUPIAH:
        problems.append(Problem("expected_rupiah", _("Nilai ini tidak mungkin.")))
    if not is_text(request.note):
        problems.append(Problem("note", _("Catatan terlalu panjang atau berisi huruf aneh.")))
    return problems
