"""Countries by their two-letter code of ISO 3166-1, named in the reader's language by the CLDR."""

from __future__ import annotations

from functools import cache

from babel import Locale
from django.utils.translation import get_language

# Codes that the CLDR names and that are no countries: unions, islands without people, tests.
NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA"])
NO_COUNTRY |= {"XB", "ZZ"}


def country_name(code: str) -> str:
    """The name of a country in the reader's language; a code that nobody knows as it is."""
    return _names(_language()).get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Code and name of every country, by name in the reader's language."""
    return sorted(_names(_language()).items(), key=lambda one: one[1].casefold())


def _language() -> str:
    return "en" if (get_language() or "id").startswith("en") else "id"


@cache
def _names(language: str) -> dict[str, str]:
    named = Locale(language).territories
    codes = (str(code) for code in named)
    wanted = (code for code in codes if len(code) == 2 and code.isalpha())
    return {code: str(named[code]) for code in wanted if code not in NO_COUNTRY}
