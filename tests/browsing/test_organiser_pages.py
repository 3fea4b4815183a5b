"""The organisers' pages of money and goods: readable for everyone, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sales.models import VoucherBatch
from tests.bank import make_statement
from tests.browsing.axe import violations
from tests.closings import make_close
from tests.ledger import make_sale, make_shop
from tests.vouchers import make_vouchers

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

PAGES = [
    "/admin/",
    "/admin/sales/harian/",
    "/admin/sales/bank/",
    "/admin/sales/bank/daftar/",
    "/admin/sales/bank/unggah/",
    "/admin/sales/bank/mutasi/{statement}/",
    "/admin/sales/voucher/",
    "/admin/sales/voucher/buat/",
    "/admin/sales/voucher/aturan/",
    "/admin/sales/voucher/kelompok/{batch}/",
    "/admin/sales/voucher/lunas/",
    "/admin/sales/tutup/",
    "/admin/sales/tutup/{close}/",
    "/admin/sales/bukti/",
    "/admin/sistem/",
    "/admin/akun/",
    "/admin/data-pribadi/",
    "/admin/catatan/",
    "/admin/impor/",
    "/admin/impor/produk/",
    "/admin/kurasi/",
    "/admin/cetak/",
]


@pytest.mark.long
def test_organiser_pages_are_readable_for_everyone(
    context: BrowserContext, live_server: LiveServer
) -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 1}, method="qris")
    make_sale(stand, {offer: 2}, tendered_rupiah=100_000)
    statement = make_statement(stand.expo, [(timezone.now(), 1_000), (sale.sold_at, 25_000)])
    make_vouchers(stand.expo, quantity=3)
    close = make_close(sale.till)
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page = context.new_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    known = {
        "statement": statement.pk,
        "batch": VoucherBatch.objects.get().pk,
        "close": close.pk,
    }
    found = {}
    for number, pattern in enumerate(PAGES):
        # Turn by turn, so that each language is seen on half of them.
        path = ("/en" if number % 2 else "") + pattern.format(**known)
        answer = page.goto(f"{live_server.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        is_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found[path] = violations(page) + ["wider than the screen"] * is_wide
    assert {path: what for path, what in found.items() if what} == {}
