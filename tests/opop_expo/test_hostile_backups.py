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

from opop_expo.backups.errors import BackupError
from opop_expo.backups.manifest import read_manifest, write_manifest
from opop_expo.backups.postgres import Postgres
from opop_expo.backups.stored_files import put_back
from opop_expo.backups.writing import alone_in
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


def test_what_may_not_be_read_is_not_called_damaged(folder: Path) -> None:
    """A copy that root carried here, say; root itself may read everything, but no folder."""
    (folder / "SHA256SUMS").unlink()
    (folder / "SHA256SUMS").mkdir()
    for name, *options in [("restore", folder, "--overwrite"), ("backup", "--check", folder)]:
        with pytest.raises(CommandError, match="SHA256SUMS cannot be read: Is a directory"):
            run(str(name), *options)


def test_restore_waits_for_no_backup_that_is_being_made(folder: Path, settings: Any) -> None:
    settings.BACKUP_ROOT = folder.parent
    with (
        alone_in(folder.parent),
        pytest.raises(CommandError, match="Another backup or restore is at work"),
    ):
        run("restore", folder, "--overwrite")
    assert Sale.objects.count() == 2


def test_programs_are_led_to_the_same_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an address such as postgres:///opop?host=/run/postgresql."""
    program = tmp_path / "pg_restore"
    program.write_text('#!/bin/sh\necho "$PGHOST $PGDATABASE" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    place = {"NAME": "opop", "HOST": "", "OPTIONS": {"host": "/run/elsewhere"}}
    with pytest.raises(BackupError, match="/run/elsewhere opop"):
        Postgres().load(tmp_path / "dump", place)
    with pytest.raises(BackupError, match=r"db\.example opop"):
        Postgres().load(tmp_path / "dump", place | {"HOST": "db.example"})


def test_archive_as_it_is_written_goes_back(folder: Path) -> None:
    """The control."""
    default_storage.delete("photos/stan.png")
    assert put_back(folder / "media.tar", "default") == (1, 0)
