"""Addresses of what organisers print."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo import print_desk

urlpatterns = [
    path("", admin.site.admin_view(print_desk.print_desk), name="print_desk"),
    path("kartu-stan/", admin.site.admin_view(print_desk.stand_cards_pdf), name="stand_cards_pdf"),
    path("harga/", admin.site.admin_view(print_desk.price_cards_pdf), name="price_cards_pdf"),
    path("katalog/", admin.site.admin_view(print_desk.catalogue_pdf), name="catalogue_pdf"),
    path(
        "tablet/", admin.site.admin_view(print_desk.pairing_sheets_pdf), name="pairing_sheets_pdf"
    ),
]
