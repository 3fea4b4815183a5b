"""What is chosen on the page 'Cetak': an edition, stands, and how they come on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stands.models import Expo, Stand
from stands.price_cards import SHEETS

if TYPE_CHECKING:
    from django.http import QueryDict

PHONE_LENGTH = 40


class StandsField(forms.Field):
    """Keys of stands, one by one or parted by commas; what is no key is left aside."""

    def to_python(self, value: Any) -> list[int]:
        words = [word for part in value or [] for word in str(part).split(",")]
        return [int(w) for w in words if w.isascii() and w.isdecimal() and len(w) < 19]


class PrintForm(forms.Form):
    """The stands of one edition. None chosen means all of them."""

    edisi = forms.ModelChoiceField(Expo.objects.with_span(), to_field_name="slug", required=False)
    stan = StandsField(required=False, widget=forms.SelectMultiple)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, label_suffix="")

    @property
    def expo(self) -> Expo:
        """The edition that was chosen; after is_valid()."""
        expo: Expo = self.cleaned_data["edisi"]
        return expo

    def clean_edisi(self) -> Expo:
        """The current edition where none is named."""
        expo = self.cleaned_data["edisi"] or Expo.objects.with_span().current()
        if expo is None:
            raise forms.ValidationError("no edition")
        return expo

    @property
    def stands(self) -> list[Stand]:
        """The stands that were chosen, in the order of the hall."""
        stands = Stand.objects.at(self.expo).with_pesantren().select_related("expo")
        if keys := self.cleaned_data["stan"]:
            stands = stands.filter(pk__in=keys)
        return list(stands)


class StandCardsForm(PrintForm):
    """QR cards of stands."""

    ukuran = forms.ChoiceField(
        label=_("Ukuran"),
        choices=[("a6", _("A6, satu per halaman")), ("a4", _("A4, empat per lembar"))],
    )


class PriceCardsForm(PrintForm):
    """Price cards of what stands sell."""

    per_lembar = forms.TypedChoiceField(
        label=_("Ukuran"),
        coerce=int,
        choices=[(str(n), str(n)) for n in SHEETS],
    )


class CatalogueForm(PrintForm):
    """The catalogue."""

    isi = forms.ChoiceField(
        label=_("Isi"),
        choices=[
            ("kurasi", _("Hanya yang lolos kurasi")),
            ("semua", _("Semua yang dijual di edisi ini")),
        ],
    )


class PairingSheetsForm(PrintForm):
    """Sheets for pairing."""

    telepon = forms.CharField(label=_("Telepon panitia"), max_length=PHONE_LENGTH, required=False)
