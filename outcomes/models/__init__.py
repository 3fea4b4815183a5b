"""Claims, financing, partnerships, results: a module for each, one name for all."""

from __future__ import annotations

from outcomes.models.claims import Claim, ClaimQuerySet
from outcomes.models.financing import Disbursement, FinancingScheme
from outcomes.models.partnerships import Agreement, AgreementParty, AgreementQuerySet
from outcomes.models.results import ResultsChoice, ResultsVersion

__all__ = [
    "Agreement",
    "AgreementParty",
    "AgreementQuerySet",
    "Claim",
    "ClaimQuerySet",
    "Disbursement",
    "FinancingScheme",
    "ResultsChoice",
    "ResultsVersion",
]
