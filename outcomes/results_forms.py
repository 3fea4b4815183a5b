"""The forms of the organisers' page of results: what is shown, and freezing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outcomes.models import ResultsChoice
from pesantren.typed_numbers import CountField, TypedNumberField

if TYPE_CHECKING:
    from django.http import QueryDict

MOST_NAMED = 50


class ChoiceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy alone
    """What the organiser wants on the page."""

    class Meta:
        model = ResultsChoice
        fields = (
            "is_public",
            "shows_other_claims",
            "top_categories",
            "top_products",
            "introduction",
            "introduction_en",
        )
        field_classes = {"top_categories": CountField, "top_products": CountField}
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
            "introduction_en": forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("top_categories", "top_products"):
            if cleaned.get(name, 0) > MOST_NAMED:
                self.add_error(name, _("Paling banyak %(n)s.") % {"n": MOST_NAMED})
        for name in ("introduction", "introduction_en"):
            if len(cleaned.get(name, "")) > 600:
                self.add_error(name, _("Paling panjang 600 huruf."))
        return cleaned


class FreezeForm(forms.Form):
    """Freeze the figures, or amend what was frozen; `after` is the version that was seen last."""

    after = TypedNumberField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Alasan perubahan"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        error_messages={"max_length": gettext_lazy("Paling panjang 300 huruf.")},
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("Saya tahu apa yang belum selesai, dan angkanya tetap dibekukan."),
        required=False,
    )

    def __init__(self, data: QueryDict | None = None, *, after: int, has_waiting: bool) -> None:
        super().__init__(data, label_suffix="", initial={"after": after})
        self.has_waiting = has_waiting
        self.is_amendment = after > 0
        if not self.is_amendment:
            del self.fields["reason"]
        if not has_waiting:
            del self.fields["confirmed"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_amendment and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Tulis alasan perubahannya; pembaca halaman melihatnya."))
        if self.has_waiting and not cleaned.get("confirmed"):
            self.add_error("confirmed", _("Centang dulu bahwa Anda tahu apa yang belum selesai."))
        return cleaned
