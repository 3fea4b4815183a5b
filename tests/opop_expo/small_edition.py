"""A small edition as CSV files, which a test changes in one place."""

# ruff: noqa: E501, a row of a CSV file is one line

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "regencies.csv": """\
code,kind,name
35.09,kabupaten,Jember
35.78,kota,Surabaya
""",
    "categories.csv": """\
slug,name,name_en,order
food,Makanan,Food,1
beverage,Minuman,Drinks,2
""",
    "pesantren.csv": """\
slug,name,regency_code,kopontren,founded,notes,notes_en,remarks,sources,example
al-qodiri,Pondok Pesantren Al-Qodiri,35.09,Kopontren Al-Qodiri,1976,"Di Jember, sejak 1976",,,https://example.org/1,
mukmin-mandiri,Pondok Pesantren Mukmin Mandiri,35.78,,,,,,https://example.org/2,
""",
    "producers.csv": """\
slug,name,kind,pesantren_slug,notes,notes_en,whatsapp,whatsapp_allowed,sources,example
kopontren-al-qodiri,Kopontren Al-Qodiri,kopontren,al-qodiri,,,0812-3456-7890,yes,,
santri-mukmin,Santri Mukmin Mandiri,santri,mukmin-mandiri,,,,,,kind
umkm-contoh,UMKM Contoh,umkm,,Dapur rumah.,A home kitchen.,,,,name
""",
    "products.csv": """\
slug,producer_slug,name,name_en,category,description,description_en,pillar,unit,price_rupiah,export_markets,state,sources,example
air-al-qodiri,kopontren-al-qodiri,Air Al-Qodiri,Al-Qodiri water,beverage,,,pesantrenpreneur,botol,3000,,curated,,price_rupiah
kopi-mukmin,santri-mukmin,Kopi Mukmin Mandiri,,beverage,,,santripreneur,bungkus,25000,Jepang,proposed,,price_rupiah
kue-contoh,umkm-contoh,Kue Contoh,,food,,,,buah,5000,,proposed,,name
""",
    "credentials.csv": """\
product_slug,scheme,number,issued,expires,sources,example
air-al-qodiri,bpom,MD 123456789012,2019-01-02,2024-01-02,https://example.org/3,
""",
    "edition.csv": """\
slug,name,theme,venue,city,notes,sources,example
2020,OPOP Expo 2020,"Pesantren Berdaya, Masyarakat Sejahtera",Maspion Square,Surabaya,,https://example.org/4,
""",
    "days.csv": """\
date,opens,closes
2020-12-18,,
2020-12-19,09:00,21:00
""",
    "zones.csv": """\
code,name,name_en,order
A,Makanan,Food,1
""",
    "stands.csv": """\
code,name,kind,zone,x,y,width,height,pesantren,description,description_en,example
A01,Al-Qodiri,pesantren,A,0,0,80,60,al-qodiri,,,code|x|y
A02,Pusat minuman,communal,A,100,0,80,60,al-qodiri|mukmin-mandiri,,,code|x|y
A03,UMKM Contoh,umkm,A,200,0,80,60,,,,code|x|y
""",
    "plan.csv": """\
place,kind,zone,name,name_en,x,y,width,height,outline,example
1,hall,,,,0,0,600,400,"0,0 600,0 600,400 0,400",*
2,zone,A,,,0,0,300,100,,*
3,stage,,Panggung utama,Main stage,320,20,200,60,,*
""",
    "offers.csv": """\
stand_code,product_slug,price_rupiah,stock,order,example
A01,air-al-qodiri,3000,40,1,price_rupiah|stock
A02,kopi-mukmin,25000,,1,price_rupiah|stock
A03,kue-contoh,5000,12,1,price_rupiah|stock
""",
}


def write_small_edition(folder: Path) -> Path:
    """Write its files into a folder."""
    for name, content in FILES.items():
        folder.joinpath(name).write_text(content, encoding="utf-8")
    return folder


def change(folder: Path, file: str, before: str, after: str) -> None:
    """Replace a piece of text that stands once in a file."""
    path = folder / file
    content = path.read_text(encoding="utf-8")
    assert content.count(before) == 1, f"{before!r} stands {content.count(before)} times in {file}"
    path.write_text(content.replace(before, after), encoding="utf-8")
