"""A keeper without a tablet closes the day in the plain form."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from sales.models import CashMovement, CloseAmendment, DayClose, Sale
from sales.proof.verifying import verify_ledger
from stands.clock import business_date
from tests.ledger import make_keeper, make_sale, make_shop, sign_in

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

PATH = "/kasir/tutup/"


def count(pieces: dict[int, int], **other: Any) -> dict[str, Any]:
    return {
        "form": "count",
        "count-key": str(uuid.uuid4()),
        "count-day": business_date(timezone.now()).isoformat(),
        **{f"count-count-{value}": number for value, number in pieces.items()},
    } | other


def movement(kind: str, amount: str, reason: str = "") -> dict[str, Any]:
    return {
        "form": "movement",
        "movement-key": str(uuid.uuid4()),
        "movement-kind": kind,
        "movement-amount": amount,
        "movement-reason": reason,
    }


def test_keeper_counts_blind_and_then_sees_the_difference(client: Client) -> None:
    stand, (offer, _) = make_shop()
    keeper = make_keeper(stand=stand)
    make_sale(stand, {offer: 2}, intake=Sale.Intake.FORM)
    sign_in(client, keeper)
    client.post(PATH, movement("float", "100.000"))
    before = client.get(PATH).content.decode()
    assert "150.000" not in before  # what is expected
    response = client.post(PATH, count({100_000: 1, 20_000: 2}), follow=True)
    close = DayClose.objects.get()
    assert (close.number, close.cashier, close.last_counter) == ("A1-W-Z0001", keeper, 1)
    assert (close.expected_rupiah, close.difference_rupiah) == (150_000, -10_000)
    assert "A1-W-Z0001 tersimpan." in response.content.decode()
    assert "−Rp 10.000" in response.content.decode()
    assert verify_ledger().breaks == []


def test_form_sent_twice_closes_once_and_a_new_one_is_a_second_count(client: Client) -> None:
    stand, (offer, _) = make_shop()
    sign_in(client, make_keeper(stand=stand))
    make_sale(stand, {offer: 1}, intake=Sale.Intake.FORM)
    data = count({20_000: 1})
    assert [client.post(PATH, data).status_code for _ in range(2)] == [302, 302]
    assert (DayClose.objects.count(), CloseAmendment.objects.count()) == (1, 0)
    client.post(PATH, count({20_000: 1, 5_000: 1}))
    recount = CloseAmendment.objects.get()
    assert (recount.number, recount.difference_rupiah) == ("A1-W-Z0002", 0)
    make_sale(stand, {offer: 1}, intake=Sale.Intake.FORM)
    assert CloseAmendment.objects.count() == 2


def test_day_that_was_left_open_is_closed_on_the_next(client: Client) -> None:
    stand, (offer, _) = make_shop()
    sign_in(client, make_keeper(stand=stand))
    then = timezone.now() - dt.timedelta(days=1)
    day = business_date(then).isoformat()
    make_sale(stand, {offer: 1}, intake=Sale.Intake.FORM, sold_at=then)
    make_sale(stand, {offer: 1}, intake=Sale.Intake.FORM)
    assert f"?hari={day}" in client.get(PATH).content.decode()
    form = client.get(PATH, {"hari": day}).context["count"]
    data = count({20_000: 1}, **{"count-day": form["day"].value().isoformat()})
    page = client.post(f"{PATH}?hari={day}", data, follow=True).content.decode()
    close = DayClose.objects.get()
    assert (close.business_date.isoformat(), close.difference_rupiah) == (day, -5_000)
    assert "−Rp 5.000" in page
    assert "Belum ditutup" not in page


def test_a_thousand_pieces_are_a_thousand_however_they_are_written(client: Client) -> None:
    stand, _offers = make_shop()
    sign_in(client, make_keeper(stand=stand))
    client.post(PATH, count({}, **{"count-count-500": "1.000", "count-count-1000": "1000"}))
    assert DayClose.objects.get().counted_rupiah == 500_000 + 1_000_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (movement("out", "50.000"), "Tulis alasannya."),
        (movement("in", "banyak", "uang kecil"), "Isi nilainya dengan angka"),
        (movement("in", "25.00", "uang kecil"), "Isi nilainya dengan angka"),
        (movement("in", "0", "uang kecil"), "Isi nilai dari Rp 1"),
        (movement("gaji", "1", "x"), "gaji"),
        (count({100_000: -1}), "count-100000_error"),
        (count({}, **{"count-count-500": "1.00"}), "Isi jumlah lembar atau keping"),
        (count({}, **{"count-note": "a" * 201}), "200"),
    ],
)
def test_bad_input_is_answered_at_its_place_and_nothing_is_written(
    client: Client, data: dict[str, Any], message: str
) -> None:
    stand, _offers = make_shop()
    sign_in(client, make_keeper(stand=stand))
    response = client.post(PATH, data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not CashMovement.objects.exists()
    assert not DayClose.objects.exists()


def test_stranger_is_sent_to_the_login(client: Client) -> None:
    make_shop()
    assert client.get(PATH)["Location"] == f"/masuk/?next={PATH}"


def test_fields_are_numbers_for_the_large_keys(client: Client) -> None:
    stand, _offers = make_shop()
    sign_in(client, make_keeper(stand=stand))
    page = client.get(PATH).content.decode()
    assert len(re.findall(r'name="count-count-\d+"', page)) == 10
