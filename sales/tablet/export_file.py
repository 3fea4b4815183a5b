"""The file and the QR codes that a tablet writes, opened within bounds and proved unchanged.

docs/till-protocol.md, 'Without a network for good'. sales.tablet.receiving reads what is in them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sales.tablet.protocol import Envelope, read_envelope
from stands.strict_json import MOST, UnreadableError, read_json

FORMAT = "opop-till-1"
MAX_BYTES = 5 * 1024 * 1024
MAX_SALES = 5_000
# What the preview hands on to the saving in a form field, whose body may have 1 MiB.
MAX_PACKED = 900 * 1024
RAW_DEFLATE = -15

# The last member of a file: the SHA-256 of what the file would be without it.
SEAL = re.compile(rb',"sha256":"([0-9a-f]{64})"\}')
SEAL_BYTES = 77

FRAME = re.compile(
    r"OPOP1\.(?P<id>[0-9a-f]{8})\.(?P<index>\d{1,5})\.(?P<count>\d{1,5})\.(?P<part>[\w-]+)",
    re.ASCII,
)


class DeliveryError(Exception):
    """It is no delivery; the message tells an organiser what to do."""


@dataclass(frozen=True)
class Export:
    """What a tablet wrote, whole and unchanged; nobody has judged yet what is in it."""

    envelope: Envelope
    # Server's clock less the tablet's, as the tablet knew it last.
    offset_ms: int | None
    contents: list[Any]
    # The slug of the edition at which it sold; None where the page that wrote it did not know.
    edition: str | None
    # The beginning of its seal, as the tablet's screen shows it.
    code: str
    # The whole, small enough to travel through a form.
    packed: str


def open_file(content: bytes) -> Export:
    """The exported file. Raises DeliveryError."""
    if len(content) > MAX_BYTES:
        raise DeliveryError(_("Berkas ini terlalu besar: paling besar 5 MB."))
    unsealed, seal = _unsealed(content)
    foreign = DeliveryError(_("Ini bukan berkas ekspor dari tablet kasir."))
    try:
        envelope = read_envelope(read_json(unsealed))
    except UnreadableError as error:
        raise foreign from error
    sales, edition = envelope.content.get("sales"), envelope.content.get("edition")
    offset = envelope.content.get("clock_offset_ms")
    if (
        envelope.content.get("format") != FORMAT
        or not isinstance(sales, list)
        or not (offset is None or (type(offset) is int and abs(offset) <= MOST))
        or not (edition is None or isinstance(edition, str))
    ):
        raise foreign
    if not sales:
        raise DeliveryError(_("Tidak ada penjualan di dalamnya: tablet ini sudah mengirim semua."))
    if len(sales) > MAX_SALES:
        raise DeliveryError(_("Isinya terlalu banyak: paling banyak 5.000 penjualan."))
    packed = _pack(content)
    if len(packed) > MAX_PACKED:
        raise DeliveryError(_("Isinya terlalu banyak untuk sekali terima."))
    return Export(envelope, offset, sales, edition, f"{seal[:4]} {seal[4:8]}", packed)


def _unsealed(content: bytes) -> tuple[bytes, str]:
    """The file as it was before it was sealed, and its seal. Raises DeliveryError.

    Whatever was cut off or changed since the tablet wrote it is found. A seal holds no secret: who
    forges a file can seal it, and what is in it is then judged as any sale is.
    """
    content = content.strip()
    found = SEAL.fullmatch(content[-SEAL_BYTES:])
    if found is None:
        raise DeliveryError(
            _("Ini bukan berkas ekspor dari tablet kasir, atau berkasnya terpotong.")
        )
    whole = content[:-SEAL_BYTES] + b"}"
    if hashlib.sha256(whole).hexdigest().encode() != found[1]:
        raise DeliveryError(
            _("Isi berkas ini sudah berubah sejak ditulis tablet. Ambil lagi dari tabletnya.")
        )
    return whole, found[1].decode()


def open_text(text: str) -> Export:
    """What was scanned or pasted: QR frames in any order, or the text of the file itself.

    Raises DeliveryError.
    """
    if text.lstrip().startswith("{"):
        return open_file(text.encode(errors="replace"))
    return open_packed(join_frames(text))


def join_frames(text: str) -> str:
    """The text that the frames are cut from. Raises DeliveryError, naming the missing ones."""
    words = text.split()
    frames = [found for word in words if (found := FRAME.fullmatch(word))]
    if not frames or len(frames) != len(words):
        raise DeliveryError(_("Teks ini bukan kode QR dari tablet kasir."))
    if len({(one["id"], one["count"]) for one in frames}) > 1:
        raise DeliveryError(
            _("Ada kode dari dua ekspor yang berbeda. Ambil dari satu ekspor saja.")
        )
    count = int(frames[0]["count"])
    parts: dict[int, str] = {}
    for one in frames:
        if parts.setdefault(int(one["index"]), one["part"]) != one["part"]:
            raise DeliveryError(_("Ada kode yang rusak. Pindai lagi semuanya."))
    missing = [str(index) for index in range(1, count + 1) if index not in parts]
    if missing:
        named = ", ".join(missing[:20]) + (" …" if len(missing) > 20 else "")
        raise DeliveryError(
            _("Belum lengkap: dari %(count)s kode masih kurang nomor %(missing)s.")
            % {"count": count, "missing": named}
        )
    whole = "".join(parts[index] for index in range(1, count + 1))
    if len(parts) != count or hashlib.sha256(whole.encode()).hexdigest()[:8] != frames[0]["id"]:
        raise DeliveryError(_("Ada kode yang rusak. Pindai lagi semuanya."))
    return whole


def open_packed(packed: str) -> Export:
    """An export from raw deflate in base64url, inflated within bounds. Raises DeliveryError."""
    unreadable = DeliveryError(_("Ada kode yang rusak. Pindai lagi semuanya."))
    try:
        deflated = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        inflating = zlib.decompressobj(RAW_DEFLATE)
        content = inflating.decompress(deflated, MAX_BYTES + 1)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise unreadable from error
    if len(content) <= MAX_BYTES and (not inflating.eof or inflating.unused_data):
        raise unreadable
    return open_file(content)


def _pack(content: bytes) -> str:
    deflating = zlib.compressobj(level=9, wbits=RAW_DEFLATE)
    deflated = deflating.compress(content) + deflating.flush()
    return base64.urlsafe_b64encode(deflated).rstrip(b"=").decode()
