"""Addresses of the organisers' pages of results."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from outcomes import results_desk

urlpatterns = [
    path("", admin.site.admin_view(results_desk.results_desk), name="results_desk"),
    path(
        "<edition:edition>/isi/",
        admin.site.admin_view(results_desk.results_choice),
        name="results_choice",
    ),
]
