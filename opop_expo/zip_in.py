"""ZIP archives that people send in: bounded before they are opened, and again while they unpack.

`zipfile` believes what an archive says of itself. Read here are first the few bytes at its end that
tell how long the list of entries is, then the list, and each entry only up to what is left.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 64 * 1024
MEGABYTE = 1024 * 1024
# The end of central directory: its signature, and all of it but the comment.
END_SIGNATURE, END_SIZE, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
ZIP64_LOCATOR = b"PK\x06\x07"
# So many bytes of list are read for each entry that may be there.
BYTES_AN_ENTRY = 512
# An entry smaller than this cannot be a bomb, however well it is packed.
SMALL = MEGABYTE
IS_ENCRYPTED = 0x1


class FileRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """The file is not read; its text is for the person who sent it."""


@dataclass(frozen=True)
class ZipBounds:
    """What an archive may hold: so many entries, bytes unpacked, and times its packed size."""

    entries: int
    unpacked: int
    ratio: int


class BoundedZip:
    """An archive whose list was read within bounds, and whose content is read within them."""

    def __init__(self, file: IO[bytes], bounds: ZipBounds) -> None:
        """Raise FileRefused for what is no archive, is broken, locked or beyond the bounds."""
        self.bounds = bounds
        self.left = bounds.unpacked
        _check_end(file, bounds)
        try:
            self.archive = zipfile.ZipFile(file)
            self.entries = self.archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, UnicodeError) as error:
            raise FileRefused(_("Arsip ZIP ini rusak atau terpotong. Buat lagi.")) from error
        except NotImplementedError as error:
            raise FileRefused(_("Arsip ini memakai cara ZIP yang tidak dikenal.")) from error
        if len(self.entries) > bounds.entries:
            raise _too_many(bounds)
        for entry in self.entries:
            self._check(entry)
        if sum(entry.file_size for entry in self.entries) > bounds.unpacked:
            raise _too_large(bounds)
        names = [entry.filename for entry in self.entries]
        if len(set(names)) < len(names):
            raise FileRefused(_("Arsip ini memuat nama yang sama dua kali."))

    def _check(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        if entry.flag_bits & IS_ENCRYPTED:
            raise FileRefused(_("Arsip ini terkunci kata sandi. Buat lagi tanpa kata sandi."))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused(_("Arsip ini memakai cara ZIP yang tidak dikenal."))
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or not name or name.startswith(("/", "\\")) or ":" in parts[0]:
            raise FileRefused(_("Arsip ini memuat nama yang keluar dari foldernya."))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise FileRefused(_("Arsip ini memuat tautan, bukan berkas."))
        packed = max(entry.compress_size, 1)
        if entry.file_size > SMALL and entry.file_size / packed > self.bounds.ratio:
            raise _too_large(self.bounds)

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of an entry, piece by piece. Counts what really comes out of it."""
        seen = 0
        try:
            with self.archive.open(entry) as content:
                while chunk := content.read(CHUNK):
                    self.left -= len(chunk)
                    seen += len(chunk)
                    packed = max(entry.compress_size, 1)
                    if self.left < 0 or (seen > SMALL and seen / packed > self.bounds.ratio):
                        raise _too_large(self.bounds)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise FileRefused(_("Arsip ZIP ini rusak atau terpotong. Buat lagi.")) from error
        except (NotImplementedError, RuntimeError) as error:
            raise FileRefused(_("Arsip ini memakai cara ZIP yang tidak dikenal.")) from error

    def read(self, entry: zipfile.ZipInfo, *, most: int) -> bytes:
        """All of an entry that may be `most` bytes long; FileRefused for a longer one."""
        content = bytearray()
        for chunk in self.chunks(entry):
            content += chunk
            if len(content) > most:
                raise _too_large(self.bounds)
        return bytes(content)


def _check_end(file: IO[bytes], bounds: ZipBounds) -> None:
    """Read from the last bytes how long the list of entries is, and refuse one that is too long."""
    size = file.seek(0, 2)
    tail_size = min(size, END_SIZE + LONGEST_COMMENT + 20)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    file.seek(0)
    at = tail.rfind(END_SIGNATURE)
    if at < 0 or len(tail) - at < END_SIZE:
        raise FileRefused(_("Berkas ini bukan arsip ZIP, atau terpotong."))
    if tail[max(0, at - 20) : at].startswith(ZIP64_LOCATOR):
        # Only for archives of gigabytes or of more than 65.535 files.
        raise _too_many(bounds)
    entries, list_size = struct.unpack_from("<HI", tail, at + 10)
    if entries > bounds.entries or list_size > bounds.entries * BYTES_AN_ENTRY:
        raise _too_many(bounds)


def _too_many(bounds: ZipBounds) -> FileRefused:
    return FileRefused(
        _("Isi arsip ini terlalu banyak: paling banyak %(most)s berkas.") % {"most": bounds.entries}
    )


def _too_large(bounds: ZipBounds) -> FileRefused:
    return FileRefused(
        _("Isi arsip ini terlalu besar setelah dibuka: paling besar %(most)s MB.")
        % {"most": bounds.unpacked // MEGABYTE}
    )
