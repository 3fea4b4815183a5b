"""The catalogue in the admin: makers, products and their credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminFileWidget
from django.db.models import Count, ImageField, QuerySet, TextField
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pesantren.changed_meanwhile import SeenAdmin, SeenModelForm
from pesantren.credential_numbers import doubts_of
from pesantren.judging import MOST_AT_ONCE
from pesantren.models import Category, Credential, Pesantren, Photo, Producer, Product, Regency
from pesantren.money import rupiah
from pesantren.money_shown import MoneyIsShown
from pesantren.photo_making import photo_was_saved, photo_went
from pesantren.photos import PhotoField
from pesantren.typed_numbers import NUMBER_FIELDS, RupiahField, number_input
from pesantren.whatsapp import normal_number, shown_number

if TYPE_CHECKING:
    from django.forms import ModelForm
    from django.http import HttpRequest, HttpResponse

# An uploaded photo is made anew before it is kept.
PHOTO_FIELDS: Any = {ImageField: {"form_class": PhotoField, "widget": AdminFileWidget}}
NARROW_TEXTS: Any = {TextField: {"widget": forms.Textarea({"rows": 3, "cols": 22})}}
ORIGIN: tuple[Any, Any] = (
    _("Asal data"),
    {"classes": ["collapse"], "fields": ["sources", "example_fields"]},
)


class AddressForm(SeenModelForm):
    """A row whose address stays once a closed edition leads there; the database sees to it."""

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        row: Any = self.instance
        if row.pk and "slug" in self.changed_data:
            is_held = row.kept.exists() or (
                isinstance(row, Pesantren) and row.stands.exclude(expo__closed_at=None).exists()
            )
            if is_held:
                raise forms.ValidationError(
                    gettext("Edisi yang sudah ditutup memakai alamat ini: tidak bisa diubah lagi.")
                )
        return slug


@admin.register(Regency)
class RegencyAdmin(admin.ModelAdmin):
    """Kabupaten and kota."""

    list_display = ["__str__", "kind", "code"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """Kinds of product, in the order in which visitors see them."""

    list_display = ["name", "name_en", "slug", "order", "product_count"]
    list_editable = ["order"]
    formfield_overrides = NUMBER_FIELDS
    search_fields = ["name", "name_en"]
    prepopulated_fields = {"slug": ["name"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).annotate(product_count=Count("products"))

    @admin.display(description=_("produk"), ordering="product_count")
    def product_count(self, category: Category) -> int:
        return int(vars(category)["product_count"])


class PhotoInline(admin.TabularInline):
    """Photos beside the first one."""

    model = Photo
    fields = ["thumbnail", "photo", "photo_alt", "photo_alt_en", "order"]
    readonly_fields = ["thumbnail"]
    formfield_overrides = PHOTO_FIELDS | NUMBER_FIELDS
    extra = 0

    @admin.display(description=_("sekarang"))
    def thumbnail(self, photo: Photo) -> str:
        return picture_of(photo, 56)


def see_to_photos(formset: Any) -> None:
    """After a form with photos was saved: make the sizes of what is new, remove what went."""
    for photo in formset.new_objects:
        photo_was_saved(photo, old_name="")
    for photo, fields in formset.changed_objects:
        if "photo" in fields:
            photo_was_saved(photo, old_name=old_photo_of(formset, photo))
    for photo in formset.deleted_objects:
        photo_went(photo.photo.name)


def old_photo_of(formset: Any, photo: Photo) -> str:
    form = next(one for one in formset.initial_forms if one.instance.pk == photo.pk)
    return str(form.initial["photo"])


class ProducerInline(admin.TabularInline):
    """The producers of a pesantren."""

    model = Producer
    form = AddressForm
    fields = ["name", "slug", "kind"]
    prepopulated_fields = {"slug": ["name"]}
    extra = 0
    show_change_link = True


@admin.register(Pesantren)
class PesantrenAdmin(SeenAdmin, admin.ModelAdmin):
    """Boarding schools with their producers."""

    form = AddressForm
    formfield_overrides = NUMBER_FIELDS
    list_display = ["name", "regency", "founded"]
    list_filter = ["regency"]
    list_select_related = ["regency"]
    search_fields = ["name", "slug", "regency__name"]
    autocomplete_fields = ["regency"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [PhotoInline, ProducerInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "regency", "founded"]}),
        (_("Perkenalan"), {"fields": ["about", "about_en"]}),
        (_("Untuk panitia"), {"fields": ["remarks"]}),
        ORIGIN,
    ]

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: Any, change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Photo:
            see_to_photos(formset)


class ProducerForm(AddressForm):
    """A producer, whose WhatsApp number may be written as people write it."""

    # Longer than what is kept, for spaces and dashes.
    whatsapp = forms.CharField(
        label=_("nomor WhatsApp"),
        max_length=40,
        required=False,
        help_text=_("Nomor ponsel Indonesia: 0812-3456-7890 atau +62 812 3456 7890."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A person who may only look has no such field.
        if self.instance.whatsapp and "whatsapp" in self.fields:
            self.initial["whatsapp"] = shown_number(self.instance.whatsapp)

    def clean_whatsapp(self) -> str:
        return normal_number(self.cleaned_data["whatsapp"])


@admin.register(Producer)
class ProducerAdmin(SeenAdmin, admin.ModelAdmin):
    """Cooperatives, businesses of students and alumni, guests."""

    form = ProducerForm
    list_display = ["name", "kind", "pesantren", "contact"]
    list_filter = ["kind", "whatsapp_allowed"]
    list_select_related = ["pesantren"]
    search_fields = ["name", "slug", "pesantren__name"]
    autocomplete_fields = ["pesantren"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "pesantren"]}),
        (_("Perkenalan"), {"fields": ["about", "about_en"]}),
        (
            _("Kontak"),
            {
                "fields": ["whatsapp", "whatsapp_allowed", "inquiry_email"],
                "description": _(
                    "Di halaman produk, stan, dan pembuat muncul tombol WhatsApp. Nomor yang belum"
                    " disetujui pemiliknya tidak tampil di mana pun."
                ),
            },
        ),
        ORIGIN,
    ]

    @admin.display(description=_("WhatsApp"), ordering="whatsapp_allowed")
    def contact(self, producer: Producer) -> str:
        if not producer.whatsapp:
            return "–"
        number = shown_number(producer.whatsapp)
        if producer.whatsapp_allowed:
            return number
        return gettext("%(number)s (tidak tampil)") % {"number": number}


class CredentialInline(admin.TabularInline):
    """What was certified about a product."""

    model = Credential
    fields = ["scheme", "number", "doubts", "issued", "expires", "sources"]
    readonly_fields = ["doubts"]
    # As wide as Django makes it, the table is wider than the page.
    formfield_overrides = NARROW_TEXTS
    extra = 0

    @admin.display(description=_("nomornya"))
    def doubts(self, credential: Credential) -> str:
        if not credential.pk:
            return ""
        return doubts_in_words(credential) or str(_("bentuknya dikenal"))


class ProductForm(AddressForm):
    """A product, whose price is read as people write it."""

    class Meta:
        model = Product
        # The fieldsets of the admin name the others.
        fields = ["price_rupiah"]
        # Django reads 25.000 as 25.
        field_classes = {"price_rupiah": RupiahField}
        widgets = {"price_rupiah": number_input("vBigIntegerField")}
        error_messages = {
            "price_rupiah": {"invalid": _("Isi harganya dengan angka, misalnya 25.000.")}
        }


@admin.register(Product)
class ProductAdmin(SeenAdmin, MoneyIsShown, admin.ModelAdmin):
    """Products with picture and credentials."""

    form = ProductForm
    list_display = ["thumbnail", "name", "producer", "category", "price", "pillar", "state"]
    list_display_links = ["name"]
    list_filter = ["state", "category", "pillar", "producer__kind"]
    list_select_related = ["producer", "category"]
    search_fields = ["name", "name_en", "slug", "producer__name", "producer__pesantren__name"]
    autocomplete_fields = ["producer"]
    prepopulated_fields = {"slug": ["name"]}
    # The curation moves the state, with a reason (pesantren.judging).
    readonly_fields = ["picture", "curation"]
    inlines = [PhotoInline, CredentialInline]
    actions = ["judge_chosen", "print_prices"]
    formfield_overrides = PHOTO_FIELDS
    fieldsets = [
        (None, {"fields": ["name", "slug", "producer", "category", "pillar", "curation"]}),
        (_("Foto"), {"fields": ["picture", "photo", ("photo_alt", "photo_alt_en")]}),
        (_("Jual"), {"fields": ["price_rupiah", "unit", "export_markets"]}),
        (_("Keterangan"), {"fields": ["description"]}),
        (_("Bahasa Inggris"), {"fields": ["name_en", "description_en"]}),
        ORIGIN,
    ]

    def save_model(self, request: HttpRequest, obj: Product, form: ModelForm, change: bool) -> None:
        if "photo" in form.changed_data:
            obj.photo_is_drawn = False
        super().save_model(request, obj, form, change)
        if "photo" in form.changed_data:
            old = form.initial.get("photo")
            photo_was_saved(obj, old_name=str(old) if old else "")

    @admin.display(description=_("foto"))
    def thumbnail(self, product: Product) -> str:
        return picture_of(product, 56)

    @admin.display(description=_("foto sekarang"))
    def picture(self, product: Product) -> str:
        return picture_of(product, 240)

    @admin.display(description=_("harga acuan"), ordering="price_rupiah")
    def price(self, product: Product) -> str:
        return rupiah(product.price_rupiah)

    @admin.display(description=_("kurasi"))
    def curation(self, product: Product) -> str:
        if not product.pk:
            return str(_("Produk baru mulai sebagai draf."))
        return format_html(
            '{} · <a href="{}?produk={}">{}</a>',
            product.get_state_display(),
            reverse("judge_products"),
            product.pk,
            _("lihat kelengkapan dan putuskan"),
        )

    @admin.action(description=_("Putuskan kurasi…"), permissions=["change"])
    def judge_chosen(
        self, request: HttpRequest, products: QuerySet[Product]
    ) -> HttpResponse | None:
        """The page of the curation asks for the reason and shows what lacks."""
        keys = list(products.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(keys) > MOST_AT_ONCE:
            text = _("Paling banyak %(most)s produk sekaligus.") % {"most": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        return redirect(f"{reverse('judge_products')}?produk={','.join(map(str, keys))}")

    @admin.action(description=_("Cetak kartu harga"), permissions=["view"])
    def print_prices(
        self, request: HttpRequest, products: QuerySet[Product]
    ) -> HttpResponse | None:
        """Cards for what stands of the current edition sell of them."""
        keys = list(products.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(keys) > MOST_AT_ONCE:
            text = _("Paling banyak %(most)s produk sekaligus.") % {"most": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        chosen = ",".join(map(str, keys))
        return redirect(f"{reverse('price_cards_pdf')}?per_lembar=8&produk={chosen}")

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: Any, change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Photo:
            see_to_photos(formset)
        if formset.model is Credential:
            for credential in [
                *formset.new_objects,
                *(one for one, _fields in formset.changed_objects),
            ]:
                if doubts := doubts_in_words(credential):
                    text = gettext("%(credential)s disimpan, tetapi periksa nomornya: %(doubts)s")
                    messages.warning(request, text % {"credential": credential, "doubts": doubts})


def doubts_in_words(credential: Credential) -> str:
    """What looks wrong with its number, in one line."""
    return " ".join(doubts_of(credential))


def picture_of(row: Product | Photo, size: int) -> str:
    shown = row.picture
    if shown is None:
        return format_html('<span class="no-photo">{}</span>', _("belum ada"))
    return format_html(
        '<img class="photo" src="{}" width="{}" height="{}" alt="" loading="lazy">',
        shown.small,
        size,
        size,
    )
