"""Reads and writes the ledger for recording through the ORM: on SQLite, where a statement is cheap.

What may be recorded is no matter of this module nor of its twin `ledger_postgres`: it is decided in
`sales.recording`, between the one and the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, Value, When

from sales.ledger_head import lock_head
from sales.ledger_rows import Found, OnShelf
from sales.models import (
    Cashier,
    EReceipt,
    HeldSale,
    LedgerHead,
    Payment,
    Sale,
    SaleFlag,
    SaleLine,
)
from stands.models import ExpoDay, Offer

if TYPE_CHECKING:
    from sales.ledger_rows import Gathered, Wanted


def lock_and_look_up(wanted: Wanted) -> tuple[LedgerHead, Found]:
    """The end of the stand's ledger, locked, and what there is then of what requests name."""
    return lock_head(wanted.stand), look_up(wanted)


def look_up(wanted: Wanted) -> Found:
    """What there is of what requests name; the caller has locked the head."""
    stand = wanted.stand
    recorded = Sale.objects.filter(pk__in=wanted.uuids)
    held = HeldSale.objects.filter(sale_uuid__in=wanted.uuids)
    if not wanted.with_held:
        held = held.none()
    known = (
        recorded.order_by()
        .values_list("pk", "fingerprint", Value("recorded"))
        .union(
            held.order_by().values_list("sale_uuid", "fingerprint", Value("held")),
            all=True,
        )
    )
    return Found(
        known=[(uuid, print_, kind == "recorded") for uuid, print_, kind in known],
        numbers=set(
            Sale.objects.filter(expo_id=stand.expo_id, number__in=wanted.numbers).values_list(
                "number", flat=True
            )
        ),
        offers=_shelf(wanted),
        days=set(
            ExpoDay.objects.filter(expo_id=stand.expo_id, date__in=wanted.days).values_list(
                "date", flat=True
            )
        ),
        cashiers=set(
            Cashier.objects.filter(stand=stand, pk__in=wanted.cashiers).values_list("pk", flat=True)
        ),
    )


def _shelf(wanted: Wanted) -> dict[int, OnShelf]:
    """The offers, held until all is written, in one order for all.

    So what was checked still stands then, and nobody waits in a circle.
    """
    offers = (
        Offer.objects.filter(stand=wanted.stand, pk__in=wanted.offers)
        .select_for_update(of=("self",))
        .order_by("pk")
        .select_related("product__producer")
    )
    return {
        offer.pk: OnShelf(
            pk=offer.pk,
            price_rupiah=offer.price_rupiah,
            stock=offer.stock,
            is_withdrawn=offer.is_withdrawn,
            product_id=offer.product_id,
            producer_id=offer.product.producer_id,
            pesantren_id=offer.product.producer.pesantren_id,
            name=offer.product.name,
            unit=offer.product.unit,
        )
        for offer in offers
    }


def write(gathered: Gathered, head: LedgerHead) -> None:
    """Write all of it and the end of the ledger, which the caller has locked."""
    Sale.objects.bulk_create(gathered.sales)
    SaleLine.objects.bulk_create(
        SaleLine(sale=sale, **row._asdict()) for sale, row in gathered.lines
    )
    Payment.objects.bulk_create(gathered.payments)
    LedgerHead.objects.filter(pk=head.pk).update(
        sequence=head.sequence, hash=head.hash, web_counter=head.web_counter
    )
    gathered.totals.write()
    if gathered.moved:
        # In one statement, by differences.
        quantity = Case(*(When(pk=pk, then=Value(n)) for pk, n in gathered.moved.items()))
        Offer.objects.filter(pk__in=gathered.moved, stock__isnull=False).update(
            stock=F("stock") - quantity
        )
    if gathered.receipts:
        # A token is no money: one that is there already must not keep a sale out.
        EReceipt.objects.bulk_create(gathered.receipts, ignore_conflicts=True)
    if gathered.flags:
        SaleFlag.objects.bulk_create(gathered.flags)
