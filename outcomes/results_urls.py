"""Addresses of an edition's results."""

from __future__ import annotations

from django.urls import path

from outcomes import results_page

urlpatterns = [
    path("<edition:edition>/hasil/", results_page.results, name="results"),
    path("<edition:edition>/hasil.json", results_page.results_json, name="results_json"),
    path("<edition:edition>/hasil.csv", results_page.results_csv, name="results_csv"),
    path(
        "<edition:edition>/hasil/<int:number>/",
        results_page.results_version,
        name="results_version",
    ),
]
