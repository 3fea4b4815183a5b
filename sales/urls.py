"""Addresses of the till."""

from __future__ import annotations

from django.urls import path

from sales import views

urlpatterns = [
    path("", views.till, name="till"),
    path("riwayat/", views.history, name="history"),
    path("nota/<uuid:sale_id>/", views.receipt, name="receipt"),
    path("nota/<uuid:sale_id>/batal/", views.reversal, name="reversal"),
]
