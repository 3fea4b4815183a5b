"""The organisers' daily totals: who sees them, what they show, their filter, CSV and queries."""

from __future__ import annotations

import csv
import datetime as dt
import io
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
from openpyxl import load_workbook
from pypdf import PdfReader

from sales.models import Sale
from sales.totals.forms import GROUPINGS
from sales.totals.source import Sums
from stands.clock import business_date
from stands.models import ExpoDay
from stands.tables_out import safe_cell
from tests.closings import make_close
from tests.ledger import make_keeper, make_reversal, make_running_expo, make_sale, make_shop
from tests.make import make_expo, make_offer, make_pesantren, make_producer, make_product

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = pytest.mark.django_db

PAGE = "/admin/sales/harian/"
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


def make_two_shops(expo: Expo) -> None:
    """Yesterday and today, in cash and by QRIS, at A1 of Al-Qodiri and A2 of Sidogiri."""
    yesterday = timezone.now() - dt.timedelta(days=1)
    ExpoDay.objects.create(expo=expo, date=business_date(yesterday))
    for code, name in (("A1", "Al-Qodiri"), ("A2", "Sidogiri")):
        stand, _ = make_shop(expo=expo, code=code)
        pesantren = make_pesantren(name=name, slug=name.lower())
        offer = make_offer(
            stand=stand,
            product=make_product(producer=make_producer(pesantren=pesantren)),
            price_rupiah=1_000 if code == "A1" else 30_000,
            stock=None,
        )
        stand.pesantren.add(pesantren)
        make_sale(stand, {offer: 1})
        make_sale(stand, {offer: 2}, method="qris", sold_at=yesterday)


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


# --- groupings ----------------------------------------------------------------------------------

WORDS = [word for word in GROUPINGS if word]


def make_busy_expo() -> Expo:
    """Two days, two stands with a shared maker, both methods, and something taken back."""
    expo = make_running_expo()
    make_two_shops(expo)
    stand, offers = make_shop(expo=expo, code="A3")
    sale = make_sale(stand, {offers[0]: 3, offers[1]: 1}, cashier=make_keeper(stand=stand))
    make_reversal(sale, {1: 1})
    return expo


@pytest.mark.parametrize("word", WORDS)
def test_every_grouping_adds_up_to_the_same_total(client: Client, citra: User, word: str) -> None:
    make_busy_expo()

    page = client.get(f"{PAGE}?menurut={word}")
    rows = csv_rows(client, f"menurut={word}")

    totals = page.context["totals"]
    assert sum(row.total.net_rupiah for row in totals.rows) == totals.total.net_rupiah == 153_000
    assert sum(int(row["bersih (rupiah)"]) for row in rows) == 153_000
    for place, cell in enumerate(totals.day_totals):
        column = [row.cells[place].sums.net_rupiah for row in totals.rows]
        assert sum(column) == cell.sums.net_rupiah


@pytest.mark.parametrize("word", WORDS)
def test_figures_of_every_grouping_lead_to_their_sales(
    client: Client, citra: User, word: str
) -> None:
    make_busy_expo()
    page = client.get(f"{PAGE}?menurut={word}").text
    links = re.findall(r'<a id="all_days-[^"]*" href="([^"]+)">', page)

    found = [len(client.get(unescape(link)).context["cl"].result_list) for link in links]

    assert found
    assert all(found)
    if word in {"jam", "kasir", "petugas"}:  # there a sale stands in one row
        assert sum(found) == Sale.objects.count()


@pytest.mark.parametrize("word", ["pelaku", "jenis", "pilar", "kategori", "produk", "pesantren"])
def test_lines_are_not_grouped_under_a_payment_method(
    client: Client, citra: User, word: str
) -> None:
    make_busy_expo()

    page = client.get(f"{PAGE}?menurut={word}&cara=qris", headers=FROM_HTMX)

    assert page.status_code == 422
    assert re.search(r'id="id_menurut_error"[^>]*>Tidak dapat dikelompokkan', page.text)


@pytest.mark.parametrize("word", ["jam", "kasir", "petugas"])
def test_what_is_too_fine_for_the_running_totals_comes_from_the_ledger(
    client: Client, citra: User, word: str
) -> None:
    make_busy_expo()

    totals = client.get(f"{PAGE}?menurut={word}&pesantren=sidogiri").context["totals"]

    assert sum(row.total.net_rupiah for row in totals.rows) == totals.total.net_rupiah == 90_000
    assert totals.hours is None


def test_two_days_stand_side_by_side_with_their_difference(client: Client, citra: User) -> None:
    make_busy_expo()
    today = business_date(timezone.now())
    yesterday = today - dt.timedelta(days=1)

    page = client.get(f"{PAGE}?hari={yesterday}&hari={today}")

    first, second, third = (row.difference_rupiah for row in page.context["totals"].rows)
    assert (first, second, third) == (-1_000, -30_000, 60_000)
    assert "▲ +29.000" in page.text
    assert "▼ −30.000" in page.text


def test_long_lists_end_in_one_row_and_stand_whole_in_the_file(
    client: Client, citra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sales.totals.daily.MOST_ROWS", 2)
    make_busy_expo()

    page = client.get(f"{PAGE}?menurut=produk")

    rows, rest = page.context["rows"], page.context["rest"]
    shown = [*rows, rest]
    assert len(rows) == 2
    assert rest.name == "2"  # of four products, two of which have the same name
    assert sum((row.total for row in shown), Sums()).net_rupiah == 153_000
    whole = csv_rows(client, "menurut=produk")
    assert len({(row["produk"], row["keterangan"], row["bersih (rupiah)"]) for row in whole}) == 8


def test_spreadsheet_holds_what_the_csv_holds(client: Client, citra: User) -> None:
    make_busy_expo()

    response = client.get(f"{PAGE}xlsx/?menurut=pesantren&stan=A3")

    book = load_workbook(io.BytesIO(response.content))
    head, *body = book.active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert [dict(zip(head, map(text_of, row), strict=True)) for row in body] == csv_rows(
        client, "menurut=pesantren&stan=A3"
    )


def text_of(cell: object) -> str:
    return "" if cell is None else str(cell)


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


def test_report_is_a_pdf_of_the_day_and_of_a_stand(client: Client, citra: User) -> None:
    make_busy_expo()
    today = business_date(timezone.now())

    whole, stand = (
        PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/?hari={today}{more}").content))
        for more in ("", "&stan=A3")
    )

    words = [" ".join(page.extract_text() for page in report.pages) for report in (whole, stand)]
    assert "Rp 91.000" in words[0]
    assert "Semua stan" in words[0]
    assert "Rp 60.000" in words[1]
    assert "Penjaga stan" in words[1]
    assert len(stand.pages) == 1
    assert client.get(f"{PAGE}laporan/?stan=Z9").status_code == 422


def test_report_says_what_its_total_holds_beside_the_days(client: Client, citra: User) -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    make_sale(stand, {coffee: 2}, sold_at=timezone.now() - dt.timedelta(days=4))
    said = "Termasuk Rp 50.000 di luar hari pameran."
    for query, is_said in (("", True), (f"?hari={business_date(timezone.now())}", False)):
        report = PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/{query}").content))
        assert (said in report.pages[0].extract_text()) is is_said


def sell_on_days(number: int) -> Expo:
    """An edition of so many days until today, 25.000 sold on each."""
    stand, (coffee, _tea) = make_shop()
    for back in range(number):
        at = timezone.now() - dt.timedelta(days=back)
        ExpoDay.objects.get_or_create(expo=stand.expo, date=business_date(at))
        make_sale(stand, {coffee: 1}, sold_at=at)
    return stand.expo


@time_machine.travel(dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC), tick=False)
def test_report_names_no_day_that_it_leaves_out(client: Client, citra: User) -> None:
    sell_on_days(3)
    answer = client.get(f"{PAGE}laporan/?hari=2026-11-24&hari=2026-11-26")
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "24 November 2026 dan 26 November 2026" in text
    assert "20261124-20261126" in answer["Content-Disposition"]
    whole = PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/").content)).pages[0].extract_text()
    assert "24 November 2026 – 26 November 2026" in whole


@time_machine.travel(dt.datetime(2026, 11, 26, 3, tzinfo=dt.UTC), tick=False)
def test_days_of_a_long_edition_add_up_to_the_total_in_the_report(
    client: Client, citra: User
) -> None:
    sell_on_days(6)
    report = PdfReader(io.BytesIO(client.get(f"{PAGE}laporan/").content))
    words = " ".join(report.pages[1].extract_text().split())
    assert "s.d. Sen 23 Nov" in words
    assert words.count("150.000 25.000 25.000 25.000 75.000") == 2


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


# --- CSV ----------------------------------------------------------------------------------------


def csv_rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{PAGE}csv/?{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_csv_has_each_cell_with_whole_numbers(client: Client, citra: User) -> None:
    stand, offers = make_shop(prices=(25_000,))
    sale = make_sale(stand, {offers[0]: 2}, sold_at=timezone.now() - dt.timedelta(days=4))
    make_reversal(sale)

    today, outside = csv_rows(client)

    assert today["stan"] == "A1"
    assert today["tanggal"] == f"{business_date(timezone.now()):%Y-%m-%d}"
    assert today["bersih (rupiah)"] == today["dibatalkan (rupiah)"] == "-50000"
    assert today["jumlah pembatalan"] == "1"
    assert outside["tanggal"] == "di luar hari"
    assert outside["kotor (rupiah)"] == "50000"


def test_csv_carries_no_formula(client: Client, citra: User) -> None:
    stand, _ = make_shop()
    stand.name = '=HYPERLINK("http://jahat.example","klik")'
    stand.save()

    row = csv_rows(client)[0]

    assert row["nama stan"] == f"'{stand.name}"


@pytest.mark.shown_alike
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_begins_like_a_formula_becomes_text(start: str) -> None:
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell(-5) == -5
    assert safe_cell("A1 - kopi") == "A1 - kopi"


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
