"""A page as a tree, for tests of what stands where on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID = {"br", "img", "input", "link", "meta", "hr", "path", "rect", "use"}


@dataclass(eq=False)
class Node:
    """An element with its attributes; a text is a node without a name."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    words: str = ""

    def walk(self) -> Iterator[Node]:
        """Itself and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def above(self) -> Iterator[Node]:
        """Itself and all that it lies in."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def all(self, attribute: str, value: str | None = None) -> list[Node]:
        """Those below with that attribute."""
        return [
            one
            for one in self.walk()
            if attribute in one.attributes and value in (None, one.attributes[attribute])
        ]

    def has_class(self, name: str) -> bool:
        """Whether it is of that class."""
        return name in self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """All words below it, with single spaces."""
        return " ".join(" ".join(one.words for one in self.walk() if not one.name).split())


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Node("root")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self.here)
        self.here.children.append(node)
        if tag not in VOID:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self.here)
        self.here.children.append(node)

    def handle_endtag(self, tag: str) -> None:
        for node in self.here.above():
            if node.name == tag and node.parent is not None:
                self.here = node.parent
                return

    def handle_data(self, data: str) -> None:
        self.here.children.append(Node("", parent=self.here, words=data))


def tree(html: str) -> Node:
    """The page."""
    parser = _Parser()
    parser.feed(html)
    return parser.root


def main_of(html: str) -> Node:
    """What lies between header and footer."""
    return next(one for one in tree(html).walk() if one.name == "main")
