"""Fields of the admin that find rows: equal names are told apart, and nothing closed is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User

from stands.closing_edition import close_edition
from stands.models import Zone
from tests.ledger import make_shop
from tests.make import make_expo, make_producer, make_product, make_zone

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    user = User.objects.create_superuser("citra")
    client.force_login(user)
    return user


def found(client: Client, model: str, field: str) -> list[str]:
    app, _dot, name = model.partition(".")
    asked = {"app_label": app, "model_name": name, "field_name": field}
    answer: Any = client.get("/admin/autocomplete/", asked)
    return [one["text"] for one in answer.json()["results"]]


def test_zone_says_of_which_edition_it_is_and_a_closed_one_is_not_offered(client: Client) -> None:
    old = make_expo()
    make_zone(expo=old, code="A")
    new = make_expo(slug="2026", name="OPOP Expo 2026", is_current=False)
    zone = Zone.objects.create(expo=new, code="A", name="Makanan")
    assert f"{zone} · OPOP Expo 2026" in found(client, "stands.stand", "zone")
    assert len(found(client, "stands.stand", "zone")) == 2
    close_edition(old, actor=None)
    assert found(client, "stands.stand", "zone") == [f"{zone} · OPOP Expo 2026"]


def test_products_of_one_name_are_told_apart_by_their_maker(client: Client) -> None:
    for maker in ("Kopontren Azidan", "Santri Musthofa"):
        make_product(name="Keripik tempe", producer=make_producer(name=maker))
    assert sorted(found(client, "stands.offer", "product")) == [
        "Keripik tempe · Kopontren Azidan",
        "Keripik tempe · Santri Musthofa",
    ]


def test_offers_of_a_stand_name_their_makers(client: Client) -> None:
    stand, (offer, _other) = make_shop()
    page = client.get(f"/admin/stands/stand/{stand.pk}/change/").content.decode()
    assert f"{offer.product.name} · {offer.product.producer.name}" in page
    listed = client.get("/admin/stands/offer/").content.decode()
    assert f'<td class="field-maker">{offer.product.producer.name}</td>' in listed
    assert "field-edition" not in listed
    assert "field-edition" in client.get("/admin/stands/offer/?edisi=semua").content.decode()
