"""The real till in Chromium while a node is killed and PostgreSQL restarts: the keeper sells on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import pytest
from playwright.sync_api import expect

from tests.browsing.test_tablet_offline import Glass
from tests.faults.hall import Hall, hall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Playwright

    from tests.faults.proxy import FaultProxy
    from tests.faults.server import Portal

# It brings its own database, whichever that of the run is.
pytestmark = pytest.mark.shown_alike

# All that the head of the page may say meanwhile.
ALONE = r"(Belum ada kontak|Tanpa kontak sejak [\d.]+)\. Tetap bisa jualan"
MAY_BE_READ = re.compile(rf"Semua terkirim|\d+ belum terkirim|(\d+ belum terkirim · )?{ALONE}")
ARRIVAL_MS = 90_000


@pytest.fixture(scope="module")
def there() -> Iterator[Hall]:
    with hall(tablets=2) as running:
        yield running


@pytest.fixture
def glass(there: Hall, playwright: Playwright, tmp_path: Path) -> Iterator[Glass]:
    """A tablet that speaks to nginx, with nothing in between."""
    [stand] = there.stands
    one = Glass(
        playwright,
        tmp_path / "profile",
        cast("FaultProxy", there),
        cast("Portal", there),
        stand,
    )
    yield one
    one.switch_off()


def sell(glass: Glass, page: Page, times: int) -> set[str]:
    """Sell so often; what the head of the page said after each."""
    said = set()
    for number in range(times):
        glass.sell(page, glass.goods[number % 3])
        said.add(page.locator("[data-sync]").inner_text())
    return said


def test_a_keeper_sees_nothing_but_unsent_sales(there: Hall, glass: Glass) -> None:
    page = glass.switch_on()
    glass.pair(page)
    said = sell(glass, page, 2)
    first, _second = there.nodes
    first.kill()
    said |= sell(glass, page, 4)
    there.database.shut_down(at_once=True)
    said |= sell(glass, page, 4)
    expect(page.locator("[data-sync]")).to_contain_text("belum terkirim")
    there.database.start_again()
    first.launch()
    said |= sell(glass, page, 2)
    expect(page.locator("[data-sync=sent]")).to_be_visible(timeout=ARRIVAL_MS)

    assert [one for one in said if not MAY_BE_READ.fullmatch(one)] == []
    expect(page.get_by_role("alert")).to_have_count(0)
    books = there.read_books()
    [prefix] = {number.rpartition("-")[0] for number in glass.numbers}
    assert books.numbers[prefix] == glass.numbers
    assert sum(total for _number, total in books.sales.values()) == glass.rupiah
    assert books.breaks == []
