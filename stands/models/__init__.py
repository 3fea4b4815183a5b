"""Editions, the hall, stands, inquiries, what is derived: a module for each, one name for all."""

from __future__ import annotations

from stands.models.derived import CatalogueChange, SearchEntry, SearchStale, SearchWord, ViewCount
from stands.models.editions import Expo, ExpoDay, ExpoQuerySet, KeptProduct
from stands.models.hall import PlanFeature, PlanFeatureQuerySet, Zone
from stands.models.inquiries import Inquiry, InquiryAnswer, InquiryMail, InquiryQuerySet
from stands.models.stands import FEW, Offer, OfferQuerySet, Stand, StandQuerySet

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
