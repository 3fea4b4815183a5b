"""PDFs for tests: a plain one, and those that act, hide, break or swell."""

from __future__ import annotations

import io
import zlib
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)


def plain(pages: int = 1) -> bytes:
    """As a scanner makes it."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_action(name: str, **more: Any) -> bytes:
    """One that does something as it is opened."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    action = {"/S": NameObject(name), **more}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject(key): value for key, value in action.items()}
    )
    return written(writer)


def with_script() -> bytes:
    return with_action("/JavaScript", **{"/JS": TextStringObject("app.alert(1)")})


def with_escaped_script() -> bytes:
    """The same, with its name written otherwise."""
    return with_script().replace(b"/JavaScript", b"/Java#53cript").replace(b"/JS", b"/#4aS")


def with_attachment() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("virus.exe", b"MZ")
    return written(writer)


def with_form_script() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/XFA"): ArrayObject()}
    )
    return written(writer)


def with_media() -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    note = DictionaryObject({NameObject("/Subtype"): NameObject("/Screen")})
    page[NameObject("/Annots")] = ArrayObject([note])
    return written(writer)


def hidden_in_an_object_stream() -> bytes:
    """A script in a compressed stream of objects: no search through the bytes finds it."""
    return _with_object_stream(
        zlib.compress(b"5 0 << /S /JavaScript /JS (app.alert\\(1\\)) >>"), first=4
    )


def bomb() -> bytes:
    """A stream of objects that unpacks to two gigabytes."""
    spaces, times = b" " * 2_000_000, 1_000
    squeezed = zlib.compressobj(9)
    start = squeezed.compress(b"5 0 ") + squeezed.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers to what was before it: one piece stands for all.
    piece = squeezed.compress(spaces) + squeezed.flush(zlib.Z_FULL_FLUSH)
    end = squeezed.flush()[:-4]
    total = zlib.adler32(b"5 0 ")
    for _ in range(times):
        total = zlib.adler32(spaces, total)
    return _with_object_stream(start + piece * times + end + total.to_bytes(4, "big"), first=4)


def _with_object_stream(packed: bytes, *, first: int) -> bytes:
    """A PDF that opens with the one object of this stream."""
    parts = [b"%PDF-1.5\n"]
    offsets: dict[int, int] = {}

    def put(number: int, body: bytes) -> None:
        offsets[number] = sum(map(len, parts))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    put(1, b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>")
    put(2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    put(3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
    head = b"<< /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >>"
    put(4, head % (first, len(packed)) + b"\nstream\n" + packed + b"\nendstream")
    start = sum(map(len, parts))
    rows = b"\x00\x00\x00\x00\xff"
    rows += b"".join(b"\x01" + offsets[n].to_bytes(3, "big") + b"\x00" for n in (1, 2, 3, 4))
    rows += b"\x02\x00\x00\x04\x00" + b"\x01" + start.to_bytes(3, "big") + b"\x00"
    head = b"<< /Type /XRef /Size 7 /W [1 3 1] /Root 1 0 R /Length %d >>\nstream\n" % len(rows)
    parts.append(b"6 0 obj\n" + head + rows + b"\nendstream\nendobj\n")
    parts.append(b"startxref\n%d\n%%%%EOF\n" % start)
    return b"".join(parts)


def encrypted() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("rahasia", algorithm="RC4-128")
    return written(writer)


def endless() -> bytes:
    """Pages that are their own parents."""
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>\nendobj\n"
        b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    )
