"""The address of the organisers' page of the system's state."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo.health.system_page import system_page

urlpatterns = [path("", admin.site.admin_view(system_page), name="system_state")]
