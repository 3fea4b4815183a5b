"""The form of a new edition: what it is called, its days, and what is copied from another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opop_expo.preparing import NewDay, NewEdition, Part
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Mapping

# An edition lasts three or four days. More can be added in the admin.
MOST_DAYS = 6
# What is no use without something else that is copied.
NEEDS = {Part.OFFERS: Part.STANDS, Part.STOCK: Part.OFFERS}


class DayForm(forms.Form):
    """One day; left empty, it is none."""

    date = forms.DateField(
        label=gettext_lazy("Tanggal"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    opens = forms.TimeField(
        label=gettext_lazy("Buka"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=gettext_lazy("Tutup"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if (opens or closes) and not cleaned.get("date") and "date" not in self.errors:
            self.add_error("date", _("Tulis tanggalnya."))
        if bool(opens) != bool(closes):
            self.add_error("closes" if opens else "opens", _("Isi jam buka dan jam tutupnya."))
        elif opens and closes and closes <= opens:
            self.add_error("closes", _("Jam tutup setelah jam buka."))
        return cleaned


class DayFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # generic for mypy alone
    """The days, each once."""

    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            date = form.cleaned_data.get("date") if hasattr(form, "cleaned_data") else None
            if date is not None and date in seen:
                form.add_error("date", _("Tanggal ini sudah ditulis."))
            seen.add(date)


DAYS: type[DayFormSet] = cast(
    "type[DayFormSet]",
    forms.formset_factory(
        DayForm,
        formset=DayFormSet,
        extra=MOST_DAYS,
        max_num=MOST_DAYS,
        absolute_max=MOST_DAYS,
        validate_max=True,
    ),
)


class EditionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy alone
    """A new edition, by the rules of the model, with the formset of its days."""

    source = forms.ModelChoiceField(
        Expo.objects.none(),
        label=gettext_lazy("Salin dari edisi"),
        to_field_name="slug",
        required=False,
        empty_label=gettext_lazy("Mulai kosong"),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Yang disalin"),
        choices=Part.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Expo
        fields = ["name", "slug", "theme", "venue", "city"]
        error_messages = {"slug": {"unique": gettext_lazy("Alamat ini sudah dipakai edisi lain.")}}

    def __init__(self, given: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(given, **kwargs)
        self.fields["slug"].help_text = _(
            "Mulai dengan tahunnya: 2027. Dicetak di kartu QR, jadi tidak bisa diganti lagi."
        )
        field = cast("forms.ModelChoiceField", self.fields["source"])  # type: ignore[type-arg]
        # Of an edition without a hall there is nothing to copy.
        field.queryset = Expo.objects.with_stands().order_by("-is_current", "-slug")
        self.days = DAYS(given, prefix="hari")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        parts = {Part(one) for one in cleaned.get("parts", [])}
        if "source" in cleaned and cleaned["source"] is None:
            # Starting empty, what is ticked means nothing.
            parts = set()
        for part, needed in NEEDS.items():
            if part in parts and needed not in parts:
                words = {"part": _short(part), "needed": _short(needed)}
                text = _("%(part)s hanya bisa disalin bersama %(needed)s.")
                self.add_error("parts", text % words)
        cleaned["parts"] = frozenset(parts)
        return cleaned

    def is_valid(self) -> bool:
        """Whether the edition and all of its days are."""
        # Both are asked, so that everything that is wrong is told at once.
        return bool(super().is_valid() & self.days.is_valid())

    @cached_property
    def wanted(self) -> NewEdition:
        """What a valid form asks for."""
        given = self.cleaned_data
        days = (form.cleaned_data for form in self.days.forms)
        return NewEdition(
            **{name: given[name] for name in self.Meta.fields},
            days=tuple(
                NewDay(day["date"], day["opens"], day["closes"]) for day in days if day.get("date")
            ),
            source=given["source"],
            parts=given["parts"],
        )


def _short(part: Part) -> str:
    """The part without what it consists of."""
    return str(part.label).partition(":")[0].partition(",")[0]


class DiscardForm(forms.Form):
    """The address of the edition that goes, so that none goes by a slip of the finger."""

    address = forms.CharField(
        max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, given: Mapping[str, Any] | None, *, expo: Expo) -> None:
        super().__init__(given, label_suffix="")
        self.expo = expo
        words = _("Tulis %(address)s untuk membuang edisi ini") % {"address": expo.slug}
        self.fields["address"].label = words

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address != self.expo.slug:
            text = _("Belum dibuang: yang ditulis bukan %(address)s.")
            raise forms.ValidationError(text % {"address": self.expo.slug})
        return address
