"""A page as a tree that is written out again byte for byte, but for what was changed in it.

Python's own parser reads it; what our templates write is well formed, and a page that is not is
refused rather than guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)


class BrokenPageError(Exception):
    """The page has an end without a beginning, or the other way round."""


@dataclass
class Element:
    """A tag with what is in it: elements, and texts as they were written."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    # As it was written; empty once an attribute was changed.
    raw: str = ""
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)
    has_end: bool = True

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name) or ""

    def set(self, name: str, value: str) -> None:
        """Give an attribute another value."""
        if self.attributes.get(name) != value:
            self.attributes[name] = value
            self.raw = ""

    def drop(self, name: str) -> None:
        """Take an attribute away."""
        if name in self.attributes:
            del self.attributes[name]
            self.raw = ""

    def walk(self) -> Iterator[Element]:
        """All elements in it, from the first to the last; what is removed meanwhile is left out."""
        for child in list(self.children):
            if isinstance(child, Element) and child.parent is self:
                yield child
                yield from child.walk()

    def replace_by(self, *others: Element | str) -> None:
        """Put others in its place; none removes it."""
        assert self.parent is not None  # noqa: S101, the root is never replaced
        siblings = self.parent.children
        at = next(place for place, one in enumerate(siblings) if one is self)
        for one in others:
            if isinstance(one, Element):
                one.parent = self.parent
        siblings[at : at + 1] = others
        self.parent = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it is to be seen."""
        return not any(isinstance(child, Element) or child.strip() for child in self.children)

    def text(self) -> str:
        """The page, or this piece of it."""
        inner = "".join(
            child if isinstance(child, str) else child.text() for child in self.children
        )
        if not self.tag:
            return inner
        end = f"</{self.tag}>" if self.has_end else ""
        return f"{self.raw or self._start()}{inner}{end}"

    def _start(self) -> str:
        attributes = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in self.attributes.items()
        )
        closing = "/" if not self.has_end and self.tag not in VOID else ""
        return f"<{self.tag}{attributes}{closing}>"


def parse(text: str) -> Element:
    """The tree of a page. Raises BrokenPageError."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open is not reader.root:
        raise BrokenPageError(f"<{reader.open.tag}> has no end")
    return reader.root


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.root = self.open = Element("")

    def _add(self, tag: str, attrs: list[tuple[str, str | None]], *, has_end: bool) -> Element:
        raw = self.get_starttag_text() or ""
        element = Element(tag, dict(attrs), raw, self.open, has_end=has_end)
        self.open.children.append(element)
        return element

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs, has_end=tag not in VOID)
        if element.has_end:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs, has_end=False)

    def handle_endtag(self, tag: str) -> None:
        if tag != self.open.tag or self.open.parent is None:
            raise BrokenPageError(f"</{tag}> ends nothing, or <{self.open.tag}> has no end")
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)

    def handle_entityref(self, name: str) -> None:
        self.open.children.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.open.children.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.open.children.append(f"<!{decl}>")
