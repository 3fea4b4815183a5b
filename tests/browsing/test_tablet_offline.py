"""A real tablet page in a real Chromium, a real gunicorn: nothing that it called saved is lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from stands.clock import business_date
from tests.browser import ARGUMENTS, BrowserErrors, find_headless
from tests.faults.proxy import FaultProxy, fault_proxy, seed_of_this_run
from tests.faults.server import Portal, engine_of_this_run, portal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Locator, Page, Playwright

    from tests.faults.books import Books

HOST = "127.0.0.1"
STANDS = 6
ARRIVAL_SECONDS = 90
# `make soak-browser` sells 2.000.
SALES_UNDER_FAULTS = int(os.environ.get("SALES_UNDER_FAULTS") or 30)
SALES_BETWEEN_KILLS = 200
COOKIE_SECONDS = 60


class Glass:
    """One piece of glass: a Chromium with a profile of its own that outlives its processes."""

    def __init__(
        self, playwright: Playwright, profile: Path, proxy: FaultProxy, there: Portal, stand: str
    ) -> None:
        self.there = there
        self.stand = stand
        self.goods = [f"Barang {number} {stand}" for number in (1, 2, 3)]
        self.playwright = playwright
        self.profile = profile
        self.proxy = proxy
        self.url = f"http://{HOST}:{proxy.port}"
        self.context: BrowserContext | None = None
        self.errors = BrowserErrors()
        self.numbers: list[str] = []
        # What it has asked its customers for.
        self.rupiah = 0
        # Milliseconds that its clock is ahead, when it is switched on the next time.
        self.ahead_ms = 0

    def switch_on(self) -> Page:
        """Start the browser and open the till's page."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=find_headless(),
            args=ARGUMENTS,
            viewport={"width": 1280, "height": 800},
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        self.errors.watch(self.context)
        if self.ahead_ms:
            self.context.add_init_script(f"({CLOCK_AHEAD})({self.ahead_ms})")
        return self.context.pages[0]

    def kill(self) -> None:
        """SIGKILL to the browser with all its processes, as when the battery is gone.

        Chromium writes a fresh cookie to the disk within half a minute, and until then the pairing
        is lost with it (never the sales): wait for that.
        """
        deadline = time.monotonic() + COOKIE_SECONDS
        while not self._cookie_is_on_disk():
            assert time.monotonic() < deadline, "the pairing never reached the disk"
            time.sleep(0.5)
        for pid in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while self._processes():
            assert time.monotonic() < deadline, "Chromium survived SIGKILL"
            time.sleep(0.05)
        self.switch_off()

    def switch_off(self) -> None:
        if self.context is not None:
            with contextlib.suppress(PlaywrightError):
                self.context.close()
            self.context = None
        assert self.errors.take_refusals() == []

    def pair(self, page: Page) -> None:
        """Scan a code that an organiser has made, and say yes."""
        code = self.there.pairing_code(self.stand)
        page.goto(f"{self.url}/kasir/pasang/{code}/")
        page.get_by_role("button", name="Pasangkan").click()
        page.wait_for_url("**/kasir/tablet/")
        self.wait_until_it_can_sell(page)

    def wait_until_it_can_sell(self, page: Page) -> None:
        expect(tile(page, self.goods[0])).to_be_visible(timeout=20_000)
        # Kept for the time without a network.
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def sell(self, page: Page, good: str) -> str:
        """Three taps and 'next'; the number on the screen."""
        tile(page, good).click()
        page.locator("[data-pay]").click()
        asked = page.locator("[data-total]").inner_text()
        page.locator(".quick-amount.is-exact").click()
        expect(page.get_by_role("status").filter(has_text="Tersimpan")).to_be_visible()
        number = page.locator(".receipt-number").inner_text()
        page.locator("[data-next]").click()
        self.numbers.append(number)
        self.rupiah += int("".join(filter(str.isdigit, asked)))
        return number

    def _cookie_is_on_disk(self) -> bool:
        for name in ("Default/Cookies", "Default/Network/Cookies"):
            if (self.profile / name).exists():
                with contextlib.closing(sqlite3.connect(self.profile / name)) as cookies:
                    found = cookies.execute("SELECT 1 FROM cookies WHERE name = 'opop_till'")
                    return found.fetchone() is not None
        return False

    def _processes(self) -> list[int]:
        mark = str(self.profile)
        if Path("/proc/self/cmdline").exists():
            return [
                int(folder.name)
                for folder in Path("/proc").iterdir()
                if folder.name.isdigit() and _cmdline(folder).find(mark) >= 0
            ]
        found = subprocess.run(["pgrep", "-f", mark], capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]


CLOCK_AHEAD = """(ahead) => {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length) super(...given);
      else super(Real.now() + ahead);
    }
    static now() { return Real.now() + ahead; }
  };
}"""


def _cmdline(folder: Path) -> str:
    try:
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        # A zombie has no command line, and pytest's own may name the folder.
        return "" if int(folder.name) == os.getpid() else command
    except OSError:
        return ""


def tile(page: Page, good: str) -> Locator:
    return page.locator("button.tile", has_text=good)


@pytest.fixture(scope="module")
def there() -> Iterator[Portal]:
    """The portal as in production, for all stories of this module."""
    with portal(engine_of_this_run(), tablets=2 * STANDS, pages=True) as running:
        yield running


@pytest.fixture
def proxy(there: Portal) -> Iterator[FaultProxy]:
    """The network of the hall, without faults until a test asks for them."""
    with fault_proxy(there.port, seed=seed_of_this_run()) as between:
        between.active = False
        yield between


@pytest.fixture
def glass(
    playwright: Playwright, tmp_path: Path, proxy: FaultProxy, there: Portal
) -> Iterator[Glass]:
    """A new tablet for a stand that no other story has touched."""
    stand = there.stands.pop(0)
    one = Glass(playwright, tmp_path / "profile", proxy, there, stand)
    yield one
    one.switch_off()


def arrived(there: Portal, glass: Glass) -> Books:
    """The books, once all that the glass showed is in them."""
    prefix = glass.numbers[0].rpartition("-")[0]
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while True:
        books = there.read_books()
        if len(books.numbers.get(prefix, [])) >= len(glass.numbers):
            assert books.numbers[prefix] == glass.numbers
            assert glass.rupiah == sum(
                total for number, total in books.sales.values() if number in set(glass.numbers)
            )
            assert books.breaks == []
            return books
        assert time.monotonic() < deadline, f"only {books.numbers.get(prefix)} of {glass.numbers}"
        time.sleep(0.5)


def flags_of(books: Books, glass: Glass) -> set[str]:
    """What an organiser is asked to look at, of this glass."""
    return {
        flag
        for number, flags in books.flags_of.items()
        if number in glass.numbers
        for flag in flags
    }


@pytest.mark.shown_alike
def test_twenty_one_sales_survive_a_dead_network_and_a_dead_browser(
    there: Portal, glass: Glass
) -> None:
    page = glass.switch_on()
    glass.pair(page)
    glass.sell(page, glass.goods[0])
    glass.proxy.unplug()
    page.reload()
    glass.wait_until_it_can_sell(page)
    for number in range(20):
        glass.sell(page, glass.goods[number % 3])
    glass.kill()
    page = glass.switch_on()
    page.goto(f"{glass.url}/kasir/tablet/")
    glass.wait_until_it_can_sell(page)
    glass.proxy.plug_in()
    arrived(there, glass)
    assert len(set(glass.numbers)) == 21
    assert glass.sell(page, glass.goods[0]).endswith("-0022")


@pytest.mark.story
def test_sales_under_faults_are_there_once_each(there: Portal, glass: Glass) -> None:
    page = glass.switch_on()
    glass.pair(page)
    glass.proxy.active = True
    seed = seed_of_this_run()
    print(f"FAULT_SEED={seed}, {SALES_UNDER_FAULTS} sales")
    chance = random.Random(seed)
    for number in range(SALES_UNDER_FAULTS):
        glass.sell(page, glass.goods[number % 3])
        if number % 100 == 15:
            page.reload()
            glass.wait_until_it_can_sell(page)
        if number % SALES_BETWEEN_KILLS == 20:
            there.kill_worker(chance)
        if number == SALES_UNDER_FAULTS // 2:
            there.restart_database()
    arrived(there, glass)
    print(f"{dict(glass.proxy.done)}, {there.kills} workers killed, {there.restarts} restarts")
    assert sum(glass.proxy.done.values()) > 0


@pytest.mark.shown_alike
@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_a_day_off_sells_on_the_right_day(there: Portal, glass: Glass, days: int) -> None:
    glass.ahead_ms = days * 24 * 60 * 60 * 1000
    page = glass.switch_on()
    glass.pair(page)
    glass.proxy.unplug()
    glass.sell(page, glass.goods[0])
    before = business_date(dt.datetime.now(dt.UTC)).isoformat()
    glass.proxy.plug_in()
    books = arrived(there, glass)
    after = business_date(dt.datetime.now(dt.UTC)).isoformat()
    assert set(books.days) <= {before, after}
    assert flags_of(books, glass) == {"clock_off"}


@pytest.mark.shown_alike
def test_revoked_and_paired_again_it_delivers_what_it_kept(there: Portal, glass: Glass) -> None:
    page = glass.switch_on()
    glass.pair(page)
    glass.proxy.unplug()
    for _ in range(3):
        glass.sell(page, glass.goods[0])
    there.revoke_tablets(glass.stand)
    glass.proxy.plug_in()
    page.wait_for_timeout(3_000)
    assert not set(glass.numbers) & {n for ns in there.read_books().numbers.values() for n in ns}
    glass.pair(page)
    glass.sell(page, glass.goods[0])
    arrived(there, glass)


@pytest.mark.shown_alike
def test_everything_changes_while_it_is_offline(there: Portal, glass: Glass) -> None:
    """Sessions gone, another SECRET_KEY, prices, goods and names changed: all is recorded."""
    page = glass.switch_on()
    glass.pair(page)
    glass.proxy.unplug()
    glass.sell(page, glass.goods[0])
    glass.sell(page, glass.goods[1])
    there.change_offers(glass.stand)
    there.rename_stand(glass.stand)
    there.forget_sessions_and_secret()
    glass.proxy.plug_in()
    books = arrived(there, glass)
    assert flags_of(books, glass) == {"price_differed", "offer_withdrawn"}
