"""Addresses of the organisers' page on who did what."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo.event_log import event_log, event_log_csv, event_log_xlsx

urlpatterns = [
    path("", admin.site.admin_view(event_log), name="event_log"),
    path("csv/", admin.site.admin_view(event_log_csv), name="event_log_csv"),
    path("xlsx/", admin.site.admin_view(event_log_xlsx), name="event_log_xlsx"),
]
