"""The pages that a visitor can open, by name, below the edition's address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Place:
    """A page: its name in the tables, and its address without site and language."""

    name: str
    path: str


def places(site: str, edition: str) -> Iterator[Place]:
    """Every kind of page, one of each; of which product and the like, the lists say."""
    first = {
        kind: _first(f"{site}/{edition}/{kind}/", f"/{edition}/{kind}/")
        for kind in ("stan", "produk", "pesantren")
    }
    maker = _first(f"{site}{first['produk']}", f"/{edition}/pembuat/")
    yield Place("home", f"/{edition}/")
    yield Place("editions", "/edisi/")
    yield Place("stands", f"/{edition}/stan/")
    yield Place("stand", first["stan"])
    yield Place("products", f"/{edition}/produk/")
    yield Place("products, narrowed", f"/{edition}/produk/?q=kopi&category=beverage")
    yield Place("products, none", f"/{edition}/produk/?q={'k' * 80}")
    yield Place("product", first["produk"])
    yield Place("pesantren", f"/{edition}/pesantren/")
    yield Place("one pesantren", first["pesantren"])
    yield Place("maker", maker)
    yield Place("plan", f"/{edition}/denah/")
    yield Place("plan, one stand", f"/{edition}/denah/?stan=A01")
    yield Place("search", f"/{edition}/cari/?q=kripik+pisng")
    yield Place("search, empty", f"/{edition}/cari/")
    yield Place("schedule", f"/{edition}/jadwal/")
    session = _first(f"{site}/{edition}/jadwal/", f"/{edition}/jadwal/")
    yield Place("session", session)
    yield Place("registration", f"{session}daftar/")
    yield Place("results", f"/{edition}/hasil/")
    yield Place("saved list", f"/{edition}/simpanan/")
    inquiry = _found(f"{site}{first['produk']}", r'href="([^"]*/minat/[^"]*)"')
    if inquiry:
        yield Place("inquiry", inquiry)
    yield Place("login", "/masuk/")
    yield Place("not there", f"/{edition}/tidak-ada/")


def _first(page: str, below: str) -> str:
    found = _found(page, rf'href="({re.escape(below)}[\w-]+/)"')
    if not found:
        raise SystemExit(f"{page} leads to nothing below {below}")
    return found


def _found(page: str, pattern: str) -> str:
    with urlopen(Request(page)) as answer:  # noqa: S310, our own server
        found = re.search(pattern, answer.read().decode())
    return found[1] if found else ""
