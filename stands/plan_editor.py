"""The organisers' page on which stands and features are placed, by dragging or by numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pesantren.money import thousands
from stands.models import Expo
from stands.plan import Kind, plan_of
from stands.plan_editing import FeatureForm, PlaceForm, save_plan

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from stands.http import SignedInRequest
    from stands.plan import Plan

# Large, and seldom moved: a script leaves them where they are until asked.
GROUND = [Kind.HALL, Kind.ZONE]
STEPS = [1, 5, 10, 20]


@dataclass(frozen=True)
class Rows:
    """The rows of the form, in the groups in which the page shows them."""

    stands: list[PlaceForm]
    features: list[PlaceForm]
    ground: list[PlaceForm]
    new: FeatureForm | None

    @property
    def every(self) -> list[PlaceForm]:
        """All of them, from the ground up, as they are drawn."""
        return [*self.ground, *self.features, *self.stands]

    def are_valid(self) -> bool:
        """Whether what was sent can be saved; every form is asked, so that each answers."""
        answers = [form.is_valid() for form in self.every if form.is_bound]
        if self.new is not None and self.new.is_bound:
            answers.append(self.new.is_valid())
        return all(answers)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stands.view_stand", raise_exception=True)
@never_cache
def plan_editor(request: SignedInRequest) -> HttpResponse:
    """The plan of an edition with the numbers of each thing on it, saved with one button."""
    expos = list(Expo.objects.at_work().order_by("-is_current", "-slug"))
    expo = _wanted(expos, request.GET.get("edisi"))
    is_closed = expo is not None and expo.is_closed
    may_place = request.user.has_perm("stands.change_stand") and not is_closed
    if request.method == "POST" and not may_place:
        raise PermissionDenied
    if expo is None:
        return render(request, "stands/plan_editor.html", _frame(request, None))
    plan = plan_of(expo)
    rows = rows_of(plan, request.POST if request.method == "POST" else None, request)
    status = 200
    if request.method == "POST":
        status = 422
        if rows.are_valid():
            saved = save_plan(expo, rows.every, rows.new, actor=request.user)
            if not saved.moved_meanwhile:
                _tell(request, saved.placed)
                return redirect(f"{reverse('plan_editor')}?edisi={expo.slug}")
    return render(
        request,
        "stands/plan_editor.html",
        _frame(request, expo)
        | {
            "expos": expos,
            "expo": expo,
            "plan": plan,
            "rows": rows,
            "unplaced": [form for form in rows.stands if form.thing in plan.unplaced],
            "troubles": plan.troubles(),
            "steps": STEPS,
            "may_place": may_place,
            "has_errors": status == 422,
        },
        status=status,
    )


def rows_of(plan: Plan, sent: QueryDict | None, request: SignedInRequest) -> Rows:
    """A form for each thing, filled with what was sent for it."""
    is_open = not plan.expo.is_closed
    may_stands = is_open and request.user.has_perm("stands.change_stand")
    may_features = is_open and request.user.has_perm("stands.change_planfeature")
    may_add = is_open and request.user.has_perm("stands.add_planfeature")
    features = [PlaceForm(one, plan, sent, may=may_features) for one in plan.features]
    return Rows(
        [PlaceForm(one, plan, sent, may=may_stands) for one in plan.stands],
        [form for form in features if form.thing.kind not in GROUND],
        [form for form in features if form.thing.kind in GROUND],
        FeatureForm(plan, sent) if may_add else None,
    )


def _tell(request: SignedInRequest, placed: int) -> None:
    if not placed:
        messages.info(request, _("Tidak ada yang diubah."))
        return
    words = ngettext("%(n)s letak disimpan.", "%(n)s letak disimpan.", placed)
    messages.success(request, words % {"n": thousands(placed)})


def _wanted(expos: list[Expo], slug: str | None) -> Expo | None:
    """The edition that the address names, else the current one; None before there is any."""
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def _frame(request: SignedInRequest, expo: Expo | None) -> dict[str, Any]:
    title = _("Atur denah")
    return {**admin.site.each_context(request), "title": title, "current_expo": expo}
