"""The organisers' work list: held sales and flagged sales, what happened, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from pesantren.money import thousands
from sales.forms import ReversalForm
from sales.models import HeldSale, Sale, SaleFlag
from sales.work_list.deciding import (
    PAID_BY_ACCEPTING,
    DecisionRefused,
    accept_flags,
    accept_held,
    dismiss_held,
    reverse_as_organiser,
    settle_flag,
)
from sales.work_list.flag_words import FLAG_TITLES, words_of_flag
from sales.work_list.forms import AcceptForm, ReasonForm
from sales.work_list.held_words import HELD_WORDS, words_of_held
from sales.work_list.waiting import (
    Shelf,
    amount_of,
    content_of_sale,
    counts_by,
    first_flags_of_each,
    first_held_of_each,
    open_flags,
    waiting_held,
    with_all,
    with_sales,
)
from stands.http import wants_fragment
from stands.models import Expo, Stand

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from django.core.paginator import Page
    from django.http import HttpResponse, QueryDict
    from django_stubs_ext import StrOrPromise

    from sales.work_list.waiting import Content
    from stands.http import SignedInRequest

# So many of each kind stand on the list; of one kind alone, so many a page.
FIRST = 10
PAGE = 50
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class HeldItem:
    """A held sale as a row of the list."""

    held: HeldSale
    content: Content
    words: list[str]


@dataclass(frozen=True)
class FlagItem:
    """A flagged sale as a row of the list."""

    flag: SaleFlag
    words: list[str]

    @property
    def sale(self) -> Sale:
        """The sale that is flagged."""
        return self.flag.sale


@dataclass(frozen=True)
class Group:
    """All that waits for one and the same reason, or the first of it."""

    key: str
    title: StrOrPromise
    what_to_do: StrOrPromise
    count: int
    items: list[Any]
    # Whether to accept one is to pay a stand, so that each is looked at by itself.
    pays: bool = False

    @property
    def more(self) -> int:
        """How many are not shown here."""
        return self.count - len(self.items)


@dataclass(frozen=True)
class Chosen:
    """What the address narrows the list to."""

    expo: Expo
    stand: Stand | None
    key: str  # a reason or a kind; empty: all

    def query(self, **other: str) -> str:
        """The same as the end of an address, with something else in it."""
        parts = {"edisi": self.expo.slug, "stan": self.stand.code if self.stand else ""}
        parts |= {"jenis": self.key, **other}
        return urlencode({name: value for name, value in parts.items() if value})

    def held(self) -> Any:
        """The held sales that wait."""
        rows = waiting_held(self.expo)
        return rows.filter(stand=self.stand) if self.stand else rows

    def flags(self) -> Any:
        """The flags that wait."""
        rows = open_flags(self.expo)
        return rows.filter(sale__stand=self.stand) if self.stand else rows


@require_safe
@permission_required(["sales.view_heldsale", "sales.view_saleflag"], raise_exception=True)
@never_cache
def work_list(request: SignedInRequest) -> HttpResponse:
    """Everything of an edition that waits for an organiser."""
    expos = list(Expo.objects.at_work().order_by("-is_current", "-slug"))
    expo = _wanted(expos, request.GET)
    context: dict[str, Any] = {**_frame(request, _("Perlu diperiksa"), expo), "expos": expos}
    if expo is None:
        return render(request, "sales/work_list.html", context)
    places = list(Stand.objects.at(expo))
    chosen = _chosen(expo, places, request.GET)
    held_counts = counts_by(chosen.held(), "reason")
    flag_counts = counts_by(chosen.flags(), "kind")
    page = _page(request, chosen)
    held: Iterable[HeldSale] = ()
    flags: Iterable[SaleFlag] = ()
    if page is None:
        held = first_held_of_each(with_all(chosen.held()), FIRST)
        flags = first_flags_of_each(with_sales(chosen.flags()), FIRST)
    elif chosen.key in HELD_WORDS:
        held = page
    else:
        flags = page
    return render(
        request,
        "sales/work_list.html",
        context
        | {
            "expo": expo,
            "places": places,
            "chosen": chosen,
            "page": page,
            "held_groups": _held_groups(held, held_counts),
            "flag_groups": _flag_groups(flags, flag_counts),
            "held_count": sum(held_counts.values()),
            "held_rupiah": amount_of(list(chosen.held().only("request"))),
            "flag_count": sum(flag_counts.values()),
            "kinds": [
                (key, words[0], count)
                for key, words in [*HELD_WORDS.items(), *FLAG_TITLES.items()]
                if (count := held_counts.get(key, 0) + flag_counts.get(key, 0)) or key == chosen.key
            ],
            "now": timezone.now(),
        },
    )


def _held_groups(rows: Iterable[HeldSale], counts: dict[str, int]) -> list[Group]:
    shelf = Shelf(rows)
    items = [HeldItem(row, shelf.content(row), words_of_held(shelf, row)) for row in shelf.rows]
    return [
        Group(key, *words, counts.get(key, 0), shown)
        for key, words in HELD_WORDS.items()
        if (shown := [one for one in items if one.held.reason == key])
    ]


def _flag_groups(rows: Iterable[SaleFlag], counts: dict[str, int]) -> list[Group]:
    items = [FlagItem(row, words_of_flag(row)) for row in rows]
    return [
        Group(key, *words, counts.get(key, 0), shown, pays=key in PAID_BY_ACCEPTING)
        for key, words in FLAG_TITLES.items()
        if (shown := [one for one in items if one.flag.kind == key])
    ]


def _page(request: SignedInRequest, chosen: Chosen) -> Page[Any] | None:
    """The page of one reason or kind alone, where one is chosen."""
    rows: Any
    if chosen.key in HELD_WORDS:
        rows = with_all(chosen.held().filter(reason=chosen.key))
    elif chosen.key in FLAG_TITLES:
        rows = with_sales(chosen.flags().filter(kind=chosen.key))
    else:
        return None
    return Paginator(rows, PAGE).get_page(request.GET.get("hal"))


# --- one held sale ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_heldsale", raise_exception=True)
@never_cache
def held_detail(request: SignedInRequest, held_id: int) -> HttpResponse:
    """What came and what stands beside it in the ledger; accept it or dismiss it."""
    held = get_object_or_404(with_all(HeldSale.objects.all()), pk=held_id)
    shelf = Shelf([held])
    asked = _asked(request, "sales.change_heldsale")
    accepting = AcceptForm(request.POST if asked == "accept" else None, held=held, shelf=shelf)
    dismissing = ReasonForm(request.POST if asked == "dismiss" else None)
    if asked == "accept" and accepting.is_valid():
        with accepting.showing_refusals():
            sale = accept_held(
                held,
                actor=request.user,
                answers=accepting.answers(),
                note=accepting.cleaned_data["note"],
            )
            text = _("Disetujui dan dibukukan sebagai %(number)s.") % {"number": sale.number}
            return _back(request, held.stand.expo, text)
    if asked == "dismiss" and dismissing.is_valid():
        with dismissing.showing_refusals():
            dismiss_held(held, actor=request.user, reason=dismissing.cleaned_data["reason"])
            text = _("Ditolak, dan tidak dihitung. Yang datang tetap disimpan.")
            return _back(request, held.stand.expo, text)
    content = shelf.content(held)
    return render(
        request,
        "sales/held_detail.html",
        {
            **_frame(request, _("Penjualan ditahan"), held.stand.expo),
            "held": held,
            "title_words": HELD_WORDS[HeldSale.Reason(held.reason)][0],
            "what_to_do": HELD_WORDS[HeldSale.Reason(held.reason)][1],
            "content": content,
            "words": words_of_held(shelf, held),
            "beside": shelf.beside(held),
            "number_taken": shelf.holder_of_number(held) is not None,
            "waiting_original": shelf.waiting_original(held),
            "waits": held.state == HeldSale.State.WAITING,
            "accepting": accepting,
            "dismissing": dismissing,
            "list_url": _list_of(request, held.stand.expo),
        },
        status=422 if accepting.errors or dismissing.errors else 200,
    )


# --- one flag -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_saleflag", raise_exception=True)
@never_cache
@vary_on_headers("HX-Request")
def flag_detail(request: SignedInRequest, flag_id: int) -> HttpResponse:
    """What is odd about a sale; accept it, let it be with a reason, or go on to take it back."""
    flag = get_object_or_404(with_sales(SaleFlag.objects.all()), pk=flag_id)
    asked = _asked(request, "sales.change_saleflag")
    dismissing = ReasonForm(request.POST if asked == "dismiss" else None)
    if asked == "accept":
        return _accept_flag(request, flag)
    if asked == "dismiss" and dismissing.is_valid():
        with dismissing.showing_refusals():
            settle_flag(
                flag,
                actor=request.user,
                resolution=SaleFlag.Resolution.DISMISSED,
                note=dismissing.cleaned_data["reason"],
            )
            text = _("%(number)s: diabaikan.") % {"number": flag.sale.number}
            return _back(request, flag.sale.stand.expo, text)
    sale = Sale.objects.with_content().get(pk=flag.sale_id)
    return render(
        request,
        "sales/flag_detail.html",
        {
            **_frame(request, _("Perlu diperiksa"), flag.sale.stand.expo),
            "flag": flag,
            "title_words": FLAG_TITLES[SaleFlag.Kind(flag.kind)][0],
            "what_to_do": FLAG_TITLES[SaleFlag.Kind(flag.kind)][1],
            "sale": sale,
            "content": content_of_sale(sale),
            "words": words_of_flag(flag),
            "waits": flag.settled_at is None,
            "pays": flag.kind in PAID_BY_ACCEPTING,
            "others": with_sales(sale.flags.exclude(pk=flag.pk)),
            "reversals": sale.reversals.order_by("sequence"),
            "can_reverse": not sale.is_reversal and any(sale.left_by_line().values()),
            "dismissing": dismissing,
            "list_url": _list_of(request, flag.sale.stand.expo),
        },
        status=422 if dismissing.errors else 200,
    )


def _accept_flag(request: SignedInRequest, flag: SaleFlag) -> HttpResponse:
    expo = flag.sale.stand.expo
    text, failed = _("%(number)s: diterima apa adanya.") % {"number": flag.sale.number}, ""
    try:
        settle_flag(flag, actor=request.user, resolution=SaleFlag.Resolution.ACCEPTED)
    except DecisionRefused as refused:
        failed = f"{flag.sale.number}: {refused}"
    if not wants_fragment(request):
        return _back(request, expo, failed or text, failed=bool(failed))
    # The figures above are those of the list as it is narrowed.
    chosen = _chosen(expo, list(Stand.objects.at(expo)), request.POST)
    counts = counts_by(chosen.flags(), "kind")
    return render(
        request,
        "sales/work_list.html#settled",
        {
            "text": failed or text,
            "failed": bool(failed),
            "kind": flag.kind,
            "kind_count": counts.get(flag.kind, 0),
            "flag_count": sum(counts.values()),
        },
    )


@require_POST
@permission_required("sales.change_saleflag", raise_exception=True)
def accept_shown(request: SignedInRequest) -> HttpResponse:
    """Accept all flags that the organiser had before the eyes."""
    keys = [int(key) for key in request.POST.getlist("flag") if key.isdecimal() and len(key) < 19]
    expo = _wanted(list(Expo.objects.order_by("-is_current", "-slug")), request.POST)
    if expo is None:
        raise Http404
    flags = list(open_flags(expo).filter(pk__in=keys[:MOST_AT_ONCE]))
    number = accept_flags(flags, actor=request.user)
    text = ngettext(
        "%(n)s tanda diterima apa adanya.", "%(n)s tanda diterima apa adanya.", number
    ) % {"n": thousands(number)}
    return _back(request, expo, text)


# --- taking back at the organisers' desk --------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.change_saleflag", raise_exception=True)
@never_cache
def organiser_reversal(request: SignedInRequest, sale_id: uuid.UUID) -> HttpResponse:
    """Take back all or part of any sale, with a reason; a flag that led here is settled by it."""
    sales = Sale.objects.originals().with_content()
    sale = get_object_or_404(sales, pk=sale_id)
    flag = _flag_of(sale, request)
    left = sale.left_by_line()
    form = ReversalForm(request.POST if request.method == "POST" else None, sale=sale, left=left)
    if request.method == "POST" and form.is_valid():
        try:
            with form.showing_refusals():
                made = reverse_as_organiser(
                    sale,
                    form.as_request(sold_at=timezone.now()),
                    actor=request.user,
                    flag=flag,
                )
                text = _("%(number)s dibatalkan dengan nota %(reversal)s.") % {
                    "number": sale.number,
                    "reversal": made.number,
                }
                if flag is not None:
                    return _back(request, sale.expo, text)
                messages.success(request, text)
                return redirect("admin:sales_sale_change", made.pk)
        except DecisionRefused as refused:
            form.add_error(None, str(refused))
    return render(
        request,
        "sales/organiser_reversal.html",
        {
            **_frame(request, _("Pembatalan"), sale.expo),
            "sale": sale,
            "flag": flag,
            "flag_words": words_of_flag(flag) if flag else [],
            "form": form,
            "rows": [
                (line, left[line.position], form[f"qty-{line.position}"]) for line in form.lines
            ],
            "left": sum(left.values()),
            "back_url": reverse("flag_detail", args=[flag.pk])
            if flag
            else reverse("admin:sales_sale_change", args=[sale.pk]),
            "list_url": _list_of(request, sale.expo),
        },
        status=422 if form.errors else 200,
    )


def _flag_of(sale: Sale, request: SignedInRequest) -> SaleFlag | None:
    """The flag of this sale that the address names."""
    key = request.GET.get("tanda", "")
    if not key:
        return None
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    return get_object_or_404(with_sales(sale.flags.all()), pk=int(key))


# --- all of them --------------------------------------------------------------------------------


def _asked(request: SignedInRequest, permission: str) -> str:
    """Which button was pressed; empty for a page that is only looked at."""
    if request.method != "POST":
        return ""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return request.POST.get("do", "")


def _wanted(expos: list[Expo], given: QueryDict) -> Expo | None:
    """The edition that the address names, else the current one; None before there is any."""
    slug = given.get("edisi")
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def _chosen(expo: Expo, places: list[Stand], given: QueryDict) -> Chosen:
    key = given.get("jenis", "")
    return Chosen(
        expo=expo,
        stand=next((stand for stand in places if stand.code == given.get("stan")), None),
        key=key if key in HELD_WORDS or key in FLAG_TITLES else "",
    )


def _list_of(request: SignedInRequest, expo: Expo) -> str:
    """The list as it was narrowed before."""
    parts = {"edisi": expo.slug}
    for name in ("stan", "jenis"):
        value = request.GET.get(name) or request.POST.get(name)
        if value:
            parts[name] = value
    return f"{reverse('work_list')}?{urlencode(parts)}"


def _back(request: SignedInRequest, expo: Expo, text: str, *, failed: bool = False) -> HttpResponse:
    """To the list, with a word on what was done."""
    tell = partial(messages.error if failed else messages.success, request)
    tell(text)
    return redirect(_list_of(request, expo))


def _frame(request: SignedInRequest, title: str, expo: Expo | None) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title, "current_expo": expo}
