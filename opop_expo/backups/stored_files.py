"""Photos and documents: taken from their storage into one archive, and put back where they miss.

Through the storage API, so that it is the same for a folder and for a bucket.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import tarfile
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import default_storage, storages
from django.db.models import FileField

from opop_expo.backups.errors import BackupError
from opop_expo.backups.parts import only_for_me

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.core.files.storage import Storage

# The archives of a backup, and whose files each holds.
ARCHIVES = {"media.tar": "default", "private.tar": "private"}


def pack(archive: Path, alias: str) -> set[str]:
    """Write all files of a storage into an archive; their names.

    Called when the database has been read: a file is stored before the row that names it, so none
    that a row names can miss, unless it was removed since. A file that goes meanwhile is left out.
    """
    storage = storages[alias]
    names = set()
    with only_for_me(), tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as tar:
        for name in walk(storage):
            try:
                with storage.open(name) as file:
                    # Whole, so that its size is that of what was read; no upload is above 32 MiB.
                    content = file.read()
            except FileNotFoundError:
                continue
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o600
            tar.addfile(entry, io.BytesIO(content))
            names.add(name)
    return names


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a storage, by name."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return  # nothing was ever stored
    for name in sorted(files):
        yield posixpath.join(folder, name)
    for name in sorted(folders):
        yield from walk(storage, posixpath.join(folder, name))


def named_in_database() -> Iterator[tuple[str, str]]:
    """The alias of the storage and the name of each file that a row of the database speaks of."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FileField):
                alias = "default" if field.storage is default_storage else "private"
                rows = model._base_manager.exclude(**{field.name: ""})
                for name in rows.values_list(field.name, flat=True):
                    yield alias, str(name)


def refuse_archive(archive: Path) -> None:
    """Raise BackupError where an entry is no plain file of the storage that it goes back into.

    `pack` writes no other; one whose sums were made anew by somebody may hold anything.
    """
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                if not entry.isreg() or not _lies_within(entry.name):
                    raise BackupError(f"{archive} holds {entry.name!r}, which is no stored file.")
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{archive} cannot be read: {error}") from error


def _lies_within(name: str) -> bool:
    return not {"", ".", ".."} & set(name.split("/"))


def put_back(archive: Path, alias: str) -> tuple[int, int]:
    """Store what is missing or has other content; how many were stored, how many were there.

    Nothing is removed: a file that the backup does not know is in nobody's way.
    """
    storage = storages[alias]
    stored = there = 0
    with tarfile.open(archive) as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None:
                continue
            data = content.read()
            if _has(storage, entry.name, data):
                there += 1
                continue
            if storage.exists(entry.name):
                storage.delete(entry.name)
            given = storage.save(entry.name, File(io.BytesIO(data), entry.name))
            if given != entry.name:
                raise BackupError(f"{entry.name} was stored as {given}: its name is in use.")
            stored += 1
    return stored, there


def _has(storage: Storage, name: str, data: bytes) -> bool:
    if not storage.exists(name) or storage.size(name) != len(data):
        return False
    with storage.open(name) as file:
        digest = hashlib.file_digest(file, "sha256")
    return digest.digest() == hashlib.sha256(data).digest()
