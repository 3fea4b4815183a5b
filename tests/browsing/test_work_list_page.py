"""The organisers' work list in a real browser: rows give way, and it needs no script for that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from sales.models import HeldSale, Sale, SaleFlag
from tests.browsing.axe import violations
from tests.ledger import make_shop
from tests.tablets import pair_tablet
from tests.waiting import make_flag, make_held

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Stand

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

LIST = "/admin/sales/periksa/"
Kind = SaleFlag.Kind


@pytest.fixture
def stand() -> Stand:
    """A stand with one of each that is held, and three prices that differ."""
    stand = make_shop()[0]
    for reason in HeldSale.Reason:
        make_held(reason, stand)
    tablet = pair_tablet(stand)
    for _number in range(3):
        make_flag(Kind.PRICE_DIFFERED, stand, tablet=tablet)
    return stand


def sign_in(context: BrowserContext, live_server: LiveServer) -> Page:
    """The list, open before Citra who organises."""
    client = Client()
    client.force_login(User.objects.create_superuser("citra"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(f"{live_server.url}{LIST}")
    return page


def test_accepted_row_gives_way_and_the_figures_follow(
    context: BrowserContext, live_server: LiveServer, stand: Stand
) -> None:
    page = sign_in(context, live_server)
    page.evaluate("document.body.dataset.mark = 'same'")
    waiting = SaleFlag.objects.filter(settled_at=None).count()
    flag = SaleFlag.objects.filter(kind=Kind.PRICE_DIFFERED).earliest("pk")
    expect(page.locator("#count-price_differed")).to_have_text("3")

    page.locator(f"#flag-{flag.pk}").get_by_role("button").click()

    expect(page.locator(".settled")).to_contain_text(f"{flag.sale.number}: diterima apa adanya.")
    expect(page.locator(f"#flag-{flag.pk}")).to_have_count(0)
    expect(page.locator("#count-price_differed")).to_have_text("2")
    expect(page.locator("#flag-count")).to_have_text(str(waiting - 1))
    assert page.locator("body").get_attribute("data-mark") == "same"
    flag.refresh_from_db()
    assert flag.resolution == SaleFlag.Resolution.ACCEPTED


def test_all_of_it_works_without_javascript(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, stand: Stand
) -> None:
    page = sign_in(new_context(java_script_enabled=False), live_server)
    flags = list(SaleFlag.objects.filter(kind=Kind.PRICE_DIFFERED).order_by("pk"))

    page.locator(f"#flag-{flags[0].pk}").get_by_role("button").click()
    expect(page.locator(".messagelist")).to_contain_text("diterima apa adanya")
    page.locator("#id_jenis").select_option("price_differed")
    page.get_by_role("button", name="Tampilkan").click()
    page.locator(f"#flag-{flags[1].pk}").get_by_role("link", name="Pilihan lain").click()
    page.get_by_role("link", name="Betulkan dengan pembatalan").click()
    page.locator("input.qty").fill("2")
    page.get_by_label("Alasan").fill("harga salah")
    page.get_by_role("button", name="Simpan pembatalan").click()
    expect(page.locator(".messagelist")).to_contain_text("dibatalkan dengan nota")
    page.goto(f"{live_server.url}{LIST}?jenis=over_reversal")
    page.get_by_role("link", name="Periksa dan putuskan").click()
    page.get_by_role("button", name="Setujui pembatalan").click()
    expect(page.locator(".messagelist")).to_contain_text("Disetujui dan dibukukan sebagai")

    kept = [SaleFlag.objects.get(pk=flag.pk).resolution for flag in flags]
    assert kept == ["accepted", "corrected", ""]
    assert Sale.objects.filter(intake=Sale.Intake.HELD).count() == 1


def test_money_that_goes_back_is_summed_while_it_is_typed(
    context: BrowserContext, live_server: LiveServer, stand: Stand
) -> None:
    page = sign_in(context, live_server)
    flag = SaleFlag.objects.filter(kind=Kind.PRICE_DIFFERED).earliest("pk")
    page.goto(f"{live_server.url}/admin/sales/sale/{flag.sale_id}/batal/")
    page.locator("input.qty").fill("2")
    expect(page.locator("[data-back-amount]")).to_have_text(re.compile(r"Rp.40\.000"))
    page.get_by_role("button", name="Batalkan semuanya").click()
    expect(page.locator("[data-back-amount]")).to_have_text(re.compile(r"Rp.60\.000"))


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        pytest.param("light", 1366, marks=pytest.mark.long),
        pytest.param("dark", 1366, marks=pytest.mark.long),
        ("light", 390),
    ],
)
def test_pages_are_accessible_and_never_wider_than_the_screen(
    context: BrowserContext, live_server: LiveServer, stand: Stand, scheme: str, width: int
) -> None:
    page = sign_in(context, live_server)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 768})
    flag = SaleFlag.objects.filter(kind=Kind.PRICE_DIFFERED).earliest("pk")
    paths = [LIST, f"{LIST}tanda/{flag.pk}/", f"/admin/sales/sale/{flag.sale_id}/batal/"]
    paths += [f"{LIST}ditahan/{held.pk}/" for held in HeldSale.objects.order_by("pk")]
    for path in paths:
        page.goto(f"{live_server.url}{path}")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
