"""Addresses of the organisers' pages of editions."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo import editions_desk

urlpatterns = [
    path("", admin.site.admin_view(editions_desk.editions), name="editions"),
    path("baru/", admin.site.admin_view(editions_desk.prepare), name="prepare_edition"),
    path(
        "<edition:edition>/terbitkan/",
        admin.site.admin_view(editions_desk.publish),
        name="publish_edition",
    ),
    path(
        "<edition:edition>/buang/",
        admin.site.admin_view(editions_desk.discard),
        name="discard_edition",
    ),
]
