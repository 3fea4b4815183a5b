"""What visitors and tills see of a product in each state of the curation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pesantren.models import Product
from sales.models import Sale, SaleFlag
from tests.ledger import make_keeper, make_sale, make_shop, sign_in
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)

if TYPE_CHECKING:
    from django.test import Client

    from pesantren.models import Pesantren

pytestmark = pytest.mark.django_db

State = Product.State


@pytest.fixture
def pesantren() -> Pesantren:
    """Al-Qodiri, at stand A1 of 2020."""
    there = make_pesantren(slug="al-qodiri")
    make_stand(expo=make_expo(), pesantren=[there])
    return there


def product_of(pesantren: Pesantren, state: str) -> Product:
    return make_product(
        name="Madu Hutan",
        slug="madu",
        producer=make_producer(pesantren=pesantren),
        state=state,
    )


@pytest.mark.parametrize("state", [State.DRAFT, State.PROPOSED, State.CURATED])
def test_what_a_stand_sells_is_shown_whatever_the_curation_says(
    client: Client, pesantren: Pesantren, state: str
) -> None:
    make_offer(stand=pesantren.stands.get(), product=product_of(pesantren, state))

    for path in ("produk/", "produk/madu/", "stan/A1/", "pesantren/al-qodiri/"):
        assert "Madu Hutan" in client.get(f"/2020/{path}").text, path


def test_withdrawn_product_is_nowhere_on_offer_and_keeps_its_page(
    client: Client, pesantren: Pesantren
) -> None:
    make_offer(stand=pesantren.stands.get(), product=product_of(pesantren, State.WITHDRAWN))

    for path in ("", "produk/", "stan/", "stan/A1/", "pesantren/al-qodiri/"):
        assert "Madu Hutan" not in client.get(f"/2020/{path}").text, path
    page = client.get("/2020/produk/madu/").text
    assert "Produk ini ditarik panitia dan tidak dijual lagi." in page
    assert "Rp 25.000" not in page


def test_draft_that_no_stand_sells_has_no_page_yet(client: Client, pesantren: Pesantren) -> None:
    product_of(pesantren, State.DRAFT)

    assert client.get("/2020/produk/madu/").status_code == 404
    assert "Madu Hutan" not in client.get("/2020/pesantren/al-qodiri/").text


def test_till_no_longer_offers_what_was_withdrawn(client: Client) -> None:
    stand, offers = make_shop()
    Product.objects.filter(pk=offers[0].product_id).update(state=State.WITHDRAWN)
    sign_in(client, make_keeper(stand=stand))

    page = client.get("/kasir/").text

    assert "Barang 2 A1" in page
    assert "Barang 1 A1" not in page


def test_sale_of_what_was_withdrawn_has_happened_and_is_flagged() -> None:
    stand, offers = make_shop()
    Product.objects.filter(pk=offers[0].product_id).update(state=State.WITHDRAWN)

    make_sale(stand, {offers[0]: 1})

    assert Sale.objects.count() == 1
    assert SaleFlag.objects.get().kind == SaleFlag.Kind.OFFER_WITHDRAWN
