"""Accounts in the admin: made without a password, which their owner chooses under a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UsernameField
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from opop_expo.signing_in.sessions import end_logins

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# Whoever saw one there could make codes with it. Our own pages say whether somebody has one.
admin.site.unregister(TOTPDevice)
admin.site.unregister(User)
# Django's action on the list would delete without the page that asks for the password first.
admin.site.get_model_admin(Group).actions = None


class NewAccountForm(ModelForm):
    """A name; nobody thinks up a password for somebody else."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "is_staff", "groups")
        field_classes = {"username": UsernameField}


class AccountForm(UserChangeForm):
    """Everything but the password."""

    password = None  # type: ignore[assignment]


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Django's own without passwords; `Akun dan login` gives links, and ends logins."""

    add_form = NewAccountForm
    # Django's speaks of a password.
    add_form_template = None
    form = AccountForm
    change_password_form = None
    add_fieldsets = (
        (
            None,
            {
                "fields": ("username", "first_name", "last_name", "email"),
                "description": _("Setelah disimpan, berikan tautan untuk memilih kata sandi."),
            },
        ),
        (_("Hak akses"), {"fields": ("is_staff", "groups")}),
    )
    fieldsets = (
        (None, {"fields": ("username",)}),
        (_("Identitas"), {"fields": ("first_name", "last_name", "email")}),
        (_("Hak akses"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Waktu"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups",)
    # As for groups.
    actions = None

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Nobody types a password for somebody else: to the page that gives a link."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if not re.fullmatch(r"[0-9]+", id):
            raise Http404
        return redirect("account_help", user_id=id)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("account_help", user_id=obj.pk)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """A new account has no password; who may suddenly do more or less signs in anew."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and {"is_active", "is_staff", "is_superuser", "groups"} & set(form.changed_data):
            end_logins(obj, but=request.session.session_key)
