"""The fields of a filter: an unknown choice is left aside, a price that is none is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pesantren.money import read_rupiah

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Several(forms.MultipleChoiceField):
    """A kind of fact of which several values may be picked; unknown ones are left aside."""

    def clean(self, value: Any) -> list[str]:
        picked = set(self.to_python(value))
        return [key for key, _label in cast("list[tuple[str, str]]", self.choices) if key in picked]


class Flag(forms.BooleanField):
    """What a thing should be."""


class Lenient(forms.ChoiceField):
    """One choice; an unknown one is left aside."""

    def clean(self, value: Any) -> str:
        return str(value) if self.valid_value(value) else ""


class Rupiah(forms.CharField):
    """An amount as people type it: 10.000, Rp 10.000, 10rb."""

    def __init__(self, *, label: StrOrPromise) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(label=label, required=False, max_length=30, widget=widget)

    def clean(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return read_rupiah(text[:100])
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” bukan harga. Tulis misalnya 10.000 atau 10rb."),
                params={"text": text[:20]},
            ) from error
