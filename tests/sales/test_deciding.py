"""What an organiser decides: each once, with its trace, and the ledger and the sums stay true."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from events.models import Event
from sales.checking import SaleRefused
from sales.models import EReceipt, HeldSale, Sale, SaleFlag
from sales.proof.verifying import verify_ledger
from sales.recording import record_reversal, record_sale
from sales.requests import fingerprint, from_json
from sales.totals.source import NOTHING, Grouping, TotalsFilter
from sales.totals.sums import sums_by
from sales.work_list.deciding import (
    Answers,
    DecisionRefused,
    accept_flags,
    accept_held,
    dismiss_held,
    reverse_as_organiser,
    settle_flag,
)
from stands.clock import business_date
from stands.models import Expo, Stand
from tests.ledger import make_sale, make_shop, reversal_request, sale_request
from tests.tablets import TestTablet, pair_tablet
from tests.waiting import HELD, make_flag, make_held, sent

pytestmark = pytest.mark.django_db

Reason, Kind, Resolution = HeldSale.Reason, SaleFlag.Kind, SaleFlag.Resolution


@pytest.fixture
def citra() -> User:
    """Citra organises."""
    return User.objects.create_user("citra", is_staff=True)


@pytest.fixture
def stand() -> Stand:
    return make_shop()[0]


def sums(expo: Expo) -> dict[Any, int]:
    """What each day comes to, in rupiah."""
    found = sums_by(expo, Grouping.DAY, TotalsFilter())
    return {day: one.net_rupiah for day, one in found.items() if one != NOTHING}


def what_it_needs(held: HeldSale) -> Answers:
    """What an organiser has to add before it can be accepted."""
    if held.reason == Reason.FUTURE:
        return Answers(sold_at=held.received_at)
    if held.reason == Reason.TOO_OLD:
        return Answers(sold_at=from_json(held.request).sold_at)
    if held.reason == Reason.OFFER_UNKNOWN:
        return Answers(offers={1: held.stand.offers.in_till_order()[0].pk})
    if held.reason == Reason.OVER_REVERSAL:
        return Answers(quantities={1: 1})
    return Answers()


@pytest.mark.parametrize("reason", Reason)
def test_request_is_read_again_as_it_was_written(stand: Stand, reason: HeldSale.Reason) -> None:
    held = make_held(reason, stand)
    assert fingerprint(from_json(held.request), stand_id=stand.pk) == held.fingerprint
    assert from_json(held.request).as_json() == held.request


# --- accepting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason", [one for one in HELD if one not in (Reason.ORIGINAL_HELD, Reason.ORIGINAL_UNKNOWN)]
)
def test_accepted_is_an_entry_and_counted_once(
    stand: Stand, citra: User, reason: HeldSale.Reason
) -> None:
    held = make_held(reason, stand)
    before = sum(sums(stand.expo).values())

    sale = accept_held(held, actor=citra, answers=what_it_needs(held), note="sudah ditanyakan")
    with pytest.raises(DecisionRefused, match="Sudah diputuskan: disetujui, oleh citra"):
        accept_held(held, actor=citra, answers=what_it_needs(held))

    held.refresh_from_db()
    assert (held.state, held.sale, held.decided_by) == (HeldSale.State.ACCEPTED, sale, citra)
    assert (held.decision, sale.intake) == ("sudah ditanyakan", Sale.Intake.HELD)
    assert (sale.till, sale.fingerprint) == (held.till, held.fingerprint)
    assert sum(sums(stand.expo).values()) == before + sale.total_rupiah
    assert verify_ledger().breaks == []
    event = Event.objects.get(kind=Event.Kind.HELD_DECIDED)
    assert (event.actor, event.data["sale"]) == (citra, str(sale.pk))


def test_own_uuid_and_number_are_kept_where_they_are_free(stand: Stand, citra: User) -> None:
    held = make_held(Reason.TOO_OLD, stand)
    sale = accept_held(held, actor=citra, answers=what_it_needs(held))
    assert (sale.pk, sale.number) == (held.sale_uuid, held.request["number"])
    assert sale.fingerprint == held.fingerprint


def test_other_content_gets_a_uuid_and_a_number_beside_the_first(stand: Stand, citra: User) -> None:
    held = make_held(Reason.OTHER_CONTENT, stand)
    sale = accept_held(held, actor=citra)
    assert sale.pk == uuid.uuid5(held.sale_uuid, held.fingerprint)
    assert sale.number == f"{held.request['number']}/2"


def test_next_free_number_beside_a_taken_one(stand: Stand, citra: User) -> None:
    tablet = pair_tablet(stand)
    offer = stand.offers.in_till_order()[0]
    sent(tablet, tablet.sale({offer: 1}, number=f"{tablet.till.prefix}-0001"))
    for quantity in (2, 3):
        sent(tablet, tablet.sale({offer: quantity}, number=f"{tablet.till.prefix}-0001"))
    numbers = [accept_held(one, actor=citra).number for one in HeldSale.objects.order_by("pk")]
    assert numbers == [f"{tablet.till.prefix}-0001/2", f"{tablet.till.prefix}-0001/3"]


def test_tablet_that_sends_it_again_hears_that_it_is_recorded(stand: Stand, citra: User) -> None:
    tablet = pair_tablet(stand)
    offer = stand.offers.in_till_order()[0]
    first = tablet.sale({offer: 1})
    second = first | tablet.sale({offer: 2}, uuid=first["uuid"], number=first["number"])
    answers = [sent(tablet, first)["status"], sent(tablet, second)["status"]]
    sale = accept_held(HeldSale.objects.get(), actor=citra)

    answers += [sent(tablet, first)["status"], sent(tablet, second)["status"]]

    assert answers == ["recorded", "conflict", "replayed", "replayed"]
    assert sent(tablet, second)["number"] == sale.number
    assert Sale.objects.count() == 2


def test_what_the_plain_form_sent_twice_gets_a_number_of_its_own(stand: Stand, citra: User) -> None:
    key, offer = uuid.uuid4(), stand.offers.in_till_order()[0]
    for quantity in (1, 2):
        request = sale_request({offer: quantity}, key=key, tendered_rupiah=100_000)
        record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.FORM)
    sale = accept_held(HeldSale.objects.get(), actor=citra)
    assert (sale.number, sale.total_rupiah) == (f"{stand.code}-W-0002", 50_000)
    assert verify_ledger().breaks == []


def test_sale_of_the_future_needs_a_time_and_no_other_of_the_future(
    stand: Stand, citra: User
) -> None:
    held = make_held(Reason.FUTURE, stand)
    yesterday = timezone.now() - dt.timedelta(days=1)
    with pytest.raises(SaleRefused, match="Pilih kapan"):
        accept_held(held, actor=citra)
    with pytest.raises(SaleRefused, match="belum terjadi"):
        accept_held(
            held, actor=citra, answers=Answers(sold_at=timezone.now() + dt.timedelta(minutes=1))
        )
    assert Sale.objects.count() == 0
    sale = accept_held(held, actor=citra, answers=Answers(sold_at=yesterday))
    assert (sale.sold_at, sale.business_date) == (yesterday, business_date(yesterday))
    assert sums(stand.expo) == {business_date(yesterday): 50_000}


def test_impossible_time_is_asked_for_whatever_it_was_held_for(stand: Stand, citra: User) -> None:
    tablet = pair_tablet(stand)
    offer = stand.offers.in_till_order()[0]
    ahead = (timezone.now() + dt.timedelta(days=3)).isoformat()
    sent(tablet, tablet.sale({offer: 1}, number="Z9-Z-0001", device_at=ahead, clock_offset_ms=0))
    held = HeldSale.objects.get(reason=Reason.OTHER_TILL)
    with pytest.raises(SaleRefused, match="Pilih kapan"):
        accept_held(held, actor=citra)
    assert accept_held(held, actor=citra, answers=Answers(sold_at=held.received_at)).number


def test_unknown_offer_must_be_chosen_and_be_the_stands_own(stand: Stand, citra: User) -> None:
    held = make_held(Reason.OFFER_UNKNOWN, stand)
    foreign = make_shop(code="B7", expo=stand.expo)[1][0]
    for answers in (Answers(), Answers(offers={1: foreign.pk})):
        with pytest.raises(SaleRefused, match="tidak dijual di stan ini"):
            accept_held(held, actor=citra, answers=answers)
    sale = accept_held(held, actor=citra, answers=what_it_needs(held))
    assert [line.product_name for line in sale.lines.all()] == ["Barang 1 A1"]


def test_stock_moves_and_receipt_opens_as_for_any_sale(stand: Stand, citra: User) -> None:
    tablet, token = pair_tablet(stand), "a" * 22
    offer = stand.offers.in_till_order()[0]
    stand.offers.update(stock=10)
    sent(tablet, tablet.sale({offer: 3}, number="Z9-Z-0001", receipt_token=token))
    sale = accept_held(HeldSale.objects.get(), actor=citra)
    offer.refresh_from_db()
    assert offer.stock == 7
    assert EReceipt.objects.get(sale=sale).token_hash == hashlib.sha256(token.encode()).hexdigest()


def test_what_is_odd_about_an_accepted_sale_is_settled_with_it(stand: Stand, citra: User) -> None:
    held = make_held(Reason.TOO_OLD, stand)
    sale = accept_held(held, actor=citra, answers=what_it_needs(held))
    flag = SaleFlag.objects.get(sale=sale)
    assert (flag.kind, flag.resolution) == (Kind.OUTSIDE_DAYS, Resolution.ACCEPTED)
    assert flag.settled_by == citra


# --- accepting reversals ------------------------------------------------------------------------


def test_only_what_is_left_is_taken_back(stand: Stand, citra: User) -> None:
    held = make_held(Reason.OVER_REVERSAL, stand)  # two asked for, one left
    with pytest.raises(SaleRefused, match="masih bisa dibatalkan: 1"):
        accept_held(held, actor=citra)
    with pytest.raises(SaleRefused, match="Lebih banyak daripada yang diminta"):
        accept_held(held, actor=citra, answers=Answers(quantities={1: 3}))
    sale = accept_held(held, actor=citra, answers=Answers(quantities={1: 1}))
    assert sale.total_rupiah == -25_000
    assert [one.amount_rupiah for one in sale.payments.all()] == [-25_000]
    assert verify_ledger().breaks == []


def test_reversal_waits_for_its_sale(stand: Stand, citra: User) -> None:
    held = make_held(Reason.ORIGINAL_HELD, stand)
    original = HeldSale.objects.get(reason=Reason.FUTURE)
    with pytest.raises(DecisionRefused, match="belum dibukukan"):
        accept_held(held, actor=citra)
    sold = accept_held(original, actor=citra, answers=what_it_needs(original))
    assert accept_held(held, actor=citra).reverses == sold


def test_reversal_finds_its_sale_under_the_uuid_that_it_got(stand: Stand, citra: User) -> None:
    """One UUID at two stands: the second is accepted under another, and is taken back."""
    first = make_shop(code="B7", expo=stand.expo)
    key = uuid.uuid4()
    make_sale(first[0], {first[1][0]: 1}, key=key)
    tablet = pair_tablet(stand)
    offer = stand.offers.in_till_order()[0]
    sale = tablet.sale({offer: 2}, uuid=str(key))
    sent(tablet, sale)
    sold = accept_held(HeldSale.objects.get(), actor=citra)
    answer = sent(tablet, tablet.reversal(sale, 1))
    assert answer["reason"] == Reason.ORIGINAL_UNKNOWN

    reversal = accept_held(HeldSale.objects.get(state=HeldSale.State.WAITING), actor=citra)

    assert sold.pk != key
    assert (reversal.reverses, reversal.total_rupiah) == (sold, -25_000)
    assert verify_ledger().breaks == []


# --- dismissing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", Reason)
def test_dismissed_is_never_counted(stand: Stand, citra: User, reason: HeldSale.Reason) -> None:
    held = make_held(reason, stand)
    before = (sums(stand.expo), Sale.objects.count())
    with pytest.raises(DecisionRefused, match="Tulis alasannya"):
        dismiss_held(held, actor=citra, reason="  ")

    dismiss_held(held, actor=citra, reason="salah kirim")
    for again in (
        lambda: dismiss_held(held, actor=citra, reason="lagi"),
        lambda: accept_held(held, actor=citra, answers=what_it_needs(held)),
    ):
        with pytest.raises(DecisionRefused, match="Sudah diputuskan: ditolak"):
            again()

    held.refresh_from_db()
    assert (held.state, held.decision) == (HeldSale.State.DISMISSED, "salah kirim")
    assert (held.decided_by, held.sale) == (citra, None)
    assert (sums(stand.expo), Sale.objects.count()) == before
    assert Event.objects.get(kind=Event.Kind.HELD_DECIDED).data["note"] == "salah kirim"
    assert verify_ledger().breaks == []


def test_dismissed_stays_dismissed_when_it_is_sent_again(stand: Stand, citra: User) -> None:
    tablet = pair_tablet(stand)
    sale = tablet.sale({stand.offers.all()[0]: 1}, number="Z9-Z-0001")
    sent(tablet, sale)
    dismiss_held(HeldSale.objects.get(), actor=citra, reason="coba-coba")
    assert sent(tablet, sale)["status"] == "held"
    assert HeldSale.objects.get().state == HeldSale.State.DISMISSED
    assert Sale.objects.count() == 0


# --- flags --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_flag_is_settled_once_and_changes_no_sum(
    stand: Stand, citra: User, kind: SaleFlag.Kind
) -> None:
    flag = make_flag(kind, stand)
    before = sums(stand.expo)
    settle_flag(flag, actor=citra, resolution=Resolution.ACCEPTED)
    with pytest.raises(DecisionRefused, match="Sudah diputuskan: diterima apa adanya"):
        settle_flag(flag, actor=citra, resolution=Resolution.DISMISSED, note="lain")
    flag.refresh_from_db()
    assert (flag.resolution, flag.settled_by) == (Resolution.ACCEPTED, citra)
    assert flag.settled_at is not None
    assert sums(stand.expo) == before
    assert Event.objects.get(kind=Event.Kind.FLAG_SETTLED).actor == citra


def test_dismissing_a_flag_wants_a_reason(stand: Stand, citra: User) -> None:
    flag = make_flag(Kind.CLOCK_OFF, stand)
    with pytest.raises(DecisionRefused, match="Tulis alasannya"):
        settle_flag(flag, actor=citra, resolution=Resolution.DISMISSED)
    settle_flag(flag, actor=citra, resolution=Resolution.DISMISSED, note="tablet uji")
    flag.refresh_from_db()
    assert (flag.resolution, flag.settlement) == (Resolution.DISMISSED, "tablet uji")


def test_many_are_accepted_but_for_those_that_are_settled(stand: Stand, citra: User) -> None:
    tablet = pair_tablet(stand)
    flags = [make_flag(Kind.CLOCK_OFF, stand, tablet=tablet) for _ in range(3)]
    settle_flag(flags[0], actor=citra, resolution=Resolution.DISMISSED, note="sudah")
    assert accept_flags(flags, actor=citra) == 2
    resolutions = SaleFlag.objects.order_by("pk").values_list("resolution", flat=True)
    assert list(resolutions) == ["dismissed", "accepted", "accepted"]


# --- taking back at the organisers' desk --------------------------------------------------------


def test_organiser_takes_back_and_the_flag_is_corrected_by_it(stand: Stand, citra: User) -> None:
    flag = make_flag(Kind.PRICE_DIFFERED, stand)
    request = reversal_request(flag.sale, {1: 2}, reason="harga salah")

    made = [reverse_as_organiser(flag.sale, request, actor=citra, flag=flag) for _ in range(2)]

    assert made[0] == made[1]
    assert (made[0].intake, made[0].cashier) == (Sale.Intake.ORGANISER, None)
    assert (made[0].number, made[0].total_rupiah) == (f"{stand.code}-W-0001", -40_000)
    flag.refresh_from_db()
    assert (flag.resolution, flag.settlement) == (
        Resolution.CORRECTED,
        f"Pembatalan {stand.code}-W-0001",
    )
    events = Event.objects.filter(actor=citra).values_list("kind", flat=True)
    assert sorted(events) == [Event.Kind.FLAG_SETTLED, Event.Kind.REVERSED]
    assert verify_ledger().breaks == []


def test_settled_flag_keeps_a_reversal_from_being_made(stand: Stand, citra: User) -> None:
    flag = make_flag(Kind.PRICE_DIFFERED, stand)
    settle_flag(flag, actor=citra, resolution=Resolution.ACCEPTED)
    with pytest.raises(DecisionRefused):
        reverse_as_organiser(flag.sale, reversal_request(flag.sale), actor=citra, flag=flag)
    assert not flag.sale.reversals.exists()


def test_organiser_takes_back_no_more_than_is_left(stand: Stand, citra: User) -> None:
    sale = make_sale(stand, {stand.offers.in_till_order()[0]: 2})
    record_reversal(
        stand=stand,
        cashier=None,
        request=reversal_request(sale, {1: 1}),
        intake=Sale.Intake.OUTBOX,
    )
    with pytest.raises(SaleRefused, match="masih bisa dibatalkan: 1"):
        reverse_as_organiser(sale, reversal_request(sale, {1: 2}), actor=citra)


def test_form_used_for_another_reversal_holds_nothing(stand: Stand, citra: User) -> None:
    sale = make_sale(stand, {stand.offers.in_till_order()[0]: 3})
    key = uuid.uuid4()
    reverse_as_organiser(sale, reversal_request(sale, {1: 1}, key=key), actor=citra)
    with pytest.raises(DecisionRefused, match="sudah dipakai"):
        reverse_as_organiser(sale, reversal_request(sale, {1: 2}, key=key), actor=citra)
    assert not HeldSale.objects.exists()


# --- a batch ------------------------------------------------------------------------------------


def test_only_sales_with_the_withdrawn_offer_are_flagged_in_a_batch(stand: Stand) -> None:
    tablet: TestTablet = pair_tablet(stand)
    first, second = stand.offers.in_till_order()
    stand.offers.filter(pk=first.pk).update(withdrawn=True)
    sales = [tablet.sale({first: 1}), tablet.sale({second: 1})]
    answers = tablet.post("kiriman", sales=sales).json()["answers"]
    assert [one["flags"] for one in answers] == [["offer_withdrawn"], []]
