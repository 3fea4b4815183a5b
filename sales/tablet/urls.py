"""Addresses of the tablet. They carry no language: the tablet's language is its own setting."""

from __future__ import annotations

from django.urls import path

from sales.tablet import cashier_pin
from sales.tablet import pages as tablet_pages
from sales.tablet import views as tablet_views
from sales.vouchers import claiming

urlpatterns = [
    path("", tablet_pages.tablet, name="tablet"),
    path("en/", tablet_pages.tablet, {"language": "en"}, name="tablet_en"),
    path("sw.js", tablet_pages.worker, name="tablet_worker"),
    path("kasir.webmanifest", tablet_pages.manifest, name="tablet_manifest"),
    path("kabar/", tablet_views.contact, name="tablet_contact"),
    path("penjualan/", tablet_views.one_sale, name="tablet_sale"),
    path("kiriman/", tablet_views.batch, name="tablet_batch"),
    path("petugas/", cashier_pin.check_pin, name="tablet_pin"),
    path("voucher/", claiming.tablet_voucher, name="tablet_voucher"),
    path("barang/", tablet_views.change_offer, name="tablet_offer"),
]
