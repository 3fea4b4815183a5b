"""What only the organisers' work list says: instants in words, and its own addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from sales.work_list.flag_words import FLAG_TITLES, Kind
from sales.work_list.time_words import day_and_hour

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from sales.models import SaleFlag
    from sales.work_list.pages import Chosen

register = template.Library()
register.filter(day_and_hour)


@register.filter
def flag_title(flag: SaleFlag) -> StrOrPromise:
    """What a flag says, as the title of its group."""
    return FLAG_TITLES[Kind(flag.kind)][0]


@register.simple_tag
def query_for(chosen: Chosen, key: str) -> str:
    """The list narrowed to one reason or kind, as the end of an address."""
    return chosen.query(jenis=key)
