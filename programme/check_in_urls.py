"""Addresses of check-in. They carry no language: a device's language is its own setting."""

from __future__ import annotations

from django.urls import path

from programme import check_in_views

urlpatterns = [
    path("kiriman/", check_in_views.check_in_send, name="check_in_send"),
    path("daftar/<int:session_id>/", check_in_views.check_in_list, name="check_in_list"),
]
