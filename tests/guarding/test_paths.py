"""Names in addresses that would lead out of where they belong: every address that takes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from tests.addresses import Address, addresses
from tests.hall import make_hall

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hall import Hall

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# Lies beside the folders of photos, documents and waiting uploads; no answer may hold it.
SECRET = "burung kenari di luar kandang"
NAME = "kenari.txt"
# As they stand in the request line: what is encoded stays encoded.
WAYS = [
    f"../{NAME}",
    f"..%2f{NAME}",
    f"%2e%2e/{NAME}",
    f"%2e%2e%2f{NAME}",
    f"..%5c{NAME}",
    f"..%255c{NAME}",
    f"%252e%252e%252f{NAME}",
    f"....//{NAME}",
    f"x/../../{NAME}",
    f"x%2f..%2f..%2f{NAME}",
    f"%c0%ae%c0%ae/{NAME}",
    f"%EF%BC%8E%EF%BC%8E/{NAME}",
    f"..%00/{NAME}",
    f"{NAME}%00.jpg",
    "%00",
    "..",
    "%2e",
    "a" * 5_000,
    "%F0%9F%90%A6" * 300,
    "x%0d%0aX-Ada:%201",
]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Folders of this test alone, and what they must not lead to."""
    (tmp_path / NAME).write_text(SECRET)
    for name in ("MEDIA_ROOT", "PRIVATE_ROOT", "IMPORTS_ROOT"):
        setattr(settings, name, tmp_path / name.lower())
    return tmp_path


@pytest.fixture
def hall(settings: Any) -> Hall:
    return make_hall(settings)


def ways(folder: Path) -> list[str]:
    return [*WAYS, str(folder / NAME), quote(str(folder / NAME), safe=""), "/etc/passwd"]


def wrong_with(response: Any) -> str:
    """What an answer to such an address must not be."""
    if response.status_code >= 500:
        return str(response.status_code)
    if "X-Ada" in response.headers:
        return "writes a header"
    body = response.getvalue()
    return "leads out" if SECRET.encode() in body or b"root:x:0:" in body else ""


def paths_of(hall: Hall, address: Address, way: str) -> list[str]:
    """The address with that in the place of one of its arguments, each in turn."""
    found = []
    for name in sorted(address.arguments):
        mark = "ZZZZ"
        given = {**hall.arguments, f"{address.name} {name}": mark}
        path = type(hall)(given, {}, {}).path(address)
        # Of an address with few possible values, or an object of the admin: as it is written.
        found.append(path.replace(mark, way))
    return found


def sweep(hall: Hall, found: list[str], every: int) -> tuple[list[str], int]:
    """Ask for each way at one address in so many; what was wrong, and how often it was asked."""
    wrong, asked = [], 0
    taking = [address for address in addresses() if address.arguments]
    for number, address in enumerate(taking):
        for way in found[number % every :: every]:
            for path in paths_of(hall, address, way):
                for role in "AS":
                    told = wrong_with(hall.clients[role].generic("GET", path))
                    asked += 1
                    if told:
                        wrong.append(f"{role} {address.name} {way[:40]}: {told}")
    return wrong, asked


def test_no_address_leads_out_of_its_folder(hall: Hall, folder: Path) -> None:
    # Each way at dozens of them; `make long` tries all at all.
    wrong, asked = sweep(hall, ways(folder), 6)
    assert not wrong, "\n".join(wrong)
    assert asked > 1_000


@pytest.mark.long
def test_no_way_at_all_leads_out_of_any_folder(hall: Hall, folder: Path) -> None:
    wrong, asked = sweep(hall, ways(folder), 1)
    assert not wrong, "\n".join(wrong)
    assert asked > 6_000


@pytest.mark.parametrize("place", ["/media/", "/static/", "/", "/en/"])
def test_files_are_served_from_their_folders_alone(hall: Hall, folder: Path, place: str) -> None:
    for way in ways(folder):
        for role in "AS":
            told = wrong_with(hall.clients[role].generic("GET", f"{place}{way}"))
            assert not told, (way, told)


def test_what_leads_out_would_be_seen(folder: Path) -> None:
    """The control: an answer with that file in it."""
    from django.http import HttpResponse

    assert wrong_with(HttpResponse((folder / NAME).read_bytes())) == "leads out"
    assert wrong_with(HttpResponse("root:x:0:0:root")) == "leads out"
    assert wrong_with(HttpResponse(headers={"X-Ada": "1"})) == "writes a header"
    assert wrong_with(HttpResponse(status=500)) == "500"


@pytest.mark.parametrize("alias", ["default", "private", "imports"])
def test_no_storage_keeps_a_file_outside(folder: Path, alias: str) -> None:
    storage = storages[alias] if alias != "default" else default_storage
    for name in (f"../{NAME}", str(folder / NAME), f"a/../../{NAME}", "..", f"..\\..\\{NAME}"):
        with pytest.raises((SuspiciousFileOperation, FileNotFoundError)):
            storage.open(name)
        if "\\" not in name:
            with pytest.raises(SuspiciousFileOperation):
                storage.save(name, ContentFile(b"x"))
    assert (folder / NAME).read_text() == SECRET
