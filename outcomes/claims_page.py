"""The organisers' page of an edition's figures: claims side by side, and which one is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outcomes.claim_forms import ClaimForm
from outcomes.claiming import (
    ClaimRefused,
    correct_claim,
    count_now,
    publish_claim,
    record_claim,
    remove_claim,
    withdraw_claim,
)
from outcomes.counting import QUERIES, NotCountableError, Query, queries_of
from outcomes.models import Claim
from pesantren.changed_meanwhile import ChangedMeanwhileError
from stands.http import wants_fragment
from stands.organiser_page import admin_frame, all_expos, require, wanted_expo

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User
    from django.http import HttpResponse

    from outcomes.models import FinancingScheme
    from stands.http import SignedInRequest
    from stands.models import Expo


@dataclass(frozen=True)
class Scope:
    """Claims of one figure that compete: of the whole edition, of one day, of one scheme."""

    claims: tuple[Claim, ...]

    @property
    def date(self) -> dt.date | None:
        """Of which day, if of one."""
        return self.claims[0].date

    @property
    def scheme(self) -> FinancingScheme | None:
        """Of which scheme, if of one."""
        return self.claims[0].scheme

    @property
    def disagrees(self) -> bool:
        """Whether they name different values."""
        return len({one.value for one in self.claims if one.value is not None}) > 1

    @property
    def has_published(self) -> bool:
        """Whether the results give one of them."""
        return any(one.is_published for one in self.claims)


@dataclass(frozen=True)
class FigureCard:
    """A figure with what is claimed of it."""

    figure: Claim.Figure
    scopes: tuple[Scope, ...]
    queries: tuple[Query, ...]

    @property
    def is_statement(self) -> bool:
        """Whether its claims stand side by side instead of competing."""
        return self.figure in Claim.STATEMENTS

    @property
    def is_wide(self) -> bool:
        """Whether there is more than one thing to see of it."""
        return len(self.scopes) > 1 or any(len(scope.claims) > 1 for scope in self.scopes)

    @property
    def needs_choice(self) -> bool:
        """Whether something is claimed and nothing of it published."""
        return any(not scope.has_published for scope in self.scopes)

    @property
    def disagrees(self) -> bool:
        """Whether somebody says otherwise."""
        return not self.is_statement and any(scope.disagrees for scope in self.scopes)


def figure_cards(expo: Expo) -> list[FigureCard]:
    """Every figure with its claims, in the order in which results tell them, in one query."""
    claims: dict[str, dict[tuple[str, int], list[Claim]]] = {}
    for claim in Claim.objects.at(expo).select_related("scheme"):
        key = (claim.date.isoformat() if claim.date else "", claim.scheme_id or 0)
        claims.setdefault(claim.figure, {}).setdefault(key, []).append(claim)
    return [
        FigureCard(
            figure,
            tuple(Scope(tuple(rows)) for _key, rows in sorted(claims.get(figure, {}).items())),
            tuple(queries_of(figure)),
        )
        for figure in Claim.Figure
    ]


@require_safe
@permission_required("outcomes.view_claim", raise_exception=True)
@never_cache
def claims(request: SignedInRequest) -> HttpResponse:
    """All figures of an edition, each with its claims side by side."""
    expos = all_expos()
    expo = wanted_expo(expos, request.GET)
    context: dict[str, Any] = {**admin_frame(request, _("Angka dan klaim"), expo), "expos": expos}
    if expo is None:
        return render(request, "outcomes/claims.html", context)
    cards = figure_cards(expo)
    with_claims = [card for card in cards if card.scopes]
    return render(
        request,
        "outcomes/claims.html",
        context
        | {
            "expo": expo,
            "cards": with_claims,
            "empty_cards": [card for card in cards if not card.scopes and not card.is_statement],
            "waiting": [card for card in with_claims if card.needs_choice],
            "disagreeing": [card for card in with_claims if card.disagrees],
        },
    )


@require_POST
@permission_required("outcomes.change_claim", raise_exception=True)
def claim_publish(request: SignedInRequest, claim_id: int) -> HttpResponse:
    """Let the results give this claim, or none of its figure; answer with the figure anew."""
    claim = get_object_or_404(Claim.objects.select_related("expo"), pk=claim_id)
    act = withdraw_claim if "jangan" in request.POST else publish_claim
    claim = act(claim, actor=request.user)
    return _figure(request, claim.expo, claim.figure)


@require_POST
@permission_required("outcomes.change_claim", raise_exception=True)
def claim_count(request: SignedInRequest) -> HttpResponse:
    """Ask one query now, or all of them, and keep the answers as claims."""
    expo = wanted_expo(all_expos(), request.POST)
    if expo is None:
        raise Http404
    name = request.POST.get("kueri", "")
    if not name:
        return _count_all(request, expo)
    try:
        found = count_now(expo, name, actor=request.user)
    except NotCountableError:
        raise Http404 from None
    note = "" if found else _("Belum ada yang tercatat untuk dihitung.")
    if note and not wants_fragment(request):
        messages.warning(request, note)
    return _figure(request, expo, QUERIES[name].figure, note)


def _count_all(request: SignedInRequest, expo: Expo) -> HttpResponse:
    counted = _count_each(expo, request.user)
    if counted:
        text = ngettext("%(n)s angka dihitung.", "%(n)s angka dihitung.", counted) % {"n": counted}
        messages.success(request, text)
    else:
        messages.warning(request, _("Belum ada yang tercatat untuk dihitung."))
    return redirect(f"{reverse('claims')}?edisi={expo.slug}")


def _count_each(expo: Expo, actor: User) -> int:
    """Ask every query of the edition, and those that know days for each day; how many answered."""
    found = [count_now(expo, name, actor=actor) for name in QUERIES]
    found += [
        count_now(expo, one.name, actor=actor, date=day.date)
        for one in QUERIES.values()
        if one.by_day
        for day in expo.all_days
    ]
    return sum(one is not None for one in found)


def _figure(request: SignedInRequest, expo: Expo, figure: str, note: str = "") -> HttpResponse:
    if not wants_fragment(request):
        return redirect(f"{reverse('claims')}?edisi={expo.slug}#{figure}")
    card = next(one for one in figure_cards(expo) if one.figure == figure)
    context = {"card": card, "expo": expo, "note": note}
    return render(request, "outcomes/claims.html#figure", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.add_claim", raise_exception=True)
@never_cache
def claim_add(request: SignedInRequest) -> HttpResponse:
    """Record what somebody says."""
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    initial = {"figure": request.GET.get("angka", "")}
    form = ClaimForm(request.POST or None, expo=expo, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            claim = record_claim(expo, form.said, actor=request.user)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("Klaim dicatat. Terbitkan bila ini angkanya."))
            return redirect(f"{reverse('claims')}?edisi={expo.slug}#{claim.figure}")
    return _form_page(request, expo, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.change_claim", raise_exception=True)
@never_cache
def claim_change(request: SignedInRequest, claim_id: int) -> HttpResponse:
    """Correct a claim, or take away one that was entered by mistake."""
    claim = get_object_or_404(Claim.objects.select_related("expo"), pk=claim_id)
    form = ClaimForm(request.POST or None, expo=claim.expo, row=claim)
    if "hapus" in request.POST:
        return _remove(request, claim)
    try:
        if request.method == "POST" and form.is_valid():
            correct_claim(claim, form.said, seen=form.seen_there, actor=request.user)
            messages.success(request, _("Tersimpan."))
            return redirect(f"{reverse('claims')}?edisi={claim.expo.slug}#{claim.figure}")
    except ChangedMeanwhileError as changed:
        form.complain(changed.row)
    except ClaimRefused as refused:
        form.add_error(None, str(refused))
    except ValidationError as error:
        form.take(error)
    return _form_page(request, claim.expo, form, claim)


def _remove(request: SignedInRequest, claim: Claim) -> HttpResponse:
    require(request, "outcomes.delete_claim")
    try:
        remove_claim(claim, actor=request.user)
    except ClaimRefused as refused:
        messages.error(request, str(refused))
        return redirect("claim_change", claim.pk)
    messages.success(request, _("Klaim dihapus; catatannya tinggal."))
    return redirect(f"{reverse('claims')}?edisi={claim.expo.slug}")


def _form_page(
    request: SignedInRequest, expo: Expo, form: ClaimForm, claim: Claim | None
) -> HttpResponse:
    title = _("Ubah klaim") if claim else _("Catat klaim")
    return render(
        request,
        "outcomes/claim_form.html",
        admin_frame(request, title, expo) | {"expo": expo, "form": form, "claim": claim},
        status=422 if form.errors else 200,
    )
