"""A paired till asks for a voucher: claimed for one sale, refused with the reason, released."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from events.models import Attempt
from sales.models import Voucher
from sales.vouchers.codes import as_printed, new_code
from sales.vouchers.issuing import release_claim, void_voucher
from stands.clock import business_date
from tests.ledger import make_shop
from tests.make import make_expo
from tests.tablets import TestTablet, pair_tablet
from tests.vouchers import make_finance, make_voucher, make_vouchers

if TYPE_CHECKING:
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> tuple[Stand, Offer]:
    stand, (offer, _other) = make_shop(code="A1", prices=(80_000, 10_000))
    return stand, offer


@pytest.fixture
def tablet(shop: tuple[Stand, Offer]) -> TestTablet:
    return pair_tablet(shop[0])


def claim(tablet: TestTablet, code: str, sale: str | None = None) -> Any:
    return tablet.post("voucher", do="claim", code=code, sale=sale or str(uuid.uuid4()))


def test_claim_says_number_and_value_and_holds_the_voucher(tablet: TestTablet) -> None:
    voucher, code = make_voucher(tablet.till.expo, value_rupiah=100_000)
    sale = str(uuid.uuid4())
    answer = claim(tablet, as_printed(code).lower(), sale)
    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "voucher": {"number": "0001", "value_rupiah": 100_000}},
    )
    voucher.refresh_from_db()
    assert (voucher.state, str(voucher.claimed_for), voucher.claimed_till) == (
        Voucher.State.CLAIMED,
        sale,
        tablet.till,
    )


def test_claim_is_repeated_for_the_same_sale_alone(tablet: TestTablet) -> None:
    other, _ = make_shop(code="B3", expo=tablet.till.expo)
    _voucher, code = make_voucher(tablet.till.expo)
    sale = str(uuid.uuid4())
    assert [claim(tablet, code, sale).status_code for _ in range(2)] == [200, 200]
    answer = claim(pair_tablet(other), code)
    assert (answer.status_code, answer.json()["reason"]) == (409, "in_use")
    assert answer.json()["stand"] == "A1"
    assert "No. 0001 sedang dipakai di stan A1" in answer.json()["message"]


def test_released_voucher_is_free_again(tablet: TestTablet) -> None:
    _voucher, code = make_voucher(tablet.till.expo)
    sale, stranger = str(uuid.uuid4()), str(uuid.uuid4())
    claim(tablet, code, sale)
    assert tablet.post("voucher", do="release", code=code, sale=stranger).status_code == 200
    assert claim(tablet, code, stranger).status_code == 409
    for _ in range(2):
        assert tablet.post("voucher", do="release", code=code, sale=sale).json() == {"ok": True}
    assert claim(tablet, code, stranger).status_code == 200


def test_organiser_frees_a_voucher_that_a_lost_tablet_holds(tablet: TestTablet) -> None:
    voucher, code = make_voucher(tablet.till.expo)
    claim(tablet, code)
    release_claim(voucher, actor=make_finance(), reason="tablet rusak")
    assert claim(tablet, code).status_code == 200


def test_till_hears_the_true_reason(tablet: TestTablet) -> None:
    expo, today = tablet.till.expo, business_date(timezone.now())
    other, _ = make_shop(code="B3", expo=expo)
    day = dt.timedelta(days=1)
    [(_, late)] = make_vouchers(expo, valid_from=today - 3 * day, valid_until=today - day)
    [(_, early)] = make_vouchers(expo, valid_from=today + day, valid_until=today + day)
    _, elsewhere = make_voucher(expo, stands=[other])
    _, foreign = make_voucher(make_expo(slug="2027", is_current=False))
    void, gone = make_voucher(expo)
    void_voucher(void, actor=make_finance(), reason="salah cetak")
    reasons = {code: claim(tablet, code).json() for code in (late, early, elsewhere, foreign, gone)}
    assert [one["reason"] for one in reasons.values()] == [
        "expired",
        "early",
        "elsewhere",
        "elsewhere",
        "void",
    ]
    assert claim(tablet, new_code()).json()["reason"] == "unknown"
    assert "hanya berlaku sampai" in reasons[late]["message"]
    assert not Voucher.objects.filter(state=Voucher.State.CLAIMED).exists()


def test_spent_voucher_says_where_and_when(shop: tuple[Stand, Offer], tablet: TestTablet) -> None:
    _voucher, code = make_voucher(tablet.till.expo)
    sale = tablet.sale(
        {shop[1]: 1},
        payments=[{"method": "voucher", "amount_rupiah": 80_000, "voucher": code}],
    )
    claim(tablet, code, sale["uuid"])
    assert tablet.post("penjualan", sale=sale).status_code == 201
    answer = claim(tablet, code).json()
    assert (answer["reason"], answer["stand"]) == ("spent", "A1")
    assert "sudah dipakai di stan A1" in answer["message"]
    # A repeat of the old claim, late on its way, is no other sale.
    assert claim(tablet, code, sale["uuid"]).status_code == 200


def test_claim_that_comes_after_its_sale_holds_nothing(
    shop: tuple[Stand, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(tablet.till.expo)
    sale = tablet.sale({shop[1]: 1})
    tablet.post("penjualan", sale=sale)
    assert claim(tablet, code, sale["uuid"]).status_code == 409
    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.OPEN


def test_guessing_is_throttled_by_tablet(tablet: TestTablet) -> None:
    other = pair_tablet(tablet.till.stand)
    _voucher, code = make_voucher(tablet.till.expo)
    answers = [claim(tablet, new_code()).status_code for _ in range(21)]
    assert answers == [409] * 20 + [429]
    waiting = claim(tablet, code)
    assert waiting.status_code == 429
    assert 0 < waiting.json()["retry_after"] <= 600
    assert claim(other, code).status_code == 200


def test_slip_of_the_hand_is_no_guess(tablet: TestTablet) -> None:
    _voucher, code = make_voucher(tablet.till.expo)
    wrong = ("1" if code[0] != "1" else "2") + code[1:]
    assert {claim(tablet, wrong).status_code for _ in range(25)} == {409}
    assert not Attempt.objects.exists()
    assert claim(tablet, code).status_code == 200


def test_many_guessers_are_slowed_and_honest_tills_are_not(tablet: TestTablet) -> None:
    now = timezone.now()
    Attempt.objects.bulk_create(
        Attempt(scope="voucher", key=f"tablet/{10_000 + number % 40}", at=now)
        for number in range(201)
    )
    assert [claim(tablet, new_code()).status_code for _ in range(4)] == [409, 409, 409, 429]
    honest = pair_tablet(tablet.till.stand)
    _voucher, code = make_voucher(tablet.till.expo)
    assert claim(honest, code).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        {"do": "claim", "code": "x"},
        {"do": "claim", "code": 7, "sale": str(uuid.uuid4())},
        {"do": "spend", "code": "x", "sale": str(uuid.uuid4())},
        {"do": "claim", "code": "x", "sale": "x"},
    ],
)
def test_unreadable_request_is_told_so(tablet: TestTablet, content: dict[str, Any]) -> None:
    answer = tablet.post("voucher", **content)
    assert (answer.status_code, answer.json()) == (400, {"error": "unreadable"})
