"""How many came, for pages of an edition that is closed and changes no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from programme.attending import came_to

if TYPE_CHECKING:
    from programme.models import Session

register = template.Library()


@register.simple_tag
def people_who_came(session: Session) -> int:
    """The people counted at the door of a session."""
    return came_to(session)
