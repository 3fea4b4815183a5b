"""The results page of 2020 says all that was reported, in both languages, with its source."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from pesantren.money import rupiah, thousands
from tests.edition_2020 import loaded
from tests.outcomes.page_tree import Node, main_of

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

pytestmark = pytest.mark.shown_alike

REPORTED = Path(__file__).with_name("expo_2020_outcomes.csv")
# Of each row the figure that says it, and words that say it in English.
PLACES: dict[str, tuple[str, str]] = {
    "Lama pelaksanaan": ("scale.days", "18 to 20 December 2020"),
    "Pesantren peserta": ("scale.pesantren", "came to know each other"),
    "Stan": ("scale.stands", "announced before the event"),
    "Pesantren menurut Unusa": ("scale.pesantren.claim-pesantren-30", "of about 40 participants"),
    "Pesantren tergabung dalam OPOP saat itu": (
        "scale.pesantren_in_programme",
        "150 in 2019, joined by 200 in 2020",
    ),
    "Talkshow struktur pembiayaan": (
        "sessions.sessions.talkshow-struktur-pembiayaan",
        "cooperatives and small businesses",
    ),
    "Pelatihan aplikasi Smart Pesantren": (
        "sessions.sessions.pelatihan-smart-pesantren",
        "Training in the app Smart Pesantren",
    ),
    "Pelatihan aplikasi OPOP Mart": (
        "sessions.sessions.pelatihan-opop-mart",
        "Training in the app OPOP Mart",
    ),
    "Pelatihan dobel omzet": (
        "sessions.sessions.pelatihan-dobel-omzet",
        "Training in doubling turnover",
    ),
    "Pelatihan business model canvas": (
        "sessions.sessions.pelatihan-business-model-canvas",
        "Training in the business model canvas",
    ),
    "Total pembiayaan dan bantuan": ("financing.financing", "under four schemes"),
    "Penerima pembiayaan dan bantuan": ("financing.financing_recipients", "UMKM and kopontren"),
    "Kredit usaha rakyat dana bergulir": (
        "financing.schemes.kur-dana-bergulir",
        "People's business credit from a revolving fund",
    ),
    "Kredit kemitraan usaha mikro kecil (UMK)": (
        "financing.schemes.kredit-kemitraan-umk",
        "Partnership credit for micro and small businesses",
    ),
    "Bantuan produktif usaha mikro": (
        "financing.schemes.bantuan-usaha-mikro",
        "Productive grant for micro businesses",
    ),
    "Bantuan pengembangan usaha sektor riil kopontren": (
        "financing.schemes.bantuan-sektor-riil-kopontren",
        "Grant to develop the real-sector business of kopontren",
    ),
    "Kemitraan bisnis ke bisnis dengan franchisor/perusahaan": (
        "partnerships.partners_b2b",
        "Business-to-business partnerships",
    ),
    "M2M": ("partnerships.partners_b2b.m2m", "M2M"),
    "Go Fish": ("partnerships.partners_b2b.go-fish", "go fish yaiku KFC"),
    "Raja Jamur": ("partnerships.partners_b2b.raja-jamur", "Raja Jamur"),
    "Ginrass": ("partnerships.partners_b2b.ginrass", "Ginrass"),
    "Sarung Mangga": ("partnerships.partners_b2b.sarung-mangga", "Sarung Mangga"),
    "Co Branding": ("partnerships.partners_b2b.co-branding", "Co Branding"),
    "JTDigital": ("partnerships.partners_b2b.jtdigital", "JTDigital"),
    "Co Branding Dear N Dear": (
        "partnerships.partners_b2b.co-branding-dear-n-dear",
        "Co Branding Dear N Dear",
    ),
    "Perjanjian kerja sama luar negeri": (
        "partnerships.foreign-kerja-sama-luar-negeri",
        "Cooperation agreements with foreign countries",
    ),
    "Perjanjian kerja sama dengan pesantren dan alumni pesantren": (
        "partnerships.pesantren_alumni-kerja-sama-pesantren-alumni",
        "Cooperation agreements with pesantren and their alumni",
    ),
    "MoU dengan sejumlah pesantren dan mitra luar negeri": (
        "partnerships.foreign-mou-pembukaan",
        "MoUs with a number of pesantren and foreign partners",
    ),
    "Malaysia": ("partnerships.countries_signed.malaysia", "Malaysia"),
    "Turki": ("partnerships.countries_signed.turki", "Turkey"),
    "Negara yang direncanakan meneken kerja sama": (
        "partnerships.countries_planned",
        "Announced before the event",
    ),
    "Negara yang menurut YKPN Jatim sudah mendukung dan meneken MoU": (
        "partnerships.countries_reported",
        "have signed an MoU",
    ),
    "Negara yang menurut YKPN Jatim berminat pada produk OPOP": (
        "partnerships.countries_interested",
        "interested in OPOP products",
    ),
    "Voucher belanja": ("vouchers.voucher_value", "Handed out at the closing"),
    "Peresmian aplikasi OPOP Mart": ("statements.launch-opop-mart", "Launch of the app OPOP Mart"),
    "Pendampingan merek dan sertifikasi halal": (
        "statements.service-merek-dan-halal",
        "Help with trademarks and halal certificates",
    ),
    "Pembukaan oleh Gubernur Khofifah Indar Parawansa": (
        "statements.opening-dibuka-gubernur",
        "Opened by Governor Khofifah Indar Parawansa",
    ),
    "Gagasan tagline Pesantren Berdaya, Masyarakat Sejahtera": (
        "statements.opening-tagline",
        "a prosperous people",
    ),
    "Protokol kesehatan": ("statements.health-protokol-kesehatan", "Rapid tests"),
    "Produk yang disebut tampil": ("statements.product_shown-produk-tampil", "Soy-milk products"),
    "Produk lain yang disebut sebelum acara": (
        "statements.product_shown-produk-sebelum-acara",
        "spiced coffee",
    ),
    "Nilai transaksi penjualan stan": ("sales.sales", "Sales at every stand"),
}
# Of the details, words that the page says otherwise.
OTHERWISE = {"angka", "jatim", "ditulis", "sasaran", "sebagai", "sumber", "terhubungnya"}


def reported() -> list[dict[str, str]]:
    with REPORTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def value_of(row: dict[str, str]) -> str:
    """The value as a page writes it."""
    if not row["value"]:
        return ""
    write = rupiah if row["unit"] == "rupiah" else thousands
    return write(int(row["value"]))


def addresses_of(node: Node, page: Node) -> set[str]:
    """Where the sources of a figure lead."""
    links = set()
    for source in node.all("data-source"):
        [reference] = page.all("id", f"sumber-{source.attributes['data-source']}")
        links |= {one.attributes["href"] for one in reference.walk() if one.name == "a"}
    return links


@pytest.fixture(scope="module")
def texts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """The results page of 2020 in each language, as it is sent."""
    with loaded(django_db_blocker):
        return {
            language: Client().get(f"{prefix}/2020/hasil/").content.decode()
            for language, prefix in (("id", ""), ("en", "/en"))
        }


@pytest.fixture
def pages(texts: dict[str, str]) -> dict[str, Node]:
    return {language: main_of(text) for language, text in texts.items()}


def test_the_page_of_2020_says_every_row(pages: dict[str, Node]) -> None:
    rows = reported()
    assert {row["name"] for row in rows} == set(PLACES)
    assert len([row for row in rows if "timesindonesia" in row["source"]]) == 26
    for language, page in pages.items():
        for row in rows:
            check(row, page, language)


def check(row: dict[str, str], page: Node, language: str) -> None:
    """The figure of a row says its value, its words, and where they come from."""
    path, english = PLACES[row["name"]]
    node = page.all("data-figure", path)[0]
    words = node.text.casefold()
    assert value_of(row).casefold() in words, (row["name"], node.text)
    if language == "en":
        assert english.casefold() in words, (row["name"], node.text)
    else:
        said = set(re.findall(r"[\w.]*\w", words))
        wanted = set(re.findall(r"[\w.]*\w", row["detail"].casefold()))
        missing = {one for one in wanted - said if len(one) > 4} - OTHERWISE
        assert not missing, (row["name"], missing, node.text)
    sources = {one.strip() for one in row["source"].split("|")}
    assert sources & addresses_of(node, page), (row["name"], sources)


def test_sales_and_visitors_of_2020_are_unknown_and_not_nought(pages: dict[str, Node]) -> None:
    for page in pages.values():
        [sales] = page.all("data-figure", "sales.sales")
        assert "TIMES Indonesia" in sales.text
        assert "Rp" not in sales.text
        [visitors] = page.all("data-figure", "visitors.visitors")
        assert not re.search(r"\d", visitors.text)
        assert not re.search(r"\bRp 0\b", page.text)


# Where no figure is said: what the page is, who says what, and what is made of the figures above.
NO_FIGURES = {"results-head", "note", "result-press", "result-sources", "result-changes"}


def unsourced(page: Node) -> list[str]:
    """Figures without a source, and numbers that stand outside of any figure."""
    found = []
    for node in page.all("data-figure"):
        is_sourced = any(
            above.all("data-source") for above in node.above() if "data-figure" in above.attributes
        )
        is_unknown = any(one.has_class("fact-missing") for one in node.walk())
        if not is_sourced and not is_unknown:
            found.append(node.attributes["data-figure"])
    for node in page.walk():
        if node.name or not re.search(r"\d", node.words):
            continue
        above = list(node.above())
        if any(one.has_class(name) for one in above for name in NO_FIGURES):
            continue
        if not any("data-figure" in one.attributes for one in above):
            found.append(node.words)
    return found


def test_no_figure_of_2020_stands_without_a_source(pages: dict[str, Node]) -> None:
    for page in pages.values():
        assert len(page.all("data-figure")) > 50
        assert unsourced(page) == []
        for source in page.all("data-source"):
            [reference] = page.all("id", f"sumber-{source.attributes['data-source']}")
            has_link = any(one.name == "a" for one in reference.walk())
            assert has_link or re.search("sistem ini|this system", reference.text)


def test_a_figure_without_a_source_would_be_found(pages: dict[str, Node]) -> None:
    """The negative control: without its source, or outside of any figure, it is complained of."""
    page = pages["id"]
    for node in page.all("data-source"):
        del node.attributes["data-source"]
    assert "financing.financing" in unsourced(page)
    [fact] = page.all("data-figure", "scale.days")
    del fact.attributes["data-figure"]
    assert "3" in {words.strip() for words in unsourced(page)}
