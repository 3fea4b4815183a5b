"""Addresses of the organisers' pages on money at the bank."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.bank import claims_page, matching_page, statements_page, tables_out

guarded = admin.site.admin_view

urlpatterns = [
    path("", guarded(claims_page.bank), name="bank"),
    path("daftar/", guarded(claims_page.bank_list), name="bank_list"),
    path("bayar/<int:payment_id>/", guarded(claims_page.bank_payment), name="bank_payment"),
    path("unggah/", guarded(statements_page.bank_upload), name="bank_upload"),
    path("simpan/", guarded(statements_page.bank_save), name="bank_save"),
    path(
        "mutasi/<int:statement_id>/", guarded(statements_page.bank_statement), name="bank_statement"
    ),
    path(
        "mutasi/<int:statement_id>/tarik/",
        guarded(statements_page.bank_withdraw),
        name="bank_withdraw",
    ),
    path("cocok/", guarded(matching_page.bank_matching), name="bank_matching"),
    path("baris/<int:line_id>/", guarded(matching_page.bank_line), name="bank_line"),
    path("csv/", guarded(tables_out.bank_csv), name="bank_csv"),
    path("xlsx/", guarded(tables_out.bank_xlsx), name="bank_xlsx"),
]
