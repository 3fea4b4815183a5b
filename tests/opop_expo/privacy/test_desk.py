"""The organisers' page on a person's data: who may, what it shows, what it hands out and erases."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Erasure, Event
from opop_expo.roles import DATA_PROTECTION, ORGANISER, sync_groups
from pesantren.models import Notice
from sales.models import Sale
from stands.models import Inquiry
from tests.opop_expo.privacy.planted import EMAIL, NAME, PHONE, plant, traces

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/data-pribadi/"
ERASE, EXPORT = f"{PAGE}hapus/", f"{PAGE}unduh/"


@pytest.fixture(autouse=True)
def erasures_file(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, and answers people who ask for their data."""
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=[ORGANISER, DATA_PROTECTION]))
    client.force_login(user)
    return user


def asked(**more: Any) -> dict[str, Any]:
    return {"nama": NAME, "email": "", "telepon": "", "kode": "", **more}


def inquiry_key() -> str:
    return f"stands.Inquiry:{Inquiry.objects.get().pk}"


def test_an_organiser_without_the_right_sees_nothing(client: Client, citra: User) -> None:
    citra.groups.set(Group.objects.filter(name=ORGANISER))
    plant()
    for page in (PAGE, ERASE, EXPORT):
        answer = client.post(page, asked(baris=[inquiry_key()], yakin="ya"))
        assert answer.status_code == 403
        assert NAME not in answer.text
    assert Inquiry.objects.get().name == NAME
    assert PAGE not in client.get("/admin/").text


def test_it_shows_where_everything_is_and_why_something_stays(client: Client, citra: User) -> None:
    plant()
    page = client.post(PAGE, asked(email=EMAIL, telepon=PHONE)).text
    for words in ("Minat kerja sama", "Pendaftaran", "Petugas", "Penjualan", "Pembicara"):
        assert words in page
    assert "Tentang orang ini" in page
    assert "Menyebut orang ini" in page
    assert " checked" not in page
    assert PAGE in client.get("/admin/").text


def test_nothing_of_it_stands_in_an_address(client: Client, citra: User) -> None:
    """Addresses are logged: a search by GET finds nothing and shows nothing."""
    plant()
    page = client.get(f"{PAGE}?nama={NAME}").text
    assert "Tentang orang ini" not in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"nama": ""}, "Isi paling sedikit satu."),
        ({"nama": "Al"}, "Tulis nama yang lebih panjang."),
        ({"email": "bukan"}, "Ini bukan alamat e-mail."),
        ({"telepon": "12"}, "Tulis satu nomor lengkap"),
        ({"kode": "ABC"}, "Kode ini tidak lengkap"),
    ],
)
def test_what_cannot_be_looked_for_is_said_in_its_place(
    client: Client, citra: User, given: dict[str, str], words: str
) -> None:
    for page in (PAGE, ERASE, EXPORT):
        answer = client.post(page, asked(**given))
        assert answer.status_code == 422
        assert words in answer.text


def test_nobody_of_that_name(client: Client, citra: User) -> None:
    page = client.post(PAGE, asked(nama="Tidak Ada Orangnya")).text
    assert "Tidak ada yang ditemukan." in page


def test_erasing_asks_first_and_says_what_becomes_of_it(client: Client, citra: User) -> None:
    plant()
    page = client.post(ERASE, asked(baris=[inquiry_key()])).text
    assert "Hapus data ini?" in page
    assert "(dikosongkan)" in page
    assert Inquiry.objects.get().name == NAME

    answer = client.post(ERASE, asked(baris=[inquiry_key()], key=str(uuid.uuid4())))
    assert answer.status_code == 422
    assert "Centang dulu, lalu hapus." in answer.text
    assert Inquiry.objects.get().name == NAME


def test_confirmed_it_is_gone_and_sent_twice_it_is_done_once(client: Client, citra: User) -> None:
    plant()
    sure = asked(baris=[inquiry_key()], key=str(uuid.uuid4()), yakin="ya")
    assert "1 baris dihapus." in client.post(ERASE, sure, follow=True).text
    assert "Sudah dihapus sebelumnya." in client.post(ERASE, sure, follow=True).text

    assert Inquiry.objects.get().name == ""
    assert Event.objects.get(kind=Event.Kind.PERSON_ERASED).data["counts"] == {"stands.Inquiry": 1}
    assert Erasure.objects.count() == 1


def test_nothing_chosen_and_a_strange_row_are_told_in_their_place(
    client: Client, citra: User
) -> None:
    plant()
    other = Sale.objects.exclude(note__contains=NAME).exclude(reason__contains=NAME).first()
    for rows, words in [
        ([], "Pilih dulu baris"),
        ([f"sales.Sale:{other and other.pk}"], "Isinya berubah sejak dicari."),
        (["auth.User:1; DROP TABLE"], "Isinya berubah sejak dicari."),
    ]:
        for page in (ERASE, EXPORT):
            answer = client.post(page, asked(baris=rows, key=str(uuid.uuid4()), yakin="ya"))
            assert answer.status_code == 422
            assert words in answer.text
    assert not Erasure.objects.exists()


def test_a_person_gets_a_file_to_read_and_one_to_take_elsewhere(
    client: Client, citra: User
) -> None:
    planted = plant()
    event = planted.rows["event"]
    rows = [inquiry_key(), f"auth.User:{planted.user.pk}", f"events.Event:{event.pk}"]
    answer = client.post(EXPORT, asked(baris=rows))

    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == ["data-pribadi.html", "data-pribadi.json"]
    records = {
        one["place"]: one for one in json.loads(archive.read("data-pribadi.json"))["records"]
    }
    assert records["stands.Inquiry"]["fields"]["contact"] == EMAIL
    assert records["stands.Inquiry"]["kept"]
    assert "password" not in records["auth.User"]["fields"]
    # Of another's row only what mentions them.
    assert set(records["events.Event"]["fields"]) == {"subject", "data"}
    assert records["events.Event"]["fields"]["data"] == f"kata {NAME}"
    readable = archive.read("data-pribadi.html").decode()
    assert EMAIL in readable
    assert "Untuk apa:" in readable

    logged = Event.objects.get(kind=Event.Kind.PERSON_EXPORTED)
    assert logged.actor == citra
    assert traces(f"{logged.subject} {logged.data}".lower()) == []


def test_file_says_which_session_somebody_registered_for(client: Client, citra: User) -> None:
    planted = plant()
    key = f"programme.Registration:{planted.registration.pk}"
    answer = client.post(EXPORT, asked(baris=[key]))
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("data-pribadi.json")
    [record] = json.loads(text)["records"]
    assert record["fields"]["session"] == planted.rows["talk"].title


def test_what_somebody_wrote_is_shown_as_text(client: Client, citra: User) -> None:
    plant()
    Notice.objects.update(text=f"<script>alert(1)</script> {NAME}")
    page = client.post(PAGE, asked()).text
    assert "<script>alert(1)" not in page
    key = f"pesantren.Notice:{Notice.objects.get().pk}"
    archive = zipfile.ZipFile(io.BytesIO(client.post(EXPORT, asked(baris=[key])).content))
    assert b"<script>alert(1)" not in archive.read("data-pribadi.html")


def test_looking_for_many_costs_no_more_queries(client: Client, citra: User) -> None:
    plant()
    with CaptureQueriesContext(connection) as one:
        client.post(PAGE, asked())
    Inquiry.objects.bulk_create(
        Inquiry(
            id=uuid.uuid4(), expo=there.expo, product=there.product, name=NAME,
            contact=EMAIL, message="Lagi",
        )
        for there in [Inquiry.objects.get()] * 3
    )  # fmt: skip
    with CaptureQueriesContext(connection) as four:
        client.post(PAGE, asked())
    assert len(four) == len(one)
