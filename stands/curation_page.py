"""The organisers' pages of the curation: the work list, a judgement, and the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from events.models import Event
from pesantren.credential_numbers import doubts_of
from pesantren.curation import EXPORT_RULES, NEEDS, answers, export_ready, mark_export_ready
from pesantren.judging import judge
from pesantren.models import Credential, Product
from pesantren.money import thousands
from stands import catalogue
from stands.clock import business_date
from stands.curation_forms import (
    STATE,
    STATE_MEANINGS,
    CurationFilter,
    JudgeForm,
    keys_in,
    seen_in,
)
from stands.http import wants_fragment
from stands.models import Expo

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from pesantren.curation import Answer, Rule
    from stands.http import SignedInRequest

PER_PAGE = 50
HISTORY = 20


@dataclass(frozen=True)
class Doubted:
    """A credential whose number looks wrong."""

    credential: Credential
    doubts: list[str]


@dataclass(frozen=True)
class Row:
    """One product with what the curation says of it."""

    product: Product
    needs: list[Answer]
    doubted: list[Doubted]

    @property
    def lacks(self) -> list[Rule]:
        """What it should have and has not."""
        return [answer.rule for answer in self.needs if not answer.is_met]

    @property
    def is_complete(self) -> bool:
        """Whether nothing lacks and no number is doubted."""
        return not self.lacks and not self.doubted


def rows_of(products: Iterable[Product], day: dt.date) -> list[Row]:
    """What lacks of each product, which must have its maker; by three queries for any number."""
    listed = list(products)
    needs = answers(listed, NEEDS, day)
    mark_export_ready(listed, day)
    return [Row(product, needs[product.pk], _doubted(product)) for product in listed]


def _doubted(product: Product) -> list[Doubted]:
    return [
        Doubted(credential, doubts)
        for credential in product.credentials.all()
        if (doubts := doubts_of(credential))
    ]


@require_safe
@permission_required("pesantren.view_product", raise_exception=True)
@never_cache
@vary_on_headers("HX-Request")
def curation(request: SignedInRequest) -> HttpResponse:
    """Products by state, with what lacks of each as of the end of the edition."""
    expos = list(Expo.objects.at_work().with_span().order_by("-is_current", "-slug"))
    expo = _wanted(expos, request)
    if expo is None:
        return render(request, "stands/curation.html", _frame(request, _("Kurasi"), None))
    day = last_day(expo)
    form = CurationFilter(request.GET, expo=expo, day=day)
    counts = dict(
        form.narrow(Product.objects.all(), in_state=False)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    asked_state = form.asked.get(STATE)
    products = form.narrow(Product.objects.all()).with_maker().order_by("name", "pk")
    paginator = Paginator(products.prefetch_related("credentials"), PER_PAGE)
    # Counted already, state by state.
    paginator.count = counts.get(asked_state, 0) if asked_state else sum(counts.values())
    page = paginator.get_page(request.GET.get("hal"))
    context = {
        "expos": expos,
        "expo": expo,
        "day": day,
        "form": form,
        "states": [
            (state, counts.get(state.value, 0), form.query(keadaan=state.value))
            for state in Product.State
        ],
        "all_count": sum(counts.values()),
        "all_query": form.query(keadaan=""),
        "asked_state": asked_state,
        "page": page,
        "rows": rows_of(page, day),
        "query": form.query(),
        "is_narrowed": bool(form.asked.keys() - {STATE}),
        "without_pesantren": form.query(pesantren=""),
    }
    if wants_fragment(request):
        return render(request, "stands/curation.html#products", context)
    return render(request, "stands/curation.html", _frame(request, _("Kurasi"), expo) | context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("pesantren.view_product", raise_exception=True)
@never_cache
def judge_products(request: SignedInRequest) -> HttpResponse:
    """Look at one product or several, and move them with a reason."""
    expos = list(Expo.objects.at_work().with_span().order_by("-is_current", "-slug"))
    expo = _wanted(expos, request)
    day = last_day(expo) if expo else business_date(timezone.now())
    seen = seen_in(request.POST)
    keys = list(seen) if request.method == "POST" else keys_in(request.GET)
    if request.method == "POST" and not request.user.has_perm("pesantren.change_product"):
        raise PermissionDenied
    form = JudgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        judged = judge(
            seen,
            state=form.cleaned_data["state"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
        )
        _tell(request, judged.moved, judged.moved_meanwhile, form.cleaned_data["state"])
        return redirect(_list_of(request))
    products = Product.objects.filter(pk__in=keys).with_maker().order_by("name", "pk")
    rows = rows_of(products.prefetch_related("credentials"), day)
    if not rows:
        messages.error(request, _("Pilih dahulu produknya."))
        return redirect(_list_of(request))
    alone = rows[0] if len(rows) == 1 else None
    return render(
        request,
        "stands/judge_products.html",
        _frame(request, _("Putuskan kurasi"), expo)
        | {
            "expo": expo,
            "day": day,
            "rows": rows,
            "alone": alone,
            "is_on_show": _is_on_show(alone, expo),
            "export_answers": _export_answers(alone, day),
            "history": _history(alone),
            "form": form,
            "meanings": [(state, STATE_MEANINGS[state]) for state in Product.State],
            "list_url": _list_of(request),
            "back": request.GET.get("kembali") or request.POST.get("kembali") or "",
        },
        status=422 if form.errors else 200,
    )


def _is_on_show(row: Row | None, expo: Expo | None) -> bool:
    """Whether visitors of the edition have a page of it."""
    if row is None or expo is None:
        return False
    return catalogue.products_known_at(expo).filter(pk=row.product.pk).exists()


def _export_answers(row: Row | None, day: dt.date) -> list[Answer]:
    return answers([row.product], EXPORT_RULES, day)[row.product.pk] if row else []


def _history(row: Row | None) -> list[Event]:
    """How the curation has moved one product, the latest first."""
    if row is None:
        return []
    events = Event.objects.filter(kind=Event.Kind.PRODUCT_JUDGED, data__product=row.product.pk)
    labels = dict(Product.State.choices)
    moves = list(events.select_related("actor")[:HISTORY])
    for event in moves:
        event.data |= {"to": labels.get(event.data["to"], event.data["to"])}
    return moves


@require_safe
@permission_required("pesantren.view_product", raise_exception=True)
@never_cache
def export_rules(request: SignedInRequest) -> HttpResponse:
    """The rules in words, and how many of what is on sale meet each."""
    expos = list(Expo.objects.at_work().with_span().order_by("-is_current", "-slug"))
    expo = _wanted(expos, request)
    if expo is None:
        raise Http404
    day = last_day(expo)
    products = catalogue.products_at(expo)
    met = {
        f"{kind}_{rule.key}": Count("pk", filter=rule.met_on(day) & _asked_by(rule))
        for kind, rules in (("need", NEEDS), ("export", EXPORT_RULES))
        for rule in rules
    }
    asked = {
        f"of_{kind}_{rule.key}": Count("pk", filter=_asked_by(rule))
        for kind, rules in (("need", NEEDS), ("export", EXPORT_RULES))
        for rule in rules
    }
    counts = products.aggregate(**met, **asked)
    return render(
        request,
        "stands/export_rules.html",
        _frame(request, _("Aturan layak ekspor"), expo)
        | {
            "expos": expos,
            "expo": expo,
            "day": day,
            "export_rules": _counted(EXPORT_RULES, "export", counts),
            "needs": _counted(NEEDS, "need", counts),
            "product_count": products.count(),
            "ready": export_ready(products, day).with_maker().by_name(),
        },
    )


def _asked_by(rule: Rule) -> Q:
    """The products that a rule says anything about."""
    asked = Q(pk__isnull=False)
    if rule.only:
        asked &= Q(category__slug__in=rule.only)
    if rule.other_than:
        asked &= ~Q(category__slug__in=rule.other_than)
    return asked


def _counted(
    rules: tuple[Rule, ...], kind: str, counts: dict[str, int]
) -> list[tuple[Rule, int, int]]:
    return [(rule, counts[f"{kind}_{rule.key}"], counts[f"of_{kind}_{rule.key}"]) for rule in rules]


# --- all of them --------------------------------------------------------------------------------


def last_day(expo: Expo) -> dt.date:
    """The day as of which credentials must hold: the last of the edition. Needs with_span()."""
    return expo.last_date or business_date(timezone.now())


def _tell(
    request: SignedInRequest, moved: list[Product], meanwhile: list[Product], state: str
) -> None:
    text = ngettext(
        "%(n)s produk menjadi: %(state)s.", "%(n)s produk menjadi: %(state)s.", len(moved)
    )
    messages.success(
        request, text % {"n": thousands(len(moved)), "state": Product.State(state).label}
    )
    if meanwhile:
        names = ", ".join(product.name for product in meanwhile)
        messages.warning(
            request,
            _("Tidak diubah, karena orang lain baru saja memutuskannya: %(names)s.")
            % {"names": names},
        )


def _wanted(expos: list[Expo], request: SignedInRequest) -> Expo | None:
    """The edition that the address names, else the current one; None before there is any."""
    slug = request.GET.get("edisi")
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def _list_of(request: SignedInRequest) -> str:
    """The list as it was narrowed before; what is no query of it is left aside by its form."""
    back = request.GET.get("kembali") or request.POST.get("kembali") or ""
    return f"{reverse('curation')}?{back}" if back else reverse("curation")


def _frame(request: SignedInRequest, title: str, expo: Expo | None) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, "current_expo": expo}
