"""A real tablet after a real restore: it sends again what the server took and lost, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import override_settings
from playwright.sync_api import expect

from opop_expo.backups.restoring import restore
from opop_expo.backups.writing import make_backup
from sales.models import Sale
from sales.proof.verifying import verify_ledger
from sales.tablet.epochs import ask_all_again
from tests.browsing.axe import violations
from tests.browsing.test_tablet import all_sent, open_till, sell
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand
from tests.opop_expo.backups import remove_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("alone_with_the_database"),
    pytest.mark.shown_alike,
]

HOW_MANY_KEPT = """() => new Promise((done, failed) => {
  const opening = indexedDB.open('opop-till-sent');
  opening.onerror = failed;
  opening.onsuccess = () => {
    const counting = opening.result.transaction('sent').objectStore('sent').count();
    counting.onsuccess = () => { opening.result.close(); done(counting.result); };
  };
})"""

# New sales find room, and what is put back none, until `isFull` is taken away.
FULL = """() => {
  globalThis.isFull = true;
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...key) {
    if (globalThis.isFull && this.name === 'outbox') {
      throw new DOMException('full', 'QuotaExceededError');
    }
    return put.call(this, value, ...key);
  };
}"""
NOT_AGAIN = "Perlu kirim ulang"


@pytest.fixture
def till(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    browser_errors: BrowserErrors,
) -> Iterator[Page]:
    browser_errors.allow("ERR_INTERNET_DISCONNECTED")
    browser_errors.allow("ERR_FAILED")
    browser_errors.allow("status of 409")
    stand = make_stand(expo=make_running_expo(), code="A12")
    make_offer(stand=stand, product=make_product(name="Kopi rempah"), price_rupiah=25_000)
    yield open_till(new_context(service_workers="allow"), live_server, stand)
    remove_kept()


def test_restored_server_gets_again_what_it_had_answered(till: Page, tmp_path: Path) -> None:
    root = tmp_path / "backups"
    root.mkdir()
    sell(till)
    all_sent(till)
    folder = make_backup(root, with_files=False)
    numbers = [sell(till), sell(till)]
    all_sent(till)
    assert till.evaluate(HOW_MANY_KEPT) == 3
    before = Sale.objects.aggregate(sum=Sum("total_rupiah"))["sum"]

    # Without the network, as while the server is put back; a sale waits meanwhile.
    till.context.set_offline(True)
    connection.close()
    with override_settings(ERASURES_FILE=tmp_path / "erasures.jsonl"):
        done = restore(folder, overwrite=True)
    assert sum(one.sales for one in done.missing) == 2
    numbers.append(sell(till))
    assert Sale.objects.count() == 1
    till.context.set_offline(False)
    all_sent(till)
    # In the order in which they were sold, what was lost first.
    assert list(Sale.objects.order_by("sequence").values_list("number", flat=True)) == [
        "A12-B-0001",
        *numbers,
    ]
    assert Sale.objects.aggregate(sum=Sum("total_rupiah"))["sum"] == before + 25_000
    assert verify_ledger().breaks == []

    # Opened again it knows that epoch, and has nothing to send.
    till.reload()
    all_sent(till)
    assert Sale.objects.count() == 4


def test_epoch_is_asked_for_before_anything_newer_is_taken(till: Page) -> None:
    """The server says so at a sale already, not only at the next contact."""
    sell(till)
    all_sent(till)
    asked: list[str] = []
    till.on("request", lambda request: asked.append(request.url.rsplit("/", 2)[-2]))
    till.route("**/kabar/", lambda route: route.abort())
    ask_all_again()
    sell(till)
    all_sent(till)
    # Refused once, then both together.
    assert [one for one in asked if one != "kabar"][:2] == ["penjualan", "kiriman"]
    assert Sale.objects.count() == 2
    assert till.evaluate(HOW_MANY_KEPT) == 2


def test_keeper_sees_what_could_not_be_sent_again_and_what_to_do(till: Page) -> None:
    sell(till)
    all_sent(till)
    till.evaluate(FULL)
    ask_all_again()
    expect(till.locator("[data-sync=waiting]")).to_contain_text(NOT_AGAIN, timeout=20_000)
    expect(till.get_by_text("Tetap bisa jualan; beri tahu panitia.")).to_be_visible()
    sell(till)
    for _ in range(100):
        if Sale.objects.count() == 2:
            break
        till.wait_for_timeout(50)

    till.get_by_role("button", name="Lihat").tap()
    expect(till.get_by_text("masih tersimpan di tablet ini (1).")).to_be_visible()
    expect(till.get_by_text("Semua penjualan tablet ini sudah sampai")).to_be_hidden()
    assert violations(till) == []
    assert Sale.objects.count() == 2
    till.evaluate("isFull = false")
    # Sooner than it would by itself.
    till.get_by_role("button", name="Kirim sekarang").tap()
    all_sent(till)
    expect(till.get_by_text("Semua penjualan tablet ini sudah sampai")).to_be_visible()
    assert Sale.objects.count() == 2


def test_tablet_opened_anew_knows_what_could_not_be_sent_again(till: Page) -> None:
    sell(till)
    all_sent(till)
    till.evaluate(FULL)
    ask_all_again()
    expect(till.locator("[data-sync=waiting]")).to_contain_text(NOT_AGAIN, timeout=20_000)
    till.context.set_offline(True)
    till.reload()
    expect(till.locator("[data-sync=alone]")).to_contain_text(NOT_AGAIN, timeout=20_000)
    till.context.set_offline(False)
    all_sent(till)
