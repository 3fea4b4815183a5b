"""Where the work list is, and the pages of what waits on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sales.models import HeldSale, SaleFlag

PAGE = "/admin/sales/periksa/"


def held_page(held: HeldSale) -> str:
    return f"{PAGE}ditahan/{held.pk}/"


def flag_page(flag: SaleFlag) -> str:
    return f"{PAGE}tanda/{flag.pk}/"
