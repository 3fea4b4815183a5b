"""The plain form of the gate counter: one tap, or the last one taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.counting import Tap, count_taps
from programme.models import Gate, GateCount
from programme.outbox import Moment

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from programme.outbox import Answer

STEPS = (1, 5)
UNDO = "tarik"


class TapForm(forms.Form):
    """What the form sends. Its number was made with the page: sent twice it is one tap."""

    uuid = forms.UUIDField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), _("Muat ulang halaman ini, lalu ketuk lagi.")
        )
    )
    pintu = forms.ModelChoiceField(
        Gate.objects.none(),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Pintu ini tidak ada. Pilih pintunya lagi.")
        ),
    )
    aksi = forms.ChoiceField(
        choices=[(str(step), str(step)) for step in STEPS] + [(UNDO, UNDO)],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Ketuk salah satu tombolnya.")
        ),
    )
    terakhir = forms.UUIDField(required=False)

    def __init__(self, *args: Any, gates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pintu"].queryset = gates  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        """An undo has to say which tap."""
        content = super().clean() or self.cleaned_data
        if content.get("aksi") == UNDO and not content.get("terakhir"):
            self.add_error("aksi", _("Belum ada ketukan yang bisa ditarik kembali."))
        return content

    def tap(self, at: dt.datetime) -> Tap:
        """What to count. An undo takes back as many as its tap has counted."""
        content = self.cleaned_data
        if content["aksi"] != UNDO:
            return Tap(content["uuid"], content["pintu"].pk, int(content["aksi"]), Moment(at))
        step = (
            GateCount.objects.filter(pk=content["terakhir"]).values_list("step", flat=True).first()
        )
        return Tap(
            content["uuid"], content["pintu"].pk, -(step or 1), Moment(at), content["terakhir"]
        )


def count_by_form(form: TapForm, *, by: User, at: dt.datetime) -> Answer:
    """Record what a valid form says."""
    [answer] = count_taps([form.tap(at)], by=by)
    return answer
