"""The ticket: for whoever has its address, and nobody else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from programme.codes import in_groups, read_code
from programme.models import Registration, Session
from stands.clock import business_date
from tests.participants import make_attendance, make_registration, make_talk

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


def test_ticket_says_what_it_is_for_and_is_kept_by_nobody(client: Client) -> None:
    registration = make_registration(make_talk(title="Ekspor kopi"), "Siti", contact="siti@x.id")
    page = client.get(f"/tiket/{registration.ticket}/")
    assert "Ekspor kopi" in page.text
    assert "Siti" in page.text
    assert in_groups(registration.ticket) in page.text
    assert "siti@x.id" not in page.text
    assert "<svg" in page.text
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert client.get(f"/en/tiket/{registration.ticket}/").status_code == 200


def test_hours_on_a_ticket_are_written_as_its_language_does(client: Client) -> None:
    session = make_talk()
    registration = make_registration(session)
    page = client.get(f"/en/tiket/{registration.ticket}/").text
    assert f"{session.starts:%H:%M}–{session.ends:%H:%M} WIB" in page
    assert f"{session.starts:%H.%M}–" in client.get(f"/tiket/{registration.ticket}/").text


def test_code_may_be_typed_as_people_type() -> None:
    code = "0123456789ABCDEF"
    assert read_code("o123-4567 89ab-cdef") == code
    assert read_code("https://expo.example/en/tiket/0123456789ABCDEF/") == code
    assert read_code("L123456789ABCDEF") == "1123456789ABCDEF"
    for other in ("", "x", code + "0", "https://lain.example/", "0123456789ABCDE?"):
        assert read_code(other) == ""


def test_unknown_ticket_is_not_found(client: Client) -> None:
    assert client.get("/tiket/0123456789ABCDEF/").status_code == 404
    assert client.get("/tiket/%00/").status_code == 400
    assert client.post("/tiket/0123456789ABCDEF/batal/").status_code == 404


def test_calling_off_gives_the_seat_to_who_waits(client: Client) -> None:
    session = make_talk(capacity=1)
    first, second = make_registration(session), make_registration(session, "Budi")
    response = client.post(f"/tiket/{first.ticket}/batal/")
    assert (response.status_code, response["Location"]) == (303, f"/tiket/{first.ticket}/")
    assert "Tiket dibatalkan" in client.get(f"/tiket/{first.ticket}/").text
    assert "Tempat Anda sudah ada" in client.get(f"/tiket/{second.ticket}/").text
    assert client.get(f"/tiket/{first.ticket}/batal/").status_code == 405


@pytest.mark.parametrize("state", ["registered", "waiting", "cancelled"])
def test_ticket_of_a_session_that_is_over_leads_to_no_door(client: Client, state: str) -> None:
    session = make_talk()
    registration = make_registration(session)
    Registration.objects.update(state=state)
    yesterday = timezone.now() - dt.timedelta(days=1)
    Session.objects.update(
        date=business_date(yesterday),
        starts_at=yesterday,
        ends_at=yesterday + dt.timedelta(minutes=1),
    )
    page = client.get(f"/tiket/{registration.ticket}/").text
    assert ("Acara sudah selesai" in page) == (state != "cancelled")
    assert "Lihat jadwal acara" in page
    for gone in (
        "Tempat Anda sudah ada",
        "Daftar tunggu",
        "Tunjukkan QR",
        "Daftar lagi",
        "/batal/",
    ):
        assert gone not in page


def test_ticket_of_a_session_that_is_cancelled_leads_to_no_door(client: Client) -> None:
    session = make_talk()
    registration = make_registration(session)
    Session.objects.update(is_cancelled=True)
    page = client.get(f"/tiket/{registration.ticket}/").text
    assert "Acara dibatalkan" in page
    for gone in ("Tunjukkan QR", "/batal/", "Tidak tercatat hadir"):
        assert gone not in page


def test_another_site_cannot_call_off(client: Client) -> None:
    registration = make_registration(make_talk())
    response = client.post(
        f"/tiket/{registration.ticket}/batal/", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert response.status_code == 403
    registration.refresh_from_db()
    assert registration.state == "registered"


def test_who_has_come_keeps_the_ticket_and_gets_a_certificate(client: Client) -> None:
    session = make_talk()
    registration = make_registration(session)
    assert client.get(f"/tiket/{registration.ticket}/sertifikat.pdf").status_code == 404
    make_attendance(session, registration)
    off = client.post(f"/tiket/{registration.ticket}/batal/", follow=True)
    assert "Anda sudah tercatat hadir" in off.text
    assert "Sudah hadir" in off.text
    pdf = client.get(f"/tiket/{registration.ticket}/sertifikat.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert "no-store" in pdf["Cache-Control"]
