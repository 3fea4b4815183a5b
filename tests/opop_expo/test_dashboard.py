"""The organisers' front page: today, what waits, and nothing that its reader may not see."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opop_expo.dashboard import Phase
from opop_expo.roles import ORGANISER, sync_groups
from sales.models import Tablet, Till
from stands.clock import WIB, business_date
from stands.models import ExpoDay
from tests.closings import make_close
from tests.ledger import make_reversal, make_running_expo, make_sale, make_shop
from tests.make import make_expo

if TYPE_CHECKING:
    from django.test import Client

    from opop_expo.dashboard import Dashboard
    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

FROM_HTMX = {"HX-Request": "true"}
# Session, user, permissions of the user and of their groups.
LOOK_UPS = 4
# The edition with its days, the numbers that are watched, stands, all sums, the visitors.
MOST = 5


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises: staff in the organisers' group, signed in."""
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return user


def desk_of(client: Client) -> Dashboard:
    desk: Dashboard = client.get("/admin/").context["desk"]
    return desk


def make_busy_days(expo: Expo) -> None:
    """Yesterday one sale, today two and a reversal."""
    yesterday = timezone.now() - dt.timedelta(days=1)
    ExpoDay.objects.create(expo=expo, date=business_date(yesterday))
    stand, offers = make_shop(expo=expo, code="A1", prices=(25_000,))
    make_sale(stand, {offers[0]: 1}, sold_at=yesterday)
    make_sale(stand, {offers[0]: 2})
    make_reversal(make_sale(stand, {offers[0]: 3}), {1: 1})


def test_today_stands_beside_yesterday(client: Client, citra: User) -> None:
    expo = make_running_expo()
    make_busy_days(expo)
    make_shop(expo=expo, code="A2")

    page = client.get("/admin/")
    desk = page.context["desk"]

    assert desk.phase is Phase.OPEN
    assert (desk.of_day.net_rupiah, desk.of_previous_day.net_rupiah) == (100_000, 25_000)
    assert [one.row.code for one in page.context["best"]] == ["A1"]
    assert [stand.code for stand in desk.totals.idle_today] == ["A2"]
    assert len(desk.chart.series) == 2
    assert "hari ke-2 dari 2" in page.text


@pytest.mark.parametrize(
    ("days", "phase", "words"),
    [
        ((3, 4), Phase.BEFORE, "3 hari lagi"),
        ((), Phase.BEFORE, "belum ditetapkan"),
        ((-1, 2), Phase.BETWEEN, "buka lagi"),
        ((-2, -1), Phase.AFTER, "sudah selesai"),
    ],
)
def test_it_makes_sense_on_any_date(
    client: Client, citra: User, days: tuple[int, ...], phase: Phase, words: str
) -> None:
    now = timezone.now()
    expo = make_expo(slug="2026-uji", days=())
    for day in days:
        ExpoDay.objects.create(expo=expo, date=business_date(now + dt.timedelta(days=day)))
    stand, offers = make_shop(expo=expo, prices=(25_000,))
    if phase in {Phase.BETWEEN, Phase.AFTER}:
        make_sale(stand, {offers[0]: 2}, sold_at=now - dt.timedelta(days=1))

    page = client.get("/admin/")

    assert page.context["desk"].phase is phase
    assert words in page.text
    assert ("Rp 50.000" in page.text) is (phase in {Phase.BETWEEN, Phase.AFTER})


def test_without_an_edition_it_says_so(client: Client, citra: User) -> None:
    page = client.get("/admin/").text

    assert "Belum ada edisi" in page
    assert "Semua data" in page


def test_open_and_closed_tills_are_counted(client: Client, citra: User) -> None:
    expo = make_running_expo()
    sales = []
    for code in ("A1", "A2", "A3"):
        stand, offers = make_shop(expo=expo, code=code)
        sales.append(make_sale(stand, {offers[0]: 1}))
    make_close(sales[0].till)

    page = client.get("/admin/").text

    assert "2 kasir belum ditutup" in page
    assert '<span class="badge">1 / 3</span>' in page


def test_unsent_sales_are_told(client: Client, citra: User) -> None:
    stand, _ = make_shop()
    tablet = Tablet.objects.create(storage_id="0" * 31 + "1", credential_hash="x")
    Till.objects.create(
        expo=stand.expo, stand=stand, letter="A", prefix="A1-A", tablet=tablet, unsent=7
    )

    page = client.get("/admin/").text

    assert '<span class="badge waits">7</span>' in page
    assert "/admin/sales/tablet/?tampil=kurang" in page


# --- live ---------------------------------------------------------------------------------------


def pulse_of(page: str) -> str:
    found = re.search(r'id="pulse" hidden hx-get="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def test_figures_renew_themselves_when_something_changes(client: Client, citra: User) -> None:
    stand, offers = make_shop(prices=(25_000,))
    pulse = pulse_of(client.get("/admin/").text)

    with CaptureQueriesContext(connection) as queries:
        unchanged = client.get(pulse)
    count = len(queries)
    make_sale(stand, {offers[0]: 1})
    changed = client.get(pulse)
    renewed = client.get("/admin/", headers=FROM_HTMX)

    assert (unchanged.status_code, count) == (204, 1)
    assert "figuresUnchanged" in unchanged["HX-Trigger"]
    assert "figuresChanged" in changed["HX-Trigger"]
    assert renewed.text.strip().startswith('<div id="figures"')
    assert "Rp 25.000" in renewed.text
    assert "HX-Request" in renewed["Vary"]


# --- who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "seen"),
    [
        ([], []),
        (["view_heldsale"], ["held"]),
        (["view_dayclose"], ["closed", "unclosed"]),
        (["view_voucher"], ["vouchers", "redeemed"]),
        (["view_tablet"], ["tablets", "unsent", "unsent_tills"]),
        (["view_sale", "view_saleflag"], ["ledger", "flags"]),
    ],
)
def test_what_may_not_be_seen_is_not_asked_for(
    client: Client, codes: list[str], seen: list[str]
) -> None:
    make_busy_days(make_running_expo())
    dewi = User.objects.create_user("dewi", is_staff=True)
    dewi.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(dewi)

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/admin/")
    asked = " ".join(query["sql"] for query in queries)

    desk = page.context["desk"]
    assert list(desk.numbers) == seen
    assert desk.waiting is None
    for table, part in {
        "sales_ledgerhead": "ledger",
        "sales_voucher": "vouchers",
        "sales_heldsale": "held",
        "sales_saleflag": "flags",
        "sales_till": "unsent",
    }.items():
        assert (f'FROM "{table}"' in asked) is (part in seen), table
    assert ("Rp 100.000" in page.text) is ("ledger" in seen)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("headers", [{}, FROM_HTMX])
def test_queries_stay_the_same_at_any_number_of_stands_and_days(
    client: Client, citra: User, count: int, headers: dict[str, str]
) -> None:
    expo = make_running_expo()
    for number in range(count):
        make_expo(slug=f"201{number}", is_current=False)
        day = timezone.now() - dt.timedelta(days=number + 1)
        ExpoDay.objects.create(expo=expo, date=business_date(day))
        stand, offers = make_shop(expo=expo, code=f"A{number + 1}")
        make_sale(stand, {offers[0]: 1}, sold_at=day)

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/admin/", headers=headers)

    assert page.context["desk"].totals.total.sale_count == count
    assert len(queries) == LOOK_UPS + MOST


def test_hours_to_come_have_no_point(client: Client, citra: User) -> None:
    noon = timezone.now().astimezone(WIB).replace(hour=12, minute=5)
    with time_machine.travel(noon, tick=False):
        make_busy_days(make_running_expo())
        stand, offers = make_shop(expo=desk_of(client).expo, code="A9")
        make_sale(stand, {offers[0]: 1}, sold_at=noon - dt.timedelta(hours=18))
        desk = desk_of(client)

    assert desk.chart is not None
    today, yesterday = desk.chart.series
    assert len(today.points) == 1
    assert len(yesterday.points) > 5
