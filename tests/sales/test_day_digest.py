"""The digest on paper: what it stands for, that it stays, and what it gives away."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from events import append_only
from events.models import Event
from sales.chain import entry_hash
from sales.models import LedgerHead, Sale
from sales.proof.day_digest import as_meant, digest_at, digest_now, in_groups, print_digest
from sales.proof.verifying import verify_ledger
from sales.totals.running import rebuild_all
from stands.clock import business_date
from tests.ledger import make_reversal, make_sale, make_shop

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def citra(client: Client, admin_user: User) -> User:
    client.force_login(admin_user)
    return admin_user


@pytest.fixture
def hall() -> list[Stand]:
    """Two stands that sold, and one that did not."""
    first, (offer, _) = make_shop()
    second, (other, _) = make_shop(code="B1", expo=first.expo)
    make_shop(code="C1", expo=first.expo)
    sale = make_sale(first, {offer: 2})
    make_reversal(sale, {1: 1})
    make_sale(first, {offer: 1}, training=True)
    make_sale(second, {other: 1})
    return [first, second]


def today() -> dt.date:
    return business_date(timezone.now())


def rewrite(stand: Stand) -> None:
    """Whoever owns the database lifts the triggers, makes a sale smaller, and every hash fit."""
    append_only.lift(connection)
    previous = ""
    for sale in Sale.objects.filter(stand=stand).order_by("sequence"):
        if sale.sequence == 1:
            line, payment = sale.lines.get(), sale.payments.get()
            line.quantity, line.unit_price_rupiah, line.amount_rupiah = 1, 20_000, 20_000
            payment.amount_rupiah = sale.total_rupiah = 20_000
            line.save()
            payment.save()
        sale.previous_hash = previous
        sale.hash = previous = entry_hash(sale, list(sale.lines.all()), list(sale.payments.all()))
        sale.save()
    LedgerHead.objects.filter(stand=stand).update(hash=previous)
    append_only.install(connection)
    rebuild_all()


def test_digest_sums_the_day_of_each_stand_that_sold(hall: list[Stand]) -> None:
    digest = digest_now(hall[0].expo, today())
    lines = [(line.code, line.sequence, line.count, line.net_rupiah) for line in digest.lines]
    assert lines == [("A1", 3, 2, 25_000), ("B1", 1, 1, 25_000)]
    assert (digest.count, digest.net_rupiah) == (3, 50_000)


def test_what_arrives_later_leaves_the_digest_as_it_was(hall: list[Stand], citra: User) -> None:
    printed = print_digest(hall[0].expo, today(), actor=citra)
    for stand in hall:
        make_sale(stand, {stand.offers.all()[0]: 1})
    again = digest_at(hall[0].expo, today(), printed.digest.sequences)
    assert again.code == printed.code
    assert digest_now(hall[0].expo, today()).code != printed.code


def test_paper_gives_away_what_the_proof_cannot(
    client: Client, citra: User, hall: list[Stand]
) -> None:
    printed = print_digest(hall[0].expo, today(), actor=citra)
    rewrite(hall[1])
    assert verify_ledger().breaks == []

    by_code = client.get(reverse("compare_digest"), {"kode": in_groups(printed.code)})
    by_qr = client.get(printed.digest.compare_path())
    for page in (by_code, by_qr):
        assert "Berbeda: buku ini bukan lagi buku yang dicetak" in page.text
        assert [line.now.code for line in page.context["comparison"].different] == ["B1"]


def test_paper_needs_no_record(client: Client, citra: User, hall: list[Stand]) -> None:
    """Whoever rewrites the ledger may rewrite the log as well: the QR holds all that is needed."""
    printed = print_digest(hall[0].expo, today(), actor=citra)
    assert "Sama: buku ini tidak berubah" in client.get(printed.digest.compare_path()).text
    append_only.lift(connection)
    Event.objects.all().delete()
    append_only.install(connection)
    rewrite(hall[1])
    page = client.get(printed.digest.compare_path())
    assert "Berbeda" in page.text
    assert "Bandingkan sidik tiap stan di bawah" in page.text
    unknown = client.get(reverse("compare_digest"), {"kode": printed.code})
    assert unknown.status_code == 422
    assert "Tidak ada catatan tentang kertas dengan kode ini" in unknown.text


def test_altered_record_is_told(client: Client, citra: User, hall: list[Stand]) -> None:
    printed = print_digest(hall[0].expo, today(), actor=citra)
    append_only.lift(connection)
    event = printed.event
    event.data["stands"][0][-1] = 1
    event.save()
    append_only.install(connection)
    page = client.get(printed.digest.compare_path())
    assert "Catatan cetak di portal ini sendiri sudah diubah" in page.text


def test_code_may_be_typed_as_people_type(client: Client, citra: User, hall: list[Stand]) -> None:
    printed = print_digest(hall[0].expo, today(), actor=citra)
    typed = in_groups(printed.code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert as_meant(typed) == printed.code
    page = client.get(reverse("compare_digest"), {"kode": typed})
    assert "Sama: buku ini tidak berubah" in page.text


@pytest.mark.parametrize(
    "query",
    [
        {"kode": "ABC"},
        {"kode": "A" * 16},
        {"kode": "A" * 16, "sampai": "x", "edisi": "2026-uji", "hari": "2026-01-01"},
        {"kode": "A" * 16, "sampai": "1.2", "edisi": "tidak", "hari": "2026-01-01"},
        {"kode": "A" * 16, "sampai": "1." + "9" * 30, "edisi": "2026-uji", "hari": "2026-01-01"},
        {"kode": "A" * 16, "sampai": "1.1", "edisi": "2026-uji", "hari": "kemarin"},
    ],
)
def test_unreadable_paper_is_told_in_words(
    client: Client, citra: User, hall: list[Stand], query: dict[str, str]
) -> None:
    page = client.get(reverse("compare_digest"), query)
    assert page.status_code == 422
    assert 'class="field-error"' in page.text


def test_paper_is_taken_from_the_page_and_printed(
    client: Client, citra: User, hall: list[Stand]
) -> None:
    day = today().isoformat()
    answer = client.post(reverse("print_day_digest"), {"edisi": "2026-uji", "hari": day})
    event = Event.objects.get(kind=Event.Kind.DIGEST_PRINTED)
    assert answer["Location"] == reverse("day_digest", args=[event.pk])
    assert (event.actor, event.data["net_rupiah"], event.data["open"]) == (
        citra,
        50_000,
        ["A1-W", "B1-W"],
    )
    code = in_groups(event.data["code"])
    assert code in client.get(answer["Location"]).text
    assert code in client.get(reverse("ledger_proof")).text
    pdf = client.get(reverse("day_digest_pdf", args=[event.pk]))
    text = PdfReader(BytesIO(pdf.content)).pages[0].extract_text()
    assert code in text
    assert in_groups(Sale.objects.get(number="B1-W-0001").hash[:16]) in text


@pytest.mark.parametrize("hari", ["2999-01-01", "besok", ""])
def test_day_that_has_not_come_has_no_digest(
    client: Client, citra: User, hall: list[Stand], hari: str
) -> None:
    answer = client.post(reverse("print_day_digest"), {"edisi": "2026-uji", "hari": hari})
    assert answer.status_code == 404
    assert not Event.objects.exists()


def test_digest_costs_the_same_at_one_stand_and_at_three() -> None:
    stand, (offer, _) = make_shop()
    make_sale(stand, {offer: 1})
    with CaptureQueriesContext(connection) as few:
        digest_now(stand.expo, today())
    for code in ("B1", "C1"):
        other, (goods, _) = make_shop(code=code, expo=stand.expo)
        make_sale(other, {goods: 1})
    with CaptureQueriesContext(connection) as more:
        digest_now(stand.expo, today())
    assert len(few) == len(more) == 4
