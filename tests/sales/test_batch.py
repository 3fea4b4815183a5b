"""A batch of a tablet: the same as its sales sent one by one, whatever is among them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sales.models import EReceipt, HeldSale, LedgerHead, Sale, SaleFlag
from sales.proof.verifying import verify_ledger
from stands.models import Offer
from tests.ledger import make_running_expo, make_sale, make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from stands.models import Expo

pytestmark = pytest.mark.django_db

SALE = st.fixed_dictionaries(
    {
        "kind": st.just("sale"),
        "quantities": st.tuples(st.integers(0, 4), st.integers(0, 4)),
        "days": st.sampled_from([0, 0, 0, 0, -1, -40, 2]),
        "discount": st.sampled_from([0, 0, 500]),
        "training": st.sampled_from([False, False, False, True]),
        "receipt": st.booleans(),
    }
)
REVERSAL = st.fixed_dictionaries(
    {"kind": st.just("reversal"), "of": st.integers(0, 9), "quantity": st.integers(1, 3)}
)
# Sent again as it was, with other content, under a number that is used, or no sale at all.
TROUBLE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["again", "other_content", "used_number", "unreadable", "foreign"]),
        "of": st.integers(0, 9),
    }
)


def built(tablet: TestTablet, offers: list[Offer], steps: list[dict[str, Any]]) -> list[Any]:
    """What the tablet sends; the same for two tablets but for UUIDs, prefixes and offers."""
    sent: list[dict[str, Any]] = []
    for step in steps:
        key = str(uuid.uuid5(tablet.storage_id, str(len(sent))))
        common = {"uuid": key, "clock_offset_ms": 0}
        if step["kind"] == "sale":
            training = {"number": f"{tablet.till.prefix}-L{len(sent) + 1:04d}", "training": True}
            sale = tablet.sale(
                {
                    offer: quantity
                    for offer, quantity in zip(offers, step["quantities"], strict=True)
                    if quantity
                },
                device_at=(timezone.now() + dt.timedelta(days=step["days"])).isoformat(),
                receipt_token=uuid.UUID(key).hex[:22] if step["receipt"] else "",
                **common,
                **(training if step["training"] else {}),
            )
            for line in sale["lines"]:
                line["unit_price_rupiah"] -= step["discount"]
                sale["payments"][0]["amount_rupiah"] -= step["discount"] * line["quantity"]
            sent.append(sale)
        elif not sent:
            continue
        elif step["kind"] == "reversal":
            original = sent[step["of"] % len(sent)]
            if original["kind"] == "sale" and original["lines"] not in ([], "semua"):
                sent.append(tablet.reversal(original, step["quantity"], **common))
        else:
            sent.append(troubled(step["kind"], sent[step["of"] % len(sent)], key))
    return sent


def troubled(kind: str, earlier: dict[str, Any], key: str) -> dict[str, Any]:
    """Something that is wrong with regard to what was sent earlier."""
    changes: dict[str, dict[str, Any]] = {
        "again": {},
        "other_content": {"cashier_id": None, "device_at": "2026-01-02T03:04:05+00:00"},
        "used_number": {"uuid": key},
        "unreadable": {"uuid": key, "lines": "semua"},
        "foreign": {"uuid": key, "number": "Z9-Q-0001"},
    }
    return earlier | changes[kind]


def story(tablet: TestTablet, answers: list[dict[str, Any]], key_of: dict[str, int]) -> Any:
    """All that came of it, in terms that another stand shares."""
    stand, prefix = tablet.till.stand, tablet.till.prefix
    entries = [
        (
            sale.number.removeprefix(prefix),
            sale.sequence,
            sale.total_rupiah,
            sale.training,
            sale.reverses.number.removeprefix(prefix) if sale.reverses else "",
            sorted(sale.flags.values_list("kind", flat=True)),
            [(line.position, line.quantity, line.amount_rupiah) for line in sale.lines.all()],
            [(one.method, one.amount_rupiah, one.tendered_rupiah) for one in sale.payments.all()],
            EReceipt.objects.filter(sale=sale).exists(),
        )
        for sale in Sale.objects.filter(stand=stand).order_by("sequence")
    ]
    held = [
        (key_of[str(one.sale_uuid)], one.reason)
        for one in HeldSale.objects.filter(stand=stand).order_by("pk")
    ]
    return {
        "answers": [
            {**answer, "uuid": None, "number": answer.get("number", "").removeprefix(prefix)}
            for answer in answers
        ],
        "entries": entries,
        "held": held,
        "flags": SaleFlag.objects.filter(sale__stand=stand).count(),
        "left": list(
            Offer.objects.filter(stand=stand).order_by("pk").values_list("stock", flat=True)
        ),
        "head": list(LedgerHead.objects.filter(stand=stand).values_list("sequence", "web_counter")),
    }


def told(expo: Expo, code: str, steps: list[dict[str, Any]], sizes: list[int]) -> Any:
    """The story of a stand whose tablet sends all that in pieces of these sizes."""
    stand, offers = make_shop(code=code, expo=expo)
    Offer.objects.filter(pk=offers[0].pk).update(stock=5)
    tablet = pair_tablet(stand)
    sent = built(tablet, offers, steps)
    key_of = {one["uuid"]: place for place, one in reversed(list(enumerate(sent)))}
    answers: list[dict[str, Any]] = []
    while sent:
        size = sizes[len(answers) % len(sizes)]
        piece, sent = sent[:size], sent[size:]
        if size == 1:
            answers.append(tablet.post("penjualan", sale=piece[0]).json())
        else:
            answers += tablet.post("kiriman", sales=piece).json()["answers"]
    return story(tablet, answers, key_of)


@pytest.mark.story
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.one_of(SALE, SALE, REVERSAL, TROUBLE), min_size=1, max_size=14),
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4),
)
def test_any_cut_into_batches_gives_what_one_by_one_gives(
    steps: list[dict[str, Any]], sizes: list[int]
) -> None:
    with transaction.atomic():
        expo = make_running_expo()
        one_by_one = told(expo, "A1", steps, [1])
        assert told(expo, "A2", steps, [100]) == one_by_one
        assert told(expo, "A3", steps, sizes) == one_by_one
        assert verify_ledger().breaks == []
        transaction.set_rollback(True)


def test_reversal_may_follow_its_sale_in_the_same_batch() -> None:
    stand, (offer, _) = make_shop()
    Offer.objects.filter(pk=offer.pk).update(stock=5)
    tablet = pair_tablet(stand)
    sale = tablet.sale({offer: 3})
    back, too_much = tablet.reversal(sale, 2), tablet.reversal(sale, 2)
    last = tablet.sale({offer: 1})
    answers = tablet.post("kiriman", sales=[sale, back, too_much, last]).json()["answers"]
    assert [answer["http"] for answer in answers] == [201, 201, 202, 201]
    assert answers[2]["reason"] == "over_reversal"
    assert list(Sale.objects.order_by("sequence").values_list("number", "total_rupiah")) == [
        ("A1-A-0001", 75_000),
        ("A1-A-0002", -50_000),
        ("A1-A-0004", 25_000),
    ]
    offer.refresh_from_db()
    assert offer.stock == 3


def test_one_bad_in_the_middle_holds_up_nobody() -> None:
    stand, (offer, _) = make_shop()
    tablet = pair_tablet(stand)
    sales = [tablet.sale({offer: 1}) for _ in range(5)]
    sales[2]["payments"][0]["amount_rupiah"] = 24_999
    answers = tablet.post("kiriman", sales=sales).json()["answers"]
    assert [answer["http"] for answer in answers] == [201, 201, 422, 201, 201]
    assert answers[2]["problems"] == [
        {"field": "method", "message": "Pembayaran tidak sama dengan total."}
    ]
    assert list(Sale.objects.order_by("sequence").values_list("sequence", flat=True)) == [
        1,
        2,
        3,
        4,
    ]
    assert verify_ledger().breaks == []


def test_the_same_sale_twice_in_one_batch_is_one_sale() -> None:
    stand, (offer, _) = make_shop()
    tablet = pair_tablet(stand)
    sale = tablet.sale({offer: 1})
    answers = tablet.post("kiriman", sales=[sale, sale]).json()["answers"]
    assert [answer["status"] for answer in answers] == ["recorded", "replayed"]
    assert Sale.objects.get().number == answers[1]["number"]


def test_receipts_of_the_web_form_and_of_a_batch_share_one_chain() -> None:
    stand, (offer, _) = make_shop()
    tablet = pair_tablet(stand)
    make_sale(stand, {offer: 1})
    tablet.post("kiriman", sales=[tablet.sale({offer: 1}) for _ in range(3)])
    make_sale(stand, {offer: 1})
    numbers = Sale.objects.order_by("sequence").values_list("number", flat=True)
    assert list(numbers) == ["A1-W-0001", "A1-A-0001", "A1-A-0002", "A1-A-0003", "A1-W-0002"]
    assert verify_ledger().breaks == []


def test_one_number_for_two_sales_of_a_batch_is_held() -> None:
    stand, (offer, _) = make_shop()
    tablet = pair_tablet(stand)
    first = tablet.sale({offer: 1})
    second = tablet.sale({offer: 2}, number=first["number"])
    answers = tablet.post("kiriman", sales=[first, second]).json()["answers"]
    assert [answer["http"] for answer in answers] == [201, 202]
    assert HeldSale.objects.get().reason == HeldSale.Reason.NUMBER_TAKEN
    assert Sale.objects.get().total_rupiah == 25_000
