"""How pages say days and hours, mark example data, and lead to their other language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from django import template
from django.urls import translate_url
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pesantren.models import Credential, Pesantren, Producer, Product
from programme.models import Session, Speaker
from stands.catalogue_version import kept
from stands.clock import clock_text
from stands.models import Expo, Offer, Stand
from stands.saved_code import PRODUCT, STAND, Key

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest
    from django.template.base import NodeList, Parser, Token
    from django_stubs_ext import StrOrPromise

    Row: TypeAlias = Credential | Offer | Producer | Product | Session | Speaker | Stand

register = template.Library()

DAY = "j F Y"
# What a user name or an address has between its words; no entity of HTML has one.
NAME_PART = re.compile(r"([._@/-])(?=.)")


# What a visitor sees of the fields that a row can name as examples.
EXAMPLE_WORDS: dict[type[Any], dict[str, StrOrPromise]] = {
    Stand: {
        "name": _("nama stan"),
        "pesantren": _("penghuni stan"),
        "zone": _("letak stan"),
    },
    Product: {
        "name": _("nama produk"),
        "producer_slug": _("pembuat"),
        "pillar": _("pilar"),
        "unit": _("satuan"),
        "state": _("kurasi"),
    },
    Producer: {
        "name": _("nama pelaku usaha"),
        "kind": _("jenis pelaku usaha"),
        "about": _("perkenalan pelaku usaha"),
        "whatsapp": _("nomor WhatsApp"),
    },
    Offer: {
        "stand_code": _("penempatan di stan"),
        "price_rupiah": _("harga bertanda *"),
        "stock": _("stok"),
    },
    Credential: {"number": _("nomor legalitas")},
    Session: {
        "title": _("judul acara"),
        "date": _("tanggal acara"),
        "starts_at": _("jam acara"),
        "room": _("ruang"),
        "speakers": _("pembicara"),
        "capacity": _("kapasitas"),
        "target_group": _("untuk siapa"),
    },
    Speaker: {"name": _("pembicara")},
}


@register.filter
def day(date: dt.date | None) -> str:
    """Write a date as `18 Desember 2020`."""
    return "" if date is None else date_format(date, DAY)


@register.filter
def weekday(date: dt.date) -> str:
    """Write the day of the week, `Jumat`."""
    return date_format(date, "l")


@register.filter
def clock(time: dt.time | None) -> str:
    """Write an hour as Indonesian does, `09.00`, or as English does, `09:00`."""
    return "" if time is None else clock_text(time)


@register.simple_tag
def date_span(first: dt.date | None, last: dt.date | None) -> str:
    """Write `18–20 Desember 2020`, `30 November – 2 Desember 2026`, or one day alone."""
    if first is None or last is None:
        return ""
    if first == last:
        return date_format(first, DAY)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_format(last, DAY)}"
    start = date_format(first, "j F" if first.year == last.year else DAY)
    return f"{start} – {date_format(last, DAY)}"


@register.filter
def is_example(row: Row | Pesantren, field: str) -> bool:
    """Whether that field of the row, or the whole row (`*`), is an example and no record."""
    return not {field, "*"}.isdisjoint(row.example_fields.replace("|", " ").split())


@register.simple_tag
def example_words(*shown: Row | Iterable[Row]) -> list[str]:
    """What of the rows shown is an example and no record, in words, each once."""
    rows = [row for one in shown for row in (one if isinstance(one, Iterable) else [one])]
    return list(
        dict.fromkeys(
            str(word)
            for row in rows
            for field, word in EXAMPLE_WORDS[type(row)].items()
            if is_example(row, field)
        )
    )


@register.filter
def saved_key(thing: Product | Stand) -> str:
    """What a save button sends of it: `p12` or `s3`."""
    return str(Key(STAND if isinstance(thing, Stand) else PRODUCT, thing.pk))


@register.filter
def sources_of(text: str) -> list[str]:
    """The addresses in a sources column, which stand apart by ` | `, spaces or new lines."""
    return [part for part in text.replace("|", " ").split() if part.startswith("http")]


@register.filter
def site_name(address: str) -> str:
    """The site of an address: `https://www.pzhgenggong.or.id/246440/` is `pzhgenggong.or.id`."""
    return address.split("//", 1)[-1].split("/", 1)[0].removeprefix("www.")


@register.filter
def breakable(text: str) -> str:
    """A user name or an address that may go on in a new line after its dots, not within a word."""
    return mark_safe(NAME_PART.sub(r"\1<wbr>", escape(text)))  # noqa: S308, escaped


@register.simple_tag
def lang_of(row: Product | Producer | Pesantren | Session | Stand, field: str) -> str:
    """The attribute of an element whose text has no English and so stays Indonesian."""
    is_left = get_language() == "en" and not getattr(row, f"{field}_en")
    return mark_safe(' lang="id"') if is_left else ""


@register.simple_tag(takes_context=True)
def page_in(context: template.Context, language: str) -> str:
    """The address of this page in the other language, its query kept."""
    request: HttpRequest | None = context.get("request")
    return "/" if request is None else address_in(language, request, request.get_full_path())


def address_in(language: str, request: HttpRequest, path: str) -> str:
    """The same address in a language; found once for each, since a page gives it several times."""
    if language == get_language():
        return path
    found: dict[tuple[str, str], str] = vars(request).setdefault("addresses_in", {})
    if (path, language) not in found:
        there = translate_url(path, language)
        if request.resolver_match is None:
            # Nothing lies at this address, so nothing is known of the other.
            there = path.removeprefix("/en") if language == "id" else f"/en{path}"
        found[path, language] = there
    return found[path, language]


@register.tag
def keptframe(parser: Parser, token: Token) -> KeptFrame:
    """Keep what is between `keptframe` and `endkeptframe` ready for all pages of its kind.

    It may show the edition, the language and which page is the current one, and nothing else of the
    request. Kept under the catalogue version; made anew on a page that comes without one.
    """
    nodes = parser.parse(("endkeptframe",))
    parser.delete_first_token()
    return KeptFrame(nodes, f"frame:{parser.origin}:{token.lineno}")


class KeptFrame(template.Node):
    """A part of the frame, told from the others by where it begins: `place`."""

    def __init__(self, nodelist: NodeList, place: str) -> None:
        self.nodelist = nodelist
        self.place = place

    def render(self, context: template.Context) -> SafeString:
        """The part, kept or made now."""
        expo, request = context.get("expo"), context.get("request")
        if not isinstance(expo, Expo) or request is None or request.resolver_match is None:
            return self.nodelist.render(context)
        page = request.resolver_match.url_name
        name = f"{self.place}:{get_language()}:{page}"
        return kept(expo, name, lambda: self.nodelist.render(context))
