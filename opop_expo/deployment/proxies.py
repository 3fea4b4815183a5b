"""Who may say on whose behalf a request comes: only the proxies that are named in the settings.

Anybody can send X-Forwarded-For and X-Forwarded-Proto. From a proxy that TRUSTED_PROXIES names they
are believed, and REMOTE_ADDR is then the address of the visitor; from everybody else they are taken
away before anything looks at them.
"""

from __future__ import annotations

import functools
import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest, HttpResponse

# A proxy on the other end of a Unix socket has no address.
UNIX = "unix"
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
    "HTTP_X_REQUEST_ID",
)


def require_proxies(named: Sequence[str]) -> tuple[str, ...]:
    """The same again; raises ImproperlyConfigured for what is neither address nor network."""
    for one in named:
        try:
            network = None if one == UNIX else ipaddress.ip_network(one)
        except ValueError:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES names {one!r}, which is no address, network or the word {UNIX}."
            ) from None
        if network is not None and network.prefixlen == 0:
            raise ImproperlyConfigured("TRUSTED_PROXIES trusts everybody: name the proxies only.")
    return tuple(named)


@functools.lru_cache(maxsize=4096)
def is_trusted(address: str, proxies: tuple[str, ...]) -> bool:
    """Whether a proxy of ours has this address; the empty one is the end of a Unix socket."""
    if not address:
        return UNIX in proxies
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in ipaddress.ip_network(one) for one in proxies if one != UNIX)


def client_of(chain: str, proxies: tuple[str, ...]) -> str:
    """The address that the outermost of our proxies saw; empty where none of them says one.

    Each proxy adds at the end what it saw, so whoever stands left of our own was named by a
    stranger.
    """
    client = ""
    for said in reversed(chain.split(",")):
        address = said.strip()
        try:
            ipaddress.ip_address(address)
        except ValueError:
            break
        client = address
        if not is_trusted(address, proxies):
            break
    return client


class TrustedProxyMiddleware:
    """Puts the visitor's address into REMOTE_ADDR, and takes away what a stranger claims."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if is_trusted(meta.get("REMOTE_ADDR", ""), settings.TRUSTED_PROXIES):
            client = client_of(meta.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES)
            if client:
                meta["REMOTE_ADDR"] = client
        else:
            for name in FORWARDED:
                meta.pop(name, None)
        return self.get_response(request)
