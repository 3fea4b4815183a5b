"""Vouchers at the tablet in a real Chromium: scanned, typed, split, on trust, given back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from sales.models import Payment, Sale, SaleFlag, Voucher, VoucherEntry
from sales.vouchers.codes import as_printed
from sales.vouchers.issuing import set_rules
from tests.browser import ARGUMENTS, BrowserErrors
from tests.browsing.axe import violations
from tests.browsing.test_receiving import film
from tests.browsing.till import KEPT, all_sent, open_till, tile
from tests.ledger import make_keeper, make_running_expo, sign_in
from tests.make import make_offer, make_product, make_stand
from tests.vouchers import make_finance, make_voucher, make_vouchers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, BrowserType, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shown_alike,
]


@pytest.fixture
def stand() -> Stand:
    stand = make_stand(expo=make_running_expo(), code="A12", name="Pesantren Sunan Drajat")
    for name, price in [("Kopi rempah", 80_000), ("Keripik tempe", 40_000)]:
        make_offer(stand=stand, product=make_product(name=name), price_rupiah=price, stock=None)
    return stand


@pytest.fixture
def till(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    stand: Stand,
    browser_errors: BrowserErrors,
    kept: bool,
) -> Page:
    for complaint in ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "status of 409"):
        browser_errors.allow(complaint)
    context = new_context(service_workers="allow" if kept else "block")
    return open_till(context, live_server, stand, kept=kept)


def ask_for(page: Page, *goods: str) -> None:
    """Put these into the cart and open the voucher's side of the payment."""
    for name in goods:
        tile(page, name).tap()
    page.locator("[data-pay]").tap()
    page.locator(".method", has_text="Voucher").tap()
    expect(page.get_by_role("radio", name="Voucher")).to_be_checked()


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Kode voucher").fill(code)
    page.get_by_label("Kode voucher").press("Enter")


def save(page: Page) -> None:
    page.locator("[data-save]").tap()
    expect(page.locator(".stamp")).to_have_text("Tersimpan")


def state_of(voucher: Voucher) -> str:
    voucher.refresh_from_db()
    return voucher.state


def until_state(page: Page, voucher: Voucher, state: str) -> None:
    for _ in range(100):
        if state_of(voucher) == state:
            return
        page.wait_for_timeout(100)
    assert state_of(voucher) == state


def test_typed_voucher_pays_and_says_what_is_forfeited(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo, value_rupiah=100_000)
    ask_for(till, "Kopi rempah")
    assert violations(till) == []
    type_code(till, as_printed(code).lower())
    expect(till.locator("[data-pays]")).to_have_text("Rp 80.000")
    expect(till.locator("[data-forfeits]")).to_have_text("Rp 20.000")
    expect(till.locator("[data-save]")).to_be_focused()
    assert violations(till) == []
    assert state_of(voucher) == Voucher.State.CLAIMED
    save(till)
    expect(till.locator(".paper")).to_contain_text("Voucher No. 0001")
    all_sent(till)
    until_state(till, voucher, Voucher.State.REDEEMED)
    entry = VoucherEntry.objects.get()
    assert (entry.used_rupiah, entry.forfeited_rupiah, entry.problem) == (80_000, 20_000, "")
    kept = till.evaluate(DUMP)
    assert '"voucher_number":"0001"' in kept
    assert code not in kept


# Everything that this browser keeps of the till, as text.
DUMP = """async () => {
  const open = indexedDB.open("opop-till");
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result); });
  const all = [];
  for (const name of db.objectStoreNames) {
    const asked = db.transaction(name).objectStore(name).getAll();
    all.push(await new Promise((done) => { asked.onsuccess = () => done(asked.result); }));
  }
  db.close();
  return JSON.stringify(all);
}"""


def test_rest_is_paid_in_cash(till: Page, stand: Stand) -> None:
    _voucher, code = make_voucher(stand.expo, value_rupiah=50_000)
    ask_for(till, "Kopi rempah")
    type_code(till, code)
    expect(till.locator("[data-rest]")).to_have_text("Rp 30.000")
    till.get_by_role("button", name="Pakai voucher, lalu bayar Rp 30.000").tap()
    expect(till.locator("[data-total]")).to_have_text("Rp 30.000")
    till.locator(".quick-amount", has_text="Uang pas").tap()
    expect(till.locator(".stamp")).to_be_visible()
    all_sent(till)
    assert list(Payment.objects.values_list("method", "amount_rupiah")) == [
        ("voucher", 50_000),
        ("cash", 30_000),
    ]
    assert not SaleFlag.objects.exists()


def test_refusals_are_told_in_plain_words(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo)
    Voucher.objects.filter(pk=voucher.pk).update(
        state="void", void_reason="hilang", voided_at="2026-11-25T03:00:00Z"
    )
    ask_for(till, "Kopi rempah")
    type_code(till, "ABC")
    expect(till.get_by_role("alert")).to_contain_text("salah ketik")
    type_code(till, code)
    expect(till.get_by_role("alert")).to_have_text("Voucher No. 0001 sudah dihapuskan panitia.")
    assert violations(till) == []


def test_customer_changes_his_mind(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo)
    ask_for(till, "Kopi rempah")
    type_code(till, code)
    expect(till.locator("[data-pays]")).to_be_visible()
    till.get_by_role("button", name="Tidak jadi pakai voucher ini").tap()
    until_state(till, voucher, Voucher.State.OPEN)
    # Asked again for the same sale, taken, and then the whole payment is left.
    type_code(till, code)
    expect(till.locator("[data-pays]")).to_be_visible()
    till.get_by_role("button", name="Kembali").tap()
    until_state(till, voucher, Voucher.State.OPEN)
    assert not Sale.objects.exists()


@KEPT
def test_release_waits_for_the_network(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo)
    ask_for(till, "Kopi rempah")
    type_code(till, code)
    expect(till.locator("[data-pays]")).to_be_visible()
    till.context.set_offline(True)
    till.get_by_role("button", name="Tidak jadi pakai voucher ini").tap()
    till.wait_for_timeout(500)
    assert state_of(voucher) == Voucher.State.CLAIMED
    till.reload()
    expect(till.locator(".tile").first).to_be_visible()
    till.context.set_offline(False)
    until_state(till, voucher, Voucher.State.OPEN)


@KEPT
def test_voucher_needs_the_network_unless_the_organisers_allow_it(till: Page, stand: Stand) -> None:
    _voucher, code = make_voucher(stand.expo)
    till.context.set_offline(True)
    ask_for(till, "Kopi rempah")
    type_code(till, code)
    expect(till.get_by_role("alert")).to_contain_text("Tidak ada jaringan")
    expect(till.locator("[data-save]")).to_have_count(0)


@KEPT
def test_voucher_on_trust_within_the_limit(till: Page, stand: Stand) -> None:
    (good, first), (_, second) = make_vouchers(stand.expo, quantity=2, value_rupiah=50_000)
    set_rules(stand.expo, offline_limit_rupiah=60_000, actor=make_finance())
    till.reload()
    expect(till.locator("[data-sync=sent]")).to_be_visible()
    till.wait_for_timeout(500)
    till.context.set_offline(True)
    ask_for(till, "Keripik tempe")
    type_code(till, first)
    expect(till.locator(".voucher-trust")).to_contain_text("belum diperiksa")
    save(till)
    till.locator("[data-next]").tap()
    # 20.000 are left of the limit: 40.000 are too much.
    ask_for(till, "Keripik tempe")
    type_code(till, second)
    expect(till.locator("[data-pays]")).to_have_text("Rp 40.000")
    expect(till.get_by_role("alert")).to_contain_text("tidak boleh menerima voucher lagi")
    expect(till.locator("[data-save]")).to_be_disabled()
    till.context.set_offline(False)
    until_state(till, good, Voucher.State.REDEEMED)
    assert [one.kind for one in VoucherEntry.objects.all()] == ["used"]


@KEPT
def test_clash_of_a_voucher_on_trust_is_flagged(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo, value_rupiah=50_000)
    set_rules(stand.expo, offline_limit_rupiah=60_000, actor=make_finance())
    till.reload()
    expect(till.locator("[data-sync=sent]")).to_be_visible()
    till.wait_for_timeout(500)
    till.context.set_offline(True)
    ask_for(till, "Keripik tempe")
    type_code(till, code)
    save(till)
    Voucher.objects.filter(pk=voucher.pk).update(
        state="void", void_reason="hilang", voided_at="2026-11-25T03:00:00Z"
    )
    till.context.set_offline(False)
    all_sent(till)
    assert SaleFlag.objects.get().kind == SaleFlag.Kind.VOUCHER_CLASH
    assert VoucherEntry.objects.get().problem == VoucherEntry.Problem.VOID


def test_reversal_gives_the_voucher_back(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo, value_rupiah=100_000)
    ask_for(till, "Kopi rempah", "Keripik tempe")
    type_code(till, code)
    till.get_by_role("button", name="Pakai voucher, lalu bayar Rp 20.000").tap()
    till.locator(".quick-amount", has_text="Uang pas").tap()
    expect(till.locator(".stamp")).to_be_visible()
    till.get_by_role("button", name="Batalkan nota ini").tap()
    till.get_by_role("radio", name="Pembeli batal").check(force=True)
    ways = till.locator(".give-back li")
    expect(ways).to_have_text(
        [
            re.compile(r"Kembalikan Rp 20\.000 ke pembeli \(Tunai\)"),
            re.compile(r"Rp 100\.000 kembali ke voucher"),
        ]
    )
    assert violations(till) == []
    save(till)
    all_sent(till)
    until_state(till, voucher, Voucher.State.OPEN)
    assert not SaleFlag.objects.exists()


@pytest.fixture
def camera_till(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    live_server: LiveServer,
    stand: Stand,
    tmp_path: Path,
) -> Iterator[tuple[Page, Voucher]]:
    """A tablet whose camera sees a poster first and then a voucher."""
    voucher, code = make_voucher(stand.expo, value_rupiah=100_000)
    seen = film(tmp_path / "camera.y4m", ["https://example.com/", code])
    fake = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": [*ARGUMENTS, *fake]})
    errors = BrowserErrors()
    try:
        context = browser.new_context(
            locale="id-ID",
            viewport={"width": 1280, "height": 800},
            has_touch=True,
            service_workers="block",
        )
        errors.watch(context)
        yield open_till(context, live_server, stand), voucher
        context.close()
    finally:
        browser.close()
    assert errors.unexpected() == []


def test_camera_reads_the_voucher(camera_till: tuple[Page, Voucher]) -> None:
    page, voucher = camera_till
    ask_for(page, "Kopi rempah")
    page.get_by_role("button", name="Pindai dengan kamera").tap()
    expect(page.locator(".scan-stage video")).to_be_visible()
    expect(page.locator("[data-pays]")).to_have_text("Rp 80.000", timeout=30_000)
    expect(page.locator("h2", has_text="Voucher No. 0001")).to_be_visible()
    save(page)
    all_sent(page)
    until_state(page, voucher, Voucher.State.REDEEMED)


def test_voucher_by_keyboard_alone(till: Page, stand: Stand) -> None:
    voucher, code = make_voucher(stand.expo, value_rupiah=80_000)
    tile(till, "Kopi rempah").focus()
    till.keyboard.press("Enter")
    till.locator("[data-pay]").focus()
    till.keyboard.press("Enter")
    # The panel takes the keyboard when it stands.
    expect(till.locator("#pay-title")).to_be_focused()
    till.get_by_role("radio", name="Tunai").focus()
    till.keyboard.press("ArrowLeft")  # round to the last one
    expect(till.get_by_role("radio", name="Voucher")).to_be_checked()
    for _ in range(6):
        till.keyboard.press("Tab")
        if till.evaluate("document.activeElement.name") == "voucher":
            break
    till.keyboard.type(code)
    till.keyboard.press("Enter")
    expect(till.locator("[data-save]")).to_be_focused()
    till.keyboard.press("Enter")
    expect(till.locator(".stamp")).to_be_visible()
    all_sent(till)
    until_state(till, voucher, Voucher.State.REDEEMED)


def test_plain_form_shows_the_voucher_first(
    page: Page, live_server: LiveServer, stand: Stand
) -> None:
    voucher, code = make_voucher(stand.expo, value_rupiah=100_000)
    client = sign_in(Client(), make_keeper(stand=stand))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page.goto(f"{live_server.url}/kasir/")
    page.locator(".tile-face", has_text="Kopi rempah").click()
    page.get_by_text("Bayar dengan voucher").click()
    page.get_by_label("Kode voucher").fill(as_printed(code))
    page.get_by_role("button", name="Bayar dan simpan").click()
    expect(page.locator(".voucher-sums")).to_contain_text("Rp 20.000")
    expect(page.locator("[data-cash]")).to_be_hidden()
    assert violations(page) == []
    assert not Sale.objects.exists()
    page.get_by_role("button", name="Bayar dan simpan").click()
    expect(page.locator(".paper")).to_contain_text("Voucher No. 0001")
    assert state_of(voucher) == Voucher.State.REDEEMED
