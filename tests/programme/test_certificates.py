"""Certificates as they are read: what stands on them, and what their code says."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone, translation
from pypdf import PdfReader

from programme.certificates import certificates_pdf
from programme.checking_in import withdraw
from programme.codes import in_groups
from programme.models import Attendance, Speaker
from stands.batik import read_cloth, read_path
from tests.participants import (
    make_attendance,
    make_organiser,
    make_registration,
    make_talk,
    make_usher,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

ORIGIN = "https://expo.example"


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_certificate_says_who_what_when_and_by_whom() -> None:
    session = make_talk(title="Ekspor kopi santri")
    session.speakers.add(Speaker.objects.create(name="Dr. Andromeda"))
    row = make_attendance(session, make_registration(session, "Siti Aisyah", contact="s@x.id"))
    text = text_of(certificates_pdf([row], origin=ORIGIN))
    for part in ("Siti Aisyah", "Ekspor kopi santri", "Dr. Andromeda", session.expo.name, "WIB"):
        assert part in text
    first, *_rest, last = in_groups(row.certificate).split("-")
    assert first in text
    assert last in text
    assert "s@x.id" not in text


def test_name_that_cannot_be_printed_has_a_line_to_be_written_on() -> None:
    session = make_talk()
    rows = [make_attendance(session, name=name) for name in ("محمد علي", "Nguyễn 😀 Thị")]
    arabic, vietnamese = (text_of(certificates_pdf([row], origin=ORIGIN)) for row in rows)
    assert "Nama ditulis tangan" in arabic
    assert "Nguyen" in vietnamese
    assert "Nama ditulis tangan" not in vietnamese


def test_title_that_cannot_be_printed_stands_there_in_the_other_language() -> None:
    row = make_attendance(make_talk(title="تجارة البن", title_en="The coffee trade"))
    assert "The coffee trade" in text_of(certificates_pdf([row], origin=ORIGIN))


def test_same_certificate_has_the_same_bytes() -> None:
    row = make_attendance(make_talk())
    assert certificates_pdf([row], origin=ORIGIN) == certificates_pdf([row], origin=ORIGIN)


def test_certificate_in_english() -> None:
    row = make_attendance(make_talk(title="Kopi", title_en="Coffee"))
    with translation.override("en"):
        assert "Coffee" in text_of(certificates_pdf([row], origin=ORIGIN))


def test_longest_names_stay_on_one_sheet() -> None:
    session = make_talk(title="Kemandirian " * 13, expo=None)
    session.speakers.set(Speaker.objects.create(name=f"Prof. Dr. Nama {n}") for n in range(9))
    row = make_attendance(session, name="Muhammad Abdurrahman Al-Banjari bin Syarifuddin " * 1)
    pdf = certificates_pdf([row], origin=ORIGIN)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert "5 lainnya" in text_of(pdf)


def test_all_of_a_session_in_one_file_without_those_taken_back(client: Client) -> None:
    session = make_talk()
    for name in ("Budi", "Ani"):
        make_attendance(session, name=name)
    withdraw(make_attendance(session, name="Salah"), actor=make_usher())
    client.force_login(make_organiser())
    pdf = client.get(f"/admin/peserta/{session.pk}/sertifikat/").content
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert [("Ani" in page, "Budi" in page) for page in pages] == [(True, False), (False, True)]


def test_code_confirms_name_and_session_and_nothing_else(client: Client) -> None:
    session = make_talk(title="Kopi")
    row = make_attendance(session, make_registration(session, "Siti", contact="siti@x.id"))
    page = client.get(f"/sertifikat/{row.certificate}/")
    assert "Sertifikat ini asli" in page.text
    assert "Siti" in page.text
    assert "Kopi" in page.text
    assert "siti@x.id" not in page.text
    assert row.registration is not None
    assert row.registration.ticket not in page.text
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_code_may_be_typed(client: Client) -> None:
    row = make_attendance(make_talk())
    typed = in_groups(row.certificate).lower()
    answer = client.get("/sertifikat/", {"kode": typed})
    assert answer["Location"] == f"/sertifikat/{row.certificate}/"
    short = client.get("/sertifikat/", {"kode": "ABC"})
    assert (short.status_code, "tidak lengkap" in short.text) == (422, True)
    unknown = client.get("/sertifikat/0123456789ABCDEF/")
    assert (unknown.status_code, "Tidak ada sertifikat" in unknown.text) == (422, True)
    assert client.get("/sertifikat/").status_code == 200


def test_what_was_withdrawn_is_no_longer_valid(client: Client) -> None:
    row = make_attendance(make_talk(), name="Siti")
    withdraw(row, actor=make_usher())
    page = client.get(f"/sertifikat/{row.certificate}/").text
    assert "Tidak berlaku lagi" in page
    assert "Siti" not in page


def test_forgotten_name_is_said_to_be_gone(client: Client) -> None:
    row = make_attendance(make_talk())
    Attendance.objects.filter(pk=row.pk).update(name="", anonymised_at=timezone.now())
    assert "sudah dihapus" in client.get(f"/sertifikat/{row.certificate}/").text


def test_cloths_are_read_whole() -> None:
    for name in ("kembang", "gringsing", "pinggir", "beras-utah", "gajah-oling", "mrico-bolong"):
        assert read_cloth(name).shapes
    steps = list(read_path("M0 0a10 10 0 0 1-20 0z"))
    assert [step.kind for step in steps] == ["M", "C", "C", "Z"]
    assert steps[2].points[-1] == pytest.approx((-20, 0))
    with pytest.raises(ValueError, match="T in a path"):
        list(read_path("M0 0T1 1"))
