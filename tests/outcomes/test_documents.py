"""Documents of agreements: what is kept, what is refused, where it lies, and who gets it."""

from __future__ import annotations

import hashlib
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Event
from opop_expo.roles import FINANCE, ORGANISER, VIEWER, sync_groups
from outcomes import documents
from outcomes.documents import DocumentRefused, read_document
from outcomes.private import private_storage
from tests.make import make_expo
from tests.outcomes import pdfs
from tests.outcomes.make import make_agreement

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from outcomes.models import Agreement

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "private"


@pytest.fixture
def agreement() -> Agreement:
    return make_agreement(expo=make_expo(), name="Toko <b>Barokah</b>")


def sign_in(client: Client, role: str = ORGANISER) -> User:
    sync_groups()
    user = User.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def page_of(agreement: Agreement) -> str:
    return f"/admin/hasil/kerja-sama/{agreement.pk}/"


def send(
    client: Client, agreement: Agreement, content: bytes, name: str = "mou.pdf", kind: str = ""
) -> Any:
    upload = SimpleUploadedFile(name, content, content_type=kind or "application/pdf")
    return client.post(f"{page_of(agreement)}dokumen/", {"document": upload})


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# --- what is looked at ----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [pdfs.plain, lambda: pdfs.plain(40)], ids=["one", "forty"])
def test_plain_pdf_is_taken(make: Callable[[], bytes]) -> None:
    content = make()
    assert read_document(SimpleUploadedFile("mou.pdf", content)) == content


HOSTILE = {
    "script": (pdfs.with_script, "skrip"),
    "escaped script": (pdfs.with_escaped_script, "skrip"),
    "hidden script": (pdfs.hidden_in_an_object_stream, "skrip"),
    "launch": (lambda: pdfs.with_action("/Launch"), "skrip"),
    "submit": (lambda: pdfs.with_action("/SubmitForm"), "skrip"),
    "another file": (lambda: pdfs.with_action("/GoToR"), "skrip"),
    "attachment": (pdfs.with_attachment, "lampiran"),
    "xfa": (pdfs.with_form_script, "skrip"),
    "media": (pdfs.with_media, "skrip"),
    "encrypted": (pdfs.encrypted, "terkunci sandi"),
    "too many pages": (lambda: pdfs.plain(501), "terlalu"),
    "web page": (lambda: b"<html><script>alert(1)</script></html>", "bukan PDF"),
    "web page first": (lambda: b"<html>" + pdfs.plain(), "bukan PDF"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "bukan PDF"),
    "nothing": (lambda: b" ", "bukan PDF"),
    "cut off": (lambda: pdfs.plain()[:200], "bukan PDF"),
    "only its ends": (lambda: b"%PDF-1.7\n" + b"x" * 500 + b"\n%%EOF\n", "rusak"),
    "endless pages": (pdfs.endless, "rusak"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pdf_is_refused_in_words_and_nothing_kept(
    client: Client, agreement: Agreement, folder: Path, name: str
) -> None:
    sign_in(client)
    make, words = HOSTILE[name]
    response = send(client, agreement, make())
    assert response.status_code == 422
    assert 'class="field-error"' in response.text
    assert words in response.text
    agreement.refresh_from_db()
    assert not agreement.document
    assert files_in(folder) == []


def test_bomb_takes_its_own_process_down_and_no_more() -> None:
    content = pdfs.bomb()
    assert len(content) < documents.MOST_BYTES
    began = time.monotonic()
    with pytest.raises(DocumentRefused):
        read_document(SimpleUploadedFile("mou.pdf", content))
    assert time.monotonic() - began < documents.LOOKING_SECONDS


def test_too_large_a_file_is_not_read(client: Client, agreement: Agreement, folder: Path) -> None:
    sign_in(client)
    content = pdfs.plain() + b" " * documents.MOST_BYTES + b"%%EOF"
    response = send(client, agreement, content)
    assert response.status_code == 422
    assert "lebih besar dari 10 MB" in response.text
    assert files_in(folder) == []


def test_reader_that_does_not_come_back_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LOOKING_SECONDS", 0.01)
    with pytest.raises(DocumentRefused):
        read_document(SimpleUploadedFile("mou.pdf", pdfs.plain()))


# --- where it lies --------------------------------------------------------------------------------


def test_document_lies_where_nobody_serves_it(
    client: Client, agreement: Agreement, folder: Path, settings: Any
) -> None:
    sign_in(client)
    content = pdfs.plain()
    assert send(client, agreement, content, name="../../../etc/mou.php").status_code == 302
    [path] = files_in(folder)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.suffix == ".pdf"
    assert "mou" not in path.name
    assert not Path(settings.MEDIA_ROOT).exists()
    agreement.refresh_from_db()
    for address in (f"/media/{agreement.document.name}", f"/private/{agreement.document.name}"):
        assert client.get(address).status_code == 404
    with pytest.raises(ValueError, match="no address"):
        private_storage().url(agreement.document.name)
    digest = hashlib.sha256(content).hexdigest()
    assert agreement.document_sha256 == digest
    event = Event.objects.get(kind=Event.Kind.AGREEMENT_CHANGED)
    assert event.data["hash"] == digest


@pytest.mark.django_db(transaction=True)
def test_document_is_replaced_and_removed_without_a_trace_on_the_disk(
    client: Client, agreement: Agreement, folder: Path
) -> None:
    sign_in(client)
    send(client, agreement, pdfs.plain())
    send(client, agreement, pdfs.plain(2))
    assert len(files_in(folder)) == 1
    client.post(f"{page_of(agreement)}dokumen/", {"hapus": "1"})
    assert files_in(folder) == []
    agreement.refresh_from_db()
    assert (agreement.document.name, agreement.document_sha256) == ("", "")
    assert Event.objects.filter(kind=Event.Kind.AGREEMENT_CHANGED).count() == 3


def test_file_does_not_stay_where_writing_fails(
    client: Client, agreement: Agreement, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client)
    monkeypatch.setattr("outcomes.agreeing.log_event", lambda *_all, **_named: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(client, agreement, pdfs.plain())
    assert files_in(folder) == []


# --- who gets it ----------------------------------------------------------------------------------


def test_document_is_handed_out_as_a_file_and_written_down(
    client: Client, agreement: Agreement
) -> None:
    citra = sign_in(client)
    content = pdfs.plain()
    send(client, agreement, content)
    response = client.post(f"{page_of(agreement)}dokumen/buka/")
    assert b"".join(response.streaming_content) == content  # type: ignore[attr-defined]
    name = "kerja-sama-2020-toko-bbarokahb.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]
    event = Event.objects.get(kind=Event.Kind.DOCUMENT_READ)
    assert event.actor == citra
    assert "dokumen kerja sama dibuka" in client.get("/admin/catatan/").text


@pytest.mark.parametrize("role", [VIEWER, FINANCE])
def test_who_sees_the_partnership_does_not_get_the_document(
    client: Client, agreement: Agreement, role: str
) -> None:
    sign_in(client)
    send(client, agreement, pdfs.plain())
    client.logout()
    sign_in(client, role)
    page = client.get(page_of(agreement))
    assert page.status_code == 200
    assert "hanya bisa dibuka panitia yang diberi izin" in page.text
    for path in ("dokumen/buka/", "dokumen/"):
        assert client.post(f"{page_of(agreement)}{path}", {"hapus": "1"}).status_code == 403
    assert not Event.objects.filter(kind=Event.Kind.DOCUMENT_READ).exists()
    agreement.refresh_from_db()
    assert agreement.document


def test_link_alone_opens_nothing(client: Client, agreement: Agreement) -> None:
    sign_in(client)
    send(client, agreement, pdfs.plain())
    assert client.get(f"{page_of(agreement)}dokumen/buka/").status_code == 405


def test_document_that_is_not_there_is_not_found(client: Client, agreement: Agreement) -> None:
    sign_in(client)
    assert client.post(f"{page_of(agreement)}dokumen/buka/").status_code == 404
    send(client, agreement, pdfs.plain())
    agreement.refresh_from_db()
    private_storage().delete(agreement.document.name or "")
    assert client.post(f"{page_of(agreement)}dokumen/buka/").status_code == 404
    assert not Event.objects.filter(kind=Event.Kind.DOCUMENT_READ).exists()
