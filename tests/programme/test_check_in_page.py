"""The page at the door: for staff, with plain forms, and what a device keeps of it."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from programme.models import Attendance, Session
from tests.make import make_producer
from tests.participants import make_registration, make_talk, make_usher

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def door(client: Client) -> Client:
    """Aminah at the door."""
    client.force_login(make_usher())
    return client


def test_without_a_script_each_person_is_a_form(door: Client) -> None:
    session = make_talk(title="Kopi")
    registration = make_registration(session, "Siti Aisyah")
    assert f'href="/hadir/?acara={session.pk}"' in door.get("/hadir/").text
    found = door.get(f"/hadir/?acara={session.pk}&cari=aisy")
    assert "Siti Aisyah" in found.text
    come = {"acara": session.pk, "hadir": str(registration.pk)}
    said = door.post("/hadir/", come, follow=True)
    assert "Siti Aisyah tercatat hadir." in said.text
    assert "sudah tercatat hadir" in door.post("/hadir/", come, follow=True).text
    guest = {
        "acara": session.pk,
        "tanpa_daftar": "1",
        "key": str(uuid.uuid4()),
        "name": "Umar",
        "kind": "visitor",
    }
    for _ in range(2):
        assert door.post("/hadir/", guest).status_code == 302
    assert sorted(Attendance.objects.values_list("name", flat=True)) == ["Siti Aisyah", "Umar"]
    wrong = door.post("/hadir/", guest | {"name": "", "key": str(uuid.uuid4())})
    assert wrong.status_code == 422
    assert "Tulis nama Anda." in wrong.text


def test_maker_picked_at_the_door_is_still_picked_where_another_field_is_wrong(
    door: Client,
) -> None:
    session = make_talk()
    producer = make_producer(name="Kopontren Sidogiri")
    guest = {
        "acara": session.pk,
        "tanpa_daftar": "1",
        "name": "",
        "kind": "kopontren",
        "organisation": "kopontren sidogri",
    }
    for picked in (str(producer.pk), "bukan"):
        asked = door.post("/hadir/", guest | {"producer": picked})
        assert asked.status_code == 422
        assert re.findall(r'name="producer" value="(\w+)" checked', asked.text) == [picked]


def test_page_needs_a_login_and_the_permission(client: Client) -> None:
    assert client.get("/hadir/")["Location"] == "/masuk/?next=/hadir/"
    stranger = make_usher("tamu")
    stranger.groups.clear()
    client.force_login(stranger)
    assert client.get("/hadir/").status_code == 403


def test_what_a_device_keeps_names_nobody(door: Client) -> None:
    session = make_talk(title="Kopi rahasia")
    make_registration(session, "Siti Aisyah")
    for address in ("/hadir/luring/", "/hadir/luring/en/"):
        kept = door.get(address)
        assert "Kopi rahasia" not in kept.text
        assert "aminah" not in kept.text
        assert "Cookie" not in kept.get("Vary", "")


def test_worker_keeps_every_module_that_the_page_needs(door: Client) -> None:
    worker = door.get("/hadir/sw.js").text
    page = door.get("/hadir/luring/").text
    for module in re.findall(r'<link rel="modulepreload" href="([^"]+)"', page):
        assert f'"{module}"' in worker
    assert "vendor/qr/decode" in worker
    assert door.get("/hadir/hadir.webmanifest").json()["scope"] == "/hadir/"


def test_camera_is_left_to_this_page(door: Client) -> None:
    assert "camera=(self)" in door.get("/hadir/")["Permissions-Policy"]
    assert "camera=()" in door.get("/sertifikat/")["Permissions-Policy"]


def test_session_called_off_meanwhile_records_nobody_and_says_so(door: Client) -> None:
    session = make_talk()
    registration = make_registration(session)
    Session.objects.update(is_cancelled=True)
    come = {"acara": session.pk, "hadir": str(registration.pk)}
    assert "Belum ada yang dicatat" in door.post("/hadir/", come, follow=True).text
    assert not Attendance.objects.exists()
