"""What nginx does in production, around the same application: compressed pages, files."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from django.conf import settings
from whitenoise import WhiteNoise  # type: ignore[import-untyped]

from opop_expo.wsgi import application as portal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.headers import Headers

TEXT = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
# As Caddy and nginx compress.
LEVEL = 5
MONTH = 30 * 24 * 3600
TEN_YEARS = 315_360_000


class Compressed:
    """A WSGI application whose texts are compressed for whoever takes that."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        told: list[Any] = []

        def remember(status: str, headers: list[tuple[str, str]], *_more: Any) -> None:
            told[:] = [status, headers]

        chunks = self.inner(environ, remember)
        status, headers = told
        names = {name.lower(): value for name, value in headers}
        is_text = names.get("content-type", "").startswith(TEXT)
        takes_it = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        if not (is_text and takes_it and status.startswith("200")) or "content-encoding" in names:
            start_response(status, headers)
            return chunks  # type: ignore[no-any-return]
        body = gzip.compress(b"".join(chunks), LEVEL)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        more = [("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]
        start_response(status, [*kept, *more])
        return [body]


def as_nginx_says(headers: Headers, _path: str, _url: str) -> None:
    """What `deploy/nginx/opop.conf` says of a static file; the portal says more of a page."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


files = WhiteNoise(
    WhiteNoise(portal, root=settings.MEDIA_ROOT, prefix="media/", max_age=MONTH),
    root=settings.STATIC_ROOT,
    prefix="static/",
    max_age=TEN_YEARS,
    add_headers_function=as_nginx_says,
)
application = Compressed(files)
