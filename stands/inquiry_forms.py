"""The form of an inquiry, four fields and a consent, and the organisers' answer to it."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stands.inquiring import NEXT, Written
from stands.models import Inquiry

if TYPE_CHECKING:
    from django.http import QueryDict

# Of any country: a buyer may come from abroad.
TELEPHONE = re.compile(r"\+?[0-9]{8,15}", re.ASCII)
BETWEEN_DIGITS = re.compile(r"[\s().\-–/]+")


class OneLineField(forms.CharField):
    """Text in which lines and rows of spaces have become one space."""

    def clean(self, value: Any) -> str:
        return str(super().clean(" ".join(str(value or "").split())))


def check_contact(contact: str) -> None:
    """Raise ValidationError for what is neither a mail address nor a telephone number."""
    if TELEPHONE.fullmatch(BETWEEN_DIGITS.sub("", contact)):
        return
    try:
        validate_email(contact)
    except ValidationError:
        raise ValidationError(
            _("Ini bukan e-mail dan bukan nomor: nama@contoh.id atau 0812-3456-7890.")
        ) from None


class InquiryForm(forms.Form):
    """Who writes, how to answer, and what it is about."""

    name = OneLineField(
        label=gettext_lazy("Nama Anda"),
        max_length=80,
        error_messages={"required": gettext_lazy("Tulis nama Anda.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    organisation = OneLineField(
        label=gettext_lazy("Usaha atau lembaga"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact = OneLineField(
        label=gettext_lazy("E-mail atau nomor WhatsApp"),
        max_length=120,
        error_messages={"required": gettext_lazy("Tulis e-mail atau nomor, supaya bisa dijawab.")},
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )
    message = forms.CharField(
        label=gettext_lazy("Pesan"),
        max_length=1000,
        error_messages={
            "required": gettext_lazy("Tulis apa yang Anda inginkan."),
            "max_length": gettext_lazy("Paling panjang 1.000 huruf."),
        },
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    consent = forms.BooleanField(
        error_messages={
            "required": gettext_lazy(
                "Centang ini dulu: tanpa izin Anda kami tidak boleh menyimpannya."
            )
        },
    )
    # People leave it empty, since it is hidden and says so; programs fill in what there is.
    ulangi = forms.CharField(required=False, max_length=200)
    # Made with the form, so that what is sent twice is one.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="", initial={"key": uuid.uuid4()})
        for name, field in self.fields.items():
            if self.is_bound and self.has_error(name):
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"salah-{name}"}

    def clean_contact(self) -> str:
        """A mail address or a telephone number, as it was written."""
        contact: str = self.cleaned_data["contact"]
        check_contact(contact)
        return contact

    @property
    def is_from_a_program(self) -> bool:
        """Whether the field that nobody sees was filled in."""
        return bool(self.data.get("ulangi"))

    @property
    def form_key(self) -> uuid.UUID:
        """The number that the form was made with; without one, what is sent is no repetition."""
        return self.cleaned_data.get("key") or uuid.uuid4()

    @property
    def written(self) -> Written:
        """What was filled in."""
        words = ("name", "organisation", "contact", "message")
        return Written(**{word: self.cleaned_data[word] for word in words})


class AnswerForm(forms.Form):
    """A note or a mail, and where the inquiry stands then."""

    seen = forms.ChoiceField(choices=Inquiry.State.choices, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("Keadaan"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Jawaban atau catatan"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": gettext_lazy("Paling panjang 4.000 huruf.")},
    )
    by_mail = forms.BooleanField(
        label=gettext_lazy("Kirim tulisan ini sebagai e-mail kepada penulisnya"), required=False
    )

    def __init__(self, data: QueryDict | None = None, *, inquiry: Inquiry) -> None:
        super().__init__(
            data, label_suffix="", initial={"seen": inquiry.state, "state": inquiry.state}
        )
        now = Inquiry.State(inquiry.state)
        choice = self.fields["state"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101, it is declared so
        stays = _("tetap: %(state)s") % {"state": now.label}
        choice.choices = [(now, stays), *((one, one.label) for one in NEXT[now])]
        if not inquiry.has_email:
            del self.fields["by_mail"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("text")
        if cleaned.get("by_mail") and not text:
            self.add_error("text", _("Tulis dulu apa yang dikirim."))
        elif not text and cleaned.get("state") == cleaned.get("seen"):
            self.add_error("text", _("Tulis sesuatu, atau pilih keadaan lain."))
        return cleaned
