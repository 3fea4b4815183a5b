"""The organisers' page 'Cetak', and the PDFs that it makes of stands, products and tablets.

It stands here and not in an app, since it gathers what all of them print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opop_expo.print_forms import (
    CatalogueForm,
    PairingSheetsForm,
    PriceCardsForm,
    PrintForm,
    StandCardsForm,
)
from opop_expo.templatetags.pages import date_span
from pesantren.curation import mark_export_ready, with_export_readiness
from pesantren.models import SCHEME_MEANINGS, Credential
from pesantren.print_photos import print_photos
from sales.models import Cashier
from sales.tablet.pairing_sheets import PairingSheet, pairing_sheets
from sales.tablet.tablets_page import LOCAL_HOSTS, overview
from stands import catalogue
from stands.clock import business_date
from stands.models import Expo, Offer, Stand
from stands.paper import pdf_response
from stands.price_cards import SHEETS, PriceCard, price_cards
from stands.printed_catalogue import Cover, printed_catalogue
from stands.published import show_as_published
from stands.stand_cards import StandCard, stand_cards

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from pesantren.models import Product
    from stands.http import SignedInRequest

# A catalogue is held in memory while it is made: this many take about 60 MB.
MOST_PRODUCTS = 1500
# A stand sells some dozens; ten thousand cards would be a mistake and a thousand sheets.
MOST_CARDS = 2000


@require_safe
@permission_required("stands.view_stand", raise_exception=True)
@never_cache
def print_desk(request: SignedInRequest) -> HttpResponse:
    """All that can be printed of an edition. What is asked for wrongly is told here."""
    return _desk(request)


def _desk(request: SignedInRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    expos = list(Expo.objects.at_work().order_by("-is_current", "-slug"))
    slug = request.GET.get("edisi")
    expo = next((one for one in expos if one.slug == slug), expos[0] if expos else None)
    keys = {word for part in request.GET.getlist("stan") for word in part.split(",")}
    on_sale = catalogue.products_at(expo) if expo else None
    return render(
        request,
        "opop_expo/print_desk.html",
        {
            **admin.site.each_context(request),
            "title": _("Cetak"),
            "current_expo": expo,
            "expos": expos,
            "expo": expo,
            "stands": [
                (stand, str(stand.pk) in keys) for stand in (Stand.objects.at(expo) if expo else [])
            ],
            "on_sale_count": on_sale.count() if on_sale is not None else 0,
            "curated_count": on_sale.curated().count() if on_sale is not None else 0,
            "sizes": [(n, n == 8) for n in SHEETS],
            "site": request.build_absolute_uri("/"),
            "is_local": request.get_host().startswith(LOCAL_HOSTS),
            "error": error,
        },
        status=status,
    )


@require_safe
@permission_required("stands.view_stand", raise_exception=True)
def stand_cards_pdf(request: SignedInRequest) -> HttpResponse:
    """QR cards of the stands that were chosen."""
    form = StandCardsForm(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    cards = [StandCard(stand, _stand_address(request, stand)) for stand in form.stands]
    if not cards:
        return _desk(request, error=_("Belum ada stan untuk dicetak."), status=422)
    title = _("Kartu stan %(expo)s") % {"expo": form.expo}
    content = stand_cards(cards, four_up=form.cleaned_data["ukuran"] == "a4", title=title)
    return pdf_response(f"kartu-stan-{form.expo.slug}.pdf", content)


@require_safe
@permission_required(["stands.view_offer", "pesantren.view_product"], raise_exception=True)
def price_cards_pdf(request: SignedInRequest) -> HttpResponse:
    """Price cards of what the chosen stands sell, or of the products named by `produk`."""
    form = PriceCardsForm(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    expo, day = form.expo, _today_at(form.expo)
    offers = Offer.objects.on_sale().at(expo).filter(stand__in=form.stands)
    if keys := _keys(request.GET.getlist("produk")):
        offers = offers.filter(product__in=keys)
    rows = list(
        offers.select_related(
            "stand__zone", "product__category", "product__producer__pesantren"
        ).order_by("stand__zone__order", "stand__code", "order", "product__name", "pk")[
            : MOST_CARDS + 1
        ]
    )
    if not rows:
        return _desk(request, error=_("Stan yang dipilih tidak menjual apa-apa."), status=422)
    if len(rows) > MOST_CARDS:
        text = _("Lebih dari %(most)s kartu. Pilih sebagian stan.") % {"most": MOST_CARDS}
        return _desk(request, error=text, status=422)
    products = [offer.product for offer in rows]
    if expo.is_closed:
        show_as_published(expo, products)
    else:
        _add_credentials(products, day)
        mark_export_ready(products, day)
    cards = [
        PriceCard(offer, offer.product, _product_address(request, expo, offer.product))
        for offer in rows
    ]
    title = _("Kartu harga %(expo)s") % {"expo": expo}
    content = price_cards(cards, per_sheet=form.cleaned_data["per_lembar"], title=title)
    return pdf_response(f"kartu-harga-{expo.slug}.pdf", content)


@require_safe
@permission_required(["stands.view_offer", "pesantren.view_product"], raise_exception=True)
def catalogue_pdf(request: SignedInRequest) -> HttpResponse:
    """The catalogue of an edition."""
    form = CatalogueForm(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    expo, day = form.expo, _today_at(form.expo)
    rows = _catalogue_rows(expo, day, curated_only=form.cleaned_data["isi"] == "kurasi")
    if not rows:
        return _desk(request, error=_("Belum ada produk untuk katalog ini."), status=422)
    if len(rows) > MOST_PRODUCTS:
        text = _("Lebih dari %(most)s produk. Cetak yang lolos kurasi saja.")
        return _desk(request, error=text % {"most": MOST_PRODUCTS}, status=422)
    content = printed_catalogue(_cover(request, expo), rows, print_photos(rows))
    return pdf_response(f"katalog-{expo.slug}.pdf", content, as_file=True)


@require_safe
@permission_required(["stands.view_stand", "sales.view_tablet"], raise_exception=True)
def pairing_sheets_pdf(request: SignedInRequest) -> HttpResponse:
    """Sheets for the morning, one a stand. They carry no code: see sales.tablet.pairing_sheets."""
    form = PairingSheetsForm(request.GET)
    if not form.is_valid():
        return _refused(request, form)
    stands = form.stands
    if not stands:
        return _desk(request, error=_("Belum ada stan untuk dicetak."), status=422)
    seen = overview(form.expo, stands, now=timezone.now())
    tills = {
        place.stand.pk: [(row.till.prefix, row.till.name) for row in place.rows if row.sells]
        for place in seen.stands
    }
    people: dict[int, list[str]] = {}
    for cashier in Cashier.objects.filter(stand__in=stands, is_active=True).order_by("name"):
        people.setdefault(cashier.stand_id, []).append(cashier.name)
    sheets = [
        PairingSheet(stand, tills.get(stand.pk, []), people.get(stand.pk, [])) for stand in stands
    ]
    with translation.override("id"):
        address = request.build_absolute_uri(reverse("pairing"))
    content = pairing_sheets(
        sheets,
        address=address,
        phone=form.cleaned_data["telepon"],
        title=_("Lembar tablet %(expo)s") % {"expo": form.expo},
    )
    return pdf_response(f"lembar-tablet-{form.expo.slug}.pdf", content)


# --- all of them --------------------------------------------------------------------------------


def _refused(request: SignedInRequest, form: PrintForm) -> HttpResponse:
    """An address that was changed by hand: an edition that there is not is not found."""
    if "edisi" in form.errors:
        raise Http404
    return _desk(request, error=_("Pilihan ini tidak dikenal. Pilih lagi."), status=422)


def _keys(parts: list[str]) -> list[int]:
    words = [word for part in parts for word in part.split(",")]
    return [int(w) for w in words if w.isascii() and w.isdecimal() and len(w) < 19]


def _today_at(expo: Expo) -> dt.date:
    return expo.reference_date(business_date(timezone.now()))


def _stand_address(request: HttpRequest, stand: Stand) -> str:
    """Printed on cardboard, so it is the address without a language."""
    with translation.override("id"):
        return request.build_absolute_uri(stand.get_absolute_url())


def _product_address(request: HttpRequest, expo: Expo, product: Product) -> str:
    with translation.override("id"):
        return request.build_absolute_uri(reverse("product_detail", args=[expo.slug, product.slug]))


def _catalogue_rows(expo: Expo, day: dt.date, *, curated_only: bool) -> list[Product]:
    """What the catalogue lists, category by category, and one more than it may hold."""
    products = catalogue.with_offers_at(catalogue.products_at(expo), expo)
    if expo.is_closed:
        rows = catalogue.shown_at(products, expo, day)
        rows = [row for row in rows if row.is_curated or not curated_only]
        rows.sort(key=lambda row: (row.category.order, row.category.pk, row.name, row.pk))
        return rows[: MOST_PRODUCTS + 1]
    if curated_only:
        products = products.curated()
    products = with_export_readiness(catalogue.with_valid_credentials(products, day), day)
    return list(products.order_by("category__order", "category", "name", "pk")[: MOST_PRODUCTS + 1])


def _add_credentials(products: Iterable[Product], day: dt.date) -> None:
    """Set `valid_credentials`, as catalogue.with_valid_credentials does for a queryset."""
    listed = list(products)
    by_product: dict[int, list[Credential]] = {}
    for one in Credential.objects.valid_on(day).filter(product__in={p.pk for p in listed}):
        by_product.setdefault(one.product_id, []).append(one)
    for product in listed:
        vars(product)["valid_credentials"] = by_product.get(product.pk, [])


def _cover(request: HttpRequest, expo: Expo) -> Cover:
    with translation.override("id"):
        address = request.build_absolute_uri(expo.get_absolute_url())
    notes: list[Any] = [
        f"{scheme.label}: {SCHEME_MEANINGS[scheme]}" for scheme in Credential.Scheme
    ]
    notes.append(_("Layak ekspor: memenuhi semua aturan panitia untuk pembeli luar negeri."))
    if expo.is_example:
        notes.append(_("Edisi ini berisi data contoh: harga, stan, dan kurasinya bukan catatan."))
    return Cover(
        name=expo.name,
        theme=expo.theme,
        when=date_span(expo.first_date, expo.last_date),
        where=f"{expo.venue}, {expo.city}",
        address=address,
        notes=notes,
    )
