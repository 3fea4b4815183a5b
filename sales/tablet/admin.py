"""Tills, cashiers and a stand's page with both, in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from sales.models import Cashier, Till
from sales.models.tills import KEEPERS
from sales.tablet.cashier_pin import set_pin
from stands.admin import StandAdmin
from stands.models import Stand

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.forms import BaseModelFormSet
    from django.http import HttpRequest


class MadeByPairing:
    """Tills come from pairing a tablet: that alone gives a letter, and no printed number moves."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Till)
class TillAdmin(MadeByPairing, admin.ModelAdmin):
    """The series of receipt numbers, by name. The page 'Kasir dan tablet' shows them at work."""

    list_display = ["prefix", "stand", "name", "is_active", "created_at"]
    list_filter = ["expo", "is_active"]
    list_select_related = ["stand"]
    search_fields = ["prefix", "name", "stand__code", "stand__name"]
    fields = ["prefix", "stand", "name", "is_active", "created_at"]
    readonly_fields = ["prefix", "stand", "created_at"]


class LoginOfCashier:
    """Who may not see accounts sees whose login it is, and cannot choose another."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = list(getattr(self, "readonly_fields", ()))
        return fixed if request.user.has_perm("auth.view_user") else [*fixed, "user"]


class OwnLoginForm(forms.ModelForm):
    """A cashier whose login is nobody else's: who had it last year still has it."""

    def clean_user(self) -> User | None:
        user: User | None = self.cleaned_data["user"]
        others = Cashier.objects.filter(user=user).exclude(pk=self.instance.pk)
        other = others.select_related("stand__expo").first() if user else None
        if other is not None:
            text = _(
                "Akun ini masih milik %(cashier)s di %(expo)s. Kosongkan akunnya di sana dahulu."
            )
            raise forms.ValidationError(text % {"cashier": other, "expo": other.stand.expo})
        return user


def warn_of_role(request: HttpRequest, cashier: Cashier) -> None:
    """Say that a login sells nothing without the role that a superuser gives."""
    user = cashier.user
    if user is not None and not user.groups.filter(name=KEEPERS).exists():
        text = _("Akun %(user)s belum berperan petugas stan, jadi belum bisa berjualan.")
        messages.warning(request, f"{text % {'user': user}} {_('Superuser yang memberi peran.')}")


class CashierForm(OwnLoginForm):
    """A cashier, and a PIN that nobody can read again."""

    new_pin = forms.RegexField(
        r"\A[0-9]{4,8}\Z",
        label=_("PIN baru"),
        strip=True,
        required=False,
        error_messages={"invalid": _("PIN terdiri dari 4 sampai 8 angka.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "size": 10}),
    )
    clear_pin = forms.BooleanField(label=_("Hapus PIN"), required=False)

    class Meta:
        model = Cashier
        fields = ["stand", "name", "user", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has_pin = bool(self.instance.pin_hash)
        self.fields["new_pin"].help_text = (
            _("Sudah ada PIN. Isi hanya untuk menggantinya.")
            if has_pin
            else _("Belum ada PIN: petugas dipilih dengan namanya saja. 4 sampai 8 angka.")
        )
        self.fields["clear_pin"].disabled = not has_pin

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("new_pin") and cleaned.get("clear_pin"):
            self.add_error("clear_pin", _("Pilih satu: PIN baru, atau hapus PIN."))
        return cleaned


@admin.register(Cashier)
class CashierAdmin(LoginOfCashier, admin.ModelAdmin):
    """The people at the tills."""

    form = CashierForm
    list_display = ["name", "stand", "user", "has_pin", "is_active"]
    list_filter = ["is_active", "stand__expo"]
    list_select_related = ["stand", "user"]
    search_fields = ["name", "user__username", "stand__code", "stand__name"]
    autocomplete_fields = ["stand", "user"]

    def get_fieldsets(self, request: HttpRequest, obj: Cashier | None = None) -> Any:
        pin = ["new_pin", "clear_pin"] if obj and obj.pin_hash else ["new_pin"]
        return [
            (None, {"fields": ["stand", "name", "user", "is_active"]}),
            (_("PIN di tablet"), {"fields": pin}),
        ]

    def save_model(self, request: HttpRequest, obj: Cashier, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        warn_of_role(request, obj)
        pin, cleared = form.cleaned_data.get("new_pin"), form.cleaned_data.get("clear_pin")
        if pin or (cleared and obj.pin_hash):
            set_pin(obj, pin or None, actor=cast("User", request.user))

    @admin.display(description=_("PIN"), boolean=True)
    def has_pin(self, cashier: Cashier) -> bool:
        return bool(cashier.pin_hash)


class TillInline(MadeByPairing, admin.TabularInline):
    """The tills of a stand."""

    model = Till
    fields = ["prefix", "name", "is_active"]
    readonly_fields = ["prefix"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Till]:
        return super().get_queryset(request).select_related("stand")


class CashierInline(LoginOfCashier, admin.TabularInline):
    """The people who keep a stand."""

    model = Cashier
    form = OwnLoginForm
    fields = ["name", "user", "is_active", "pin"]
    readonly_fields = ["pin"]
    autocomplete_fields = ["user"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cashier]:
        return super().get_queryset(request).select_related("stand", "user")

    @admin.display(description=_("PIN"))
    def pin(self, cashier: Cashier) -> str:
        if not cashier.pk:
            return ""
        words = _("ada, ganti") if cashier.pin_hash else _("tidak ada, pasang")
        address = reverse("admin:sales_cashier_change", args=[cashier.pk])
        return format_html('<a href="{}">{}</a>', address, words)


# The stands' own app knows nothing of tills, so their rows are added to its page from here.
admin.site.unregister(Stand)


@admin.register(Stand)
class StandWithTillsAdmin(StandAdmin):
    """A stand with what it sells, its tills and its people."""

    change_form_template = "admin/stands/stand/change_form.html"
    inlines = [*StandAdmin.inlines, TillInline, CashierInline]

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Cashier:
            for one in formset.forms:
                if "user" in one.changed_data:
                    warn_of_role(request, one.instance)
