"""Addresses where organisers deliver what a tablet without a network has sold."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.tablet.receiving_page import receiving, receiving_save

urlpatterns = [
    path("", admin.site.admin_view(receiving), name="receiving"),
    path("simpan/", admin.site.admin_view(receiving_save), name="receiving_save"),
]
