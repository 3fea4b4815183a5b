"""A change that waits for another one is decided by what that one wrote, not by what was before."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.db import connections, transaction

from events.models import Event
from sales.models import Voucher, VoucherBatch
from sales.totals.running import rebuild
from sales.totals.running_proof import rollup_breaks
from sales.vouchers.issuing import VoucherRefused, make_batch, make_codes, void_voucher
from stands.models import Offer
from stands.offering import add_stock, change_offer, put_in_order, sell_out
from tests.concurrency.test_waiting_sale import PATIENCE, someone_waits
from tests.ledger import make_running_expo, make_sale, make_shop
from tests.stands.test_offer_admin import inline
from tests.vouchers import make_finance, make_vouchers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from stands.models import Expo, Stand

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = {"name": "uji"}


def after(first: Callable[[], object], then: Callable[[], object]) -> Any:
    """What comes of `then`, which begins before `first` is written to the end; or its error."""
    ends: list[object] = []

    def wait() -> None:
        try:
            ends.append(then())
        except (VoucherRefused, Offer.DoesNotExist) as refused:
            ends.append(refused)
        finally:
            connections.close_all()

    waiter = threading.Thread(target=wait)
    with transaction.atomic():
        first()
        waiter.start()
        deadline = time.monotonic() + PATIENCE
        while not (waits := someone_waits()) and waiter.is_alive() and time.monotonic() < deadline:
            time.sleep(0.01)
    waiter.join(PATIENCE)
    assert waits, "it did not wait"
    [end] = ends
    return end


# --- offers -------------------------------------------------------------------------------------


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    """Three offers, ten pieces of the first."""
    stand, offers = make_shop(prices=(10_000, 20_000, 30_000))
    Offer.objects.filter(pk=offers[0].pk).update(stock=10)
    return stand, offers


def test_pieces_that_two_add_are_added_up(shop: tuple[Stand, list[Offer]]) -> None:
    offer = shop[1][0]

    def add(pieces: int) -> None:
        add_stock(offer, pieces, key=uuid.uuid4(), who=NOBODY)

    after(lambda: add(20), lambda: add(5))
    offer.refresh_from_db()
    assert offer.stock == 35


def test_sold_out_that_is_sent_twice_at_once_is_noted_once(
    shop: tuple[Stand, list[Offer]],
) -> None:
    key = uuid.uuid4()

    def end() -> None:
        sell_out(shop[1][0], key=key, who=NOBODY)

    after(end, end)
    assert Event.objects.filter(kind=Event.Kind.STOCK_CHANGED).count() == 1


def test_log_says_the_price_that_was_there(shop: tuple[Stand, list[Offer]]) -> None:
    def price(rupiah: int) -> bool:
        offer = Offer.objects.get(pk=shop[1][1].pk)
        offer.price_rupiah = rupiah
        return change_offer(offer, fields=["price_rupiah"], seen_stock=offer.stock, actor=None)

    after(lambda: price(21_000), lambda: price(22_000))
    said = Event.objects.filter(kind=Event.Kind.PRICE_CHANGED).order_by("pk")
    assert [(one.data["old_rupiah"], one.data["new_rupiah"]) for one in said] == [
        (20_000, 21_000),
        (21_000, 22_000),
    ]


def test_tiles_are_put_in_order_one_after_the_other(shop: tuple[Stand, list[Offer]]) -> None:
    stand, offers = shop
    coffee, tea, jam = (offer.pk for offer in offers)

    def in_front(pk: int) -> None:
        put_in_order(stand, [pk], key=uuid.uuid4(), who=NOBODY)

    after(lambda: in_front(tea), lambda: in_front(jam))
    assert [offer.pk for offer in stand.offers.in_till_order()] == [jam, tea, coffee]


def test_form_of_a_stand_takes_its_offers_in_the_order_of_a_sale(
    client: Client, shop: tuple[Stand, list[Offer]]
) -> None:
    """Held in another order, the form and a sale of both would wait for each other in a circle."""
    first, second, _third = shop[1]
    client.force_login(User.objects.create_superuser("citra"))
    form = inline(second, price_rupiah=21_000)

    answer = after(
        lambda: Offer.objects.select_for_update().get(pk=first.pk),
        lambda: client.post(f"/admin/stands/stand/{shop[0].pk}/change/", form),
    )

    assert answer.status_code == 302
    second.refresh_from_db()
    assert second.price_rupiah == 21_000


def test_totals_are_made_anew_with_the_sale_that_was_under_way(
    shop: tuple[Stand, list[Offer]],
) -> None:
    stand, (coffee, tea, _jam) = shop
    make_sale(stand, {coffee: 1})
    after(lambda: make_sale(stand, {tea: 1}), lambda: rebuild(stand.pk))
    assert list(rollup_breaks()) == []


# --- vouchers -----------------------------------------------------------------------------------


@pytest.fixture
def expo() -> Expo:
    return make_running_expo()


def unprinted(expo: Expo, name: str = "Undangan") -> VoucherBatch:
    """A batch of three without codes."""
    of = make_vouchers(expo)[0][0].batch
    return make_batch(
        expo=expo,
        name=name,
        value_rupiah=of.value_rupiah,
        quantity=3,
        audience=VoucherBatch.Audience(of.audience),
        valid_from=of.valid_from,
        valid_until=of.valid_until,
        actor=make_finance(),
    )


def test_codes_are_shown_to_one(expo: Expo) -> None:
    batch = unprinted(expo)
    shown: list[Any] = []
    end = after(
        lambda: shown.extend(make_codes(batch, actor=make_finance())),
        lambda: make_codes(batch, actor=make_finance()),
    )
    assert isinstance(end, VoucherRefused)
    kept = set(Voucher.objects.filter(batch=batch).values_list("code_hmac", flat=True))
    assert {voucher.code_hmac for voucher, _code in shown} == kept


def test_voucher_that_was_voided_meanwhile_gets_no_code(expo: Expo) -> None:
    batch = unprinted(expo)
    lost = batch.vouchers.order_by("number")[0]
    made = after(
        lambda: void_voucher(lost, actor=make_finance(), reason="Hilang"),
        lambda: make_codes(batch, actor=make_finance()),
    )
    assert lost.pk not in {voucher.pk for voucher, _code in made}
    assert len(made) == 2


def test_voucher_is_voided_once(expo: Expo) -> None:
    [(voucher, _code)] = make_vouchers(expo)

    def void(reason: str) -> Voucher:
        return void_voucher(voucher, actor=make_finance(), reason=reason)

    end = after(lambda: void("Hilang"), lambda: void("Sobek"))
    voucher.refresh_from_db()
    assert (type(end), voucher.void_reason) == (VoucherRefused, "Hilang")


def test_no_two_batches_get_the_same_numbers(expo: Expo) -> None:
    make_vouchers(expo)
    after(lambda: unprinted(expo, "Tamu"), lambda: unprinted(expo, "Undangan"))
    numbers = Voucher.objects.filter(expo=expo).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 10))
