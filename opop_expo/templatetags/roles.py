"""Roles in the reader's language: their groups have English names."""

from __future__ import annotations

from django import template

from opop_expo.roles import WORDS

register = template.Library()


@register.filter
def role_words(name: str) -> str:
    """What a role is called on the screen; a group that is none of ours is called as it is."""
    return str(WORDS.get(name, name))
