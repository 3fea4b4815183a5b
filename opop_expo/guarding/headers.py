"""The headers that every answer carries, whoever made it: view, static file, error or redirect.

`SecurityMiddleware` sets what it knows; here is the rest, and what depends on which page it is. The
content policy is django-csp's, written out once: it is the same for all pages, without a nonce. It
stands outermost, so that it also sees what the others answer by themselves.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# The pages that read codes. No other page may ask for a camera, and none for the rest.
CAMERA = re.compile(r"/((en/)?(kasir|admin/sales/terima)|hadir)/")
NEVER_ASKED = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
_CLOSED = ", ".join(f"{feature}=()" for feature in NEVER_ASKED)
WITHOUT_CAMERA, WITH_CAMERA = f"camera=(), {_CLOSED}", f"camera=(self), {_CLOSED}"
# Pictures beside a shared link are shown by the messenger's own page.
SHARED = re.compile(r"/(en/)?\d{4}[a-z0-9-]*/gambar/")
# What somebody uploaded can do nothing, should it ever be opened as a page.
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
PRIVATE = "private, no-store"


@cache
def policy() -> str:
    """The content policy of the settings, put together once."""
    return build_policy()


class HeadersMiddleware:
    """Set them. What a view said itself stays, but for pages behind a login: nobody keeps those."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.endpoints = f'{settings.CSP_REPORT_GROUP}="{settings.CSP_REPORT_PATH}"'

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers, path = response.headers, request.path_info
        headers["Permissions-Policy"] = WITH_CAMERA if CAMERA.match(path) else WITHOUT_CAMERA
        is_shared = SHARED.match(path)
        headers["Cross-Origin-Resource-Policy"] = "cross-origin" if is_shared else "same-origin"
        # Also on what SecurityMiddleware answered itself, such as 400 to an unknown host.
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if path.startswith(settings.MEDIA_URL):
            headers[POLICY] = SANDBOX
        elif not (settings.DEBUG and response.status_code in {404, 500}):
            # Django's own pages of an error, for whoever develops, have their styles within.
            headers.setdefault(POLICY, policy())
        if headers.get("Content-Type", "").startswith("text/html"):
            headers["Reporting-Endpoints"] = self.endpoints
        if getattr(request, "needs_login", False) and "no-store" not in headers.get(
            "Cache-Control", ""
        ):
            headers["Cache-Control"] = PRIVATE
        return response
