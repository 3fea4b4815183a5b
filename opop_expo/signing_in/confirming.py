"""A few things want the password once more, unless it was typed a moment ago.

So that a desk left open for a coffee prints no vouchers and closes no edition. The list is here,
and the admin's site asks it for each of its pages.
"""

from __future__ import annotations

import datetime as dt
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from django import forms
from django.contrib.auth import authenticate
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from events.throttle import TooManyTriesError
from opop_expo.signing_in import sessions
from opop_expo.signing_in.braking import note_password_try
from opop_expo.signing_in.login_page import wait_words
from opop_expo.signing_in.passwords import LONGEST
from opop_expo.signing_in.stepping import safe_next

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from stands.http import SignedInRequest

P = ParamSpec("P")

LASTS = dt.timedelta(minutes=15)
# Money out of nothing, what cannot be taken back, who may do what, and what persons said of
# themselves as a file.
DANGEROUS = {
    "voucher_make",
    "voucher_print",
    # Prints a new voucher in place of one.
    "voucher_detail",
    # Shows a code that makes any tablet a till.
    "pair_tablet",
    "session_participants_csv",
    "session_participants_xlsx",
    "close_edition",
    "discard_edition",
    "publish_edition",
    "account_help",
    "admin:auth_user_add",
    "admin:auth_user_change",
    "admin:auth_user_delete",
    "admin:auth_group_add",
    "admin:auth_group_change",
    "admin:auth_group_delete",
    "person_export",
    "person_erase",
}
# Looked at without it; what their forms carry is a line at most, and typed again.
ONLY_TO_CHANGE = {"account_help", "voucher_detail"}
# Take nothing but a POST, from each other too: the way back leads to where one begins.
BEGINS_AT = {"person_export": "person_data", "person_erase": "person_data"}


def was_confirmed(request: HttpRequest) -> bool:
    """Whether the password was typed in this login within the last quarter of an hour."""
    stamp = request.session.get(sessions.CONFIRMED)
    return stamp is not None and timezone.now().timestamp() - stamp < LASTS.total_seconds()


def to_confirm(request: HttpRequest) -> HttpResponse:
    """The way to the password, and back to the page; what a POST carried has to be sent again."""
    back = request.get_full_path()
    match = request.resolver_match
    if match and match.view_name in BEGINS_AT:
        back = reverse(BEGINS_AT[match.view_name])
    elif request.method == "POST":
        # From the page that has the form: some addresses take nothing but a POST.
        back = urlsplit(request.headers.get("Referer", "")).path or back
    return redirect(f"{reverse('confirm_password')}?{urlencode({'next': back})}")


def confirmed(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """Ask for the password before the view."""

    @wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if was_confirmed(request) else to_confirm(request)

    return guarded


def confirmed_if_dangerous(view: Callable[..., Any]) -> Callable[..., Any]:
    """The same for the pages that are named above, whichever app they belong to."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> Any:
        match = request.resolver_match
        name = match.view_name if match else ""
        is_asked = name in DANGEROUS and (request.method == "POST" or name not in ONLY_TO_CHANGE)
        if is_asked and not was_confirmed(request):
            return to_confirm(request)
        return view(request, *args, **kwargs)

    return guarded


class ConfirmForm(forms.Form):
    """The password alone."""

    password = forms.CharField(
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
def confirm_password(request: SignedInRequest) -> HttpResponse:
    """Ask for the password of who is signed in, and go on; under a new session key."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    context, status = {"form": form, "next": wanted, "error": ""}, 200
    if request.method == "POST":
        try:
            if form.is_valid() and is_right_password(request, form.cleaned_data["password"]):
                request.session.cycle_key()
                request.session[sessions.CONFIRMED] = timezone.now().timestamp()
                return redirect(safe_next(request, wanted))
            status, context["error"] = 422, _("Kata sandi salah.")
        except TooManyTriesError as wait:
            status, context["error"] = 429, wait_words(wait)
    return render(request, "signing_in/confirm.html", context, status=status)


def is_right_password(request: SignedInRequest, password: str) -> bool:
    """Whether it is that of who is signed in; counted as at the login. Raises TooManyTriesError."""
    name = request.user.get_username()
    one = note_password_try(request, name, request.user)
    if authenticate(request, username=name, password=password) is None:
        one.was_wrong()
        return False
    one.was_right()
    return True
