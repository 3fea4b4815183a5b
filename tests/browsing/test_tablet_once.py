"""A sale at the tablet's till is made once and called saved when it is, whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browsing.till import KEPT, all_sent, numbers, sell, tile

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
]

CART_IS_KEPT = """() => new Promise((done, failed) => {
  const opening = indexedDB.open('opop-till');
  opening.onerror = failed;
  opening.onsuccess = () => {
    const reading = opening.result.transaction('meta').objectStore('meta').get('cart');
    reading.onerror = failed;
    reading.onsuccess = () => {
      opening.result.close();
      done(reading.result?.cart.lines.length === 1);
    };
  };
})"""


def test_hundred_taps_are_one_sale(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap()
    expect(till.locator(".quick-amount.is-exact")).to_be_enabled()
    till.evaluate(
        """() => {
          const button = document.querySelector('.quick-amount.is-exact');
          for (let n = 0; n < 100; n += 1) button.click();
        }"""
    )
    expect(till.locator(".stamp")).to_be_visible()
    till.locator("[data-next]").tap()
    all_sent(till)
    assert numbers() == ["A12-B-0001"]


@KEPT
def test_reload_at_each_step_makes_no_second_sale(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    expect(till.locator("[data-pay] output")).to_have_text("Rp 25.000")
    # A cart is written behind what is shown, and a reload in between would come before it.
    while not till.evaluate(CART_IS_KEPT):
        till.wait_for_timeout(20)
    till.reload()
    expect(till.locator("[data-pay] output")).to_have_text("Rp 25.000")
    till.locator("[data-pay]").tap()
    expect(till.locator(".quick-amount.is-exact")).to_be_enabled()
    till.reload()
    expect(till.locator("[data-pay] output")).to_have_text("Rp 25.000")
    till.locator("[data-pay]").tap()
    till.locator(".quick-amount.is-exact").tap()
    expect(till.locator(".stamp")).to_be_visible()
    till.reload()
    expect(till.locator(".cart-empty")).to_be_visible()
    all_sent(till)
    assert numbers() == ["A12-B-0001"]


@KEPT
def test_back_button_after_a_sale_makes_no_second_one(till: Page, live_server: LiveServer) -> None:
    sell(till)
    till.goto(f"{live_server.url}/")
    till.go_back()
    expect(till.locator(".cart-empty")).to_be_visible()
    all_sent(till)
    assert numbers() == ["A12-B-0001"]


@KEPT
def test_second_tab_waits_and_may_take_over(till: Page, live_server: LiveServer) -> None:
    tile(till, "Kopi rempah").tap()
    other = till.context.new_page()
    other.goto(f"{live_server.url}/kasir/tablet/")
    expect(other.get_by_role("heading", level=1)).to_have_text("Kasir sudah terbuka di tab lain")
    other.get_by_role("button", name="Pakai di sini").tap()
    expect(other.locator("[data-pay] output")).to_have_text("Rp 25.000")
    expect(till.get_by_role("heading", level=1)).to_have_text("Kasir sudah terbuka di tab lain")
    other.locator("[data-pay]").tap()
    other.locator(".quick-amount.is-exact").tap()
    expect(other.locator(".stamp")).to_be_visible()
    other.close()
    expect(till.locator(".cart-empty")).to_be_visible()
    assert sell(till) == "A12-B-0002"
    all_sent(till)
    assert numbers() == ["A12-B-0001", "A12-B-0002"]


def test_nothing_is_called_saved_that_was_not(till: Page) -> None:
    tile(till, "Kopi rempah").tap()
    till.locator("[data-pay]").tap()
    till.evaluate(
        """() => {
          const add = IDBObjectStore.prototype.add;
          IDBObjectStore.prototype.add = function () {
            throw new DOMException('full', 'QuotaExceededError');
          };
          window.mend = () => { IDBObjectStore.prototype.add = add; };
        }"""
    )
    till.locator(".quick-amount.is-exact").tap()
    expect(till.get_by_role("alert")).to_contain_text("BELUM tersimpan")
    assert till.locator(".stamp").count() == 0
    till.evaluate("window.mend()")
    till.locator(".quick-amount.is-exact").tap()
    expect(till.locator(".stamp")).to_be_visible()
    till.locator("[data-next]").tap()
    all_sent(till)
    assert numbers() == ["A12-B-0001"]
