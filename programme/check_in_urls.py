"""Addresses of check-in. They carry no language: one worker serves both pages."""

from __future__ import annotations

from django.urls import path

from programme import check_in_page, check_in_views

urlpatterns = [
    path("", check_in_page.check_in, name="check_in"),
    path("en/", check_in_page.check_in, {"language": "en"}, name="check_in_en"),
    path("luring/", check_in_page.check_in_kept, name="check_in_kept"),
    path("luring/en/", check_in_page.check_in_kept, {"language": "en"}, name="check_in_kept_en"),
    path("sw.js", check_in_page.check_in_worker, name="check_in_worker"),
    path("hadir.webmanifest", check_in_page.check_in_manifest, name="check_in_manifest"),
    path("kiriman/", check_in_views.check_in_send, name="check_in_send"),
    path("daftar/<int:session_id>/", check_in_views.check_in_list, name="check_in_list"),
]
