"""Proof that the ledger is whole: recomputes the chain and every sum, and says where it breaks."""

from __future__ import annotations

import multiprocessing
import operator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import connection, connections
from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import append_only
from sales.chain_rows import LINE_COLUMNS, PAYMENT_COLUMNS, SALE_COLUMNS, row_hash
from sales.closing.proof import close_breaks
from sales.models import LedgerHead, Payment, Sale, SaleLine
from sales.proof.breaks import Break
from sales.proof.erased import erasure_breaks
from sales.totals.running_proof import rollup_breaks
from sales.vouchers.settling import settlement_breaks
from stands.clock import business_date
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.utils.functional import _StrPromise as StrPromise

    from sales.chain_rows import Row

# So many entries of a stand are held in memory at once, with their lines and payments.
CHUNK = 2_000
# So many breaks of one step are named; the rest is counted.
NAMED = 100

# Places of the columns that the checks look at; after them come those that only tell where.
(SEQUENCE, NUMBER, PREVIOUS_HASH, TOTAL, EXPO, SOLD_AT, BUSINESS_DATE) = map(
    SALE_COLUMNS.index,
    [
        "sequence",
        "number",
        "previous_hash",
        "total_rupiah",
        "expo_id",
        "sold_at",
        "business_date",
    ],
)
POSITION, QUANTITY, REVERSES_LINE, LINE_AMOUNT = map(
    LINE_COLUMNS.index, ["position", "quantity", "reverses_line_id", "amount_rupiah"]
)
PAYMENT_AMOUNT = PAYMENT_COLUMNS.index("amount_rupiah")


@dataclass(frozen=True)
class Step:
    """One part of a proof: a stand's chain, or a check beside the chains."""

    name: str | StrPromise
    stand: Stand | None = None
    entries: int = 0
    breaks: list[Break] = field(default_factory=list)
    # Breaks beyond those that are named.
    more: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.breaks


@dataclass(frozen=True)
class Proof:
    """What was looked at, and what was found: `breaks` by name, and how many `more`."""

    stands: int
    entries: int
    breaks: list[Break]
    more: int = 0

    @property
    def count(self) -> int:
        """How many breaks there are in all."""
        return len(self.breaks) + self.more


# --- the checks beside the chains -----------------------------------------------------------------


def triggers() -> Iterator[Break]:
    """The database still refuses to change what is append only."""
    for name in missing_triggers():
        yield Break("database", _("pemicu %(name)s tidak ada") % {"name": name})


# Whatever else must fit the ledger: a function that yields what does not, reading in pieces and
# while sales come in. Its name in words stands before it. A new one takes one line here. Organisers
# read what it finds, so `Break.what` goes through gettext.
CHECKS: list[tuple[StrPromise, Callable[[], Iterable[Break]]]] = [
    (gettext_lazy("Pemicu yang menolak perubahan"), triggers),
    (gettext_lazy("Jumlah berjalan"), rollup_breaks),
    (gettext_lazy("Tutup kasir dan tambahannya"), close_breaks),
    (gettext_lazy("Pelunasan voucher"), settlement_breaks),
    (gettext_lazy("Teks yang dihapus"), erasure_breaks),
]


def missing_triggers() -> list[str]:
    """The append-only triggers that the schema ought to have and does not."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    wanted = [
        name
        for table in append_only.TABLES
        for name in append_only.trigger_names(connection.vendor, table)
    ]
    return [name for name in wanted if name not in present]


# --- all of it ------------------------------------------------------------------------------------


def verify_ledger(*, processes: int = 1) -> Proof:
    """Recompute every stand's chain and sums, and run the checks beside them.

    In so many processes at once, each with a connection of its own. Inside a transaction in one
    alone, since no other process sees what it has written.
    """
    if processes > 1 and not connection.in_atomic_block:
        return _proof(_steps_beside_each_other(processes))
    return _proof(steps())


def _proof(steps: Iterable[Step]) -> Proof:
    stands = entries = more = 0
    breaks: list[Break] = []
    for step in steps:
        stands += step.stand is not None
        entries += step.entries
        breaks += step.breaks
        more += step.more
    return Proof(stands=stands, entries=entries, breaks=breaks, more=more)


def _steps_beside_each_other(processes: int) -> Iterator[Step]:
    """The same steps in the same order, each by whichever process is free."""
    wanted: list[int | Stand] = [*range(len(CHECKS)), *stands_with_ledger()]
    # A process that is forked must not share what its parent said to the database.
    connections.close_all()
    # Forked, they begin at once and speak the language of their parent.
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap(_do, wanted)


def _do(wanted: int | Stand) -> Step:
    if isinstance(wanted, Stand):
        return verify_stand(wanted)
    # Its name may be a promise of a text, which does not travel.
    name, check = CHECKS[wanted]
    return _step(str(name), check())


def steps() -> Iterator[Step]:
    """The proof, part by part as each is done, so that a page can show how far it has come."""
    for name, check in CHECKS:
        yield _step(name, check())
    for stand in stands_with_ledger():
        yield verify_stand(stand)


def count_steps() -> int:
    """How many parts a proof has now."""
    return len(CHECKS) + len(stands_with_ledger())


def stands_with_ledger() -> list[Stand]:
    """Those that have entries or the head of a chain, by edition and code."""
    return list(
        Stand.objects.filter(
            Exists(Sale.objects.filter(stand=OuterRef("pk")))
            | Exists(LedgerHead.objects.filter(stand=OuterRef("pk")))
        )
        .select_related("expo")
        .order_by("expo__slug", "code")
    )


def _step(name: str | StrPromise, found: Iterable[Break]) -> Step:
    """A step with the first of what was found; the rest is only counted."""
    breaks: list[Break] = []
    more = 0
    for one in found:
        if len(breaks) < NAMED:
            breaks.append(one)
        else:
            more += 1
    return Step(name, breaks=breaks, more=more)


# --- one stand ------------------------------------------------------------------------------------


def verify_stand(stand: Stand) -> Step:
    """Recompute a stand's chain and sums as far as its head stands now.

    Sales may come in meanwhile: head and entries are written in one transaction, so all entries up
    to a head that was seen are seen as well, and what comes after it is for the next proof.
    """
    place = f"{stand.expo.slug} {stand.code}"
    head = LedgerHead.objects.filter(stand=stand).first()
    chain = _Chain(stand, place, last=head.sequence if head else None)
    found = _step(place, chain.breaks(head))
    return replace(found, stand=stand, entries=chain.entries)


class _Chain:
    """One reading of a stand's ledger, in pieces."""

    def __init__(self, stand: Stand, place: str, *, last: int | None) -> None:
        self.stand = stand
        self.place = place
        sales = Sale.objects.at_stand(stand)
        # Without a head all there is, since that is wrong in itself.
        self.last = sales.aggregate(last=Max("sequence"))["last"] or 0 if last is None else last
        self.entries = 0
        self.sequence, self.hash = 0, ""
        # What can still be taken back of each line that a reversal names.
        self.left: dict[int, int] = dict.fromkeys(
            SaleLine.objects.filter(sale__stand=stand, reverses_line__isnull=False)
            .order_by()
            .values_list("reverses_line_id", flat=True),
            0,
        )

    def breaks(self, head: LedgerHead | None) -> Iterator[Break]:
        """Everything that does not fit, entry by entry, then the head."""
        for after in range(0, self.last, CHUNK):
            yield from self._entries(after, min(after + CHUNK, self.last))
        if head is None:
            yield Break(self.place, _("ada nota, tetapi tidak ada ujung rantai"))
        elif (head.sequence, head.hash) != (self.sequence, self.hash):
            if head.sequence == self.sequence:
                what = _("ujung rantai tidak memuat sidik nota #%(n)d") % {"n": self.sequence}
                yield Break(self.place, what)
            else:
                yield self._head_elsewhere(head.sequence, self.sequence)
        yield from self._beyond_head()

    def _beyond_head(self) -> Iterator[Break]:
        """Entries that no head leads to; the head is read after them, so a new one is none."""
        beyond = Sale.objects.at_stand(self.stand).aggregate(last=Max("sequence"))["last"] or 0
        if beyond <= self.last:
            return
        head = LedgerHead.objects.filter(stand=self.stand).first()
        if head is None or head.sequence < beyond:
            yield self._head_elsewhere(head.sequence if head else 0, beyond)

    def _head_elsewhere(self, head: int, ledger: int) -> Break:
        text = _("ujung rantai menunjuk #%(head)d, bukunya sampai #%(ledger)d")
        return Break(self.place, text % {"head": head, "ledger": ledger})

    def _entries(self, after: int, last: int) -> Iterator[Break]:
        wanted = {"sale__stand": self.stand, "sale__sequence__gt": after}
        wanted["sale__sequence__lte"] = last
        lines = _by_sale(
            SaleLine.objects.filter(**wanted)
            .order_by("sale__sequence", "position")
            .values_list(*LINE_COLUMNS, "pk", "sale__sequence")
        )
        payments = _by_sale(
            Payment.objects.filter(**wanted)
            .order_by("sale__sequence", "position")
            .values_list(*PAYMENT_COLUMNS, "sale__sequence")
        )
        sales = (
            Sale.objects.at_stand(self.stand)
            .filter(sequence__gt=after, sequence__lte=last)
            .order_by("sequence")
            .values_list(*SALE_COLUMNS, "hash")
        )
        for *columns, hash_ in sales:
            sale = tuple(columns)
            sequence = sale[SEQUENCE]
            where = f"{self.place} #{sequence} {sale[NUMBER]}"
            for what in self._faults(
                sale, hash_, lines.pop(sequence, []), payments.pop(sequence, [])
            ):
                yield Break(where, what)
            self.entries += 1
            self.sequence, self.hash = sequence, hash_

    def _faults(
        self, sale: Row, hash_: str, lines: list[Row], payments: list[Row]
    ) -> Iterator[str]:
        """What is wrong with one entry."""
        if sale[SEQUENCE] != self.sequence + 1:
            yield _("seharusnya #%(n)d") % {"n": self.sequence + 1}
        if sale[PREVIOUS_HASH] != self.hash:
            yield _("tidak memuat sidik nota sebelumnya")
        if row_hash(sale, [line[:-2] for line in lines], [one[:-1] for one in payments]) != hash_:
            yield _("isinya tidak menghasilkan sidiknya")
        total = sale[TOTAL]
        if sum(line[LINE_AMOUNT] for line in lines) != total:
            yield _("jumlah barisnya bukan totalnya")
        if sum(payment[PAYMENT_AMOUNT] for payment in payments) != total:
            yield _("jumlah pembayarannya bukan totalnya")
        if sale[EXPO] != self.stand.expo_id:
            yield _("stannya pindah ke edisi lain")
        if business_date(sale[SOLD_AT]) != sale[BUSINESS_DATE]:
            yield _("harinya bukan hari saat dibayar")
        if self.left:
            yield from self._taken_too_far(lines)

    def _taken_too_far(self, lines: list[Row]) -> Iterator[str]:
        for line in lines:
            key = line[REVERSES_LINE] or line[-2]
            if key in self.left:
                self.left[key] += line[QUANTITY]
                if self.left[key] < 0:
                    text = _("baris %(n)d membatalkan lebih dari yang terjual")
                    yield text % {"n": line[POSITION]}


def _by_sale(rows: Iterable[Any]) -> dict[int, list[Row]]:
    """Rows that come sale by sale, their last column its sequence."""
    return {key: list(some) for key, some in groupby(rows, key=operator.itemgetter(-1))}
