"""Addresses of the programme's pages."""

from __future__ import annotations

from django.urls import path

from programme import schedule_page

urlpatterns = [
    path("<edition:edition>/jadwal/", schedule_page.schedule, name="schedule"),
    path("<edition:edition>/jadwal.ics", schedule_page.schedule_calendar, name="schedule_calendar"),
    path(
        "<edition:edition>/jadwal/<slug:slug>/",
        schedule_page.session_detail,
        name="session_detail",
    ),
    path(
        "<edition:edition>/jadwal/<slug:slug>.ics",
        schedule_page.session_calendar,
        name="session_calendar",
    ),
]
