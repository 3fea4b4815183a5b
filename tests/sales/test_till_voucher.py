"""A voucher in the plain form: shown first, then recorded; one answer to whatever is no good."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from events.models import Attempt
from sales.models import Payment, Sale, Voucher, VoucherEntry
from sales.vouchers.codes import as_printed, new_code
from sales.vouchers.issuing import void_voucher
from tests.ledger import make_keeper, make_sale, make_shop, sign_in
from tests.make import make_expo
from tests.vouchers import make_finance, make_voucher

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer

pytestmark = pytest.mark.django_db

REFUSED = "Voucher ini tidak bisa dipakai."


@pytest.fixture
def offer(client: Client) -> Offer:
    """What Aminah, who is signed in, sells for 80.000."""
    stand, (offer, _) = make_shop(code="A1", prices=(80_000, 1))
    sign_in(client, make_keeper(stand=stand))
    return offer


def pay(client: Client, offer: Offer, code: str, seen: int | None = None, **other: str) -> Any:
    data = {
        "uuid": str(uuid.uuid4()),
        "method": "cash",
        f"qty-{offer.pk}": "1",
        f"price-{offer.pk}": str(offer.price_rupiah),
        "voucher": code,
        "voucher_seen": "" if seen is None else str(seen),
    }
    return client.post(reverse("till"), data | other)


def payments() -> list[tuple[str, int, int | None]]:
    return list(Payment.objects.values_list("method", "amount_rupiah", "tendered_rupiah"))


def test_voucher_is_shown_before_it_is_recorded(client: Client, offer: Offer) -> None:
    voucher, code = make_voucher(offer.stand.expo, value_rupiah=50_000)
    page = pay(client, offer, code)
    assert page.status_code == 200
    for text in ("No. 0001", "Rp 50.000", "Rp 30.000", "Belum tersimpan"):
        assert text in page.text
    assert 'name="voucher_seen" value="50000"' in page.text
    voucher.refresh_from_db()
    assert (voucher.state, Sale.objects.count()) == (Voucher.State.OPEN, 0)


def test_rest_is_paid_in_the_chosen_way(client: Client, offer: Offer) -> None:
    voucher, code = make_voucher(offer.stand.expo, value_rupiah=50_000)
    answer = pay(client, offer, as_printed(code).lower(), seen=50_000, tendered="50.000")
    assert answer.status_code == 302
    assert payments() == [("voucher", 50_000, None), ("cash", 30_000, 50_000)]
    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.REDEEMED
    receipt = client.get(answer["Location"]).text
    assert "Voucher No. 0001" in receipt
    assert "Rp 20.000" in receipt


def test_voucher_above_the_total_pays_it_all(client: Client, offer: Offer) -> None:
    _voucher, code = make_voucher(offer.stand.expo, value_rupiah=100_000)
    assert "Rp 20.000" in pay(client, offer, code).text  # forfeited
    assert pay(client, offer, code, seen=100_000, method="qris").status_code == 302
    assert payments() == [("voucher", 80_000, None)]
    assert VoucherEntry.objects.get().forfeited_rupiah == 20_000


def test_too_little_cash_for_the_rest_records_nothing(client: Client, offer: Offer) -> None:
    voucher, code = make_voucher(offer.stand.expo, value_rupiah=50_000)
    page = pay(client, offer, code, seen=50_000, tendered="20.000")
    assert page.status_code == 422
    assert "Uang yang diterima kurang dari total." in page.text
    voucher.refresh_from_db()
    assert (voucher.state, Sale.objects.count()) == (Voucher.State.OPEN, 0)


def test_form_sent_twice_is_one_sale(client: Client, offer: Offer) -> None:
    _voucher, code = make_voucher(offer.stand.expo, value_rupiah=50_000)
    key = str(uuid.uuid4())
    answers = {pay(client, offer, code, seen=50_000, uuid=key)["Location"] for _ in range(3)}
    assert len(answers) == 1
    assert (Sale.objects.count(), VoucherEntry.objects.count()) == (1, 1)


def test_whatever_is_wrong_the_answer_is_the_same(client: Client, offer: Offer) -> None:
    expo = offer.stand.expo
    other, _ = make_shop(code="B3", expo=expo)
    void, gone = make_voucher(expo)
    void_voucher(void, actor=make_finance(), reason="hilang")
    _, elsewhere = make_voucher(expo, stands=[other])
    _, foreign = make_voucher(make_expo(slug="2027", is_current=False))
    _, spent = make_voucher(expo)
    assert pay(client, offer, spent, seen=100_000).status_code == 302
    for code in (new_code(), "abc", gone, elsewhere, foreign, spent):
        page = pay(client, offer, code, seen=100_000)
        assert page.status_code == 422
        assert page.context["form"].errors == {"voucher": [REFUSED]}
    assert Sale.objects.count() == 1


def test_guessing_is_throttled_by_account_and_address(client: Client, offer: Offer) -> None:
    _voucher, code = make_voucher(offer.stand.expo)
    for _ in range(20):
        assert REFUSED in pay(client, offer, new_code()).text
    page = pay(client, offer, code, seen=100_000)
    assert page.status_code == 422
    assert "Terlalu banyak kode salah" in page.text
    assert (Attempt.objects.count(), Sale.objects.count()) == (20, 0)


def test_reversal_in_the_form_gives_the_voucher_back(client: Client, offer: Offer) -> None:
    voucher, code = make_voucher(offer.stand.expo, value_rupiah=50_000)
    pay(client, offer, code, seen=50_000)
    sale = Sale.objects.get()
    path = reverse("reversal", args=[sale.pk])
    assert "Uang kembali paling banyak Rp 30.000" in client.get(path).text
    data = {"uuid": str(uuid.uuid4()), "qty-1": "1", "reason": "batal"}
    answer = client.post(path, data)
    assert "Rp 50.000 kembali ke voucher" in client.get(answer["Location"]).text
    voucher.refresh_from_db()
    assert voucher.state == Voucher.State.OPEN
    back = Sale.objects.exclude(pk=sale.pk).get()
    assert list(back.payments.values_list("method", "amount_rupiah")) == [
        ("cash", -30_000),
        ("voucher", -50_000),
    ]


def test_receipt_without_a_voucher_asks_for_none(client: Client, offer: Offer) -> None:
    sale = make_sale(offer.stand, {offer: 1})
    page = client.get(reverse("receipt", args=[sale.pk])).text
    assert "Tunai" in page
    assert "Voucher" not in page
