"""The writer of a till's book: cash put in and taken out, and the day closed, each exactly once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from events.log import log_event
from events.models import Event
from sales.checking import YEARS
from sales.closing.amending import LedgerEnd, amend
from sales.closing.book import append, head_of
from sales.closing.figures import figures_of
from sales.closing.requests import CloseRequest, MovementRequest, check_shape, fingerprint
from sales.ledger_head import lock_head
from sales.models import (
    CashMovement,
    CloseAmendment,
    DayClose,
    HeldClosing,
    LedgerHead,
    Till,
)
from sales.recording import OLDEST_DAYS, Outcome
from stands.clock import business_date
from stands.server_clock import server_now

if TYPE_CHECKING:
    from uuid import UUID

    from sales.models import Cashier, DrawerHead
    from stands.models import Stand


@dataclass(frozen=True)
class Written:
    """What became of a movement or a close: its row in the book, or the one that is held."""

    kind: Outcome.Kind
    row: CashMovement | DayClose | CloseAmendment | None = None
    held: HeldClosing | None = None

    @property
    def is_conflict(self) -> bool:
        """Whether it was held because its UUID is known with other content."""
        return self.held is not None and self.held.reason == HeldClosing.Reason.OTHER_CONTENT

    @property
    def held_reason(self) -> str:
        """Why it was held; empty if it was not."""
        return "" if self.held is None else str(self.held.reason)

    @property
    def number(self) -> str:
        """The number in the book; empty where it was held."""
        return "" if self.row is None else self.row.number

    @property
    def flags(self) -> list[str]:
        """Nothing about it is flagged: a difference is no reproach."""
        return []


@transaction.atomic
def write_in_book(
    request: MovementRequest | CloseRequest,
    *,
    stand: Stand,
    cashier: Cashier | None,
    till: Till | None = None,
) -> Written:
    """Write a movement or a close into the till's book once, however often it is asked for.

    The first close of a till and day is frozen with the end of its stand's ledger; a further one is
    a second count, and an amendment of the first. Without a till it is that of the plain form,
    and the server gives the number. Raises SaleRefused for what cannot be read.
    """
    check_shape(request)
    head = lock_head(stand)
    till = till or head.web_till
    till.stand = stand
    print_ = fingerprint(request, till_id=till.pk)
    before = _already_known(request.uuid, print_)
    if before is not None and before.kind is not Outcome.Kind.RECORDED:
        return before
    reason = HeldClosing.Reason.OTHER_CONTENT if before else _reason_to_hold(request, till)
    if reason is not None:
        held, _created = HeldClosing.objects.get_or_create(
            request_id=request.uuid,
            fingerprint=print_,
            defaults={"till": till, "reason": reason, "request": request.as_json()},
        )
        return Written(Outcome.Kind.HELD, held=held)
    writing = _Writing(head, head_of(till), till, cashier, print_)
    if isinstance(request, MovementRequest):
        return Written(Outcome.Kind.RECORDED, writing.movement(request))
    return Written(Outcome.Kind.RECORDED, writing.close(request))


def _already_known(uuid: UUID, print_: str) -> Written | None:
    """What an earlier request under this UUID led to; RECORDED says that it had other content."""
    rows: list[CashMovement | DayClose | CloseAmendment] = [
        *CashMovement.objects.filter(pk=uuid),
        *DayClose.objects.filter(pk=uuid),
        *CloseAmendment.objects.filter(request_id=uuid),
    ]
    for row in rows:
        if row.fingerprint == print_:
            return Written(Outcome.Kind.REPLAYED, row)
    held = list(HeldClosing.objects.filter(request_id=uuid))
    for one in held:
        if one.fingerprint == print_:
            return Written(Outcome.Kind.HELD, held=one)
    return Written(Outcome.Kind.RECORDED) if rows or held else None


def _reason_to_hold(
    request: MovementRequest | CloseRequest, till: Till
) -> HeldClosing.Reason | None:
    number = request.number
    if number is not None:
        if not number.startswith(f"{till.prefix}-"):
            return HeldClosing.Reason.OTHER_TILL
        if (
            CashMovement.objects.filter(till=till, number=number).exists()
            or DayClose.objects.filter(till=till, number=number).exists()
            or CloseAmendment.objects.filter(till=till, number=number).exists()
        ):
            return HeldClosing.Reason.NUMBER_TAKEN
    today = business_date(server_now())
    day = request.business_date if isinstance(request, CloseRequest) else business_date(request.at)
    if request.at.year not in YEARS:
        day = business_date(request.at)
    if day > today:
        return HeldClosing.Reason.FUTURE
    if day < today - dt.timedelta(days=OLDEST_DAYS):
        return HeldClosing.Reason.TOO_OLD
    return None


class _Writing:
    """One row on its way into a till's book, with the ledger head of the stand locked."""

    def __init__(
        self,
        head: LedgerHead,
        drawer: DrawerHead,
        till: Till,
        cashier: Cashier | None,
        print_: str,
    ) -> None:
        self.head = head
        self.end = LedgerEnd(head.sequence, head.hash)
        self.drawer = drawer
        self.till = till
        self.cashier = cashier
        self.print_ = print_
        self.now = server_now()

    def movement(self, request: MovementRequest) -> CashMovement:
        number = request.number
        if number is None:
            self.drawer.movement_counter += 1
            number = f"{self.till.prefix}-K{self.drawer.movement_counter:04d}"
        row = CashMovement(
            id=request.uuid,
            till=self.till,
            cashier=self.cashier,
            number=number,
            kind=request.kind,
            amount_rupiah=request.amount_rupiah,
            reason=request.reason.strip(),
            moved_at=request.moved_at,
            device_at=request.device_at,
            received_at=self.now,
            business_date=business_date(request.moved_at),
            fingerprint=self.print_,
        )
        append(row, self.drawer)
        close = DayClose.objects.filter(till=self.till, business_date=row.business_date).first()
        if close is not None:
            close.till = self.till
            amend(close, end=self.end, now=self.now, movement=row)
        return row

    def close(self, request: CloseRequest) -> DayClose | CloseAmendment:
        number, last_counter = request.number, request.last_counter
        if number is None:
            self.drawer.close_counter += 1
            number = f"{self.till.prefix}-Z{self.drawer.close_counter:04d}"
            self.drawer.save()  # appending reads it anew
            last_counter = self.head.web_counter
        count: dict[str, object] = {
            "number": number,
            "cashier": self.cashier,
            "counted": request.pieces(),
            "counted_rupiah": request.counted_rupiah,
            "tablet_expected_rupiah": request.expected_rupiah,
            "last_counter": last_counter,
            "note": request.note.strip(),
            "closed_at": request.closed_at,
            "device_at": request.device_at,
            "fingerprint": self.print_,
        }
        earlier = DayClose.objects.filter(
            till=self.till, business_date=request.business_date
        ).first()
        if earlier is None:
            return self._freeze(request, count)
        earlier.till = self.till
        recount = CloseAmendment(kind=CloseAmendment.Kind.RECOUNT, request_id=request.uuid, **count)
        return amend(earlier, end=self.end, now=self.now, count=recount)

    def _freeze(self, request: CloseRequest, count: dict[str, object]) -> DayClose:
        day = request.business_date
        figures = figures_of(self.till, day)
        if count["tablet_expected_rupiah"] is None:
            count["tablet_expected_rupiah"] = figures.expected_rupiah
        row = DayClose(
            id=request.uuid,
            stand_id=self.till.stand_id,
            till=self.till,
            business_date=day,
            **count,
            **figures.as_columns(),
            expected_rupiah=figures.expected_rupiah,
            difference_rupiah=request.counted_rupiah - figures.expected_rupiah,
            ledger_sequence=self.end.sequence,
            ledger_hash=self.end.hash,
            received_at=self.now,
        )
        append(row, self.drawer)
        if self.head.last_closed_day is None or self.head.last_closed_day < day:
            LedgerHead.objects.filter(pk=self.head.pk).update(last_closed_day=day)
        log_event(
            Event.Kind.DAY_CLOSED,
            f"{row.number} ({day.isoformat()})",
            actor=self.cashier.user if self.cashier and request.number is None else None,
            data={
                "close": str(row.pk),
                "till": self.till.prefix,
                "day": day.isoformat(),
                "counted_rupiah": row.counted_rupiah,
                "expected_rupiah": row.expected_rupiah,
                "difference_rupiah": row.difference_rupiah,
                "hash": row.hash,
            },
        )
        return row
