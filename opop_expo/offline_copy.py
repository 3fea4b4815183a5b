"""What a visitor's phone keeps of an edition: the catalogue, and what other apps add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from programme.offline import schedule_section
from stands.offline_pages import bundle_answer

if TYPE_CHECKING:
    from django.http import HttpResponse

    from stands.http import HtmxRequest

SECTIONS = [schedule_section]


@require_safe
@login_not_required
@vary_on_headers("Accept-Encoding")
@cache_control(no_cache=True)
def offline_bundle(request: HtmxRequest, edition: str) -> HttpResponse:
    """All pages of the edition in short, compressed; 304 to whoever has them."""
    return bundle_answer(request, SECTIONS)
