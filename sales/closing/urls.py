"""Addresses of the organisers' pages on the closing of the day."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.closing.pages import (
    close_detail,
    closings,
    closings_csv,
    closings_xlsx,
    see_held_closing,
)

urlpatterns = [
    path("", admin.site.admin_view(closings), name="closings"),
    path("csv/", admin.site.admin_view(closings_csv), name="closings_csv"),
    path("xlsx/", admin.site.admin_view(closings_xlsx), name="closings_xlsx"),
    path("<uuid:close_id>/", admin.site.admin_view(close_detail), name="close_detail"),
    path(
        "ditahan/<int:held_id>/", admin.site.admin_view(see_held_closing), name="see_held_closing"
    ),
]
