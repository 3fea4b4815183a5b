"""What a backup says of itself: which version made it, what it holds, and the sum of each part."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opop_expo.backups.errors import BackupError
from opop_expo.backups.facts import Facts
from opop_expo.backups.parts import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT = 1
MANIFEST = "manifest.json"
# As `sha256sum --check` reads it; it covers the manifest too, and is written last.
SUMS = "SHA256SUMS"
# What came of the proof; not among the sums, since it is written when they stand.
CHECK = "check.json"
NAME = re.compile(r"opop-\d{8}T\d{6}Z(-\d)?")
NOT_IN_IT = (
    "Not in a backup: SECRET_KEY and VOUCHER_KEY (without VOUCHER_KEY no printed voucher can be "
    "spent), the other settings, the certificate. Keep them elsewhere, and encrypt both."
)


@dataclass(frozen=True)
class Manifest:
    """Written into every backup. `at` is the moment that the database was seen at."""

    format: int
    at: str
    version: str
    commit: str
    database: str
    database_version: str
    facts: Facts
    # How many files each archive holds; none for one that was left to its bucket.
    files: dict[str, int]
    # Files that a row speaks of and that no storage had.
    missing_files: list[str]
    seconds: float
    bytes: int

    @property
    def moment(self) -> dt.datetime:
        """The moment that the database was seen at."""
        return dt.datetime.fromisoformat(self.at)

    @property
    def entries(self) -> int:
        """Sales and reversals in the ledgers, training included."""
        return sum(sequence for sequence, _hash in self.facts.heads.values())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put it beside the parts, and then the sums of all of them."""
    text = json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(f"{text}\n")
    parts = sorted(path for path in folder.iterdir() if path.name != SUMS)
    lines = [f"{sha256_of(path)}  {path.name}\n" for path in parts]
    (folder / SUMS).write_text("".join(lines))


def read_backup(folder: Path) -> Manifest:
    """The manifest of a backup all of whose parts are as they were written. Raises BackupError.

    What may not be read is not damaged: a copy may belong to another user.
    """
    try:
        broken = list(_broken(folder))
    except OSError as error:
        name = Path(str(error.filename or folder)).name
        raise BackupError(
            f"{folder} was not used: {name} cannot be read: {error.strerror}."
        ) from error
    if broken:
        raise BackupError(f"{folder} is damaged and was not used: {'; '.join(broken)}.")
    return read_manifest(folder)


def read_manifest(folder: Path) -> Manifest:
    """The manifest alone, believed as it is written. Raises BackupError."""
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        if content["format"] != FORMAT:
            raise BackupError(
                f"{folder} has format {content['format']}, and this version reads {FORMAT}."
            )
        return Manifest(**{**content, "facts": Facts(**content["facts"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{folder} is no backup: its manifest cannot be read.") from error


def _broken(folder: Path) -> Iterator[str]:
    """Which parts are missing or have other content than was written."""
    try:
        lines = (folder / SUMS).read_text().splitlines()
    except FileNotFoundError:
        yield f"{SUMS} is missing"
        return
    except UnicodeDecodeError:
        yield f"{SUMS} is not as it was written"
        return
    sums = {name: wanted for wanted, _gap, name in (line.partition("  ") for line in lines)}
    if MANIFEST not in sums:
        yield f"{SUMS} does not name {MANIFEST}"
    for name, wanted in sums.items():
        path = folder / Path(name).name
        if not path.is_file():
            yield f"{name} is missing"
        elif sha256_of(path) != wanted:
            yield f"{name} is not as it was written"


def size_of(folder: Path) -> int:
    """Bytes of all files of a backup."""
    return sum(path.stat().st_size for path in folder.iterdir())


def backups_in(root: Path) -> list[Path]:
    """The finished backups of a folder, the oldest first."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if NAME.fullmatch(path.name) and path.is_dir())


def is_verified(folder: Path) -> bool:
    """Whether it was restored into a scratch database and found whole."""
    try:
        return json.loads((folder / CHECK).read_text())["verified"] is True
    except (OSError, ValueError, KeyError, TypeError):
        return False


def verified(folders: Iterable[Path]) -> list[Path]:
    """Those that are."""
    return [folder for folder in folders if is_verified(folder)]
