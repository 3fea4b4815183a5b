"""Taking back a sale at the till: with a reason, never more than was sold, once."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from sales.models import Sale
from sales.recording import record_sale
from sales.requests import PaymentRequest
from tests.ledger import make_keeper, make_sale, make_shop, sale_request, sign_in

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(client: Client) -> Sale:
    """Three pieces of one offer and one of another, sold at Aminah's stand by QRIS."""
    stand: Stand
    offers: list[Offer]
    stand, offers = make_shop()
    keeper = make_keeper(stand=stand)
    sign_in(client, keeper)
    return make_sale(stand, {offers[0]: 3, offers[1]: 1}, method="qris", cashier=keeper)


def take_back(client: Client, sale: Sale, quantities: list[object], **other: Any) -> Any:
    lines = sale.lines.order_by("position")
    data = {f"qty-{line.position}": value for line, value in zip(lines, quantities, strict=True)}
    return client.post(
        reverse("reversal", args=[sale.pk]),
        {"uuid": str(uuid.uuid4()), "reason": "salah ketik", **data, **other},
    )


def test_part_of_a_sale_is_taken_back(client: Client, sold: Sale) -> None:
    response = take_back(client, sold, [2, ""])
    back = Sale.objects.get(reverses=sold)
    assert response["Location"] == reverse("receipt", args=[back.pk])
    assert (back.total_rupiah, back.reason, str(back.cashier)) == (
        -50_000,
        "salah ketik",
        "Aminah (A1)",
    )
    assert back.payments.get().method == "qris"
    page = client.get(reverse("receipt", args=[sold.pk])).content.decode()
    assert back.number in page
    assert "−Rp 50.000" in page


def test_form_offers_what_is_left(client: Client, sold: Sale) -> None:
    take_back(client, sold, [2, ""])
    page = client.get(reverse("reversal", args=[sold.pk]))
    assert [left for _, left, _ in page.context["rows"]] == [1, 1]
    take_back(client, sold, [1, 1])
    page = client.get(reverse("reversal", args=[sold.pk]))
    assert "Semua barang di nota ini sudah dibatalkan." in page.content.decode()


@pytest.mark.parametrize(
    ("quantities", "other", "message"),
    [
        ([4, ""], {}, "Yang masih bisa dibatalkan: 3."),
        ([1, ""], {"reason": "  "}, "Tulis alasannya."),
        ([1, ""], {"reason": "x" * 201}, "Alasan paling panjang 200 huruf."),
        (["", "0"], {}, "Pilih barang yang dibatalkan."),
        ([-1, ""], {}, "Isi jumlah dari 1 sampai 9.999."),
        (["semua", ""], {}, "Isi jumlah dari 1 sampai 9.999."),
    ],
)
def test_bad_reversal_is_answered_and_nothing_is_written(
    client: Client, sold: Sale, quantities: list[object], other: dict[str, str], message: str
) -> None:
    response = take_back(client, sold, quantities, **other)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert Sale.objects.count() == 1


def test_resubmitted_reversal_is_recorded_once(client: Client, sold: Sale) -> None:
    key = str(uuid.uuid4())
    answers = {take_back(client, sold, [1, ""], uuid=key)["Location"] for _ in range(3)}
    assert len(answers) == 1
    assert Sale.objects.filter(reverses=sold).count() == 1


def test_keeper_of_another_stand_takes_nothing_back(client: Client, sold: Sale) -> None:
    stand, _ = make_shop(code="A2", expo=sold.expo)
    sign_in(client, make_keeper(stand=stand, name="Budi"))
    assert take_back(client, sold, [1, ""]).status_code == 404
    assert not Sale.objects.filter(reverses=sold).exists()


def test_split_sale_goes_back_the_ways_it_was_paid(client: Client, sold: Sale) -> None:
    offer = sold.lines.all()[0].offer
    request = replace(
        sale_request({offer: 2}),
        payments=(PaymentRequest("cash", 10_000), PaymentRequest("qris", 40_000)),
    )
    split = record_sale(
        stand=sold.stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX
    ).sale
    assert split is not None
    for _half in range(2):
        take_back(client, split, [1])
    backs = [
        [(one.method, one.amount_rupiah) for one in back.payments.all()]
        for back in Sale.objects.filter(reverses=split).order_by("sequence")
    ]
    assert backs == [[("cash", -10_000), ("qris", -15_000)], [("qris", -25_000)]]


def test_reversal_itself_has_no_reversal_page(client: Client, sold: Sale) -> None:
    take_back(client, sold, [1, ""])
    back = Sale.objects.get(reverses=sold)
    assert client.get(reverse("reversal", args=[back.pk])).status_code == 404
