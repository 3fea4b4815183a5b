"""The one writer of the ledger: records sales and reversals, each exactly once."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from string import ascii_uppercase
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from sales.chain import entry_hash
from sales.checking import (
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
from sales.models import (
    EReceipt,
    HeldSale,
    LedgerHead,
    Payment,
    Sale,
    SaleFlag,
    SaleLine,
    Till,
)
from sales.requests import ReversalRequest, SaleRequest, fingerprint
from sales.totals.running import Adding
from sales.vouchers.redeeming import VoucherBook
from stands.clock import business_date
from stands.models import ExpoDay, Offer
from stands.server_clock import server_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sales.models import Cashier
    from sales.requests import LineRequest, PaymentRequest
    from stands.models import Stand

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

    `measured_offset_ms` is the server's clock less the tablet's when the request arrived.
    `known_as` is the fingerprint under which a held request first came.
    """

    request: SaleRequest | ReversalRequest
    cashier: Cashier | None = None
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
    try:
        return _locked(asked, stand, intake, till)
    except IntegrityError:
        # One UUID at two stands at the same moment: their ledgers share no lock. The other sale is
        # committed by now, so a second look finds it and holds this one.
        if not Sale.objects.filter(pk__in=[one.request.uuid for one in asked]).exists():
            raise
        return _locked(asked, stand, intake, till)


@transaction.atomic
def _locked(
    asked: Sequence[Asked], stand: Stand, intake: Sale.Intake, till: Till | None
) -> list[Outcome | SaleRefused]:
    writing = _Writing(lock_head(stand), stand, intake, till)
    results = writing.record([_Entry(one, stand, intake, till) for one in asked])
    writing.finish()
    if all(isinstance(result, SaleRefused) for result in results):
        transaction.set_rollback(True)  # not even a ledger was opened for it
    return results


def lock_head(stand: Stand) -> LedgerHead:
    """The end of the stand's ledger, locked until the transaction ends: one writer a stand.

    SQLite needs no row lock: its transactions are IMMEDIATE and take the one write lock at once.
    """
    heads = LedgerHead.objects.select_for_update(of=("self",)).select_related("web_till")
    head = heads.filter(stand=stand).first()
    if head is None:
        # The first sales of a stand meet here: one opens its ledger, the others wait and find it.
        with suppress(IntegrityError), transaction.atomic():
            _open_ledger(stand)
        head = heads.get(stand=stand)
    return head


def _open_ledger(stand: Stand) -> None:
    """Begin the ledger of a stand, with the till that its plain form counts under."""
    letters = [Till.WEB, *(f"{Till.WEB}{letter}" for letter in ascii_uppercase)]
    taken = set(
        Till.objects.filter(
            expo_id=stand.expo_id,
            prefix__in=[f"{stand.code}-{letter}" for letter in letters],
        ).values_list("prefix", flat=True)
    )
    # Another stand had this code once and printed numbers under it.
    letter = next(one for one in letters if f"{stand.code}-{one}" not in taken)
    till = Till.objects.create(
        expo_id=stand.expo_id,
        stand=stand,
        letter=letter,
        prefix=f"{stand.code}-{letter}",
        name="Formulir",
    )
    LedgerHead.objects.create(stand=stand, web_till=till)


# --- one transaction ----------------------------------------------------------------------------


class _Entry:
    """A request on its way into the ledger."""

    def __init__(self, asked: Asked, stand: Stand, intake: Sale.Intake, till: Till | None) -> None:
        self.request = asked.request
        self.cashier = asked.cashier
        self.measured_offset_ms = asked.measured_offset_ms
        self.stand = stand
        self.intake = intake
        self.till = till
        self.fingerprint = asked.known_as or fingerprint(asked.request, stand_id=stand.pk)

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
        self.sequence, self.hash = head.sequence, head.hash
        self.web_counter = head.web_counter
        # What was known under each UUID before or is now: fingerprint, and the sale or None (held).
        self.known: dict[UUID, dict[str, Sale | None]] = {}
        self.taken_numbers: set[str] = set()
        self.offers: dict[int, Offer] = {}
        self.vouchers = VoucherBook(stand)
        self.sales: list[Sale] = []
        self.lines: list[SaleLine] = []
        self.payments: list[Payment] = []
        self.receipts: list[EReceipt] = []
        self.flags: list[SaleFlag] = []
        self.recorded: list[Sale] = []
        self.flag_names: dict[UUID, list[str]] = {}
        self.moved: dict[int, int] = {}
        self.totals = Adding()

    @property
    def is_live(self) -> bool:
        """Whether somebody stands before a form and can be told; else the sale has happened."""
        return self.intake in (Sale.Intake.FORM, Sale.Intake.ORGANISER, Sale.Intake.HELD)

    def record(self, entries: Sequence[_Entry]) -> list[Outcome | SaleRefused]:
        """An outcome or a refusal for each, in order."""
        checked = [(entry, _shape_refusal(entry)) for entry in entries]
        sound = [entry for entry, refusal in checked if refusal is None]
        self._look_up(sound)
        return [refusal or self._one(entry) for entry, refusal in checked]

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

    def _look_up(self, entries: Sequence[_Entry]) -> None:
        uuids = [entry.request.uuid for entry in entries]
        recorded = Sale.objects.filter(pk__in=uuids).values_list("pk", "fingerprint", Value("sale"))
        held = HeldSale.objects.filter(sale_uuid__in=uuids).values_list(
            "sale_uuid", "fingerprint", Value("held")
        )
        if self.intake == Sale.Intake.HELD:
            held = held.none()  # its own row is not in its way
        found = list(recorded.order_by().union(held.order_by(), all=True))
        sales = Sale.objects.in_bulk([uuid for uuid, _print, kind in found if kind == "sale"])
        for uuid, print_, kind in found:
            self.known.setdefault(uuid, {})[print_] = sales[uuid] if kind == "sale" else None
        fresh = [entry.request for entry in entries if entry.request.uuid not in self.known]
        numbers = [request.number for request in fresh if request.number is not None]
        if numbers:
            self.taken_numbers = set(
                Sale.objects.filter(expo_id=self.stand.expo_id, number__in=numbers).values_list(
                    "number", flat=True
                )
            )
        wanted = {
            line.offer_id
            for request in fresh
            if isinstance(request, SaleRequest)
            for line in request.lines
        }
        if wanted:
            # Held until all is written, in one order for all, so that what was checked still
            # stands then and nobody waits in a circle.
            offers = (
                Offer.objects.filter(stand=self.stand, pk__in=wanted)
                .select_for_update(of=("self",))
                .order_by("pk")
                .select_related("product__producer")
            )
            self.offers = {offer.pk: offer for offer in offers}
        self.vouchers.look_up(request for request in fresh if isinstance(request, SaleRequest))

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
                "cashier": entry.cashier,
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
            _sale_line(position, line, offers[line.offer_id])
            for position, line in enumerate(request.lines, start=1)
        ]
        payments = [
            _payment(position, one) for position, one in enumerate(request.payments, start=1)
        ]
        sale = self._append(entry, lines, payments)
        if request.receipt_token:
            self.receipts.append(
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
        self._flush()  # the original may be among what was asked just now
        original = self._original(entry, request)
        sold = {line.position: line for line in original.lines.all()}
        if any(line.position not in sold for line in request.lines):
            raise SaleRefused([Problem("lines", _("Barang ini tidak ada di nota itu."))])
        over = taken_too_far(request, original.left_by_line())
        if over:
            if self.is_live:
                raise SaleRefused(over)
            raise _Hold(HeldSale.Reason.OVER_REVERSAL)
        problems = payback_problems(request, sold)
        if problems:
            raise SaleRefused(problems)
        lines = [
            _reversal_line(position, sold[line.position], line.quantity)
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

    def _original(self, entry: _Entry, request: ReversalRequest) -> Sale:
        """The sale of this stand that is taken back."""
        at_stand = Sale.objects.at_stand(entry.stand).with_voucher_use()
        original = at_stand.filter(pk=request.original_id).first()
        if original is None and not self.is_live:
            is_held = HeldSale.objects.filter(
                sale_uuid=request.original_id, stand=entry.stand, sale=None
            ).exists()
            raise _Hold(
                HeldSale.Reason.ORIGINAL_HELD if is_held else HeldSale.Reason.ORIGINAL_UNKNOWN
            )
        if original is None or original.is_reversal:
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
        lines: list[SaleLine],
        payments: list[Payment],
        *,
        original: Sale | None = None,
    ) -> Sale:
        """Put an entry with its lines and payments at the end of the chain."""
        request = entry.request
        number = request.number
        if number is None:
            self.web_counter += 1
            number = f"{self.head.web_till.prefix}-{self.web_counter:04d}"
        elif number in self.taken_numbers:
            number = self._beside(number)  # only what an organiser accepted comes this far
        self.sequence += 1
        sale = Sale(
            id=request.uuid,
            expo_id=entry.stand.expo_id,
            stand=entry.stand,
            till=entry.till or self.head.web_till,
            cashier=entry.cashier,
            sequence=self.sequence,
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
            previous_hash=self.hash,
        )
        sale.hash = self.hash = entry_hash(sale, lines, payments)
        for line in lines:
            line.sale = sale
        for payment in payments:
            payment.sale = sale
        self.sales.append(sale)
        self.recorded.append(sale)
        self.lines += lines
        self.payments += payments
        self.totals.sale(sale, lines, payments)
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
        """Note a tablet's clock that was off when it sold, or that was set since."""
        if sale.device_at is None or sale.training:
            return
        if entry.intake == Sale.Intake.HELD:
            return  # an organiser saw it, and perhaps chose another time
        used = round((sale.sold_at - sale.device_at) / dt.timedelta(milliseconds=1))
        measured = entry.measured_offset_ms
        if abs(used) > CLOCK_OFF_MS or (
            measured is not None and abs(used - measured) > CLOCK_OFF_MS
        ):
            detail: dict[str, object] = {"offset_ms": used, "measured_ms": measured}
            self._flag(sale, SaleFlag.Kind.CLOCK_OFF, detail)

    def _flag(self, sale: Sale, kind: SaleFlag.Kind, detail: dict[str, object]) -> None:
        """Note beside the sale what an organiser should look at."""
        self.flags.append(SaleFlag(sale=sale, kind=kind, detail=detail))
        self.flag_names.setdefault(sale.pk, []).append(kind.value)

    def _is_recorded(self, sale: Sale) -> Outcome:
        # The list grows until the transaction ends.
        flags = self.flag_names.setdefault(sale.pk, [])
        return Outcome(Outcome.Kind.RECORDED, sale=sale, flags=flags)

    def _move_stock(self, lines: Sequence[SaleLine]) -> None:
        for line in lines:
            self.moved[line.offer_id] = self.moved.get(line.offer_id, 0) + line.quantity
            offer = self.offers.get(line.offer_id)
            if offer is not None and offer.stock is not None:
                offer.stock -= line.quantity  # what the next in line finds; written by difference

    def _flush(self) -> None:
        """Write what was gathered, so that it can be read."""
        if not self.sales:
            return
        Sale.objects.bulk_create(self.sales)
        SaleLine.objects.bulk_create(self.lines)
        Payment.objects.bulk_create(self.payments)
        self.vouchers.flush()
        self.sales, self.lines, self.payments = [], [], []

    def finish(self) -> None:
        """Write everything and move the end of the ledger."""
        if not self.recorded:
            return
        self._flush()
        LedgerHead.objects.filter(pk=self.head.pk).update(
            sequence=self.sequence, hash=self.hash, web_counter=self.web_counter
        )
        self.totals.write()
        moved = {pk: quantity for pk, quantity in self.moved.items() if quantity}
        if moved:
            # In one statement, by differences.
            quantity = Case(*(When(pk=pk, then=Value(number)) for pk, number in moved.items()))
            Offer.objects.filter(pk__in=moved, stock__isnull=False).update(
                stock=F("stock") - quantity
            )
        if self.receipts:
            # A token is no money: one that is there already must not keep a sale out.
            EReceipt.objects.bulk_create(self.receipts, ignore_conflicts=True)
        self._flag_days()
        if self.flags:
            SaleFlag.objects.bulk_create(self.flags)
        self._amend_closes()

    def _amend_closes(self) -> None:
        """Add to what was closed already: read under the lock that closing holds too."""
        closed = self.head.last_closed_day
        late = [sale for sale in self.recorded if closed and sale.business_date <= closed]
        if late:
            amend_closes(late, end=LedgerEnd(self.sequence, self.hash), now=self.now)

    def _flag_days(self) -> None:
        counted = [sale for sale in self.recorded if not sale.training]
        dates = {sale.business_date for sale in counted}
        if not dates:
            return
        days = set(
            ExpoDay.objects.filter(expo_id=self.stand.expo_id, date__in=dates).values_list(
                "date", flat=True
            )
        )
        for sale in counted:
            if sale.business_date not in days:
                detail: dict[str, object] = {"date": sale.business_date.isoformat()}
                self._flag(sale, SaleFlag.Kind.OUTSIDE_DAYS, detail)


def _shape_refusal(entry: _Entry) -> SaleRefused | None:
    """Why it cannot be read as a sale, if so."""
    request = entry.request
    try:
        if isinstance(request, SaleRequest):
            check_sale_shape(request)
        else:
            check_reversal_shape(request)
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


def _sale_line(position: int, line: LineRequest, offer: Offer) -> SaleLine:
    product = offer.product
    return SaleLine(
        position=position,
        offer=offer,
        product=product,
        producer_id=product.producer_id,
        pesantren_id=product.producer.pesantren_id,
        product_name=product.name,
        unit=product.unit,
        unit_price_rupiah=line.unit_price_rupiah,
        quantity=line.quantity,
        amount_rupiah=line.amount_rupiah,
    )


def _payment(position: int, payment: PaymentRequest) -> Payment:
    return Payment(
        position=position,
        method=payment.method,
        amount_rupiah=payment.amount_rupiah,
        tendered_rupiah=payment.tendered_rupiah,
    )


def _flags_of_sale(
    request: SaleRequest, offers: dict[int, Offer]
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


def _reversal_line(position: int, line: SaleLine, quantity: int) -> SaleLine:
    return SaleLine(
        position=position,
        offer_id=line.offer_id,
        product_id=line.product_id,
        producer_id=line.producer_id,
        pesantren_id=line.pesantren_id,
        reverses_line=line,
        product_name=line.product_name,
        unit=line.unit,
        unit_price_rupiah=line.unit_price_rupiah,
        quantity=-quantity,
        amount_rupiah=-quantity * line.unit_price_rupiah,
    )
