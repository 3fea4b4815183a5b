"""Tills, cashiers and a stand's page with both, in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sales.models import Cashier, Till
from stands.admin import StandAdmin
from stands.models import Stand

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class TillForm(forms.ModelForm):
    """A till: its edition and the beginning of its receipt numbers follow from its stand."""

    class Meta:
        model = Till
        fields = ["stand", "letter", "name", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Its receipt numbers are printed: an existing till keeps its letter and its stand.
        if not self.instance._state.adding:
            for name in {"stand", "letter"} & set(self.fields):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        stand, letter = cleaned.get("stand"), cleaned.get("letter")
        if stand and letter and stand.expo_id and self.instance._state.adding:
            self.instance.expo_id = stand.expo_id
            self.instance.prefix = f"{stand.code}-{letter}"
            if letter.startswith(Till.WEB):
                self.add_error("letter", _("Huruf W dipakai formulir di peramban."))
            elif Till.objects.filter(expo=stand.expo_id, prefix=self.instance.prefix).exists():
                self.add_error("letter", _("Awalan nota ini sudah dipakai di edisi itu."))
        return cleaned


@admin.register(Till)
class TillAdmin(admin.ModelAdmin):
    """The devices that sell."""

    form = TillForm
    list_display = ["prefix", "stand", "name", "is_active", "created_at"]
    list_filter = ["expo", "is_active"]
    list_select_related = ["stand"]
    search_fields = ["prefix", "name", "stand__code", "stand__name"]
    autocomplete_fields = ["stand"]
    readonly_fields = ["prefix", "created_at"]
    fields = ["stand", "letter", "prefix", "name", "is_active", "created_at"]


class LoginOfCashier:
    """Who may not see accounts sees whose login it is, and cannot choose another."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if request.user.has_perm("auth.view_user") else ["user"]


@admin.register(Cashier)
class CashierAdmin(LoginOfCashier, admin.ModelAdmin):
    """The people at the tills."""

    list_display = ["name", "stand", "user", "is_active"]
    list_filter = ["is_active", "stand__expo"]
    list_select_related = ["stand", "user"]
    search_fields = ["name", "user__username", "stand__code", "stand__name"]
    autocomplete_fields = ["stand", "user"]
    fields = ["stand", "name", "user", "is_active"]


class TillInline(admin.TabularInline):
    """The tills of a stand."""

    model = Till
    form = TillForm
    fields = ["letter", "prefix", "name", "is_active"]
    readonly_fields = ["prefix"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Till]:
        return super().get_queryset(request).select_related("stand")


class CashierInline(LoginOfCashier, admin.TabularInline):
    """The people who keep a stand."""

    model = Cashier
    fields = ["name", "user", "is_active"]
    autocomplete_fields = ["user"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cashier]:
        return super().get_queryset(request).select_related("stand", "user")


# The stands' own app knows nothing of tills, so their rows are added to its page from here.
admin.site.unregister(Stand)


@admin.register(Stand)
class StandWithTillsAdmin(StandAdmin):
    """A stand with what it sells, its tills and its people."""

    inlines = [*StandAdmin.inlines, TillInline, CashierInline]
