"""The code of a saved list: short, exact, and refused when anything of it is missing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stands.saved_code import (
    LARGEST_KEY,
    MOST,
    Key,
    UnreadableCodeError,
    code_of,
    key_from,
    keys_of,
)

pytestmark = pytest.mark.shown_alike

KEYS = st.frozensets(
    st.builds(Key, st.sampled_from("ps"), st.integers(1, LARGEST_KEY)), max_size=20
)


@settings(max_examples=15, deadline=None)
@given(keys=KEYS)
def test_code_gives_back_exactly_what_it_was_made_of(keys: frozenset[Key]) -> None:
    assert keys_of(code_of(keys, edition="2026"), edition="2026") == keys


def test_thirty_of_ten_thousand_products_are_about_sixty_letters() -> None:
    keys = [Key("p", 17 + number * 331) for number in range(30)]
    assert len(code_of(keys, edition="2026")) < 90
    assert code_of(reversed(keys), edition="2026") == code_of(keys, edition="2026")


def test_fullest_list_fits_a_cookie_and_a_qr_code() -> None:
    # Numbers as a database has them after years, far apart.
    keys = [Key("p", 10_000_000 + number * 16_000) for number in range(MOST)]
    assert len(code_of(keys, edition="2026")) < 420


@pytest.mark.parametrize("end", [-1, -2, -5])
def test_code_that_was_cut_off_is_no_list(end: int) -> None:
    code = code_of([Key("p", 300), Key("p", 5_000), Key("s", 7)], edition="2026")
    with pytest.raises(UnreadableCodeError):
        keys_of(code[:end], edition="2026")


@pytest.mark.parametrize("code", ["!", "é", "A", "AAAA", "____", "A" * 3_000, "a b", "=", "AAA="])
def test_what_is_no_code_is_no_list(code: str) -> None:
    with pytest.raises(UnreadableCodeError):
        keys_of(code, edition="2026")


def test_code_of_another_edition_is_no_list() -> None:
    with pytest.raises(UnreadableCodeError):
        keys_of(code_of([Key("p", 1)], edition="2025"), edition="2026")


@pytest.mark.parametrize("text", ["", "p", "x1", "p0", "p-1", "p1.", "p٣", "p" + "9" * 30, "s 1"])
def test_what_no_button_sends_is_no_key(text: str) -> None:
    assert key_from(text) is None
