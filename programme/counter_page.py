"""The gate counter at `/hitung/`: the page, what a phone keeps of it, and where its taps arrive."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from programme.counter_form import STEPS, UNDO, TapForm, count_by_form
from programme.counter_state import counter_state, last_tap
from programme.counter_texts import counter_texts
from programme.counting import count_items
from programme.device_page import DevicePage
from programme.models import Gate
from programme.outbox import Batch, for_outbox
from stands.models import Expo

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from stands.http import SignedInRequest

MAY_COUNT = "programme.add_gatecount"
PAGE = DevicePage(
    name="opop-hitung",
    parts=["js/counter/*.js", "css/counter.css", "img/visitor-192.png", "img/visitor-512.png"],
    code=[
        "programme/counter_page.py",
        "programme/counter_texts.py",
        "programme/device_page.py",
        "templates/programme/counter.html",
    ],
)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(MAY_COUNT, raise_exception=True)
@never_cache
def counter(request: SignedInRequest, language: str = "id") -> HttpResponse:
    """The counter. Without JavaScript each tap is a form; with it the page counts by itself."""
    with translation.override(language):
        now = timezone.now()
        gates = Gate.objects.filter(expo=Expo.objects.current())
        form = TapForm(request.POST or None, gates=gates)
        if request.method == "POST" and form.is_valid():
            answer = count_by_form(form, by=request.user, at=now)
            if answer.is_taken:
                return redirect(f"{request.path}?pintu={form.cleaned_data['pintu'].pk}")
            form.add_error("aksi", answer.message)
        gate = _wanted_gate(request, gates)
        return render(
            request,
            "programme/counter.html",
            {
                **_frame(language),
                "form": form,
                "state": counter_state(now=now, user=request.user),
                "gate": gate,
                "last": gate and last_tap(gate=gate, user=request.user, now=now),
                "steps": STEPS,
                "undo": UNDO,
                # The tap that this page may send. A failed one is sent again under its own number.
                "key": form["uuid"].value() if form.errors else uuid.uuid4(),
            },
            status=422 if form.errors else 200,
        )


def _wanted_gate(request: HttpRequest, gates: QuerySet[Gate]) -> Gate | None:
    """The gate that was chosen; the only one there is needs no choosing."""
    wanted = request.POST.get("pintu") or request.GET.get("pintu") or ""
    found = list(gates)
    for gate in found:
        if str(gate.pk) == wanted:
            return gate
    return found[0] if len(found) == 1 else None


def _frame(language: str) -> dict[str, Any]:
    english = language == "en"
    return {
        "language": language,
        "texts": counter_texts(),
        "version": PAGE.version,
        "modules": PAGE.modules,
        "here": reverse("counter_en" if english else "counter"),
        "other": reverse("counter" if english else "counter_en"),
    }


@login_not_required
@require_safe
@cache_control(no_cache=True)
def counter_kept(request: HttpRequest, language: str = "id") -> HttpResponse:
    """The page as a phone keeps it: the same for everybody, with nothing of an edition in it."""
    with translation.override(language):
        return render(request, "programme/counter.html", _frame(language))


@for_outbox(MAY_COUNT)
def counter_send(request: SignedInRequest, batch: Batch) -> JsonResponse:
    """Record the taps of a phone, and say what all phones have counted."""
    answers = count_items(batch.items, by=batch.user)
    state = counter_state(now=timezone.now(), user=batch.user)
    return batch.answered(answers, state=state)


@login_not_required
@require_safe
@cache_control(no_cache=True)
def counter_worker(request: HttpRequest) -> HttpResponse:
    """The service worker of the page."""
    pages = {
        reverse("counter"): reverse("counter_kept"),
        reverse("counter_en"): reverse("counter_kept_en"),
    }
    return PAGE.worker(pages, more=[reverse("counter_manifest")])


@login_not_required
@require_safe
@cache_control(no_cache=True)
def counter_manifest(request: HttpRequest) -> HttpResponse:
    """Lets the counter be put on a phone's home screen and fill it."""
    return PAGE.manifest(
        start=reverse("counter"), name=_("Hitung pengunjung OPOP Expo"), short_name=_("Hitung OPOP")
    )
