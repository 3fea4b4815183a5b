"""An exported edition, looked at as a browser would that follows every link in it."""

from __future__ import annotations

import hashlib
import posixpath
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTROLS = {"form", "button", "input", "select", "textarea", "script"}


class Page(HTMLParser):
    """The addresses, the ids and the controls of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.controls: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids.add(values.get("id", ""))
        if tag in CONTROLS or any(name.startswith(("hx-", "on")) for name in values):
            self.controls.add(tag)
        for name in ("href", "src", "xlink:href"):
            if values.get(name):
                self.addresses.append(values[name])
        self.addresses += [
            one.split()[0] for one in values.get("srcset", "").split(",") if one.strip()
        ]
        if values.get("property") == "og:image":
            self.addresses.append(values["content"])


def pages_of(folder: Path) -> Iterator[tuple[str, Page]]:
    """Every page by its file."""
    for path in sorted(folder.rglob("*.html")):
        yield path.relative_to(folder).as_posix(), Page(path.read_text(encoding="utf-8"))


def troubles(folder: Path) -> list[str]:
    """Links and pictures that lead nowhere, and controls that do nothing."""
    found = []
    pages = dict(pages_of(folder))
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for file, page in pages.items():
        found += [f"{file} has <{tag}>" for tag in sorted(page.controls)]
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme in ("https", "http", "mailto", "tel", "data"):
                if parts.hostname in ("localhost", "testserver", "127.0.0.1"):
                    found.append(f"{file} leads to the portal: {address}")
                continue
            target = posixpath.normpath(
                posixpath.join(posixpath.dirname(file), unquote(parts.path))
            )
            target = file if not parts.path else target
            if address.startswith("/") or target.startswith("..") or target not in files:
                found.append(f"{file} leads nowhere: {address}")
            elif parts.fragment and target in pages and parts.fragment not in pages[target].ids:
                found.append(f"{file} leads to no such place: {address}")
    for file in sorted(one for one in files if one.endswith(".css")):
        text = (folder / file).read_text(encoding="utf-8")
        for address in re.findall(r"""url\(\s*["']?([^"')#]+)""", text):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(file), address))
            if not address.startswith("data:") and target not in files:
                found.append(f"{file} shows nothing: {address}")
    return found


def hashes(folder: Path) -> dict[str, str]:
    """What is in the folder, by file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
