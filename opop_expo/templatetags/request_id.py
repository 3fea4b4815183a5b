"""The id of the request, on pages that say that something went wrong."""

from __future__ import annotations

from django import template

from opop_expo.health.request_id import current_id

register = template.Library()
register.simple_tag(current_id, name="request_id")
