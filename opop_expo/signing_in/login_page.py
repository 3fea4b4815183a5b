"""The one login of the portal, and its second step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import User
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from events.throttle import TooManyTriesError
from opop_expo.signing_in import factor
from opop_expo.signing_in.braking import note_code_try, note_password_try
from opop_expo.signing_in.passwords import LONGEST
from opop_expo.signing_in.stepping import come_in, next_step, pending_next, pending_user

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

PASSWORD = forms.PasswordInput(attrs={"autocomplete": "current-password"})


class SignInForm(forms.Form):
    """A name and a password, taken as they are typed."""

    username = UsernameField(
        label=gettext_lazy("Nama pengguna"),
        max_length=150,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("Kata sandi"), strip=False, max_length=LONGEST, widget=PASSWORD
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        if data and data.get("username"):
            # Typed again is the password, which no page gives back.
            del self.fields["username"].widget.attrs["autofocus"]
            self.fields["password"].widget.attrs["autofocus"] = True


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password. A wrong name and a wrong password are answered alike."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    context = {"form": SignInForm(), "next": wanted, "error": ""}
    if request.method != "POST":
        return render(request, "signing_in/login.html", context)
    form = context["form"] = SignInForm(request.POST)
    status, user = 422, None
    try:
        user = _proved(request, form)
    except TooManyTriesError as wait:
        status, context["error"] = 429, wait_words(wait)
    else:
        if user is not None:
            return next_step(request, user, wanted)
        context["error"] = _(
            "Nama pengguna atau kata sandi salah. Perhatikan huruf besar dan kecil."
        )
    return render(request, "signing_in/login.html", context, status=status)


def _proved(request: HttpRequest, form: SignInForm) -> User | None:
    """Whose name and password it is. Raises TooManyTriesError."""
    if not form.is_valid():
        return None
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    one = note_password_try(request, name, User.objects.filter(username=name).first())
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        one.was_wrong()
        return None
    one.was_right()
    return user


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
@sensitive_post_parameters("code")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the app, or for a recovery code."""
    user = pending_user(request)
    if user is None or not factor.has_factor(user):
        return redirect("login")
    by_recovery = "pemulihan" in (request.POST.get("cara"), request.GET.get("cara"))
    context = {"by_recovery": by_recovery, "error": "", "name": user.get_username()}
    if request.method != "POST":
        return render(request, "signing_in/code.html", context)
    status, right = 422, False
    try:
        right = _is_right(request, user, by_recovery=by_recovery)
    except TooManyTriesError as wait:
        status, context["error"] = 429, wait_words(wait)
    else:
        context["error"] = (
            _("Kode pemulihan itu salah atau sudah dipakai.")
            if by_recovery
            else _("Kode itu salah atau sudah lewat. Ketik yang tampil sekarang.")
        )
    if right:
        skip = request.POST.get("ingat") == "1" and not by_recovery
        return come_in(request, user, pending_next(request), by_factor=True, skip_factor_here=skip)
    return render(request, "signing_in/code.html", context, status=status)


def _is_right(request: HttpRequest, user: User, *, by_recovery: bool) -> bool:
    one = note_code_try(request, user)
    given = request.POST.get("code", "")[:100]
    check = factor.use_recovery_code if by_recovery else factor.is_right_code
    if check(user, given):
        one.was_right()
        return True
    one.was_wrong()
    return False


@require_POST
@login_not_required
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this login, here and at the server."""
    logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    # Not its storage: unsent sales and saved lists outlive a login.
    response["Clear-Site-Data"] = '"cache"'
    return response


def wait_words(wait: TooManyTriesError) -> str:
    """How long to wait, in words."""
    if wait.retry_after < 60:
        return ngettext(
            "Terlalu banyak percobaan. Coba lagi dalam %(n)s detik.",
            "Terlalu banyak percobaan. Coba lagi dalam %(n)s detik.",
            wait.retry_after,
        ) % {"n": wait.retry_after}
    minutes = -(-wait.retry_after // 60)
    return ngettext(
        "Terlalu banyak percobaan. Coba lagi dalam %(n)s menit, atau hubungi panitia.",
        "Terlalu banyak percobaan. Coba lagi dalam %(n)s menit, atau hubungi panitia.",
        minutes,
    ) % {"n": minutes}
