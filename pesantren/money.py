"""Money as people in Indonesia write it."""

from __future__ import annotations


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
