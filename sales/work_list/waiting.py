"""What waits for an organiser, read from the rows with all that is needed to understand it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, F, Sum, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from sales.models import HeldSale, Payment, Sale, SaleFlag, SaleLine, Till
from sales.requests import ReversalRequest, SaleRequest, from_json
from stands.models import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from sales.models import Cashier
    from stands.models import Expo, Stand

Reason, Kind = HeldSale.Reason, SaleFlag.Kind


# --- rows ---------------------------------------------------------------------------------------


def waiting_held(expo: Expo) -> QuerySet[HeldSale]:
    """Held sales of an edition that nobody has decided yet, those that came first in front."""
    return HeldSale.objects.filter(stand__expo=expo, state=HeldSale.State.WAITING).order_by(
        "received_at", "pk"
    )


def open_flags(expo: Expo) -> QuerySet[SaleFlag]:
    """Flags of an edition that nobody has settled yet, the oldest first."""
    return SaleFlag.objects.filter(sale__expo=expo, settled_at=None).order_by("created_at", "pk")


def with_all(held: QuerySet[HeldSale]) -> QuerySet[HeldSale]:
    """With what the pages show of it."""
    return held.select_related("stand__expo", "till", "cashier", "decided_by", "sale")


def with_sales(flags: QuerySet[SaleFlag]) -> QuerySet[SaleFlag]:
    """With the sale and its lines, in one more query."""
    return flags.select_related(
        "sale__stand__expo", "sale__till", "sale__cashier", "settled_by"
    ).prefetch_related("sale__lines")


def first_held_of_each(held: QuerySet[HeldSale], number: int) -> QuerySet[HeldSale]:
    """At most so many for each reason."""
    place = Window(RowNumber(), partition_by=F("reason"), order_by=["received_at", "pk"])
    return held.annotate(place=place).filter(place__lte=number)


def first_flags_of_each(flags: QuerySet[SaleFlag], number: int) -> QuerySet[SaleFlag]:
    """At most so many of each kind."""
    place = Window(RowNumber(), partition_by=F("kind"), order_by=["created_at", "pk"])
    return flags.annotate(place=place).filter(place__lte=number)


def counts_by(rows: QuerySet[HeldSale] | QuerySet[SaleFlag], name: str) -> dict[str, int]:
    """How many there are for each value of a field."""
    return dict(rows.order_by().values_list(name).annotate(number=Count("pk")))


# --- content, as it came and as it stands in the ledger ------------------------------------------


@dataclass(frozen=True)
class Line:
    """A line to read. `known` is false where the stand never had the offer.

    `price_now_rupiah` is the catalogue's, `left` what is left in stock or to take back, both None
    where there is none.
    """

    position: int
    name: str
    quantity: int
    unit: str = ""
    unit_price_rupiah: int | None = None
    known: bool = True
    price_now_rupiah: int | None = None
    left: int | None = None
    withdrawn: bool = False

    @property
    def amount_rupiah(self) -> int | None:
        """What the line comes to, where its price is known."""
        price = self.unit_price_rupiah
        return None if price is None else price * self.quantity

    @property
    def price_differs(self) -> bool:
        """Whether the catalogue has another price now."""
        return self.price_now_rupiah not in (None, self.unit_price_rupiah)

    def as_compared(self) -> tuple[object, ...]:
        """What makes two lines the same."""
        return (self.name, self.quantity, self.unit_price_rupiah)


@dataclass(frozen=True)
class Content:
    """A sale or reversal as a person reads it, wherever it is kept."""

    number: str
    stand: Stand
    till: Till
    cashier: Cashier | None
    paid_at: dt.datetime
    device_at: dt.datetime | None
    received_at: dt.datetime
    is_reversal: bool
    training: bool
    lines: list[Line]
    payments: list[tuple[str, int]]
    total_rupiah: int
    words: str  # note of a sale, reason of a reversal

    def differences(self, other: Content) -> set[str]:
        """The names of what is not the same in both."""
        # Instants as they are read: a second apart is the same to a person.
        pairs: dict[str, tuple[object, object]] = {
            "number": (self.number, other.number),
            "stand": (self.stand.pk, other.stand.pk),
            "till": (self.till.pk, other.till.pk),
            "cashier": (self.cashier, other.cashier),
            "paid_at": (_minute(self.paid_at), _minute(other.paid_at)),
            "lines": (
                [line.as_compared() for line in self.lines],
                [line.as_compared() for line in other.lines],
            ),
            "payments": (self.payments, other.payments),
            "total": (self.total_rupiah, other.total_rupiah),
            "words": (self.words, other.words),
        }
        return {name for name, (one, two) in pairs.items() if one != two}


def _minute(at: dt.datetime) -> dt.datetime:
    return at.replace(second=0, microsecond=0)


def content_of_sale(sale: Sale) -> Content:
    """An entry of the ledger; what a reversal takes back is written positive."""
    sign = -1 if sale.is_reversal else 1
    return Content(
        number=sale.number,
        stand=sale.stand,
        till=sale.till,
        cashier=sale.cashier,
        paid_at=sale.sold_at,
        device_at=sale.device_at,
        received_at=sale.received_at,
        is_reversal=sale.is_reversal,
        training=sale.training,
        lines=[
            Line(
                position=line.position,
                name=line.product_name,
                quantity=sign * line.quantity,
                unit=line.unit,
                unit_price_rupiah=line.unit_price_rupiah,
            )
            for line in sale.lines.all()
        ],
        payments=[
            (str(one.get_method_display()), sign * one.amount_rupiah) for one in sale.payments.all()
        ],
        total_rupiah=sign * sale.total_rupiah,
        words=sale.reason or sale.note,
    )


@dataclass(frozen=True)
class Beside:
    """What stands beside a held request: an entry of the ledger, or another held request."""

    title: str
    content: Content
    url: str
    differs: set[str] = field(default_factory=set)


class Shelf:
    """Held requests with everything that is needed to read them, in few queries for any number."""

    def __init__(self, rows: Iterable[HeldSale]) -> None:
        self.rows = list(rows)
        self.requests = {row.pk: from_json(row.request) for row in self.rows}
        self._read_sales()
        self._read_held()
        self._read_offers()

    def _read_sales(self) -> None:
        requests = self.requests.values()
        keys = {one.uuid for one in requests}
        keys |= {one.original_id for one in requests if isinstance(one, ReversalRequest)}
        numbers = {one.number for one in requests if one.number}
        expos = {row.stand.expo_id for row in self.rows}
        sales = Sale.objects.with_content()
        found = (
            [
                *sales.filter(pk__in=keys),
                *sales.filter(expo__in=expos, number__in=numbers),
            ]
            if self.rows
            else []
        )
        self.by_key: dict[UUID, Sale] = {sale.pk: sale for sale in found}
        self.by_number = {(sale.expo_id, sale.number): sale for sale in found}
        # What was accepted under another UUID than it came with.
        renamed = HeldSale.objects.filter(sale_uuid__in=keys, sale__isnull=False)
        self.renamed: dict[UUID, list[Sale]] = {}
        renamed_rows = list(renamed.order_by("decided_at").values_list("sale_uuid", "sale__pk"))
        more = {pk for _key, pk in renamed_rows} - self.by_key.keys()
        if more:
            self.by_key |= {sale.pk: sale for sale in sales.filter(pk__in=more)}
        for key, pk in renamed_rows:
            if key != pk:
                self.renamed.setdefault(key, []).append(self.by_key[pk])
        lines = [
            line.pk
            for row in self.rows
            for sale in self.originals(row)
            for line in sale.lines.all()
        ]
        self.taken: dict[int | None, int] = {}
        if lines:
            # What was accepted of these rows is not in its own way.
            own = [row.sale_id for row in self.rows if row.sale_id]
            taken = SaleLine.objects.filter(reverses_line__in=lines).exclude(sale__in=own)
            self.taken = dict(
                taken.values_list("reverses_line_id").annotate(number=Sum("quantity")).order_by()
            )

    def _read_held(self) -> None:
        """Other requests under the same UUIDs, or under that of what is to be taken back."""
        requests = self.requests.values()
        keys = {one.uuid for one in requests}
        keys |= {one.original_id for one in requests if isinstance(one, ReversalRequest)}
        self.held: dict[UUID, list[HeldSale]] = {}
        if not keys:
            return
        for row in with_all(HeldSale.objects.filter(sale_uuid__in=keys)).order_by("pk"):
            self.held.setdefault(row.sale_uuid, []).append(row)

    def _read_offers(self) -> None:
        others = [from_json(row.request) for rows in self.held.values() for row in rows]
        wanted = {
            line.offer_id
            for one in [*self.requests.values(), *others]
            if isinstance(one, SaleRequest)
            for line in one.lines
        }
        offers = Offer.objects.with_product().select_related("stand")
        # No database looks for what is no key of it.
        self.offers = offers.in_bulk([pk for pk in wanted if pk < 2**63]) if wanted else {}

    # --- what a row refers to ---

    def originals(self, held: HeldSale) -> list[Sale]:
        """The entries that a held reversal may mean, the likeliest first."""
        request = self.requests.get(held.pk) or from_json(held.request)
        if not isinstance(request, ReversalRequest):
            return []
        own = self.by_key.get(request.original_id)
        found = [own] if own else []
        found += self.renamed.get(request.original_id, [])
        return [one for one in found if one.stand_id == held.stand_id and not one.is_reversal]

    def waiting_original(self, held: HeldSale) -> HeldSale | None:
        """The held sale that a held reversal means."""
        request = self.requests.get(held.pk) or from_json(held.request)
        if not isinstance(request, ReversalRequest):
            return None
        rows = [
            one
            for one in self.held.get(request.original_id, [])
            if one.stand_id == held.stand_id and one.sale_id is None
        ]
        return next((one for one in rows if one.state == HeldSale.State.WAITING), None) or next(
            iter(rows), None
        )

    def first_of_uuid(self, held: HeldSale) -> Sale | HeldSale | None:
        """What had the UUID of a held request before it."""
        sale = self.by_key.get(held.sale_uuid)
        if sale is not None and sale.pk != held.sale_id:
            return sale
        return next((one for one in self.held.get(held.sale_uuid, []) if one.pk != held.pk), None)

    def holder_of_number(self, held: HeldSale) -> Sale | None:
        """The entry that has the number of a held request."""
        number = self.requests[held.pk].number
        sale = self.by_number.get((held.stand.expo_id, number or ""))
        return sale if sale is not None and sale.pk != held.sale_id else None

    def left_of(self, sale: Sale) -> dict[int, int]:
        """How many pieces of each line, by position, are not taken back yet."""
        return {
            line.position: line.quantity + self.taken.get(line.pk, 0) for line in sale.lines.all()
        }

    # --- content ---

    def content(self, held: HeldSale) -> Content:
        """A held request as it came, with the names of its products."""
        request = self.requests.get(held.pk) or from_json(held.request)
        original = next(iter(self.originals(held)), None)
        if isinstance(request, SaleRequest):
            lines = self._sale_lines(held, request)
            words, training = request.note, request.training
        else:
            lines = self._reversed_lines(held, request, original)
            words, training = request.reason, bool(original and original.training)
        return Content(
            number=request.number or "",
            stand=held.stand,
            till=held.till,
            cashier=held.cashier,
            paid_at=request.sold_at,
            device_at=request.device_at,
            received_at=held.received_at,
            is_reversal=isinstance(request, ReversalRequest),
            training=training,
            lines=lines,
            payments=[
                (str(Payment.Method(one.method).label), one.amount_rupiah)
                if one.method in Payment.Method.values
                else (one.method, one.amount_rupiah)
                for one in request.payments
            ],
            total_rupiah=sum(one.amount_rupiah for one in request.payments),
            words=words,
        )

    def _sale_lines(self, held: HeldSale, request: SaleRequest) -> list[Line]:
        lines = []
        for position, line in enumerate(request.lines, start=1):
            offer = self.offers.get(line.offer_id)
            known = offer is not None and offer.stand_id == held.stand_id
            if offer is None:
                name = _("Barang tak dikenal (kode %(code)s)") % {"code": line.offer_id}
            elif not known:
                name = _("%(name)s dari stan %(stand)s") % {
                    "name": offer.product.name,
                    "stand": offer.stand.code,
                }
            else:
                name = offer.product.name
            lines.append(
                Line(
                    position=position,
                    name=name,
                    quantity=line.quantity,
                    unit=offer.product.unit if offer else "",
                    unit_price_rupiah=line.unit_price_rupiah,
                    known=known,
                    price_now_rupiah=offer.price_rupiah if offer and known else None,
                    left=offer.stock if offer and known else None,
                    withdrawn=bool(offer and known and offer.is_withdrawn),
                )
            )
        return lines

    def _reversed_lines(
        self, held: HeldSale, request: ReversalRequest, original: Sale | None
    ) -> list[Line]:
        waiting = None if original else self.waiting_original(held)
        sold = {line.position: line for line in original.lines.all()} if original else {}
        left = self.left_of(original) if original else {}
        asked = {}
        if waiting is not None:
            wanted = from_json(waiting.request)
            if isinstance(wanted, SaleRequest):
                asked = {line.position: line for line in self._sale_lines(waiting, wanted)}
        lines = []
        for line in request.lines:
            name = _("baris %(number)s dari nota itu") % {"number": line.position}
            unit, price = "", None
            if line.position in sold:
                was = sold[line.position]
                name, unit, price = was.product_name, was.unit, was.unit_price_rupiah
            elif line.position in asked:
                came = asked[line.position]
                name, unit, price = came.name, came.unit, came.unit_price_rupiah
            lines.append(
                Line(
                    position=line.position,
                    name=name,
                    quantity=line.quantity,
                    unit=unit,
                    unit_price_rupiah=price,
                    left=left.get(line.position),
                )
            )
        return lines

    def beside(self, held: HeldSale) -> list[Beside]:
        """What to look at beside a held request, in the order of its weight."""
        own = self.content(held)
        found: list[Beside] = []
        first = self.first_of_uuid(held)
        if held.reason == Reason.OTHER_CONTENT and first is not None:
            found.append(self._beside(_("Yang datang lebih dulu"), first, own))
        holder = self.holder_of_number(held)
        if holder is not None and holder != first:
            found.append(self._beside(_("Pemakai nomor ini di buku"), holder, own))
        for original in self.originals(held):
            found.append(self._beside(_("Nota yang dibatalkan"), original))
        waiting = self.waiting_original(held)
        if waiting is not None and not self.originals(held):
            found.append(self._beside(_("Nota yang dibatalkan, masih ditahan"), waiting))
        return found

    def _beside(self, title: str, row: Sale | HeldSale, own: Content | None = None) -> Beside:
        if isinstance(row, Sale):
            content = content_of_sale(row)
            url = reverse("admin:sales_sale_change", args=[row.pk])
        else:
            content = self.content(row)
            url = reverse("held_detail", args=[row.pk])
        return Beside(title, content, url, own.differences(content) if own else set())


def amount_of(rows: Sequence[HeldSale]) -> int:
    """What these requests would add to the totals, in rupiah; training adds nothing."""
    total = 0
    for row in rows:
        paid = sum(one["amount_rupiah"] for one in row.request["payments"])
        # A reversal says it by its number alone: A12-B-L0007.
        counter = (row.request.get("number") or "").rpartition("-")[2]
        if not (row.request.get("training") or counter.startswith(Till.TRAINING)):
            total += -paid if row.request["kind"] == "reversal" else paid
    return total
