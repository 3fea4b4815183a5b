"""Every address of the portal, taken from the URL configuration."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Something of the right shape for each kind of argument, where a test has no row for it.
SHAPES: dict[str, Any] = {
    "int": 1,
    "uuid": uuid.UUID(int=1),
    "str": "x",
    "slug": "x",
    "path": "1",
    "edition": "2026-uji",
    "receipt_token": "q" * 22,
    "": "x",
}
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
# Of the few addresses that are regular expressions.
GROUP = re.compile(r"\(\?P<(\w+)>([^()]*)\)")


@dataclass(frozen=True)
class Address:
    """One address as it is written; unnamed ones go by how they are written."""

    name: str
    route: str

    @property
    def arguments(self) -> set[str]:
        """The names of what it takes."""
        found = {name for _kind, name in ARGUMENT.findall(GROUP.sub("", self.route))}
        return found | {name for name, _shape in GROUP.findall(self.route)}

    def path(self, given: Mapping[str, Any]) -> str:
        """The path with these arguments, and something of the right shape for the others."""

        def group(found: re.Match[str]) -> str:
            first = found[2].partition("|")[0]
            return str(given.get(found[1], first if first.isalpha() else "x"))

        def argument(found: re.Match[str]) -> str:
            return str(given.get(found[2], SHAPES[found[1] or "str"]))

        plain = GROUP.sub(group, self.route).replace("^", "").replace("$", "")
        return "/" + ARGUMENT.sub(argument, plain)


def addresses(
    resolver: URLResolver | None = None, namespace: str = "", route: str = ""
) -> Iterator[Address]:
    """All of them, in the language that has no prefix."""
    for pattern in (resolver or get_resolver()).url_patterns:
        written = "" if isinstance(pattern.pattern, LocalePrefixPattern) else str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern, inner, route + written)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else f"/{route}{written}"
            yield Address(name, route + written)
