"""Addresses of the organisers' pages beside Django's own admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.totals.daily import daily_totals, daily_totals_csv, daily_totals_xlsx
from sales.totals.pulse import pulse
from sales.totals.report import daily_totals_report

urlpatterns = [
    path("", admin.site.admin_view(daily_totals), name="daily_totals"),
    path("csv/", admin.site.admin_view(daily_totals_csv), name="daily_totals_csv"),
    path("xlsx/", admin.site.admin_view(daily_totals_xlsx), name="daily_totals_xlsx"),
    path("laporan/", admin.site.admin_view(daily_totals_report), name="daily_totals_report"),
    # Beside the login and not behind it: see there.
    path("denyut/", pulse, name="pulse"),
]
