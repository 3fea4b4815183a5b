"""Prices and stock changed in the admin while the tills go on selling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User

from events.models import Event
from stands.models import Offer
from stands.stock import set_stock
from tests.ledger import make_sale, make_shop
from tests.make import make_expo

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    user = User.objects.create_superuser("citra")
    client.force_login(user)
    return user


def make_limited(stock: int | None = 10) -> Offer:
    _, offers = make_shop(prices=(25_000,))
    Offer.objects.filter(pk=offers[0].pk).update(stock=stock)
    offers[0].refresh_from_db()
    return offers[0]


def posted(offer: Offer, **changes: Any) -> dict[str, Any]:
    """The offer's form as it was shown, with what the person changed."""
    shown = {
        "price_rupiah": offer.price_rupiah,
        "stock": "" if offer.stock is None else offer.stock,
        "stock_seen": "" if offer.stock is None else offer.stock,
        "order": offer.order,
    }
    return {**shown, **changes}


def inline(offer: Offer, **changes: Any) -> dict[str, Any]:
    """The stand's form with that one offer in it."""
    stand = offer.stand
    form: dict[str, Any] = {
        name: getattr(stand, name)
        for name in ("code", "name", "kind", "x", "y", "width", "height", "rotation")
    }
    form |= {"expo": stand.expo_id, "zone": stand.zone_id}
    for prefix, count in (("offers", 1), ("tills", 0), ("cashiers", 0)):
        form |= {f"{prefix}-TOTAL_FORMS": count, f"{prefix}-INITIAL_FORMS": count}
    row = {**posted(offer, **changes), "id": offer.pk, "stand": stand.pk}
    return form | {f"offers-0-{name}": value for name, value in row.items()}


@pytest.fixture(params=["offer", "stand"])
def save(request: pytest.FixtureRequest, client: Client, citra: User) -> Any:
    """Save a changed offer by its own form, and by its row in the stand's."""

    def save(offer: Offer, **changes: Any) -> None:
        if request.param == "offer":
            answer = client.post(
                f"/admin/stands/offer/{offer.pk}/change/", posted(offer, **changes)
            )
        else:
            answer = client.post(
                f"/admin/stands/stand/{offer.stand_id}/change/", inline(offer, **changes)
            )
        assert answer.status_code == 302, answer.context["errors"]

    return save


def test_sale_made_meanwhile_stays_subtracted(save: Any) -> None:
    offer = make_limited(10)
    make_sale(offer.stand, {offer: 3})

    save(offer, stock=15)

    offer.refresh_from_db()
    assert offer.stock == 12
    event = Event.objects.get(kind=Event.Kind.STOCK_CHANGED)
    assert event.data == {"offer": offer.pk, "seen": 10, "wanted": 15, "left": 12}


def test_other_change_leaves_stock_sold_meanwhile_alone(save: Any) -> None:
    offer = make_limited(10)
    make_sale(offer.stand, {offer: 3})

    save(offer, order=4)

    offer.refresh_from_db()
    assert (offer.stock, offer.order) == (7, 4)
    assert not Event.objects.exists()


def test_changed_price_is_logged_with_old_new_and_who(save: Any) -> None:
    offer = make_limited()

    save(offer, price_rupiah=30_000)

    event = Event.objects.get()
    assert event.kind == Event.Kind.PRICE_CHANGED
    assert event.data == {"offer": offer.pk, "old_rupiah": 25_000, "new_rupiah": 30_000}
    assert event.actor == User.objects.get(username="citra")


def test_withdrawal_is_logged_once(save: Any) -> None:
    offer = make_limited()

    save(offer, withdrawn="on")
    offer.refresh_from_db()
    save(offer, withdrawn="on", order=2)

    assert [event.kind for event in Event.objects.all()] == [Event.Kind.OFFER_WITHDRAWN]


def test_offer_keeps_its_product_and_stand(save: Any) -> None:
    offer, (_, others) = make_limited(), make_shop(code="A2", expo=make_limited_expo())

    save(offer, product=others[0].product_id, stock=11)

    kept = Offer.objects.get(pk=offer.pk)
    assert (kept.product_id, kept.stand_id, kept.stock) == (offer.product_id, offer.stand_id, 11)


def make_limited_expo() -> Any:
    return Offer.objects.get().stand.expo


@pytest.mark.parametrize(("seen", "wanted", "left"), [(10, None, None), (None, 5, 5)])
def test_stock_is_switched_between_limited_and_unlimited(
    seen: int | None, wanted: int | None, left: int | None
) -> None:
    offer = make_limited(seen)

    assert set_stock(offer, seen=seen, wanted=wanted, actor=None)

    assert Offer.objects.get().stock == left


def test_switch_gives_way_to_that_of_somebody_else() -> None:
    offer = make_limited(None)
    Offer.objects.update(stock=20)
    make_sale(offer.stand, {offer: 3})

    assert not set_stock(offer, seen=None, wanted=5, actor=None)

    assert Offer.objects.get().stock == 17
    assert not Event.objects.exists()


def test_new_offer_is_added_in_the_stand(client: Client, citra: User) -> None:
    offer = make_limited()
    _, others = make_shop(code="A2", expo=offer.stand.expo)
    form = inline(offer)
    form["offers-TOTAL_FORMS"] = 2
    form |= {"offers-1-product": others[0].product_id, "offers-1-price_rupiah": 5_000}
    form |= {"offers-1-order": 0, "offers-1-stand": offer.stand_id}

    answer = client.post(f"/admin/stands/stand/{offer.stand_id}/change/", form)

    assert answer.status_code == 302, answer.context["errors"]
    assert offer.stand.offers.get(product=others[0].product_id).price_rupiah == 5_000


@pytest.mark.parametrize("rows", ["stands/offer", "stands/stand"])
def test_list_shows_the_current_edition_until_another_is_asked_for(
    client: Client, citra: User, rows: str
) -> None:
    make_shop(prices=(25_000,), expo=make_expo(slug="2020", is_current=False))
    make_shop(prices=(25_000,), expo=make_expo(slug="2026"))

    def editions(query: str) -> list[str]:
        found = client.get(f"/admin/{rows}/?{query}").context["cl"].result_list
        return sorted(getattr(row, "stand", row).expo.slug for row in found)

    assert editions("") == ["2026"]
    assert editions("edisi=2020") == ["2020"]
    assert editions("edisi=semua") == ["2020", "2026"]


def test_form_names_the_edition(client: Client, citra: User) -> None:
    offer = make_limited()

    page = client.get(f"/admin/stands/offer/{offer.pk}/change/").text

    assert f'<div class="readonly">{offer.stand.expo.name}</div>' in page


def test_impossible_price_is_explained_beside_its_field(client: Client, citra: User) -> None:
    offer = make_limited()

    answer = client.post(
        f"/admin/stands/offer/{offer.pk}/change/", posted(offer, price_rupiah="-5")
    )

    form = answer.context["adminform"].form
    assert form.errors == {"price_rupiah": ["Harga harus lebih dari nol."]}


def test_price_and_stock_are_read_as_people_write_them(save: Any) -> None:
    offer = make_limited(-3)

    save(offer, price_rupiah="27.500", stock="1.000")

    offer.refresh_from_db()
    assert (offer.price_rupiah, offer.stock) == (27_500, 1_000)


@pytest.mark.parametrize("wrong", [{"price_rupiah": "27.50"}, {"stock": "1.00"}])
def test_number_that_could_be_another_is_asked_for_again(
    client: Client, citra: User, wrong: dict[str, str]
) -> None:
    offer = make_limited()

    answer = client.post(f"/admin/stands/offer/{offer.pk}/change/", posted(offer, **wrong))

    assert "dengan angka" in str(answer.context["errors"])
    assert Offer.objects.get().price_rupiah == 25_000
