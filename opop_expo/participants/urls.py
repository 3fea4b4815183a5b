"""Addresses of the participants among themselves."""

from __future__ import annotations

from django.urls import path

from opop_expo.participants.notices_page import (
    notice_add,
    notice_answer,
    notice_change,
    notice_close,
    own_notices,
)
from opop_expo.participants.pages import participant_detail, participant_list, suggestions

urlpatterns = [
    path("", participant_list, name="participant_list"),
    path("saran/", suggestions, name="suggestions"),
    path("pelaku/<slug:slug>/", participant_detail, name="participant_detail"),
    path("kabar/", own_notices, name="own_notices"),
    path("kabar/baru/", notice_add, name="notice_add"),
    path("kabar/<uuid:notice_id>/", notice_answer, name="notice_answer"),
    path("kabar/<uuid:notice_id>/ubah/", notice_change, name="notice_change"),
    path("kabar/<uuid:notice_id>/tutup/", notice_close, name="notice_close"),
]
