"""What a visitor's browser fetches to open an edition without a network: a worker and one file.

The worker lies below the edition's own address, so that it can never answer for the till, the
admin, a receipt or a login.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stands.offline import FORMAT, bundle_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stands.http import HtmxRequest
    from stands.models import Expo
    from stands.offline import MakeSection

# Longer than that a visitor in the crowd does not wait for a page that lies on the phone.
PATIENCE_MS = 4000
WORKER = settings.BASE_DIR / "static" / "js" / "visitor" / "worker.js"


@require_safe
@login_not_required
@cache_control(no_cache=True)
def offline_worker(request: HtmxRequest, edition: str) -> HttpResponse:
    """The service worker of one edition in one language, with what it has to know."""
    expo = public_expo(request)
    language = get_language()
    kept = {
        "format": FORMAT,
        "cache": f"opop-luring-{expo.slug}-{language}",
        "root": expo.get_absolute_url(),
        "bundle": reverse("offline_bundle", args=[expo.slug]),
        "language": language,
        "files": settings.STATIC_URL,
        "patience": PATIENCE_MS,
    }
    # A worker takes no module by name in every browser, so what it must know stands before it.
    text = f"const KEPT = {json.dumps(kept)};\n{WORKER.read_text()}"
    return HttpResponse(text, content_type="text/javascript")


def bundle_answer(request: HtmxRequest, sections: Sequence[MakeSection]) -> HttpResponse:
    """All pages of the edition in short, compressed; 304 to whoever has them."""
    bundle = bundle_for(request, public_expo(request), sections)
    response = HttpResponse(content_type="application/json")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response["Content-Encoding"] = "gzip"
        response.content = bundle.zipped
    else:
        response.content = gzip.decompress(bundle.zipped)
    response["ETag"] = bundle.etag
    return get_conditional_response(request, etag=bundle.etag, response=response) or response


def public_expo(request: HtmxRequest) -> Expo:
    """The edition of the address as its catalogue stands now.

    404 also to organisers for one that is not public yet: no phone keeps it.
    """
    if not request.editions.are_public:
        raise Http404
    return request.editions.expo
