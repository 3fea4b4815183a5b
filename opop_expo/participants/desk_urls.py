"""Addresses of the organisers' pages of notices."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo.participants.desk_page import notice_detail, notices, notices_csv, notices_xlsx

urlpatterns = [
    path("", admin.site.admin_view(notices), name="notices"),
    path("csv/", admin.site.admin_view(notices_csv), name="notices_csv"),
    path("xlsx/", admin.site.admin_view(notices_xlsx), name="notices_xlsx"),
    path("<uuid:notice_id>/", admin.site.admin_view(notice_detail), name="notice_detail"),
]
