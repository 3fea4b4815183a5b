"""Money and numbers in templates: `{{ amount|rupiah }}`, `{{ number|thousands }}`."""

from __future__ import annotations

from django import template

from pesantren.money import rupiah, thousands

register = template.Library()
register.filter(rupiah)
register.filter(thousands)
