"""Addresses of the organisers' pages of the curation."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from stands.curation_page import curation, export_rules, judge_products

urlpatterns = [
    path("", admin.site.admin_view(curation), name="curation"),
    path("putuskan/", admin.site.admin_view(judge_products), name="judge_products"),
    path("aturan/", admin.site.admin_view(export_rules), name="export_rules"),
]
