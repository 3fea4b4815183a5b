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
from sales.models import Sale, Tablet
from sales.proof.verifying import verify_ledger
from sales.tablet.epochs import ask_all_again
from sales.tablet.receiving import read_file
from stands.models import Expo
from tests.browsing.axe import violations
from tests.browsing.test_receiving import sign_in
from tests.browsing.till import KEPT, all_sent, open_till, sell
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
OUTCOMES = ["refused", "held", "recorded", "replayed"]


@pytest.fixture
def till(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    browser_errors: BrowserErrors,
    kept: bool,
) -> Iterator[Page]:
    browser_errors.allow("ERR_INTERNET_DISCONNECTED")
    browser_errors.allow("ERR_FAILED")
    browser_errors.allow("status of 409")
    stand = make_stand(expo=make_running_expo(), code="A12")
    make_offer(stand=stand, product=make_product(name="Kopi rempah"), price_rupiah=25_000)
    context = new_context(service_workers="allow" if kept else "block")
    yield open_till(context, live_server, stand, kept=kept)
    remove_kept()


@KEPT
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


@KEPT
def test_what_can_never_be_sent_again_is_carried_to_the_organisers(
    till: Page,
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    browser_errors: BrowserErrors,
    tmp_path: Path,
) -> None:
    """The server was put back and the tablet never hears of it: everything goes by file, once."""
    root = tmp_path / "backups"
    root.mkdir()
    sell(till)
    all_sent(till)
    folder = make_backup(root, with_files=False)
    sell(till)
    sell(till)
    all_sent(till)
    till.context.set_offline(True)
    connection.close()
    with override_settings(ERASURES_FILE=tmp_path / "erasures.jsonl"):
        restore(folder, overwrite=True)
    sell(till)

    till.locator("[data-sync]").tap()
    till.get_by_role("button", name="Serahkan tanpa jaringan").tap()
    with till.expect_download() as download:
        till.get_by_role("button", name="Simpan semuanya sebagai berkas").tap()
    file = download.value.path().read_bytes()
    written = till.locator(".entry.is-file")
    expect(written).to_contain_text("4 catatan")
    expect(written).to_contain_text("Rp 100.000")
    code = written.locator("small").inner_text().rpartition("kode ")[2]
    assert violations(till) == []

    browser_errors.allow("status of 422")
    page = new_context().new_page()
    sign_in(page, live_server)
    outcomes = []
    for _twice in range(2):
        deliver(page, live_server, file)
        expect(page.locator(".receive-code")).to_have_text(code)
        expect(page.locator(".receive-sum dd")).to_have_text("Rp 100.000")
        page.get_by_role("button", name="Simpan ke buku").click()
        found = [page.locator(f".receive-outcome .is-{name} dd") for name in OUTCOMES]
        outcomes.append([one.inner_text() for one in found])
    assert outcomes == [["0", "0", "3", "1"], ["0", "0", "0", "4"]]
    assert Sale.objects.aggregate(sum=Sum("total_rupiah"))["sum"] == 100_000
    assert verify_ledger().breaks == []
    deliver(page, live_server, file.replace(b'"amount_rupiah":25000', b'"amount_rupiah":95000'))
    expect(page.locator(".field-error")).to_contain_text("sudah berubah")

    # Should it ever be connected again, nothing is doubled.
    till.context.set_offline(False)
    all_sent(till)
    assert Sale.objects.count() == 4


def test_tablet_that_the_server_lost_still_hands_over_what_it_sent(
    till: Page, browser_errors: BrowserErrors
) -> None:
    """Paired after the backup, it is unknown, and nothing of it waits: it was all answered."""
    browser_errors.allow("status of 401")
    sell(till)
    all_sent(till)
    Tablet.objects.filter(revoked_at=None).update(credential_hash="0" * 64)
    till.get_by_role("button", name="Lihat yang belum terkirim").tap(timeout=20_000)
    till.get_by_role("button", name="Serahkan tanpa jaringan").tap()
    with till.expect_download() as download:
        till.get_by_role("button", name="Simpan semuanya sebagai berkas").tap()
    delivery = read_file(download.value.path().read_bytes())
    assert [(one.number, one.amount_rupiah) for one in delivery.good] == [("A12-B-0001", 25_000)]
    assert delivery.expo == Expo.objects.get()


def deliver(page: Page, live_server: LiveServer, file: bytes) -> None:
    """Choose the file on the organisers' page and look at what is in it."""
    page.goto(f"{live_server.url}/admin/sales/terima/")
    page.locator("#id_file").set_input_files(
        {"name": "opop.json", "mimeType": "application/json", "buffer": file}
    )
    page.locator("#id_file ~ p button").click()


@KEPT
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
