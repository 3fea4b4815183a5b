"""What an organiser decides: held sales accepted or dismissed, flags settled, sales taken back."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from sales.checking import YEARS, Problem, SaleRefused
from sales.ledger_head import lock_head
from sales.models import HeldSale, Sale, SaleFlag
from sales.recording import Asked, Outcome, record_all, record_reversal
from sales.requests import PaymentRequest, ReversalRequest, SaleRequest, from_json
from sales.vouchers.redeeming import VoucherBook
from stands.clock import WIB, business_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.auth.models import User

# To accept one of these is to owe the stand what it took for a voucher: never in passing.
PAID_BY_ACCEPTING = frozenset({SaleFlag.Kind.VOUCHER_CLASH, SaleFlag.Kind.VOUCHER_INVALID})
# Two stands may want one number at the same moment; the second look finds it taken.
TRIES = 3


class DecisionRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """It cannot be decided so, or was decided already; nothing was written."""


@dataclass(frozen=True)
class Answers:
    """What an organiser adds to a held request so that it can be an entry.

    `offers` names an offer for each unknown line by its position from one, `quantities` how many
    pieces of each line are taken back, `original` the entry that a reversal means.
    """

    sold_at: dt.datetime | None = None
    offers: Mapping[int, int] = field(default_factory=dict)
    quantities: Mapping[int, int] | None = None
    original: Sale | None = None


NOTHING_ADDED = Answers()


# --- held sales ---------------------------------------------------------------------------------


@transaction.atomic
def accept_held(
    held: HeldSale, *, actor: User, answers: Answers = NOTHING_ADDED, note: str = ""
) -> Sale:
    """Make a held request an entry of its stand's ledger, once.

    It keeps its UUID and its number where they are free. Raises DecisionRefused, and SaleRefused
    where recording finds a problem.
    """
    held = _waiting(held)
    sale = _record(held, _completed(held, answers))
    _decide(held, HeldSale.State.ACCEPTED, actor, note, sale=sale)
    # What is odd about it was before the organiser's eyes.
    # A voucher that was not good is another matter: to accept that is to pay the stand for it.
    SaleFlag.objects.filter(sale=sale, settled_at=None).exclude(kind__in=PAID_BY_ACCEPTING).update(
        resolution=SaleFlag.Resolution.ACCEPTED,
        settled_at=timezone.now(),
        settled_by=actor,
        settlement=_("Diterima bersama penjualan yang ditahan"),
    )
    return sale


@transaction.atomic
def dismiss_held(held: HeldSale, *, actor: User, reason: str) -> None:
    """Leave a held request out of the ledger for good, with a reason. Raises DecisionRefused."""
    if not reason.strip():
        raise DecisionRefused(_("Tulis alasannya."))
    _decide(_waiting(held), HeldSale.State.DISMISSED, actor, reason)


def originals_of(held: HeldSale) -> list[Sale]:
    """The entries that a held reversal may mean, the likeliest first; none before they are there.

    The sale may have got another UUID when it was accepted itself.
    """
    original_id = held.request.get("original_id")
    if original_id is None:
        return []
    at_stand = Sale.objects.at_stand(held.stand).originals().with_content()
    own = at_stand.filter(pk=original_id)
    renamed = at_stand.filter(held_as__sale_uuid=original_id).exclude(pk=original_id)
    return [*own, *renamed.order_by("sequence")]


def needs_time(held: HeldSale) -> bool:
    """Whether only an organiser can say when it was paid: as it came, the date cannot be."""
    paid = from_json(held.request).sold_at
    return (
        held.reason in (HeldSale.Reason.FUTURE, HeldSale.Reason.TOO_OLD)
        or paid.year not in YEARS
        or business_date(paid) > business_date(held.received_at)
    )


def _waiting(held: HeldSale) -> HeldSale:
    """The row, locked until the transaction ends; refused when it was decided already."""
    rows = HeldSale.objects.select_for_update(of=("self",)).select_related(
        "stand", "till", "cashier", "decided_by"
    )
    row = rows.get(pk=held.pk)
    if row.state != HeldSale.State.WAITING:
        what = row.get_state_display()
        raise DecisionRefused(_already(what, row.decided_by, row.decided_at))
    return row


def _already(what: str, who: User | None, at: dt.datetime | None) -> str:
    when = date_format(at.astimezone(WIB), _("j F Y, H.i")) if at else ""
    return _("Sudah diputuskan: %(what)s, oleh %(who)s, %(when)s. Tidak ada yang diubah.") % {
        "what": what,
        "who": (who.get_full_name() or who.get_username()) if who else "–",
        "when": when,
    }


def _decide(
    held: HeldSale, state: HeldSale.State, actor: User, note: str, *, sale: Sale | None = None
) -> None:
    held.state = state
    held.decided_at = timezone.now()
    held.decided_by = actor
    held.decision = note.strip()[:200]
    held.sale = sale
    held.save(update_fields=["state", "decided_at", "decided_by", "decision", "sale"])
    number = sale.number if sale else held.request.get("number") or str(held.sale_uuid)
    log_event(
        Event.Kind.HELD_DECIDED,
        f"{held.stand.code} {number}: {held.get_state_display()}",
        actor=actor,
        data={
            "held": held.pk,
            "reason": held.reason,
            "state": state.value,
            "sale": str(sale.pk) if sale else None,
            "note": held.decision,
        },
    )


def _completed(held: HeldSale, answers: Answers) -> SaleRequest | ReversalRequest:
    """The request as it came, with what the organiser adds."""
    request = from_json(held.request)
    sold_at = _paid_at(held, request.sold_at, answers.sold_at)
    if isinstance(request, SaleRequest):
        lines = tuple(
            replace(line, offer_id=answers.offers.get(position, line.offer_id))
            for position, line in enumerate(request.lines, start=1)
        )
        return replace(request, sold_at=sold_at, lines=lines)
    original = answers.original or next(iter(originals_of(held)), None)
    if original is None:
        raise DecisionRefused(
            _("Nota yang dibatalkan belum dibukukan. Pembatalan ini menunggu sampai ada.")
        )
    request = replace(request, sold_at=sold_at, original_id=original.pk)
    return request if answers.quantities is None else _reduced(request, original, answers)


def _paid_at(held: HeldSale, claimed: dt.datetime, chosen: dt.datetime | None) -> dt.datetime:
    now = timezone.now()
    if chosen is None:
        if needs_time(held):
            raise SaleRefused([Problem("sold_at", _("Pilih kapan ini dibayar."))])
        return claimed
    if chosen > now:
        raise SaleRefused([Problem("sold_at", _("Waktu ini belum terjadi."))])
    return chosen


def _reduced(request: ReversalRequest, original: Sale, answers: Answers) -> ReversalRequest:
    """The reversal with fewer pieces, paid back in the ways it names as far as they reach."""
    quantities = answers.quantities or {}
    more = [line for line in request.lines if quantities.get(line.position, 0) > line.quantity]
    if more:
        message = _("Lebih banyak daripada yang diminta.")
        raise SaleRefused([Problem(f"qty-{line.position}", message) for line in more])
    lines = tuple(
        replace(line, quantity=quantities[line.position])
        for line in request.lines
        if quantities.get(line.position)
    )
    prices = {line.position: line.unit_price_rupiah for line in original.lines.all()}
    rest = sum(line.quantity * prices.get(line.position, 0) for line in lines)
    payments = []
    for payment in request.payments:
        amount = min(payment.amount_rupiah, rest)
        if amount > 0:
            payments.append(PaymentRequest(payment.method, amount))
            rest -= amount
    if not payments:  # what costs nothing is paid back with nothing
        payments = [PaymentRequest(request.payments[0].method, 0)]
    return replace(request, lines=lines, payments=tuple(payments))


def _record(held: HeldSale, request: SaleRequest | ReversalRequest) -> Sale:
    """Write the entry under the request's UUID, or one derived from it where that is taken."""
    derived = uuid.uuid5(held.sale_uuid, held.fingerprint)
    for key in (held.sale_uuid, derived):
        outcome = _recorded(held, replace(request, uuid=key))
        if outcome.kind == Outcome.Kind.RECORDED and outcome.sale is not None:
            return outcome.sale
        if outcome.sale is not None:
            break
    raise DecisionRefused(_("Ini sudah ada di buku. Tidak ada yang diubah."))


def _recorded(held: HeldSale, request: SaleRequest | ReversalRequest) -> Outcome:
    asked = [Asked(request, held.cashier, known_as=held.fingerprint)]
    for left in reversed(range(TRIES)):
        try:
            [result] = record_all(asked, stand=held.stand, till=held.till, intake=Sale.Intake.HELD)
        except IntegrityError:
            if not left:
                raise
            continue
        if isinstance(result, SaleRefused):
            raise result
        return result
    raise AssertionError("unreachable")


# --- flags --------------------------------------------------------------------------------------


@transaction.atomic
def settle_flag(
    flag: SaleFlag,
    *,
    actor: User,
    resolution: SaleFlag.Resolution,
    note: str = "",
    reversal: Sale | None = None,
) -> None:
    """Say what became of a flag. Dismissed needs a note, corrected the reversal that corrects it.

    A voucher that was not good is owed to the stand by accepting. Raises DecisionRefused.
    """
    honours = flag.kind in PAID_BY_ACCEPTING and resolution == SaleFlag.Resolution.ACCEPTED
    if honours:
        lock_head(flag.sale.stand)  # nobody takes the sale back meanwhile
    row = SaleFlag.objects.select_for_update(of=("self",)).select_related("sale__stand")
    flag = row.get(pk=flag.pk)
    if flag.settled_at is not None:
        what = flag.get_resolution_display() if flag.resolution else flag.settlement
        raise DecisionRefused(_already(what, flag.settled_by, flag.settled_at))
    if resolution == SaleFlag.Resolution.DISMISSED and not note.strip():
        raise DecisionRefused(_("Tulis alasannya."))
    if (resolution == SaleFlag.Resolution.CORRECTED) != (reversal is not None):
        raise ValueError("corrected is what a reversal corrects")
    if reversal is not None:
        note = _("Pembatalan %(number)s") % {"number": reversal.number}
    flag.resolution = resolution
    flag.settled_at = timezone.now()
    flag.settled_by = actor
    flag.settlement = note.strip()[:200]
    flag.save(update_fields=["resolution", "settled_at", "settled_by", "settlement"])
    if honours:
        book = VoucherBook(flag.sale.stand)
        book.honour(flag.sale, unknown=flag.kind == SaleFlag.Kind.VOUCHER_INVALID)
        book.flush()
    log_event(
        Event.Kind.FLAG_SETTLED,
        f"{flag.sale.stand.code} {flag.sale.number}: {flag.get_kind_display()}",
        actor=actor,
        data={
            "flag": flag.pk,
            "sale": str(flag.sale_id),
            "kind": flag.kind,
            "resolution": resolution.value,
            "note": flag.settlement,
        },
    )


def accept_flags(flags: Sequence[SaleFlag], *, actor: User) -> int:
    """Accept many flags, each in a transaction of its own; answer how many were still open.

    Those whose acceptance costs money are left: they are decided one by one.
    """
    accepted = 0
    for flag in flags:
        if flag.kind in PAID_BY_ACCEPTING:
            continue
        try:
            settle_flag(flag, actor=actor, resolution=SaleFlag.Resolution.ACCEPTED)
        except DecisionRefused:
            continue  # a colleague was faster
        accepted += 1
    return accepted


@transaction.atomic
def reverse_as_organiser(
    sale: Sale, request: ReversalRequest, *, actor: User, flag: SaleFlag | None = None
) -> Sale:
    """Take back all or part of a sale at the organisers' desk; a flag is settled by it.

    The same form sent twice is one reversal. Raises SaleRefused and DecisionRefused.
    """
    outcome = record_reversal(
        stand=sale.stand, cashier=None, request=request, intake=Sale.Intake.ORGANISER
    )
    if outcome.sale is None:
        raise DecisionRefused(
            _("Formulir ini sudah dipakai untuk pembatalan lain. Buka lagi dari nota ini.")
        )
    if outcome.kind == Outcome.Kind.REPLAYED:
        return outcome.sale
    log_event(
        Event.Kind.REVERSED,
        f"{sale.stand.code} {sale.number}: {outcome.sale.number}",
        actor=actor,
        data={"sale": str(sale.pk), "reversal": str(outcome.sale.pk), "reason": request.reason},
    )
    if flag is not None:
        settle_flag(
            flag,
            actor=actor,
            resolution=SaleFlag.Resolution.CORRECTED,
            reversal=outcome.sale,
        )
    return outcome.sale
