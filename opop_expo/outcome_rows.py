"""Rows of an edition's files that say what came of it, as the values of a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from opop_expo.edition_files import MAX_ORDER, MAX_TOTAL
from outcomes.models import Agreement, Claim, FinancingScheme

if TYPE_CHECKING:
    from opop_expo.edition_files import Row


def scheme(row: Row) -> dict[str, Any]:
    """A scheme of financing; the edition comes from elsewhere."""
    return {
        "code": row.text("code"),
        "name": row.text("name"),
        "name_en": row.text("name_en"),
        "kind": row.choice("kind", FinancingScheme.Kind),
        "institution": row.text("institution"),
        "detail": row.text("detail"),
        "detail_en": row.text("detail_en"),
        "order": row.required_whole("order", most=MAX_ORDER),
        "said_by": row.text("said_by"),
        "sources": row.text("sources"),
        "example_fields": row.text("example"),
    }


def claim(row: Row) -> dict[str, Any]:
    """A claim; the edition and the scheme come from elsewhere."""
    basis = row.choice("basis", Claim.Basis)
    if basis == Claim.Basis.COUNTED:
        row.complain("basis", _("Yang dihitung sistem ini tidak dibaca dari berkas."))
    return {
        "code": row.text("code"),
        "figure": row.choice("figure", Claim.Figure),
        "date": row.date("date"),
        "value": row.whole("value", most=MAX_TOTAL),
        "unit": row.text("unit"),
        "unit_en": row.text("unit_en"),
        "text": row.text("text"),
        "text_en": row.text("text_en"),
        "detail": row.text("detail"),
        "detail_en": row.text("detail_en"),
        "basis": basis,
        "said_by": row.text("said_by"),
        "said_on": row.date("said_on"),
        "is_published": row.is_yes("published"),
        "order": row.required_whole("order", most=MAX_ORDER),
        "sources": row.text("sources"),
        "example_fields": row.text("example"),
    }


def agreement(row: Row) -> dict[str, Any]:
    """A partnership; the edition comes from elsewhere."""
    return {
        "code": row.text("code"),
        "kind": row.choice("kind", Agreement.Kind),
        "state": row.choice("state", Agreement.State),
        "name": row.text("name"),
        "name_en": row.text("name_en"),
        "printed_name": row.text("printed_name"),
        "value_rupiah": row.whole("value_rupiah", most=MAX_TOTAL),
        "signed_on": row.date("signed_on"),
        "detail": row.text("detail"),
        "detail_en": row.text("detail_en"),
        "is_public": row.is_yes("public"),
        "order": row.required_whole("order", most=MAX_ORDER),
        "said_by": row.text("said_by"),
        "said_on": row.date("said_on"),
        "sources": row.text("sources"),
        "example_fields": row.text("example"),
    }


def party(row: Row) -> dict[str, Any]:
    """One of those who agreed; the agreement, producer and pesantren come from elsewhere."""
    country = row.text("country")
    if country and not re.fullmatch("[A-Z]{2}", country):
        row.complain("country", _("Tulis kode negara dua huruf: MY."))
    order = row.required_whole("place", most=MAX_ORDER)
    if order < 1 and row.text("place"):
        row.complain("place", _("Tulis nomor mulai 1."))
    return {
        "order": order,
        "company": row.text("company"),
        "country": country,
        "signatory": row.text("signatory"),
    }
