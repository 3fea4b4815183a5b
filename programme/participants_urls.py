"""Addresses of the organisers' pages of who takes part."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from programme import participants_page as page

view = admin.site.admin_view

urlpatterns = [
    path("", view(page.participants), name="participants"),
    path("csv/", view(page.participants_table), {"kind": "csv"}, name="participants_csv"),
    path("xlsx/", view(page.participants_table), {"kind": "xlsx"}, name="participants_xlsx"),
    path("<int:session_id>/", view(page.session_participants), name="session_participants"),
    path(
        "<int:session_id>/csv/",
        view(page.session_participants_table),
        {"kind": "csv"},
        name="session_participants_csv",
    ),
    path(
        "<int:session_id>/xlsx/",
        view(page.session_participants_table),
        {"kind": "xlsx"},
        name="session_participants_xlsx",
    ),
    path(
        "<int:session_id>/sertifikat/",
        view(page.session_certificates),
        name="session_certificates",
    ),
]
