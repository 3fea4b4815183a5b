"""Addresses of the organisers' pages of proof."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.proof import pages as proof_page

urlpatterns = [
    path("", admin.site.admin_view(proof_page.ledger_proof), name="ledger_proof"),
    path("periksa/", admin.site.admin_view(proof_page.prove_ledger), name="prove_ledger"),
    path("sidik/", admin.site.admin_view(proof_page.print_day_digest), name="print_day_digest"),
    path("sidik/<int:digest_id>/", admin.site.admin_view(proof_page.day_digest), name="day_digest"),
    path(
        "sidik/<int:digest_id>/pdf/",
        admin.site.admin_view(proof_page.day_digest_pdf),
        name="day_digest_pdf",
    ),
    path("banding/", admin.site.admin_view(proof_page.compare_digest), name="compare_digest"),
]
