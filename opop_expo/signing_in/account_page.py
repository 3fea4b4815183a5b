"""One's own account: password, second step, and where one is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.log import log_event
from events.models import Event
from events.throttle import TooManyTriesError
from opop_expo.signing_in import factor, sessions
from opop_expo.signing_in.braking import note_password_try
from opop_expo.signing_in.changing_password import change_password
from opop_expo.signing_in.confirming import confirmed
from opop_expo.signing_in.devices import forget_factor
from opop_expo.signing_in.login_page import sign_out, wait_words
from opop_expo.signing_in.models import PortalSession
from opop_expo.signing_in.password_forms import ChosenPasswordForm

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from stands.http import SignedInRequest


class OwnPasswordForm(ChosenPasswordForm, PasswordChangeForm):
    """The old password and a new one, twice."""


@require_safe
@never_cache
def account(request: SignedInRequest) -> HttpResponse:
    """What there is to see and do of one's own account."""
    user = request.user
    context = {
        "logins": [
            (row, login_name(row), row.session_key == request.session.session_key)
            for row in open_logins(user)
        ],
        "has_factor": factor.has_factor(user),
        "may_have_factor": factor.may_have_factor(user),
        "must_have_factor": factor.must_have_factor(user),
        "codes_left": factor.recovery_codes_left(user),
        "bounds": sessions.bounds_for(user),
        "has_changed": "sandi" in request.GET,
    }
    return render(request, "signing_in/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def own_password(request: SignedInRequest) -> HttpResponse:
    """Change one's own password; every other login ends."""
    form = OwnPasswordForm(request.user, request.POST if request.method == "POST" else None)
    context, status = {"form": form, "error": ""}, 200
    if request.method == "POST":
        status = 422
        try:
            one = note_password_try(request, request.user.get_username(), request.user)
        except TooManyTriesError as wait:
            form = context["form"] = OwnPasswordForm(request.user)
            status, context["error"] = 429, wait_words(wait)
        else:
            is_right = form.is_valid() or "old_password" not in form.errors
            one.was_right() if is_right else one.was_wrong()
    if form.is_valid():
        new = form.cleaned_data["new_password1"]
        change_password(request.user, new, by_link=False, keep=request.session.session_key)
        # Under a new session key, which the change of the password would end as well.
        update_session_auth_hash(request, request.user)
        return redirect(f"{redirect('account')['Location']}?sandi")
    return render(request, "signing_in/own_password.html", context, status=status)


@require_POST
@never_cache
@confirmed
@transaction.atomic
def end_own_logins(request: SignedInRequest) -> HttpResponse:
    """End one of one's logins, or all of them, this one included."""
    user, one = request.user, request.POST.get("login", "")
    if one:
        ended = sum(row.delete()[0] for row in open_logins(user) if login_name(row) == one)
    else:
        forget_factor(user)
        ended = sessions.end_logins(user)
    if ended:
        log_event(Event.Kind.LOGINS_ENDED, user.get_username(), actor=user, data={"ended": ended})
    return redirect("account") if one else sign_out(request)


def open_logins(user: User) -> QuerySet[PortalSession]:
    """Where a person is signed in now, the one used last first."""
    now = timezone.now()
    return PortalSession.objects.filter(user=user, expire_date__gt=now).order_by("-seen_at")


def login_name(row: PortalSession) -> str:
    """What a login is called in a form. Its key would be the login itself."""
    return salted_hmac("signing_in.login", row.session_key).hexdigest()[:16]
