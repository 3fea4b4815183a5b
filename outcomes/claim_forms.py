"""The form of a claim: what somebody said, typed as people type it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outcomes.claiming import Said
from outcomes.fields import SeenForm, SourcesField, date_field, read_whole
from outcomes.models import Claim, FinancingScheme
from pesantren.money import read_rupiah, rupiah, thousands

if TYPE_CHECKING:
    from stands.models import Expo

# By hand: what this system counts, it counts.
BASES = [(one.value, one.label) for one in (Claim.Basis.REPORTED, Claim.Basis.ORGANISER)]
TEXTS = ("unit", "unit_en", "text", "text_en", "detail", "detail_en")


def words(label: Any, *, lines: int = 1, most: int = 60, **kwargs: Any) -> forms.CharField:
    """Words that may be left out."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines > 1 else forms.TextInput()
    return forms.CharField(label=label, required=False, max_length=most, widget=widget, **kwargs)


class ClaimForm(SeenForm):
    """A figure or a statement, and who says it."""

    figure = forms.ChoiceField(label=gettext_lazy("Angka atau pernyataan"))
    value = forms.CharField(
        label=gettext_lazy("Nilai"),
        required=False,
        max_length=30,
        help_text=gettext_lazy(
            "Misalnya 32, 30.317, atau Rp 4.344.800.000. Kosong bila hanya kata-kata."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = words(gettext_lazy("Satuan"), help_text=gettext_lazy("Seperti disebut: perusahaan"))
    unit_en = words(gettext_lazy("Satuan (Inggris)"))
    text = words(
        gettext_lazy("Pernyataan"),
        lines=2,
        most=600,
        help_text=gettext_lazy("Dengan kata sendiri; boleh kosong bila nilainya diisi."),
    )
    text_en = words(gettext_lazy("Pernyataan (Inggris)"), lines=2, most=600)
    detail = words(gettext_lazy("Keterangan"), lines=3, most=2_000)
    detail_en = words(gettext_lazy("Keterangan (Inggris)"), lines=3, most=2_000)
    date = forms.TypedChoiceField(
        label=gettext_lazy("Untuk hari"), required=False, empty_value=None
    )
    scheme = forms.ModelChoiceField(
        label=gettext_lazy("Untuk skema"),
        required=False,
        queryset=FinancingScheme.objects.none(),
        empty_label=gettext_lazy("seluruh edisi"),
    )
    basis = forms.ChoiceField(
        label=gettext_lazy("Dasar"), choices=BASES, initial="reported", widget=forms.RadioSelect
    )
    said_by = forms.CharField(
        label=gettext_lazy("Menurut siapa"),
        max_length=200,
        error_messages={"required": gettext_lazy("Tulis menurut siapa.")},
        help_text=gettext_lazy("Media atau lembaga, dan orang yang dikutipnya."),
    )
    said_on = date_field(gettext_lazy("Tanggal pernyataan (bila diketahui)"))
    sources = SourcesField(required=False)

    def __init__(self, *args: Any, expo: Expo, row: Claim | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        figure, date = self.fields["figure"], self.fields["date"]
        assert isinstance(figure, forms.ChoiceField)  # noqa: S101, for the type alone
        assert isinstance(date, forms.TypedChoiceField)  # noqa: S101, as above
        numbers = [one for one in Claim.Figure if one not in Claim.STATEMENTS]
        figure.choices = [
            (_("Angka"), [(one.value, one.label) for one in numbers]),
            (_("Pernyataan"), [(one.value, Claim.Figure(one).label) for one in Claim.STATEMENTS]),
        ]
        days = {day.date.isoformat(): day.date for day in expo.all_days}
        date.choices = [("", _("seluruh edisi")), *((iso, iso) for iso in days)]
        date.coerce = lambda iso: days[iso]
        scheme = self.fields["scheme"]
        assert isinstance(scheme, forms.ModelChoiceField)  # noqa: S101, as above
        scheme.queryset = FinancingScheme.objects.filter(expo=expo)
        if not scheme.queryset.exists():
            del self.fields["scheme"]
        if row is not None:
            self.show(row)

    def shown(self, row: Claim) -> dict[str, Any]:
        return as_typed(row)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        figure, typed = cleaned.get("figure"), cleaned.get("value") or ""
        if figure and typed:
            try:
                read = read_rupiah if figure in Claim.AMOUNTS else read_whole
                cleaned["value"] = read(typed)
            except ValueError:
                self.add_error("value", _wrong(str(figure)))
        elif not typed and "value" not in self.errors and not cleaned.get("text"):
            self.add_error("value", _("Isi nilainya, atau tulis pernyataannya."))
        if (
            cleaned.get("basis") == Claim.Basis.REPORTED
            and not cleaned.get("sources")
            and "sources" not in self.errors
        ):
            self.add_error("sources", _("Tulis alamat sumbernya."))
        if cleaned.get("scheme") and figure not in ("financing", "financing_recipients"):
            self.add_error("scheme", _("Skema hanya untuk angka pembiayaan."))
        if cleaned.get("scheme") and cleaned.get("date"):
            self.add_error("date", _("Pilih hari atau skema, tidak keduanya."))
        # At last, when the value has been read.
        return super().clean()

    @property
    def said(self) -> Said:
        """What was filled in."""
        cleaned = self.cleaned_data
        value = cleaned["value"]
        return Said(
            figure=cleaned["figure"],
            said_by=cleaned["said_by"],
            basis=cleaned["basis"],
            value=value if isinstance(value, int) else None,
            date=cleaned["date"],
            scheme=cleaned.get("scheme"),
            sources=cleaned["sources"],
            said_on=cleaned["said_on"],
            **{name: cleaned[name] for name in TEXTS},
        )


def as_typed(claim: Claim) -> dict[str, Any]:
    """What the form shows of a claim that is there."""
    write = rupiah if claim.is_amount else thousands
    date = claim.date.isoformat() if claim.date else ""
    names = ("figure", "basis", "said_by", "said_on", "sources", "scheme", *TEXTS)
    shown = {name: getattr(claim, name) for name in names}
    return shown | {"value": write(claim.value), "date": date}


def _wrong(figure: str) -> str:
    if figure in Claim.AMOUNTS:
        return _("Tulis jumlahnya dalam rupiah, misalnya Rp 4.344.800.000.")
    return _("Tulis bilangan bulat, misalnya 32 atau 30.317.")
