"""The files of the 2020 edition hold every outcome that was reported, each with who says it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.conf import settings
from django.test import TestCase

from opop_expo.edition_files import EditionRefused
from opop_expo.edition_loading import load_edition
from outcomes.financing import financing_of
from outcomes.models import Agreement, Claim, FinancingScheme
from outcomes.partnerships import partnerships_of
from stands.models import Expo
from tests.opop_expo.small_edition import write_small_edition

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

EDITION_2020 = Path(settings.BASE_DIR, "data", "2020")
REPORTED = Path(__file__).with_name("expo_2020_outcomes.csv")
# Sessions are rows of the programme.
SESSIONS = {"talkshow", "training"}
# What is reported, by kind and name, and the claim that holds it.
CLAIM_OF = {
    "Lama pelaksanaan": "lama",
    "Pesantren peserta": "pesantren-32",
    "Stan": "stan-40",
    "Pesantren menurut Unusa": "pesantren-30",
    "Pesantren tergabung dalam OPOP saat itu": "pesantren-program",
    "Total pembiayaan dan bantuan": "pembiayaan",
    "Penerima pembiayaan dan bantuan": "penerima",
    "Kemitraan bisnis ke bisnis dengan franchisor/perusahaan": "mitra-bisnis",
    "Negara yang direncanakan meneken kerja sama": "negara-direncanakan",
    "Negara yang menurut YKPN Jatim sudah mendukung dan meneken MoU": "negara-ykpn",
    "Negara yang menurut YKPN Jatim berminat pada produk OPOP": "negara-berminat",
    "Voucher belanja": "voucher-belanja",
    "Nilai transaksi penjualan stan": "penjualan-ada",
}


def reported() -> list[dict[str, str]]:
    """What was reported of 2020 and is no session."""
    with REPORTED.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] not in SESSIONS]


def addresses(sources: str) -> set[str]:
    return {one.strip() for one in sources.split("|") if one.strip()}


def stored(row: dict[str, str]) -> Claim | FinancingScheme | Agreement:
    """What holds a reported row."""
    if row["kind"] == "financing_scheme":
        return FinancingScheme.objects.get(expo__slug="2020", name=row["name"])
    if row["kind"] in ("b2b_partner", "mou_country"):
        return Agreement.objects.get(expo__slug="2020", name=row["name"])
    claims = Claim.objects.filter(expo__slug="2020")
    if row["name"] in CLAIM_OF:
        return claims.get(code=CLAIM_OF[row["name"]])
    return claims.get(text=row["name"])


@pytest.mark.shown_alike  # that the edition is loaded on both is shown by test_load_edition.py
class TestEdition2020(TestCase):
    """What is in it, loaded once for all."""

    @classmethod
    def setUpTestData(cls) -> None:
        load_edition(EDITION_2020)

    def test_every_reported_outcome_of_2020_is_loaded_with_who_says_it(self) -> None:
        rows = reported()
        assert len(rows) == 37
        for row in rows:
            one = stored(row)
            assert addresses(row["source"]) <= addresses(one.sources), row["name"]
            assert one.said_by, row["name"]
            if isinstance(one, Claim):
                assert one.value == (int(row["value"]) if row["value"] else None), row["name"]
                assert one.basis == Claim.Basis.REPORTED

    def test_nothing_of_2020_is_told_in_one_language_alone(self) -> None:
        for claim in Claim.objects.all():
            assert bool(claim.text) == bool(claim.text_en), claim
            assert bool(claim.detail) == bool(claim.detail_en), claim
            assert bool(claim.unit) == bool(claim.unit_en), claim

    def test_sales_of_2020_have_no_value_and_schemes_no_split(self) -> None:
        held = Claim.objects.get(figure=Claim.Figure.SALES_HELD)
        assert held.value is None
        assert "tidak ditemukan" in held.detail
        assert not Claim.objects.filter(figure=Claim.Figure.SALES).exists()
        kinds = [one.kind for one in FinancingScheme.objects.filter(expo__slug="2020")]
        assert kinds == ["credit", "credit", "grant", "grant"]
        assert not Claim.objects.exclude(scheme=None).exists()

    def test_partners_of_2020_are_named_as_printed(self) -> None:
        partners = Agreement.objects.filter(expo__slug="2020", kind=Agreement.Kind.B2B)
        assert partners.count() == 8
        assert partners.get(name="Go Fish").printed_name == "go fish yaiku KFC"
        assert {one.state for one in partners} == {Agreement.State.REPORTED}
        turkey = Agreement.objects.get(code="turki")
        assert str(turkey.signed_on) == "2020-12-18"
        assert [one.country for one in turkey.parties.all()] == ["TR", "ID"]

    def test_partnerships_of_2020(self) -> None:
        b2b, foreign = partnerships_of(Expo.objects.get(slug="2020"), public_only=True)
        assert [one.agreement.name for one in b2b.partnerships][:2] == ["M2M", "Go Fish"]
        assert (len(b2b.came_about), b2b.known_value_rupiah) == (8, None)
        assert [one.countries for one in foreign.partnerships] == [("MY",), ("TR",)]
        turkey = foreign.partnerships[1].parties
        assert [(one.name, one.country) for one in turkey] == [
            ("Diaspora di Turki", "Turki"),
            ("Pemerintah Provinsi Jawa Timur", "Indonesia"),
        ]

    def test_joint_total_of_2020_has_no_split_and_is_not_accounted_for(self) -> None:
        found = financing_of(Expo.objects.get(slug="2020"))
        assert (found.money.claimed, found.money.recorded) == (4_344_800_000, None)
        assert (found.money.rest, found.money.percent) == (4_344_800_000, 0)
        assert (found.recipients.claimed, found.recipients.recorded) == (13, None)
        assert [one.kind for one in found.kinds] == ["credit", "grant"]
        assert [one.recorded_rupiah for one in found.kinds] == [None, None]
        assert all(not one.money.is_known for one in found.schemes)


def test_published_claim_stays_the_organisers_choice(tmp_path: Path) -> None:
    folder = write_small_edition(tmp_path)
    header = (EDITION_2020 / "claims.csv").read_text().splitlines()[0]
    line = "a,pesantren,,,{value},,,,,,,reported,Unusa,,yes,1,https://example.org/9,"
    (folder / "claims.csv").write_text("\n".join([header, line.format(value=30)]))
    load_edition(folder)
    Claim.objects.update(is_published=False)

    (folder / "claims.csv").write_text("\n".join([header, line.format(value=31)]))
    load_edition(folder)

    claim = Claim.objects.get()
    assert (claim.value, claim.is_published) == (31, False)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("a,pesantren,,,30,,,,,,,reported,,,yes,1,https://example.org/9,", "said_by"),
        ("a,pesantren,,,30,,,,,,,reported,Unusa,,yes,1,,", ""),
        ("a,pesantren,,,,,,,,,,reported,Unusa,,yes,1,https://example.org/9,", ""),
        ("a,pesantren,,,30,,,,,,,counted,Unusa,,yes,1,https://example.org/9,", "basis"),
        ("a,pesantren,,,30,,,,,,,reported,Unusa,,ya,1,https://example.org/9,", "published"),
        ("a,financing,,kur,30,,,,,,,reported,Unusa,,yes,1,https://example.org/9,", "scheme"),
    ],
)
def test_bad_claim_is_reported_at_its_place(tmp_path: Path, line: str, column: str) -> None:
    folder = write_small_edition(tmp_path)
    header = (EDITION_2020 / "claims.csv").read_text().splitlines()[0]
    (folder / "claims.csv").write_text("\n".join([header, line]))

    with pytest.raises(EditionRefused) as refused:
        load_edition(folder)

    places = {(one.file, one.row, one.column) for one in refused.value.problems}
    assert ("claims.csv", 2, column) in places
    assert not Expo.objects.exists()
