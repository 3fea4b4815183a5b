"""The figures of the daily totals, written here and not in a template: a page has hundreds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pesantren.money import thousands

if TYPE_CHECKING:
    from sales.totals.figures import Cell, Row
    from sales.totals.source import Sums

register = template.Library()

NOTHING = mark_safe('<span class="zero">–</span>')


@register.simple_tag(takes_context=True)
def figure(
    context: template.Context, sums: Sums, part: str, row: Row | None = None, days: Any = ""
) -> str:
    """Net, number and what was taken back, as a way to the sales that they are made of.

    `part` says which of the filters of `sales_filter` that is, `row` and `days` narrow it.
    """
    if sums.is_empty and row is not None:
        return NOTHING
    chosen = context["sales_filter"]
    address = f"{context['sales_url']}?{chosen[part]}"
    name = part
    if row is not None:
        address += f"&{chosen['row']}={quote(row.key or '-')}"
        name += f"-{row.key}"
    if days:
        address += f"&business_date={days}"
        name += f"-{days}"
    return format_html('<a id="{}" href="{}">{}</a>', name, address, words(context, sums, row))


@register.simple_tag(takes_context=True)
def plain_figure(context: template.Context, sums: Sums, row: Row) -> str:
    """The same, leading nowhere."""
    return format_html('<span class="plain">{}</span>', words(context, sums, row))


def words(context: template.Context, sums: Sums, row: Row | None) -> str:
    """The lines of a figure. The sums of all rows count sales, whatever the rows count."""
    totals = context["totals"]
    minus = " taken-back" if sums.net_rupiah < 0 else ""
    lines = [f'<span class="net{minus}">{thousands(sums.net_rupiah)}</span>']
    if row is None or totals.counts_sales:
        count = sums.sale_count
        text = ngettext("%(count)s nota", "%(count)s nota", count)
    else:
        count = sums.pieces
        text = ngettext("%(count)s barang", "%(count)s barang", count)
    lines.append(f'<span class="count">{text % {"count": thousands(count)}}</span>')
    if sums.reversed_rupiah:
        back = _("batal %(amount)s") % {"amount": thousands(sums.reversed_rupiah)}
        lines.append(f'<span class="taken-back">{back}</span>')
    return mark_safe("\n".join(lines))  # noqa: S308, made of numbers and our own words


@register.simple_tag
def difference(amount: int) -> str:
    """What a day brought more or less than another, with an arrow beside the colour."""
    if amount < 0:
        return format_html('<span class="less">▼ {}</span>', thousands(amount))
    if amount > 0:
        return format_html('<span class="more">▲ +{}</span>', thousands(amount))
    return format_html('<span class="zero">{}</span>', "=")


@register.simple_tag
def closed_mark(cell: Cell) -> str:
    """`Z` where the day of a stand is frozen, with what came late or is still live beside it."""
    if cell.frozen is None:
        return ""
    parts = [f'<abbr title="{_("ditutup, tidak berubah lagi")}">Z</abbr>']
    if not cell.late.is_empty:
        parts.append(_("susulan %(amount)s") % {"amount": thousands(cell.late.net_rupiah)})
    if not cell.live.is_empty:
        parts.append(_("X %(amount)s") % {"amount": thousands(cell.live.net_rupiah)})
    text = " · ".join(parts)
    return mark_safe(f'<span class="closed-mark">{text}</span>')  # noqa: S308, numbers and words
