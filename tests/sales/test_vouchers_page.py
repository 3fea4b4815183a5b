"""The organisers' pages on vouchers: made, printed once, handed out, found, replaced, released."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from events.models import Event
from opop_expo.roles import FINANCE, ORGANISER, VIEWER
from sales.models import Voucher, VoucherBatch
from sales.vouchers.codes import hmac_of
from sales.vouchers.issuing import rules_of
from sales.vouchers.reads import Figure, Figures, batch_rows, clashes_waiting, uses_of
from stands.clock import business_date
from tests.ledger import make_shop, pair_tablet
from tests.page_words import words
from tests.queries import queries_of
from tests.redeemed import give_back, spend
from tests.sales.test_settling import signed_in
from tests.vouchers import make_voucher, make_vouchers

if TYPE_CHECKING:
    from stands.models import Offer, Stand

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/sales/voucher/"


def today() -> dt.date:
    """Asked when a test runs: a whole run may go on past midnight."""
    return business_date(timezone.now())


State = Voucher.State


@pytest.fixture
def shop() -> tuple[Stand, Offer]:
    stand, (offer, _other) = make_shop(code="A1", prices=(80_000, 40_000))
    return stand, offer


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    return signed_in(client, User.objects.create_user("citra"), ORGANISER)


def batch_form(**other: Any) -> dict[str, Any]:
    return {
        "name": "Undangan",
        "value_rupiah": "Rp 100.000",
        "quantity": "3",
        "audience": "invitee",
        "valid_from": f"{today()}",
        "valid_until": f"{today()}",
        "owed": "used",
    } | other


def make_empty_batch(client: Client) -> VoucherBatch:
    """A batch without codes, made on the page."""
    client.post(f"{PAGE}buat/", batch_form(do="make"))
    return VoucherBatch.objects.latest("pk")


def codes_in(answer: Any) -> list[str]:
    """The codes of a CSV file."""
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return [row["isi kode QR"] for row in rows]


# --- making and printing ------------------------------------------------------------------------


def test_whole_value_is_seen_before_anything_is_made(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    shown = client.post(f"{PAGE}buat/", batch_form(do="count", stands=[shop[0].pk]))
    assert "Rp 300.000" in words(shown)
    assert not VoucherBatch.objects.exists()
    client.post(f"{PAGE}buat/", batch_form(do="make", stands=[shop[0].pk]))
    batch = VoucherBatch.objects.get()
    assert (batch.value_rupiah, batch.quantity, list(batch.stands.all())) == (
        100_000,
        3,
        [shop[0]],
    )
    assert [one.number for one in batch.vouchers.order_by("number")] == [1, 2, 3]
    assert not batch.vouchers.exclude(code_hmac=None).exists()


@pytest.mark.parametrize(
    ("typed", "value"), [("100k", 100_000), ("50rb", 50_000), ("100,000.00", 100_000)]
)
def test_value_and_number_are_read_as_people_write_them(
    client: Client, citra: User, shop: tuple[Stand, Offer], typed: str, value: int
) -> None:
    client.post(f"{PAGE}buat/", batch_form(do="make", value_rupiah=typed, quantity="1.000"))
    batch = VoucherBatch.objects.get()
    assert (batch.value_rupiah, batch.quantity) == (value, 1_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"value_rupiah": "100.00"},
        {"value_rupiah": "banyak"},
        {"value_rupiah": "0"},
        {"value_rupiah": "99.000.000"},
        {"quantity": "0"},
        {"quantity": "5001"},
        {"valid_until": "2020-01-01"},
        {"name": ""},
        {"name": "Sudah ada"},
        {"owed": "lain"},
        {"stands": ["999999"]},
    ],
)
def test_impossible_batch_is_refused_at_its_field(
    client: Client, citra: User, shop: tuple[Stand, Offer], wrong: dict[str, Any]
) -> None:
    client.post(f"{PAGE}buat/", batch_form(do="make", name="Sudah ada"))
    refused = client.post(f"{PAGE}buat/", batch_form(do="make") | wrong)
    assert refused.status_code == 422
    assert "field-error" in refused.text
    assert VoucherBatch.objects.count() == 1


def test_codes_come_in_one_answer_and_never_again(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    batch = make_empty_batch(client)
    answer = client.post(f"{PAGE}kelompok/{batch.pk}/cetak/", {"as": "csv"})
    codes = codes_in(answer)
    assert "no-store" in answer["Cache-Control"]
    assert [one.code_hmac for one in batch.vouchers.order_by("number")] == [
        hmac_of(code) for code in codes
    ]
    # Sent twice, or the button pressed again: nothing is made, and the papers stay good.
    again = client.post(f"{PAGE}kelompok/{batch.pk}/cetak/", {"as": "csv"}, follow=True)
    assert "Kode hanya ditampilkan sekali" in words(again)
    page = client.get(f"{PAGE}kelompok/{batch.pk}/")
    assert not any(code in page.text for code in codes)
    assert not any(code in str(list(Event.objects.values_list("data"))) for code in codes)


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("zip", b"PK")])
def test_papers_come_as_pdf_or_with_the_table(
    client: Client, citra: User, shop: tuple[Stand, Offer], kind: str, start: bytes
) -> None:
    batch = make_empty_batch(client)
    answer = client.post(f"{PAGE}kelompok/{batch.pk}/cetak/", {"as": kind})
    assert answer.content.startswith(start)
    assert answer["Content-Disposition"].startswith("attachment")
    if kind == "zip":
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert sorted(name[-3:] for name in names) == ["csv", "pdf"]


def test_failed_print_is_made_anew_until_one_paper_is_out(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    batch = make_empty_batch(client)
    address = f"{PAGE}kelompok/{batch.pk}/"
    lost = codes_in(client.post(f"{address}cetak/", {"as": "csv"}))
    codes = codes_in(client.post(f"{address}cetak/", {"as": "csv", "again": "1"}))
    known = set(batch.vouchers.values_list("code_hmac", flat=True))
    assert known == {hmac_of(code) for code in codes}
    assert not known & {hmac_of(code) for code in lost}
    client.post(address, {"first": "1", "last": "1", "to": ""})
    refused = client.post(f"{address}cetak/", {"as": "csv", "again": "1"}, follow=True)
    assert "sudah diserahkan atau dipakai" in words(refused)
    assert set(batch.vouchers.values_list("code_hmac", flat=True)) == known


# --- handing out, and one voucher ---------------------------------------------------------------


def test_papers_are_handed_out_by_number(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    batch = make_empty_batch(client)
    address = f"{PAGE}kelompok/{batch.pk}/"
    early = client.post(address, {"first": "1", "last": "2", "to": "Bupati"})
    assert early.status_code == 422  # nothing is printed yet
    client.post(f"{address}cetak/", {"as": "csv"})
    done = client.post(address, {"first": "1", "last": "2", "to": "Bupati"}, follow=True)
    assert "2 voucher dicatat diserahkan, senilai Rp 200.000" in words(done)
    assert [one.issued_to for one in batch.vouchers.order_by("number")] == ["Bupati"] * 2 + [""]
    for wrong in ({"first": "8", "last": "9"}, {"first": "3", "last": "1"}, {"first": "x"}):
        assert client.post(address, wrong).status_code == 422


def test_voucher_is_found_by_number_or_code_and_tells_its_story(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    stand, offer = shop
    voucher, code = make_voucher(stand.expo)
    sale = spend(stand, code, {offer: 1})
    give_back(sale)
    for typed in (f"{voucher.number}", f"No. {voucher.printed_number}", code.lower()):
        page = client.post(f"{PAGE}cari/", {"q": typed}, follow=True)
        assert page.redirect_chain[-1][0] == f"{PAGE}nomor/{voucher.pk}/"
    # As large numbers are written on the portal's own pages.
    Voucher.objects.filter(pk=voucher.pk).update(number=1_234)
    page = client.post(f"{PAGE}cari/", {"q": "1.234"}, follow=True)
    assert page.redirect_chain[-1][0] == f"{PAGE}nomor/{voucher.pk}/"
    text = words(page)
    assert sale.number in text
    assert "Dikembalikan" in text
    for typed in ("", "9999999", "AAAAA-AAAAA-AAAA", "=1+1"):
        page = client.post(f"{PAGE}cari/", {"q": typed}, follow=True)
        assert "Tidak ada voucher" in words(page)


def test_lost_voucher_is_replaced_and_the_old_paper_is_worthless(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    voucher, code = make_voucher(shop[0].expo)
    address = f"{PAGE}nomor/{voucher.pk}/"
    assert client.post(address, {"do": "reissue", "reason": " "}).status_code == 422
    answer = client.post(address, {"do": "reissue", "reason": "hilang"})
    assert answer.content.startswith(b"%PDF")
    voucher.refresh_from_db()
    new = voucher.replaced_by
    assert (voucher.state, voucher.void_reason, new.state) == (State.VOID, "hilang", State.OPEN)
    assert new.code_hmac not in (None, hmac_of(code))
    assert client.post(address, {"do": "reissue", "reason": "lagi"}).status_code == 422
    assert "diganti" in words(client.get(address))


def test_misprint_is_voided_and_stuck_claim_released_with_a_reason(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    (first, _), (second, _) = make_vouchers(shop[0].expo, quantity=2)
    client.post(f"{PAGE}nomor/{first.pk}/", {"do": "void", "reason": "salah cetak"})
    till = pair_tablet(Client(), shop[0])
    Voucher.objects.filter(pk=second.pk).update(
        state=State.CLAIMED,
        claimed_for=uuid.uuid4(),
        claimed_till=till,
        claimed_at=timezone.now(),
    )
    address = f"{PAGE}nomor/{second.pk}/"
    assert "sedang dipakai di kasir" in words(client.get(address)).lower()
    assert client.post(address, {"do": "void", "reason": "x"}).status_code == 422
    client.post(address, {"do": "release", "reason": "batal beli"})
    states = [Voucher.objects.get(pk=one.pk).state for one in (first, second)]
    assert states == [State.VOID, State.OPEN]
    assert client.post(address, {"do": "release", "reason": "lagi"}).status_code == 422
    assert client.post(address, {"do": "", "reason": "x"}).status_code == 422


# --- figures and rules --------------------------------------------------------------------------


def test_every_voucher_is_counted_once(shop: tuple[Stand, Offer]) -> None:
    stand, offer = shop
    made = make_vouchers(stand.expo, quantity=5)
    spend(stand, made[0][1], {offer: 1})
    Voucher.objects.filter(pk=made[1][0].pk).update(
        state=State.VOID, void_reason="x", voided_at=timezone.now()
    )
    Voucher.objects.filter(pk=made[2][0].pk).update(issued_at=timezone.now())
    make_vouchers(
        stand.expo,
        quantity=2,
        valid_from=today() - dt.timedelta(days=3),
        valid_until=today() - dt.timedelta(days=1),
    )
    total = sum((row.figures for row in batch_rows(stand.expo, today())), Figures())
    assert total == Figures(
        made=Figure(7, 700_000),
        issued=Figure(1, 100_000),
        redeemed=Figure(1, 100_000),
        outstanding=Figure(3, 300_000),
        expired=Figure(2, 200_000),
        void=Figure(1, 100_000),
    )
    assert total.redeemed + total.outstanding + total.expired + total.void == total.made
    uses = uses_of(stand.expo)
    assert (uses.used_rupiah, uses.forfeited_rupiah, uses.owed_rupiah) == (80_000, 20_000, 80_000)


def test_overview_shows_what_is_owed_and_the_clashes_that_wait(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    stand, offer = shop
    _voucher, code = make_voucher(stand.expo)
    spend(stand, code, {offer: 1})
    spend(stand, code, {offer: 1})
    clashes = clashes_waiting(stand.expo)
    assert (clashes.count, clashes.rupiah) == (1, 80_000)
    text = words(client.get(PAGE))
    assert "Masih harus dibayar ke stan Rp 80.000" in text
    assert "1 penjualan menerima voucher yang tidak berlaku, Rp 80.000" in text


def test_limit_without_a_network_is_set_in_rupiah(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    expo = shop[0].expo
    client.post(f"{PAGE}aturan/", {"limit": "Rp 500.000"})
    assert rules_of(expo).offline_limit_rupiah == 500_000
    for wrong in ("", "-5", "semua", "9" * 14):
        assert client.post(f"{PAGE}aturan/", {"limit": wrong}).status_code == 422
    client.post(f"{PAGE}aturan/", {"limit": "0"})
    assert rules_of(expo).offline_limit_rupiah == 0
    assert "ditolak tanpa jaringan" in words(client.get(f"{PAGE}aturan/"))


def test_pages_take_as_many_queries_for_three_as_for_one(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    stand, offer = shop
    counts = []
    for number in (1, 3):
        for _more in range(number):
            [(voucher, code)] = make_vouchers(stand.expo, stands=[stand])
            spend(stand, code, {offer: 1})
        paths = [PAGE, f"{PAGE}kelompok/{voucher.batch_id}/", f"{PAGE}nomor/{voucher.pk}/"]
        counts.append([queries_of(client, path) for path in paths])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 16


# --- who ----------------------------------------------------------------------------------------


def test_organiser_and_finance_make_vouchers_a_viewer_looks(shop: tuple[Stand, Offer]) -> None:
    voucher, _code = make_voucher(shop[0].expo)
    batch = voucher.batch
    posts: list[tuple[str, dict[str, Any]]] = [
        ("buat/", batch_form(do="make")),
        ("aturan/", {"limit": "1"}),
        (f"kelompok/{batch.pk}/", {"first": "1", "last": "1"}),
        (f"kelompok/{batch.pk}/cetak/", {"again": "1", "as": "csv"}),
        (f"nomor/{voucher.pk}/", {"do": "void", "reason": "x"}),
    ]
    client = Client()
    signed_in(client, User.objects.create_user("lihat"), VIEWER)
    for path in ("", f"kelompok/{batch.pk}/", f"nomor/{voucher.pk}/", "aturan/", "lunas/"):
        assert client.get(PAGE + path).status_code == 200, path
    for path, form in posts:
        assert client.post(PAGE + path, form).status_code == 403, path
    voucher.refresh_from_db()
    assert (voucher.state, VoucherBatch.objects.count()) == (State.OPEN, 1)
    for role in (ORGANISER, FINANCE):
        signed_in(client, User.objects.create_user(role), role)
        assert client.post(f"{PAGE}buat/", batch_form(do="make", name=role)).status_code == 302
