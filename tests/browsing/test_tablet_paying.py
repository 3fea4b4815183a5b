"""The tablet's pay screen where the disk or the network is slow and a keeper's hands are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from sales.models import Cashier, Payment, SaleFlag, Voucher
from sales.tablet.cashier_pin import set_pin
from tests.browsing.test_tablet_voucher import ask_for, save, type_code, until_state
from tests.browsing.till import all_sent, numbers, open_till, tile
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand
from tests.vouchers import make_voucher

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page, Route
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand
    from tests.browser import BrowserErrors

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
]

SOON = 3_000  # ms: what a dead button would not be pressed within

# Nothing is written to the disk until `isFree` says so.
HOLD_THE_DISK = """() => new Promise((done) => {
  globalThis.isFree = false;
  indexedDB.open('opop-till').onsuccess = ({ target: { result: db } }) => {
    const tx = db.transaction(['meta', 'outbox', 'receipts'], 'readwrite');
    const meta = tx.objectStore('meta');
    const hold = () => {
      done();
      if (!globalThis.isFree) meta.get('owner').onsuccess = hold;
    };
    meta.get('owner').onsuccess = hold;
    tx.oncomplete = () => db.close();
  };
})"""


@pytest.fixture
def stand() -> Stand:
    stand = make_stand(expo=make_running_expo(), code="A12")
    for name, price in [("Kopi rempah", 80_000), ("Keripik tempe", 40_000)]:
        make_offer(stand=stand, product=make_product(name=name), price_rupiah=price)
    Cashier.objects.create(stand=stand, name="Aminah")
    return stand


@pytest.fixture
def till(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    stand: Stand,
    browser_errors: BrowserErrors,
) -> Page:
    browser_errors.allow("ERR_FAILED")
    browser_errors.allow("status of 403")
    return open_till(new_context(service_workers="block"), live_server, stand)


def free_the_disk(page: Page) -> None:
    page.evaluate("globalThis.isFree = true")


def test_pay_screen_waits_for_no_disk_and_a_sale_does(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    till.evaluate(HOLD_THE_DISK)
    till.locator("[data-pay]").tap()
    till.locator(".method", has_text="QRIS").tap(timeout=SOON)
    expect(till.get_by_role("radio", name="QRIS")).to_be_checked()
    till.locator(".method", has_text="Tunai").tap(timeout=SOON)
    till.locator(".quick-amount.is-exact").tap(timeout=SOON)
    till.wait_for_timeout(300)
    assert till.locator(".stamp").count() == 0
    free_the_disk(till)
    expect(till.locator(".stamp")).to_have_text("Tersimpan")
    all_sent(till)
    assert numbers() == ["A12-B-0001"]


# A view opens, and in the same moment somebody goes elsewhere.
QUICK_HANDS = """() => new Promise((done) => {
  document.querySelector('[data-menu]').click();
  document.querySelector('.sync').focus();
  requestAnimationFrame(() => requestAnimationFrame(() => done(document.activeElement.className)));
})"""


def test_keyboard_stays_where_somebody_put_it(till: Page) -> None:
    assert "sync" in till.evaluate(QUICK_HANDS)


# --- a sale that is being saved -------------------------------------------------------------------

CART_ON_DISK = """() => new Promise((done) => {
  indexedDB.open('opop-till').onsuccess = ({ target: { result: db } }) => {
    db.transaction('meta').objectStore('meta').get('cart').onsuccess = ({ target }) => {
      db.close();
      done(target.result);
    };
  };
})"""
PUT_CART_BACK = """(cart) => new Promise((done) => {
  indexedDB.open('opop-till').onsuccess = ({ target: { result: db } }) => {
    const tx = db.transaction('meta', 'readwrite');
    tx.objectStore('meta').put(cart, 'cart');
    tx.oncomplete = () => { db.close(); done(); };
  };
})"""


def test_nothing_changes_a_sale_that_is_being_saved(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap()
    till.get_by_role("button", name="Tambah catatan").tap()
    till.get_by_label("Catatan").fill("Bu Siti")
    till.evaluate(HOLD_THE_DISK)
    till.locator(".quick-amount.is-exact").tap()
    expect(till.get_by_label("Catatan")).not_to_be_editable()
    till.get_by_role("button", name="Kembali", exact=True).tap()
    till.locator("[data-menu]").tap()
    till.keyboard.press("Escape")
    expect(till.locator("#pay-title")).to_be_visible()
    free_the_disk(till)
    expect(till.locator(".stamp")).to_be_visible()
    assert till.evaluate(CART_ON_DISK)["cart"] == {"lines": [], "note": "", "uuid": None}


def test_cart_that_was_paid_does_not_come_back(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap()
    while not (cart := till.evaluate(CART_ON_DISK))["cart"]["uuid"]:
        till.wait_for_timeout(20)
    till.locator(".quick-amount.is-exact").tap()
    expect(till.locator(".stamp")).to_be_visible()
    till.evaluate(PUT_CART_BACK, cart)
    till.reload()
    expect(till.locator(".cart-empty")).to_be_visible()


def other_tab(till: Page) -> Page:
    """A second one, which may take over."""
    other = till.context.new_page()
    other.goto(till.url)
    expect(other.get_by_role("button", name="Pakai di sini")).to_be_visible()
    return other


def test_payment_ends_where_another_tab_took_over_as_it_was_saved(till: Page) -> None:
    other = other_tab(till)
    take_five_thousand(till)
    till.get_by_role("button", name="Tambah catatan").tap()
    till.evaluate(HOLD_THE_DISK)
    till.get_by_label("Catatan").fill("Bu Siti")
    till.locator(".quick-amount.is-exact").tap()
    other.get_by_role("button", name="Pakai di sini").tap()
    other.wait_for_timeout(300)
    free_the_disk(till)
    expect(other.locator("[data-pay] output")).to_have_text("Rp 80.000")
    till.get_by_role("button", name="Pakai di sini").tap()
    expect(till.locator("[data-pay]")).to_be_visible()


def test_tab_that_sells_no_more_says_nothing_of_what_waits(till: Page) -> None:
    till.locator(".sync").tap()
    other_tab(till).get_by_role("button", name="Pakai di sini").tap()
    expect(till.get_by_role("heading", level=1)).to_have_text("Kasir sudah terbuka di tab lain")
    expect(till.locator(".sync")).to_have_count(0)


# --- answers that come late -----------------------------------------------------------------------


class Held:
    """What the page asks at an address goes unanswered until `answer`."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.asked: list[Route] = []
        self.is_over = False
        page.route(f"**/{address}/", self.keep)

    def keep(self, route: Route) -> None:
        if self.is_over:
            route.continue_()
        else:
            self.asked.append(route)

    def until_asked(self, times: int = 1) -> None:
        for _ in range(100):
            if len(self.asked) >= times:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(self.asked)

    def answer(self) -> None:
        """Now the server answers the first, and the page has taken it in."""
        self.is_over = True
        with self.page.expect_response(self.asked[0].request.url):
            self.asked[0].continue_()
        self.page.wait_for_timeout(200)


def test_waiting_for_stock_holds_up_no_customer(till: Page) -> None:
    held = Held(till, "barang")
    till.locator("[data-menu]").tap()
    till.get_by_role("button", name="Barang dan stok").tap()
    till.get_by_role("button", name="Tandai habis").first.tap()
    held.until_asked()
    till.keyboard.press("Escape")
    till.keyboard.press("Escape")
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap(timeout=SOON)
    held.asked[0].abort()
    held.until_asked(2)
    held.asked[1].abort()
    till.wait_for_timeout(200)
    expect(till.get_by_role("alert")).to_have_count(0)
    till.locator(".quick-amount.is-exact").tap()
    expect(till.locator(".stamp")).to_be_visible()


@pytest.mark.parametrize("pin", ["2468", "1111"])
def test_late_answer_to_a_pin_leaves_the_payment_alone(till: Page, stand: Stand, pin: str) -> None:
    set_pin(stand.cashiers.get(), "2468", actor=None)
    till.reload()
    held = Held(till, "petugas")
    tile(till, "Kopi rempah").tap()
    till.get_by_role("button", name="Pilih nama").tap()
    till.get_by_role("button", name="Aminah").tap()
    till.get_by_label("PIN").fill(pin)
    till.keyboard.press("Enter")
    held.until_asked()
    till.locator("[data-menu]").tap()
    till.locator("[data-menu]").tap()
    till.locator("[data-pay]").tap(timeout=SOON)
    held.answer()
    expect(till.locator("#pay-title")).to_be_visible()
    expect(till.get_by_role("alert")).to_have_count(0)


# --- somebody looks elsewhere, or another customer comes ------------------------------------------


def take_five_thousand(page: Page) -> None:
    """The first part of a payment in cash, of which 75.000 are left."""
    tile(page, "Kopi rempah").tap()
    page.locator("[data-pay]").tap()
    for key in ("5", "000"):
        page.locator(".keypad button", has_text=re.compile(rf"^\s*{key}\s*$")).tap()
    page.get_by_role("button", name="Terima Rp 5.000 dulu").tap()
    expect(page.locator("[data-total]")).to_have_text("Rp 75.000")


def test_payment_is_found_again_as_it_was(till: Page) -> None:
    take_five_thousand(till)
    till.locator(".sync").tap()
    expect(till.get_by_role("button", name="Kirim sekarang")).to_be_visible()
    till.locator("[data-menu]").tap()
    till.locator("[data-menu]").tap()
    expect(till.locator("[data-total]")).to_have_text("Rp 75.000")
    till.locator(".quick-amount.is-exact").tap()
    expect(till.locator(".stamp")).to_be_visible()
    all_sent(till)
    assert list(Payment.objects.values_list("amount_rupiah", flat=True)) == [5_000, 75_000]


def test_practice_begins_with_no_payment(till: Page) -> None:
    take_five_thousand(till)
    till.locator("[data-menu]").tap()
    till.get_by_role("switch").check()
    till.locator("[data-menu]").tap()
    till.locator("[data-pay]").tap()
    expect(till.locator("[data-total]")).to_have_text("Rp 80.000")


def test_late_voucher_is_not_another_customers(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo)
    held = Held(till, "voucher")
    ask_for(till, "Kopi rempah")
    type_code(till, code)
    held.until_asked()
    till.get_by_role("button", name="Kembali", exact=True).tap()
    till.get_by_role("button", name="Kosongkan").tap()
    ask_for(till, "Keripik tempe")
    held.answer()
    expect(till.get_by_label("Kode voucher")).to_be_visible()
    expect(till.locator("[data-pays]")).to_have_count(0)
    until_state(till, voucher, Voucher.State.OPEN)


def test_same_customer_shows_it_once_more(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo)
    held = Held(till, "voucher")
    ask_for(till, "Kopi rempah")
    type_code(till, code)
    held.until_asked()
    till.get_by_role("button", name="Kembali", exact=True).tap()
    till.locator("[data-pay]").tap()
    till.locator(".method", has_text="Voucher").tap()
    type_code(till, code)
    held.answer()
    expect(till.locator("[data-pays]")).to_be_visible()
    save(till)
    all_sent(till)
    until_state(till, voucher, Voucher.State.REDEEMED)
    assert not SaleFlag.objects.exists()


# --- a newer page ---------------------------------------------------------------------------------

# A worker that has a newer page ready, and is told when it may take over.
NEWER_PAGE = """
const waiting = { postMessage: () => { globalThis.isReplaced = true; } };
const registration = { waiting, active: null, addEventListener: () => {}, update: async () => {} };
Object.defineProperty(navigator, 'serviceWorker', { value: {
  register: async () => registration, controller: { postMessage: () => {} },
  addEventListener: () => {},
} });
"""
HIDE = """() => {
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
  return globalThis.isReplaced ?? false;
}"""


def test_newer_page_waits_until_nothing_is_open(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, stand: Stand
) -> None:
    context = new_context()
    context.add_init_script(NEWER_PAGE)
    till = open_till(context, live_server, stand)
    expect(till.locator(".version-banner")).to_be_visible()
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap()
    till.locator(".quick-amount", has_text="kembali").first.tap()
    expect(till.locator(".big-change")).to_contain_text("Rp 20.000")
    assert not till.evaluate(HIDE)  # WhatsApp, to send the receipt
    till.locator("[data-next]").tap()
    till.locator("[data-menu]").tap()
    assert not till.evaluate(HIDE)
    till.locator("[data-menu]").tap()
    assert till.evaluate(HIDE)


def test_page_that_another_tab_renewed_is_opened_anew(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, stand: Stand
) -> None:
    context = new_context()
    context.add_init_script(f"{NEWER_PAGE} globalThis.letIn = () => (registration.waiting = null);")
    till = open_till(context, live_server, stand)
    till.evaluate("globalThis.isOld = true; letIn()")
    till.get_by_role("button", name="Pakai sekarang").tap()
    till.wait_for_function("!globalThis.isOld", timeout=SOON)


# --- by keyboard ----------------------------------------------------------------------------------


def test_held_enter_pays_and_presses_nothing_else(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap()
    till.locator(".quick-amount.is-exact").focus()
    till.keyboard.down("Enter")
    expect(till.locator("[data-next]")).to_be_focused()
    till.keyboard.down("Enter")
    till.keyboard.down("Enter")
    till.keyboard.up("Enter")
    expect(till.locator(".stamp")).to_be_visible()
    till.keyboard.press("Enter")
    expect(till.locator(".cart-empty")).to_be_visible()


def test_keyboard_stays_where_it_was_while_something_is_waited_for(
    till: Page, stand: Stand
) -> None:
    _voucher, code = make_voucher(stand.expo)
    held = Held(till, "voucher")
    ask_for(till, "Kopi rempah")
    type_code(till, code)
    held.until_asked()
    expect(till.get_by_label("Kode voucher")).to_be_focused()
    till.keyboard.press("Tab")
    expect(till.locator("[data-check]")).to_be_focused()


def test_keyboard_follows_to_the_pin_and_stays_at_the_goods(till: Page, stand: Stand) -> None:
    set_pin(stand.cashiers.get(), "2468", actor=None)
    with till.expect_response("**/kabar/"):
        till.reload()
    till.wait_for_timeout(200)
    till.get_by_role("button", name="Pilih nama").press("Enter")
    till.get_by_role("button", name="Aminah").press("Enter")
    expect(till.get_by_role("heading", name="PIN Aminah")).to_be_focused()
    held = Held(till, "barang")
    till.locator("[data-menu]").press("Enter")
    till.get_by_role("button", name=re.compile("Barang dan stok")).press("Enter")
    up = till.get_by_role("button", name="Naikkan Kopi rempah")
    up.press("Enter")
    held.until_asked()
    expect(up).to_be_focused()
