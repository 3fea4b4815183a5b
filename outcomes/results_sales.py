"""What an edition publishes of its sales and vouchers, read from the ledger through its totals."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils import timezone

from outcomes.counting import count
from outcomes.models import Claim
from outcomes.results_claims import Claims, counted, words
from outcomes.results_content import RUPIAH, UNSIZED, Figure, Section, Words
from pesantren.models import Category, Product
from sales.models import DayClose, HeldSale, RunningTotal, Till, Voucher
from sales.totals.source import EVERYTHING, Grouping
from sales.totals.sums import daily_totals, sums_by
from sales.vouchers.reads import batch_rows, uses_of
from stands.clock import business_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from outcomes.models import ResultsChoice
    from sales.totals.figures import Cell, DailyTotals
    from sales.totals.source import Key, Sums
    from stands.models import Expo

FIGURE = Claim.Figure


def sales_section(expo: Expo, claims: Claims) -> tuple[Section, bool]:
    """Sales in all and by day, how complete they are; and whether anything was sold."""
    today = business_date(timezone.now())
    totals = daily_totals(expo=expo, places=(), chosen=EVERYTHING, today=today)
    # Training is in the ledger as well, and no sale.
    if totals.total.is_empty:
        return Section("sales", _without_ledger(claims)), False
    figures = [
        claims.settle(FIGURE.SALES, _net(totals, today)),
        claims.settle(
            FIGURE.SALES_COUNT,
            Figure(FIGURE.SALES_COUNT, totals.total.sale_count, sources=counted("sales_count")),
        ),
        Figure(
            "sales_reversed",
            -totals.total.reversed_rupiah,
            RUPIAH,
            parts=(Figure("reversal_count", totals.total.reversal_count),),
            sources=counted("sales_reversed"),
        ),
        *_completeness(expo, totals),
        *claims.statements(FIGURE.SALES_HELD),
    ]
    return Section("sales", tuple(figures)), True


def _without_ledger(claims: Claims) -> tuple[Figure, ...]:
    """What others say: an amount, or only that there were sales, or nothing at all."""
    held = claims.statements(FIGURE.SALES_HELD)
    sales = claims.settle(FIGURE.SALES)
    if sales.value is None and held:
        sales = Figure(
            FIGURE.SALES,
            form=RUPIAH,
            text=held[0].text,
            detail=held[0].detail,
            missing=UNSIZED,
            sources=held[0].sources,
            others=sales.others,
        )
        held = held[1:]
    count = [claims.settle(FIGURE.SALES_COUNT)] if claims.about(FIGURE.SALES_COUNT) else []
    return (sales, *count, *held)


def _net(totals: DailyTotals, today: dt.date) -> Figure:
    """Net sales, summed from the days, and these from their hours."""
    hours = totals.hours or {}
    # A day that is still to come has sold nothing; it has not sold for nothing.
    come = [one for one in totals.day_totals if one.day <= today or not one.sums.is_empty]
    days = [*come, *totals.outside_days]
    return Figure(
        FIGURE.SALES,
        totals.total.net_rupiah,
        RUPIAH,
        sources=counted("sales"),
        parts=tuple(_day(cell, hours.get(cell.day, {})) for cell in days),
    )


def _day(cell: Cell, hours: Mapping[int, int]) -> Figure:
    return Figure(
        cell.day.isoformat(),
        cell.sums.net_rupiah,
        RUPIAH,
        parts=(
            Figure("sale_count", cell.sums.sale_count),
            *((Figure("late", cell.late.net_rupiah, RUPIAH),) if not cell.late.is_empty else ()),
            *(Figure(f"hour-{hour:02d}", net, RUPIAH) for hour, net in sorted(hours.items())),
        ),
    )


def _completeness(expo: Expo, totals: DailyTotals) -> list[Figure]:
    """How many tills closed their day, what came in after that, and what is not here yet."""
    unclosed = set(
        RunningTotal.objects.filter(expo=expo)
        .unclosed()
        .values_list("business_date", "till")
        .distinct()
        .order_by()
    )
    closed = set(
        DayClose.objects.filter(stand__expo=expo).values_list("business_date", "till").order_by()
    )
    open_days = Counter(day for day, till in unclosed)
    closed_days = Counter(day for day, till in closed)
    # Closes are of any day on which a till sold.
    days = [*totals.day_totals, *totals.outside_days]
    late = sum(cell.late.net_rupiah for cell in days)
    unsent = Till.objects.filter(expo=expo).aggregate(n=Sum("unsent"))["n"] or 0
    held = HeldSale.objects.filter(stand__expo=expo, state=HeldSale.State.WAITING).count()
    return [
        Figure(
            "closings",
            len(closed),
            sources=counted("closings"),
            parts=tuple(
                Figure(
                    day.isoformat(),
                    closed_days[day],
                    parts=(Figure("open", open_days[day]),) if open_days[day] else (),
                )
                for day in sorted(open_days | closed_days)
            ),
        ),
        Figure("closings_open", sum(open_days.values()), sources=counted("closings_open")),
        Figure("sales_late", late, RUPIAH, sources=counted("sales_late")),
        Figure("sales_unsent", unsent, sources=counted("sales_unsent")),
        Figure("sales_waiting", held, sources=counted("sales_waiting")),
    ]


# --- what sold best -------------------------------------------------------------------------------


def top_section(expo: Expo, choice: ResultsChoice) -> Section:
    """The categories and products of the most net rupiah, as many as the organiser wants."""
    by_category = _best(sums_by(expo, Grouping.CATEGORY), choice.top_categories)
    by_product = _best(sums_by(expo, Grouping.PRODUCT), choice.top_products)
    categories = Category.objects.in_bulk([key for key, _sums in by_category])
    products = Product.objects.select_related("producer").in_bulk(
        [key for key, _sums in by_product]
    )
    figures = [
        Figure(
            "top_categories",
            sources=counted("top_categories"),
            parts=tuple(
                _sold(category.slug, words(category.name, category.name_en), sums)
                for key, sums in by_category
                if (category := categories.get(key))
            ),
        ),
        Figure(
            "top_products",
            sources=counted("top_products"),
            parts=tuple(
                _sold(
                    product.slug,
                    words(product.name, product.name_en),
                    sums,
                    words(product.producer.name),
                )
                for key, sums in by_product
                if (product := products.get(key))
            ),
        ),
    ]
    return Section("top", tuple(one for one in figures if one.parts))


def _best(sums: Mapping[Key, Sums], most: int) -> list[tuple[Key, Sums]]:
    sold = [(key, one) for key, one in sums.items() if one.net_rupiah > 0]
    return sorted(sold, key=lambda one: (-one[1].net_rupiah, str(one[0])))[:most]


def _sold(key: str, name: Words | None, sums: Sums, maker: Words | None = None) -> Figure:
    pieces = Figure("pieces", sums.pieces)
    return Figure(key, sums.net_rupiah, RUPIAH, name=name, detail=maker, parts=(pieces,))


# --- vouchers -------------------------------------------------------------------------------------


def vouchers_section(expo: Expo, claims: Claims, today: dt.date) -> Section:
    """What a voucher was worth, how many were handed out and how many came back."""
    figures = []
    if claims.about(FIGURE.VOUCHER_VALUE):
        figures.append(claims.settle(FIGURE.VOUCHER_VALUE))
    issued = redeemed = None
    if Voucher.objects.filter(expo=expo).exists():
        rows = batch_rows(expo, today)
        uses = uses_of(expo)
        issued = Figure(
            FIGURE.VOUCHERS_ISSUED,
            count(expo, "vouchers_issued"),
            sources=counted("vouchers_issued"),
            parts=(Figure("worth", count(expo, "vouchers_issued_value"), RUPIAH),),
        )
        redeemed = Figure(
            FIGURE.VOUCHERS_REDEEMED,
            sum(row.figures.redeemed.count for row in rows),
            sources=counted("vouchers_redeemed"),
            parts=(Figure("paid", uses.used_rupiah, RUPIAH),),
        )
    for key, own in ((FIGURE.VOUCHERS_ISSUED, issued), (FIGURE.VOUCHERS_REDEEMED, redeemed)):
        if own is not None or claims.about(key):
            figures.append(claims.settle(key, own))
    return Section("vouchers", tuple(figures))
