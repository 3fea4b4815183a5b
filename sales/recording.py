"""The one writer of the ledger: records sales and reversals, each exactly once."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from string import ascii_uppercase
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.functional import cached_property
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
)
from sales.models import (
    HeldSale,
    LedgerHead,
    Payment,
    Sale,
    SaleFlag,
    SaleLine,
    Till,
)
from sales.requests import ReversalRequest, SaleRequest, fingerprint
from stands.clock import business_date
from stands.models import ExpoDay, Offer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from sales.models import Cashier
    from sales.requests import LineRequest, PaymentRequest
    from stands.models import Stand

OLDEST_DAYS = 30


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

    @property
    def is_conflict(self) -> bool:
        """Whether it was held because its UUID is known with other content."""
        return self.held is not None and self.held.reason == HeldSale.Reason.OTHER_CONTENT


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
    check_sale_shape(request)
    entry = _Entry(stand, cashier, request, intake, till)
    return _once(entry, lambda head: _write_sale(entry, request, head))


def record_reversal(
    *,
    stand: Stand,
    cashier: Cashier | None,
    request: ReversalRequest,
    intake: Sale.Intake,
    till: Till | None = None,
) -> Outcome:
    """Take back all or part of a sale of this stand, dated when it is made.

    Never more is taken back than was sold: the live form is refused, anything else is held.
    Raises SaleRefused.
    """
    check_reversal_shape(request)
    entry = _Entry(stand, cashier, request, intake, till)
    return _once(entry, lambda head: _write_reversal(entry, request, head))


# --- once ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    """A request together with where it comes from. Raises SaleRefused for a till that it is not."""

    stand: Stand
    cashier: Cashier | None
    request: SaleRequest | ReversalRequest
    intake: Sale.Intake
    till: Till | None

    def __post_init__(self) -> None:
        # A tablet numbers its own sales; the plain form has neither till nor number.
        if self.till is None:
            fits = self.request.number is None
        else:
            fits = self.till.stand_id == self.stand.pk and (self.request.number or "").startswith(
                f"{self.till.prefix}-"
            )
        if not fits:
            raise SaleRefused([Problem("number", _("Nomor nota dan kasir tidak cocok."))])

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.request, stand_id=self.stand.pk)

    @property
    def is_live(self) -> bool:
        return self.intake == Sale.Intake.FORM


def _once(entry: _Entry, write: Callable[[LedgerHead], Outcome]) -> Outcome:
    try:
        return _locked(entry, write)
    except IntegrityError:
        # One UUID at two stands at the same moment: their ledgers share no lock. The other sale is
        # committed by now, so a second look finds it and holds this one.
        if not Sale.objects.filter(pk=entry.request.uuid).exists():
            raise
        return _locked(entry, write)


@transaction.atomic
def _locked(entry: _Entry, write: Callable[[LedgerHead], Outcome]) -> Outcome:
    head = lock_head(entry.stand)
    known = _already_known(entry, head)
    if known is not None:
        return known
    reason = _reason_to_hold(entry)
    if reason is not None:
        return _hold(entry, head, reason)
    return write(head)


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


def _already_known(entry: _Entry, head: LedgerHead) -> Outcome | None:
    """What an earlier request under this UUID led to, in the ledger or held beside it."""
    uuid, asked = entry.request.uuid, entry.fingerprint
    recorded = Sale.objects.filter(pk=uuid).values_list("fingerprint", Value("sale")).order_by()
    held = (
        HeldSale.objects.filter(sale_uuid=uuid).values_list("fingerprint", Value("held")).order_by()
    )
    known = set(recorded.union(held, all=True))
    if (asked, "sale") in known:
        sale = Sale.objects.with_content().get(pk=uuid)
        return Outcome(Outcome.Kind.REPLAYED, sale=sale)
    if (asked, "held") in known:
        held_sale = HeldSale.objects.get(sale_uuid=uuid, fingerprint=asked)
        return Outcome(Outcome.Kind.HELD, held=held_sale)
    if known:
        return _hold(entry, head, HeldSale.Reason.OTHER_CONTENT)
    return None


def _reason_to_hold(entry: _Entry) -> HeldSale.Reason | None:
    """Why date or number keep the sale out of the ledger until an organiser has looked."""
    numbered = Sale.objects.filter(expo_id=entry.stand.expo_id, number=entry.request.number)
    if entry.request.number is not None and numbered.exists():
        return HeldSale.Reason.NUMBER_TAKEN
    today = business_date(timezone.now())
    day = business_date(entry.request.sold_at)
    if day > today:
        return HeldSale.Reason.FUTURE
    if day < today - dt.timedelta(days=OLDEST_DAYS):
        return HeldSale.Reason.TOO_OLD
    return None


def _hold(entry: _Entry, head: LedgerHead, reason: HeldSale.Reason) -> Outcome:
    """Keep the request as it came, outside the ledger, for an organiser."""
    held, _created = HeldSale.objects.get_or_create(
        sale_uuid=entry.request.uuid,
        fingerprint=entry.fingerprint,
        defaults={
            "stand": entry.stand,
            "till": entry.till or head.web_till,
            "cashier": entry.cashier,
            "reason": reason,
            "request": entry.request.as_json(),
        },
    )
    return Outcome(Outcome.Kind.HELD, held=held)


# --- a sale -------------------------------------------------------------------------------------


def _write_sale(entry: _Entry, request: SaleRequest, head: LedgerHead) -> Outcome:
    offers = {
        offer.pk: offer
        for offer in Offer.objects.filter(
            stand=entry.stand, pk__in=[line.offer_id for line in request.lines]
        )
        # Held until the sale is written, in one order for all, so that what was checked still
        # stands then and nobody waits in a circle.
        .select_for_update(of=("self",))
        .order_by("pk")
        .select_related("product__producer")
    }
    problems = offer_problems(request, offers, live=entry.is_live)
    if problems:
        raise SaleRefused(problems)
    lines = [
        _sale_line(position, line, offers[line.offer_id])
        for position, line in enumerate(request.lines, start=1)
    ]
    payments = [_payment(position, one) for position, one in enumerate(request.payments, start=1)]
    sale = _append(entry, head, lines, payments)
    if not request.training:
        _move_stock(lines)
    _flag(entry, sale, _flags_of_sale(request, offers))
    return Outcome(Outcome.Kind.RECORDED, sale=sale)


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
    withdrawn = [pk for pk, offer in offers.items() if offer.withdrawn]
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


# --- a reversal ---------------------------------------------------------------------------------


def _write_reversal(entry: _Entry, request: ReversalRequest, head: LedgerHead) -> Outcome:
    original = Sale.objects.filter(pk=request.original_id, stand=entry.stand).first()
    if original is None and not entry.is_live and _is_held(request.original_id, entry.stand):
        return _hold(entry, head, HeldSale.Reason.ORIGINAL_HELD)
    if original is None or original.is_reversal:
        raise SaleRefused([Problem("original", _("Penjualan ini tidak ada di stan ini."))])
    sold = {line.pk: line for line in original.lines.all()}
    if any(line.line_id not in sold for line in request.lines):
        raise SaleRefused([Problem("lines", _("Barang ini tidak ada di nota itu."))])
    over = taken_too_far(request, original)
    if over:
        if entry.is_live:
            raise SaleRefused(over)
        return _hold(entry, head, HeldSale.Reason.OVER_REVERSAL)
    problems = payback_problems(request, sold)
    if problems:
        raise SaleRefused(problems)
    lines = [
        _reversal_line(position, sold[line.line_id], line.quantity)
        for position, line in enumerate(request.lines, start=1)
    ]
    payments = [
        Payment(position=position, method=one.method, amount_rupiah=-one.amount_rupiah)
        for position, one in enumerate(request.payments, start=1)
    ]
    sale = _append(entry, head, lines, payments, original=original)
    if not original.training:
        _move_stock(lines)
    _flag(entry, sale, [])
    return Outcome(Outcome.Kind.RECORDED, sale=sale)


def _is_held(uuid: UUID, stand: Stand) -> bool:
    return HeldSale.objects.filter(sale_uuid=uuid, stand=stand).exists()


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


# --- the ledger ---------------------------------------------------------------------------------


def _append(
    entry: _Entry,
    head: LedgerHead,
    lines: list[SaleLine],
    payments: list[Payment],
    *,
    original: Sale | None = None,
) -> Sale:
    """Write an entry with its lines and payments at the end of the chain, and move the end."""
    request = entry.request
    web_counter = head.web_counter + (request.number is None)
    sale = Sale(
        id=request.uuid,
        expo_id=entry.stand.expo_id,
        stand=entry.stand,
        till=entry.till or head.web_till,
        cashier=entry.cashier,
        sequence=head.sequence + 1,
        number=request.number or f"{head.web_till.prefix}-{web_counter:04d}",
        reverses=original,
        reason=request.reason.strip() if isinstance(request, ReversalRequest) else "",
        note=request.note if isinstance(request, SaleRequest) else "",
        training=original.training if original else getattr(request, "training", False),
        intake=entry.intake,
        total_rupiah=sum(line.amount_rupiah for line in lines),
        sold_at=request.sold_at,
        device_at=request.device_at,
        received_at=timezone.now(),
        business_date=business_date(request.sold_at),
        fingerprint=entry.fingerprint,
        previous_hash=head.hash,
    )
    sale.hash = entry_hash(sale, lines, payments)
    sale.save(force_insert=True)
    for line in lines:
        line.sale = sale
    for payment in payments:
        payment.sale = sale
    SaleLine.objects.bulk_create(lines)
    Payment.objects.bulk_create(payments)
    LedgerHead.objects.filter(pk=head.pk).update(
        sequence=sale.sequence, hash=sale.hash, web_counter=web_counter
    )
    return sale


def _move_stock(lines: Sequence[SaleLine]) -> None:
    """Lower what is left by what was sold (raise it by what came back), in one statement."""
    sold: dict[int, int] = {}
    for line in lines:
        sold[line.offer_id] = sold.get(line.offer_id, 0) + line.quantity
    quantity = Case(*(When(pk=pk, then=Value(number)) for pk, number in sold.items()))
    Offer.objects.filter(pk__in=sold, stock__isnull=False).update(stock=F("stock") - quantity)


def _flag(entry: _Entry, sale: Sale, flags: list[tuple[SaleFlag.Kind, dict[str, object]]]) -> None:
    """Note beside the sale what an organiser should look at."""
    days = ExpoDay.objects.filter(expo_id=entry.stand.expo_id, date=sale.business_date)
    if not sale.training and not days.exists():
        flags = [
            *flags,
            (SaleFlag.Kind.OUTSIDE_DAYS, {"date": sale.business_date.isoformat()}),
        ]
    if flags:
        SaleFlag.objects.bulk_create(
            SaleFlag(sale=sale, kind=kind, detail=detail) for kind, detail in flags
        )
