"""Editions and their stands, in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminFileWidget
from django.db.models import Count, ImageField, Q, QuerySet
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pesantren.changed_meanwhile import SeenAdmin, SeenModelForm
from pesantren.photos import PhotoField
from pesantren.typed_numbers import NUMBER_FIELDS
from stands.edition_admin import ClosedHasNoLines, ClosedIsReadOnly, EditionFilter
from stands.editions import NotPublicError, make_current
from stands.models import Expo, ExpoDay, Offer, Stand, Zone
from stands.offers_admin import OfferInline, warn_of_stock
from stands.plan import plan_of
from stands.removing import RemovalRefused, refuse_public, remove_stands

if TYPE_CHECKING:
    from django.forms import BaseModelFormSet, ModelForm
    from django.http import HttpRequest, HttpResponse


class DayFormSet(forms.BaseInlineFormSet):
    """The days of an edition. One on which something was sold or is planned stays."""

    def clean(self) -> None:
        super().clean()
        expo: Expo = self.instance
        for form in self.deleted_forms:
            date = form.instance.date
            if (
                expo.sales.filter(business_date=date).exists()
                or expo.sessions.filter(date=date).exists()
            ):
                text = _("%(day)s tidak bisa dihapus: ada penjualan atau acara pada hari itu.")
                raise forms.ValidationError(text % {"day": date_format(date, "j F Y")})


class ExpoDayInline(ClosedHasNoLines, admin.TabularInline):
    """The days of an edition."""

    model = ExpoDay
    formset = DayFormSet
    fields = ["date", "opens", "closes"]
    extra = 0

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A day that was planned and is not held is a change of the edition.
        return self.has_change_permission(request, obj)


class ZoneInline(ClosedHasNoLines, admin.TabularInline):
    """The parts of its hall."""

    model = Zone
    fields = ["code", "name", "name_en", "order"]
    formfield_overrides = NUMBER_FIELDS
    extra = 0


@admin.register(Expo)
class ExpoAdmin(SeenAdmin, ClosedIsReadOnly, admin.ModelAdmin):
    """Editions; the one at the front door is chosen by an action, so that there is always one."""

    form = SeenModelForm
    formfield_overrides = NUMBER_FIELDS
    list_display = ["name", "slug", "venue", "city", "stand_count", "state"]
    search_fields = ["name", "slug", "venue", "city"]
    inlines = [ExpoDayInline, ZoneInline]
    actions = ["show_at_front_door"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "theme", ("venue", "city")]}),
        (_("Tampilan"), {"fields": ["is_current", "is_example", ("plan_width", "plan_height")]}),
        (_("Asal data"), {"classes": ["collapse"], "fields": ["notes", "sources"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Expo | None = None) -> list[str]:
        # The address is printed on cardboard from the first day on.
        return ["is_current", "slug"] if obj else ["is_current"]

    def save_model(self, request: HttpRequest, obj: Expo, form: Any, change: bool) -> None:
        # One that is made here is seen when it is published, and not by being saved.
        if not change:
            obj.is_public = False
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Expo]:
        expos = super().get_queryset(request).annotate(stand_count=Count("stands"))
        return expos.order_by("-slug")

    @admin.display(description=_("stan"), ordering="stand_count")
    def stand_count(self, expo: Expo) -> int:
        return int(vars(expo)["stand_count"])

    @admin.display(description=_("keadaan"))
    def state(self, expo: Expo) -> str:
        words = {
            _("belum terbit"): not expo.is_public,
            _("di halaman depan"): expo.is_current,
            _("data contoh"): expo.is_example,
            _("ditutup"): expo.is_closed,
        }
        return ", ".join(str(word) for word, holds in words.items() if holds)

    @admin.action(description=_("Tampilkan di halaman depan"), permissions=["change"])
    def show_at_front_door(self, request: HttpRequest, expos: QuerySet[Expo]) -> None:
        if len(expos) != 1:
            self.message_user(request, _("Pilih satu edisi saja."), messages.ERROR)
            return
        try:
            make_current(expos[0])
        except NotPublicError:
            text = _("%(expo)s belum terbit. Terbitkan dahulu di halaman Edisi.")
            self.message_user(request, text % {"expo": expos[0]}, messages.ERROR)
            return
        self.log_change(request, expos[0], [{"changed": {"fields": ["is_current"]}}])
        self.message_user(
            request, _("Halaman depan sekarang menampilkan %(expo)s.") % {"expo": expos[0]}
        )


@admin.register(Zone)
class ZoneAdmin(SeenAdmin, ClosedIsReadOnly, admin.ModelAdmin):
    """Parts of the hall."""

    form = SeenModelForm
    formfield_overrides = NUMBER_FIELDS
    list_display = ["code", "name", "name_en", "expo", "order"]
    list_display_links = ["code", "name"]
    list_filter = ["expo"]
    list_select_related = ["expo"]
    search_fields = ["code", "name", "expo__name"]


class StandForm(SeenModelForm):
    """A stand, in a zone of its own edition."""

    class Meta:
        model = Stand
        fields = "__all__"  # the fieldsets of the admin name them

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # A stand that is there already shows its edition and does not ask for it.
        expo = cleaned.get("expo") or (self.instance.expo if self.instance.pk else None)
        zone = cleaned.get("zone")
        if expo and zone and zone.expo_id != expo.pk:
            self.add_error("zone", _("Zona ini milik edisi lain."))
        return cleaned


@admin.register(Stand)
class StandAdmin(SeenAdmin, ClosedIsReadOnly, admin.ModelAdmin):
    """Stands with what they sell."""

    form = StandForm
    list_display = ["code", "name", "kind", "zone", "expo", "offer_count"]
    list_display_links = ["code", "name"]
    list_filter = [EditionFilter, "kind", "zone__name"]
    list_select_related = ["zone", "expo"]
    search_fields = ["code", "name", "pesantren__name"]
    autocomplete_fields = ["pesantren", "zone"]
    inlines = [OfferInline]
    actions = ["print_for", "remove"]
    save_on_top = True
    formfield_overrides = NUMBER_FIELDS | {
        ImageField: {"form_class": PhotoField, "is_code": True, "widget": AdminFileWidget}
    }
    fieldsets = [
        (None, {"fields": ["expo", ("code", "name"), "kind", "zone", "pesantren"]}),
        (_("QRIS"), {"fields": ["qris", "qris_image"]}),
        (
            _("Denah"),
            {"classes": ["collapse"], "fields": [("x", "y"), ("width", "height", "rotation")]},
        ),
        (_("Keterangan"), {"classes": ["collapse"], "fields": ["description", "description_en"]}),
        (_("Asal data"), {"classes": ["collapse"], "fields": ["example_fields"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Stand | None = None) -> list[str]:
        # Its ledger belongs to the edition it was opened in.
        return ["expo", "qris"] if obj else ["qris"]

    @admin.action(description=_("Cetak untuk stan ini…"), permissions=["view"])
    def print_for(self, request: HttpRequest, stands: QuerySet[Stand]) -> HttpResponse | None:
        """The page 'Cetak' with these stands ticked."""
        rows = list(stands.values_list("pk", "expo__slug"))
        editions = {slug for _pk, slug in rows}
        if len(editions) != 1:
            self.message_user(request, _("Pilih stan dari satu edisi saja."), messages.ERROR)
            return None
        chosen = ",".join(str(pk) for pk, _slug in rows)
        return redirect(f"{reverse('print_desk')}?edisi={editions.pop()}&stan={chosen}")

    @admin.action(description=_("Hapus dari edisi yang disiapkan…"), permissions=["change"])
    def remove(self, request: HttpRequest, stands: QuerySet[Stand]) -> HttpResponse | None:
        """Ask first, then remove them with what they offer."""
        rows = list(stands.select_related("expo").order_by("expo", "code"))
        try:
            refuse_public(rows)
            if "sure" not in request.POST:
                context = {
                    **self.admin_site.each_context(request),
                    "title": _("Hapus stan"),
                    "rows": rows,
                    "key": ACTION_CHECKBOX_NAME,
                }
                return render(request, "admin/stands/stand/remove.html", context)
            actor = request.user if request.user.is_authenticated else None
            number = remove_stands([stand.pk for stand in rows], actor=actor)
        except RemovalRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return None
        text = ngettext("%(n)s stan dihapus.", "%(n)s stan dihapus.", number)
        self.message_user(request, text % {"n": number})
        return None

    @admin.display(description=_("QRIS sekarang"))
    def qris(self, stand: Stand) -> str:
        if not stand.qris_image:
            words = _("Belum ada. Unggah gambar QRIS stan: kasir menunjukkannya kepada pembeli.")
            return format_html('<span class="no-photo">{}</span>', words)
        return format_html(
            '<img class="qris" src="{}" height="240" alt="{}">',
            stand.qris_image.url,
            _("Kode QRIS stan ini"),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stand]:
        on_sale = Count("offers", filter=Q(offers__withdrawn=False))
        # Counting drops the order of the model, and a list of choices comes in pages.
        return super().get_queryset(request).annotate(offer_count=on_sale).order_by("expo", "code")

    @admin.display(description=_("barang"), ordering="offer_count")
    def offer_count(self, stand: Stand) -> int:
        return int(vars(stand)["offer_count"])

    def save_model(self, request: HttpRequest, obj: Stand, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not {"x", "y", "width", "height", "rotation"}.isdisjoint(form.changed_data):
            for trouble in plan_of(obj.expo).troubles():
                if obj in trouble.things:
                    messages.warning(request, trouble.words)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm,
        formset: BaseModelFormSet[Any, Any],
        change: bool,
    ) -> None:
        if formset.model is not Offer:
            super().save_formset(request, form, formset, change)
            return
        formset.save(commit=False)
        for offer_form in formset.forms:
            if offer_form.has_changed() and not offer_form.save_changes(request):
                warn_of_stock(request, offer_form.instance)
