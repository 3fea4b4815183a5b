"""The results of an edition: what is counted, what others say, who sees them, and as which file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import uuid
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from opop_expo.roles import ORGANISER, sync_groups
from outcomes.counting import count
from outcomes.freezing import freeze
from outcomes.models import Claim, ResultsChoice
from outcomes.press import press_paragraph, state_sentence
from outcomes.results import read_results
from outcomes.results_content import UNKNOWN, as_text, changes, from_text
from outcomes.results_words import label_of
from programme.models import Attendance, Gate, GateCount
from stands.clock import WIB, business_date
from stands.models import Expo, ExpoDay
from tests.closings import make_close
from tests.ledger import make_reversal, make_running_expo, make_sale, make_shop
from tests.make import make_expo
from tests.outcomes.make import make_agreement, make_claim, make_disbursement, make_scheme
from tests.outcomes.page_tree import main_of
from tests.outcomes.test_results_2020 import unsourced
from tests.participants import make_attendance
from tests.programmes import make_session
from tests.redeemed import spend
from tests.vouchers import make_voucher

if TYPE_CHECKING:
    from django.test import Client

    from outcomes.results_content import Results

pytestmark = pytest.mark.django_db


def results_of(expo: Expo) -> Results:
    return read_results(Expo.objects.get(pk=expo.pk), timezone.now())


def open_results(expo: Expo, **choice: object) -> ResultsChoice:
    return ResultsChoice.objects.create(expo=expo, is_public=True, **choice)


def organiser(client: Client) -> Client:
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return client


def tap(gate: Gate, people: int, *, hour: int = 9) -> None:
    user = User.objects.get_or_create(username="penghitung")[0]
    day = gate.expo.days.first()
    assert day is not None
    at = dt.datetime.combine(day.date, dt.time(hour), WIB)
    GateCount.objects.create(
        id=uuid.uuid4(),
        gate=gate,
        step=people,
        counted_at=at,
        date=day.date,
        hour=hour,
        counted_by=user,
    )


# --- what is counted, and what others say ---------------------------------------------------------


def test_an_edition_of_which_nothing_is_known_says_so_and_nothing_is_nought() -> None:
    results = results_of(make_expo(days=()))
    figures = {one.key: one for section in results.sections for one in section.figures}
    assert set(figures) == {
        *("days", "pesantren", "stands", "products"),
        *("sales", "visitors"),
    }
    assert {one.value for one in figures.values()} == {None}
    assert {one.missing for one in figures.values()} == {UNKNOWN}


def test_sales_are_those_of_the_ledger_by_day_and_hour() -> None:
    stand, (coffee, tea) = make_shop()
    make_sale(stand, {coffee: 2})
    sale = make_sale(stand, {tea: 1})
    make_reversal(sale)
    results = results_of(stand.expo)
    sales = results.figure("sales", "sales")
    assert sales is not None
    assert sales.value == 50_000
    assert results.value("sales", "sales_count") == 2
    assert results.value("sales", "sales_reversed") == 10_000
    [day] = sales.parts
    assert day.key == business_date(timezone.now()).isoformat()
    assert day.value == sales.value
    assert sum(one.value or 0 for one in day.parts if one.key.startswith("hour-")) == day.value
    assert results.value("sales", "closings_open") == 1
    top = results.figure("top", "top_products")
    assert top is not None
    assert [(str(one.name), one.value) for one in top.parts] == [(coffee.product.name, 50_000)]


def test_an_edition_at_which_only_training_was_recorded_has_not_sold_for_nothing() -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 2}, training=True)
    results = results_of(stand.expo)
    sales = results.figure("sales", "sales")
    assert sales is not None
    assert (sales.value, sales.missing) == (None, UNKNOWN)
    assert count(stand.expo, "sales") is None
    assert results.section("top") is None


def test_what_came_late_is_told_of_every_day_that_was_closed() -> None:
    stand, (coffee, _tea) = make_shop()
    days_ago = [timezone.now() - dt.timedelta(days=n) for n in (0, 4)]  # and no day of the edition
    for at in days_ago:
        till = make_sale(stand, {coffee: 1}, sold_at=at).till
        make_close(till, day=business_date(at))
        make_sale(stand, {coffee: 2}, sold_at=at)
    results = results_of(stand.expo)
    assert results.value("sales", "closings") == 2
    assert results.value("sales", "sales_late") == 100_000


def test_a_voucher_that_paid_was_handed_out_though_nobody_noted_it() -> None:
    stand, (coffee, _tea) = make_shop()
    _voucher, code = make_voucher(stand.expo)
    spend(stand, code, {coffee: 1})
    results = results_of(stand.expo)
    issued = results.figure("vouchers", "vouchers_issued")
    assert issued is not None
    assert issued.value == count(stand.expo, "vouchers_issued") == 1
    assert issued.parts[0].value == 100_000
    assert results.value("vouchers", "vouchers_redeemed") == 1


def test_a_day_that_is_still_to_come_is_not_said_to_have_sold_nothing() -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    tomorrow = business_date(timezone.now()) + dt.timedelta(days=1)
    ExpoDay.objects.create(expo=stand.expo, date=tomorrow)
    sales = results_of(stand.expo).figure("sales", "sales")
    assert sales is not None
    assert len(sales.parts) == 1


def test_a_published_claim_stands_before_the_count_which_can_be_opened(client: Client) -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    make_claim(expo=stand.expo, figure=Claim.Figure.SALES, value=1_950_289_000, is_published=True)
    make_claim(expo=stand.expo, figure=Claim.Figure.SALES, value=2_000_000_000, said_by="Antara")
    sales = results_of(stand.expo).figure("sales", "sales")
    assert sales is not None
    assert sales.value == 1_950_289_000
    # Whether that is less what was taken back, nobody says.
    assert label_of(sales) == "Penjualan"
    assert {one.value for one in sales.others} == {25_000, 2_000_000_000}
    choice = open_results(stand.expo)
    page = main_of(client.get(f"/{stand.expo.slug}/hasil/").content.decode())
    [fact] = [one for one in page.all("data-figure", "sales.sales") if one.has_class("fact")]
    assert "Rp 1.950.289.000" in fact.text
    assert "Angka lain" in fact.text
    assert "Rp 25.000" in fact.text
    choice.shows_other_claims = False
    choice.save()
    page = main_of(client.get(f"/{stand.expo.slug}/hasil/").content.decode())
    assert "Angka lain" not in page.text


def test_the_organiser_may_publish_what_a_query_counts_and_it_is_counted_anew() -> None:
    stand, (coffee, _tea) = make_shop()
    make_claim(
        expo=stand.expo,
        figure=Claim.Figure.SALES,
        value=1,
        is_published=True,
        basis="counted",
        sources="",
        query="sales",
        counted_at=timezone.now(),
    )
    make_sale(stand, {coffee: 3})
    assert results_of(stand.expo).value("sales", "sales") == 75_000


def test_what_somebody_else_counted_stands_under_no_column_of_our_days(client: Client) -> None:
    stand, (coffee, _tea) = make_shop()
    for days in (0, 1):
        make_sale(stand, {coffee: 1}, sold_at=timezone.now() - dt.timedelta(days=days))
    open_results(stand.expo)
    make_claim(expo=stand.expo, figure=Claim.Figure.SALES_COUNT, value=39_000, is_published=True)
    page = client.get(f"/{stand.expo.slug}/hasil/").text
    foot = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
    assert "Rp 50.000" in foot
    assert "39.000" not in foot
    assert "39.000" in page


def test_visitors_counted_at_the_gates_and_typed_by_day_are_shown_as_what_they_are() -> None:
    expo = make_expo()
    gate = Gate.objects.create(expo=expo, name="Timur")
    tap(gate, 5)
    tap(gate, 3, hour=10)
    day = expo.days.all()[1].date
    make_claim(
        expo=expo,
        figure=Claim.Figure.VISITORS,
        value=900,
        date=day,
        basis="organiser",
        said_by="Panitia",
        sources="",
        is_published=True,
    )
    results = results_of(expo)
    assert results.value("visitors", "visitors") == 8
    by_day = results.figure("visitors", "visitors_by_day")
    assert by_day is not None
    assert by_day.value is None
    assert [(one.key, one.value) for one in by_day.parts] == [(day.isoformat(), 900)]
    make_claim(expo=expo, figure=Claim.Figure.VISITORS, value=30_317, is_published=True)
    results = results_of(expo)
    assert results.value("visitors", "visitors") == 30_317
    assert results.value("visitors", "visitors_gates") == 8


def test_a_session_shows_who_was_counted_apart_from_what_was_reported() -> None:
    expo = make_expo()
    talk = make_session(
        expo=expo,
        title="Talkshow struktur pembiayaan",
        reported_count=90,
        reported_unit="koperasi dan UMKM",
        reported_by="TIMES Indonesia",
        reported_sources="https://example.org/",
    )
    for _ in range(2):
        make_attendance(talk)
    taken_back = make_attendance(talk)
    Attendance.objects.filter(pk=taken_back.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=taken_back.recorded_by
    )
    make_session(expo=expo, title="Batal", is_cancelled=True)
    results = results_of(expo)
    sessions = results.figure("sessions", "sessions")
    assert sessions is not None
    [session] = sessions.parts
    assert [(one.key, one.value) for one in session.parts] == [("counted", 2), ("reported", 90)]
    assert results.value("sessions", "attendance") == 2


def test_a_joint_total_says_how_much_of_it_is_accounted_for() -> None:
    expo = make_expo()
    scheme = make_scheme(expo=expo)
    make_claim(expo=expo, figure=Claim.Figure.FINANCING, value=4_344_800_000, is_published=True)
    accounted = results_of(expo).figure("financing", "financing_accounted")
    assert accounted is not None
    assert accounted.value is None
    make_disbursement(scheme=scheme, amount_rupiah=100_000_000, is_public=True, recipient="Amanah")
    make_disbursement(scheme=scheme, amount_rupiah=50_000_000)
    results = results_of(expo)
    assert results.value("financing", "financing") == 4_344_800_000
    assert results.value("financing", "financing_accounted") == 150_000_000
    schemes = results.figure("financing", "schemes")
    assert schemes is not None
    [total] = schemes.parts[0].parts
    assert total.value == 150_000_000
    assert [str(one.name) for one in total.parts] == ["Amanah"]


def test_only_partners_that_may_be_shown_are_named() -> None:
    expo = make_expo()
    make_agreement(expo=expo, name="M2M", is_public=True)
    make_agreement(expo=expo, name="Rahasia")
    make_agreement(expo=expo, name="Baru bicara", state="talk", is_public=True)
    partners = results_of(expo).figure("partnerships", "partners_b2b")
    assert partners is not None
    assert partners.value == 2
    assert [str(one.name) for one in partners.parts] == ["M2M"]


# --- who sees it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["hasil/", "hasil.json", "hasil.csv", "hasil/1/"])
def test_only_organisers_see_results_that_are_not_public(client: Client, path: str) -> None:
    expo = make_expo()
    freeze(expo, after=0, actor=User.objects.create_user("pembeku"))
    assert client.get(f"/2020/{path}").status_code == 404
    client.force_login(User.objects.create_user("aminah"))
    assert client.get(f"/2020/{path}").status_code == 404
    response = organiser(client).get(f"/2020/{path}")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_public_results_do_not_ask_who_looks_at_them(client: Client) -> None:
    open_results(make_expo())
    response = organiser(client).get("/2020/hasil/")
    assert response["Cache-Control"] == "no-store"
    assert "Cookie" not in response.get("Vary", "")


def test_the_home_page_leads_to_results_once_the_edition_is_over_and_they_are_public(
    client: Client,
) -> None:
    expo = make_expo(is_current=False)
    running = make_running_expo()
    open_results(running)
    assert "/hasil/" not in client.get("/2020/").content.decode()
    open_results(expo)
    assert "/2020/hasil/" in client.get("/2020/").content.decode()
    assert "/hasil/" not in client.get(f"/{running.slug}/").content.decode()
    sitemap = client.get("/sitemap.xml?bagian=hasil").content.decode()
    assert "/2020/hasil/" in sitemap
    assert f"/{running.slug}/hasil/" in sitemap


def test_live_results_are_never_stale_and_cost_few_queries(client: Client) -> None:
    stand, (coffee, _tea) = make_shop()
    open_results(stand.expo)
    path = f"/{stand.expo.slug}/hasil/"
    make_sale(stand, {coffee: 1})
    assert "Rp 25.000" in client.get(path).content.decode()
    make_sale(stand, {coffee: 1})
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path).content.decode()
    assert "Rp 50.000" in page
    assert len(queries) < 40
    assert unsourced(main_of(page)) == []


# --- files ----------------------------------------------------------------------------------------


def test_json_says_what_the_page_says_and_reads_back(client: Client) -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    open_results(stand.expo)
    body = json.loads(client.get(f"/{stand.expo.slug}/hasil.json").content)
    assert (body["state"], body["version"]) == ("provisional", None)
    results = from_text(json.dumps(body["results"]))
    assert results.value("sales", "sales") == 25_000
    assert changes(results, results_of(stand.expo)) == []


def test_csv_has_a_line_for_each_figure_and_no_formula(client: Client) -> None:
    expo = make_expo()
    make_claim(
        expo=expo,
        figure=Claim.Figure.OTHER,
        value=None,
        text="=HYPERLINK(1)",
        said_by="+62 Kabar",
        is_published=True,
    )
    open_results(expo)
    response = client.get("/2020/hasil.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    by_key = {row["Kunci"]: row for row in rows}
    assert by_key["scale.days"]["Nilai"] == "3"
    assert by_key["sales.sales"]["Nilai"] == ""
    assert by_key["sales.sales"]["Isi"] == "Tidak tercatat di sumber mana pun"
    said = next(row for key, row in by_key.items() if key.startswith("statements."))
    assert said["Isi"] == "'=HYPERLINK(1)"
    assert said["Menurut"] == "'+62 Kabar"
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_the_words_for_the_press_say_state_and_date_and_invent_nothing() -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    results = results_of(stand.expo)
    state = state_sentence("id", number=0, at=results.read_at)
    words = press_paragraph(results, "id", state=state)
    assert "Penjualan bersih Rp 25.000 dari 1 transaksi." in words
    assert words.endswith("WIB.")
    assert "Angka sementara per" in words
    assert "pengunjung" not in words
    assert "None" not in words


def test_content_has_one_spelling() -> None:
    stand, (coffee, _tea) = make_shop()
    make_sale(stand, {coffee: 1})
    text = as_text(results_of(stand.expo))
    assert as_text(from_text(text)) == text


@pytest.mark.parametrize(("days_ahead", "begun"), [(0, 1), (1, None)])
def test_session_without_a_day_has_not_begun_before_its_edition(
    days_ahead: int, begun: int | None
) -> None:
    day = business_date(timezone.now()) + dt.timedelta(days=days_ahead)
    expo = make_expo(days=[day])
    make_session(expo=expo, date=None, hours=None)
    assert results_of(expo).value("sessions", "sessions") == begun
