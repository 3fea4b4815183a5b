"""What stands offer, in the admin: below its stand, and all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _

from pesantren.admin import picture_of
from pesantren.changed_meanwhile import SeenModelForm
from pesantren.models import Product
from pesantren.money import rupiah
from pesantren.money_shown import MoneyIsShown
from pesantren.typed_numbers import NUMBER_FIELDS, BalanceField, number_input
from stands.edition_admin import CLOSED, ClosedHasNoLines, ClosedIsReadOnly, EditionFilter
from stands.models import Offer, Stand
from stands.offering import change_offer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class OfferEditionFilter(EditionFilter):
    """The edition of the stand that an offer is at."""

    way = "stand__"


class OfferForm(SeenModelForm):
    """An offer together with the stock that the person saw while they filled it in."""

    stock_seen = BalanceField(required=False, widget=forms.HiddenInput)

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

    @property
    def watched(self) -> list[str]:
        # What is left moves with every sale, and has its own way (stands.stock).
        return [name for name in super().watched if name != "stock"]

    def compare(self) -> None:
        # Of many offers of a stand those are looked at that are to change.
        if self.has_changed():
            super().compare()

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


class OfferFormSet(forms.BaseInlineFormSet):
    """The offers of a stand, held in recording's order before any of them is compared or saved.

    So a sale and this form never wait in a circle.
    """

    def full_clean(self) -> None:
        if self.is_bound and self.instance.pk:
            list(self.instance.offers.select_for_update().order_by("pk"))
        super().full_clean()


class OfferInline(ClosedHasNoLines, MoneyIsShown, admin.TabularInline):
    """What a stand sells. An offer that was sold from is withdrawn, not deleted."""

    model = Offer
    form = OfferForm
    formset = OfferFormSet
    fields = [
        "picture",
        "product",
        "price_rupiah",
        "stock",
        "stock_seen",
        "order",
        "withdrawn",
        "seen",
    ]
    readonly_fields = ["picture"]
    only_to_change = ("stock_seen", "seen")
    autocomplete_fields = ["product"]
    formfield_overrides = NUMBER_FIELDS
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Offer]:
        return Offer.objects.select_related("product__producer", "stand").in_till_order()

    @admin.display(description=_("foto"))
    def picture(self, offer: Offer) -> str:
        return picture_of(offer.product, 48) if offer.product_id else ""


@admin.register(Offer)
class OfferAdmin(ClosedIsReadOnly, MoneyIsShown, admin.ModelAdmin):
    """All offers of all stands, to find one and change its price or stock."""

    form = OfferForm
    formfield_overrides = NUMBER_FIELDS
    list_display = ["product", "maker", "price", "stock", "stand", "edition", "state", "picture"]
    list_filter = [OfferEditionFilter, "withdrawn", "product__category"]
    list_select_related = ["product__producer", "stand__expo"]
    search_fields = ["product__name", "stand__code", "stand__name", "product__producer__name"]
    autocomplete_fields = ["stand", "product"]
    only_to_change = ("stock_seen", "seen")
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
        "seen",
    ]

    def get_list_display(self, request: HttpRequest) -> Any:
        # Of one edition, its name in each row would only push the pictures out.
        is_of_one = request.GET.get(OfferEditionFilter.parameter_name) != OfferEditionFilter.ALL
        return [name for name in self.list_display if not (is_of_one and name == "edition")]

    def get_readonly_fields(self, request: HttpRequest, obj: Offer | None = None) -> list[str]:
        # Past sales point at the offer: it stays the same product at the same stand.
        shown = [*super().get_readonly_fields(request, obj), "picture", "edition"]
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
