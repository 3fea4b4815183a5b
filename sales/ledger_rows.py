"""What recording looks up before it decides, and what it gathers to be written: plain rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sales.totals.running import Adding

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from sales.models import EReceipt, Payment, Sale, SaleFlag, SaleLine
    from sales.requests import LineRequest
    from stands.models import Stand


class LineRow(NamedTuple):
    """A line on its way into the ledger, in the order of `chain_rows.LINE_COLUMNS`."""

    amount_rupiah: int
    offer_id: int
    pesantren_id: int | None
    position: int
    producer_id: int
    product_id: int
    product_name: str
    quantity: int
    reverses_line_id: int | None
    unit: str
    unit_price_rupiah: int


@dataclass(slots=True)
class OnShelf:
    """An offer with what a sale keeps of its product. `stock` follows what is sold meanwhile."""

    pk: int
    price_rupiah: int
    stock: int | None
    is_withdrawn: bool
    product_id: int
    producer_id: int
    pesantren_id: int | None
    name: str
    unit: str


@dataclass(frozen=True)
class Wanted:
    """What requests name, and the stand that they came to."""

    stand: Stand
    uuids: list[UUID]
    numbers: list[str]
    offers: list[int]
    days: list[dt.date]
    cashiers: list[int]
    # Whether what is held under a UUID counts as known.
    with_held: bool


@dataclass
class Found:
    """What of it there is, read after the head was locked; the offers are locked as well."""

    # UUID, fingerprint, and whether it stands in the ledger (else it is held).
    known: list[tuple[UUID, str, bool]]
    numbers: set[str]
    offers: dict[int, OnShelf]
    days: set[dt.date]
    # Those of this stand.
    cashiers: set[int]


@dataclass
class Said:
    """What a tablet says of one of its tills: the last counter it gave, and how many it holds.

    It may be written together with what is recorded; else whoever made it does.
    """

    till_id: int
    last: int
    unsent: int
    at: dt.datetime
    is_written: bool = False


@dataclass
class Gathered:
    """What is to be written at the end of a stand's ledger."""

    sales: list[Sale] = field(default_factory=list)
    lines: list[tuple[Sale, LineRow]] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    receipts: list[EReceipt] = field(default_factory=list)
    flags: list[SaleFlag] = field(default_factory=list)
    # Pieces by offer.
    moved: dict[int, int] = field(default_factory=dict)
    totals: Adding = field(default_factory=Adding)
    said: Said | None = None

    def touches(self, key: UUID) -> bool:
        """Whether a sale with this key, or what takes some of it back, waits to be written."""
        return any(key in (sale.pk, sale.reverses_id) for sale in self.sales)


def sold_line(position: int, line: LineRequest, offer: OnShelf) -> LineRow:
    """A line of a sale, with name and maker as they are now."""
    return LineRow(
        amount_rupiah=line.amount_rupiah,
        offer_id=offer.pk,
        pesantren_id=offer.pesantren_id,
        position=position,
        producer_id=offer.producer_id,
        product_id=offer.product_id,
        product_name=offer.name,
        quantity=line.quantity,
        reverses_line_id=None,
        unit=offer.unit,
        unit_price_rupiah=line.unit_price_rupiah,
    )


def reversed_line(position: int, line: SaleLine, quantity: int) -> LineRow:
    """Pieces of a line taken back, with name and maker as they were."""
    return LineRow(
        amount_rupiah=-quantity * line.unit_price_rupiah,
        offer_id=line.offer_id,
        pesantren_id=line.pesantren_id,
        position=position,
        producer_id=line.producer_id,
        product_id=line.product_id,
        product_name=line.product_name,
        quantity=-quantity,
        reverses_line_id=line.pk,
        unit=line.unit,
        unit_price_rupiah=line.unit_price_rupiah,
    )


def columns_of(row: Any, names: list[str]) -> tuple[Any, ...]:
    """Some columns of a row, in this order."""
    return tuple([getattr(row, name) for name in names])
