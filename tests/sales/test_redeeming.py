"""What vouchers pay: used in the ledger, split over makers, clashes flagged, given back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sales.models import (
    HeldSale,
    Payment,
    Sale,
    SaleFlag,
    Voucher,
    VoucherBatch,
    VoucherEntry,
    VoucherShare,
)
from sales.proof.verifying import verify_ledger
from sales.vouchers.codes import hmac_of, new_code
from sales.vouchers.issuing import release_claim
from sales.vouchers.reads import Clashes, Uses, clashes_waiting, uses_of
from sales.vouchers.redeeming import split
from sales.work_list.deciding import accept_flags, accept_held, settle_flag
from sales.work_list.flag_words import words_of_flag
from stands.clock import business_date
from tests.ledger import make_shop
from tests.tablets import TestTablet, pair_tablet
from tests.vouchers import make_finance, make_voucher, make_vouchers

if TYPE_CHECKING:
    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db
Kind = VoucherEntry.Kind


@pytest.fixture
def shop() -> tuple[Stand, Offer, Offer]:
    """Two makers share the stand: goods at 80.000 and at 40.000."""
    stand, (coffee, honey) = make_shop(code="A1", prices=(80_000, 40_000))
    return stand, coffee, honey


@pytest.fixture
def tablet(shop: tuple[Stand, Offer, Offer]) -> TestTablet:
    return pair_tablet(shop[0])


def by_voucher(code: str, amount: int) -> dict[str, Any]:
    return {"method": "voucher", "amount_rupiah": amount, "voucher": code}


def in_cash(amount: int) -> dict[str, Any]:
    return {"method": "cash", "amount_rupiah": amount}


def sell(
    tablet: TestTablet, quantities: dict[Offer, int], *payments: dict[str, Any], claim: bool = True
) -> dict[str, Any]:
    """A sale paid so, its vouchers claimed before; what was sent."""
    sale = tablet.sale(quantities, payments=list(payments))
    for one in payments:
        if claim and "voucher" in one:
            asked = {"code": one["voucher"], "sale": sale["uuid"]}
            assert tablet.post("voucher", do="claim", **asked).status_code == 200
    answer = tablet.post("penjualan", sale=sale)
    assert answer.status_code == 201, answer.json()
    return sale


def take_back(
    tablet: TestTablet, sale: dict[str, Any], lines: dict[int, int], *payments: dict[str, Any]
) -> Any:
    reversal = tablet.reversal(
        sale,
        lines=[{"position": key, "quantity": n} for key, n in lines.items()],
        payments=list(payments),
    )
    answer = tablet.post("penjualan", sale=reversal)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def entries() -> list[tuple[str, int, int, int]]:
    return [
        (one.kind, one.used_rupiah, one.forfeited_rupiah, one.owed_rupiah)
        for one in VoucherEntry.objects.order_by("pk")
    ]


def shares() -> dict[str, int]:
    rows = VoucherShare.objects.values_list("producer__products__name")
    return {name: total for name, total in rows.annotate(Sum("amount_rupiah")).order_by() if total}


def assert_sound() -> None:
    """Shares sum to what is owed, an entry at a time; the entries of a voucher to its use."""
    for entry in VoucherEntry.objects.prefetch_related("shares"):
        assert sum(one.amount_rupiah for one in entry.shares.all()) == entry.owed_rupiah
    for voucher in Voucher.objects.prefetch_related("entries"):
        used = [one for one in voucher.entries.all() if one.kind in (Kind.USED, Kind.RETURNED)]
        total = sum(one.used_rupiah for one in used)
        assert (total > 0) == (voucher.state == Voucher.State.REDEEMED)
    assert verify_ledger().breaks == []


# --- used ---------------------------------------------------------------------------------------


def test_claim_becomes_a_use_when_the_sale_arrives(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(shop[0].expo, value_rupiah=100_000)
    sale = sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    voucher.refresh_from_db()
    assert (voucher.state, str(voucher.claimed_for)) == (Voucher.State.REDEEMED, sale["uuid"])
    assert entries() == [(Kind.USED, 80_000, 20_000, 80_000)]
    assert Payment.objects.get().amount_rupiah == 80_000
    assert not SaleFlag.objects.exists()
    assert_sound()


def test_stand_is_owed_face_value_where_the_batch_says_so(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    [(_voucher, code)] = make_vouchers(shop[0].expo, owed=VoucherBatch.Owed.FACE)
    sale = sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    assert entries() == [(Kind.USED, 80_000, 20_000, 100_000)]
    take_back(tablet, sale, {1: 1}, {"method": "voucher", "amount_rupiah": 80_000})
    assert entries()[1] == (Kind.RETURNED, -80_000, -20_000, -100_000)
    assert_sound()


def test_rest_is_paid_otherwise_and_makers_share_pro_rata(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo, value_rupiah=50_000)
    sell(tablet, {shop[1]: 1, shop[2]: 1}, by_voucher(code, 50_000), in_cash(70_000))
    assert shares() == {"Barang 1 A1": 33_333, "Barang 2 A1": 16_667}
    assert_sound()


def test_two_vouchers_pay_one_sale(shop: tuple[Stand, Offer, Offer], tablet: TestTablet) -> None:
    (_, first), (_, second) = make_vouchers(shop[0].expo, quantity=2, value_rupiah=50_000)
    sell(tablet, {shop[1]: 1}, by_voucher(first, 50_000), by_voucher(second, 30_000))
    assert entries() == [(Kind.USED, 50_000, 0, 50_000), (Kind.USED, 30_000, 20_000, 30_000)]
    assert_sound()


def test_repeated_sale_uses_a_voucher_once(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo)
    sale = sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    assert tablet.post("penjualan", sale=sale).json()["status"] == "replayed"
    assert len(entries()) == 1


def test_training_uses_no_voucher(shop: tuple[Stand, Offer, Offer], tablet: TestTablet) -> None:
    voucher, code = make_voucher(shop[0].expo)
    sale = tablet.sale({shop[1]: 1}, payments=[by_voucher(code, 80_000)], training=True)
    sale["number"] = f"{tablet.till.prefix}-L0001"
    assert tablet.post("penjualan", sale=sale).status_code == 201
    voucher.refresh_from_db()
    assert (voucher.state, entries()) == (Voucher.State.OPEN, [])


def test_claim_that_the_sale_did_not_need_still_counts_after_the_last_day(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(shop[0].expo)
    sale = tablet.sale({shop[1]: 1}, payments=[by_voucher(code, 80_000)])
    tablet.post("voucher", do="claim", code=code, sale=sale["uuid"])
    day = business_date(timezone.now()) - dt.timedelta(days=1)
    VoucherBatch.objects.filter(pk=voucher.batch_id).update(valid_from=day, valid_until=day)
    assert tablet.post("penjualan", sale=sale).json()["flags"] == []
    assert_sound()


def test_code_stays_out_of_everything_that_is_kept(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo)
    held = tablet.sale({shop[1]: 1}, payments=[by_voucher(code, 80_000)], number="B9-B-0001")
    assert tablet.post("penjualan", sale=held).status_code == 202
    sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    kept = [list(model._default_manager.values()) for model in apps.get_models()]
    assert hmac_of(code) in str(kept)
    assert code not in str(kept)
    assert HeldSale.objects.get().request["payments"][0]["voucher"] == hmac_of(code)


# --- taken without a network, and not good ------------------------------------------------------


def test_unclaimed_good_voucher_is_used(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo)
    sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000), claim=False)
    assert entries() == [(Kind.USED, 80_000, 20_000, 80_000)]
    assert_sound()


def test_voucher_spent_twice_is_flagged_and_the_sale_stands(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo)
    other, (offer, _) = make_shop(code="B3", expo=shop[0].expo)
    sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    late = pair_tablet(other)
    sell(late, {offer: 1}, by_voucher(code, 25_000), claim=False)
    assert entries()[1:] == [(Kind.CLASH, 25_000, 0, 0)]
    flag = SaleFlag.objects.get()
    assert flag.kind == SaleFlag.Kind.VOUCHER_CLASH
    [words] = words_of_flag(flag)
    assert "voucher No. 0001, yang sudah dipakai di stan A1" in words
    assert Sale.objects.count() == 2
    assert_sound()


def test_code_that_nobody_knows_is_flagged(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    sell(tablet, {shop[1]: 1}, by_voucher(new_code(), 80_000), claim=False)
    flag = SaleFlag.objects.get()
    assert flag.kind == SaleFlag.Kind.VOUCHER_INVALID
    assert words_of_flag(flag) == [
        "Rp 80.000 dibayar dengan kode voucher yang tidak pernah dibuat."
    ]
    assert entries() == [(Kind.CLASH, 80_000, 0, 0)]
    assert_sound()


def test_what_is_above_the_value_is_a_clash_by_itself(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo, value_rupiah=50_000)
    sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000), claim=False)
    assert entries() == [(Kind.USED, 50_000, 0, 50_000), (Kind.CLASH, 30_000, 0, 0)]
    assert words_of_flag(SaleFlag.objects.get()) == [
        "Voucher No. 0001 hanya bernilai Rp 50.000; Rp 30.000 terlalu banyak diterima."
    ]
    assert_sound()


def test_same_voucher_twice_in_one_sale_pays_once(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo, value_rupiah=40_000)
    sell(tablet, {shop[1]: 1}, by_voucher(code, 40_000), by_voucher(code, 40_000), claim=False)
    assert [kind for kind, *_ in entries()] == [Kind.USED, Kind.CLASH]
    assert_sound()


def test_stand_is_paid_for_a_clash_that_an_organiser_honours(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    citra = User.objects.create_user("citra")
    sell(tablet, {shop[1]: 1, shop[2]: 1}, by_voucher(new_code(), 120_000), claim=False)
    flag = SaleFlag.objects.get()
    assert accept_flags([flag], actor=citra) == 0  # never in passing
    settle_flag(flag, actor=citra, resolution=SaleFlag.Resolution.ACCEPTED)
    assert entries()[1] == (Kind.HONOURED, 0, 0, 120_000)
    assert shares() == {"Barang 1 A1": 80_000, "Barang 2 A1": 40_000}
    assert_sound()


def test_clash_that_is_honoured_has_paid_as_much_as_is_owed_for_it(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    expo = shop[0].expo
    yesterday = business_date(timezone.now()) - dt.timedelta(days=1)
    [(voucher, code)] = make_vouchers(expo, valid_from=yesterday, valid_until=yesterday)
    late = sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000), claim=False)
    sell(tablet, {shop[2]: 1}, by_voucher(new_code(), 40_000), claim=False)
    assert uses_of(expo) == Uses()
    flag = SaleFlag.objects.get(kind=SaleFlag.Kind.VOUCHER_CLASH)
    settle_flag(flag, actor=make_finance(), resolution=SaleFlag.Resolution.ACCEPTED)
    assert list(Voucher.objects.redeemed()) == [voucher]
    assert uses_of(expo) == Uses(80_000, 0, 80_000)
    take_back(tablet, late, {1: 1}, {"method": "voucher", "amount_rupiah": 80_000})
    assert uses_of(expo) == Uses()


def test_clash_that_is_not_honoured_is_owed_nothing(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    sell(tablet, {shop[1]: 1}, by_voucher(new_code(), 80_000), claim=False)
    settle_flag(
        SaleFlag.objects.get(),
        actor=make_finance(),
        resolution=SaleFlag.Resolution.DISMISSED,
        note="kertas palsu",
    )
    assert [kind for kind, *_ in entries()] == [Kind.CLASH]
    assert not VoucherShare.objects.exists()


def test_clash_that_is_taken_back_lowers_nothing_that_vouchers_paid(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo)
    sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    bad = sell(tablet, {shop[2]: 1}, by_voucher(new_code(), 40_000), claim=False)
    take_back(tablet, bad, {1: 1}, {"method": "voucher", "amount_rupiah": 40_000})
    assert uses_of(shop[0].expo) == Uses(80_000, 20_000, 80_000)


def test_clashes_that_wait_come_to_what_is_left_to_decide(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    _voucher, code = make_voucher(shop[0].expo, value_rupiah=50_000)
    both = (by_voucher(code, 80_000), by_voucher(new_code(), 40_000))
    sale = sell(tablet, {shop[1]: 1, shop[2]: 1}, *both, claim=False)
    assert clashes_waiting(shop[0].expo) == Clashes(1, 30_000 + 40_000)
    take_back(tablet, sale, {1: 1}, {"method": "voucher", "amount_rupiah": 80_000})
    assert clashes_waiting(shop[0].expo) == Clashes(1, 40_000)
    invalid = SaleFlag.objects.get(kind=SaleFlag.Kind.VOUCHER_INVALID)
    settle_flag(invalid, actor=make_finance(), resolution=SaleFlag.Resolution.ACCEPTED)
    assert clashes_waiting(shop[0].expo) == Clashes(1, 0)


def test_honoured_clash_spends_a_voucher_that_was_released_since(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(shop[0].expo)
    tablet.post("voucher", do="claim", code=code, sale=str(uuid.uuid4()))
    sale = sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000), claim=False)
    release_claim(voucher, actor=make_finance(), reason="tablet rusak")
    settle_flag(
        SaleFlag.objects.get(), actor=make_finance(), resolution=SaleFlag.Resolution.ACCEPTED
    )
    voucher.refresh_from_db()
    assert (voucher.state, str(voucher.claimed_for)) == (Voucher.State.REDEEMED, sale["uuid"])
    take_back(tablet, sale, {1: 1}, {"method": "voucher", "amount_rupiah": 80_000})
    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.OPEN
    assert VoucherEntry.objects.aggregate(Sum("owed_rupiah"))["owed_rupiah__sum"] == 0


def test_held_sale_that_is_accepted_is_not_honoured_in_passing(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    sale = tablet.sale({shop[1]: 1}, payments=[by_voucher(new_code(), 80_000)], number="B9-B-0001")
    assert tablet.post("penjualan", sale=sale).status_code == 202
    accept_held(HeldSale.objects.get(), actor=make_finance())
    assert SaleFlag.objects.get(kind=SaleFlag.Kind.VOUCHER_INVALID).settled_at is None
    assert entries() == [(Kind.CLASH, 80_000, 0, 0)]


# --- given back ---------------------------------------------------------------------------------


def test_full_reversal_gives_the_voucher_back(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(shop[0].expo)
    sale = sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    take_back(tablet, sale, {1: 1}, {"method": "voucher", "amount_rupiah": 80_000})
    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.OPEN
    assert entries()[1] == (Kind.RETURNED, -80_000, -20_000, -80_000)
    assert shares() == {}
    assert_sound()
    sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    assert_sound()


def test_partial_reversal_pays_back_cash_first_and_then_lowers_what_is_owed(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(shop[0].expo, value_rupiah=100_000)
    sale = sell(tablet, {shop[1]: 1, shop[2]: 2}, by_voucher(code, 100_000), in_cash(60_000))
    # One honey: all in cash; the voucher stands, and its shares follow what is still sold.
    take_back(tablet, sale, {2: 1}, in_cash(40_000))
    assert entries()[1] == (Kind.MOVED, 0, 0, 0)
    assert shares() == {"Barang 1 A1": 66_667, "Barang 2 A1": 33_333}
    # The other: 20.000 are left in cash, the rest comes off the voucher.
    take_back(tablet, sale, {2: 1}, in_cash(20_000), {"method": "voucher", "amount_rupiah": 20_000})
    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.REDEEMED
    assert entries()[2] == (Kind.RETURNED, -20_000, 0, -20_000)
    assert shares() == {"Barang 1 A1": 80_000}
    take_back(tablet, sale, {1: 1}, {"method": "voucher", "amount_rupiah": 80_000})
    voucher.refresh_from_db()
    assert (voucher.state, shares()) == (Voucher.State.OPEN, {})
    assert_sound()
    assert not SaleFlag.objects.exists()


def test_sale_and_reversal_in_one_batch(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(shop[0].expo)
    sale = tablet.sale({shop[1]: 1}, payments=[by_voucher(code, 80_000)])
    back = tablet.reversal(sale, payments=[{"method": "voucher", "amount_rupiah": 80_000}])
    again = tablet.sale({shop[1]: 1}, payments=[by_voucher(code, 80_000)])
    answer = tablet.post("kiriman", sales=[sale, back, again]).json()
    assert [(one["status"], one["flags"]) for one in answer["answers"]] == [("recorded", [])] * 3
    voucher.refresh_from_db()
    assert (voucher.state, str(voucher.claimed_for)) == (Voucher.State.REDEEMED, again["uuid"])
    assert_sound()


def test_voucher_handed_out_in_cash_is_flagged(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet
) -> None:
    voucher, code = make_voucher(shop[0].expo)
    sale = sell(tablet, {shop[1]: 1}, by_voucher(code, 80_000))
    assert take_back(tablet, sale, {1: 1}, in_cash(80_000))["flags"] == ["voucher_cashed"]
    voucher.refresh_from_db()
    assert (voucher.state, entries()) == (
        Voucher.State.REDEEMED,
        [(Kind.USED, 80_000, 20_000, 80_000)],
    )
    assert "Dikembalikan Rp 80.000 dengan uang" in words_of_flag(SaleFlag.objects.get())[0]
    assert_sound()


@pytest.mark.parametrize("kind", ["sale", "reversal"])
def test_sale_without_a_voucher_costs_no_more_statements(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet, kind: str
) -> None:
    sell(tablet, {shop[2]: 1}, in_cash(40_000))
    sale = sell(tablet, {shop[1]: 1}, in_cash(80_000))
    sent = tablet.sale({shop[1]: 1}) if kind == "sale" else tablet.reversal(sale)
    with CaptureQueriesContext(connection) as queries:
        tablet.post("penjualan", sale=sent)
    # The edition's rules come with the till, in one and the same query.
    tables = ('"sales_voucher"', '"sales_voucherentry"', '"sales_vouchershare"')
    assert not [one["sql"] for one in queries if any(name in one["sql"] for name in tables)]


# --- shares -------------------------------------------------------------------------------------


@hypothesis.settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 10**10),
    st.dictionaries(st.integers(1, 50), st.integers(0, 10**9), min_size=1, max_size=8),
)
def test_split_sums_exactly_and_is_fair(amount: int, weights: dict[int, int]) -> None:
    whole = sum(weights.values())
    if whole == 0:
        return
    parts = split(amount, weights)
    assert sum(parts.values()) == amount
    for key, weight in weights.items():
        assert abs(parts.get(key, 0) * whole - amount * weight) < whole


@hypothesis.settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_whatever_is_taken_back_all_sums_agree(
    shop: tuple[Stand, Offer, Offer], tablet: TestTablet, data: st.DataObject
) -> None:
    stand, coffee, honey = shop
    owed = data.draw(st.sampled_from(VoucherBatch.Owed.values))
    value = data.draw(st.integers(1, 300_000))
    pieces = {1: data.draw(st.integers(1, 3)), 2: data.draw(st.integers(1, 3))}
    total = 80_000 * pieces[1] + 40_000 * pieces[2]
    [(voucher, code)] = make_vouchers(stand.expo, value_rupiah=value, owed=VoucherBatch.Owed(owed))
    paid = min(value, total)
    parts = [by_voucher(code, paid)] + ([in_cash(total - paid)] if paid < total else [])
    sale = sell(tablet, {coffee: pieces[1], honey: pieces[2]}, *parts)
    left = pieces
    while any(left.values()):
        lines = {
            key: number for key, most in left.items() if (number := data.draw(st.integers(0, most)))
        }
        if not lines:
            break
        left = {key: most - lines.get(key, 0) for key, most in left.items()}
        amount = 80_000 * lines.get(1, 0) + 40_000 * lines.get(2, 0)
        ways = Sale.objects.get(pk=sale["uuid"]).left_by_method()
        back = []
        for method, most in ways.items():
            part = min(most, amount)
            if part:
                back.append({"method": method, "amount_rupiah": part})
            amount -= part
        assert take_back(tablet, sale, lines, *back)["flags"] == []
    assert_sound()
    voucher.refresh_from_db()
    mine = VoucherEntry.objects.filter(voucher=voucher)
    if not any(left.values()):
        assert voucher.state == Voucher.State.OPEN
        for column in ("used_rupiah", "forfeited_rupiah", "owed_rupiah"):
            assert mine.aggregate(total=Sum(column))["total"] == 0
