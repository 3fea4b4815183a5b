"""Outcomes for tests: each function makes one row, and takes what the test is about."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from outcomes.models import Agreement, AgreementParty, Claim, Disbursement, FinancingScheme

if TYPE_CHECKING:
    from stands.models import Expo

_numbers = count(1)

SOURCE = "https://example.org/berita"


def make_claim(*, expo: Expo, figure: str = Claim.Figure.PESANTREN, **other: Any) -> Claim:
    """32 pesantren as TIMES Indonesia has it, unless said otherwise; not published."""
    content = {"value": 32, "said_by": "TIMES Indonesia", "sources": SOURCE, **other}
    return Claim.objects.create(expo=expo, figure=figure, **content)


def make_scheme(*, expo: Expo, **other: Any) -> FinancingScheme:
    """A scheme of credit, unless said otherwise."""
    number = next(_numbers)
    content = {"code": f"skema-{number}", "name": f"Skema {number}", "kind": "credit", **other}
    return FinancingScheme.objects.create(expo=expo, **content)


def make_disbursement(*, scheme: FinancingScheme, **other: Any) -> Disbursement:
    """Rp 100.000.000 to a recipient known by name, unless said otherwise."""
    content = {"amount_rupiah": 100_000_000, **other}
    if "producer" not in content:
        content.setdefault("recipient", f"Kopontren {next(_numbers)}")
    return Disbursement.objects.create(scheme=scheme, **content)


def make_agreement(*, expo: Expo, country: str = "", **other: Any) -> Agreement:
    """A B2B partnership as reported, unless said otherwise, with one party."""
    content = {"kind": "b2b", "state": "reported", "name": f"Mitra {next(_numbers)}", **other}
    agreement = Agreement.objects.create(expo=expo, **content)
    AgreementParty.objects.create(agreement=agreement, company=agreement.name, country=country)
    return agreement
