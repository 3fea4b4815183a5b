"""A day closed at a till: frozen with the ledger's end, and everything later is an amendment."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import append_only
from sales.closing.book import row_hash
from sales.closing.figures import Figures, figures_in, figures_of, summed
from sales.models import (
    CashMovement,
    CloseAmendment,
    DayClose,
    HeldClosing,
    HeldSale,
    LedgerHead,
    Sale,
    Till,
)
from sales.proof.verifying import verify_ledger
from sales.work_list.deciding import accept_held
from stands.clock import business_date
from tests.closings import sent_close, sent_movement
from tests.ledger import make_reversal, make_running_expo, make_sale, make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    return make_shop(code="A12")


@pytest.fixture
def offer(shop: tuple[Stand, list[Offer]]) -> Offer:
    return shop[1][0]


@pytest.fixture
def tablet(shop: tuple[Stand, list[Offer]]) -> TestTablet:
    return pair_tablet(shop[0])


def send(tablet: TestTablet, *some: dict[str, Any]) -> list[tuple[int, str]]:
    answers = tablet.post("kiriman", sales=list(some)).json()["answers"]
    return [(one["http"], one["status"]) for one in answers]


def test_close_freezes_the_day_with_the_ledgers_end(tablet: TestTablet, offer: Offer) -> None:
    sale = tablet.sale({offer: 2})
    qris = tablet.sale({offer: 1}, payments=[{"method": "qris", "amount_rupiah": 25_000}])
    back = tablet.reversal(sale)
    training = tablet.sale({offer: 9}, training=True, number=f"{tablet.till.prefix}-L0001")
    assert (
        send(
            tablet,
            sent_movement(tablet, "float", 200_000),
            sale,
            qris,
            training,
            back,
            sent_movement(tablet, "out", 50_000, number=f"{tablet.till.prefix}-K0002"),
            sent_close(tablet, {100_000: 1, 50_000: 1, 20_000: 1, 500: 2}, expected_rupiah=175_000),
        )
        == [(201, "recorded")] * 7
    )
    close = DayClose.objects.get()
    assert (close.number, close.counted_rupiah) == ("A12-A-Z0001", 171_000)
    assert (close.expected_rupiah, close.difference_rupiah) == (175_000, -4_000)
    assert figures_in(close) == Figures(
        sales_count=2,
        reversals_count=1,
        gross_rupiah=75_000,
        reversed_rupiah=25_000,
        by_method={"cash": 25_000, "qris": 25_000},
        drawer_cash_rupiah=25_000,
        float_rupiah=200_000,
        cash_out_rupiah=50_000,
    )
    head = LedgerHead.objects.get()
    assert (close.ledger_sequence, close.ledger_hash) == (head.sequence, head.hash)
    assert verify_ledger().breaks == []


def test_late_sale_is_an_amendment_and_the_close_stays(tablet: TestTablet, offer: Offer) -> None:
    first, late = tablet.sale({offer: 1}), tablet.sale({offer: 2})
    close = sent_close(tablet, {100_000: 1})
    after = tablet.sale({offer: 1})
    send(tablet, first, close)
    frozen = DayClose.objects.values().get()
    # Two transactions, two amendments: the second of two sales, of which one was made afterwards.
    send(tablet, late)
    send(tablet, after)
    assert DayClose.objects.values().get() == frozen
    rows = CloseAmendment.objects.order_by("place")
    assert [
        (one.name, one.sales_count, one.net_rupiah, one.counted_before_rupiah) for one in rows
    ] == [("A1", 1, 50_000, 50_000), ("A2", 1, 25_000, 0)]
    assert verify_ledger().breaks == []


def test_what_stands_behind_the_close_in_one_batch_is_an_amendment(
    tablet: TestTablet, offer: Offer
) -> None:
    before = tablet.sale({offer: 1})
    close = sent_close(tablet, {})
    send(tablet, before, close, tablet.sale({offer: 1}), tablet.sale({offer: 1}))
    assert DayClose.objects.get().sales_count == 1
    assert CloseAmendment.objects.get().sales_count == 2
    assert verify_ledger().breaks == []


def test_second_count_is_an_amendment_with_the_whole_expectation(
    tablet: TestTablet, offer: Offer
) -> None:
    send(tablet, tablet.sale({offer: 2}), sent_close(tablet, {50_000: 1}))
    send(tablet, tablet.sale({offer: 1}))
    again = sent_close(tablet, {50_000: 1, 20_000: 1}, number="A12-A-Z0002", note="hitung ulang")
    assert send(tablet, again) == [(201, "recorded")]
    assert DayClose.objects.get().difference_rupiah == 0
    recount = CloseAmendment.objects.get(kind="recount")
    assert (recount.name, recount.number, recount.note) == ("A2", "A12-A-Z0002", "hitung ulang")
    assert (recount.expected_rupiah, recount.difference_rupiah) == (75_000, -5_000)
    assert verify_ledger().breaks == []


def test_same_close_sent_again_is_one_close(tablet: TestTablet, offer: Offer) -> None:
    close, movement = sent_close(tablet, {1_000: 3}), sent_movement(tablet, "in", 1_000)
    send(tablet, tablet.sale({offer: 1}), movement, close)
    assert send(tablet, movement, close) == [(200, "replayed")] * 2
    # Later, when the tablet's clock is measured anew, it is still the same.
    again = tablet.post("penjualan", sale=close)
    assert (again.status_code, again.json()["number"]) == (200, "A12-A-Z0001")
    assert (DayClose.objects.count(), CashMovement.objects.count()) == (1, 1)


def test_same_uuid_with_other_content_is_kept_for_an_organiser(tablet: TestTablet) -> None:
    close = sent_close(tablet, {1_000: 3})
    send(tablet, close)
    other = close | {"counted": {"1000": 4}, "counted_rupiah": 4_000}
    assert send(tablet, other) == [(409, "conflict")]
    assert send(tablet, other, close) == [(409, "conflict"), (200, "replayed")]
    held = HeldClosing.objects.get()
    assert (held.reason, held.request["counted_rupiah"]) == ("other_content", 4_000)
    assert DayClose.objects.get().counted_rupiah == 3_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"number": "A12-A-Z0001", "uuid": str(uuid.uuid4())}, "number_taken"),
        ({"number": "A12-B-Z0001"}, "other_till"),
        ({"number": "A12-A-Z0002", "business_date": "2099-01-01"}, "future"),
        ({"number": "A12-A-Z0002", "business_date": "2020-01-01"}, "too_old"),
    ],
)
def test_close_that_cannot_be_is_held(
    tablet: TestTablet, change: dict[str, Any], reason: str
) -> None:
    send(tablet, sent_close(tablet, {}))
    assert send(tablet, sent_close(tablet, {}, **change)) == [(202, "held")]
    assert HeldClosing.objects.get().reason == reason
    assert (DayClose.objects.count(), CloseAmendment.objects.count()) == (1, 0)


UNREADABLE: dict[str, dict[str, Any]] = {
    "denomination": {"counted": {"30000": 1}, "counted_rupiah": 30_000},
    "spelling": {"counted": {"0100": 1}, "counted_rupiah": 100},
    "sum": {"counted_rupiah": 1},
    "negative": {"counted": {"1000": -1}, "counted_rupiah": -1_000},
    "half": {"counted": {"1000": 0.5}, "counted_rupiah": 500},
    "list": {"counted": [1]},
    "day": {"business_date": "25-11-2026"},
    "number": {"number": "A12-A-0001"},
    "expected": {"expected_rupiah": None},
    "unknown": {"warna": "merah"},
    "note": {"note": "a" * 201},
    "missing": {"last_counter": None},
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_is_no_close_is_refused_and_nothing_is_kept(tablet: TestTablet, what: str) -> None:
    good = sent_close(tablet, {}, number="A12-A-Z0002")
    assert send(tablet, sent_close(tablet, {}) | UNREADABLE[what], good) == [
        (422, "refused"),
        (201, "recorded"),
    ]
    assert not HeldClosing.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"movement": "steal"},
        {"movement": "out", "reason": " "},
        {"movement": "in", "amount_rupiah": 0},
        {"amount_rupiah": -1},
        {"amount_rupiah": "1000"},
        {"number": "A12-A-Z0001"},
    ],
)
def test_what_is_no_movement_is_refused(tablet: TestTablet, change: dict[str, Any]) -> None:
    assert send(tablet, sent_movement(tablet, "float", 1_000) | change) == [(422, "refused")]
    assert not CashMovement.objects.exists()


def test_late_movement_is_an_amendment_too(tablet: TestTablet) -> None:
    early = (timezone.now() - dt.timedelta(seconds=5)).isoformat()
    send(tablet, sent_close(tablet, {}))
    send(tablet, sent_movement(tablet, "out", 20_000, device_at=early, clock_offset_ms=0))
    row = CloseAmendment.objects.get()
    assert (row.cash_out_rupiah, row.counted_before_rupiah) == (20_000, -20_000)
    assert verify_ledger().breaks == []


def test_held_sale_that_is_accepted_amends_its_day(tablet: TestTablet, offer: Offer) -> None:
    original = tablet.sale({offer: 2})
    send(tablet, original, sent_close(tablet, {}))
    again = tablet.sale({offer: 1}, number=original["number"])
    assert send(tablet, again) == [(202, "held")]
    assert not CloseAmendment.objects.exists()
    accept_held(HeldSale.objects.get(), actor=User.objects.create_user("citra"))
    row = CloseAmendment.objects.get()
    assert (row.sales_count, row.counted_before_rupiah) == (1, 25_000)
    assert verify_ledger().breaks == []


def test_reversal_at_the_desk_leaves_the_drawer_alone(shop: tuple[Stand, list[Offer]]) -> None:
    stand, (offer, _) = shop
    sale = make_sale(stand, {offer: 2})
    make_reversal(sale, {1: 1}, intake=Sale.Intake.ORGANISER)
    till = LedgerHead.objects.get().web_till
    figures = figures_of(till, sale.business_date)
    assert (figures.by_method, figures.drawer_cash_rupiah) == ({"cash": 25_000}, 50_000)


def test_close_says_which_numbers_must_exist(tablet: TestTablet, offer: Offer) -> None:
    send(tablet, tablet.sale({offer: 1}), sent_close(tablet, {}, last_counter=3))
    assert Till.objects.get(pk=tablet.till.pk).last_counter == 3


def test_movement_says_nothing_of_receipts(tablet: TestTablet) -> None:
    send(tablet, sent_movement(tablet, "float", 1_000, number="A12-A-K0042"))
    assert Till.objects.get(pk=tablet.till.pk).last_counter == 0


def test_sale_of_an_open_day_costs_no_statement_more(tablet: TestTablet, offer: Offer) -> None:
    send(tablet, tablet.sale({offer: 1}))
    first, second = tablet.sale({offer: 1}), tablet.sale({offer: 1})
    with CaptureQueriesContext(connection) as open_day:
        send(tablet, first)
    yesterday = business_date(timezone.now()) - dt.timedelta(days=1)
    send(tablet, sent_close(tablet, {}, business_date=yesterday.isoformat()))
    with CaptureQueriesContext(connection) as day_after:
        send(tablet, second)
    assert len(day_after) == len(open_day)


# --- the database itself ------------------------------------------------------------------------


TAMPERINGS = {
    "counted": "UPDATE sales_dayclose SET counted_rupiah = 26000, difference_rupiah = 0",
    "figures": "UPDATE sales_dayclose SET gross_rupiah = 1",
    "ledger": "UPDATE sales_dayclose SET ledger_sequence = 2",
    "amendment": "UPDATE sales_closeamendment SET gross_rupiah = 1",
    "amendment gone": "DELETE FROM sales_closeamendment",
    "movement": "UPDATE sales_cashmovement SET amount_rupiah = 5",
    "movement gone": "DELETE FROM sales_cashmovement",
    "chain": "UPDATE sales_dayclose SET previous_hash = 'x'",
    "head": "UPDATE sales_drawerhead SET sequence = 9",
    "stand": "UPDATE sales_ledgerhead SET last_closed_day = NULL",
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_with_a_close_is_found(tablet: TestTablet, offer: Offer, how: str) -> None:
    send(tablet, sent_movement(tablet, "float", 1_000), tablet.sale({offer: 1}))
    send(tablet, sent_close(tablet, {1_000: 1}))
    send(tablet, tablet.sale({offer: 1}))
    assert verify_ledger().breaks == []
    append_only.lift(connection)
    connection.cursor().execute(TAMPERINGS[how])
    append_only.install(connection)
    assert verify_ledger().breaks


def test_figures_made_to_fit_their_hash_are_found(tablet: TestTablet, offer: Offer) -> None:
    """Who can write hashes still cannot make the ledger agree."""
    send(tablet, tablet.sale({offer: 1}), sent_close(tablet, {}))
    append_only.lift(connection)
    close = DayClose.objects.get()
    close.gross_rupiah += 1_000
    close.hash = row_hash(close)
    close.save()
    connection.cursor().execute("UPDATE sales_drawerhead SET hash = %s", [close.hash])
    append_only.install(connection)
    assert [one.what for one in verify_ledger().breaks] == ["angkanya bukan angka buku penjualan"]


# --- any run ------------------------------------------------------------------------------------

STEP = st.one_of(
    st.tuples(st.just("sale"), st.integers(0, 1), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.just("training"), st.integers(0, 1), st.integers(0, 2), st.just(1)),
    st.tuples(st.just("back"), st.integers(0, 1), st.integers(0, 9), st.just(1)),
    st.tuples(st.just("move"), st.integers(0, 1), st.integers(0, 2), st.integers(1, 9)),
    st.tuples(st.just("close"), st.integers(0, 1), st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("send"), st.integers(0, 1), st.just(0), st.just(0)),
)


@pytest.mark.story
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=3, max_size=18))
def test_closings_and_amendments_and_open_days_are_the_ledger(steps: list[tuple[Any, ...]]) -> None:
    with transaction.atomic():
        expo = make_running_expo(slug=f"2026-{uuid.uuid4().hex[:8]}")
        stand, offers = make_shop(code="A1", expo=expo)
        other, other_offers = make_shop(code="B2", expo=expo)
        outboxes = [Outbox(pair_tablet(stand), offers), Outbox(pair_tablet(other), other_offers)]
        for kind, place, day, size in steps:
            outboxes[place].step(kind, day, size)
        for outbox in outboxes:
            outbox.send(outbox.waiting)
        assert_shared_out([outbox.tablet.till for outbox in outboxes])
        assert verify_ledger().breaks == []
        transaction.set_rollback(True)


class Outbox:
    """A tablet that makes things and sends them when it is told to."""

    def __init__(self, tablet: TestTablet, offers: list[Offer]) -> None:
        self.tablet = tablet
        self.offers = offers
        self.waiting: list[dict[str, Any]] = []
        self.sales: list[dict[str, Any]] = []
        self.made = 0

    def step(self, kind: str, day: int, size: int) -> None:
        """Make one thing so many days ago, or send what waits; one in three arrives later."""
        if kind == "send":
            late = self.waiting[2::3]
            self.send([one for turn, one in enumerate(self.waiting) if turn % 3 != 2])
            self.waiting = late
            return
        self.made += 1
        at = timezone.now() - dt.timedelta(days=day)
        common = {"device_at": at.isoformat(), "clock_offset_ms": 0}
        made = getattr(self, kind)(day, size, common)
        if made is not None:
            self.waiting.append(made)

    def send(self, some: list[dict[str, Any]]) -> None:
        if some:
            send(self.tablet, *some)

    def number(self, letter: str) -> str:
        return f"{self.tablet.till.prefix}-{letter}{self.made:04d}"

    def sale(self, _day: int, size: int, common: dict[str, Any]) -> dict[str, Any]:
        sale = self.tablet.sale({self.offers[0]: size, self.offers[1]: 1}, **common)
        if size == 2:
            sale["payments"] = [{"method": "qris", "amount_rupiah": 60_000}]
        self.sales.append(sale)
        return sale

    def training(self, _day: int, size: int, common: dict[str, Any]) -> dict[str, Any]:
        number = self.number("L")
        return self.tablet.sale({self.offers[0]: size}, training=True, number=number, **common)

    def back(self, place: int, _size: int, _common: dict[str, Any]) -> dict[str, Any] | None:
        if not self.sales:
            return None
        return self.tablet.reversal(self.sales[place % len(self.sales)], clock_offset_ms=0)

    def move(self, _day: int, size: int, common: dict[str, Any]) -> dict[str, Any]:
        name = ("float", "in", "out")[size % 3]
        return sent_movement(
            self.tablet, name, size * 1_000, number=self.number("K"), reason="kas", **common
        )

    def close(self, day: int, size: int, common: dict[str, Any]) -> dict[str, Any]:
        date = business_date(timezone.now()) - dt.timedelta(days=day)
        return sent_close(
            self.tablet,
            {1_000: size},
            number=self.number("Z"),
            business_date=date.isoformat(),
            **common,
        )


def assert_shared_out(tills: list[Till]) -> None:
    """Every counted entry lies in one close or amendment, or in a day that is open."""
    closed = {
        (one.till_id, one.business_date): one for one in DayClose.objects.filter(till__in=tills)
    }
    parts = [figures_in(one) for one in closed.values()]
    parts += [figures_in(one) for one in CloseAmendment.objects.filter(till__in=tills)]
    days = {
        *Sale.objects.counted().filter(till__in=tills).values_list("till", "business_date"),
        *CashMovement.objects.filter(till__in=tills).values_list("till", "business_date"),
    }
    by_pk = {till.pk: till for till in tills}
    parts += [figures_of(by_pk[till], day) for till, day in days if (till, day) not in closed]
    together = summed(parts)
    ledger = summed(figures_of(by_pk[till], day) for till, day in days)
    assert together.as_columns() == ledger.as_columns()
    for (till, day), close in closed.items():
        amendments = [figures_in(one) for one in close.amendments.all()]
        whole = summed([figures_in(close), *amendments])
        assert whole.as_columns() == figures_of(by_pk[till], day).as_columns()
