"""What the organisers' pages beside Django's admin share: the edition asked for, and the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404

from stands.models import Expo

if TYPE_CHECKING:
    from django.http import QueryDict

    from stands.http import SignedInRequest


def expos_at_work() -> list[Expo]:
    """The editions that have a hall or will have one, the current one first."""
    return list(Expo.objects.at_work().order_by("-is_current", "-slug"))


def all_expos() -> list[Expo]:
    """The editions, the current one first."""
    return list(Expo.objects.order_by("-is_current", "-slug"))


def wanted_expo(expos: list[Expo], given: QueryDict) -> Expo | None:
    """The edition that the address names, else the current one; None before there is any."""
    slug = given.get("edisi")
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def admin_frame(request: SignedInRequest, title: str, expo: Expo | None) -> dict[str, Any]:
    """What the admin's own templates want of every page."""
    return {**admin.site.each_context(request), "title": title, "current_expo": expo}


def require(request: SignedInRequest, permission: str) -> None:
    """Refuse who may look at the page and not do what the form asks for."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
