"""A keeper at the tablet: sold out, more on the shelf, tiles in another order; each once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from events.models import Event
from sales.models import Cashier
from stands.models import Offer, Stand
from tests.ledger import make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    return make_shop(prices=(25_000, 10_000, 5_000))


@pytest.fixture
def offers(shop: tuple[Stand, list[Offer]]) -> list[Offer]:
    Offer.objects.filter(pk=shop[1][0].pk).update(stock=10)
    return shop[1]


@pytest.fixture
def tablet(shop: tuple[Stand, list[Offer]]) -> TestTablet:
    return pair_tablet(shop[0])


def change(tablet: TestTablet, what: str, *, key: str = "", **content: Any) -> Any:
    return tablet.post("barang", key=key or str(uuid.uuid4()), change=what, **content)


def left(offer: Offer) -> int | None:
    offer.refresh_from_db()
    return offer.stock


def shown(response: Any) -> dict[int, int | None]:
    """What is left of each offer, in the order of the tiles, as the answer has it."""
    return {offer["id"]: offer["left"] for offer in response.json()["state"]["offers"]}


@pytest.mark.parametrize("stock", [10, None])
def test_sold_out_is_nought_left(
    tablet: TestTablet, offers: list[Offer], stock: int | None
) -> None:
    Offer.objects.filter(pk=offers[0].pk).update(stock=stock)
    response = change(tablet, "sold_out", offer_id=offers[0].pk)
    assert (response.status_code, shown(response)[offers[0].pk]) == (200, 0)
    assert left(offers[0]) == 0


@pytest.mark.parametrize(("stock", "after"), [(10, 30), (0, 20), (-3, 20)])
def test_added_stock_is_on_the_shelf(
    tablet: TestTablet, offers: list[Offer], stock: int, after: int
) -> None:
    Offer.objects.filter(pk=offers[0].pk).update(stock=stock)
    response = change(tablet, "add_stock", offer_id=offers[0].pk, quantity=20)
    assert shown(response)[offers[0].pk] == left(offers[0]) == after


def test_change_is_made_once_however_often_it_is_sent(
    tablet: TestTablet, offers: list[Offer]
) -> None:
    key = str(uuid.uuid4())
    for _time in range(3):
        response = change(tablet, "add_stock", key=key, offer_id=offers[0].pk, quantity=20)
        assert shown(response)[offers[0].pk] == 30
    assert Event.objects.filter(kind=Event.Kind.STOCK_CHANGED).count() == 1


def test_sold_out_sent_again_late_takes_nothing_from_what_was_added_since(
    tablet: TestTablet, offers: list[Offer]
) -> None:
    key = str(uuid.uuid4())
    change(tablet, "sold_out", key=key, offer_id=offers[0].pk)
    change(tablet, "add_stock", offer_id=offers[0].pk, quantity=5)
    change(tablet, "sold_out", key=key, offer_id=offers[0].pk)
    assert left(offers[0]) == 5


def test_change_is_logged_with_till_and_cashier(tablet: TestTablet, offers: list[Offer]) -> None:
    aminah = Cashier.objects.create(stand=tablet.till.stand, name="Aminah")
    key = str(uuid.uuid4())
    change(tablet, "sold_out", key=key, offer_id=offers[0].pk, cashier_id=aminah.pk)
    assert Event.objects.get().data == {
        "offer": offers[0].pk,
        "seen": 10,
        "wanted": 0,
        "left": 0,
        "till": "A1-A",
        "cashier": "Aminah",
        "key": key,
    }


def test_tiles_stand_in_the_order_that_was_asked(tablet: TestTablet, offers: list[Offer]) -> None:
    first, second, third = (offer.pk for offer in offers)
    response = change(tablet, "order", offer_ids=[third, first])
    assert list(shown(response)) == [third, first, second]
    assert Event.objects.get().kind == Event.Kind.ORDER_CHANGED
    assert list(shown(tablet.post("kabar"))) == [third, first, second]


@pytest.mark.parametrize("quantity", [0, -1, 10_000, True, "5", None, 1.0])
def test_no_number_of_pieces_is_refused(
    tablet: TestTablet, offers: list[Offer], quantity: object
) -> None:
    response = change(tablet, "add_stock", offer_id=offers[0].pk, quantity=quantity)
    assert (response.status_code, response.json()) == (
        422,
        {"error": "refused", "message": "Isi jumlah dari 1 sampai 9.999."},
    )
    assert left(offers[0]) == 10


def test_nothing_is_added_to_what_never_runs_out(tablet: TestTablet, offers: list[Offer]) -> None:
    response = change(tablet, "add_stock", offer_id=offers[1].pk, quantity=5)
    assert (response.status_code, response.json()["error"]) == (422, "refused")
    assert left(offers[1]) is None
    assert not Event.objects.exists()


def test_offer_of_another_stand_is_answered_like_one_that_does_not_exist(
    tablet: TestTablet, offers: list[Offer]
) -> None:
    _, (foreign, *_) = make_shop(code="A2", expo=tablet.till.stand.expo)
    asked: Sequence[dict[str, Any]] = [
        {"what": "sold_out", "offer_id": foreign.pk},
        {"what": "add_stock", "offer_id": foreign.pk, "quantity": 5},
        {"what": "order", "offer_ids": [foreign.pk, offers[0].pk]},
        {"what": "sold_out", "offer_id": 999_999},
        {"what": "sold_out", "offer_id": 10**30},
        {"what": "sold_out", "offer_id": True},
        {"what": "order", "offer_ids": [10**30]},
    ]
    for one in asked:
        response = change(tablet, **one)
        assert (response.status_code, response.json()) == (404, {"error": "no_offer"}), one
    assert left(foreign) is None
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        {"what": "price", "offer_id": 1},
        {"what": "sold_out", "key": "bukan UUID", "offer_id": 1},
    ],
)
def test_what_is_no_change_is_unreadable(tablet: TestTablet, content: dict[str, Any]) -> None:
    response = change(tablet, **content)
    assert (response.status_code, response.json()) == (400, {"error": "unreadable"})


def test_revoked_tablet_changes_nothing(tablet: TestTablet, offers: list[Offer]) -> None:
    owner = tablet.till.tablet
    assert owner is not None
    owner.revoked_at = owner.paired_at
    owner.save()
    response = change(tablet, "sold_out", offer_id=offers[0].pk)
    assert (response.status_code, response.json()) == (403, {"error": "revoked"})
    assert left(offers[0]) == 10
