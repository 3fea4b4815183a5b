"""Files that nobody sends in good faith, or that broke on the way: each a name and its bytes.

Those that cost seconds to make or to refuse are `heavy` and belong to `make hostile`.
"""

from __future__ import annotations

import csv
import io
import os
import random
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE = 1024 * 1024
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script></svg>"
SHEET = "xl/worksheets/sheet1.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Hostile:
    """A file, made when it is wanted."""

    label: str
    name: str
    make: Callable[[], bytes]
    heavy: bool = False

    def __str__(self) -> str:
        return self.label


# --- tables ---------------------------------------------------------------------------------------


def workbook(**parts: bytes | str) -> bytes:
    """A workbook with one sheet of a product, some of its parts replaced or added."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nama produk", "Pelaku usaha", "Kategori", "Harga acuan"])
    sheet.append(["Kopi", "Kopontren", "Makanan", 1000])
    plain = io.BytesIO()
    book.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("__", "/"): content for name, content in parts.items()}
        for entry in old.infolist():
            new.writestr(entry.filename, names.pop(entry.filename, old.read(entry)))
        for name, content in names.items():
            new.writestr(name, content)
    return out.getvalue()


def sheet_xml(rows: str, before: str = "", dimension: str = "A1:B2") -> str:
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{SPREADSHEET}">'
        f'<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'
    )


HEADING = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Nama produk</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Pelaku usaha</t></is></c></row>'
)


def with_sheet(rows: str, **options: str) -> bytes:
    return workbook(**{SHEET: sheet_xml(HEADING + rows, **options)})


def many_sheets() -> bytes:
    """Thousands of sheets, all of them the same part."""
    sheets = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId1"/>' for number in range(1, 30_000)
    )
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>Kopi</t></is></c></row>'
    return workbook(
        **{
            "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}">'
            f"<sheets>{sheets}</sheets></workbook>",
            SHEET: sheet_xml(HEADING + row),
        }
    )


def merged() -> bytes:
    """Columns of 20.000 rows, merged over and over."""
    rows = "".join(
        f'<row r="{number}"><c r="A{number}"><v>{number}</v></c>'
        f"{'<c><v>1</v></c>' if number == 2 else ''}</row>"
        for number in range(2, 20_000)
    )
    areas = "".join(f'<mergeCell ref="B{first}:B20000"/>' for first in range(2, 20_000))
    sheet = sheet_xml(HEADING + rows).replace("</worksheet>", "")
    return workbook(**{SHEET: f"{sheet}<mergeCells>{areas}</mergeCells></worksheet>"})


def laughs() -> bytes:
    entities = '<!DOCTYPE w [<!ENTITY a "haha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>&i;</t></is></c></row>'
    return with_sheet(row, before=entities + "]>")


def outside_entity() -> bytes:
    row = '<row r="2"><c r="A2" t="inlineStr"><is><t>&x;</t></is></c></row>'
    return with_sheet(row, before='<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')


def strings_bomb() -> bytes:
    text = f"<si><t>{'A' * 60 * MEGABYTE}</t></si>"
    return workbook(**{"xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{text}</sst>'})


def many_strings() -> bytes:
    texts = "<si><t>a</t></si>" * 3_000_000
    return workbook(**{"xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{texts}</sst>'})


def styles_bomb() -> bytes:
    return workbook(
        **{
            "xl/styles.xml": f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs>'
            + '<xf numFmtId="14"/>' * 2_000_000
            + "</cellXfs></styleSheet>"
        }
    )


def million_columns() -> bytes:
    return with_sheet(f'<row r="2">{"<c><v>1</v></c>" * 1_000_000}</row>')


def million_empty_cells() -> bytes:
    return with_sheet(f'<row r="2">{"<c/>" * 1_000_000}</row>')


def million_rows() -> bytes:
    return with_sheet("<row/>" * 1_000_000)


def far_cell() -> bytes:
    row = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return with_sheet(row, dimension="A1:XFD1048576")


def many_names() -> bytes:
    return with_sheet("".join(f"<n{number}/>" for number in range(1_000_000)))


def endless_token() -> bytes:
    return with_sheet(f'<row r="2" x="{"A" * 50 * MEGABYTE}"/>')


def deep_xml() -> bytes:
    return with_sheet("<row>" * 500_000)


def nested_zip() -> bytes:
    content = workbook()
    for _level in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("dalam.zip", content)
        content = out.getvalue()
    return content


def long_csv_cell() -> bytes:
    # Within the bound on the file; the whole 10 MB are in `heavy_csv_cell`.
    return b"Nama produk,Pelaku usaha\nKopi," + b"A" * 4 * MEGABYTE


def heavy_csv_cell() -> bytes:
    return b'Nama produk,Pelaku usaha\nKopi,"' + b"A" * 10 * MEGABYTE + b'"\n'


def formulas() -> bytes:
    out = io.StringIO()
    rows = [
        ["Nama produk", "Pelaku usaha", "Kategori", "Keterangan"],
        ['=cmd|"/c calc"!A1', "Kopontren", "Makanan", '=HYPERLINK("http://x","klik")'],
        ["@SUM(1+1)*cmd|'/c calc'!A0", "Kopontren", "Makanan", "+1+cmd|'/c calc'!A0"],
        ["Kopi", "Kopontren", "Makanan", "-2+3+cmd|'/c calc'!A0"],
    ]
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


HEAD = "Nama produk,Pelaku usaha,Kategori\n"

TABLES = [
    Hostile("csv with formulas", "data.csv", formulas),
    Hostile("csv cell of 4 MB", "data.csv", long_csv_cell),
    Hostile("csv cell of 10 MB", "data.csv", heavy_csv_cell),
    Hostile("csv of NULs", "data.csv", lambda: HEAD.encode() + b"Ko\x00pi,x,y\n" + b"\x00" * 9_000),
    Hostile("csv in latin-1", "data.csv", lambda: f"{HEAD}Kopi é,x,y\n".encode("latin-1")),
    Hostile("csv in utf-16 without a mark", "data.csv", lambda: f"{HEAD}K,x,y".encode("utf-16-le")),
    Hostile("csv cut within utf-16", "data.csv", lambda: f"{HEAD}Kopi,x,y".encode("utf-16")[:-1]),
    Hostile(
        "csv of two encodings",
        "data.csv",
        lambda: HEAD.encode() + "Kopi é,x,y\n".encode("utf-16") + b"\xff\xfe",
    ),
    Hostile("csv with a quote that never ends", "data.csv", lambda: f'{HEAD}"Kopi,x,y\n'.encode()),
    Hostile("csv of commas", "data.csv", lambda: HEAD.encode() + b"," * 3 * MEGABYTE),
    Hostile(
        "csv of line ends", "data.csv", lambda: HEAD.encode() + b"\n" * 3 * MEGABYTE, heavy=True
    ),
    Hostile("csv of 500 columns", "data.csv", lambda: HEAD.encode() + b"a," * 500),
    Hostile("csv of 30.000 rows", "data.csv", lambda: HEAD.encode() + b"a,b,c\n" * 30_000),
    Hostile("csv of control signs", "data.csv", lambda: f"{HEAD}K\x07opi,\x1b[2J,y\n".encode()),
    Hostile("pdf named csv", "data.csv", lambda: b"%PDF-1.7\n" + b"x" * 500),
    Hostile("html named csv", "data.csv", lambda: b"<script>alert(1)</script>"),
    Hostile("svg with a script, named csv", "data.csv", lambda: SVG),
    Hostile("csv named xlsx", "data.xlsx", lambda: f"{HEAD}Kopi,x,y\n".encode()),
    Hostile("xlsx named csv", "data.csv", workbook),
    Hostile("exe", "data.exe", lambda: b"MZ\x90\x00" + b"\x00" * 999),
    Hostile("name with a path", "../../../etc/passwd", lambda: b"root:x:0:0"),
    Hostile("nothing", "data.xlsx", lambda: b""),
    Hostile(
        "old xls, or locked", "data.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 999
    ),
    Hostile("zip without a workbook", "data.xlsx", lambda: zip_of({"a.txt": b"x"})),
    Hostile("zips in zips", "data.xlsx", nested_zip),
    Hostile("xlsx with macros", "data.xlsx", lambda: workbook(**{"xl/vbaProject.bin": b"x"})),
    Hostile(
        "xlsx with links to other files",
        "data.xlsx",
        lambda: workbook(**{"xl/externalLinks/externalLink1.xml": "<externalLink/>"}),
    ),
    Hostile("xlsx of a billion laughs", "data.xlsx", laughs),
    Hostile("xlsx that reads a file of the server", "data.xlsx", outside_entity),
    Hostile("xlsx cut off", "data.xlsx", lambda: workbook()[:-200]),
    Hostile("xlsx cut in half", "data.xlsx", lambda: workbook()[: len(workbook()) // 2]),
    Hostile(
        "xlsx with a sheet of noise", "data.xlsx", lambda: workbook(**{SHEET: os.urandom(9_000)})
    ),
    Hostile("xlsx with a far cell", "data.xlsx", far_cell),
    Hostile(
        "xlsx with a billion columns claimed",
        "data.xlsx",
        lambda: with_sheet("", dimension="A1:ZZZZZZ9"),
    ),
    Hostile("xlsx of 30.000 sheets", "data.xlsx", many_sheets, heavy=True),
    Hostile("xlsx merged over and over", "data.xlsx", merged, heavy=True),
    Hostile("xlsx of a million columns", "data.xlsx", million_columns, heavy=True),
    Hostile("xlsx of a million empty cells", "data.xlsx", million_empty_cells, heavy=True),
    Hostile("xlsx of a million rows", "data.xlsx", million_rows, heavy=True),
    Hostile("xlsx of a million names", "data.xlsx", many_names, heavy=True),
    Hostile("xlsx with one endless word of markup", "data.xlsx", endless_token, heavy=True),
    Hostile("xlsx of half a million depths", "data.xlsx", deep_xml, heavy=True),
    Hostile("xlsx with a string of 60 MB", "data.xlsx", strings_bomb, heavy=True),
    Hostile("xlsx of three million strings", "data.xlsx", many_strings, heavy=True),
    Hostile("xlsx of two million styles", "data.xlsx", styles_bomb, heavy=True),
    Hostile(
        "xlsx that unpacks to 1 GB",
        "data.xlsx",
        lambda: workbook(**{SHEET: b"<" + b" " * 1000 * MEGABYTE}),
        heavy=True,
    ),
]

# --- archives -------------------------------------------------------------------------------------


def zip_of(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def encrypted_zip() -> bytes:
    """An archive whose entry says that it is locked."""
    content = bytearray(zip_of({"kopi.jpg": b"x" * 100}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


def link_zip() -> bytes:
    entry = zipfile.ZipInfo("kopi.jpg")
    entry.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def twin_zip() -> bytes:
    """Two entries of one name."""
    content = zip_of({"kopi.jpg": b"a" * 50, "kopj.jpg": b"b" * 50})
    return content.replace(b"kopj.jpg", b"kopi.jpg")


def lying_zip() -> bytes:
    """An entry that unpacks to more than it says."""
    content = bytearray(zip_of({"kopi.jpg": b"\x00" * 9 * MEGABYTE}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + offset, 1_000)
    return bytes(content)


def list_of_noise() -> bytes:
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 9, 9, 800, 50, 0)
    return os.urandom(900) + end


def pdf_and_zip() -> bytes:
    return b"%PDF-1.4\n" + zip_of({"../x.php": b"<?php"})


def lzma_zip() -> bytes:
    return zip_of({"kopi.jpg": jpeg()}, method=zipfile.ZIP_LZMA)


def zip_in_zip() -> bytes:
    return zip_of({"kopi.jpg": zip_of({"x.jpg": jpeg()})})


def zip_of_scripts() -> bytes:
    return zip_of({"kopi.php": b"<?php", "kopi.svg": SVG})


def many_entries() -> bytes:
    return zip_of({f"{number}.jpg": b"" for number in range(20_000)}, method=zipfile.ZIP_STORED)


def overlapping_zip() -> bytes:
    """Many entries that all point at the same packed bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"\x00" * 7 * MEGABYTE) + packed.flush()
    checksum = zlib.crc32(b"\x00" * 7 * MEGABYTE)
    sizes = (checksum, len(body), 7 * MEGABYTE)
    name = b"00000.jpg"
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, *sizes, len(name), 0) + name
    listed = b"".join(
        struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, *sizes, len(name), 0, 0, 0, 0, 0, 0
        )
        + f"{number:05}.jpg".encode()
        for number in range(1_900)
    )
    start = len(local) + len(body)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1_900, 1_900, len(listed), start, 0)
    return local + body + listed + end


def bomb_zip() -> bytes:
    return zip_of({"kopi.jpg": b"\x00" * 500 * MEGABYTE})


ARCHIVES = [
    Hostile("no archive", "foto.zip", lambda: b"ini bukan zip"),
    Hostile("pdf and zip in one", "foto.zip", pdf_and_zip),
    Hostile("gif and html in one", "foto.zip", lambda: b"GIF89a<script>alert(1)</script>"),
    Hostile("archive cut off", "foto.zip", lambda: zip_of({"kopi.jpg": jpeg()})[:-10]),
    Hostile("archive of noise", "foto.zip", lambda: b"PK\x03\x04" + os.urandom(5_000)),
    Hostile("list of noise", "foto.zip", list_of_noise),
    Hostile("locked archive", "foto.zip", encrypted_zip),
    Hostile("archive that leads out", "foto.zip", lambda: zip_of({"../../kopi.jpg": jpeg()})),
    Hostile("archive with a whole path", "foto.zip", lambda: zip_of({"/etc/kopi.jpg": jpeg()})),
    Hostile("archive with a path of Windows", "foto.zip", lambda: zip_of({"C:\\kopi.jpg": jpeg()})),
    Hostile("archive with a link", "foto.zip", link_zip),
    Hostile("archive with a name twice", "foto.zip", twin_zip),
    Hostile("archive with LZMA", "foto.zip", lzma_zip),
    Hostile("archive in an archive", "foto.zip", zip_in_zip),
    Hostile("archive of 20.000 entries", "foto.zip", many_entries, heavy=True),
    Hostile("entries that overlap", "foto.zip", overlapping_zip),
    Hostile("entry that says too little", "foto.zip", lying_zip),
    Hostile("entry of 500 MB", "foto.zip", bomb_zip, heavy=True),
    Hostile("archive of scripts", "foto.zip", zip_of_scripts),
    Hostile("empty archive", "foto.zip", lambda: zip_of({})),
    Hostile("rar named zip", "foto.zip", lambda: b"Rar!\x1a\x07\x00" + b"x" * 99),
]  # fmt: skip

# --- pictures -------------------------------------------------------------------------------------


def jpeg(size: tuple[int, int] = (80, 60)) -> bytes:
    out = io.BytesIO()
    chance = random.Random(7)
    picture = Image.new("RGB", size)
    picture.putdata([(chance.randrange(256),) * 3 for _pixel in range(size[0] * size[1])])
    picture.save(out, "JPEG")
    return out.getvalue()


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 30), (number * 9, 0, 0)) for number in range(20)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def png(width: int, height: int, *more: bytes, pixels: bytes = b"") -> bytes:
    """A PNG that claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", pixels) if pixels else b""
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + body + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    packed = zlib.compress(b"A" * 200 * MEGABYTE, 9)
    return png(40, 30, chunk(b"zTXt", b"Comment\x00\x00" + packed))


def profile_bomb() -> bytes:
    packed = zlib.compress(b"A" * 200 * MEGABYTE, 9)
    return png(40, 30, chunk(b"iCCP", b"icc\x00\x00" + packed))


def exif_bomb() -> bytes:
    """EXIF whose directories point at each other for ever, and claim endless values."""
    count = 200
    directory = struct.pack("<H", count) + b"".join(
        struct.pack("<HHII", 0x8769, 4, 0xFFFFFFFF, 8) for _entry in range(count)
    )
    block = b"Exif\x00\x00II*\x00" + struct.pack("<I", 8) + directory + struct.pack("<I", 8)
    plain = jpeg()
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:-40]


def huge_jpeg() -> bytes:
    content = bytearray(jpeg())
    at = content.index(b"\xff\xc0")
    struct.pack_into(">HH", content, at + 5, 30_000, 30_000)
    return bytes(content)


PICTURES = [
    Hostile("svg with a script", "kopi.svg", lambda: SVG),
    Hostile("svg named jpg", "kopi.jpg", lambda: SVG),
    Hostile("html named png", "kopi.png", lambda: b"<html><script>alert(1)</script></html>"),
    Hostile("gif that is html", "kopi.gif", lambda: b"GIF89a/*<script>*/=1;alert(1)</script>"),
    Hostile("animated gif", "kopi.gif", lambda: animated("GIF")),
    Hostile("jpeg cut off", "kopi.jpg", lambda: jpeg()[:-400]),
    Hostile("jpeg of 30.000 by 30.000", "kopi.jpg", huge_jpeg),
    Hostile("png of 30.000 by 30.000", "kopi.png", lambda: png(30_000, 30_000)),
    Hostile("png of noise", "kopi.png", lambda: png(40, 30, pixels=os.urandom(500))),
    Hostile("png without pixels", "kopi.png", lambda: png(40, 30)),
    Hostile("png with 200 MB of comment", "kopi.png", text_bomb, heavy=True),
    Hostile("png with 200 MB of profile", "kopi.png", profile_bomb, heavy=True),
    Hostile("exif without an end, in a cut jpeg", "kopi.jpg", exif_bomb),
    Hostile("picture of nothing", "kopi.jpg", lambda: b"\xff\xd8\xff\xe0" + b"\x00" * 50),
    Hostile("picture of 9 MB", "kopi.jpg", lambda: jpeg() + b"\x00" * 9 * MEGABYTE),
    Hostile("pdf named jpg", "kopi.jpg", lambda: b"%PDF-1.7 /JavaScript"),
    Hostile("postscript", "kopi.eps", lambda: b"%!PS-Adobe-3.0 EPSF\n(%pipe%id) (r) file\n"),
]

# --- deliveries of a tablet, and statements of a bank ---------------------------------------------

DELIVERIES = [
    Hostile("no json", "penjualan.json", lambda: b"ini bukan json"),
    Hostile("json of brackets", "penjualan.json", lambda: b"[" * 2 * MEGABYTE),
    Hostile("json of one number", "penjualan.json", lambda: b"9" * 100_000),
    Hostile("json of NULs", "penjualan.json", lambda: b'{"a": "\\u0000"}\x00'),
    Hostile("json of half a sign", "penjualan.json", lambda: b'{"a": "\\ud800"}'),
    Hostile("json in latin-1", "penjualan.json", lambda: '{"a": "é"}'.encode("latin-1")),
    Hostile("json that is a list", "penjualan.json", lambda: b"[1, 2, 3]"),
    Hostile("zip named json", "penjualan.json", lambda: zip_of({"a": b"x"})),
    Hostile("delivery of 6 MB", "penjualan.json", lambda: b'{"a": "' + b"A" * 6 * MEGABYTE + b'"}'),
]
