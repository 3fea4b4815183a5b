"""Addresses of the organisers' pages on a person's data."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo.privacy import desk_page

urlpatterns = [
    path("", admin.site.admin_view(desk_page.person_data), name="person_data"),
    path("unduh/", admin.site.admin_view(desk_page.person_export), name="person_export"),
    path("hapus/", admin.site.admin_view(desk_page.person_erase), name="person_erase"),
]
