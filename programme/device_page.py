"""A page that a browser keeps, so that it opens without a network: its version, worker, manifest.

What is kept is public and the same for everybody. What somebody may see comes from the outbox's
answers (`programme.outbox`) and lies in the browser's own storage.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STATIC = settings.BASE_DIR / "static"
WORKER = STATIC / "js" / "outbox" / "worker.js"
# What every such page needs, as it lies in static/.
SHARED = [
    "js/outbox/*.js",
    "js/till/tablet/backoff.js",
    "js/till/tablet/clock.js",
    "vendor/idb/index.js",
    "vendor/lit-html/lit-html.js",
    "css/tokens.css",
    "fonts/plus-jakarta-sans-latin-wght-normal.woff2",
    "img/star.svg",
]


@dataclass(frozen=True)
class DevicePage:
    """A page by its name in the browser, the files that it needs, and the code that makes it."""

    name: str
    # Patterns below static/ and files below the project.
    parts: Sequence[str]
    code: Sequence[str]
    shared: Sequence[str] = field(default_factory=lambda: SHARED)

    @property
    def files(self) -> list[Path]:
        """The files behind the page, in one order."""
        found = {path for part in (*self.shared, *self.parts) for path in STATIC.glob(part)}
        return sorted(found - {WORKER})

    @property
    def modules(self) -> list[str]:
        """The addresses of its modules, to be read at once and not each after the one before."""
        return [
            _address(path)
            for path in self.files
            if path.suffix == ".js" and path.name != "types.js"
        ]

    @property
    def version(self) -> str:
        """Names what a browser would keep now: eight digits that change with any byte of it."""
        # While things are being written each look is fresh; a process in production never changes.
        return self._digest() if settings.DEBUG else self._version

    @cached_property
    def _version(self) -> str:
        return self._digest()

    def _digest(self) -> str:
        digest = hashlib.sha256()
        catalogues = sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po"))
        code = [settings.BASE_DIR / path for path in self.code]
        for path in [*self.files, WORKER, *catalogues, *code]:
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:8]

    def manifest(self, *, start: str, name: str, short_name: str) -> JsonResponse:
        """Lets the page at the address `start` be put on a home screen and fill it."""
        icons = [
            {
                "src": static(f"img/visitor-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in (192, 512)
        ]
        return JsonResponse(
            {
                "name": name,
                "short_name": short_name,
                "start_url": start,
                "scope": start,
                "id": start,
                "display": "standalone",
                "background_color": "#fbf5e9",
                "theme_color": "#0b2e24",
                "icons": icons,
            },
            content_type="application/manifest+json",
        )

    def worker(self, pages: dict[str, str], *, more: Sequence[str] = ()) -> HttpResponse:
        """The service worker: `pages` says which kept address answers for which opened one."""
        kept = json.dumps(
            {
                "name": self.name,
                "version": self.version,
                "pages": pages,
                "files": [*map(_address, self.files), *more],
            }
        )
        # A module's imports are no bare names in a worker, so what it must know stands before it.
        text = f"const KEPT = {kept};\n{WORKER.read_text()}"
        return HttpResponse(text, content_type="text/javascript")


def _address(path: Path) -> str:
    return static(path.relative_to(STATIC).as_posix())
