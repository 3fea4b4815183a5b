"""What a browser keeps of the tablet's till: its page in two languages, and the worker for it.

All of it is public and the same for every tablet. Nothing of a stand is in it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from sales.tablet.texts import tablet_texts

STATIC = settings.BASE_DIR / "static"
WORKER = STATIC / "js" / "till" / "tablet" / "worker.js"
# What the page needs, as it lies in static/. Modules that only other pages use cost a little room.
PARTS = [
    "js/till/camera.js",
    "js/till/money.js",
    "js/till/frames.js",
    "js/till/tablet/**/*.js",
    "vendor/idb/index.js",
    "vendor/lit-html/**/*.js",
    "vendor/qr/decode.js",
    "vendor/qr/index.js",
    "css/tokens.css",
    "css/tablet.css",
    "css/tablet-print.css",
    "fonts/plus-jakarta-sans-latin-wght-normal.woff2",
    "img/star.svg",
    "img/till-192.png",
    "img/till-512.png",
]


def kept_files() -> list[Path]:
    """The files behind the page, in one order."""
    found = {path for part in PARTS for path in STATIC.glob(part)}
    return sorted(found - {WORKER})


def version() -> str:
    """Names what a tablet would keep now: eight digits that change with any byte of it."""
    # While things are being written each look is fresh; a process in production never changes.
    return _version.__wrapped__() if settings.DEBUG else _version()


@cache
def _version() -> str:
    digest = hashlib.sha256()
    templates = [settings.BASE_DIR / "templates" / "sales" / "tablet.html"]
    catalogues = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))
    code = Path(__file__).parent
    for path in [
        *kept_files(),
        WORKER,
        *templates,
        *catalogues,
        code / "texts.py",
        code / "pages.py",
    ]:
        digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _address(path: Path) -> str:
    return static(path.relative_to(STATIC).as_posix())


def _is_first(path: Path) -> bool:
    """Whether the page cannot begin without this module; the encoder of QR codes comes later."""
    return path.suffix == ".js" and path.parent.name != "qr" and path.name != "types.js"


@login_not_required
@require_safe
@cache_control(no_cache=True)
def tablet(request: HttpRequest, language: str = "id") -> HttpResponse:
    """The page of the till. The worker keeps it, so that it opens without a network."""
    return HttpResponse(written_page(language, version()))


@lru_cache(maxsize=4)
def written_page(language: str, version: str) -> str:
    """The same for everybody until its version is another."""
    with translation.override(language):
        return render_to_string(
            "sales/tablet.html",
            {
                "language": language,
                "texts": tablet_texts(),
                "version": version,
                # All at once, instead of each when the one before it has been read.
                "modules": [_address(path) for path in kept_files() if _is_first(path)],
                "receipts": "/en/nota/" if language == "en" else "/nota/",
            },
        )


@login_not_required
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the version and the addresses that it keeps."""
    pages = [reverse("tablet"), reverse("tablet_en"), reverse("tablet_manifest")]
    files = [_address(path) for path in kept_files()]
    kept = json.dumps({"version": version(), "pages": pages, "files": files})
    text = WORKER.read_text()
    # A module's imports are no bare names in a worker, so what it must know stands before it.
    return HttpResponse(f"const KEPT = {kept};\n{text}", content_type="text/javascript")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """Lets the till be put on the tablet's home screen and fill it."""
    icons = [
        {
            "src": static(f"img/till-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "any maskable",
        }
        for size in (192, 512)
    ]
    return JsonResponse(
        {
            "name": _("Kasir OPOP Expo"),
            "short_name": _("Kasir OPOP"),
            "start_url": reverse("tablet"),
            "scope": reverse("tablet"),
            "id": reverse("tablet"),
            "display": "standalone",
            "background_color": "#fbf5e9",
            "theme_color": "#0b2e24",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )
