"""The organisers' way to what came of an edition: figures, financing, partnerships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outcomes.claims_page import figure_cards
from outcomes.financing import financing_of
from outcomes.partnerships import partnerships_of
from stands.organiser_page import admin_frame, all_expos, wanted_expo

if TYPE_CHECKING:
    from django.http import HttpResponse

    from stands.http import SignedInRequest


@require_safe
@permission_required("outcomes.view_claim", raise_exception=True)
@never_cache
def outcomes_desk(request: SignedInRequest) -> HttpResponse:
    """Where figures, financing and partnerships of an edition stand, and the way to each."""
    expos = all_expos()
    expo = wanted_expo(expos, request.GET)
    frame = admin_frame(request, pgettext("bagian", "Hasil"), expo)
    context: dict[str, Any] = {**frame, "expos": expos}
    if expo is None:
        return render(request, "outcomes/outcomes_desk.html", context)
    cards = [card for card in figure_cards(expo) if card.scopes]
    return render(
        request,
        "outcomes/outcomes_desk.html",
        context
        | {
            "expo": expo,
            "figures": len(cards),
            "published": sum(not card.needs_choice for card in cards),
            "disagreeing": [card for card in cards if card.disagrees],
            "financing": financing_of(expo),
            "kinds": partnerships_of(expo),
        },
    )
