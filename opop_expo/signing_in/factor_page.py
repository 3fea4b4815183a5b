"""Setting up the second step: a QR code for the app, a code back, then the recovery codes."""

from __future__ import annotations

from base64 import b32encode
from typing import TYPE_CHECKING

import segno
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from events.throttle import TooManyTriesError
from opop_expo.signing_in import factor, sessions
from opop_expo.signing_in.braking import note_code_try
from opop_expo.signing_in.confirming import confirmed, to_confirm, was_confirmed
from opop_expo.signing_in.login_page import wait_words
from opop_expo.signing_in.stepping import come_in, pending_next, pending_user

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from stands.http import SignedInRequest

QR_BORDER = 3


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters("code")
def factor_set_up(request: HttpRequest) -> HttpResponse:
    """Show the secret and take a code of it: on the way in, or later from one's own account.

    Somebody on the way in who has a factor already has to prove that one first.
    """
    pending = pending_user(request)
    on_the_way = pending is not None and not factor.has_factor(pending)
    user = pending if on_the_way else request.user
    if not isinstance(user, User) or not factor.may_have_factor(user):
        return redirect("account" if request.user.is_authenticated else "login")
    if not on_the_way and not was_confirmed(request):
        return to_confirm(request)
    error, status = "", 200
    if request.method == "POST":
        try:
            codes = _confirmed_codes(request, user)
        except TooManyTriesError as wait:
            status, error = 429, wait_words(wait)
        else:
            if codes is not None:
                return _taken_into_use(request, user, codes, on_the_way=on_the_way)
            status, error = 422, _("Kode itu salah. Ketik yang tampil sekarang di aplikasi.")
    context = {**shown(factor.unconfirmed(user)), "error": error, "on_the_way": on_the_way}
    return render(request, "signing_in/factor_set_up.html", context, status=status)


def _confirmed_codes(request: HttpRequest, user: User) -> list[str] | None:
    one = note_code_try(request, user)
    codes = factor.confirm(user, request.POST.get("code", "")[:20])
    if codes is None:
        one.was_wrong()
    else:
        one.was_right()
    return codes


def _taken_into_use(
    request: HttpRequest, user: User, codes: list[str], *, on_the_way: bool
) -> HttpResponse:
    """Show the recovery codes, once; all other logins of the person end."""
    go_on = "account"
    headers = None
    if on_the_way:
        entered = come_in(request, user, pending_next(request), by_factor=True)
        go_on, headers = entered["Location"], entered.cookies
    else:
        request.session.cycle_key()
        request.session[sessions.FACTOR] = request.session[sessions.CONFIRMED]
    sessions.end_logins(user, but=request.session.session_key)
    response = render(request, "signing_in/recovery_codes.html", {"codes": codes, "go_on": go_on})
    if headers is not None:
        response.cookies.update(headers)
    return response


@require_POST
@never_cache
@confirmed
def new_recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Ten new ones in place of those of before."""
    if not factor.has_factor(request.user):
        return redirect("account")
    codes = factor.renew_recovery_codes(request.user)
    context = {"codes": codes, "go_on": "account"}
    return render(request, "signing_in/recovery_codes.html", context)


@require_POST
@never_cache
@confirmed
def factor_remove(request: SignedInRequest) -> HttpResponse:
    """Take one's own factor away, where none is required."""
    if not factor.must_have_factor(request.user):
        factor.remove(request.user, actor=request.user)
        sessions.end_logins(request.user, but=request.session.session_key)
    return redirect("account")


def shown(device: TOTPDevice) -> dict[str, str]:
    """The secret as a QR code for a camera, as a link for the same phone, and as letters."""
    link = device.config_url
    svg = segno.make(link, error="m", micro=False).svg_inline(
        border=QR_BORDER, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    letters = b32encode(device.bin_key).decode()
    return {
        "qr": mark_safe(svg),  # noqa: S308, made of numbers by segno
        "link": link,
        "letters": " ".join(letters[at : at + 4] for at in range(0, len(letters), 4)),
    }
