"""Addresses of the till."""

from __future__ import annotations

from django.urls import path

from sales import seen, views
from sales.closing import till_form as till_closing
from sales.tablet import pairing_views

urlpatterns = [
    path("", views.till, name="till"),
    path("formulir/", views.till_form, name="till_form"),
    path("pasang/", pairing_views.pairing, name="pairing"),
    path("pasang/<code>/", pairing_views.pairing_confirm, name="pairing_confirm"),
    path("tutup/", till_closing.till_closing, name="till_closing"),
    path("dilihat/", seen.stand_seen, name="stand_seen"),
    path("riwayat/", views.history, name="history"),
    path("nota/<uuid:sale_id>/", views.receipt, name="receipt"),
    path("nota/<uuid:sale_id>/batal/", views.reversal, name="reversal"),
]
