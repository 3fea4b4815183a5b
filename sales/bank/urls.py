"""Addresses of the organisers' pages on money at the bank."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.bank import pages as page

guarded = admin.site.admin_view

urlpatterns = [
    path("", guarded(page.bank), name="bank"),
    path("daftar/", guarded(page.bank_list), name="bank_list"),
    path("bayar/<int:payment_id>/", guarded(page.bank_payment), name="bank_payment"),
    path("unggah/", guarded(page.bank_upload), name="bank_upload"),
    path("simpan/", guarded(page.bank_save), name="bank_save"),
    path("mutasi/<int:statement_id>/", guarded(page.bank_statement), name="bank_statement"),
    path("cocok/", guarded(page.bank_matching), name="bank_matching"),
    path("baris/<int:line_id>/", guarded(page.bank_line), name="bank_line"),
    path("csv/", guarded(page.bank_csv), name="bank_csv"),
    path("xlsx/", guarded(page.bank_xlsx), name="bank_xlsx"),
]
