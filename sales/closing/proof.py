"""Proof that the books of the tills are whole: chain, figures against the ledger, nothing left out.

A close and its amendments share out the ledger: each holds what its till and day got between the
entry of the ledger at which the one before it ended and its own. So together they are the day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Q
from django.utils.translation import gettext as _

from sales.closing.book import row_hash
from sales.closing.figures import AT_THE_DESK, Figures, figures_in, summed
from sales.models import (
    CashMovement,
    CloseAmendment,
    DayClose,
    DrawerHead,
    LedgerHead,
    Payment,
    Sale,
)
from sales.proof.breaks import Break

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from uuid import UUID

    from sales.closing.book import Row

Day: TypeAlias = "tuple[int, dt.date]"  # till and business date
Sums: TypeAlias = "dict[str, int]"  # by the name of the figure, or by the way it was paid
Part: TypeAlias = DayClose | CloseAmendment
METHODS = frozenset(Payment.Method.values)
MOVED = {
    CashMovement.Kind.FLOAT: "float_rupiah",
    CashMovement.Kind.IN: "cash_in_rupiah",
    CashMovement.Kind.OUT: "cash_out_rupiah",
}
CHUNK = 2_000


def close_breaks() -> list[Break]:
    """Each place at which a book is not what closing would have written.

    Tills may write meanwhile, and the tables are read one after the other: a break is one that is
    seen twice.
    """
    first = set(_look())
    return [one for one in _look() if one in first] if first else []


def _look() -> Iterator[Break]:
    books: dict[int, list[Row]] = defaultdict(list)
    for model in (CashMovement, DayClose, CloseAmendment):
        for row in model._default_manager.select_related("till").order_by("sequence"):
            books[row.till_id].append(row)
    heads = {head.till_id: head for head in DrawerHead.objects.select_related("till")}
    for till_id, rows in books.items():
        rows.sort(key=lambda one: one.sequence)
        yield from _chain_breaks(rows, heads.pop(till_id, None))
    for head in heads.values():
        if head.sequence:
            yield Break(
                head.till.prefix,
                _("buku lacinya kosong, padahal ujungnya di #%(n)s") % {"n": head.sequence},
            )
    yield from _figure_breaks(books)


def _chain_breaks(rows: list[Row], head: DrawerHead | None) -> Iterator[Break]:
    sequence, previous = 0, ""
    for row in rows:
        where = f"{row.till.prefix} #{row.sequence} {row}"
        if row.sequence != sequence + 1:
            yield Break(where, _("seharusnya #%(n)s") % {"n": sequence + 1})
        if row.previous_hash != previous:
            yield Break(where, _("tidak membawa sidik baris sebelumnya"))
        if row_hash(row) != row.hash:
            yield Break(where, _("isinya tidak menghasilkan sidiknya"))
        sequence, previous = row.sequence, row.hash
    if head is None or (head.sequence, head.hash) != (sequence, previous):
        yield Break(rows[-1].till.prefix, _("ujung buku lacinya tidak di #%(n)s") % {"n": sequence})


# --- figures ------------------------------------------------------------------------------------


def _figure_breaks(books: dict[int, list[Row]]) -> Iterator[Break]:
    """Recompute every close and amendment from the ledger, in a few queries for all of them."""
    parts: dict[Day, list[Part]] = {}
    closes = {row.pk: row for rows in books.values() for row in rows if isinstance(row, DayClose)}
    for rows in books.values():
        for row in rows:
            if isinstance(row, DayClose):
                parts[row.till_id, row.business_date] = [row]
            elif isinstance(row, CloseAmendment) and row.close_id in closes:
                day = closes[row.close_id].business_date
                parts.setdefault((row.till_id, day), []).append(row)
            elif isinstance(row, CloseAmendment):
                yield Break(
                    f"{row.till.prefix} #{row.sequence}", _("menambah tutup kasir yang tidak ada")
                )
    if not parts:
        return
    yield from _head_breaks(closes)
    ledger = _Ledger(parts, books)
    for key, rows_of_day in parts.items():
        yield from _day_breaks(key, rows_of_day, ledger)


def _head_breaks(closes: dict[UUID, DayClose]) -> Iterator[Break]:
    """The heads of the stands' ledgers: what they say of closes, and what closes say of them."""
    latest: dict[int, dt.date] = {}
    for close in closes.values():
        latest[close.stand_id] = max(
            latest.get(close.stand_id, close.business_date), close.business_date
        )
    for head in LedgerHead.objects.filter(stand_id__in=latest).select_related("stand"):
        if head.last_closed_day is None or head.last_closed_day < latest[head.stand_id]:
            yield Break(head.stand.code, _("ujung buku penjualan tidak tahu tutup kasir terakhir"))


class _Ledger:
    """What the ledger holds of the closed days, cut where closes and amendments end."""

    def __init__(self, parts: dict[Day, list[Part]], books: dict[int, list[Row]]) -> None:
        self.ends = {key: [row.ledger_sequence for row in rows] for key, rows in parts.items()}
        # By till, day and part; one more part than there are: what nobody has taken in.
        self.sums: dict[tuple[int, dt.date, int], Sums] = defaultdict(lambda: defaultdict(int))
        self._read_sales()
        self._read_payments()
        self._read_movements(parts, books)
        self.hashes = self._hashes(parts)

    def figures(self, key: Day, place: int) -> Figures:
        """What belongs into a part."""
        sums = self.sums.get((*key, place), {})
        return Figures(
            **{name: amount for name, amount in sums.items() if name not in METHODS},
            by_method={name: amount for name, amount in sums.items() if name in METHODS},
        )

    def _read_sales(self) -> None:
        tills = {till for till, _day in self.ends}
        days = {day for _till, day in self.ends}
        sales = (
            Sale.objects.counted()
            .filter(till_id__in=tills, business_date__in=days)
            .annotate(takes_back=Q(reverses__isnull=False))
            .order_by()
            .values_list("till_id", "business_date", "sequence", "takes_back", "total_rupiah")
        )
        for till, day, sequence, takes_back, total in sales.iterator(chunk_size=CHUNK):
            key = (till, day)
            if key not in self.ends:
                continue
            sums = self.sums[till, day, bisect_left(self.ends[key], sequence)]
            sums["reversals_count" if takes_back else "sales_count"] += 1
            sums["reversed_rupiah" if takes_back else "gross_rupiah"] += abs(total)

    def _read_payments(self) -> None:
        tills = {till for till, _day in self.ends}
        days = {day for _till, day in self.ends}
        payments = (
            Payment.objects.filter(
                sale__till_id__in=tills, sale__business_date__in=days, sale__training=False
            )
            .order_by()
            .values_list(
                "sale__till_id",
                "sale__business_date",
                "sale__sequence",
                "sale__intake",
                "method",
                "amount_rupiah",
            )
        )
        for till, day, sequence, intake, method, amount in payments.iterator(chunk_size=CHUNK):
            key = (till, day)
            if key not in self.ends:
                continue
            sums = self.sums[till, day, bisect_left(self.ends[key], sequence)]
            sums[method] += amount
            if method == Payment.Method.CASH and intake != AT_THE_DESK:
                sums["drawer_cash_rupiah"] += amount

    def _read_movements(self, parts: dict[Day, list[Part]], books: dict[int, list[Row]]) -> None:
        for till, rows in books.items():
            for row in rows:
                if not isinstance(row, CashMovement):
                    continue
                key = (till, row.business_date)
                if key not in parts:
                    continue
                place = bisect_left([one.sequence for one in parts[key]], row.sequence)
                self.sums[(*key, place)][MOVED[CashMovement.Kind(row.kind)]] += row.amount_rupiah

    def _hashes(self, parts: dict[Day, list[Part]]) -> dict[tuple[int, int], str]:
        """The hash of each ledger entry at which a close or an amendment ends."""
        wanted = {row.ledger_sequence for rows in parts.values() for row in rows}
        stands = {row.till.stand_id for rows in parts.values() for row in rows}
        entries = Sale.objects.filter(stand_id__in=stands, sequence__in=wanted).order_by()
        return {
            (stand, sequence): hash_
            for stand, sequence, hash_ in entries.values_list("stand_id", "sequence", "hash")
        }


def _day_breaks(key: Day, rows: list[Part], ledger: _Ledger) -> Iterator[Break]:
    before: list[Figures] = []
    for place, row in enumerate(rows):
        figures = ledger.figures(key, place)
        where = f"{row.till.prefix} {key[1]} {row}"
        kept = figures_in(row)
        if kept.as_columns() != figures.as_columns():
            yield Break(where, _("angkanya bukan angka buku penjualan"))
        before.append(kept)
        expected = summed(before).expected_rupiah
        if row.counted_rupiah is not None and row.expected_rupiah != expected:
            yield Break(where, _("uang yang seharusnya ada tidak sama dengan angkanya"))
        if isinstance(row, CloseAmendment) and row.place != place:
            yield Break(where, _("seharusnya A%(n)s") % {"n": place})
        if row.counted is not None and row.counted_rupiah != sum(
            int(value) * pieces for value, pieces in row.counted.items()
        ):
            yield Break(where, _("hitungan uangnya tidak sama dengan jumlahnya"))
        if ledger.hashes.get((row.till.stand_id, row.ledger_sequence), "") != row.ledger_hash:
            yield Break(
                where, _("sidik nota #%(n)s di buku penjualan lain") % {"n": row.ledger_sequence}
            )
    if ledger.figures(key, len(rows)) != Figures():
        yield Break(
            f"{rows[0].till.prefix} {key[1]}",
            _("sudah ditutup, tetapi ada yang tidak masuk tambahannya"),
        )
