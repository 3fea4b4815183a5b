"""Addresses of the organisers' pages on what came of an edition."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from outcomes import agreements_page, claims_page, desk_page, financing_page

urlpatterns = [
    path("", admin.site.admin_view(desk_page.outcomes_desk), name="outcomes_desk"),
    path("klaim/", admin.site.admin_view(claims_page.claims), name="claims"),
    path("klaim/hitung/", admin.site.admin_view(claims_page.claim_count), name="claim_count"),
    path("klaim/catat/", admin.site.admin_view(claims_page.claim_add), name="claim_add"),
    path(
        "klaim/<int:claim_id>/",
        admin.site.admin_view(claims_page.claim_change),
        name="claim_change",
    ),
    path(
        "klaim/<int:claim_id>/terbitkan/",
        admin.site.admin_view(claims_page.claim_publish),
        name="claim_publish",
    ),
    path("pembiayaan/", admin.site.admin_view(financing_page.financing), name="financing"),
    path(
        "pembiayaan/catat/",
        admin.site.admin_view(financing_page.disbursement_add),
        name="disbursement_add",
    ),
    path(
        "pembiayaan/<int:disbursement_id>/",
        admin.site.admin_view(financing_page.disbursement_change),
        name="disbursement_change",
    ),
    path(
        "pembiayaan/skema/tambah/",
        admin.site.admin_view(financing_page.scheme_add),
        name="scheme_add",
    ),
    path(
        "pembiayaan/skema/<int:scheme_id>/",
        admin.site.admin_view(financing_page.scheme_change),
        name="scheme_change",
    ),
    path("kerja-sama/", admin.site.admin_view(agreements_page.agreements), name="agreements"),
    path(
        "kerja-sama/catat/",
        admin.site.admin_view(agreements_page.agreement_add),
        name="agreement_add",
    ),
    path(
        "kerja-sama/dari-minat/<uuid:inquiry_id>/",
        admin.site.admin_view(agreements_page.agreement_from_inquiry),
        name="agreement_from_inquiry",
    ),
    path(
        "kerja-sama/<int:agreement_id>/",
        admin.site.admin_view(agreements_page.agreement_change),
        name="agreement_change",
    ),
    path(
        "kerja-sama/<int:agreement_id>/dokumen/",
        admin.site.admin_view(agreements_page.agreement_document),
        name="agreement_document",
    ),
    path(
        "kerja-sama/<int:agreement_id>/dokumen/buka/",
        admin.site.admin_view(agreements_page.agreement_document_open),
        name="agreement_document_open",
    ),
]
