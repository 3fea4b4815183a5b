"""Proof that the ledger is whole: recomputes the chain and every sum, and says where it breaks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Exists, OuterRef

from events import append_only
from sales.chain import entry_hash
from sales.models import LedgerHead, Sale
from stands.clock import business_date
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 500


@dataclass(frozen=True)
class Break:
    """One place where the ledger is not what recording would have written."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Proof:
    """What was looked at, and every break that was found."""

    stands: int
    entries: int
    breaks: list[Break]


def verify_ledger() -> Proof:
    """Recompute every stand's chain and sums. Reads in chunks, so that a large ledger fits."""
    breaks = [Break("database", f"trigger {name} is missing") for name in missing_triggers()]
    entries = 0
    checked = list(
        Stand.objects.filter(
            Exists(Sale.objects.filter(stand=OuterRef("pk")))
            | Exists(LedgerHead.objects.filter(stand=OuterRef("pk")))
        )
        .select_related("expo")
        .order_by("expo__slug", "code")
    )
    for stand in checked:
        count, found = _verify_stand(stand)
        entries += count
        breaks += found
    return Proof(stands=len(checked), entries=entries, breaks=breaks)


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


def _verify_stand(stand: Stand) -> tuple[int, list[Break]]:
    place = f"{stand.expo.slug} {stand.code}"
    breaks: list[Break] = []
    sequence, previous_hash = 0, ""
    left: dict[int, int] = defaultdict(int)
    # Sales may come in meanwhile: read on until the head is that of the last entry read.
    while True:
        read = 0
        for sale in _entries(stand, after=sequence):
            read += 1
            where = f"{place} #{sale.sequence} {sale.number}"
            breaks += [
                Break(where, what) for what in _faults(sale, sequence + 1, previous_hash, left)
            ]
            sequence, previous_hash = sale.sequence, sale.hash
        head = LedgerHead.objects.filter(stand=stand).first()
        if head is None:
            return sequence, [*breaks, Break(place, "the ledger has entries but no head")]
        if (head.sequence, head.hash) == (sequence, previous_hash):
            return sequence, breaks
        if not read:
            what = f"head stands at #{head.sequence}, the ledger at #{sequence}"
            return sequence, [*breaks, Break(place, what)]


def _entries(stand: Stand, *, after: int) -> Iterator[Sale]:
    sales = Sale.objects.at_stand(stand).filter(sequence__gt=after).order_by("sequence")
    sales = sales.select_related("stand").prefetch_related("lines", "payments")
    yield from sales.iterator(chunk_size=CHUNK)


def _faults(sale: Sale, sequence: int, previous_hash: str, left: dict[int, int]) -> Iterator[str]:
    """What is wrong with one entry; `left` carries what can still be taken back, a line each."""
    lines, payments = list(sale.lines.all()), list(sale.payments.all())
    if sale.sequence != sequence:
        yield f"expected #{sequence}"
    if sale.previous_hash != previous_hash:
        yield "does not carry the hash of the entry before it"
    if entry_hash(sale, lines, payments) != sale.hash:
        yield "its content does not give its hash"
    if sum(line.amount_rupiah for line in lines) != sale.total_rupiah:
        yield "its lines do not sum to its total"
    if sum(payment.amount_rupiah for payment in payments) != sale.total_rupiah:
        yield "its payments do not sum to its total"
    if sale.expo_id != sale.stand.expo_id:
        yield "its stand has moved to another edition"
    if business_date(sale.sold_at) != sale.business_date:
        yield "its business date is not that of its instant"
    for line in lines:
        left[line.reverses_line_id or line.pk] += line.quantity
        if left[line.reverses_line_id or line.pk] < 0:
            yield f"line {line.position} takes back more than was sold"
