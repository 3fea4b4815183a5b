"""Backups whose archives lead elsewhere, their sums made anew: refused before anything changes."""

from __future__ import annotations

import io
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError

from opop_expo.backups.manifest import read_manifest, write_manifest
from opop_expo.backups.stored_files import put_back
from sales.models import Sale
from tests.ledger import make_sale, make_shop
from tests.opop_expo.backups import back_up, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A backup with one photo, of a portal that has sold once more since."""
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    default_storage.save("photos/stan.png", ContentFile(b"foto"))
    stand, (offer, _other) = make_shop()
    make_sale(stand, {offer: 1})
    folder = back_up(tmp_path / "backups", "--no-check")
    make_sale(stand, {offer: 1})
    return folder


def entry(name: str, **values: Any) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size = 5
    for key, value in values.items():
        setattr(made, key, value)
    return made


HOSTILE = {
    "above": entry("../jahat.txt"),
    "deeper": entry("photos/../../jahat.txt"),
    "absolute": entry("/tmp/jahat.txt"),  # noqa: S108
    "empty part": entry("photos//jahat.txt"),
    "symbolic link": entry("photos/a.png", type=tarfile.SYMTYPE, linkname="/etc/passwd", size=0),
    "hard link": entry("photos/a.png", type=tarfile.LNKTYPE, linkname="../jahat", size=0),
    "device": entry("photos/a.png", type=tarfile.CHRTYPE, size=0),
    "folder": entry("photos", type=tarfile.DIRTYPE, size=0),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_archive_that_leads_elsewhere_is_refused_first(
    folder: Path, tmp_path: Path, what: str
) -> None:
    with tarfile.open(folder / "media.tar", "w") as tar:
        tar.addfile(HOSTILE[what], io.BytesIO(b"jahat" if HOSTILE[what].size else b""))
    write_manifest(folder, read_manifest(folder))
    for name, *options in [("restore", folder, "--overwrite"), ("backup", "--check", folder)]:
        with pytest.raises(CommandError, match="which is no stored file"):
            run(str(name), *options)
    assert Sale.objects.count() == 2
    assert not list(tmp_path.rglob("jahat*"))


def test_archive_of_another_name_is_refused_first(folder: Path) -> None:
    manifest = read_manifest(folder)
    write_manifest(folder, replace(manifest, files={"../../etc/passwd": 1}))
    with pytest.raises(CommandError, match="is no archive of a backup"):
        run("restore", folder, "--overwrite")
    assert Sale.objects.count() == 2


def test_archive_as_it_is_written_goes_back(folder: Path) -> None:
    """The control."""
    default_storage.delete("photos/stan.png")
    assert put_back(folder / "media.tar", "default") == (1, 0)
