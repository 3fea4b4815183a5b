"""The public page on personal data: made from the register's purposes, the same for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from opop_expo.privacy.purposes import PURPOSES
from stands.kept_pages import portal_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@login_not_required
@portal_page
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, why, how long and who sees it, and what a person may ask for."""
    contact: str = settings.PRIVACY_CONTACT
    context = {
        "purposes": PURPOSES,
        "controller": settings.PRIVACY_CONTROLLER,
        "contact": contact,
        "is_email": "@" in contact and " " not in contact,
    }
    return render(request, "opop_expo/privacy.html", context)
