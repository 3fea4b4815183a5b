"""Addresses of the organisers' pages beside Django's own admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.daily_totals import daily_totals, daily_totals_csv

urlpatterns = [
    path("", admin.site.admin_view(daily_totals), name="daily_totals"),
    path("csv/", admin.site.admin_view(daily_totals_csv), name="daily_totals_csv"),
]
