"""The one writer of what vouchers paid: used by a sale, given back by a reversal, split by maker.

It works inside the transaction of `sales/recording.py`, which holds the head of the stand's ledger.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from sales.checking import Problem
from sales.models import (
    Payment,
    SaleFlag,
    SaleLine,
    Voucher,
    VoucherEntry,
    VoucherShare,
)
from stands.clock import business_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from sales.ledger_rows import LineRow
    from sales.models import Sale
    from sales.requests import SaleRequest
    from stands.models import Stand

Kind, Trouble, State = VoucherEntry.Kind, VoucherEntry.Problem, Voucher.State
Flag = tuple[SaleFlag.Kind, dict[str, object]]
# What a voucher is as it stands, for who may spend it.
FIELDS = ["state", "claimed_for", "claimed_till", "claimed_at"]


def refused_message() -> str:
    """The one answer to whoever is no paired till, whatever is wrong with a code."""
    return _("Voucher ini tidak bisa dipakai.")


def locked(where: Q) -> list[Voucher]:
    """Vouchers with what judges them, locked until the transaction ends, in one order for all.

    SQLite needs no row lock: its transactions are IMMEDIATE and take the one write lock at once.
    The till that has it is read after the lock: PostgreSQL joins what it saw before it waited, and
    would know the voucher as claimed and not by whom.
    """
    return list(
        Voucher.objects.select_for_update(of=("self",))
        .filter(where)
        .select_related("batch")
        .prefetch_related("batch__stands", "claimed_till__stand")
        .order_by("pk")
    )


def trouble_with(
    voucher: Voucher | None, *, sale_uuid: UUID, stand: Stand, day: dt.date
) -> VoucherEntry.Problem | None:
    """Why this sale may not use the voucher on that business date; None: it may.

    What the sale has claimed is its own, whatever has run out since.
    """
    if voucher is None:
        return Trouble.UNKNOWN
    if voucher.state == State.CLAIMED and voucher.claimed_for == sale_uuid:
        return None
    taken = {
        State.REDEEMED: Trouble.SPENT,
        State.CLAIMED: Trouble.IN_USE,
        State.VOID: Trouble.VOID,
    }.get(State(voucher.state))
    if taken is not None:
        return taken
    batch = voucher.batch
    stands = batch.stands.all()
    if voucher.expo_id != stand.expo_id or (stands and stand not in stands):
        return Trouble.ELSEWHERE
    if day < batch.valid_from:
        return Trouble.EARLY
    return Trouble.EXPIRED if day > batch.valid_until else None


def split(amount: int, weights: Mapping[int, int]) -> dict[int, int]:
    """An amount over those with a weight, pro rata by largest remainder; sums to it exactly.

    Of equal remainders the lower key comes first. Needs a weight above nought unless the amount is.
    """
    whole = sum(weights.values())
    if amount == 0:
        return {}
    parts = {key: amount * weight // whole for key, weight in weights.items()}
    rest = amount - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: (-(amount * weights[key] % whole), key))
    for key in by_remainder[:rest]:
        parts[key] += 1
    return {key: part for key, part in parts.items() if part}


@dataclass
class _Root:
    """A use or a clash of a sale, with what came of it later."""

    entry: VoucherEntry
    later: list[VoucherEntry] = field(default_factory=list)

    @property
    def all(self) -> list[VoucherEntry]:
        return [self.entry, *self.later]

    @property
    def left_rupiah(self) -> int:
        """What it paid and has not been taken back."""
        return sum(one.used_rupiah for one in self.all)

    @property
    def forfeited_rupiah(self) -> int:
        return sum(one.forfeited_rupiah for one in self.all)

    @property
    def owed_rupiah(self) -> int:
        return sum(one.owed_rupiah for one in self.all)

    @property
    def is_owed(self) -> bool:
        """Whether the stand is paid for it: a clash only where an organiser honoured it."""
        return self.entry.kind == Kind.USED or any(one.kind == Kind.HONOURED for one in self.later)

    def shares(self) -> dict[int, int]:
        """What each maker has of it now."""
        have: dict[int, int] = defaultdict(int)
        for one in self.all:
            for share in one.shares.all():
                have[share.producer_id] += share.amount_rupiah
        return have


def roots_of(sale: Sale) -> list[_Root]:
    """What vouchers did for a sale, in the order of its payments, with all that came later."""
    entries = (
        VoucherEntry.objects.filter(Q(sale=sale) | Q(sale__reverses=sale))
        .select_related("voucher__batch")
        .prefetch_related("shares")
        .order_by("pk")
    )
    roots: dict[int, _Root] = {}
    for entry in entries:
        if entry.root_id is None:
            roots[entry.pk] = _Root(entry)
        else:
            roots[entry.root_id].later.append(entry)
    return list(roots.values())


def still_sold(sale: Sale, taken: Iterable[LineRow] = ()) -> dict[int, int]:
    """What of a sale's lines is not taken back, maker by maker in rupiah.

    `taken` are lines that are not written yet. Where nothing is left, all that was sold.
    """
    lines = SaleLine.objects.filter(Q(sale=sale) | Q(sale__reverses=sale))
    rows = lines.order_by().values_list("producer").annotate(Sum("amount_rupiah"))
    left: dict[int, int] = dict(rows)
    for line in taken:
        left[line.producer_id] += line.amount_rupiah
    if any(left.values()):
        return {key: amount for key, amount in left.items() if amount > 0}
    sold = SaleLine.objects.filter(sale=sale).order_by().values_list("producer")
    return dict(sold.annotate(Sum("amount_rupiah")))


class VoucherBook:
    """The vouchers that one transaction of a stand's ledger uses or gives back.

    Rows are gathered as recording gathers its own, and written by `flush`.
    """

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.known: dict[int, Voucher] = {}
        self.by_code: dict[str, Voucher] = {}
        self.changed: dict[int, Voucher] = {}
        self.entries: list[tuple[VoucherEntry, dict[int, int]]] = []

    def look_up(self, requests: Iterable[SaleRequest]) -> None:
        """Lock the vouchers of these sales; without any, ask nothing."""
        codes = {one.voucher for request in requests for one in request.payments if one.voucher}
        if codes:
            for voucher in locked(Q(code_hmac__in=codes)):
                self.known[voucher.pk] = voucher
                self.by_code[voucher.code_hmac or ""] = voucher

    def problems(self, request: SaleRequest) -> list[Problem]:
        """What keeps the live form from recording; never which of all reasons."""
        for payment in request.payments:
            if payment.method != Payment.Method.VOUCHER:
                continue
            voucher = self.by_code.get(payment.voucher or "")
            trouble = trouble_with(
                voucher,
                sale_uuid=request.uuid,
                stand=self.stand,
                day=business_date(request.sold_at),
            )
            value = voucher.batch.value_rupiah if voucher else 0
            if trouble or not 1 <= payment.amount_rupiah <= value:
                return [Problem("voucher", refused_message())]
        return []

    # --- a sale ---

    def use(
        self, sale: Sale, request: SaleRequest, lines: Sequence[LineRow], payments: list[Payment]
    ) -> list[Flag]:
        """What the sale's voucher payments do; flags for those that are not good.

        The sale has happened or was checked by `problems`.
        """
        weights: dict[int, int] = defaultdict(int)
        for line in lines:
            weights[line.producer_id] += line.amount_rupiah
        bad: list[dict[str, object]] = []
        for asked, payment in zip(request.payments, payments, strict=True):
            if payment.method == Payment.Method.VOUCHER:
                bad += self._use_one(sale, asked.voucher or "", payment, weights)
        unknown = [one for one in bad if one["problem"] == Trouble.UNKNOWN]
        clashes = [one for one in bad if one["problem"] != Trouble.UNKNOWN]
        flags: list[Flag] = []
        if clashes:
            flags.append((SaleFlag.Kind.VOUCHER_CLASH, {"vouchers": clashes}))
        if unknown:
            flags.append((SaleFlag.Kind.VOUCHER_INVALID, {"vouchers": unknown}))
        return flags

    def _use_one(
        self, sale: Sale, code: str, payment: Payment, weights: Mapping[int, int]
    ) -> list[dict[str, object]]:
        voucher = self.by_code.get(code)
        amount = payment.amount_rupiah
        if amount == 0:
            return []  # what costs nothing needs no voucher; a claim is released by its tablet
        trouble = trouble_with(voucher, sale_uuid=sale.pk, stand=self.stand, day=sale.business_date)
        if trouble is not None or voucher is None:
            trouble = trouble or Trouble.UNKNOWN
            self._add(Kind.CLASH, sale, payment, voucher, used_rupiah=amount, problem=trouble)
            return [_told(trouble, voucher, amount)]
        value = voucher.batch.value_rupiah
        used = min(amount, value)
        owed = voucher.batch.owed_for(used_rupiah=used, forfeited_rupiah=value - used)
        self._add(
            Kind.USED,
            sale,
            payment,
            voucher,
            used_rupiah=used,
            forfeited_rupiah=value - used,
            owed_rupiah=owed,
            shares=split(owed, weights),
        )
        self._spend(voucher, sale)
        if amount == used:
            return []
        excess = amount - used
        self._add(
            Kind.CLASH, sale, payment, voucher, used_rupiah=excess, problem=Trouble.WORTH_LESS
        )
        return [_told(Trouble.WORTH_LESS, voucher, excess)]

    def _spend(self, voucher: Voucher, sale: Sale) -> None:
        if voucher.state != State.CLAIMED:
            voucher.claimed_at = sale.sold_at
        voucher.state = State.REDEEMED
        voucher.claimed_for = sale.pk
        voucher.claimed_till = sale.till
        self.changed[voucher.pk] = voucher

    # --- a reversal ---

    def give_back(
        self, original: Sale, reversal: Sale, lines: Sequence[LineRow], payments: list[Payment]
    ) -> None:
        """What a reversal takes back of what vouchers paid; what is owed follows what is left.

        Vouchers go back in the order in which they paid. One of which nothing is left open again,
        if still in time or not: it was theirs.
        """
        roots = roots_of(original)
        if not roots:
            return
        self._lock(root.entry.voucher_id for root in roots)
        paid_back = [one for one in payments if one.method == Payment.Method.VOUCHER]
        rest = -sum(one.amount_rupiah for one in paid_back)
        weights = still_sold(original, lines)
        for root in roots:
            take = min(root.left_rupiah, rest)
            rest -= take
            forfeited = -root.forfeited_rupiah if take == root.left_rupiah and take else 0
            owed = 0
            if root.is_owed and root.entry.kind == Kind.USED and root.entry.voucher:
                owed = root.entry.voucher.batch.owed_for(
                    used_rupiah=-take, forfeited_rupiah=forfeited
                )
            elif root.is_owed:
                owed = -take
            goal = split(root.owed_rupiah + owed, weights)
            have = root.shares()
            moved = {key: goal.get(key, 0) - have.get(key, 0) for key in {**have, **goal}}
            shares = {key: part for key, part in moved.items() if part}
            if take or shares:
                added = self._add(
                    Kind.RETURNED if take else Kind.MOVED,
                    reversal,
                    paid_back[0] if take else None,
                    root.entry.voucher,
                    used_rupiah=-take,
                    forfeited_rupiah=forfeited,
                    owed_rupiah=owed,
                    root=root.entry,
                    shares=shares,
                )
                root.later.append(added)
        self._open_again(original, roots)

    def _lock(self, keys: Iterable[int | None]) -> None:
        missing = {key for key in keys if key is not None} - self.known.keys()
        if missing:
            for voucher in locked(Q(pk__in=missing)):
                self.known[voucher.pk] = voucher
                self.by_code[voucher.code_hmac or ""] = voucher

    def _open_again(self, original: Sale, roots: list[_Root]) -> None:
        left: dict[int, int] = defaultdict(int)
        for root in roots:
            if root.entry.voucher_id is not None:
                left[root.entry.voucher_id] += root.left_rupiah
        for key, amount in left.items():
            voucher = self.known[key]
            if amount == 0 and voucher.claimed_for == original.pk:
                voucher.state = State.OPEN
                voucher.claimed_for = voucher.claimed_till = voucher.claimed_at = None
                self.changed[key] = voucher

    # --- an organiser ---

    def honour(self, sale: Sale, *, unknown: bool) -> None:
        """Owe the stand what it took for vouchers that were not good; each clash once.

        Those that nobody knows, or the others. One that is open by now is spent by it.
        """
        roots = [
            one
            for one in roots_of(sale)
            if not one.is_owed
            and one.left_rupiah
            and (one.entry.problem == Trouble.UNKNOWN) == unknown
        ]
        if not roots:
            return
        self._lock(root.entry.voucher_id for root in roots)
        weights = still_sold(sale)
        for root in roots:
            owed = root.left_rupiah
            self._add(
                Kind.HONOURED,
                sale,
                None,
                root.entry.voucher,
                used_rupiah=0,
                owed_rupiah=owed,
                root=root.entry,
                shares=split(owed, weights),
            )
            voucher = self.known.get(root.entry.voucher_id or 0)
            if voucher is not None and voucher.state == State.OPEN:
                self._spend(voucher, sale)

    # --- writing ---

    def _add(
        self,
        kind: VoucherEntry.Kind,
        sale: Sale,
        payment: Payment | None,
        voucher: Voucher | None,
        *,
        shares: dict[int, int] | None = None,
        **amounts: Any,
    ) -> VoucherEntry:
        entry = VoucherEntry(
            kind=kind, sale=sale, payment=payment, voucher=voucher, at=sale.received_at, **amounts
        )
        self.entries.append((entry, shares or {}))
        return entry

    def flush(self) -> None:
        """Write what was gathered; the sales and payments are there already."""
        if self.entries:
            VoucherEntry.objects.bulk_create([entry for entry, _shares in self.entries])
            VoucherShare.objects.bulk_create(
                VoucherShare(entry=entry, producer_id=key, amount_rupiah=part)
                for entry, shares in self.entries
                for key, part in sorted(shares.items())
            )
            self.entries = []
        if self.changed:
            Voucher.objects.bulk_update(self.changed.values(), FIELDS)
            self.changed = {}


def _told(trouble: str, voucher: Voucher | None, amount: int) -> dict[str, object]:
    """What an organiser reads later about a voucher that was not good."""
    told: dict[str, object] = {"problem": str(trouble), "amount_rupiah": amount}
    if voucher is not None:
        told["number"] = voucher.printed_number
        told["value_rupiah"] = voucher.batch.value_rupiah
        told["valid_from"] = voucher.batch.valid_from.isoformat()
        told["valid_until"] = voucher.batch.valid_until.isoformat()
        if voucher.claimed_till is not None and voucher.claimed_at is not None:
            told["stand"] = voucher.claimed_till.stand.code
            told["at"] = voucher.claimed_at.isoformat()
            told["sale"] = str(voucher.claimed_for)
    return told
