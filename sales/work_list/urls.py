"""Addresses of the organisers' work list."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.work_list.pages import accept_shown, flag_detail, held_detail, work_list

urlpatterns = [
    path("", admin.site.admin_view(work_list), name="work_list"),
    path("ditahan/<int:held_id>/", admin.site.admin_view(held_detail), name="held_detail"),
    path("tanda/<int:flag_id>/", admin.site.admin_view(flag_detail), name="flag_detail"),
    path("tanda/terima/", admin.site.admin_view(accept_shown), name="accept_shown"),
]
