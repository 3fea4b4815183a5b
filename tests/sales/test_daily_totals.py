"""The organisers' daily totals: who sees them, what they show, their filter and queries."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from sales.models import Sale
from stands.clock import business_date
from stands.models import ExpoDay
from tests.closings import make_close
from tests.daily_totals import PAGE, csv_rows, make_busy_expo, make_two_shops
from tests.ledger import make_keeper, make_reversal, make_running_expo, make_sale, make_shop
from tests.make import make_expo

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

FROM_HTMX = {"HX-Request": "true"}
FROM_FIGURES = {**FROM_HTMX, "HX-Trigger": "figures"}


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises: staff who may see sales, signed in."""
    user = User.objects.create_user("citra", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_sale"))
    client.force_login(user)
    return user


# --- who ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}csv/"])
def test_nobody_but_staff_who_may_see_sales_enters(client: Client, path: str) -> None:
    stand, _ = make_shop()
    keeper = make_keeper(stand=stand).user
    blind = User.objects.create_user("dewi", is_staff=True)
    assert keeper is not None

    stranger = client.get(path)
    client.force_login(keeper)
    as_keeper = client.get(path)
    client.force_login(blind)
    as_blind = client.get(path)

    assert (stranger.status_code, stranger["Location"].split("?")[0]) == (302, "/masuk/")
    assert (as_keeper.status_code, as_keeper["Location"].split("?")[0]) == (302, "/admin/login/")
    assert as_blind.status_code == 403


def test_before_any_edition_the_page_says_so(client: Client, citra: User) -> None:
    assert "Belum ada edisi" in client.get(PAGE).text
    assert client.get(f"{PAGE}csv/").status_code == 404


# --- what ---------------------------------------------------------------------------------------


def test_page_shows_figures_of_the_current_edition(client: Client, citra: User) -> None:
    stand, offers = make_shop(prices=(25_000,))
    make_sale(stand, {offers[0]: 3})
    sale = make_sale(stand, {offers[0]: 2})
    make_reversal(sale, {1: 1})

    page = client.get(PAGE).text

    assert "Rp 100.000" in page  # today, net
    assert "Rp 62.500" in page  # on average
    assert "batal −25.000" in page
    assert "−Rp 25.000" in page
    assert "2 nota" in page


def test_edition_is_chosen_by_its_address(client: Client, citra: User) -> None:
    make_running_expo()
    stand, _ = make_shop(expo=make_expo(slug="2020", is_current=False))
    old = stand.expo

    page = client.get(f"{PAGE}?edisi=2020")

    assert page.context["expo"] == old
    assert client.get(f"{PAGE}?edisi=1999").status_code == 404


def test_training_moves_no_figure(client: Client, citra: User) -> None:
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1}, training=True)

    totals = client.get(PAGE).context["totals"]

    assert totals.total.is_empty
    assert [str(stand) for stand in totals.idle_today] == [str(stand)]


# --- filter -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "net"),
    [
        ("", 93_000),
        ("stan=A1", 3_000),
        ("pesantren=sidogiri", 90_000),
        ("cara=qris", 62_000),
        ("hari={today}", 31_000),
        ("hari={today}&hari={yesterday}&cara=cash&stan=A2", 30_000),
        ("hari=luar", 0),
    ],
)
def test_filter_sums_only_what_was_asked_for(
    client: Client, citra: User, query: str, net: int
) -> None:
    make_two_shops(make_running_expo())
    today = business_date(timezone.now())
    asked = query.format(today=today, yesterday=today - dt.timedelta(days=1))

    page = client.get(f"{PAGE}?{asked}")
    rows = csv_rows(client, asked)

    assert page.context["totals"].total.net_rupiah == net
    assert sum(int(row["bersih (rupiah)"]) for row in rows) == net


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pesantren=sidogiri&cara=qris", "Pilih pesantren atau cara bayar"),
        ("cara=beras", "Masukkan pilihan yang valid"),
        ("stan=Z9", "Masukkan pilihan yang valid"),
        ("hari=kemarin", "Masukkan pilihan yang valid"),
    ],
)
def test_filter_that_cannot_be_answered_says_so_at_the_field(
    client: Client, citra: User, query: str, words: str
) -> None:
    make_two_shops(make_running_expo())

    page = client.get(f"{PAGE}?{query}")
    fragment = client.get(f"{PAGE}?{query}", headers=FROM_HTMX)

    assert (page.status_code, fragment.status_code) == (422, 422)
    assert words in page.text
    assert words in fragment.text
    assert "every 5s" not in page.text
    assert "hx-swap-oob" in fragment.text
    assert client.get(f"{PAGE}csv/?{query}").status_code == 422


# --- live ---------------------------------------------------------------------------------------


def test_form_and_refresh_are_answered_with_figures_and_the_form_with_its_errors(
    client: Client, citra: User
) -> None:
    make_shop()

    filtered = client.get(f"{PAGE}?stan=A1", headers=FROM_HTMX)
    refreshed = client.get(f"{PAGE}?stan=A1", headers=FROM_FIGURES)
    restored = client.get(PAGE, headers={**FROM_HTMX, "HX-History-Restore-Request": "true"})

    # The form itself is never swapped: a second choice is not lost when the first is answered.
    assert "<form" not in filtered.text + refreshed.text
    assert 'id="id_cara_error" role="alert" hx-swap-oob="true"></p>' in filtered.text
    assert refreshed.text.strip().startswith('<div id="figures"')
    assert f'hx-get="{PAGE}?stan=A1"' in refreshed.text
    assert "<html" in restored.text
    assert "HX-Request" in refreshed["Vary"]


def pulse_of(page: str) -> str:
    """Where the page asks whether anything has changed."""
    found = re.search(r'id="pulse" hidden hx-get="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def test_page_asks_for_nothing_but_the_time_until_something_is_sold(
    client: Client, citra: User
) -> None:
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1})
    pulse = pulse_of(client.get(PAGE).text)

    with CaptureQueriesContext(connection) as queries:
        unchanged = client.get(pulse)
    count = len(queries)
    make_sale(stand, {offers[0]: 1})
    changed = client.get(pulse)

    assert (unchanged.status_code, changed.status_code) == (204, 204)
    assert "figuresUnchanged" in unchanged["HX-Trigger"]
    assert "figuresChanged" in changed["HX-Trigger"]
    assert count == 1


def test_next_day_is_a_change(client: Client, citra: User) -> None:
    make_shop()
    pulse = pulse_of(client.get(PAGE).text)

    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        assert "figuresChanged" in client.get(pulse)["HX-Trigger"]


@pytest.mark.parametrize("seen", ["", "x", "WzEsWyJsZWRnZXIiXV0:1abc:def"])
def test_token_that_is_none_has_seen_nothing(client: Client, seen: str) -> None:
    answer = client.get(f"{PAGE}denyut/", {"seen": seen})

    assert (answer.status_code, answer.content) == (204, b"")
    assert "figuresChanged" in answer["HX-Trigger"]


def test_closed_stands_are_marked_and_a_close_is_a_change(client: Client, citra: User) -> None:
    stand, offers = make_shop(prices=(25_000,))
    sale = make_sale(stand, {offers[0]: 2})
    before = client.get(PAGE).text

    make_close(sale.till)
    page = client.get(PAGE).text

    assert "closed-mark" not in before
    assert "figuresChanged" in client.get(pulse_of(before))["HX-Trigger"]
    assert re.search(r'<span class="closed-mark"><abbr[^>]*>Z</abbr></span>', page)
    assert "Sudah ditutup dan masih berjalan" in page


def test_hours_are_drawn_with_the_table_beside_them(client: Client, citra: User) -> None:
    make_busy_expo()

    page = client.get(PAGE)

    chart = page.context["chart"]
    assert [one.name for one in chart.series] == [
        date_format(business_date(timezone.now()) - dt.timedelta(days=back), "D j M")
        for back in (0, 1)
    ]
    known = [sum(row.amounts[place] or 0 for row in chart.rows) for place in (0, 1)]
    assert known == [91_000, 62_000]
    assert "style=" not in page.text[page.text.index('id="figures"') :]


# --- down to the sales --------------------------------------------------------------------------


def test_every_figure_leads_to_exactly_its_sales(client: Client, citra: User) -> None:
    expo = make_running_expo()
    make_two_shops(expo)
    stand, offers = make_shop(expo=expo, code="A3")
    sale = make_sale(stand, {offers[0]: 3})
    make_reversal(sale, {1: 1})
    make_sale(stand, {offers[0]: 1}, sold_at=timezone.now() - dt.timedelta(days=5))
    make_sale(stand, {offers[0]: 1}, training=True)
    elsewhere, others = make_shop(expo=make_expo(slug="2019", is_current=False), code="A1")
    make_sale(elsewhere, {others[0]: 1})

    links = figure_links(client.get(PAGE).text)

    # Three stands: today, yesterday twice, outside once; their totals; three columns and the whole.
    assert len(links) == 3 + 2 + 1 + 3 + 3 + 1
    for link, (net, count) in links.items():
        sales = client.get(link).context["cl"].result_list
        assert sum(one.total_rupiah for one in sales) == net
        assert sum(not one.is_reversal for one in sales) == count


@pytest.mark.parametrize("query", ["pesantren=al-qodiri", "cara=qris", "stan=A2", "hari=luar"])
def test_figures_of_a_filter_lead_to_its_sales(client: Client, citra: User, query: str) -> None:
    make_two_shops(make_running_expo())

    for link, (_net, count) in figure_links(client.get(f"{PAGE}?{query}").text).items():
        assert len(client.get(link).context["cl"].result_list) == count


def figure_links(page: str) -> dict[str, tuple[int, int]]:
    """Each link of the grid with the net figure and the number of sales that it shows."""
    found = re.findall(
        r'<a id="[a-z_]+[\w-]*" href="([^"]+)">\s*<span class="net[^"]*">([^<]+)</span>\s*'
        r'<span class="count">(\d+) nota',
        page,
    )
    return {
        unescape(link): (int(net.replace(".", "").replace("−", "-")), int(count))
        for link, net, count in found
    }


# --- queries ------------------------------------------------------------------------------------

LOOK_UPS = 4  # session, user, permissions of the user and of their groups
MOST = 4


@pytest.mark.shown_alike
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("headers", [{}, FROM_HTMX, FROM_FIGURES])
@pytest.mark.parametrize("word", ["", "produk", "petugas"])
def test_queries_stay_the_same_at_any_number_of_stands_days_and_sales(
    client: Client, citra: User, count: int, headers: dict[str, str], word: str
) -> None:
    expo = make_running_expo()
    make_expo(slug="2019", is_current=False)
    for number in range(count):
        day = timezone.now() - dt.timedelta(days=number + 1)
        ExpoDay.objects.create(expo=expo, date=business_date(day))
        stand, offers = make_shop(expo=expo, code=f"A{number + 1}")
        for _ in range(count):
            make_sale(stand, {offers[0]: 1, offers[1]: 1}, sold_at=day)
            make_reversal(make_sale(stand, {offers[0]: 1}))

    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"{PAGE}?menurut={word}", headers=headers)

    assert page.context["totals"].total.sale_count == 2 * count * count
    assert Sale.objects.count() == 3 * count * count
    assert len(queries) == LOOK_UPS + MOST
