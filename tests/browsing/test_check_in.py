"""Check-in in a real Chromium: with and without a network, after a reload, by a ticket's QR."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from opop_expo.signing_in.models import PortalSession
from programme.models import Attendance, Session
from stands.clock import business_date
from tests.browser import ARGUMENTS
from tests.browsing.axe import violations
from tests.browsing.test_receiving import film
from tests.make import make_offer, make_producer, make_product, make_stand
from tests.participants import make_attendance, make_registration, make_talk, make_usher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, BrowserType, Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser import BrowserErrors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


def sign_in(context: BrowserContext, site: str) -> None:
    client = Client()
    client.force_login(make_usher())
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])


@pytest.fixture
def door(
    new_context: Callable[..., BrowserContext],
    live_server: LiveServer,
    browser_errors: BrowserErrors,
) -> Page:
    """Aminah's phone at the door, signed in."""
    browser_errors.allow("net::ERR_INTERNET_DISCONNECTED")
    context = new_context(service_workers="allow")
    sign_in(context, live_server.url)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def open_door(page: Page, site: str, title: str) -> None:
    """Choose the session, and wait until names and page are kept."""
    page.goto(f"{site}/hadir/")
    page.get_by_role("button", name=title).click()
    expect(page.get_by_text("Terdaftar", exact=True)).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def let_in(page: Page, name: str) -> None:
    page.get_by_label("Cari nama atau usaha").fill(name[:4])
    page.get_by_role("button", name=f"Masuk {name}").click()
    expect(page.get_by_role("status")).to_contain_text(name)


def came(page: Page) -> Any:
    return expect(page.locator("[data-figure=came]"))


def test_people_come_in_while_the_network_is_gone(door: Page, live_server: LiveServer) -> None:
    session = make_talk(title="Kopi dan santri", capacity=2)
    for name in ("Aisyah", "Budiman", "Candra"):
        make_registration(session, name)
    open_door(door, live_server.url, "Kopi dan santri")
    let_in(door, "Aisyah")
    expect(door.get_by_role("button", name="Semua terkirim")).to_be_visible()
    assert Attendance.objects.get().name == "Aisyah"

    door.context.set_offline(True)
    let_in(door, "Budiman")
    # Who waits is asked about.
    door.get_by_label("Cari nama atau usaha").fill("cand")
    door.get_by_role("button", name="Masuk Candra").click()
    expect(door.get_by_role("status")).to_contain_text("masih di daftar tunggu")
    came(door).to_have_text("2")
    door.get_by_role("button", name="Izinkan masuk").click()
    came(door).to_have_text("3")
    door.get_by_text("Tamu tanpa pendaftaran").click()
    door.get_by_label("Nama", exact=True).fill("Umar")
    door.get_by_label("UMKM").check()
    door.get_by_label("Usaha atau lembaga", exact=True).fill("Warung Tini")
    door.get_by_role("button", name="Catat masuk").click()
    came(door).to_have_text("4")
    # A mistake is taken back before anybody has heard of it.
    door.get_by_role("button", name="Tarik kembali: Umar").click()
    came(door).to_have_text("3")
    assert Attendance.objects.count() == 1

    door.reload()
    came(door).to_have_text("3")
    expect(door.locator(".bar-sync")).to_contain_text("4 belum terkirim")
    door.get_by_label("Cari nama atau usaha").fill("budi")
    expect(door.locator(".people li")).to_contain_text("sudah masuk")

    door.context.set_offline(False)
    expect(door.get_by_role("button", name="Semua terkirim")).to_be_visible(timeout=20_000)
    came(door).to_have_text("3")
    counted = Attendance.objects.counted().values_list("name", "way", "ticket_state")
    assert sorted(counted) == [
        ("Aisyah", "name", "registered"),
        ("Budiman", "name", "registered"),
        ("Candra", "name", "waiting"),
    ]
    assert Attendance.objects.get(name="Umar").withdrawn_by is not None


# All that lies in the storage of check-in.
KEPT = """async () => {
  const asked = indexedDB.open("opop-hadir");
  await new Promise((done) => { asked.onsuccess = done; });
  const names = [...asked.result.objectStoreNames];
  const stores = names.map((name) => asked.result.transaction(name).objectStore(name).getAll());
  await Promise.all(stores.map((store) => new Promise((done) => { store.onsuccess = done; })));
  asked.result.close();
  return JSON.stringify(stores.map((store) => store.result));
}"""


def test_phone_keeps_no_name_of_whom_it_has_sent_and_takes_back_all_the_same(
    door: Page, live_server: LiveServer
) -> None:
    session = make_talk(title="Kopi dan santri")
    make_registration(session, "Aisyah")
    open_door(door, live_server.url, "Kopi dan santri")
    let_in(door, "Aisyah")
    door.context.set_offline(True)
    door.get_by_text("Tamu tanpa pendaftaran").click()
    door.get_by_label("Nama", exact=True).fill("Umar Bakri")
    door.get_by_label("Usaha atau lembaga", exact=True).fill("Warung Tini")
    door.get_by_role("button", name="Catat masuk").click()
    came(door).to_have_text("2")
    door.reload()
    expect(door.get_by_role("button", name="Tarik kembali: Umar Bakri")).to_be_visible()
    door.context.set_offline(False)
    expect(door.get_by_role("button", name="Semua terkirim")).to_be_visible(timeout=20_000)
    kept = door.evaluate(KEPT)
    assert "Umar" not in kept
    assert "Warung" not in kept
    door.get_by_role("button", name="Tarik kembali: tamu pukul").click()
    # Who registered is found by the list that this phone holds for its session.
    door.get_by_role("button", name="Tarik kembali: Aisyah").click()
    came(door).to_have_text("0")
    expect(door.get_by_role("button", name="Semua terkirim")).to_be_visible()
    assert (Attendance.objects.count(), Attendance.objects.counted().count()) == (2, 0)
    assert sorted(Attendance.objects.values_list("name", flat=True)) == ["Aisyah", "Umar Bakri"]


def test_names_of_a_session_that_is_long_over_are_gone(door: Page, live_server: LiveServer) -> None:
    session = make_talk(title="Kopi dan santri")
    make_registration(session, "Aisyah")
    open_door(door, live_server.url, "Kopi dan santri")
    door.wait_for_function(f"async () => (await ({KEPT})()).includes('Aisyah')")
    long_ago = timezone.now() - dt.timedelta(days=3)
    Session.objects.filter(pk=session.pk).update(
        date=business_date(long_ago), starts_at=None, ends_at=None
    )
    door.reload()
    expect(door.get_by_text("Tidak ada acara di sekitar hari ini.")).to_be_visible()
    door.wait_for_function(f"async () => !(await ({KEPT})()).includes('Aisyah')")


def test_a_login_that_runs_out_loses_nobody(
    door: Page, live_server: LiveServer, browser_errors: BrowserErrors
) -> None:
    browser_errors.allow("status of 401")
    session = make_talk(title="Kopi dan santri")
    make_registration(session, "Aisyah")
    open_door(door, live_server.url, "Kopi dan santri")
    PortalSession.objects.all().delete()
    let_in(door, "Aisyah")
    expect(door.locator(".bar-sync")).to_contain_text("Masuk lagi")
    expect(door.get_by_text("Login sudah berakhir")).to_be_visible()
    assert not Attendance.objects.exists()
    sign_in(door.context, live_server.url)
    door.reload()
    expect(door.get_by_role("button", name="Semua terkirim")).to_be_visible(timeout=20_000)
    assert Attendance.objects.get().name == "Aisyah"


def test_what_is_refused_stays_visible_and_holds_nobody_up(
    door: Page, live_server: LiveServer
) -> None:
    session = make_talk(title="Kopi dan santri")
    gone, stays = make_registration(session, "Aisyah"), make_registration(session, "Budiman")
    open_door(door, live_server.url, "Kopi dan santri")
    gone.delete()
    let_in(door, "Aisyah")
    let_in(door, "Budiman")
    expect(door.locator(".refused")).to_contain_text("Tiket ini tidak dikenal")
    expect(door.get_by_role("button", name="Semua terkirim")).to_be_visible()
    assert Attendance.objects.get().registration == stays
    door.get_by_role("button", name="Buang").click()
    expect(door.locator(".refused")).to_have_count(0)


def test_what_could_not_be_kept_is_still_typed_and_twice_is_one(
    door: Page, live_server: LiveServer
) -> None:
    make_talk(title="Kopi dan santri")
    open_door(door, live_server.url, "Kopi dan santri")
    door.get_by_text("Tamu tanpa pendaftaran").click()
    name, record = door.get_by_label("Nama", exact=True), "Catat masuk"
    door.evaluate(
        """() => {
          const add = IDBObjectStore.prototype.add;
          globalThis.freeStorage = () => { IDBObjectStore.prototype.add = add; };
          IDBObjectStore.prototype.add = () => { throw new Error("no room"); };
        }"""
    )
    name.fill("Umar")
    door.get_by_role("button", name=record).click()
    expect(door.get_by_role("alert")).to_be_visible()
    expect(name).to_have_value("Umar")

    door.evaluate("freeStorage()")
    door.get_by_role("button", name=record).dblclick()
    expect(name).to_have_value("")
    expect(door.get_by_role("button", name="Semua terkirim")).to_be_visible()
    assert [one.name for one in Attendance.objects.all()] == ["Umar"]


# What a reader of QR codes sees is what the test holds before it.
HELD_BEFORE_IT = """
globalThis.BarcodeDetector = class {
  static getSupportedFormats = async () => ["qr_code"];
  detect = async () => (globalThis.held ? [{ rawValue: globalThis.held }] : []);
};
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  return canvas.captureStream(5);
};
"""


def test_ticket_that_was_taken_back_or_belongs_elsewhere_is_read_again(
    door: Page, live_server: LiveServer
) -> None:
    here = make_talk(title="Kopi dan santri")
    there = make_talk(title="Ekspor", expo=here.expo)
    make_registration(here, "Aisyah")
    door.add_init_script(HELD_BEFORE_IT)
    open_door(door, live_server.url, "Kopi dan santri")
    door.context.set_offline(True)
    # After this phone had its list.
    late, other = make_registration(here, "Budiman"), make_registration(there, "Candra")
    door.get_by_role("button", name="Pindai tiket").click()

    def hold(ticket: str, came_now: str) -> None:
        door.evaluate("(code) => { held = `https://expo.example/tiket/${code}/`; }", ticket)
        came(door).to_have_text(came_now)
        door.evaluate("() => { held = ''; }")

    hold(late.ticket, "1")
    door.get_by_role("button", name="Tarik kembali").click()
    came(door).to_have_text("0")
    door.wait_for_timeout(4_100)
    hold(late.ticket, "1")
    hold(other.ticket, "2")


def test_page_is_accessible_by_day_and_by_night(door: Page, live_server: LiveServer) -> None:
    session = make_talk(title="Kopi dan santri")
    make_attendance(session, make_registration(session, "Aisyah"))
    make_registration(session, "Budiman", kind="umkm", producer=make_producer())
    open_door(door, live_server.url, "Kopi dan santri")
    door.get_by_label("Cari nama atau usaha").fill("a")
    door.get_by_text("Tamu tanpa pendaftaran").click()
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for scheme in schemes:
        door.emulate_media(color_scheme=scheme)
        assert violations(door) == []


@pytest.fixture
def tickets() -> list[str]:
    """The tickets of two people, one of them on the waiting list."""
    session = make_talk(title="Kopi dan santri", capacity=1)
    return [make_registration(session, name).ticket for name in ("Aisyah", "Budiman")]


@pytest.fixture
def eye(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
    tickets: list[str],
) -> Iterator[Browser]:
    """A browser whose camera sees something else, then both tickets."""
    shown = ["https://example.com/", *(f"https://expo.example/tiket/{code}/" for code in tickets)]
    # Each long enough for somebody to hold it there.
    seen = film(tmp_path / "camera.y4m", [one for one in shown for _ in range(6)])
    fake = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]
    browser = browser_type.launch(**browser_type_launch_args | {"args": [*ARGUMENTS, *fake]})
    yield browser
    browser.close()


def test_camera_reads_a_ticket_and_lets_its_holder_in(
    eye: Browser, live_server: LiveServer
) -> None:
    context = eye.new_context(locale="id-ID", viewport={"width": 390, "height": 844})
    sign_in(context, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/hadir/")
    page.get_by_role("button", name="Kopi dan santri").click()
    expect(page.get_by_text("Terdaftar", exact=True)).to_be_visible()
    page.get_by_role("button", name="Pindai tiket").click()
    page.get_by_role("button", name="Izinkan masuk").click(timeout=60_000)
    expect(page.locator("[data-figure=came]")).to_have_text("2", timeout=60_000)
    expect(page.get_by_role("button", name="Semua terkirim")).to_be_visible(timeout=20_000)
    states = dict(Attendance.objects.values_list("name", "ticket_state"))
    assert states == {"Aisyah": "registered", "Budiman": "waiting"}
    assert set(Attendance.objects.values_list("way", flat=True)) == {"scan"}
    page.get_by_role("button", name="Matikan kamera").click()
    context.close()


# Whether a camera is on: its light is.
WATCHED = """() => {
  const usual = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const streams = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await usual(wanted);
    streams.push(stream);
    return stream;
  };
  globalThis.isCameraOn = () =>
    streams.some((one) => one.getTracks().some((track) => track.readyState === "live"));
}"""


def test_camera_goes_off_with_a_session_that_is_over(eye: Browser, live_server: LiveServer) -> None:
    """It would go on letting people in, to no session, and each would be refused for good."""
    context = eye.new_context(locale="id-ID", viewport={"width": 390, "height": 844})
    sign_in(context, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/hadir/")
    page.evaluate(WATCHED)
    page.get_by_role("button", name="Kopi dan santri").click()
    expect(page.get_by_text("Terdaftar", exact=True)).to_be_visible()
    page.get_by_role("button", name="Pindai tiket").click()
    page.wait_for_function("() => isCameraOn()")
    Session.objects.update(is_cancelled=True)
    page.locator(".bar-sync button").click()
    expect(page.get_by_text("Tidak ada acara di sekitar hari ini.")).to_be_visible(timeout=20_000)
    page.wait_for_function("() => !isCameraOn()", timeout=5_000)
    context.close()


def test_pages_of_participants_are_accessible_by_day_and_by_night(
    page: Page, live_server: LiveServer
) -> None:
    session = make_talk(title="Kopi dan santri", capacity=1)
    row = make_attendance(session, make_registration(session, "Aisyah"))
    waits = make_registration(session, "Budiman")
    assert row.registration is not None
    base = f"/{session.expo.slug}/jadwal/{session.slug}"
    page.set_viewport_size({"width": 360, "height": 740})
    schemes: list[Literal["light", "dark"]] = ["light", "dark"]
    for path in (
        f"{base}/daftar/",
        f"/tiket/{waits.ticket}/",
        f"/en/tiket/{row.registration.ticket}/",
        f"/sertifikat/{row.certificate}/",
        "/sertifikat/",
    ):
        page.goto(f"{live_server.url}{path}")
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], path


def test_typing_a_business_offers_makers_and_the_choice_is_kept(
    page: Page, live_server: LiveServer, browser_errors: BrowserErrors
) -> None:
    session = make_talk(title="Kopi dan santri")
    producer = make_producer(name="Kopontren Sidogiri")
    make_offer(stand=make_stand(expo=session.expo), product=make_product(producer=producer))
    page.goto(f"{live_server.url}/{session.expo.slug}/jadwal/{session.slug}/daftar/")
    page.get_by_label("Nama").fill("Rina")
    page.get_by_label("Kopontren").check()
    page.get_by_label("Usaha atau lembaga").press_sequentially("sidogri")
    page.get_by_label("Kopontren Sidogiri").check()
    page.get_by_label("Saya setuju").check()
    page.get_by_role("button", name="Daftar").click()
    expect(page.get_by_text("Tempat Anda sudah ada")).to_be_visible()
    assert session.registrations.get().producer == producer
