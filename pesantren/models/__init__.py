"""Who makes what, and what makers ask of each other: a module for each, one name for all."""

from __future__ import annotations

from pesantren.models.makers import (
    Pesantren,
    Producer,
    Regency,
    in_reader_language,
)
from pesantren.models.notices import Interest, Notice, NoticeQuerySet
from pesantren.models.products import (
    ALT_HELP,
    PILLAR_MEANINGS,
    SCHEME_MEANINGS,
    UNITS,
    Category,
    Credential,
    CredentialQuerySet,
    KeptPhoto,
    Photo,
    Product,
    ProductQuerySet,
)

__all__ = [
    "ALT_HELP",
    "PILLAR_MEANINGS",
    "SCHEME_MEANINGS",
    "UNITS",
    "Category",
    "Credential",
    "CredentialQuerySet",
    "Interest",
    "KeptPhoto",
    "Notice",
    "NoticeQuerySet",
    "Pesantren",
    "Photo",
    "Producer",
    "Product",
    "ProductQuerySet",
    "Regency",
    "in_reader_language",
]
