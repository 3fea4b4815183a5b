"""The organisers' pages of results: what is published, what is not finished, freezing, choices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.log import log_event
from events.models import Event
from outcomes.freezing import FrozenMeanwhileError, freeze
from outcomes.models import ResultsChoice, ResultsVersion
from outcomes.one_moment import one_moment
from outcomes.results import choice_of, read_results
from outcomes.results_content import changes, from_text
from outcomes.results_forms import ChoiceForm, FreezeForm
from outcomes.results_shown import moment, shown, shown_changes
from outcomes.results_versions import state_of, versions_of
from outcomes.waiting_results import waiting_at
from stands.models import Expo
from stands.organiser_page import admin_frame, all_expos, require, wanted_expo

if TYPE_CHECKING:
    from django.http import HttpResponse

    from stands.http import SignedInRequest

MAY_SEE = permission_required("outcomes.view_resultschoice", raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_SEE
@never_cache
def results_desk(request: SignedInRequest) -> HttpResponse:
    """How the results of an edition stand; a POST freezes them or amends what was frozen."""
    expos = all_expos()
    expo = wanted_expo(expos, request.POST if request.method == "POST" else request.GET)
    if expo is None:
        frame = admin_frame(request, _("Halaman hasil"), None)
        return render(request, "outcomes/results_desk.html", frame)
    if request.method == "POST":
        require(request, "outcomes.add_resultsversion")
    return _desk(request, expos, expo)


def _desk(request: SignedInRequest, expos: list[Expo], expo: Expo) -> HttpResponse:
    now = timezone.now()
    with one_moment():
        live = read_results(expo, now)
        waiting = waiting_at(expo, now)
        latest = ResultsVersion.objects.filter(expo=expo).order_by("number").last()
    after = latest.number if latest else 0
    form = FreezeForm(after=after, has_waiting=bool(waiting))
    if request.method == "POST":
        form = FreezeForm(request.POST, after=after, has_waiting=bool(waiting))
        if form.is_valid():
            return _freeze(request, expo, form)
    frozen = from_text(latest.content) if latest else None
    context = {
        "expos": expos,
        "expo": expo,
        "choice": choice_of(expo),
        "latest": latest,
        "state": state_of(latest),
        "live": shown(live),
        "read_at": moment(live.read_at),
        "differs": shown_changes(changes(frozen, live)) if frozen else [],
        "waiting": waiting,
        "versions": versions_of(expo),
        "form": form,
        **admin_frame(request, _("Halaman hasil"), expo),
    }
    status = 422 if form.errors else 200
    return render(request, "outcomes/results_desk.html", context, status=status)


def _freeze(request: SignedInRequest, expo: Expo, form: FreezeForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        version = freeze(
            expo,
            after=given["after"],
            reason=given.get("reason", "").strip(),
            actor=request.user,
        )
    except FrozenMeanwhileError:
        messages.error(
            request,
            _("Tidak dibekukan lagi: angkanya baru saja dibekukan. Lihat dulu versi terakhir."),
        )
    else:
        messages.success(request, _("Dibekukan sebagai versi %(n)s.") % {"n": version.number})
    return redirect(f"{reverse('results_desk')}?edisi={expo.slug}")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.change_resultschoice", raise_exception=True)
@never_cache
def results_choice(request: SignedInRequest, edition: str) -> HttpResponse:
    """What the organiser wants on the page of one edition."""
    expo = Expo.objects.filter(slug=edition).first()
    if expo is None:
        raise Http404
    form = ChoiceForm(request.POST or None, instance=choice_of(expo))
    if request.method == "POST" and form.is_valid():
        _save_choice(request, expo, form)
        messages.success(request, _("Tersimpan."))
        return redirect(f"{reverse('results_desk')}?edisi={expo.slug}")
    frame = admin_frame(request, _("Isi halaman hasil"), expo)
    context: dict[str, Any] = {"expo": expo, "form": form, **frame}
    return render(
        request, "outcomes/results_choice.html", context, status=422 if form.errors else 200
    )


@transaction.atomic
def _save_choice(request: SignedInRequest, expo: Expo, form: ChoiceForm) -> None:
    """One row an edition, however often it is sent at once."""
    chosen = {name: form.cleaned_data[name] for name in form.Meta.fields}
    ResultsChoice.objects.update_or_create(expo=expo, defaults=chosen)
    if form.changed_data:
        data = {name: form.cleaned_data[name] for name in form.changed_data}
        log_event(
            Event.Kind.RESULTS_CHOSEN,
            expo.name,
            actor=request.user,
            data={"expo": expo.pk, **data},
        )
