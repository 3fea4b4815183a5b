"""Which addresses of an edition an export holds, and in which file each lies.

A file lies where its address says, so that the printed address plus a folder leads to it:
`/2020/produk/kopi/` is `2020/produk/kopi/index.html`. A narrowed list, `/2020/produk/?zone=A`, has
a folder of its own beside the things of that list, under a name that no thing can have.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import override

if TYPE_CHECKING:
    from stands.models import Expo

# Pages of an edition that are nothing without the portal: they search, write, or are one visitor's.
LEFT_OUT = frozenset(
    {
        "search_all",
        "saved_list",
        "shared_list",
        "inquiry",
        "inquiry_thanks",
        "offline_worker",
        "offline_bundle",
        "product_left",
        "session_registration",
        "session_producers",
        "session_seats",
        "close_edition",
    }
)
# What a link may ask of a page: each makes a page of its own. What was typed, and what is sorted,
# belongs to forms, which an export has not.
ASKED = frozenset(
    "page category zone regency pillar credential zona stan tempat hari day kind".split()  # noqa: SIM905
)
PLAIN = re.compile(r"[A-Za-z0-9.,_-]{1,60}")


@dataclass(frozen=True)
class Address:
    """A page or file of the edition: its path, what is asked of it in order, its view's name."""

    path: str
    asked: tuple[tuple[str, str], ...]
    name: str

    @property
    def url(self) -> str:
        """As the portal is asked for it."""
        return f"{self.path}?{urlencode(self.asked)}" if self.asked else self.path

    @property
    def file(self) -> str:
        """Where it lies, from the folder of the export."""
        path = unquote(self.path).lstrip("/")
        if not path.endswith("/"):
            return path
        return f"{path}{_folder_of(self.asked)}index.html"


def address_of(url: str, expo: Expo) -> Address | None:
    """The address of an exported page; None for all that an export does not hold."""
    parts = urlsplit(url)
    path = parts.path
    if climbs(path):
        return None
    bare = path.removeprefix("/en")
    if not bare.startswith(f"/{expo.slug}/"):
        return None
    try:
        with override("en" if bare != path else "id"):
            name = resolve(unquote(path)).url_name or ""
    except Resolver404:
        return None
    asked = tuple(sorted(parse_qsl(parts.query)))
    if name in LEFT_OUT or not {kind for kind, _value in asked} <= ASKED:
        return None
    if not path.endswith("/"):
        # A file is the same whatever hangs on its address.
        asked = ()
    return Address(path, tuple(pair for pair in asked if pair != ("page", "1")), name)


def climbs(path: str) -> bool:
    """Whether a path has a part that a file system takes for another folder; no browser asks so."""
    return bool({".", ".."} & set(unquote(path).split("/")))


def _folder_of(asked: tuple[tuple[str, str], ...]) -> str:
    if not asked:
        return ""
    if all(PLAIN.fullmatch(value) for _kind, value in asked):
        return "".join(f"+{kind}-{value}" for kind, value in asked) + "/"
    return f"+{hashlib.sha256(urlencode(asked).encode()).hexdigest()[:16]}/"


def relative(target: str, *, at: str) -> str:
    """How the file at one place leads to another, in letters that an address may hold."""
    return quote(posixpath.relpath(target, posixpath.dirname(at) or "."), safe="/.,_+-~@=")
