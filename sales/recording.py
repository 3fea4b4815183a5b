"""The one writer of the ledger: records sales and reversals, each exactly once."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from sales import ledger_orm, ledger_postgres
from sales.chain_rows import PAYMENT_COLUMNS, SALE_COLUMNS, row_hash
from sales.checking import (
    HELD_YEARS,
    YEARS,
    Problem,
    SaleRefused,
    check_reversal_shape,
    check_sale_shape,
    offer_problems,
    payback_problems,
    taken_too_far,
    voucher_payback_problems,
)
from sales.closing.amending import LedgerEnd, amend_closes
from sales.ledger_rows import Gathered, Wanted, columns_of, reversed_line, sold_line
from sales.models import EReceipt, HeldSale, Payment, Sale, SaleFlag
from sales.originals import find_original
from sales.requests import ReversalRequest, SaleRequest, fingerprint
from sales.vouchers.redeeming import VoucherBook
from stands.clock import business_date
from stands.server_clock import server_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType
    from uuid import UUID

    from sales.ledger_rows import Found, LineRow, OnShelf, Said
    from sales.models import Cashier, LedgerHead, Till
    from sales.originals import Original
    from sales.requests import PaymentRequest
    from stands.models import Stand

T = TypeVar("T")

OLDEST_DAYS = 30
# A clock further off than this is worth a look; the offset corrects it all the same.
CLOCK_OFF_MS = 2 * 60 * 1000
NUMBER_LENGTH = 20  # of Sale.number


@dataclass(frozen=True)
class Outcome:
    """What became of a request. `sale` is the ledger entry, `held` the row beside the ledger."""

    class Kind(Enum):
        RECORDED = "recorded"
        REPLAYED = "replayed"
        HELD = "held"

    kind: Kind
    sale: Sale | None = None
    held: HeldSale | None = None
    # Kinds of SaleFlag that were put beside it now.
    flags: list[str] = field(default_factory=list)

    @property
    def held_reason(self) -> str:
        """Why it was held; empty if it was not."""
        return "" if self.held is None else str(self.held.reason)

    @property
    def is_conflict(self) -> bool:
        """Whether it was held because its UUID is known with other content."""
        return self.held is not None and self.held.reason == HeldSale.Reason.OTHER_CONTENT

    @property
    def number(self) -> str:
        """The number in the ledger; empty where it was held."""
        return "" if self.sale is None else self.sale.number


@dataclass(frozen=True)
class Asked:
    """A request with what is known about where it comes from.

    `named_cashier` is whom a tablet names, who counts if they are of this stand.
    `measured_offset_ms` is the server's clock less the tablet's when the request arrived.
    `known_as` is the fingerprint under which a held request first came.
    """

    request: SaleRequest | ReversalRequest
    cashier: Cashier | None = None
    named_cashier: int | None = None
    measured_offset_ms: int | None = None
    known_as: str = ""


def record_sale(
    *,
    stand: Stand,
    cashier: Cashier | None,
    request: SaleRequest,
    intake: Sale.Intake,
    till: Till | None = None,
) -> Outcome:
    """Record a sale at a stand once, however often it is asked for.

    The same UUID with the same content answers with the entry already there; with other content
    it is held. From the live form (`Intake.FORM`) price, offer and stock are checked first. Every
    other sale has happened: it is recorded at the price charged and flagged. Raises SaleRefused.
    """
    return _record_one(Asked(request, cashier), stand=stand, intake=intake, till=till)


def record_reversal(
    *,
    stand: Stand,
    cashier: Cashier | None,
    request: ReversalRequest,
    intake: Sale.Intake,
    till: Till | None = None,
) -> Outcome:
    """Take back all or part of a sale of this stand, dated when it is made.

    Never more is taken back than was sold: live it is refused, from a tablet it is held.
    Raises SaleRefused.
    """
    return _record_one(Asked(request, cashier), stand=stand, intake=intake, till=till)


def _record_one(
    asked: Asked, *, stand: Stand, intake: Sale.Intake, till: Till | None = None
) -> Outcome:
    [result] = record_all([asked], stand=stand, intake=intake, till=till)
    if isinstance(result, SaleRefused):
        raise result
    return result


def record_all(
    asked: Sequence[Asked], *, stand: Stand, intake: Sale.Intake, till: Till | None = None
) -> list[Outcome | SaleRefused]:
    """Record what is asked at one stand, in order and in one transaction; an answer for each.

    One that is refused or held does not stop those behind it. After an exception nothing of it is
    recorded. With a till come numbers that it gave; without one the server gives them.
    """

    @transaction.atomic
    def record() -> list[Outcome | SaleRefused]:
        results = record_within(asked, stand=stand, intake=intake, till=till)
        if all(isinstance(result, SaleRefused) for result in results):
            transaction.set_rollback(True)  # not even a ledger was opened for it
        return results

    return again_if_met(record, [one.request.uuid for one in asked])


def record_within(
    asked: Sequence[Asked],
    *,
    stand: Stand,
    intake: Sale.Intake,
    till: Till | None = None,
    said: Said | None = None,
) -> list[Outcome | SaleRefused]:
    """The same within the caller's transaction, which `again_if_met` has to run.

    `said` is written with it where that costs no statement of its own, and then says so.
    """
    sound = [_Entry(one, stand, intake, till) for one in asked]
    if all(entry.refusal for entry in sound):
        return [entry.refusal for entry in sound if entry.refusal]
    wanted = _wanted([entry for entry in sound if entry.refusal is None], stand, intake)
    head, found = _books().lock_and_look_up(wanted)
    writing = _Writing(head, stand, intake, till)
    results = writing.record(sound, found)
    writing.gathered.said = said
    writing.finish()
    return results


def again_if_met(record: Callable[[], T], uuids: Iterable[UUID]) -> T:
    """Run a transaction that records, and once more where it met another stand's.

    One UUID at two stands at the same moment: their ledgers share no lock. The other sale is
    committed by then, so a second look finds it and holds this one.
    """
    try:
        return record()
    except IntegrityError:
        if not Sale.objects.filter(pk__in=list(uuids)).exists():
            raise
        return record()


# --- one transaction ----------------------------------------------------------------------------


class _Entry:
    """A request on its way into the ledger."""

    def __init__(self, asked: Asked, stand: Stand, intake: Sale.Intake, till: Till | None) -> None:
        self.request = asked.request
        self.cashier_id = asked.cashier.pk if asked.cashier else None
        self.named_cashier = asked.named_cashier
        self.measured_offset_ms = asked.measured_offset_ms
        self.stand = stand
        self.intake = intake
        self.till = till
        self.fingerprint = asked.known_as or fingerprint(asked.request, stand_id=stand.pk)
        self.refusal = _shape_refusal(self)

    @property
    def is_of_this_till(self) -> bool:
        """Whether the number is one that its till gave: the plain form has neither."""
        number = self.request.number
        if self.till is None:
            return number is None
        return self.till.stand_id == self.stand.pk and (number or "").startswith(
            f"{self.till.prefix}-"
        )


class _Hold(Exception):  # noqa: N818, no failure of ours
    """The request cannot be an entry yet."""

    def __init__(self, reason: HeldSale.Reason) -> None:
        self.reason = reason
        super().__init__(reason)


class _Writing:
    """What one transaction writes at the end of a stand's ledger, whose head it has locked.

    Rows are gathered and written together, so that a hundred sales cost hardly more statements than
    one. Nothing is final before `finish`.
    """

    def __init__(
        self, head: LedgerHead, stand: Stand, intake: Sale.Intake, till: Till | None
    ) -> None:
        self.head = head
        self.stand = stand
        self.intake = intake
        self.till = till
        self.now = server_now()
        self.today = business_date(self.now)
        # What was known under each UUID before or is now: fingerprint, and the sale or None (held).
        self.known: dict[UUID, dict[str, Sale | None]] = {}
        self.taken_numbers: set[str] = set()
        self.offers: dict[int, OnShelf] = {}
        self.days: set[dt.date] = set()
        self.vouchers = VoucherBook(stand)
        self.gathered = Gathered()
        self.recorded: list[Sale] = []
        self.flag_names: dict[UUID, list[str]] = {}

    @property
    def is_live(self) -> bool:
        """Whether somebody stands before a form and can be told; else the sale has happened."""
        return self.intake in (Sale.Intake.FORM, Sale.Intake.ORGANISER, Sale.Intake.HELD)

    def record(self, entries: Sequence[_Entry], found: Found) -> list[Outcome | SaleRefused]:
        """An outcome or a refusal for each, in order."""
        self._take_note([entry for entry in entries if entry.refusal is None], found)
        return [entry.refusal or self._one(entry) for entry in entries]

    def _one(self, entry: _Entry) -> Outcome | SaleRefused:
        try:
            before = self._already_known(entry)
            if before is not None:
                return before
            self._check_date_and_number(entry)
            if isinstance(entry.request, SaleRequest):
                return self._sale(entry, entry.request)
            return self._reversal(entry, entry.request)
        except _Hold as hold:
            return self._hold(entry, hold.reason)
        except SaleRefused as refusal:
            return refusal

    # --- what is there already ---

    def _take_note(self, entries: Sequence[_Entry], found: Found) -> None:
        recorded = [uuid for uuid, _print, is_recorded in found.known if is_recorded]
        sales = Sale.objects.in_bulk(recorded) if recorded else {}
        for uuid, print_, is_recorded in found.known:
            self.known.setdefault(uuid, {})[print_] = sales[uuid] if is_recorded else None
        self.taken_numbers, self.offers, self.days = found.numbers, found.offers, found.days
        for entry in entries:
            # Who sold is worth knowing, and no condition: an unknown name keeps no sale out.
            if entry.named_cashier in found.cashiers:
                entry.cashier_id = entry.named_cashier
        requests = [entry.request for entry in entries]
        self.vouchers.look_up(
            one for one in requests if one.uuid not in self.known and isinstance(one, SaleRequest)
        )

    def _already_known(self, entry: _Entry) -> Outcome | None:
        """What an earlier request under this UUID led to, in the ledger or held beside it."""
        known = self.known.get(entry.request.uuid)
        if known is None:
            return None
        if entry.fingerprint not in known:
            raise _Hold(HeldSale.Reason.OTHER_CONTENT)
        sale = known[entry.fingerprint]
        if sale is not None:
            return Outcome(Outcome.Kind.REPLAYED, sale=sale)
        held = HeldSale.objects.select_related("sale").get(
            sale_uuid=entry.request.uuid, fingerprint=entry.fingerprint
        )
        if held.sale is not None:
            return Outcome(Outcome.Kind.REPLAYED, sale=held.sale)
        return Outcome(Outcome.Kind.HELD, held=held)

    def _check_date_and_number(self, entry: _Entry) -> None:
        """Hold what date or number keep out of the ledger until an organiser has looked."""
        if self.intake == Sale.Intake.HELD:
            return  # an organiser has
        if not entry.is_of_this_till:
            raise _Hold(HeldSale.Reason.OTHER_TILL)
        if entry.request.number in self.taken_numbers:
            raise _Hold(HeldSale.Reason.NUMBER_TAKEN)
        day = business_date(entry.request.sold_at)
        if day > self.today:
            raise _Hold(HeldSale.Reason.FUTURE)
        if day < self.today - dt.timedelta(days=OLDEST_DAYS):
            raise _Hold(HeldSale.Reason.TOO_OLD)

    def _hold(self, entry: _Entry, reason: HeldSale.Reason) -> Outcome:
        """Keep the request as it came, outside the ledger, for an organiser."""
        held, _created = HeldSale.objects.get_or_create(
            sale_uuid=entry.request.uuid,
            fingerprint=entry.fingerprint,
            defaults={
                "stand": entry.stand,
                "till": entry.till or self.head.web_till,
                "cashier_id": entry.cashier_id,
                "reason": reason,
                "request": entry.request.as_json(),
            },
        )
        self.known.setdefault(entry.request.uuid, {})[entry.fingerprint] = None
        return Outcome(Outcome.Kind.HELD, held=held)

    # --- a sale ---

    def _sale(self, entry: _Entry, request: SaleRequest) -> Outcome:
        offers = self.offers
        if self.is_live and self.intake != Sale.Intake.HELD:
            problems = offer_problems(request, offers) + self.vouchers.problems(request)
            if problems:
                raise SaleRefused(problems)
        elif any(line.offer_id not in offers for line in request.lines):
            if self.is_live:
                raise SaleRefused([Problem("lines", _("Barang ini tidak dijual di stan ini."))])
            raise _Hold(HeldSale.Reason.OFFER_UNKNOWN)
        lines = [
            sold_line(position, line, offers[line.offer_id])
            for position, line in enumerate(request.lines, start=1)
        ]
        payments = [
            _payment(position, one) for position, one in enumerate(request.payments, start=1)
        ]
        sale = self._append(entry, lines, payments)
        if request.receipt_token:
            self.gathered.receipts.append(
                EReceipt(
                    sale=sale,
                    token_hash=hashlib.sha256(request.receipt_token.encode()).hexdigest(),
                )
            )
        for kind, detail in _flags_of_sale(request, offers):
            self._flag(sale, kind, detail)
        if not request.training:
            for kind, detail in self.vouchers.use(sale, request, lines, payments):
                self._flag(sale, kind, detail)
            self._move_stock(lines)
        return self._is_recorded(sale)

    # --- a reversal ---

    def _reversal(self, entry: _Entry, request: ReversalRequest) -> Outcome:
        if self.gathered.touches(request.original_id):
            self._flush()  # the original is among what was asked just now
        found = self._original(entry, request)
        original, sold = found.sale, found.lines
        if any(line.position not in sold for line in request.lines):
            raise SaleRefused([Problem("lines", _("Barang ini tidak ada di nota itu."))])
        over = taken_too_far(request, found.left)
        if over:
            if self.is_live:
                raise SaleRefused(over)
            raise _Hold(HeldSale.Reason.OVER_REVERSAL)
        problems = payback_problems(request, sold)
        if problems:
            raise SaleRefused(problems)
        lines = [
            reversed_line(position, sold[line.position], line.quantity)
            for position, line in enumerate(request.lines, start=1)
        ]
        payments = [
            Payment(position=position, method=one.method, amount_rupiah=-one.amount_rupiah)
            for position, one in enumerate(request.payments, start=1)
        ]
        cashed = self._cashed(original, request)
        sale = self._append(entry, lines, payments, original=original)
        if not original.training:
            if original.is_by_voucher:
                self.vouchers.give_back(original, sale, lines, payments)
            if cashed:
                self._flag(sale, SaleFlag.Kind.VOUCHER_CASHED, cashed)
            self._move_stock(lines)
        return self._is_recorded(sale)

    def _original(self, entry: _Entry, request: ReversalRequest) -> Original:
        """The sale of this stand that is taken back."""
        original = find_original(request.original_id, entry.stand)
        if original is None and not self.is_live:
            is_held = HeldSale.objects.filter(
                sale_uuid=request.original_id, stand=entry.stand, sale=None
            ).exists()
            raise _Hold(
                HeldSale.Reason.ORIGINAL_HELD if is_held else HeldSale.Reason.ORIGINAL_UNKNOWN
            )
        if original is None or original.sale.is_reversal:
            raise SaleRefused([Problem("original", _("Penjualan ini tidak ada di stan ini."))])
        return original

    def _cashed(self, original: Sale, request: ReversalRequest) -> dict[str, object]:
        """Where a voucher would be handed out in money: refused live, else it has happened.

        What was left to go back in each way, and what went back.
        """
        back: dict[str, int] = {}
        for one in request.payments:
            back[one.method] = back.get(one.method, 0) + one.amount_rupiah
        if not (original.is_by_voucher or Payment.Method.VOUCHER in back):
            return {}
        left = original.left_by_method()
        problems = voucher_payback_problems(back, left)
        if problems and self.intake in (Sale.Intake.FORM, Sale.Intake.ORGANISER):
            raise SaleRefused(problems)
        return {"left": left, "back": back} if problems else {}

    # --- the ledger ---

    def _append(
        self,
        entry: _Entry,
        lines: list[LineRow],
        payments: list[Payment],
        *,
        original: Sale | None = None,
    ) -> Sale:
        """Put an entry with its lines and payments at the end of the chain."""
        request, head = entry.request, self.head
        number = request.number
        if number is None:
            head.web_counter += 1
            number = f"{head.web_till.prefix}-{head.web_counter:04d}"
        elif number in self.taken_numbers:
            number = self._beside(number)  # only what an organiser accepted comes this far
        head.sequence += 1
        sale = Sale(
            id=request.uuid,
            expo_id=entry.stand.expo_id,
            stand=entry.stand,
            till=entry.till or head.web_till,
            cashier_id=entry.cashier_id,
            sequence=head.sequence,
            number=number,
            reverses=original,
            reason=request.reason.strip() if isinstance(request, ReversalRequest) else "",
            note=request.note if isinstance(request, SaleRequest) else "",
            training=original.training if original else getattr(request, "training", False),
            intake=entry.intake,
            total_rupiah=sum(line.amount_rupiah for line in lines),
            sold_at=request.sold_at,
            device_at=request.device_at,
            received_at=self.now,
            business_date=business_date(request.sold_at),
            fingerprint=entry.fingerprint,
            previous_hash=head.hash,
        )
        sale.hash = head.hash = row_hash(
            columns_of(sale, SALE_COLUMNS),
            lines,
            [columns_of(payment, PAYMENT_COLUMNS) for payment in payments],
        )
        for payment in payments:
            payment.sale = sale
        gathered = self.gathered
        gathered.sales.append(sale)
        gathered.lines += [(sale, line) for line in lines]
        gathered.payments += payments
        gathered.totals.sale(sale, lines, payments)
        self.recorded.append(sale)
        self.known.setdefault(sale.pk, {})[entry.fingerprint] = sale
        self.taken_numbers.add(number)
        self._flag_clock(entry, sale)
        return sale

    def _beside(self, number: str) -> str:
        """The next free number beside one that is taken: `A12-B-0007/2`."""
        beside = Sale.objects.filter(expo_id=self.stand.expo_id, number__startswith=f"{number}/")
        taken = self.taken_numbers.union(beside.values_list("number", flat=True))
        free = next(one for n in count(2) if (one := f"{number}/{n}") not in taken)
        if len(free) > NUMBER_LENGTH:
            raise SaleRefused([Problem("number", _("Nomor nota ini terlalu panjang."))])
        return free

    def _flag_clock(self, entry: _Entry, sale: Sale) -> None:
        """Note a tablet's clock that was off when it sold, or that was set since.

        Where the tablet did not know how far off it was, what was measured at arrival counts. A
        clock that was set in between then looks as right as one that never was wrong. A tablet
        does not know it after its page was opened, or it slept, without a network: that a sale
        arrives hours later is everyday, and its age no sign. What cannot have been is one: paid
        after it arrived, or before the sale that the same till numbered before it.
        """
        if sale.device_at is None or sale.training:
            return
        if entry.intake == Sale.Intake.HELD:
            return  # an organiser saw it, and perhaps chose another time
        used = round((sale.sold_at - sale.device_at) / dt.timedelta(milliseconds=1))
        measured = entry.measured_offset_ms
        doubt = {} if entry.request.clock_offset_ms is not None else self._doubt(sale)
        if (
            doubt
            or abs(used) > CLOCK_OFF_MS
            or (measured is not None and abs(used - measured) > CLOCK_OFF_MS)
        ):
            detail: dict[str, object] = {"offset_ms": used, "measured_ms": measured, **doubt}
            self._flag(sale, SaleFlag.Kind.CLOCK_OFF, detail)

    def _doubt(self, sale: Sale) -> dict[str, object]:
        """Why it cannot have been paid when its tablet says: {} for nothing."""
        off = dt.timedelta(milliseconds=CLOCK_OFF_MS)
        if sale.sold_at > self.now + off:
            return {"received": self.now.isoformat()}
        if sale.sold_at > self.now - off:
            return {}  # it came at once
        prefix, _dash, counter = sale.number.rpartition("-")
        number = f"{prefix}-{int(counter) - 1:04d}" if counter.isdecimal() else ""
        before = next((one for one in reversed(self.recorded) if one.number == number), None)
        before = before or Sale.objects.filter(expo_id=sale.expo_id, number=number).first()
        if before is not None and before.sold_at > sale.sold_at + off:
            return {"before": number, "before_at": before.sold_at.isoformat()}
        return {}

    def _flag(self, sale: Sale, kind: SaleFlag.Kind, detail: dict[str, object]) -> None:
        """Note beside the sale what an organiser should look at."""
        self.gathered.flags.append(SaleFlag(sale=sale, kind=kind, detail=detail))
        self.flag_names.setdefault(sale.pk, []).append(kind.value)

    def _is_recorded(self, sale: Sale) -> Outcome:
        if not sale.training and sale.business_date not in self.days:
            detail: dict[str, object] = {"date": sale.business_date.isoformat()}
            self._flag(sale, SaleFlag.Kind.OUTSIDE_DAYS, detail)
        flags = self.flag_names.get(sale.pk, [])
        return Outcome(Outcome.Kind.RECORDED, sale=sale, flags=flags)

    def _move_stock(self, lines: Sequence[LineRow]) -> None:
        moved = self.gathered.moved
        for line in lines:
            moved[line.offer_id] = moved.get(line.offer_id, 0) + line.quantity
            offer = self.offers.get(line.offer_id)
            if offer is not None and offer.stock is not None:
                offer.stock -= line.quantity  # what the next in line finds; written by difference

    def _flush(self) -> None:
        """Write what was gathered, and the end of the ledger with it."""
        if not self.gathered.sales:
            return
        gathered = self.gathered
        gathered.moved = {pk: number for pk, number in gathered.moved.items() if number}
        _books().write(gathered, self.head)
        self.vouchers.flush()
        self.gathered = Gathered()

    def finish(self) -> None:
        """Write everything."""
        if self.recorded:
            self._flush()
            self._amend_closes()

    def _amend_closes(self) -> None:
        """Add to what was closed already: read under the lock that closing holds too."""
        closed = self.head.last_closed_day
        late = [sale for sale in self.recorded if closed and sale.business_date <= closed]
        if late:
            end = LedgerEnd(self.head.sequence, self.head.hash)
            amend_closes(late, end=end, now=self.now)


def _wanted(entries: Sequence[_Entry], stand: Stand, intake: Sale.Intake) -> Wanted:
    requests = [entry.request for entry in entries]
    sales = [one for one in requests if isinstance(one, SaleRequest)]
    return Wanted(
        stand=stand,
        uuids=[one.uuid for one in requests],
        numbers=[one.number for one in requests if one.number is not None],
        offers=sorted({line.offer_id for one in sales for line in one.lines}),
        days=sorted({business_date(one.sold_at) for one in requests}),
        cashiers=[one.named_cashier for one in entries if one.named_cashier is not None],
        # Of one that is accepted now, its own row is not in its way.
        with_held=intake != Sale.Intake.HELD,
    )


def _books() -> ModuleType:
    """What reads and writes the ledger on this database. It decides nothing."""
    return ledger_postgres if connection.vendor == "postgresql" else ledger_orm


def _shape_refusal(entry: _Entry) -> SaleRefused | None:
    """Why it cannot be read as a sale, if so."""
    request = entry.request
    years = HELD_YEARS if entry.intake == Sale.Intake.OUTBOX else YEARS
    try:
        if isinstance(request, SaleRequest):
            check_sale_shape(request, years=years)
        else:
            check_reversal_shape(request, years=years)
        if not entry.is_of_this_till and entry.intake in (
            Sale.Intake.FORM,
            Sale.Intake.EXAMPLE,
            Sale.Intake.ORGANISER,
        ):
            raise SaleRefused([Problem("number", _("Nomor nota dan kasir tidak cocok."))])
    except SaleRefused as refusal:
        return refusal
    return None


# --- rows ---------------------------------------------------------------------------------------


def _payment(position: int, payment: PaymentRequest) -> Payment:
    return Payment(
        position=position,
        method=payment.method,
        amount_rupiah=payment.amount_rupiah,
        tendered_rupiah=payment.tendered_rupiah,
    )


def _flags_of_sale(
    request: SaleRequest, offers: dict[int, OnShelf]
) -> list[tuple[SaleFlag.Kind, dict[str, object]]]:
    flags: list[tuple[SaleFlag.Kind, dict[str, object]]] = []
    differed = [
        {
            "offer": line.offer_id,
            "charged": line.unit_price_rupiah,
            "price": offer.price_rupiah,
        }
        for line in request.lines
        if (offer := offers[line.offer_id]).price_rupiah != line.unit_price_rupiah
    ]
    if differed:
        flags.append((SaleFlag.Kind.PRICE_DIFFERED, {"lines": differed}))
    withdrawn = [pk for pk in request.quantities() if offers[pk].is_withdrawn]
    if withdrawn:
        flags.append((SaleFlag.Kind.OFFER_WITHDRAWN, {"offers": withdrawn}))
    below = [
        {"offer": pk, "left": offer.stock - quantity}
        for pk, quantity in request.quantities().items()
        if (offer := offers[pk]).stock is not None and quantity > offer.stock
    ]
    if below and not request.training:
        flags.append((SaleFlag.Kind.STOCK_BELOW_ZERO, {"offers": below}))
    return flags
