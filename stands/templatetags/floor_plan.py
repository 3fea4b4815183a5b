"""The small plan that other pages carry: where in the hall a stand is, with a link to all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse
from django.utils import translation

from stands.models import Offer
from stands.plan_geometry import Point, frame_of
from stands.plan_page import PIN_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo, Stand

register = template.Library()


@register.inclusion_tag("stands/_small_plan.html", takes_context=True)
def small_plan(context: template.Context, stands: Iterable[Stand | Offer]) -> dict[str, Any]:
    """Where these stands are, or those of these offers; nothing where none has a place.

    Asks the database for nothing: the ground is a picture that all pages share. Needs `expo` in the
    context, and css/small_plan.css on the page.
    """
    expo: Expo = context["expo"]
    meant = (one.stand if isinstance(one, Offer) else one for one in stands)
    found = {stand.pk: stand for stand in meant}
    placed = sorted((one for one in found.values() if one.is_placed), key=lambda one: one.code)
    frames = [(stand, frame_of([stand])) for stand in placed]
    with translation.override("id"):  # one picture for readers of both languages
        ground = reverse("floor_plan_ground", args=[expo.slug])
    return {
        "expo": expo,
        "ground": ground,
        "stands": placed,
        "codes": ",".join(stand.code for stand in placed),
        "marks": [
            (stand, frame.middle, Point(frame.middle.x, frame.y + PIN_DEPTH))
            for stand, frame in frames
        ],
    }
