"""What became of vouchers, in number and rupiah, and what stands and makers are owed for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from pesantren.models import Producer
from sales.models import (
    SaleFlag,
    Voucher,
    VoucherBatch,
    VoucherEntry,
    VoucherShare,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from stands.models import Expo, Stand

State = Voucher.State
CLASHES = (SaleFlag.Kind.VOUCHER_CLASH, SaleFlag.Kind.VOUCHER_INVALID)


@dataclass(frozen=True)
class Figure:
    """So many vouchers of so much in all, in rupiah of face value."""

    count: int = 0
    rupiah: int = 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.count + other.count, self.rupiah + other.rupiah)


@dataclass(frozen=True)
class Figures:
    """Vouchers by what became of them. Each is made, and one of the last four.

    `issued` and `claimed` are told beside: noted as handed out, and held by a till this moment.
    """

    made: Figure = Figure()
    issued: Figure = Figure()
    claimed: Figure = Figure()
    redeemed: Figure = Figure()
    outstanding: Figure = Figure()
    expired: Figure = Figure()
    void: Figure = Figure()

    def __add__(self, other: Figures) -> Figures:
        names = self.__dataclass_fields__
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class BatchRow:
    """A batch with its figures."""

    batch: VoucherBatch
    figures: Figures


@dataclass(frozen=True)
class Uses:
    """What vouchers paid, what was forfeited of their value, and what is owed for it, in rupiah."""

    used_rupiah: int = 0
    forfeited_rupiah: int = 0
    owed_rupiah: int = 0


@dataclass(frozen=True)
class Owed:
    """What one payee was owed, got, and is still owed, in rupiah and shares."""

    payee: Any
    owed_rupiah: int = 0
    settled_rupiah: int = 0
    open_count: int = 0

    @property
    def open_rupiah(self) -> int:
        """What is still to be paid; negative where the payee gives back."""
        return self.owed_rupiah - self.settled_rupiah


def batch_rows(expo: Expo, today: dt.date) -> list[BatchRow]:
    """The batches of an edition with their figures, in two queries."""
    return _rows(VoucherBatch.objects.filter(expo=expo), Q(expo=expo), today)


def figures_of(batch: VoucherBatch, today: dt.date) -> Figures:
    """Those of one batch."""
    [row] = _rows([batch], Q(batch=batch), today)
    return row.figures


def _rows(batches: Iterable[VoucherBatch], which: Q, today: dt.date) -> list[BatchRow]:
    counts: dict[int, dict[tuple[str, bool], int]] = defaultdict(dict)
    for batch_id, state, issued, count in (
        Voucher.objects.filter(which)
        .order_by()
        .annotate(issued=Q(issued_at__isnull=False))
        .values_list("batch", "state", "issued")
        .annotate(count=Count("pk"))
    ):
        counts[batch_id][state, bool(issued)] = count
    return [BatchRow(batch, _figures(batch, counts[batch.pk], today)) for batch in batches]


def _figures(batch: VoucherBatch, counts: dict[tuple[str, bool], int], today: dt.date) -> Figures:
    def figure(*states: State, issued: bool | None = None) -> Figure:
        number = sum(
            count
            for (state, was), count in counts.items()
            if (not states or state in states) and issued in (None, was)
        )
        return Figure(number, number * batch.value_rupiah)

    waiting = figure(State.OPEN, State.CLAIMED)
    expired = batch.valid_until < today
    return Figures(
        made=figure(),
        issued=figure(State.OPEN, State.CLAIMED, State.REDEEMED, issued=True),
        claimed=figure(State.CLAIMED),
        redeemed=figure(State.REDEEMED),
        outstanding=Figure() if expired else waiting,
        expired=waiting if expired else Figure(),
        void=figure(State.VOID),
    )


def uses_of(expo: Expo) -> Uses:
    """Sums over everything that vouchers did in an edition.

    A clash paid once an organiser honours it, and before that nothing: so a reversal that takes it
    back lowers nothing either.
    """
    about = Coalesce(OuterRef("root"), OuterRef("pk"), output_field=BigIntegerField())
    honoured = VoucherEntry.objects.filter(kind=VoucherEntry.Kind.HONOURED, root=about)
    used = VoucherEntry.Kind.USED
    paid = Q(kind=used) | Q(root__kind=used) | Exists(honoured)
    sums = VoucherEntry.objects.of_expo(expo).aggregate(
        used=Sum("used_rupiah", filter=paid),
        forfeited=Sum("forfeited_rupiah", filter=paid),
        owed=Sum("owed_rupiah"),
    )
    return Uses(sums["used"] or 0, sums["forfeited"] or 0, sums["owed"] or 0)


@dataclass(frozen=True)
class AllOwed:
    """What is owed by stand and by maker: two views of the same shares."""

    stands: list[Owed]
    producers: list[Owed]
    total: Owed


def all_owed(expo: Expo, stands: Iterable[Stand], producers: dict[int, Producer]) -> AllOwed:
    """Sum the shares of an edition by stand and by maker, in one query.

    `producers` holds at least those that `producers_with_shares` names.
    """
    by_stand: dict[int, Owed] = {}
    by_producer: dict[int, Owed] = {}
    total = Owed(None)
    known = {stand.pk: stand for stand in stands}
    for stand_id, producer_id, is_open, amount, count in (
        _shares(expo)
        .order_by()
        .annotate(is_open=Q(settlement_line__isnull=True))
        .values_list("entry__sale__stand", "producer", "is_open")
        .annotate(amount=Sum("amount_rupiah"), count=Count("pk"))
    ):
        paid = 0 if is_open else amount
        waiting = count if is_open else 0
        by_stand[stand_id] = _added(
            by_stand.get(stand_id, Owed(known[stand_id])), amount, paid, waiting
        )
        by_producer[producer_id] = _added(
            by_producer.get(producer_id, Owed(producers[producer_id])), amount, paid, waiting
        )
        total = _added(total, amount, paid, waiting)
    return AllOwed(
        stands=[by_stand[pk] for pk in known if pk in by_stand],
        producers=sorted(by_producer.values(), key=lambda one: one.payee.name),
        total=total,
    )


def _added(owed: Owed, amount: int, paid: int, waiting: int) -> Owed:
    return Owed(
        owed.payee,
        owed.owed_rupiah + amount,
        owed.settled_rupiah + paid,
        owed.open_count + waiting,
    )


def _shares(expo: Expo) -> Any:
    return VoucherShare.objects.filter(entry__in=VoucherEntry.objects.of_expo(expo).payable())


def producers_with_shares(expo: Expo) -> dict[int, Producer]:
    """The makers that have any share in what vouchers paid."""
    return Producer.objects.filter(pk__in=_shares(expo).values("producer")).in_bulk()


@dataclass(frozen=True)
class Clashes:
    """Vouchers that were taken without a network and were not good, and wait for a decision."""

    count: int
    rupiah: int


def clashes_waiting(expo: Expo) -> Clashes:
    """How many sales have a flag that waits, and what is left of the clashes that it is about."""
    flags = SaleFlag.objects.filter(sale__expo=expo, kind__in=CLASHES, settled_at=None)
    unknown = Q(problem=VoucherEntry.Problem.UNKNOWN)
    roots = VoucherEntry.objects.filter(kind=VoucherEntry.Kind.CLASH).filter(
        Q(unknown, sale__in=flags.filter(kind=SaleFlag.Kind.VOUCHER_INVALID).values("sale"))
        | Q(~unknown, sale__in=flags.filter(kind=SaleFlag.Kind.VOUCHER_CLASH).values("sale"))
    )
    entries = VoucherEntry.objects.filter(Q(pk__in=roots.values("pk")) | Q(root__in=roots))
    return Clashes(
        flags.aggregate(n=Count("sale", distinct=True))["n"],
        entries.aggregate(amount=Sum("used_rupiah"))["amount"] or 0,
    )


def story_of(voucher: Voucher) -> list[VoucherEntry]:
    """Everything that ledger entries did with a voucher, the first in front."""
    rows = voucher.entries.select_related("sale__stand", "sale__till", "sale__cashier")
    return list(rows.annotate(reverses_number=F("sale__reverses__number")).order_by("pk"))
