"""Address of the organisers' page of the floor plan."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from stands.plan_editor import plan_editor

urlpatterns = [
    path("", admin.site.admin_view(plan_editor), name="plan_editor"),
]
