"""Lets old backups go, and never the last one that was found whole."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from opop_expo.backups.errors import BackupError
from opop_expo.backups.manifest import backups_in, is_verified, read_manifest
from opop_expo.backups.writing import PARTIAL

if TYPE_CHECKING:
    from pathlib import Path

DAYS = 7


def let_go(root: Path, *, keep: int) -> list[str]:
    """Remove all but the newest `keep`; the names of those that went.

    What stays besides: the last verified one of each of seven days, the last verified one that has
    the files too, and whatever holds more of the ledger than the newest. An empty or wrong database
    is proved as well as any, and must not push out what was sold.
    """
    if not keep:
        return []
    present = backups_in(root)
    good = [folder for folder in present if is_verified(folder)]
    whole = [folder for folder in good if _has_files(folder)]
    of_day = {folder.name.partition("T")[0]: folder for folder in good}
    newest = _entries(present[-1]) if present else 0
    fuller = [folder for folder in present if _entries(folder) > newest]
    staying = {*present[-keep:], *[*of_day.values()][-DAYS:], *whole[-1:], *fuller}
    gone = []
    for folder in present:
        if folder not in staying:
            # Under another name first: what is half removed must not look like a backup.
            doomed = folder.rename(root / f"{PARTIAL}{folder.name}")
            shutil.rmtree(doomed)
            gone.append(folder.name)
    return gone


def _entries(folder: Path) -> int:
    """How much of the ledger it holds; less than nothing where it does not say so."""
    try:
        return read_manifest(folder).entries
    except BackupError:
        return -1


def _has_files(folder: Path) -> bool:
    try:
        return bool(read_manifest(folder).files)
    except BackupError:
        return False
