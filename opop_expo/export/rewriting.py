"""Turning a page of the portal into one that stands alone: no script, no form, links to files.

What only the portal can do is taken out, not left dead; where a list could be searched, a sentence
says where that is still possible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from django.utils.html import escape
from django.utils.translation import gettext as _

from opop_expo.export.page_tree import Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Find = Callable[[str], str | None]

# Nothing without a script or a portal behind it.
DEAD_TAGS = frozenset({"script", "form", "button", "input", "select", "textarea", "noscript"})
# The portal's own: where the page is to be found, what a browser keeps of it.
DEAD_RELATIONS = frozenset({"canonical", "alternate", "manifest", "preload"})
DEAD_PROPERTIES = frozenset({"og:url"})
# Taken away with the last that was in them.
FRAMES = frozenset({"li", "ul", "ol", "nav", "p", "div", "section", "span", "aside"})
SENTENCED = "filters"


def stand_alone(page: Element, url: str, find: Find, *, name: str) -> None:
    """Rewrite the page that was at `url`; `find` gives the file of an address, None for none."""
    for element in page.walk():
        if element.parent is not None and _is_dead(element):
            note = _sentence(element)
            _remove(element) if note is None else element.replace_by(note)
    lost = [element for element in page.walk() if not _rewrite(element, url, find)]
    for element in lost:
        if element.parent is not None:
            _unlink(element)
    for element in page.walk():
        if element.tag == "main":
            element.children.append(_note(name))


def links_of(page: Element, url: str) -> Iterator[str]:
    """All addresses that the page names in what stays of it, in full and without fragments."""
    for child in page.children:
        if isinstance(child, Element) and not _is_dead(child):
            for _attribute, address in _addresses(child):
                yield urldefrag(urljoin(url, address)).url
            yield from links_of(child, url)


def _is_dead(element: Element) -> bool:
    if element.tag in DEAD_TAGS or "hidden" in element.attributes:
        return True
    if element.tag == "link":
        return not DEAD_RELATIONS.isdisjoint(element["rel"].split())
    return element.tag == "meta" and (
        element["property"] in DEAD_PROPERTIES or element["name"] == "htmx-config"
    )


def _sentence(element: Element) -> Element | None:
    """What stands in the place of a list's form."""
    if element["id"] != SENTENCED:
        return None
    words = _("Salinan ini tidak bisa dicari atau disaring; semuanya ada di daftar ini.")
    return Element("p", {"class": "note"}, children=[escape(words)])


def _note(name: str) -> Element:
    """What the page is, at its end."""
    words = _(
        "Ini salinan tetap halaman %(expo)s sebagaimana terbit. Pencarian, simpanan, pendaftaran,"
        " dan formulir hanya ada di portal."
    )
    text = Element("p", {"class": "note"}, children=[escape(words % {"expo": name})])
    return Element("aside", {"class": "page export-note"}, children=[text])


def _remove(element: Element) -> None:
    """Take it out, and what held nothing else."""
    parent = element.parent
    element.replace_by()
    while parent is not None and parent.tag in FRAMES and parent.is_empty:
        above = parent.parent
        if above is not None:
            parent.replace_by()
        parent = above


def _addresses(element: Element) -> Iterator[tuple[str, str]]:
    """Each address that the element names, with its attribute."""
    for attribute in ("href", "xlink:href", "src", "poster"):
        if element[attribute]:
            yield attribute, element[attribute]
    for part in element["srcset"].split(","):
        if part.strip():
            yield "srcset", part.split()[0]
    if element.tag == "meta" and element["property"] == "og:image":
        yield "content", element["content"]


def _rewrite(element: Element, url: str, find: Find) -> bool:
    """Let its addresses lead to files; False where one leads nowhere here."""
    for attribute in [one for one in element.attributes if one.startswith("hx-")]:
        element.drop(attribute)
    changed: dict[str, str] = {}
    for attribute, address in _addresses(element):
        if address.startswith("#"):
            continue
        where, fragment = urldefrag(urljoin(url, address))
        if urlsplit(where).netloc != urlsplit(url).netloc or not where.startswith("http"):
            continue
        file = find(where)
        if file is None:
            return False
        new = f"{file}#{fragment}" if fragment else file
        if attribute == "srcset":
            before = changed.get("srcset", element["srcset"])
            changed["srcset"] = ", ".join(
                " ".join([new, *part.split()[1:]]) if part.split()[0] == address else part.strip()
                for part in before.split(",")
            )
        else:
            changed[attribute] = new
    for attribute, value in changed.items():
        element.set(attribute, value)
    return True


def _unlink(element: Element) -> None:
    """Leave the words of a link that leads nowhere here; a button or an icon says nothing then."""
    says = any(isinstance(child, str) and child.strip() for child in element.children)
    is_text = element.tag == "a" and says and not _is_control(element)
    if is_text:
        element.replace_by(*element.children)
    else:
        _remove(element)


def _is_control(element: Element) -> bool:
    if "button" in element["class"].split():
        return True
    above = element.parent
    while above is not None:
        if above.tag in ("nav", "header", "footer"):
            return True
        above = above.parent
    return False
