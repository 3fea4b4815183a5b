"""Fields of the organisers' forms on outcomes: amounts, numbers and dates as typed, addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.changed_meanwhile import (
    NAME,
    Seen,
    SeenField,
    complain,
    seen_by,
    seen_text,
    with_typed,
)
from pesantren.money import read_rupiah

if TYPE_CHECKING:
    from django.db.models import Model

# As people type a number of things: 32, 1.250, 30 317.
WHOLE = re.compile(r"\d{1,12}|\d{1,3}(?:[. ]\d{3}){1,3}")
MOST_SOURCES = 10


class RupiahField(forms.CharField):
    """Whole rupiah as people type it: `Rp 4.344.800.000`, `4344800000`, `2,5 juta`."""

    def __init__(self, *, least: int = 0, **kwargs: Any) -> None:
        super().__init__(max_length=30, **kwargs)
        self.least = least
        self.widget.attrs |= {"inputmode": "text", "autocomplete": "off"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = read_rupiah(text)
        except ValueError:
            raise ValidationError(
                _("Tulis jumlahnya dalam rupiah, misalnya Rp 4.344.800.000.")
            ) from None
        if amount < self.least:
            raise ValidationError(_("Jumlah harus lebih dari nol."))
        return amount


def read_whole(text: str) -> int:
    """A number of things that a person typed. ValueError where it is none."""
    if WHOLE.fullmatch(text.strip()) is None:
        raise ValueError("no whole number")
    return int(re.sub(r"\D", "", text))


class SourcesField(forms.CharField):
    """Addresses of pages, one a line; kept parted by ` | ` as everywhere."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Alamat sumber"))
        kwargs.setdefault("help_text", gettext_lazy("Satu alamat tiap baris: https://…"))
        super().__init__(
            max_length=4_000,
            widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return value.replace(" | ", "\n") if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        found = [one.strip() for one in re.split(r"[\n|]", text) if one.strip()]
        if len(found) > MOST_SOURCES:
            raise ValidationError(_("Paling banyak %(most)s alamat.") % {"most": MOST_SOURCES})
        for one in found:
            if not is_address(one):
                raise ValidationError(
                    _("“%(one)s” bukan alamat halaman. Mulai dengan https://.") % {"one": one[:60]}
                )
        return " | ".join(dict.fromkeys(found))


def is_address(text: str) -> bool:
    """Whether it is the address of a page that a browser can open."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and " " not in text


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A date as the browser's own picker gives it; empty where it is not known."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        required=False,
        widget=widget,
        error_messages={"invalid": gettext_lazy("Tulis tanggalnya: tahun-bulan-hari.")},
        **kwargs,
    )


class OutcomeForm(forms.Form):
    """A form that shows at its place what the row refuses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def take(self, error: ValidationError) -> None:
        """Show what a row says of its values."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, messages in error.message_dict.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class SeenForm(OutcomeForm):
    """The form of a row that somebody else may have open too: it writes over nothing unasked."""

    seen = SeenField()
    # What the form shows and has no field of its own for.
    more_seen: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, row: Model | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.changed: list[str] = []
        self.more_typed: dict[str, Any] = {}
        # Before a complaint renews it, so that the next attempt replaces knowingly.
        self.first_seen = seen_by(self, self._watched(row)) if row is not None else Seen({}, ())

    def shown(self, row: Any) -> dict[str, Any]:
        """What the fields show of a row."""
        return {name: getattr(row, name) for name in self.fields if name != NAME}

    def show(self, row: Model) -> None:
        """Begin with what the row says."""
        self.initial = {**self.shown(row), NAME: seen_text(row, self._watched(row))}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.row is not None:
            self.complain(self.row)
        return cleaned

    @property
    def seen_there(self) -> Seen | None:
        """What its writer saw; None where there was nothing to see."""
        if self.row is None:
            return None
        return with_typed(self.first_seen, self, self.more_typed)

    def complain(self, row: Model) -> None:
        """Say what somebody else has changed, `row` being what is there now."""
        seen = with_typed(self.first_seen, self, self.more_typed)
        shown = self.shown(row)
        self.changed = complain(self, row, seen=seen, shown=shown, labels=self.more_seen)

    def _watched(self, row: Model) -> list[str]:
        own = [name for name in self.fields if name not in (NAME, "key")]
        return [*own, *self.more_seen]
