"""Addresses of the organisers' pages of inquiries."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from stands.inquiries_page import inquiries, inquiry_detail

urlpatterns = [
    path("", admin.site.admin_view(inquiries), name="inquiries"),
    path("<uuid:inquiry_id>/", admin.site.admin_view(inquiry_detail), name="inquiry_detail"),
]
