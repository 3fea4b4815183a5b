"""The organisers' pages of financing: recorded once, corrected with a trace, and added up."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, User

from events.models import Event
from opop_expo.roles import FINANCE, ORGANISER, VIEWER, sync_groups
from outcomes.models import Disbursement, FinancingScheme
from tests.make import make_expo, make_producer
from tests.outcomes.make import make_claim, make_disbursement, make_scheme
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/hasil/pembiayaan/"


@pytest.fixture
def expo() -> Expo:
    return make_expo()


def sign_in(client: Client, role: str = FINANCE) -> User:
    sync_groups()
    user = User.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def typed(scheme: FinancingScheme, **other: str) -> dict[str, str]:
    """The form as Dewi fills it in."""
    return {
        "edisi": scheme.expo.slug,
        "key": str(uuid.uuid4()),
        "scheme": str(scheme.pk),
        "recipient": "Kopontren Al-Qodiri",
        "amount_rupiah": "Rp 250.000.000",
        "date": "2020-12-19",
        **other,
    }


def test_page_says_how_much_of_the_joint_total_is_accounted_for(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_claim(expo=expo, figure="financing", value=4_344_800_000, is_published=True)
    make_claim(expo=expo, figure="financing_recipients", value=13, is_published=True)
    scheme = make_scheme(expo=expo, name="KUR")
    assert "Dari Rp 4.344.800.000 belum ada yang terinci" in client.get(PAGE).text
    make_disbursement(scheme=scheme, amount_rupiah=344_800_000)
    page = client.get(PAGE).text
    assert "Rp 344.800.000 dari Rp 4.344.800.000 terinci, sisa Rp 4.000.000.000 belum." in page
    assert "12 belum" in page
    make_disbursement(scheme=scheme, amount_rupiah=4_000_000_001)
    page = client.get(PAGE).text
    assert "Rp 1 lebih dari Rp 4.344.800.000 yang disebut" in page
    assert "sisa" not in page


def test_totals_stand_by_scheme_and_kind(client: Client, expo: Expo) -> None:
    sign_in(client)
    credit, grant = make_scheme(expo=expo), make_scheme(expo=expo, kind="grant")
    make_disbursement(scheme=credit, amount_rupiah=1_000)
    make_disbursement(scheme=credit, amount_rupiah=500)
    make_disbursement(scheme=grant, amount_rupiah=70)
    page = client.get(PAGE).text
    assert "Rp 1.500" in page
    assert "Rp 70" in page
    assert "Kredit" in page
    assert "Bantuan" in page


def test_disbursement_sent_twice_is_one(client: Client, expo: Expo) -> None:
    dewi = sign_in(client)
    given = typed(make_scheme(expo=expo), is_public="on")
    for _time in range(2):
        assert client.post(f"{PAGE}catat/", given)["Location"] == f"{PAGE}?edisi=2020"
    row = Disbursement.objects.get()
    assert (row.amount_rupiah, str(row.date), row.is_public) == (250_000_000, "2020-12-19", True)
    assert row.made_by == dewi
    event = Event.objects.get(kind=Event.Kind.DISBURSEMENT_CHANGED)
    assert event.data["changed"]["amount_rupiah"] == [None, 250_000_000]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount_rupiah": ""}, "tidak boleh kosong"),
        ({"amount_rupiah": "banyak"}, "Tulis jumlahnya dalam rupiah"),
        ({"amount_rupiah": "0"}, "Jumlah harus lebih dari nol."),
        ({"recipient": ""}, "Pilih pelaku usahanya, atau tulis nama penerimanya"),
        ({"date": "besok"}, "Tulis tanggalnya"),
        ({"sources": "koran"}, "bukan alamat halaman"),
        ({"scheme": "0"}, "pilihan"),
    ],
)
def test_bad_input_is_answered_at_its_place(
    client: Client, expo: Expo, given: dict[str, str], words: str
) -> None:
    sign_in(client)
    response = client.post(f"{PAGE}catat/", typed(make_scheme(expo=expo)) | given)
    assert response.status_code == 422
    assert words.lower() in response.text.lower()
    assert not Disbursement.objects.exists()


def test_producer_and_name_together_are_refused(client: Client, expo: Expo) -> None:
    sign_in(client)
    producer = make_producer()
    response = client.post(
        f"{PAGE}catat/", typed(make_scheme(expo=expo), producer=str(producer.pk))
    )
    assert response.status_code == 422
    assert "satu saja" in response.text


def test_correction_keeps_old_and_new(client: Client, expo: Expo) -> None:
    sign_in(client)
    row = make_disbursement(scheme=make_scheme(expo=expo), amount_rupiah=100)
    page = f"{PAGE}{row.pk}/"
    assert "Rp 100" in client.get(page).text
    client.post(page, typed(row.scheme, recipient=row.recipient, date=""))
    row.refresh_from_db()
    assert row.amount_rupiah == 250_000_000
    event = Event.objects.get(kind=Event.Kind.DISBURSEMENT_CHANGED)
    assert event.data["changed"] == {"amount_rupiah": [100, 250_000_000]}
    log = client.get("/admin/catatan/").text
    assert "Rp 100" in log
    assert "Rp 250.000.000" in log


def test_mistake_goes_with_a_reason_that_stays(client: Client, expo: Expo) -> None:
    sign_in(client)
    row = make_disbursement(scheme=make_scheme(expo=expo))
    page = f"{PAGE}{row.pk}/"
    assert "Tulis alasannya dulu." in client.post(page, {"hapus": "1"}, follow=True).text
    client.post(page, {"hapus": "1", "alasan": "dicatat dua kali"})
    assert not Disbursement.objects.exists()
    event = Event.objects.get(kind=Event.Kind.DISBURSEMENT_CHANGED)
    assert event.data["reason"] == "dicatat dua kali"
    assert event.data["changed"]["amount_rupiah"] == [100_000_000, None]


def test_scheme_is_added_and_changed(client: Client, expo: Expo) -> None:
    sign_in(client, ORGANISER)
    given = {"edisi": "2020", "name": "KUR Dana Bergulir", "kind": "credit"}
    client.post(f"{PAGE}skema/tambah/", given)
    scheme = FinancingScheme.objects.get()
    assert (scheme.code, scheme.kind) == ("kur-dana-bergulir", "credit")
    again = client.post(f"{PAGE}skema/tambah/", given)
    assert (again.status_code, FinancingScheme.objects.count()) == (422, 1)
    assert "Skema dengan nama ini sudah ada" in again.text
    client.post(f"{PAGE}skema/{scheme.pk}/", given | {"kind": "grant"})
    scheme.refresh_from_db()
    assert (scheme.code, scheme.kind) == ("kur-dana-bergulir", "grant")
    events = Event.objects.filter(kind=Event.Kind.SCHEME_CHANGED)
    assert events.count() == 2


def test_disbursement_wants_a_scheme_first(client: Client, expo: Expo) -> None:
    sign_in(client)
    page = client.get(f"{PAGE}catat/", follow=True)
    assert page.redirect_chain[-1][0].startswith(f"{PAGE}skema/tambah/")
    assert "Catat skemanya dulu." in page.text


def test_who_may_look_cannot_write(client: Client, expo: Expo) -> None:
    sign_in(client, VIEWER)
    row = make_disbursement(scheme=make_scheme(expo=expo))
    assert client.get(PAGE).status_code == 200
    assert client.post(f"{PAGE}catat/", typed(row.scheme)).status_code == 403
    assert client.post(f"{PAGE}{row.pk}/", {"hapus": "1", "alasan": "x"}).status_code == 403
    assert Disbursement.objects.get() == row


def test_queries_do_not_grow(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_disbursement(scheme=make_scheme(expo=expo), producer=make_producer())
    first = queries_of(client, PAGE)
    for _time in range(2):
        make_disbursement(scheme=make_scheme(expo=expo), producer=make_producer())
    assert queries_of(client, PAGE) == first
