"""The forms of the organisers' pages on vouchers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.money import read_rupiah
from pesantren.typed_numbers import CountField
from sales.models import VoucherBatch
from sales.models.vouchers import MAX_QUANTITY
from sales.vouchers.issuing import VoucherRefused
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stands.models import Expo

MOST_RUPIAH = 10_000_000_000
NAME_TAKEN = gettext_lazy("Nama ini sudah dipakai di edisi itu.")


class RupiahField(forms.CharField):
    """Whole rupiah as people type it: `100.000`, `Rp 100.000`, `100000`, `100rb`."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = read_rupiah(text)
        except ValueError:
            amount = -1
        if not 0 <= amount <= MOST_RUPIAH:
            raise forms.ValidationError(_("Tulis jumlahnya dalam rupiah, misalnya 100.000."))
        return amount


class RefusalForm(forms.Form):
    """A form that shows why something was refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @contextmanager
    def showing_refusals(self) -> Iterator[None]:
        """Turn a refusal inside into errors of the form; the block is left there."""
        try:
            yield
        except VoucherRefused as refused:
            self.add_error(None, str(refused))
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.add_error(field if field in self.fields else None, messages)
        except IntegrityError:
            self.add_error("name", NAME_TAKEN)


class StandsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Stands by code and name."""

    def label_from_instance(self, obj: Stand) -> str:
        return f"{obj.code} {obj.name}"


class BatchForm(RefusalForm):
    """A batch to be made."""

    name = forms.CharField(
        label=gettext_lazy("Nama kelompok"),
        max_length=80,
        help_text=gettext_lazy("Misalnya: Undangan pembukaan."),
    )
    value_rupiah = RupiahField(label=gettext_lazy("Nilai satu voucher"), max_length=20)
    quantity = CountField(label=gettext_lazy("Banyaknya"), min_value=1, max_value=MAX_QUANTITY)
    audience = forms.ChoiceField(
        label=gettext_lazy("Untuk"), choices=VoucherBatch.Audience.choices, initial="visitor"
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Berlaku mulai"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Berlaku sampai"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    owed = forms.ChoiceField(
        label=gettext_lazy("Yang dibayarkan ke stan"),
        choices=VoucherBatch.Owed.choices,
        initial="used",
        widget=forms.RadioSelect,
    )
    stands = StandsField(
        label=gettext_lazy("Hanya di stan (kosong: semua stan)"),
        queryset=Stand.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, expo: Expo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expo = expo
        field = self.fields["stands"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101, for the type alone
        field.queryset = Stand.objects.at(expo)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if VoucherBatch.objects.filter(expo=self.expo, name=name).exists():
            raise forms.ValidationError(NAME_TAKEN)
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("Hari terakhir tidak bisa sebelum hari pertama."))
        return cleaned

    @property
    def total_rupiah(self) -> int | None:
        """What all of them are worth, where it can be said."""
        cleaned = getattr(self, "cleaned_data", {})
        value, quantity = cleaned.get("value_rupiah"), cleaned.get("quantity")
        return value * quantity if value and quantity else None


class IssueForm(RefusalForm):
    """Which papers were handed out, and to whom."""

    first = CountField(label=gettext_lazy("Dari No."), min_value=1)
    last = CountField(label=gettext_lazy("sampai No."), min_value=1)
    to = forms.CharField(
        label=gettext_lazy("Kepada (kosong: dibagikan tanpa nama)"), max_length=80, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("Nomor terakhir tidak bisa sebelum nomor pertama."))
        return cleaned


class RulesForm(RefusalForm):
    """How much a till may take in vouchers without a network."""

    limit = RupiahField(label=gettext_lazy("Batas per kasir, dalam rupiah"), max_length=20)


class ReceivedForm(RefusalForm):
    """Who got the money of a settlement."""

    received_by = forms.CharField(
        label=gettext_lazy("Diterima dan ditandatangani oleh"),
        max_length=80,
        error_messages={
            "required": gettext_lazy("Tulis nama yang menerima dan menandatangani."),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("Catatan (boleh kosong)"), max_length=200, required=False
    )
    gives_back = forms.BooleanField(required=False)
