"""Lets old backups go, and never the last one that was found whole."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from opop_expo.backups.manifest import backups_in, is_verified, read_manifest
from opop_expo.backups.writing import PARTIAL

if TYPE_CHECKING:
    from pathlib import Path


def let_go(root: Path, *, keep: int) -> list[str]:
    """Remove all but the newest `keep`; the names of those that went.

    What stays besides: the last verified one, and the last verified one that has the files too. If
    the newest are not verified, they do not push out what is known to be good.
    """
    present = backups_in(root)
    good = [folder for folder in present if is_verified(folder)]
    whole = [folder for folder in good if read_manifest(folder).files]
    staying = {*present[-keep:], *good[-1:], *whole[-1:]} if keep else set(present)
    gone = []
    for folder in present:
        if folder not in staying:
            # Under another name first: what is half removed must not look like a backup.
            doomed = folder.rename(root / f"{PARTIAL}{folder.name}")
            shutil.rmtree(doomed)
            gone.append(folder.name)
    return gone
