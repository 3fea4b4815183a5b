"""The till in its plain form: who may use it, what it records, and what it answers to bad input."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sales.models import HeldSale, LedgerHead, Sale, Tablet, Till
from sales.recording import record_sale
from sales.tablet.tills import claim_till
from stands.models import Offer
from tests.ledger import (
    make_keeper,
    make_running_expo,
    make_sale,
    make_shop,
    pair_tablet,
    sale_request,
    sign_in,
)
from tests.make import make_offer, make_product

if TYPE_CHECKING:
    from stands.models import Stand

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

CASH_IN_FIGURES = "Isi uang yang diterima dengan angka, misalnya 50.000."


@pytest.fixture
def shop(client: Client) -> tuple[Stand, Offer, Offer]:
    """Aminah, signed in, keeps stand A1 with two offers."""
    stand, (first, second) = make_shop()
    sign_in(client, make_keeper(stand=stand))
    return stand, first, second


def fields(offer: Offer, quantity: object = 1, **other: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()),
        "method": "cash",
        "tendered": "",
        f"qty-{offer.pk}": quantity,
        f"price-{offer.pk}": offer.price_rupiah,
        **other,
    }


def sell(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("till"), data)


def errors(response: Any) -> dict[str, list[str]]:
    return {name: list(messages) for name, messages in response.context["form"].errors.items()}


def test_stranger_is_sent_to_the_login(client: Client) -> None:
    response = client.get(reverse("till"))
    assert response.status_code == 302
    assert response["Location"] == "/masuk/?next=/kasir/"


def test_login_without_a_stand_reads_why(client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("citra"))
    response = client.get(reverse("till"))
    assert response.status_code == 403
    assert "Akun ini tidak menjaga stan" in response.content.decode()


def test_organiser_at_the_till_is_led_to_the_admin(client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("citra", is_staff=True))
    page = client.get(reverse("till")).text
    assert 'href="/admin/"' in page
    assert "Minta panitia" not in page


def test_till_shows_own_offers_only(client: Client, shop: tuple[Stand, Offer, Offer]) -> None:
    stand, first, second = shop
    make_shop(code="A2", expo=stand.expo)
    second.withdrawn = True
    second.save()
    page = client.get(reverse("till"))
    assert [tile.offer for tile in page.context["tiles"]] == [first]
    assert "Rp 25.000" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_cash_sale_leads_to_its_receipt_with_change(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, offer, _ = shop
    response = sell(client, fields(offer, 3, tendered="100.000"))
    sale = Sale.objects.get()
    assert response["Location"] == reverse("receipt", args=[sale.pk])
    page = client.get(response["Location"]).content.decode()
    for text in ["A1-W-0001", "Tersimpan", "Rp 75.000", "Rp 100.000", "Kembali", "Rp 25.000"]:
        assert text in page
    assert (sale.stand, str(sale.cashier), sale.intake) == (stand, "Aminah (A1)", "form")


def test_empty_cash_means_paid_exactly_and_qris_takes_none(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, offer, _ = shop
    sell(client, fields(offer))
    sell(client, fields(offer, method="qris", tendered="50000"))
    paid = [sale.payments.get() for sale in Sale.objects.order_by("sequence")]
    assert [(one.method, one.tendered_rupiah) for one in paid] == [("cash", 25_000), ("qris", None)]


def test_resubmitted_form_records_one_sale(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, offer, _ = shop
    data = fields(offer, 2)
    answers = {sell(client, data)["Location"] for _ in range(3)}
    assert len(answers) == 1
    assert Sale.objects.count() == 1


def test_used_form_with_other_content_answers_409_and_is_held(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, offer, _ = shop
    data = fields(offer, 2)
    sell(client, data)
    response = sell(client, data | {f"qty-{offer.pk}": 5})
    assert response.status_code == 409
    assert "Jangan diketik ulang" in response.content.decode()
    assert (Sale.objects.count(), HeldSale.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("quantity", "message"),
    [
        ("0", "Belum ada barang yang dipilih."),
        ("", "Belum ada barang yang dipilih."),
        ("-1", "Isi jumlah dari 1 sampai 9.999."),
        ("10000000", "Isi jumlah dari 1 sampai 9.999."),
        ("dua", "Isi jumlah dari 1 sampai 9.999."),
        ("1.5", "Isi jumlah dari 1 sampai 9.999."),
        ("1e3", "Isi jumlah dari 1 sampai 9.999."),
        ("9" * 5000, "Isi jumlah dari 1 sampai 9.999."),
        # Python and Django would read these as 1, 10, 3 and 3.
        ("1.000", "Isi jumlah dari 1 sampai 9.999."),
        ("1_0", "Isi jumlah dari 1 sampai 9.999."),
        ("٣", "Isi jumlah dari 1 sampai 9.999."),
        ("+3", "Isi jumlah dari 1 sampai 9.999."),
    ],
)
def test_bad_quantity_is_answered_at_its_field(
    client: Client, shop: tuple[Stand, Offer, Offer], quantity: str, message: str
) -> None:
    _, offer, _ = shop
    response = sell(client, fields(offer, quantity))
    field = "__all__" if quantity in ("0", "") else f"qty-{offer.pk}"
    assert response.status_code == 422
    assert errors(response) == {field: [message]}
    assert message in response.content.decode()
    assert not Sale.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"method": "emas"}, "method", "Cara bayar ini tidak dikenal."),
        ({"method": "voucher"}, "method", "Cara bayar ini tidak dikenal."),
        ({"method": ""}, "method", "Pilih cara bayar."),
        ({"tendered": "20.000"}, "tendered", "Uang yang diterima kurang dari total."),
        ({"tendered": "-5"}, "tendered", CASH_IN_FIGURES),
        ({"tendered": "banyak"}, "tendered", CASH_IN_FIGURES),
        ({"tendered": "5_0000"}, "tendered", CASH_IN_FIGURES),
        ({"tendered": "2.5.0.0.0"}, "tendered", CASH_IN_FIGURES),
        (
            {"tendered": "9" * 12},
            "tendered",
            "Uang yang diterima terlalu besar. Periksa angkanya.",
        ),
        ({"qty-999999": "1"}, "__all__", "Ada barang yang tidak dijual di stan ini."),
    ],
)
def test_bad_payment_or_foreign_offer_is_answered(
    client: Client,
    shop: tuple[Stand, Offer, Offer],
    change: dict[str, str],
    field: str,
    message: str,
) -> None:
    _, offer, _ = shop
    response = sell(client, fields(offer, 1, **change))
    assert response.status_code == 422
    assert errors(response) == {field: [message]}
    assert message in response.content.decode()
    assert not Sale.objects.exists()


def test_offer_of_another_stand_is_answered_like_one_that_does_not_exist(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, _, _ = shop
    _, (foreign, _) = make_shop(code="A2", expo=stand.expo)
    response = sell(client, fields(foreign))
    assert response.status_code == 422
    assert errors(response) == {"__all__": ["Ada barang yang tidak dijual di stan ini."]}


def test_tampered_or_missing_price_is_answered_at_the_offer(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, offer, _ = shop
    tampered = sell(client, fields(offer, 1, **{f"price-{offer.pk}": 1}))
    missing = sell(client, fields(offer, 1, **{f"price-{offer.pk}": ""}))
    assert errors(tampered) == {
        f"qty-{offer.pk}": ["Harga barang ini berubah. Periksa lagi totalnya."]
    }
    assert errors(missing) == {
        f"qty-{offer.pk}": ["Harga barang ini tidak ikut terkirim. Coba lagi."]
    }
    # The form comes back with the true price, so that the next press sells at it.
    assert f'name="price-{offer.pk}" value="25000"' in tampered.content.decode()
    assert not Sale.objects.exists()


def test_withdrawn_and_sold_out_offers_are_answered_at_their_tile(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, first, second = shop
    Offer.objects.filter(pk=first.pk).update(withdrawn=True)
    Offer.objects.filter(pk=second.pk).update(stock=2)
    response = sell(client, fields(first) | fields(second, 3))
    assert errors(response) == {
        f"qty-{first.pk}": ["Barang ini sudah ditarik dari penjualan."],
        f"qty-{second.pk}": ["Sisa barang ini tinggal 2."],
    }
    assert not Sale.objects.exists()


def test_broken_form_number_is_answered(client: Client, shop: tuple[Stand, Offer, Offer]) -> None:
    _, offer, _ = shop
    response = sell(client, fields(offer, 1, uuid="abc"))
    assert response.status_code == 422
    assert "Nomor formulir rusak" in response.content.decode()


def test_body_of_two_megabytes_is_answered_in_words(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    response = client.post(
        reverse("till"), "a=" + "x" * 2_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert response.status_code == 413
    assert "Kiriman ini terlalu besar" in response.content.decode()
    assert not Sale.objects.exists()


def test_counting_button_adds_up_and_records_nothing(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, offer, _ = shop
    response = sell(client, fields(offer, 3, count="1"))
    assert response.status_code == 200
    assert "Rp 75.000" in response.content.decode()
    assert f'name="qty-{offer.pk}"' in response.content.decode()
    assert not Sale.objects.exists()


def test_receipt_of_another_stand_is_not_found(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, _, _ = shop
    other_stand, (foreign, _) = make_shop(code="A2", expo=stand.expo)
    sale = make_sale(other_stand, {foreign: 1})
    for name in ("receipt", "reversal"):
        assert client.get(reverse(name, args=[sale.pk])).status_code == 404
        assert client.get(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_history_shows_today_of_this_stand(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, offer, _ = shop
    other_stand, (foreign, _) = make_shop(code="A2", expo=stand.expo)
    make_sale(other_stand, {foreign: 1})
    sale = make_sale(stand, {offer: 2})
    page = client.get(reverse("history"))
    assert list(page.context["sales"]) == [sale]
    assert re.search(r"A1-W-0001", page.content.decode())
    assert page.context["today"].net_rupiah == 50_000


def test_queries_do_not_grow_with_offers_or_sales(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, offer, _ = shop
    counts = []
    for more in (1, 3):
        for number in range(more):
            make_offer(stand=stand, product=make_product(name=f"Lain {number}"), stock=None)
            make_sale(stand, {offer: 1})
        for name in ("till", "history"):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(name))
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 8


def test_selling_through_the_form_takes_few_statements(
    client: Client, django_user_model: Any
) -> None:
    stand, offers = make_shop(
        expo=make_running_expo(slug="2026-lima"), prices=(1_000, 2_000, 3_000, 4_000, 5_000)
    )
    sign_in(client, make_keeper(stand=stand, name="Budi"))
    sell(client, fields(offers[0]))
    data = fields(offers[0])
    for offer in offers[1:]:
        data |= fields(offer) | {"uuid": data["uuid"]}
    with CaptureQueriesContext(connection) as queries:
        sell(client, data)
    assert Sale.objects.latest("sequence").lines.count() == 5
    # Ours are 13 (one reads the tiles' offers for the form, one adds to the running totals); who is
    # asking takes three more.
    assert len(queries) <= 16, [query["sql"][:80] for query in queries]


def test_resent_form_is_the_same_sale_though_the_tiles_have_moved(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, first, second = shop
    data = fields(first) | fields(second)
    sell(client, data)
    Offer.objects.filter(pk=first.pk).update(order=9)
    assert sell(client, data).status_code == 302
    assert (Sale.objects.count(), HeldSale.objects.count()) == (1, 0)


def test_cash_field_means_nothing_when_paid_by_qris(
    client: Client, shop: tuple[Stand, Offer, Offer]
) -> None:
    _, offer, _ = shop
    assert sell(client, fields(offer, method="qris", tendered="abc")).status_code == 302


def test_empty_post_is_answered(client: Client, shop: tuple[Stand, Offer, Offer]) -> None:
    assert client.post(reverse("till")).status_code == 422


def test_till_names_the_last_receipt(client: Client, shop: tuple[Stand, Offer, Offer]) -> None:
    _, offer, _ = shop
    sell(client, fields(offer))
    assert "A1-W-0001 · Rp 25.000" in client.get(reverse("till")).content.decode()


def test_cashier_who_has_left_sells_no_more(client: Client) -> None:
    stand, (offer, _) = make_shop()
    keeper = make_keeper(stand=stand)
    sign_in(client, keeper)
    keeper.is_active = False
    keeper.save()
    assert sell(client, fields(offer)).status_code == 403
    assert not Sale.objects.exists()


def test_what_the_tablet_says_is_kept_with_the_sale() -> None:
    stand, (offer, _) = make_shop()
    till = Till.objects.create(expo=stand.expo, stand=stand, letter="B", prefix="A1-B")
    device_at = timezone.now() - dt.timedelta(minutes=7)
    before = timezone.now()
    outcome = record_sale(
        stand=stand,
        cashier=None,
        request=sale_request({offer: 1}, number="A1-B-0009", device_at=device_at, note="kado"),
        intake=Sale.Intake.OUTBOX,
        till=till,
    )
    assert outcome.sale is not None
    sale = Sale.objects.get(pk=outcome.sale.pk)
    assert (sale.till, sale.number, sale.note) == (till, "A1-B-0009", "kado")
    assert sale.device_at == device_at
    assert before <= sale.received_at <= timezone.now()
    assert LedgerHead.objects.get().web_counter == 0


# --- a paired tablet ------------------------------------------------------------------------------


def test_paired_tablet_goes_on_to_its_own_page(client: Client) -> None:
    stand, _ = make_shop()
    pair_tablet(client, stand)
    assert client.get("/kasir/")["Location"] == "/kasir/tablet/"


def test_paired_tablet_sells_in_the_plain_form_without_a_login(client: Client) -> None:
    stand, (offer, _) = make_shop(code="A12")
    pair_tablet(client, stand)

    page = client.get("/kasir/formulir/").text
    answer = client.post("/kasir/formulir/", fields(offer))

    sale = Sale.objects.get()
    assert answer["Location"] == reverse("receipt", args=[sale.pk])
    assert (sale.stand, sale.cashier, sale.number) == (stand, None, "A12-W-0001")
    assert "A12-A" in page
    assert "/keluar/" not in page
    assert 'action="/kasir/formulir/"' in page
    receipt = client.get(answer["Location"]).text
    assert 'href="/kasir/formulir/"' in receipt
    assert "/kasir/tablet/" not in receipt


def test_paired_tablet_sees_its_own_stand_only(client: Client) -> None:
    stand, (offer, _) = make_shop()
    other, (foreign, _) = make_shop(code="A2", expo=stand.expo)
    pair_tablet(client, stand)
    sale = make_sale(other, {foreign: 1})

    pages = [client.get(reverse(name, args=[sale.pk])) for name in ("receipt", "reversal")]
    answer = client.post("/kasir/formulir/", {**fields(offer), **fields(foreign)})

    assert [page.status_code for page in pages] == [404, 404]
    assert answer.status_code == 422
    assert list(Sale.objects.all()) == [sale]


def test_tablet_stays_known_when_people_log_out_and_secrets_change(
    client: Client, settings: Any
) -> None:
    stand, _ = make_shop()
    keeper = make_keeper(stand=make_shop(code="A2", expo=stand.expo)[0])
    pair_tablet(client, stand)

    sign_in(client, keeper)
    as_keeper = client.get("/kasir/").text
    client.post("/keluar/")
    settings.SECRET_KEY = "rahasia lain"

    assert "A2" in as_keeper
    assert client.get("/kasir/formulir/").context["seller"].stand == stand


def test_revoked_tablet_reads_what_to_do(client: Client) -> None:
    stand, (offer, _) = make_shop()
    Tablet.objects.filter(tills=pair_tablet(client, stand)).update(revoked_at=timezone.now())

    answers = [client.get("/kasir/formulir/"), client.post("/kasir/formulir/", fields(offer))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Tablet ini sudah dicabut" in answers[0].text
    assert 'href="/kasir/pasang/"' in answers[0].text
    assert not Sale.objects.exists()


def test_form_of_a_tablet_must_be_our_own() -> None:
    stand, (offer, _) = make_shop()
    strict = Client(enforce_csrf_checks=True)
    pair_tablet(strict, stand)
    assert strict.post("/kasir/formulir/", fields(offer)).status_code == 403
    assert not Sale.objects.exists()


def test_tablet_moved_to_another_stand_sells_there(client: Client) -> None:
    stand, _ = make_shop()
    other, _ = make_shop(code="A2", expo=stand.expo)
    till = pair_tablet(client, stand)
    assert till.tablet is not None
    claim_till(
        stand=other,
        storage_id=till.tablet.storage_id,
        credential_hash=till.tablet.credential_hash,
    )
    assert client.get("/kasir/formulir/").context["seller"].stand == other
