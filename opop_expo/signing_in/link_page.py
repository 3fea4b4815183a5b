"""A forgotten password, and the page behind a link at which a new one is chosen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from events.throttle import Limit, TooManyTriesError, address_of, book_try
from opop_expo.signing_in.changing_password import change_password
from opop_expo.signing_in.login_page import wait_words
from opop_expo.signing_in.password_forms import ChosenPasswordForm
from opop_expo.signing_in.password_links import (
    LASTS,
    MAILED,
    accounts_called,
    read_link,
    send_links,
)
from opop_expo.signing_in.stepping import next_step
from stands.origin import public_origin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

HOUR = dt.timedelta(hours=1)
# One account is written to three times, whatever it was called by, and so is one name, and again as
# soon as the first of these links is dead: whoever is written to no more holds one that is good.
# One place asks for at most so many.
LETTERS = Limit("letter", most=3, within=LASTS[MAILED])
ASKED = Limit("letter_from", most=30, within=HOUR)


class ForgottenForm(forms.Form):
    """Who has forgotten it."""

    who = forms.CharField(
        label=gettext_lazy("Nama pengguna atau e-mail"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Send a link to the account's own address. The answer is the same whether there is one."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    context, status = {"form": form, "sent": False, "error": ""}, 200
    if request.method == "POST":
        try:
            book_try(ASKED, address_of(request))
        except TooManyTriesError as wait:
            status, context["error"] = 429, wait_words(wait)
        else:
            if form.is_valid():
                _write_to(request, form.cleaned_data["who"])
                context["sent"] = True
            else:
                status = 422
    return render(request, "signing_in/forgot_password.html", context, status=status)


def _write_to(request: HttpRequest, typed: str) -> None:
    """Nothing is said where there were enough: as many as were sent already say the same."""
    name = salted_hmac("signing_in.name", typed.lower()).hexdigest()[:24]
    if _may_write(name):
        users = accounts_called(typed)
        if not users:
            # Takes as long as for somebody who is there.
            _may_write(f"?{name}")
        send_links([user for user in users if _may_write(f"{user.pk}:")], public_origin(request))


def _may_write(key: str) -> bool:
    try:
        book_try(LETTERS, key)
    except TooManyTriesError:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters("new_password1", "new_password2")
def password_link(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password under a link, and go on to the second step or in."""
    user = read_link(token)
    if user is None:
        return render(request, "signing_in/link_gone.html", status=410)
    form = ChosenPasswordForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change_password(user, form.cleaned_data["new_password1"], by_link=True)
        return next_step(request, user, "")
    context = {"form": form, "user_name": user.get_username()}
    return render(
        request, "signing_in/choose_password.html", context, status=422 if form.errors else 200
    )
