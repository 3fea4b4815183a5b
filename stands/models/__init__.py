"""The hall, what is written to makers, and what is derived: a module for each, one name for all."""

from __future__ import annotations

from stands.models.derived import CatalogueChange, SearchEntry, SearchStale, SearchWord, ViewCount
from stands.models.hall import (
    FEW,
    Expo,
    ExpoDay,
    ExpoQuerySet,
    KeptProduct,
    Offer,
    OfferQuerySet,
    PlanFeature,
    PlanFeatureQuerySet,
    Stand,
    StandQuerySet,
    Zone,
)
from stands.models.inquiries import Inquiry, InquiryAnswer, InquiryMail, InquiryQuerySet

__all__ = [
    "FEW",
    "CatalogueChange",
    "Expo",
    "ExpoDay",
    "ExpoQuerySet",
    "Inquiry",
    "InquiryAnswer",
    "InquiryMail",
    "InquiryQuerySet",
    "KeptProduct",
    "Offer",
    "OfferQuerySet",
    "PlanFeature",
    "PlanFeatureQuerySet",
    "SearchEntry",
    "SearchStale",
    "SearchWord",
    "Stand",
    "StandQuerySet",
    "ViewCount",
    "Zone",
]
