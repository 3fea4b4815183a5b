"""Fields for numbers as people here write them: read so, or asked for again."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def number_input(width: str = "vIntegerField") -> forms.TextInput:
    """Where one is typed in the admin; a browser's own field for numbers takes dots for commas."""
    return forms.TextInput({"class": width, "inputmode": "numeric"})


class TypedNumberField(forms.IntegerField):
    """A number written the way people write it here, and only that way.

    Python's int() also takes `1_0`, `٣` and, through Django, `1.000` as 1. At a till that would
    record something else than the keeper read on the screen.
    """

    written = re.compile(r"\d{1,12}", re.ASCII)
    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        shown = {} if widget.is_hidden else {"inputmode": "numeric", "autocomplete": "off"}
        return shown | super().widget_attrs(widget)

    def to_python(self, value: Any) -> int | None:
        text = str(value).strip() if value is not None else ""
        if text and not self.written.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(re.sub(r"[^\d-]", "", text) if text else None)


class CountField(TypedNumberField):
    """How many of something, typed as `1000` or `1.000`."""

    default_error_messages = {"invalid": _("Isi dengan angka bulat, misalnya 1200 atau 1.200.")}

    written = re.compile(r"\d{1,12}|\d{1,3}(\.\d{3}){1,3}", re.ASCII)


class BalanceField(CountField):
    """The same of what may be below zero: `-3`."""

    written = re.compile(r"-?(\d{1,12}|\d{1,3}(\.\d{3}){1,3})", re.ASCII)


class RupiahField(TypedNumberField):
    """Whole rupiah, typed as `100000`, `100.000` or `Rp 100.000`."""

    default_error_messages = {"invalid": _("Isi nilainya dengan angka, misalnya 50.000.")}

    written = re.compile(r"(Rp ?)?(\d{1,12}|\d{1,3}(\.\d{3}){1,3})", re.ASCII)


# What the admin makes of the numbers of a row, unless its form says more: Django reads 1.000 as 1.
# The row itself says which may be below zero.
NUMBER_FIELDS: Any = {
    kind: {"form_class": BalanceField, "widget": number_input(width)}
    for kind, width in (
        (models.IntegerField, "vIntegerField"),
        (models.BigIntegerField, "vBigIntegerField"),
    )
}
