"""The forms of a scheme and of a disbursement."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outcomes.claim_forms import words
from outcomes.fields import RupiahField, SeenForm, SourcesField, date_field
from outcomes.models import Disbursement, FinancingScheme
from pesantren.models import Producer
from pesantren.money import rupiah
from pesantren.typed_numbers import CountField

if TYPE_CHECKING:
    from stands.models import Expo


class SchemeForm(SeenForm):
    """A scheme: credit or grant."""

    name = forms.CharField(label=gettext_lazy("Nama skema"), max_length=120)
    name_en = words(gettext_lazy("Nama (Inggris)"), most=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Jenis"), choices=FinancingScheme.Kind.choices, widget=forms.RadioSelect
    )
    institution = words(gettext_lazy("Lembaga"), most=120)
    order = CountField(
        label=gettext_lazy("Urutan"), min_value=0, max_value=999, initial=0, required=False
    )
    detail = words(gettext_lazy("Keterangan"), lines=2, most=2_000)
    detail_en = words(gettext_lazy("Keterangan (Inggris)"), lines=2, most=2_000)
    said_by = words(gettext_lazy("Menurut siapa"), most=200)
    sources = SourcesField(required=False)

    def __init__(
        self, *args: Any, expo: Expo, scheme: FinancingScheme | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, row=scheme, **kwargs)
        self.expo, self.scheme = expo, scheme
        if scheme is not None:
            self.show(scheme)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("sources") and not cleaned.get("said_by"):
            self.add_error("said_by", _("Tulis menurut siapa."))
        others = FinancingScheme.objects.filter(expo=self.expo, name=cleaned.get("name"))
        if any(one != self.scheme for one in others):
            self.add_error("name", _("Skema dengan nama ini sudah ada di edisi itu."))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in; a new scheme gets its code from its name."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        values["order"] = values["order"] or 0
        if self.scheme is None:
            values["code"] = self._code(values["name"])
        return values

    def _code(self, name: str) -> str:
        stem = slugify(name)[:34] or "skema"
        taken = set(FinancingScheme.objects.filter(expo=self.expo).values_list("code", flat=True))
        numbered = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
        return next(code for code in numbered if code not in taken)


class DisbursementForm(SeenForm):
    """Who received how much, when, and through whom."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    scheme = forms.ModelChoiceField(
        label=gettext_lazy("Skema"), queryset=FinancingScheme.objects.none(), empty_label=None
    )
    producer = forms.ModelChoiceField(
        label=gettext_lazy("Pelaku usaha di katalog"),
        queryset=Producer.objects.none(),
        required=False,
        empty_label=gettext_lazy("bukan yang di katalog"),
    )
    recipient = words(
        gettext_lazy("atau nama penerimanya"),
        most=160,
        help_text=gettext_lazy("Seperti tertulis di daftar penyaluran."),
    )
    amount_rupiah = RupiahField(
        label=gettext_lazy("Jumlah"),
        least=1,
        help_text=gettext_lazy("Misalnya Rp 250.000.000 atau 250 juta."),
    )
    date = date_field(gettext_lazy("Tanggal (bila diketahui)"))
    institution = words(gettext_lazy("Lembaga penyalur"), most=120)
    is_public = forms.BooleanField(
        label=gettext_lazy("Penerima dan jumlahnya boleh tampil di halaman hasil"), required=False
    )
    note = words(gettext_lazy("Catatan"), most=200)
    sources = SourcesField(required=False)

    def __init__(
        self, *args: Any, expo: Expo, row: Disbursement | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, row=row, **kwargs)
        scheme, producer = self.fields["scheme"], self.fields["producer"]
        assert isinstance(scheme, forms.ModelChoiceField)  # noqa: S101, for the type alone
        assert isinstance(producer, forms.ModelChoiceField)  # noqa: S101, as above
        scheme.queryset = FinancingScheme.objects.filter(expo=expo)
        producer.queryset = Producer.objects.select_related("pesantren").order_by("name", "pk")
        self.initial.setdefault("key", uuid.uuid4())
        if row is not None:
            self.show(row)

    def shown(self, row: Disbursement) -> dict[str, Any]:
        return super().shown(row) | {"amount_rupiah": rupiah(row.amount_rupiah)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "producer" in self.errors:
            return cleaned
        if bool(cleaned.get("producer")) == bool(cleaned.get("recipient")):
            self.add_error(
                "recipient", _("Pilih pelaku usahanya, atau tulis nama penerimanya, satu saja.")
            )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, but for what the form itself needs."""
        own = ("key", "seen")
        return {name: value for name, value in self.cleaned_data.items() if name not in own}
