"""How pages say days and hours, mark example data, and lead to their other language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django import template
from django.urls import translate_url
from django.utils.formats import date_format
from django.utils.translation import get_language

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest

register = template.Library()

DAY = "j F Y"


class HasExampleFields(Protocol):
    """A row that names which of its fields are examples and no record."""

    example_fields: str


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
    if time is None:
        return ""
    return f"{time:%H:%M}" if get_language() == "en" else f"{time:%H.%M}"


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
def is_example(row: HasExampleFields, field: str) -> bool:
    """Whether that field of the row, or the whole row (`*`), is an example and no record."""
    return not {field, "*"}.isdisjoint(row.example_fields.replace("|", " ").split())


@register.filter
def sources_of(text: str) -> list[str]:
    """The addresses in a sources column, which stand apart by ` | `, spaces or new lines."""
    return [part for part in text.replace("|", " ").split() if part.startswith("http")]


@register.filter
def site_name(address: str) -> str:
    """The site of an address: `https://www.pzhgenggong.or.id/246440/` is `pzhgenggong.or.id`."""
    return address.split("//", 1)[-1].split("/", 1)[0].removeprefix("www.")


@register.simple_tag(takes_context=True)
def page_in(context: template.Context, language: str) -> str:
    """The address of this page in the other language, its query kept."""
    request: HttpRequest | None = context.get("request")
    return "/" if request is None else translate_url(request.get_full_path(), language)
