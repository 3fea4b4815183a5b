"""Reads the head of a page as a search engine does, and checks its data against schema.org."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Head:
    """What a page says about itself."""

    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)

    @property
    def canonical(self) -> str:
        """The one address of the page; empty where it names none."""
        found = [link["href"] for link in self.links if link.get("rel") == "canonical"]
        assert len(found) <= 1, found
        return found[0] if found else ""

    @property
    def alternates(self) -> dict[str, str]:
        """The page in each language."""
        return {link["hreflang"]: link["href"] for link in self.links if "hreflang" in link}

    def of_type(self, kind: str) -> dict[str, Any]:
        """The one block of that type."""
        (found,) = [block for block in self.data if block["@type"] == kind]
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        self._within = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in given:
            name = given.get("name") or given.get("property") or ""
            self.head.metas.setdefault(name, given["content"])
        elif tag == "link":
            self.head.links.append(given)
        elif tag == "title" and not self.head.title:
            self._within, self._text = "title", ""
        elif tag == "script" and given.get("type") == "application/ld+json":
            self._within, self._text = "data", ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if self._within == "title" and tag == "title":
            self.head.title = self._text.strip()
        elif self._within == "data" and tag == "script":
            self.head.data.append(json.loads(self._text))
        else:
            return
        self._within = ""


def head_of(page: str) -> Head:
    """The head of a page."""
    reader = _Reader()
    # An <a hreflang> of the page's body is no <link>.
    reader.feed(page.partition("</head>")[0])
    return reader.head


# What Google and schema.org ask of each type that the portal uses, and what else it may say.
REQUIRED: dict[str, set[str]] = {
    "ExhibitionEvent": {"name", "startDate", "location", "endDate", "eventStatus", "organizer"},
    "Product": {"name", "url", "manufacturer", "category"},
    "Offer": {"price", "priceCurrency", "availability", "url", "seller"},
    "Organization": {"name"},
    "GovernmentOrganization": {"name"},
    "Place": {"name", "address"},
    "PostalAddress": {"addressRegion", "addressCountry"},
    "BreadcrumbList": {"itemListElement"},
    "ItemList": {"itemListElement", "numberOfItems"},
    "ListItem": {"position", "name"},
    "WebSite": {"name", "url"},
}
OPTIONAL: dict[str, set[str]] = {
    "ExhibitionEvent": {"url", "description", "inLanguage", "eventAttendanceMode", "image"},
    "Product": {"alternateName", "description", "image", "offers"},
    "Offer": {"availableAtOrFrom", "availabilityStarts", "availabilityEnds", "description"},
    "Organization": {"url", "address", "foundingDate", "description", "parentOrganization"},
    "GovernmentOrganization": set(),
    "Place": set(),
    "PostalAddress": {"addressLocality"},
    "BreadcrumbList": set(),
    "ItemList": {"name", "url"},
    "ListItem": {"item", "url"},
    "WebSite": set(),
}


def problems_of(block: dict[str, Any]) -> list[str]:
    """What is wrong with a block of data: unknown types, lacking, unknown or empty properties."""
    found = []
    if block.get("@context") != "https://schema.org":
        found.append("no context")
    for node in _nodes(block):
        kind = str(node.get("@type"))
        if kind not in REQUIRED:
            found.append(f"unknown type {kind}")
            continue
        names = {name for name in node if not name.startswith("@")}
        found += [f"{kind} lacks {name}" for name in sorted(REQUIRED[kind] - names)]
        found += [
            f"{kind} does not know {name}"
            for name in sorted(names - REQUIRED[kind] - OPTIONAL[kind])
        ]
        found += [f"{kind}.{name} is empty" for name in names if node[name] in ("", None, [], {})]
        found += [
            f"{kind}.{name} is no address in full: {node[name]}"
            for name in ("url", "item", "image", "@id")
            if name in node and not str(node[name]).startswith(("http://", "https://"))
        ]
        if kind == "Offer" and not str(node.get("price")).isdecimal():
            found.append(f"Offer.price is no plain number: {node.get('price')}")
    return found


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)
