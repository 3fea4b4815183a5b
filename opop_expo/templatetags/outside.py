"""What the head of a page says to search engines and messengers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import template

from opop_expo.outside import outside_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from opop_expo.outside import Outside

register = template.Library()


@register.simple_tag(takes_context=True)
def outside(context: template.Context) -> Outside | None:
    """What is told of this page; None where it is not for the world or has no request."""
    request: HttpRequest | None = context.get("request")
    found = cast("Mapping[str, Any]", context.flatten())
    return None if request is None else outside_of(request, found)
