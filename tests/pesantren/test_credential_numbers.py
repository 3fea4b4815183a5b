"""Which numbers of credentials are doubted, scheme by scheme."""

from __future__ import annotations

import datetime as dt

import pytest

from pesantren.credential_numbers import doubtful_products, doubts_about
from pesantren.models import Credential
from tests.make import make_credential, make_product

GOOD = [
    ("pirt", "P-IRT 206357801 0123-27"),
    ("pirt", "PIRT No. 2063578010123-27"),
    ("pirt", "2 06 3509 01 0123 27"),
    ("pirt", "2063509010123–27"),
    ("bpom", "BPOM RI MD 224510100123"),
    ("bpom", "MD 224510100123456"),
    ("bpom", "POM TR 183600731"),
    ("bpom", "NA 18171234567"),
    ("halal", "ID35110000123450521"),
    ("halal", "ID 35110 00012345 0521"),
    ("halal", "LPPOM-15160010010608"),
    ("halal", "15160010010608"),
    ("nib", "1234567890123"),
    ("nib", "NIB: 9120 1066 5432 1"),
    ("sni", "SNI 01-3553-2015"),
    ("sni", "SNI 3553:2015"),
    ("sni", "SNI ISO/IEC 17025:2017"),
    ("sni", "SNI 2973-1:2018"),
    ("merek", "IDM000123456"),
]

DOUBTFUL = [
    ("pirt", "206357801", "15 angka, di sini ada 9"),
    ("pirt", "206357801012", "bentuk lama"),
    ("pirt", "9063578010123-27", "jenis kemasan"),
    ("pirt", "2993578010123-27", "jenis pangan"),
    ("pirt", "2063273010123-27", "3273 bukan di Jawa Timur"),
    ("pirt", "dalam proses", "Tidak ada angka"),
    ("pirt", "P-IRT 20635780A0123-27", "angka saja"),
    ("bpom", "MD 22451010012", "12 atau 15 angka, di sini 11"),
    ("bpom", "224510100123", "dua huruf"),
    ("bpom", "P-IRT 2063578010123-27", "Pilih P-IRT"),
    ("bpom", "ML 224510100123", "barang impor"),
    ("halal", "ID3511000012345052", "17 angka"),
    ("halal", "KH-0123-2021", "ketetapan halal"),
    ("halal", "35110000123450521", "17 angka"),
    ("nib", "123456789012", "13 angka"),
    ("sni", "SNI 3553", "nomor lalu tahun"),
    ("merek", "DID2021012345", "permohonan"),
    ("merek", "IDM00012345", "9 angka"),
    ("merek", "CONTOH-MEREK-0001", "9 angka"),
]


@pytest.mark.parametrize(("scheme", "number"), GOOD)
def test_number_in_a_form_that_its_office_gives_is_not_doubted(scheme: str, number: str) -> None:
    assert doubts_about(scheme, number) == []


@pytest.mark.parametrize(("scheme", "number", "words"), DOUBTFUL)
def test_number_in_another_form_is_doubted_in_words(scheme: str, number: str, words: str) -> None:
    assert words in " ".join(doubts_about(scheme, number))


def test_every_scheme_has_a_form() -> None:
    for scheme in Credential.Scheme:
        assert doubts_about(scheme, "1"), scheme


def test_pirt_that_ends_in_another_year_than_its_number_says_is_doubted() -> None:
    number = "2063509010123-27"
    assert doubts_about("pirt", number, expires=dt.date(2027, 4, 1)) == []
    [doubt] = doubts_about("pirt", number, expires=dt.date(2026, 4, 1))
    assert "sampai 2027, tetapi tertulis 2026" in doubt


@pytest.mark.parametrize("number", ["", "٣٤٥", "१२३", "1" * 60, "²³", "\U0001d7d9" * 13])
def test_odd_text_is_doubted_and_breaks_nothing(number: str) -> None:
    for scheme in Credential.Scheme:
        assert doubts_about(scheme, number)


@pytest.mark.django_db
def test_products_with_a_doubtful_number_are_found() -> None:
    fine, odd = make_product(), make_product()
    make_credential(product=fine, scheme="nib", number="1234567890123")
    make_credential(product=odd, scheme="nib", number="123")

    assert doubtful_products(Credential.objects.all()) == {odd.pk}
