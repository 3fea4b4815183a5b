"""Addresses of the gate counter. They carry no language: one worker serves both pages."""

from __future__ import annotations

from django.urls import path

from programme import counter_page

urlpatterns = [
    path("", counter_page.counter, name="counter"),
    path("en/", counter_page.counter, {"language": "en"}, name="counter_en"),
    path("luring/", counter_page.counter_kept, name="counter_kept"),
    path("luring/en/", counter_page.counter_kept, {"language": "en"}, name="counter_kept_en"),
    path("sw.js", counter_page.counter_worker, name="counter_worker"),
    path("hitung.webmanifest", counter_page.counter_manifest, name="counter_manifest"),
    path("kirim/", counter_page.counter_send, name="counter_send"),
]
