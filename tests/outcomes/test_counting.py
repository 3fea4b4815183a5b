"""What each query counts, and that it says nothing where nothing was recorded."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from outcomes.counting import QUERIES, NotCountableError, count, queries_of
from outcomes.models import Claim
from outcomes.results import read_results
from pesantren.models import Product
from programme.models import Attendance, Gate, GateCount, Session
from sales.totals.source import Grouping
from sales.totals.sums import sums_by
from sales.vouchers.issuing import issue_vouchers
from stands.clock import business_date
from stands.closing_edition import close_edition
from stands.models import Expo
from tests.ledger import make_reversal, make_running_expo, make_sale, make_shop
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.outcomes.make import make_agreement, make_disbursement, make_scheme
from tests.redeemed import spend
from tests.vouchers import make_finance, make_voucher, make_vouchers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_nothing_recorded_is_not_known_and_never_zero(name: str) -> None:
    assert count(make_expo(days=()), name) is None


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_query_says_what_it_counts(name: str) -> None:
    one = QUERIES[name]
    assert str(one.what).endswith(".")
    assert one.unit_of(2)
    assert one.answer.__doc__
    assert one in queries_of(one.figure)


def test_pesantren_count_once_at_a_stand_or_with_an_offer() -> None:
    expo = make_expo()
    holds, sells, both = (make_pesantren(slug=slug) for slug in ("a", "b", "c"))
    stand = make_stand(expo=expo, pesantren=[holds, both])
    other = make_stand(expo=expo, code="A2", pesantren=[both])
    for maker in (sells, both):
        product = make_product(producer=make_producer(pesantren=maker))
        make_offer(stand=other, product=product)
    withdrawn = make_product(producer=make_producer(pesantren=make_pesantren(slug="d")))
    make_offer(stand=stand, product=withdrawn, withdrawn=True)
    make_stand(expo=make_expo(slug="2021", is_current=False), pesantren=[make_pesantren(slug="e")])

    assert count(expo, "pesantren") == 3
    assert count(expo, "pesantren_at_stands") == 2
    assert count(expo, "pesantren_with_offers") == 2
    assert (count(expo, "stands"), count(expo, "days")) == (2, 3)
    assert count(expo, "products") == 2


def test_closed_edition_counts_what_it_sold_whatever_is_withdrawn_later() -> None:
    expo = make_expo()
    stand = make_stand(expo=expo)
    sold, later = make_offer(stand=stand), make_offer(stand=stand)
    make_offer(stand=stand, withdrawn=True)
    assert count(expo, "products") == 2
    close_edition(expo, actor=User.objects.create_user("citra"))
    Product.objects.filter(pk=later.product_id).update(state=Product.State.WITHDRAWN)
    expo.refresh_from_db()
    assert sold.product_id != later.product_id
    assert count(expo, "products") == 2


def test_closed_edition_counts_who_sold_there_whoever_has_the_product_later() -> None:
    expo = make_expo()
    first, second = (make_pesantren(slug=slug) for slug in ("a", "b"))
    maker, other = (make_producer(pesantren=one) for one in (first, second))
    products = [make_product(producer=maker), make_product(producer=maker)]
    stand = make_stand(expo=expo, pesantren=[first])
    for product in products:
        make_offer(stand=stand, product=product)
    before = [count(expo, name) for name in ("pesantren", "pesantren_with_offers")]
    close_edition(expo, actor=User.objects.create_user("citra"))
    Product.objects.filter(pk=products[0].pk).update(producer=other)
    after = read_results(Expo.objects.get(pk=expo.pk), timezone.now())
    expo.refresh_from_db()
    assert [count(expo, name) for name in ("pesantren", "pesantren_with_offers")] == before
    assert after.value("scale", "pesantren") == before[0]


def test_sales_are_those_of_the_totals_without_training() -> None:
    stand, (dear, cheap) = make_shop()
    first = make_sale(stand, {dear: 2})
    make_sale(stand, {cheap: 1})
    make_sale(stand, {dear: 9}, training=True)
    make_reversal(first, {1: 1})
    expo, today = stand.expo, business_date(timezone.now())

    assert count(expo, "sales") == 2 * 25_000 + 10_000 - 25_000
    assert count(expo, "sales_count") == 2
    sums = sums_by(expo, Grouping.DAY)[today]
    assert count(expo, "sales", date=today) == sums.net_rupiah
    assert count(expo, "sales", date=today.replace(year=2020)) is None


def test_vouchers_are_counted_as_handed_out_and_as_spent() -> None:
    stand, (offer,) = make_shop(prices=(80_000,))
    vouchers = [one for one, _code in make_vouchers(stand.expo, quantity=4)]
    expo = stand.expo
    assert count(expo, "vouchers_issued") == 0
    assert count(expo, "vouchers_redeemed") == 0
    assert count(expo, "voucher_value") == 100_000
    issue_vouchers(vouchers[:2], to="", actor=make_finance())
    _voucher, code = make_voucher(expo)
    spend(stand, code, {offer: 1})

    assert count(expo, "vouchers_issued") == 3
    assert count(expo, "vouchers_issued_value") == 300_000
    assert count(expo, "vouchers_redeemed") == 1
    assert count(expo, "vouchers_redeemed_value") == 80_000
    make_vouchers(expo, value_rupiah=50_000)
    assert count(expo, "voucher_value") is None


def attend(session: Session, **other: object) -> None:
    now = timezone.now()
    Attendance.objects.create(
        **{
            "id": uuid.uuid4(),
            "session": session,
            "certificate": uuid.uuid4().hex[:16],
            "name": "Aminah",
            "kind": "visitor",
            "way": "walk_in",
            "came_at": now,
            "recorded_by": User.objects.get_or_create(username="citra")[0],
            **other,
        }
    )


def test_sessions_and_attendance_leave_out_what_was_called_off(expo: Expo) -> None:
    held = Session.objects.create(expo=expo, slug="a", title="A", kind="talkshow")
    off = Session.objects.create(expo=expo, slug="b", title="B", kind="other", is_cancelled=True)
    attend(held)
    attend(held, name="Budi")
    usher = User.objects.get(username="citra")
    attend(held, name="Salah", withdrawn_at=timezone.now(), withdrawn_by=usher)
    attend(off)

    assert count(expo, "sessions") == 1
    assert count(expo, "attendance") == 2


def test_visitors_are_taps_less_those_taken_back(expo: Expo) -> None:
    gate = Gate.objects.create(expo=expo, name="Utara")
    now, citra = timezone.now(), User.objects.create_user("citra")

    def tap(step: int, takes_back: GateCount | None = None) -> GateCount:
        return GateCount.objects.create(
            id=uuid.uuid4(),
            gate=gate,
            step=step,
            takes_back=takes_back,
            counted_at=now,
            date=business_date(now),
            hour=9,
            counted_by=citra,
        )

    tap(5)
    tap(-1, tap(1))
    assert count(expo, "visitors") == 5
    assert count(expo, "visitors", date=business_date(now)) == 5


def test_financing_sums_rows_and_counts_recipients_once(expo: Expo) -> None:
    first, second = make_scheme(expo=expo), make_scheme(expo=expo)
    producer = make_producer()
    make_disbursement(scheme=first, producer=producer, amount_rupiah=100)
    make_disbursement(scheme=second, producer=producer, amount_rupiah=50)
    make_disbursement(scheme=second, recipient="Toko  Barokah", amount_rupiah=25)
    make_disbursement(scheme=second, recipient="toko barokah", amount_rupiah=25)

    assert count(expo, "financing") == 200
    assert count(expo, "financing", scheme=first) == 100
    assert count(expo, "financing_recipients") == 2


def test_partnerships_count_once_they_came_about(expo: Expo) -> None:
    for state in ("interest", "talk", "reported", "signed", "contract", "ended"):
        make_agreement(expo=expo, state=state)
        make_agreement(expo=expo, kind="foreign", state=state, country="MY")
    make_agreement(expo=expo, kind="foreign", state="signed", country="TR")
    make_agreement(expo=expo, kind="foreign", state="signed", country="ID")

    assert count(expo, "partners_b2b") == 3
    assert count(expo, "agreements_foreign") == 5
    assert count(expo, "agreements_pesantren") is None
    assert count(expo, "countries_signed") == 2


def test_what_cannot_be_counted_says_so(expo: Expo) -> None:
    with pytest.raises(NotCountableError):
        count(expo, "rahasia")
    with pytest.raises(NotCountableError):
        count(expo, "stands", date=business_date(timezone.now()))


@pytest.fixture
def expo() -> Expo:
    return make_running_expo()


def test_every_countable_figure_is_a_figure() -> None:
    assert {one.figure for one in QUERIES.values()} <= set(Claim.Figure)
