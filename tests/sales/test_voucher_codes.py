"""Codes of vouchers: random, read as people type them, kept as an HMAC."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sales.vouchers.codes import ALPHABET, as_meant, as_printed, hmac_of, new_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.shown_alike


def test_code_is_read_back_as_it_was_made() -> None:
    codes = {new_code() for _ in range(300)}
    assert len(codes) == 300
    assert all(as_meant(code) == code and len(code) == 14 for code in codes)
    # Any keyboard has its signs, and the densest kind of QR code holds them.
    assert {sign for code in codes for sign in code} <= set(ALPHABET + "U")


def test_code_counts_65_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def draw(bits: int) -> int:
        asked.append(bits)
        return 32 if len(asked) == 1 else 2**65 - 1  # 32 has a check sign that keyboards hide

    monkeypatch.setattr(secrets, "randbits", draw)
    assert new_code() == "Z" * 13 + "Q"
    assert asked == [65, 65]


@pytest.mark.parametrize(
    "write",
    [
        str.lower,
        as_printed,
        lambda code: f" {code[:7]} {code[7:]}\n",
        lambda code: as_printed(code).replace("-", "–").replace("0", "o"),
        lambda code: code.replace("1", "I"),
        lambda code: code.replace("1", "l"),
    ],
)
def test_typing_is_forgiven(write: Callable[[str], str]) -> None:
    code = "10010010010010"[:13]
    code += next(sign for sign in ALPHABET + "U" if as_meant(code + sign))
    assert as_meant(write(code)) == code


@hypothesis.settings(max_examples=25, deadline=None)
@given(st.integers(0, 12), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(place: int, sign: str) -> None:
    code = new_code()
    wrong = code[:place] + sign + code[place + 1 :]
    assert as_meant(wrong) == (code if wrong == code else "")


@pytest.mark.parametrize("typed", ["", "abc", "U" * 14, "é" * 14, "0" * 13, "0" * 15, "\x00" * 14])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert as_meant(typed) == ""
    assert len(hmac_of(typed)) == 64


def test_hmac_hangs_on_its_key(settings: Settings) -> None:
    code = new_code()
    before = hmac_of(code)
    assert before == hmac_of(as_printed(code).lower())
    settings.SECRET_KEY = "another"
    assert hmac_of(code) == before
    settings.VOUCHER_KEY = "another"
    assert hmac_of(code) != before
