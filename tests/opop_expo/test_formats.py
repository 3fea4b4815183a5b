"""Dates in English: the day before the month, as everybody in the hall writes it."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.utils import translation
from django.utils.formats import localize

from stands.clock import WIB

pytestmark = pytest.mark.shown_alike
THIRD_OF_DECEMBER = dt.date(2026, 12, 3)


@pytest.mark.parametrize(
    "typed", ["03/12/2026", "3-12-2026", "3.12.2026", "2026-12-03", "3 Dec 2026"]
)
def test_day_stands_before_the_month(typed: str) -> None:
    with translation.override("en"):
        assert forms.DateField().clean(typed) == THIRD_OF_DECEMBER


def test_month_before_the_day_is_no_date() -> None:
    with translation.override("en"), pytest.raises(forms.ValidationError):
        forms.DateField().clean("12/25/2026")


@pytest.mark.parametrize("typed", ["19:30", "19.30"])
def test_hour_is_read_with_either_mark(typed: str) -> None:
    with translation.override("en"):
        assert forms.TimeField().clean(typed) == dt.time(19, 30)


def test_what_is_shown() -> None:
    with translation.override("en"):
        assert localize(THIRD_OF_DECEMBER) == "3 December 2026"
        assert localize(dt.datetime(2026, 12, 3, 19, 30, tzinfo=WIB)) == "3 December 2026, 19:30"
        assert localize(dt.time(19, 30)) == "19:30"
