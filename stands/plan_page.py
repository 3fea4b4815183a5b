"""The floor plan that visitors see, and the ground that the small plans of other pages lie on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from stands.filters import StandFilter
from stands.http import wants_fragment
from stands.kept_pages import catalogue_page, needs_stands
from stands.models import Stand
from stands.plan import Plan, Wanted, plan_of
from stands.plan_geometry import Frame, Point, frame_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from stands.http import HtmxRequest
    from stands.models import Expo, PlanFeature, Zone

# How much of the plan is shown around what was chosen, in its own units.
NEAR = Frame(0, 0, 320, 260)
# How far the tip of a pin reaches into what it marks.
PIN_DEPTH = 8
# An address may mark as many stands as somebody may want to walk to.
MOST_MARKED = 60


@dataclass(frozen=True)
class Looking:
    """Which part of the plan is looked at, and what is marked there."""

    frame: Frame
    # How large that shows it: 'whole', 'zone' or 'near'.
    scale: str
    zone: Zone | None = None
    stands: tuple[Stand, ...] = ()
    wanted: Wanted | None = None

    @property
    def chosen(self) -> list[Stand | PlanFeature]:
        """What carries a pin."""
        return self.wanted.boxes if self.wanted else [*self.stands]

    @property
    def pins(self) -> list[Point]:
        """Where each pin points: just within the upper edge, so that no name is under it."""
        frames = (frame_of([box]) for box in self.chosen)
        return [Point(frame.middle.x, frame.y + PIN_DEPTH) for frame in frames]

    @property
    def parts(self) -> dict[str, str]:
        """What of it stands in the address, by name."""
        return {
            "zona": self.zone.code if self.zone else "",
            "stan": ",".join(stand.code for stand in self.stands),
            "tempat": self.wanted.kind if self.wanted else "",
        }

    @property
    def query(self) -> str:
        """The same as the end of an address."""
        return urlencode({name: value for name, value in self.parts.items() if value})


@require_safe
@login_not_required
@catalogue_page
@needs_stands
def floor_plan(request: HtmxRequest, expo: Expo) -> HttpResponse:
    """The plan with a link per stand, and the same stands as a list beside it."""
    form = StandFilter(request.GET, expo=expo, now=timezone.now())
    plan = plan_of(expo)
    looking = look(plan, request.GET.dict())
    asked = bool(form.asked)
    fitting = set(form.keys) if asked else None
    zones = plan.drawn(fitting=fitting, chosen=looking.chosen)
    listed = [stand for stand in plan.stands if fitting is None or stand.pk in fitting]
    context = {
        "expo": expo,
        "form": form,
        "plan": plan,
        "looking": looking,
        "zones": zones,
        "features": plan.drawn_features(looking.chosen),
        "is_asked": asked,
        "found": len(listed),
        "listed": [
            (zone, [one for one in zone.stands if one.fits])
            for zone in zones
            if any(one.fits for one in zone.stands)
        ],
        "unplaced": [stand for stand in listed if not stand.is_placed],
        "chosen": (
            [one for zone in zones for one in zone.stands if one.is_chosen]
            if looking.stands
            else []
        ),
        # What stands in an address before `zona=` and the like, so that a filter outlives them.
        "kept": f"{form.query.rstrip('?')}&" if asked else "?",
    }
    if not wants_fragment(request):
        return render(request, "stands/floor_plan.html", context)
    response = render(request, "stands/floor_plan.html#answer", context)
    query = "&".join(part for part in (form.query.strip("?"), looking.query) if part)
    return push_url(response, f"{request.path}?{query}".rstrip("?"))


@require_safe
@login_not_required
@catalogue_page
def floor_plan_ground(request: HttpRequest, expo: Expo) -> HttpResponse:
    """The plan without words or links, as a picture that other pages point into."""
    plan = plan_of(expo)
    return render(
        request,
        "stands/floor_plan_ground.svg",
        {"plan": plan, "zones": plan.drawn(), "features": plan.drawn_features()},
        content_type="image/svg+xml",
    )


def look(plan: Plan, asked: dict[str, str]) -> Looking:
    """The part of the plan that an address asks for; what the plan does not know is left aside."""
    stands = tuple(filter(None, map(plan.stand, asked.get("stan", "").split(",")[:MOST_MARKED])))
    if stands:
        return _around(plan, [*stands], stands=stands)
    kind = asked.get("tempat", "")
    wanted = next((one for one in plan.wanted if one.kind == kind), None)
    if wanted is not None:
        return _around(plan, wanted.boxes, wanted=wanted)
    zone = plan.zone(asked.get("zona", ""))
    if zone is not None:
        frame = plan.areas[zone.pk].widened(20).within(plan.expo.plan_width, plan.expo.plan_height)
        return Looking(frame, "zone", zone=zone)
    return Looking(plan.whole, "whole")


def _around(plan: Plan, boxes: list[Stand | PlanFeature], **marked: Any) -> Looking:
    """What is near these; the whole plan where they lie far apart."""
    frame = frame_of(boxes)
    if frame.width > NEAR.width or frame.height > NEAR.height:
        return Looking(plan.whole, "whole", **marked)
    middle = frame.middle
    near = Frame(middle.x - NEAR.width / 2, middle.y - NEAR.height / 2, NEAR.width, NEAR.height)
    return Looking(near.within(plan.expo.plan_width, plan.expo.plan_height), "near", **marked)
