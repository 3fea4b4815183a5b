"""Organisers deliver what a tablet without a network has sold: once, whatever comes later."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from events.models import Event
from sales.models import HeldSale, Sale, SaleFlag, Till
from sales.proof.verifying import verify_ledger
from sales.tablet import outbox
from stands.models import Expo
from tests.exports import export_of, frames_of, sealed
from tests.ledger import make_keeper, make_running_expo, make_shop, sign_in
from tests.sales.receiving.page import PATH, nothing_is_stored, save, text_of, upload
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer

pytestmark = pytest.mark.django_db


# --- from the file to the book ------------------------------------------------------------------


def test_preview_tells_what_is_inside_and_stores_nothing(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = [tablet.sale({offer: 2}), tablet.sale({offer: 1})]
    back = tablet.reversal(sold[0])
    practice = tablet.sale({offer: 9}, training=True, number="A12-A-L0001")
    response = upload(citra, export_of(tablet, [*sold, back, practice]))
    text = text_of(response)
    assert response.status_code == 200
    for part in [
        "A12-A",
        "Nilai Rp 50.000",
        "Penjualan 2",
        "Pembatalan 1",
        "Latihan, tidak dihitung 1",
        "Sudah ada di portal 0",
    ]:
        assert part in text
    assert nothing_is_stored()


def test_saved_sales_are_in_the_ledger_as_from_the_outbox(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = [tablet.sale({offer: 2}), tablet.sale({offer: 1})]
    sold.append(tablet.reversal(sold[0]))
    response = save(citra, upload(citra, export_of(tablet, sold)))
    assert "Masuk buku 3" in text_of(response)
    rows = Sale.objects.order_by("sequence")
    assert [(str(one.pk), one.number, one.total_rupiah) for one in rows] == [
        (sold[0]["uuid"], "A12-A-0001", 50_000),
        (sold[1]["uuid"], "A12-A-0002", 25_000),
        (sold[2]["uuid"], "A12-A-0003", -25_000),
    ]
    assert {(one.intake, one.till_id) for one in rows} == {(Sale.Intake.OUTBOX, tablet.till.pk)}
    assert verify_ledger().breaks == []


def test_delivered_twice_is_recorded_once(citra: Client, tablet: TestTablet, offer: Offer) -> None:
    export = export_of(tablet, [tablet.sale({offer: 1}), tablet.sale({offer: 1})])
    save(citra, upload(citra, export))
    preview = upload(citra, export)
    assert "Sudah ada di portal 2" in text_of(preview)
    assert "Semuanya sudah ada di portal" in text_of(preview)
    assert "Sudah ada sebelumnya 2" in text_of(save(citra, preview))
    assert Sale.objects.count() == 2


def test_tablet_that_finds_its_network_again_sends_the_same(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = tablet.sale({offer: 1}, receipt_token="q" * 22)
    save(citra, upload(citra, export_of(tablet, [sold], clock_offset_ms=90_000)))
    response = tablet.post("penjualan", sale=sold)
    assert (response.status_code, response.json()["status"]) == (200, "replayed")


@pytest.mark.parametrize(
    ("own", "of_the_export", "used"),
    [(3_000, 60_000, 3_000), (None, 60_000, 60_000), (None, None, 0), (0, 60_000, 0)],
)
def test_clock_is_corrected_by_what_the_tablet_knew(
    citra: Client,
    tablet: TestTablet,
    offer: Offer,
    own: int | None,
    of_the_export: int | None,
    used: int,
) -> None:
    at = timezone.now() - dt.timedelta(hours=3)
    sold = tablet.sale({offer: 1}, device_at=at.isoformat(), clock_offset_ms=own)
    save(citra, upload(citra, export_of(tablet, [sold], clock_offset_ms=of_the_export)))
    sale = Sale.objects.get()
    assert sale.sold_at - at == dt.timedelta(milliseconds=used)
    # Early in the morning it was sold yesterday, which is no day of this edition.
    assert not SaleFlag.objects.exclude(kind=SaleFlag.Kind.OUTSIDE_DAYS).exists()


def test_results_name_what_was_held_and_what_was_refused(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    good = tablet.sale({offer: 1})
    late = tablet.sale({offer: 1}, device_at=(timezone.now() + dt.timedelta(days=3)).isoformat())
    broken = tablet.sale({offer: 1}) | {"lines": []}
    foreign = tablet.sale({offer: 1}, number="Z99-A-0001")
    export = export_of(tablet, [broken, good, "x", late, foreign])
    preview = upload(citra, export)
    assert "Tidak bisa diterima 3" in text_of(preview)
    response = save(citra, preview)
    text = text_of(response)
    for part in ["Masuk buku 1", "Ditahan untuk panitia 1", "Ditolak, tetap di tablet 3"]:
        assert part in text
    assert "tanggal di masa depan" in text
    assert "lines: Belum ada barang yang dipilih." in text
    assert "Tidak ada tablet yang memberi nomor dengan awalan Z99-A." in text
    assert Sale.objects.get().number == good["number"]
    assert HeldSale.objects.get().request["number"] == late["number"]


def test_who_delivered_what_is_in_the_log(citra: Client, tablet: TestTablet, offer: Offer) -> None:
    save(citra, upload(citra, export_of(tablet, [tablet.sale({offer: 1})])))
    event = Event.objects.get()
    assert (event.kind, event.actor and event.actor.get_username()) == ("imported", "citra")
    assert event.data == {
        "till": "A12-A",
        "edition": "2026-uji",
        "storage_id": str(tablet.storage_id),
        "numbers": ["A12-A-0001", "A12-A-0001"],
        "recorded": 1,
        "replayed": 0,
        "held": 0,
        "refused": 0,
    }


def test_more_than_a_hundred_go_in_batches_and_stay_in_order(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = [tablet.sale({offer: 1}) for _number in range(205)]
    save(citra, upload(citra, export_of(tablet, sold)))
    numbers = Sale.objects.order_by("sequence").values_list("number", flat=True)
    assert list(numbers) == [one["number"] for one in sold]
    assert [event.data["recorded"] for event in Event.objects.order_by("pk")] == [100, 100, 5]


def test_sales_under_two_tills_of_one_tablet_keep_their_order(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    other = Till.objects.create(
        expo=tablet.till.expo,
        stand=tablet.till.stand,
        letter="B",
        prefix="A12-B",
        tablet=tablet.till.tablet,
    )
    first = tablet.sale({offer: 1})
    back = tablet.reversal(first, number="A12-B-0001")
    export = export_of(tablet, [first, back, tablet.sale({offer: 1})])
    assert "Masuk buku 3" in text_of(save(citra, upload(citra, export)))
    assert [one.till for one in Sale.objects.order_by("sequence")] == [
        tablet.till,
        other,
        tablet.till,
    ]


def test_till_no_longer_waits_for_what_was_delivered(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = [tablet.sale({offer: 1}) for _number in range(3)]
    tablet.post("kabar", tills={"A12-A": {"last": 3, "unsent": 3}})
    for _twice in range(2):
        save(citra, upload(citra, export_of(tablet, sold[:2])))
        tablet.till.refresh_from_db()
        assert (tablet.till.last_counter, tablet.till.unsent) == (3, 1)


def test_busy_database_asks_to_press_again(
    citra: Client, tablet: TestTablet, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = upload(citra, export_of(tablet, [tablet.sale({offer: 1})]))

    def locked(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "record_within", locked)
        response = save(citra, preview)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "Basis data sedang sibuk" in response.text
    assert "Masuk buku 1" in text_of(save(citra, response))


# --- which till is meant ------------------------------------------------------------------------


def test_till_of_the_storage_is_meant_before_that_of_the_current_edition(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    Expo.objects.update(is_current=False)
    now_stand, _offers = make_shop(code="A12", expo=make_running_expo(slug="2027-uji"))
    here = pair_tablet(now_stand)
    assert here.till.prefix == tablet.till.prefix
    save(citra, upload(citra, export_of(tablet, [tablet.sale({offer: 1})])))
    assert Sale.objects.get().till == tablet.till


def test_unknown_storage_is_of_the_current_edition(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = tablet.sale({offer: 1})
    export = export_of(tablet, [sold], storage_id=str(uuid.uuid4()))
    save(citra, upload(citra, export))
    assert Sale.objects.get().till == tablet.till


def test_unknown_storage_is_of_the_edition_that_it_names(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    Expo.objects.update(is_current=False)
    now_stand, _offers = make_shop(code="A12", expo=make_running_expo(slug="2027-uji"))
    pair_tablet(now_stand)
    edition = tablet.till.stand.expo.slug
    export = export_of(
        tablet, [tablet.sale({offer: 1})], storage_id=str(uuid.uuid4()), edition=edition
    )
    preview = upload(citra, export)
    assert "Portal tidak mengenal tablet ini" in text_of(preview)
    save(citra, preview)
    assert Sale.objects.get().till == tablet.till


def test_preview_says_from_which_tablet_it_is_and_what_is_there_already(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = [tablet.sale({offer: 1}), tablet.sale({offer: 2})]
    tablet.post("penjualan", sale=sold[0])
    edition = tablet.till.stand.expo.slug
    file = sealed(export_of(tablet, sold, edition=edition))
    text = text_of(upload(citra, file))
    code = file[-66:-58].decode()
    for part in [
        f"Tablet {str(tablet.storage_id)[:8]}",
        f"seperti di layar tablet {code[:4]} {code[4:]}",
        "A12-A-0001 Rp 25.000 sudah ada",
        "A12-A-0002 Rp 50.000 baru",
    ]:
        assert part in text
    assert "Portal tidak mengenal" not in text
    assert "Dari edisi lain" not in text


def test_numbers_of_the_plain_form_are_given_by_the_server_alone(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    tablet.post("penjualan", sale=tablet.sale({offer: 1}))
    assert Till.objects.filter(prefix="A12-W").exists()
    forged = tablet.sale({offer: 1}, number="A12-W-0001")
    text = text_of(save(citra, upload(citra, export_of(tablet, [forged]))))
    assert "Ditolak, tetap di tablet 1" in text
    assert Sale.objects.count() == 1


# --- who, and with what -------------------------------------------------------------------------


@pytest.mark.shown_alike
@pytest.mark.parametrize("path", [PATH, f"{PATH}simpan/"])
def test_keeper_and_staff_without_the_permission_cannot_deliver(
    client: Client, tablet: TestTablet, offer: Offer, path: str
) -> None:
    packed = "".join(
        frame.rsplit(".", 1)[1] for frame in frames_of(export_of(tablet, [tablet.sale({offer: 1})]))
    )
    sign_in(client, make_keeper(stand=tablet.till.stand))
    assert client.post(path, {"packed": packed}).status_code == 302
    client.force_login(User.objects.create_user("dewi", is_staff=True))
    assert client.post(path, {"packed": packed}).status_code == 403
    assert nothing_is_stored()


@pytest.mark.shown_alike
def test_front_page_leads_here(citra: Client) -> None:
    assert f'href="{PATH}"' in citra.get("/admin/").text


@pytest.mark.shown_alike
def test_saving_without_a_post_leads_back(citra: Client) -> None:
    assert citra.get(f"{PATH}simpan/")["Location"] == PATH


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    ("path", "camera"),
    [
        (PATH, "camera=(self)"),
        (f"/en{PATH}", "camera=(self)"),
        ("/kasir/tablet/", "camera=(self)"),
        ("/", "camera=()"),
        ("/admin/", "camera=()"),
    ],
)
def test_camera_is_left_to_the_pages_that_read_codes(
    citra: Client, tablet: TestTablet, path: str, camera: str
) -> None:
    policy = citra.get(path)["Permissions-Policy"]
    assert policy.startswith(f"{camera}, ")
