"""Editions, stands and what is offered there, in the admin."""

from __future__ import annotations

from itertools import islice
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

from pesantren.admin import picture_of
from pesantren.models import Product
from pesantren.money import rupiah
from pesantren.photos import PhotoField
from pesantren.typed_numbers import BalanceField, number_input
from stands.editions import NotPublicError, make_current
from stands.models import Expo, ExpoDay, Offer, Stand, Zone
from stands.offering import change_offer
from stands.plan import plan_of
from stands.removing import RemovalRefused, refuse_public, remove_stands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import ForeignKey
    from django.forms import BaseModelFormSet, ModelForm
    from django.http import HttpRequest, HttpResponse


class EditionFilter(admin.SimpleListFilter):
    """One edition, the current one until another is chosen: their rows look alike."""

    title = _("edisi")
    parameter_name = "edisi"
    way = ""  # from the rows to the stand that has the edition
    ALL = "semua"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        expos = Expo.objects.at_work().order_by("-is_current", "-slug").values_list("slug", "name")
        return [*expos, (self.ALL, str(_("Semua")))]

    def value(self) -> str | None:
        # The first is the current one.
        return super().value() or self.lookup_choices[0][0]

    def choices(self, changelist: Any) -> Iterator[Any]:
        # Django's own "all" comes first and would mean the current one.
        return islice(super().choices(changelist), 1, None)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == self.ALL:
            return queryset
        return queryset.filter(Q((f"{self.way}expo__slug", self.value())))


class OfferEditionFilter(EditionFilter):
    """The same for what stands there."""

    way = "stand__"


def is_of_closed(row: Any) -> bool:
    """Whether a row belongs to an edition that is closed, or is one."""
    if isinstance(row, Offer):
        row = row.stand
    expo = row if isinstance(row, Expo) else getattr(row, "expo", None)
    return expo is not None and expo.is_closed


class ClosedIsReadOnly:
    """For the admin of what belongs to an edition, and its lines: read only once that is closed.

    The database would refuse a change (stands.closed_triggers); so nobody is asked for one.
    """

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return may and not is_of_closed(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return may and not is_of_closed(obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Nothing new is made for a closed edition."""
        if db_field.name == "expo":
            kwargs.setdefault("queryset", Expo.objects.filter(closed_at=None))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **more: Any) -> Any:
        """The form, and why it has no buttons."""
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if request.method == "GET" and is_of_closed(row):
            messages.info(request, CLOSED)
        return super().change_view(request, object_id, *args, **more)  # type: ignore[misc]


class ClosedHasNoLines(ClosedIsReadOnly):
    """The same for lines below an edition or a stand: none is added either."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may: bool = super().has_add_permission(request, obj)  # type: ignore[misc]
        return may and not is_of_closed(obj)


CLOSED = _("Edisi ini sudah ditutup: isinya tidak bisa diubah lagi.")


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
    extra = 0


@admin.register(Expo)
class ExpoAdmin(ClosedIsReadOnly, admin.ModelAdmin):
    """Editions; the one at the front door is chosen by an action, so that there is always one."""

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
class ZoneAdmin(ClosedIsReadOnly, admin.ModelAdmin):
    """Parts of the hall."""

    list_display = ["code", "name", "name_en", "expo", "order"]
    list_display_links = ["code", "name"]
    list_filter = ["expo"]
    list_select_related = ["expo"]
    search_fields = ["code", "name", "expo__name"]


class OfferForm(forms.ModelForm):
    """An offer together with the stock that the person saw while they filled it in."""

    stock_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Offer
        fields = ["stand", "product", "price_rupiah", "stock", "order", "withdrawn"]
        # Django reads 25.000 as 25.
        field_classes = {"price_rupiah": BalanceField, "stock": BalanceField}
        widgets = {"price_rupiah": number_input("vBigIntegerField"), "stock": number_input()}
        error_messages = {
            "price_rupiah": {"invalid": _("Isi harganya dengan angka, misalnya 25.000.")},
            "stock": {"invalid": _("Isi sisanya dengan angka, misalnya 1.000.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["stock_seen"] = self.instance.stock
        if "stock" in self.fields:  # not there for who may only look
            self.fields["stock"].help_text = _("Kosong: tidak pernah habis.")
        if "product" in self.fields and not self.instance._state.adding:
            self.fix_product()

    def clean_stand(self) -> Stand:
        """A stand of an edition that may still change."""
        stand: Stand = self.cleaned_data["stand"]
        if stand.expo.is_closed:
            raise forms.ValidationError(CLOSED)
        return stand

    def clean_price_rupiah(self) -> int:
        """Beside its field; the database's own check would stand above the form."""
        price: int = self.cleaned_data["price_rupiah"]
        if price <= 0:
            raise forms.ValidationError(_("Harga harus lebih dari nol."))
        return price

    def fix_product(self) -> None:
        """Past sales point at the offer, so it keeps its product; told without a query a row."""
        product = self.instance.product
        field = forms.ModelChoiceField(
            Product.objects.all(), label=self.fields["product"].label, disabled=True
        )
        # At a shared stand two makers may sell under one name.
        field.widget.choices = [(product.pk, f"{product} · {product.producer}")]
        self.fields["product"] = field

    def save_changes(self, request: HttpRequest) -> bool:
        """Save what was changed; whether the stock could be changed as wanted."""
        if self.instance._state.adding:
            self.save()
            return True
        return change_offer(
            self.instance,
            fields=[name for name in self.changed_data if name not in {"stock", "stock_seen"}],
            seen_stock=self.cleaned_data["stock_seen"],
            actor=request.user if request.user.is_authenticated else None,
        )


def warn_of_stock(request: HttpRequest, offer: Offer) -> None:
    """Say that somebody else has meanwhile switched the stock on or off."""
    messages.warning(
        request,
        _("Stok %(offer)s tidak diubah: orang lain baru saja mengubahnya. Periksa lagi.")
        % {"offer": offer},
    )


class OfferInline(ClosedHasNoLines, admin.TabularInline):
    """What a stand sells. An offer that was sold from is withdrawn, not deleted."""

    model = Offer
    form = OfferForm
    fields = ["picture", "product", "price_rupiah", "stock", "stock_seen", "order", "withdrawn"]
    readonly_fields = ["picture"]
    autocomplete_fields = ["product"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offer]:
        return Offer.objects.select_related("product__producer", "stand").in_till_order()

    @admin.display(description=_("foto"))
    def picture(self, offer: Offer) -> str:
        return picture_of(offer.product, 48) if offer.product_id else ""


class StandForm(forms.ModelForm):
    """A stand, in a zone of its own edition."""

    class Meta:
        model = Stand
        fields = "__all__"  # noqa: DJ007, the fieldsets of the admin name them

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # A stand that is there already shows its edition and does not ask for it.
        expo = cleaned.get("expo") or (self.instance.expo if self.instance.pk else None)
        zone = cleaned.get("zone")
        if expo and zone and zone.expo_id != expo.pk:
            self.add_error("zone", _("Zona ini milik edisi lain."))
        return cleaned


@admin.register(Stand)
class StandAdmin(ClosedIsReadOnly, admin.ModelAdmin):
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
    formfield_overrides = {
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
        # All at once and in recording's order, so that a sale and this form never wait in a circle.
        list(form.instance.offers.select_for_update().order_by("pk"))
        for offer_form in formset.forms:
            if offer_form.has_changed() and not offer_form.save_changes(request):
                warn_of_stock(request, offer_form.instance)


@admin.register(Offer)
class OfferAdmin(ClosedIsReadOnly, admin.ModelAdmin):
    """All offers of all stands, to find one and change its price or stock."""

    form = OfferForm
    list_display = ["product", "maker", "price", "stock", "stand", "edition", "state", "picture"]
    list_filter = [OfferEditionFilter, "withdrawn", "product__category"]
    list_select_related = ["product__producer", "stand__expo"]
    search_fields = ["product__name", "stand__code", "stand__name", "product__producer__name"]
    autocomplete_fields = ["stand", "product"]
    fields = [
        "picture",
        "edition",
        "stand",
        "product",
        "price_rupiah",
        "stock",
        "stock_seen",
        "order",
        "withdrawn",
    ]

    def get_list_display(self, request: HttpRequest) -> Any:
        # Of one edition, its name in each row would only push the pictures out.
        is_of_one = request.GET.get(OfferEditionFilter.parameter_name) != OfferEditionFilter.ALL
        return [name for name in self.list_display if not (is_of_one and name == "edition")]

    def get_readonly_fields(self, request: HttpRequest, obj: Offer | None = None) -> list[str]:
        # Past sales point at the offer: it stays the same product at the same stand.
        shown = ["picture", "edition"]
        return shown if obj is None else [*shown, "stand", "product"]

    def save_model(self, request: HttpRequest, obj: Offer, form: Any, change: bool) -> None:
        if not form.save_changes(request):
            warn_of_stock(request, obj)

    @admin.display(description=_("foto"))
    def picture(self, offer: Offer) -> str:
        return picture_of(offer.product, 48) if offer.product_id else ""

    @admin.display(description=_("pelaku usaha"), ordering="product__producer__name")
    def maker(self, offer: Offer) -> str:
        return offer.product.producer.name

    @admin.display(description=_("edisi"), ordering="stand__expo")
    def edition(self, offer: Offer) -> str:
        return offer.stand.expo.name if offer.stand_id else ""

    @admin.display(description=_("keadaan"), ordering="withdrawn")
    def state(self, offer: Offer) -> str:
        return str(_("ditarik")) if offer.withdrawn else ""

    @admin.display(description=_("harga"), ordering="price_rupiah")
    def price(self, offer: Offer) -> str:
        return rupiah(offer.price_rupiah)
