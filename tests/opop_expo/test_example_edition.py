"""The example edition on any date: its days, its sales, and what a second run leaves alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from opop_expo import example_edition
from opop_expo.edition_loading import load_edition
from opop_expo.example_edition import make_example_edition
from sales.models import HeldSale, Sale, SaleFlag
from sales.proof.verifying import verify_ledger
from stands.clock import WIB
from stands.models import Expo, Offer, Stand
from tests.opop_expo.small_edition import write_small_edition

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=WIB)


@pytest.fixture
def source(tmp_path: Path) -> Expo:
    expo = load_edition(write_small_edition(tmp_path)).expo
    Offer.objects.update(stock=None)
    return expo


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sale an hour: enough where a test is not about how many there are."""
    monkeypatch.setattr(example_edition, "RUSH", [1] * 24)


def run_at(now: dt.datetime, source: Expo) -> Expo:
    with time_machine.travel(now, tick=False):
        return make_example_edition(source=source, now=timezone.now())


def days_of(expo: Expo) -> list[str]:
    return [f"{day.date} {day.opens:%H:%M}-{day.closes:%H:%M}" for day in expo.days.all()]


@pytest.mark.usefixtures("quiet")
def test_hall_is_copied_and_shown(source: Expo) -> None:
    Expo.objects.filter(pk=source.pk).update(is_current=True)

    expo = run_at(NOON, source)

    assert (expo.slug, expo.is_current, expo.is_example) == ("2026-contoh", True, True)
    assert Expo.objects.filter(is_current=True).count() == 1
    assert [(one.code, one.zone.expo_id) for one in expo.stands.all()] == [
        ("A01", expo.pk),
        ("A02", expo.pk),
        ("A03", expo.pk),
    ]
    assert expo.notes.endswith(source.notes)
    assert expo.sources == source.sources
    assert expo.stands.get(code="A02").pesantren.count() == 2
    assert Offer.objects.filter(stand__expo=expo).count() == 3
    assert source.stands.count() == 3


@pytest.mark.usefixtures("quiet")
def test_days_lie_around_now(source: Expo) -> None:
    assert days_of(run_at(NOON, source)) == [
        "2026-11-24 08:00-22:00",
        "2026-11-25 08:00-22:00",
        "2026-11-26 08:00-22:00",
    ]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("clock", "hours"),
    [
        (dt.time(0, 0), "00:00-22:00"),
        (dt.time(6, 39), "06:00-22:00"),
        (dt.time(8, 0), "08:00-22:00"),
        (dt.time(21, 59), "08:00-22:00"),
        (dt.time(22, 0), "08:00-23:00"),
        (dt.time(23, 59), "08:00-23:59"),
    ],
)
def test_hall_is_open_at_any_hour(source: Expo, clock: dt.time, hours: str) -> None:
    now = dt.datetime.combine(NOON.date(), clock, WIB)

    expo = run_at(now, source)

    assert expo.is_open_at(now)
    assert days_of(expo) == [f"2026-11-{day} {hours}" for day in (24, 25, 26)]


@pytest.mark.usefixtures("quiet")
def test_later_run_widens_all_days_and_narrows_none(source: Expo) -> None:
    run_at(NOON.replace(hour=6), source)

    days = days_of(run_at(NOON.replace(hour=22), source))
    assert days == [f"2026-11-{day} 06:00-23:00" for day in (24, 25, 26)]

    days = days_of(run_at(NOON + dt.timedelta(days=1), source))
    assert days == [f"2026-11-{day} 06:00-23:00" for day in (24, 25, 26, 27)]


@pytest.mark.usefixtures("quiet")
def test_new_year_begins_at_midnight_in_java(source: Expo) -> None:
    assert run_at(dt.datetime(2026, 12, 31, 17, 30, tzinfo=dt.UTC), source).slug == "2027-contoh"
    assert Expo.objects.get(is_current=True).slug == "2027-contoh"


def test_sales_lie_between_yesterday_and_now(source: Expo) -> None:
    expo = run_at(NOON, source)

    sales = Sale.objects.filter(expo=expo)
    per_day = {day: sales.on_day(day).count() for day in (dt.date(2026, 11, 24), NOON.date())}
    assert per_day[dt.date(2026, 11, 24)] > 180
    assert 20 < per_day[NOON.date()] < 80
    assert sum(per_day.values()) == sales.count() == Sale.objects.count()
    assert not sales.filter(sold_at__gt=NOON).exists()
    assert set(sales.values_list("intake", flat=True)) == {Sale.Intake.EXAMPLE}


def test_sales_are_as_various_as_a_real_day(source: Expo) -> None:
    sales = Sale.objects.filter(expo=run_at(NOON, source))

    assert {row[0] for row in sales.values_list("payments__method").distinct()} == {
        "cash",
        "qris",
        "transfer",
        "card",
    }
    assert sales.filter(payments__tendered_rupiah__isnull=False).exists()
    assert sales.filter(lines__position=1, lines__quantity__gt=1).exists()
    assert set(sales.values_list("stand__code", flat=True)) == {"A01", "A02", "A03"}
    assert 1 <= sales.filter(reverses__isnull=False).exclude(reason="").count() <= 20
    by_hour = [sales.filter(sold_at__hour=hour).count() for hour in (9, 12)]
    assert by_hour[0] < by_hour[1]


def test_ledger_of_the_example_is_whole(source: Expo) -> None:
    run_at(NOON, source)

    assert verify_ledger().breaks == []
    assert not SaleFlag.objects.exists()
    assert not HeldSale.objects.exists()


@pytest.mark.usefixtures("quiet")
def test_second_run_at_the_same_time_changes_nothing(source: Expo) -> None:
    first = list(Sale.objects.filter(expo=run_at(NOON, source)).values_list("pk", "hash"))

    assert list(Sale.objects.filter(expo=run_at(NOON, source)).values_list("pk", "hash")) == first


@pytest.mark.usefixtures("quiet")
def test_later_run_adds_what_happened_in_between(source: Expo) -> None:
    before = set(Sale.objects.filter(expo=run_at(NOON, source)).values_list("pk", flat=True))

    evening = NOON + dt.timedelta(hours=8)
    expo = run_at(evening, source)

    after = set(Sale.objects.filter(expo=expo).values_list("pk", flat=True))
    added = Sale.objects.filter(pk__in=after - before)
    assert before < after
    assert added.count() >= 7
    assert not added.filter(sold_at__lte=NOON).exists()
    assert not added.filter(sold_at__gt=evening).exists()
    assert verify_ledger().breaks == []


@pytest.mark.usefixtures("quiet")
def test_run_of_the_next_day_adds_the_missing_day(source: Expo) -> None:
    run_at(NOON, source)

    expo = run_at(NOON + dt.timedelta(days=2), source)

    assert [str(day) for day in expo.days.all()] == [
        "24-11-2026",
        "25-11-2026",
        "26-11-2026",
        "27-11-2026",
        "28-11-2026",
    ]
    assert Sale.objects.filter(expo=expo).on_day(dt.date(2026, 11, 25)).count() >= 14
    assert Sale.objects.filter(expo=expo).on_day(dt.date(2026, 11, 26)).count() >= 14
    assert Expo.objects.count() == 2


@pytest.mark.usefixtures("quiet")
def test_what_was_entered_stays(source: Expo) -> None:
    expo = run_at(NOON, source)
    Offer.objects.filter(stand__expo=expo).update(price_rupiah=7_777)
    Stand.objects.filter(expo=expo, code="A01").update(name="Nama baru")
    expo.days.filter(date=NOON.date()).update(closes=dt.time(20))
    Expo.objects.filter(pk=expo.pk).update(is_current=False)

    again = run_at(NOON, source)

    assert set(Offer.objects.filter(stand__expo=expo).values_list("price_rupiah")) == {(7_777,)}
    assert Stand.objects.get(expo=expo, code="A01").name == "Nama baru"
    assert days_of(again)[1] == "2026-11-25 08:00-20:00"
    assert not again.is_current


@pytest.mark.usefixtures("quiet")
def test_something_is_left_for_the_till(source: Expo) -> None:
    Offer.objects.update(stock=20)

    expo = run_at(NOON, source)

    assert Sale.objects.filter(expo=expo).exists()
    assert not Offer.objects.filter(stand__expo=expo, stock__lt=5).exists()
    assert set(Offer.objects.filter(stand__expo=source).values_list("stock", flat=True)) == {20}
