"""Addresses of the organisers' imports."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo.imports import pages

urlpatterns = [
    path("", admin.site.admin_view(pages.imports), name="imports"),
    path(
        "kerja/<uuid:job_id>/",
        admin.site.admin_view(pages.import_job),
        name="import_job",
    ),
    path(
        "kerja/<uuid:job_id>/lanjut/",
        admin.site.admin_view(pages.import_work),
        name="import_work",
    ),
    path(
        "kerja/<uuid:job_id>/simpan/",
        admin.site.admin_view(pages.import_save),
        name="import_save",
    ),
    path(
        "kerja/<uuid:job_id>/batal/",
        admin.site.admin_view(pages.import_discard),
        name="import_discard",
    ),
    path(
        "kerja/<uuid:job_id>/masalah.csv",
        admin.site.admin_view(pages.import_problems),
        name="import_problems",
    ),
    path("<slug:kind>/", admin.site.admin_view(pages.import_upload), name="import_upload"),
    path(
        "<slug:kind>/templat.<slug:ending>",
        admin.site.admin_view(pages.import_template),
        name="import_template",
    ),
]
