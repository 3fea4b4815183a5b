"""Addresses of the organisers' page on visitors."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from outcomes import visitors_page

urlpatterns = [
    path("", admin.site.admin_view(visitors_page.visitors), name="visitors"),
    path("csv/", admin.site.admin_view(visitors_page.visitors_csv), name="visitors_csv"),
    path("xlsx/", admin.site.admin_view(visitors_page.visitors_xlsx), name="visitors_xlsx"),
]
