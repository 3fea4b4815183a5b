"""Addresses of the organisers' page on what visitors look at."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo.seen_page import views_seen, views_seen_csv, views_seen_xlsx

urlpatterns = [
    path("", admin.site.admin_view(views_seen), name="views_seen"),
    path("csv/", admin.site.admin_view(views_seen_csv), name="views_seen_csv"),
    path("xlsx/", admin.site.admin_view(views_seen_xlsx), name="views_seen_xlsx"),
]
