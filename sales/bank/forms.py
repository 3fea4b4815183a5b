"""The forms of the pages on money at the bank: the file, its columns, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sales.bank.files import COLUMN_NAMES, MAX_BYTES, Columns, Sheet, StatementError, read_sheet
from sales.models import CLAIMED_METHODS, Payment
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADING_ROWS = 40
EXAMPLE_LENGTH = 28


class AccountForm(forms.Form):
    """Whose account a statement is, and what it holds, where it is all of one kind."""

    method = forms.ChoiceField(
        label=gettext_lazy("Isinya"),
        required=False,
        choices=[
            ("", gettext_lazy("campuran")),
            *((one.value, Payment.Method(one).label) for one in CLAIMED_METHODS),
        ],
    )
    stand = forms.ModelChoiceField(
        label=gettext_lazy("Rekening milik"),
        queryset=Stand.objects.none(),
        required=False,
        empty_label=gettext_lazy("panitia, untuk semua stan"),
    )

    def __init__(self, *args: Any, places: Sequence[Stand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field = self.fields["stand"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101, for the type alone
        field.queryset = Stand.objects.filter(pk__in=[one.pk for one in places])


class UploadForm(AccountForm):
    """The file itself. `sheet` is what was read of it."""

    file = forms.FileField(
        label=gettext_lazy("Berkas CSV dari bank atau penyedia QRIS"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        error_messages={
            "required": gettext_lazy("Pilih berkasnya."),
            "empty": gettext_lazy("Berkas ini kosong."),
            "max_length": gettext_lazy("Nama berkas ini terlalu panjang."),
        },
    )

    sheet: Sheet

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            if file.size > MAX_BYTES:  # before it is read
                raise StatementError(_("Berkas ini terlalu besar: paling besar 2 MB."))
            self.sheet = read_sheet(file.read(), file.name)
        except StatementError as error:
            raise forms.ValidationError(str(error)) from None
        return file


class ColumnsForm(forms.Form):
    """Which column holds what."""

    header = forms.TypedChoiceField(label=gettext_lazy("Judul kolom"), coerce=int)
    date = forms.TypedChoiceField(label=gettext_lazy("Tanggal"), coerce=int)
    time = forms.TypedChoiceField(label=gettext_lazy("Jam"), coerce=int, empty_value=None)
    amount = forms.TypedChoiceField(label=gettext_lazy("Jumlah atau uang masuk"), coerce=int)
    paid_out = forms.TypedChoiceField(
        label=gettext_lazy("Uang keluar"), coerce=int, empty_value=None
    )
    kind = forms.TypedChoiceField(
        label=gettext_lazy("Masuk atau keluar (CR/DB)"), coerce=int, empty_value=None
    )
    text = forms.TypedChoiceField(label=gettext_lazy("Keterangan"), coerce=int, empty_value=None)
    stand = forms.TypedChoiceField(
        label=gettext_lazy("Stan atau terminal"), coerce=int, empty_value=None
    )
    month_first = forms.BooleanField(
        label=gettext_lazy("Bulan ditulis sebelum tanggal (11/25/2026)"), required=False
    )

    def __init__(self, data: Any = None, *, sheet: Sheet, columns: Columns | None = None) -> None:
        super().__init__(data, initial=columns.as_json() if columns else None, prefix="k")
        self.label_suffix = ""
        header = columns.header if columns else 0
        if self.is_bound:
            chosen = self.data.get(self.add_prefix("header"), "")
            header = int(chosen) if chosen.isdecimal() and len(chosen) < 4 else 0
        self._choices("header", [(0, _("tidak ada judul")), *_heading_rows(sheet)])
        names = _named_columns(sheet, header)
        for field in COLUMN_NAMES:
            needed = field in ("date", "amount")
            self.fields[field].required = needed
            self._choices(field, names if needed else [("", _("tidak ada")), *names])

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101, for the type alone
        field.choices = choices

    def columns(self) -> Columns:
        """What the valid form says."""
        return Columns(**self.cleaned_data)


def _heading_rows(sheet: Sheet) -> list[tuple[int, str]]:
    return [
        (
            number,
            _("baris %(n)s: %(cells)s")
            % {"n": number, "cells": ", ".join(cell for cell in row if cell)[:60]},
        )
        for number, row in enumerate(sheet.rows[:HEADING_ROWS], start=1)
        if row
    ]


def _named_columns(sheet: Sheet, header: int) -> list[tuple[int, str]]:
    """Each column by its name, with the first content below it."""
    choices = []
    for place, name in enumerate(sheet.heading(header)):
        below = (row[place] for row in sheet.rows[header:] if len(row) > place and row[place])
        example = next(below, "")[:EXAMPLE_LENGTH]
        choices.append((place, f"{name} ({example})" if example else name))
    return choices
