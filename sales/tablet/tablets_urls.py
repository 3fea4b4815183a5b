"""Addresses of the organisers' page on tills and tablets."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from sales.tablet.tablets_page import code_state, pair_tablet, revoke_tablet, tablets

urlpatterns = [
    path("", admin.site.admin_view(tablets), name="tablets"),
    path("pasang/<int:stand_id>/", admin.site.admin_view(pair_tablet), name="pair_tablet"),
    path("kode/<int:code_id>/", admin.site.admin_view(code_state), name="code_state"),
    path("cabut/<int:tablet_id>/", admin.site.admin_view(revoke_tablet), name="revoke_tablet"),
]
