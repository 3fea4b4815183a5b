"""The portal's address for the world, from its settings and never from what a request claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def public_origin(request: HttpRequest) -> str:
    """Scheme and host, such as `https://expo.example`, without a slash at the end.

    A development machine without PUBLIC_ORIGIN answers with the host that it was asked for.
    """
    return settings.PUBLIC_ORIGIN or f"{request.scheme}://{request.get_host()}"
