"""The floor plan in a real browser: moved and marked by visitors, set out by organisers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from stands.models import Stand
from tests.browsing.axe import violations
from tests.make import make_stand
from tests.plans import make_hall

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

    from stands.models import Expo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


@pytest.fixture
def hall() -> Expo:
    hall = make_hall()
    make_stand(expo=hall, code="A9", name="Menunggu")
    return hall


def shown(page: Page) -> list[float]:
    """Left, top, width and height of what the plan shows."""
    box = page.locator(".plan-drawing").get_attribute("viewBox") or ""
    return [float(side) for side in box.split()]


def test_visitor_moves_the_plan_and_marks_a_stand(
    live_server: LiveServer, page: Page, hall: Expo
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/2020/denah/")
    plan = page.locator("#denah")
    # From far there are letters; no code is drawn too small to be read.
    expect(page.locator(".plan-code").first).to_be_hidden()
    expect(page.locator(".plan-far").first).to_be_visible()
    whole = shown(page)

    plan.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    _left, _top, width, _height = shown(page)
    assert width == pytest.approx(whole[2] / 2.25, rel=0.01)
    left = shown(page)[0]
    page.keyboard.press("ArrowLeft")
    assert shown(page)[0] < left
    page.get_by_role("button", name="Perkecil").click()
    assert shown(page)[2] == pytest.approx(whole[2] / 1.5, rel=0.01)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Tampilkan semua").click()
    assert shown(page) == whole

    # A drag moves the plan, opens nothing, and leaves the links beside it as they were.
    page.get_by_role("button", name="Perbesar").click()
    box = plan.bounding_box()
    assert box is not None
    left = shown(page)[0]
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 100, steps=4)
    page.mouse.up()
    assert shown(page)[0] > left
    page.get_by_role("link", name="Semua", exact=True).click()
    assert shown(page) == whole

    # A tap on a zone shows it larger; one on a stand marks it and says where it is.
    page.locator(".plan-zone").nth(0).dispatch_event("click")
    expect(page.locator(".plan-code").first).to_be_visible()
    stand = page.locator('.plan-stand[data-stand="A2"]')
    stand.click()
    card = page.locator(".plan-card")
    expect(card).to_contain_text("Di antara A1 dan A3. Dekat Toilet.")
    expect(page).to_have_url(re.compile(r"/denah/\?stan=A2"))
    expect(page.locator(".plan-pin")).to_have_count(1)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # Reduced to the keyboard, the same link leads on; and a second tap does.
    expect(stand).to_have_attribute("href", "/2020/stan/A2/")
    stand.click()
    expect(page).to_have_url(re.compile("/2020/stan/A2/"))


def test_filter_keeps_what_is_looked_at_and_dims_the_rest(
    live_server: LiveServer, page: Page, hall: Expo
) -> None:
    page.goto(f"{live_server.url}/2020/denah/?stan=A2")
    page.get_by_role("button", name="Perkecil").click()
    page.wait_for_timeout(250)
    before = shown(page)

    page.get_by_role("searchbox").fill("kopi santri")

    expect(page.locator(".found")).to_have_text("1 dari 5 stan cocok")
    expect(page.locator(".plan-stand.is-dim")).to_have_count(3)
    assert shown(page) == before
    expect(page.locator(".plan-stand.is-chosen")).to_have_attribute("data-stand", "A2")
    expect(page).to_have_url(re.compile("q=kopi.*stan=A2"))
    assert violations(page) == []


def test_organiser_drags_places_by_key_and_saves(
    live_server: LiveServer, page: Page, hall: Expo
) -> None:
    User.objects.create_superuser("citra", password="denah aula lantai dua")
    page.goto(f"{live_server.url}/masuk/?next=/admin/denah/")
    page.get_by_label("Nama pengguna").fill("citra")
    page.get_by_label("Sandi").fill("denah aula lantai dua")
    page.locator("main [type=submit]").click()
    stands = {stand.code: f"s{stand.pk}" for stand in Stand.objects.all()}

    def thing(code: str) -> str:
        return f'g[data-key="{stands[code]}"]'

    def number(code: str, side: str) -> str:
        return page.locator(f'[name="{stands[code]}-{side}"]').input_value()

    state = page.locator(".place-state")
    expect(state).to_have_text("")
    box = page.locator(thing("A1")).bounding_box()
    assert box is not None
    unit = page.locator(".place-drawing").bounding_box()["width"] / 1200  # type: ignore[index]
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10 + 53 * unit, box["y"] + 10 + 98 * unit, steps=4)
    page.mouse.up()
    # Snapped to the grid of ten.
    assert (number("A1", "x"), number("A1", "y")) == ("150", "300")

    page.locator(thing("A3")).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert number("A3", "x") == "270"
    expect(state).to_contain_text("A2, A3 bertumpuk")
    page.keyboard.press("Control+z")
    assert number("A3", "x") == "300"
    expect(state).to_have_text("Belum disimpan")
    page.locator(thing("A3")).focus()
    page.keyboard.press("r")
    assert number("A3", "rotation") == "15"

    page.get_by_role("button", name="Tempatkan").click()
    assert violations(page) == []
    page.get_by_role("button", name="Simpan denah").click()
    expect(page.get_by_text("3 letak disimpan.")).to_be_visible()
    placed = {stand.code: stand for stand in Stand.objects.all()}
    assert (placed["A1"].x, placed["A1"].y) == (150, 300)
    assert placed["A3"].rotation == 15
    assert placed["A9"].is_placed
