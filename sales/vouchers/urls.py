"""Addresses of the organisers' pages on vouchers and on paying them back."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.vouchers import pages as vouchers_page
from sales.vouchers import settlements_page

guarded = admin.site.admin_view

urlpatterns = [
    path("", guarded(vouchers_page.vouchers), name="vouchers"),
    path("buat/", guarded(vouchers_page.voucher_make), name="voucher_make"),
    path("cari/", guarded(vouchers_page.voucher_find), name="voucher_find"),
    path("aturan/", guarded(vouchers_page.voucher_rules), name="voucher_rules"),
    path("kelompok/<int:batch_id>/", guarded(vouchers_page.voucher_batch), name="voucher_batch"),
    path(
        "kelompok/<int:batch_id>/cetak/",
        guarded(vouchers_page.voucher_print),
        name="voucher_print",
    ),
    path("nomor/<int:voucher_id>/", guarded(vouchers_page.voucher_detail), name="voucher_detail"),
    path("lunas/", guarded(settlements_page.settlements), name="settlements"),
    path("lunas/csv/", guarded(settlements_page.settlements_csv), name="settlements_csv"),
    path("lunas/stan/<int:stand_id>/", guarded(settlements_page.settle_stand), name="settle_stand"),
    path(
        "lunas/pelaku/<int:producer_id>/",
        guarded(settlements_page.settle_producer),
        name="settle_producer",
    ),
    path(
        "lunas/bukti/<int:settlement_id>/",
        guarded(settlements_page.settlement_detail),
        name="settlement_detail",
    ),
    path(
        "lunas/bukti/<int:settlement_id>/pdf/",
        guarded(settlements_page.settlement_print),
        name="settlement_print",
    ),
]
