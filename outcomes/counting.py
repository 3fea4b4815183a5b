"""What this system counts of an edition: queries by name, each saying exactly what it counts.

A query answers None where nothing was recorded that it could count: that is not known, not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext_lazy

from outcomes.models import Agreement, AgreementParty, Claim, Disbursement
from pesantren.models import Pesantren
from programme.gate_counts import counted_in_all, counted_on
from programme.models import Attendance, Session
from sales.models import Voucher, VoucherBatch
from sales.totals.source import Grouping, TotalsFilter
from sales.totals.sums import sums_by
from sales.vouchers.reads import uses_of
from stands.models import Offer, Stand
from stands.published import on_sale_at

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.db import models
    from django.utils.functional import _StrPromise

    from outcomes.models import FinancingScheme
    from stands.models import Expo

# A partnership that came about: no mere interest or talk, and not ended.
CAME_ABOUT = (Agreement.State.REPORTED, Agreement.State.SIGNED, Agreement.State.CONTRACT)
SIGNED = (Agreement.State.SIGNED, Agreement.State.CONTRACT)
HOME = "ID"


@dataclass(frozen=True)
class Of:
    """What to count of: an edition, one of its days, or one scheme of financing."""

    expo: Expo
    date: dt.date | None = None
    scheme: FinancingScheme | None = None


@dataclass(frozen=True)
class Query:
    """A query by its name, and the figure that its answer is a claim of."""

    name: str
    figure: Claim.Figure
    # Exactly what it counts, on the screen; and in which unit, which is told of a number.
    what: _StrPromise
    unit: _StrPromise
    answer: Callable[[Of], int | None]
    # Whether it can be asked for one day, or for one scheme.
    by_day: bool = False
    by_scheme: bool = False

    def unit_of(self, value: int) -> str:
        """What is counted, as one speaks of so many: 1 day, 3 days."""
        return self.unit % value


QUERIES: dict[str, Query] = {}


class NotCountableError(LookupError):
    """There is no such query, or it cannot be asked for a day or a scheme."""


def query(
    figure: Claim.Figure,
    what: _StrPromise,
    unit: _StrPromise,
    *,
    by_day: bool = False,
    by_scheme: bool = False,
) -> Callable[[Callable[[Of], int | None]], Callable[[Of], int | None]]:
    """Put a function into the registry under its name."""

    def put(answer: Callable[[Of], int | None]) -> Callable[[Of], int | None]:
        name = answer.__name__
        QUERIES[name] = Query(name, figure, what, unit, answer, by_day, by_scheme)
        return answer

    return put


def count(
    expo: Expo,
    name: str,
    *,
    date: dt.date | None = None,
    scheme: FinancingScheme | None = None,
) -> int | None:
    """The answer of a query at this moment; None where there is nothing to count.

    Raises NotCountableError.
    """
    asked = QUERIES.get(name)
    if asked is None or (date and not asked.by_day) or (scheme and not asked.by_scheme):
        raise NotCountableError(name)
    return asked.answer(Of(expo, date, scheme))


def queries_of(figure: str) -> list[Query]:
    """The queries that can count a figure."""
    return [one for one in QUERIES.values() if one.figure == figure]


# --- the hall -----------------------------------------------------------------------------------


@query(
    Claim.Figure.DAYS,
    _("Hari yang tercatat di edisi ini."),
    npgettext_lazy("satuan", "hari", "hari"),
)
def days(of: Of) -> int | None:
    """Days of the edition, whether or not their hours are known."""
    return of.expo.days.count() or None


@query(
    Claim.Figure.PESANTREN,
    _("Pesantren yang menempati stan atau barangnya dijual di stan, masing-masing sekali."),
    npgettext_lazy("satuan", "pesantren", "pesantren"),
)
def pesantren(of: Of) -> int | None:
    """Distinct pesantren that hold a stand of the edition or whose makers have an offer there."""
    here = Q(stands__expo=of.expo) | sells_at(of.expo)
    return Pesantren.objects.filter(here).distinct().count() or None


@query(
    Claim.Figure.PESANTREN,
    _("Pesantren yang menempati stan, masing-masing sekali."),
    npgettext_lazy("satuan", "pesantren", "pesantren"),
)
def pesantren_at_stands(of: Of) -> int | None:
    """Distinct pesantren that hold a stand of the edition, alone or with others."""
    return Pesantren.objects.filter(stands__expo=of.expo).distinct().count() or None


@query(
    Claim.Figure.PESANTREN,
    _("Pesantren yang barangnya dijual di stan, masing-masing sekali."),
    npgettext_lazy("satuan", "pesantren", "pesantren"),
)
def pesantren_with_offers(of: Of) -> int | None:
    """Distinct pesantren whose makers have an offer at a stand that was not withdrawn."""
    return Pesantren.objects.filter(sells_at(of.expo)).distinct().count() or None


def sells_at(expo: Expo) -> Q:
    """Of a pesantren: whether a maker of it has an offer there; at a closed edition, had by then.

    Since then a product may have changed hands.
    """
    if expo.is_closed:
        makers = [said["pesantren"] for said in on_sale_at(expo).values()]
        return Q(pk__in={one["pk"] for one in makers if one})
    return Q(producers__products__offers__in=Offer.objects.on_sale().at(expo))


@query(
    Claim.Figure.STANDS,
    _("Stan yang tercatat di edisi ini."),
    npgettext_lazy("satuan", "stan", "stan"),
)
def stands(of: Of) -> int | None:
    """Stands of the edition, those of sponsors and guests among them."""
    return Stand.objects.filter(expo=of.expo).count() or None


@query(
    Claim.Figure.PRODUCTS,
    _("Produk yang dijual di stan, masing-masing sekali, tanpa yang ditarik."),
    npgettext_lazy("satuan", "produk", "produk"),
)
def products(of: Of) -> int | None:
    """Distinct products with an offer that was not withdrawn; of a closed edition, by then."""
    offers = Offer.objects.on_sale().at(of.expo)
    return offers.aggregate(number=Count("product", distinct=True))["number"] or None


# --- sales and vouchers -------------------------------------------------------------------------


@query(
    Claim.Figure.SALES,
    _("Jumlah buku penjualan: penjualan dikurangi pembatalan, tanpa latihan."),
    npgettext_lazy("satuan", "rupiah", "rupiah"),
    by_day=True,
)
def sales(of: Of) -> int | None:
    """Net rupiah of the ledger: sales less reversals, training left out.

    Sales outside the edition's days are in it, as in the daily totals. None without an entry.
    """
    chosen = TotalsFilter(days=frozenset({of.date})) if of.date else TotalsFilter()
    sums = [one for one in sums_by(of.expo, Grouping.DAY, chosen).values() if not one.is_empty]
    return sum(one.net_rupiah for one in sums) if sums else None


@query(
    Claim.Figure.SALES_COUNT,
    _("Nota penjualan di buku penjualan, tanpa latihan; pembatalan tidak mengurangi."),
    npgettext_lazy("satuan", "nota", "nota"),
    by_day=True,
)
def sales_count(of: Of) -> int | None:
    """Sales in the ledger, training left out. A sale taken back later counts."""
    chosen = TotalsFilter(days=frozenset({of.date})) if of.date else TotalsFilter()
    sums = [one for one in sums_by(of.expo, Grouping.DAY, chosen).values() if not one.is_empty]
    return sum(one.sale_count for one in sums) if sums else None


@query(
    Claim.Figure.VOUCHER_VALUE,
    _("Nilai satu voucher, bila semua voucher edisi ini bernilai sama."),
    npgettext_lazy("satuan", "rupiah", "rupiah"),
)
def voucher_value(of: Of) -> int | None:
    """The face value of a voucher in rupiah; None where batches differ or there is none."""
    values = set(VoucherBatch.objects.filter(expo=of.expo).values_list("value_rupiah", flat=True))
    return values.pop() if len(values) == 1 else None


@query(
    Claim.Figure.VOUCHERS_ISSUED,
    _("Voucher yang dicatat diserahkan atau sudah dipakai, tanpa yang dihapuskan."),
    npgettext_lazy("satuan", "voucher", "voucher"),
)
def vouchers_issued(of: Of) -> int | None:
    """Vouchers noted as handed out, or spent; void ones left out. None before any was made."""
    handed_out = _handed_out(of.expo)
    return handed_out.count() if Voucher.objects.of_expo(of.expo).exists() else None


@query(
    Claim.Figure.VOUCHERS_ISSUED_VALUE,
    _("Nilai voucher yang dicatat diserahkan atau sudah dipakai, tanpa yang dihapuskan."),
    npgettext_lazy("satuan", "rupiah", "rupiah"),
)
def vouchers_issued_value(of: Of) -> int | None:
    """Face value in rupiah of what `vouchers_issued` counts."""
    if not Voucher.objects.of_expo(of.expo).exists():
        return None
    return _handed_out(of.expo).aggregate(sum=Sum("batch__value_rupiah"))["sum"] or 0


@query(
    Claim.Figure.VOUCHERS_REDEEMED,
    _("Voucher yang sudah dipakai dan tidak dikembalikan."),
    npgettext_lazy("satuan", "voucher", "voucher"),
)
def vouchers_redeemed(of: Of) -> int | None:
    """Vouchers spent and not given back since. None before any was made."""
    known = Voucher.objects.of_expo(of.expo)
    return known.redeemed().count() if known.exists() else None


@query(
    Claim.Figure.VOUCHERS_REDEEMED_VALUE,
    _("Rupiah yang dibayar dengan voucher, dikurangi yang dikembalikan; tanpa yang hangus."),
    npgettext_lazy("satuan", "rupiah", "rupiah"),
)
def vouchers_redeemed_value(of: Of) -> int | None:
    """What vouchers paid in rupiah, less what was taken back; what was forfeited is not in it."""
    if not Voucher.objects.of_expo(of.expo).exists():
        return None
    return uses_of(of.expo).used_rupiah


def _handed_out(expo: Expo) -> models.QuerySet[Voucher]:
    known = Voucher.objects.of_expo(expo).exclude(state=Voucher.State.VOID)
    return known.filter(Q(issued_at__isnull=False) | Q(state=Voucher.State.REDEEMED))


# --- programme and visitors ---------------------------------------------------------------------


@query(
    Claim.Figure.SESSIONS,
    _("Acara di jadwal, tanpa yang dibatalkan."),
    npgettext_lazy("satuan", "acara", "acara"),
    by_day=True,
)
def sessions(of: Of) -> int | None:
    """Sessions of the schedule that were not called off, those without a day among them."""
    held = Session.objects.at(of.expo).held()
    return (held.filter(date=of.date) if of.date else held).count() or None


@query(
    Claim.Figure.ATTENDANCE,
    _("Kehadiran yang dicatat di pintu acara; yang datang ke dua acara dihitung dua kali."),
    npgettext_lazy("satuan", "kehadiran", "kehadiran"),
    by_day=True,
)
def attendance(of: Of) -> int | None:
    """Check-ins at sessions that were not called off, those taken back left out.

    Whoever came to two sessions counts twice. Reported counts of sessions are not in it.
    """
    came = Attendance.objects.counted().filter(session__in=Session.objects.at(of.expo).held())
    return (came.filter(session__date=of.date) if of.date else came).count() or None


@query(
    Claim.Figure.VISITORS,
    _("Orang yang dihitung di pintu masuk; yang keluar lalu masuk lagi dihitung lagi."),
    npgettext_lazy("satuan", "orang", "orang"),
    by_day=True,
)
def visitors(of: Of) -> int | None:
    """People counted at the gates, taps taken back taken off. Who comes in again counts again.

    Of the edition those of its days: what was counted on another day is no visit to it.
    """
    return counted_on(of.expo, of.date) if of.date else counted_in_all(of.expo).people


# --- financing and partnerships -----------------------------------------------------------------


@query(
    Claim.Figure.FINANCING,
    _("Jumlah penyaluran yang dicatat satu per satu."),
    npgettext_lazy("satuan", "rupiah", "rupiah"),
    by_scheme=True,
)
def financing(of: Of) -> int | None:
    """Rupiah of the disbursements recorded one by one, in all or of one scheme."""
    total: int | None = _disbursements(of).aggregate(sum=Sum("amount_rupiah"))["sum"]
    return total


@query(
    Claim.Figure.FINANCING_RECIPIENTS,
    _("Penerima penyaluran yang dicatat, masing-masing sekali."),
    npgettext_lazy("satuan", "penerima", "penerima"),
    by_scheme=True,
)
def financing_recipients(of: Of) -> int | None:
    """Distinct recipients of disbursements: producers, and names whatever their capitals."""
    rows = _disbursements(of).values_list("producer", "recipient")
    return len({recipient_key(producer, name) for producer, name in rows}) or None


def recipient_key(producer: int | None, name: str) -> tuple[int | None, str]:
    """What tells one recipient from another."""
    return producer, " ".join(name.casefold().split())


@query(
    Claim.Figure.PARTNERS_B2B,
    _("Kerja sama antar usaha yang dilaporkan terjalin, diteken, atau menjadi kontrak."),
    npgettext_lazy("satuan", "mitra", "mitra"),
)
def partners_b2b(of: Of) -> int | None:
    """B2B agreements reported, signed or in contract: one partner each."""
    return _agreements(of, Agreement.Kind.B2B)


@query(
    Claim.Figure.FOREIGN,
    _("Kerja sama luar negeri yang dilaporkan terjalin, diteken, atau menjadi kontrak."),
    npgettext_lazy("satuan", "kerja sama", "kerja sama"),
)
def agreements_foreign(of: Of) -> int | None:
    """Foreign agreements reported, signed or in contract."""
    return _agreements(of, Agreement.Kind.FOREIGN)


@query(
    Claim.Figure.PESANTREN_ALUMNI,
    _("Kerja sama pesantren dan alumni yang dilaporkan terjalin, diteken, atau menjadi kontrak."),
    npgettext_lazy("satuan", "kerja sama", "kerja sama"),
)
def agreements_pesantren(of: Of) -> int | None:
    """Agreements with pesantren and alumni reported, signed or in contract."""
    return _agreements(of, Agreement.Kind.PESANTREN)


@query(
    Claim.Figure.COUNTRIES_SIGNED,
    _("Negara pihak dalam kerja sama luar negeri yang diteken atau menjadi kontrak, tanpa RI."),
    npgettext_lazy("satuan", "negara", "negara"),
)
def countries_signed(of: Of) -> int | None:
    """Distinct countries of parties to foreign agreements signed or in contract, but Indonesia."""
    parties = AgreementParty.objects.filter(
        agreement__expo=of.expo,
        agreement__kind=Agreement.Kind.FOREIGN,
        agreement__state__in=SIGNED,
    ).exclude(country__in=["", HOME])
    return parties.aggregate(number=Count("country", distinct=True))["number"] or None


def _disbursements(of: Of) -> models.QuerySet[Disbursement]:
    rows = Disbursement.objects.filter(scheme__expo=of.expo)
    return rows.filter(scheme=of.scheme) if of.scheme else rows


def _agreements(of: Of, kind: Agreement.Kind) -> int | None:
    found = Agreement.objects.filter(expo=of.expo, kind=kind, state__in=CAME_ABOUT)
    return found.count() or None
