"""Money as people in Indonesia write it."""

from __future__ import annotations

import re


def rupiah(amount: int | None) -> str:
    """Write whole rupiah as `Rp 1.950.289.000`, a taken-back amount as `−Rp 5.000`.

    The form is the same in both languages. Nothing is written for None, since an unknown figure is
    not zero.
    """
    if amount is None:
        return ""
    sign = "−" if amount < 0 else ""
    return f"{sign}Rp {thousands(abs(amount))}"


def thousands(number: int | None) -> str:
    """Write a whole number as `30.317`, in both languages."""
    return "" if number is None else f"{number:,}".replace(",", ".").replace("-", "−")


# As people type it: Rp 10.000, 10.000,-, 10000, 10rb, 10 ribu, 1,5jt, 25k.
TYPED = re.compile(
    r"(?:rp\.?\s*)?"
    r"(?:(?P<grouped>\d{1,3}(?:[. ]\d{3})+|\d{1,3}(?:,\d{3})+)|(?P<whole>\d+))"
    r"(?:(?P<mark>[.,])(?P<part>\d{1,2}|-|–)(?!\d))?"
    r"\s*(?P<unit>rb|ribu|k|jt|juta|jt\.|rb\.)?"
    r"(?:\s*,?-)?",
    re.IGNORECASE,
)
UNITS = {"": 1, "rb": 1_000, "ribu": 1_000, "k": 1_000, "jt": 1_000_000, "juta": 1_000_000}
# What nothing costs. More digits than that are a slip.
MOST_TYPED = 10**12


def read_rupiah(text: str) -> int:
    """The whole rupiah that a person typed. ValueError where it is no amount.

    A dot or a comma before three digits groups them, before fewer it parts off what is left of a
    unit: `1.500` is 1.500, `1,5jt` is 1.500.000. Without a unit nothing can be left: `1,5` lacks
    one, and in `10.00` and `1.950.289.00` a digit is missing.
    """
    typed = TYPED.fullmatch(" ".join(text.split()))
    if typed is None:
        raise ValueError("no amount of rupiah")
    unit = UNITS[(typed["unit"] or "").lower().rstrip(".")]
    whole = typed["grouped"] or typed["whole"]
    amount = int(re.sub(r"\D", "", whole)) * unit
    part, mark = typed["part"] or "", typed["mark"]
    if part.isdigit():
        if mark in whole or (unit == 1 and (int(part) or (mark == "." and len(whole) <= 3))):
            raise ValueError("an amount with a digit or a unit too few")
        amount += int(part) * unit // 10 ** len(part)
    if amount > MOST_TYPED:
        raise ValueError("more than anything costs")
    return amount
