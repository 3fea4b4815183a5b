"""What a person is looked for by, and which of the rows found are theirs."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opop_expo.privacy.terms import Terms, national_digits
from programme.codes import read_code
from stands.inquiry_forms import OneLineField

LEAST_LETTERS = 3
LEAST_DIGITS = 7


class PersonForm(forms.Form):
    """At least one of four; by more of them more is found."""

    nama = OneLineField(
        label=gettext_lazy("Nama"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Lengkap, sebagaimana ditulisnya sendiri."),
    )
    email = OneLineField(label=gettext_lazy("E-mail"), max_length=120, required=False)
    telepon = OneLineField(
        label=gettext_lazy("Nomor telepon atau WhatsApp"), max_length=40, required=False
    )
    kode = OneLineField(
        label=gettext_lazy("Kode tiket atau sertifikat"), max_length=200, required=False
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off"}

    def clean_nama(self) -> str:
        name = " ".join(self.cleaned_data["nama"].split())
        if name and sum(map(str.isalpha, name)) < LEAST_LETTERS:
            raise ValidationError(_("Tulis nama yang lebih panjang."))
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email:
            try:
                validate_email(email)
            except ValidationError:
                raise ValidationError(_("Ini bukan alamat e-mail.")) from None
        return email

    def clean_telepon(self) -> str:
        digits = national_digits(self.cleaned_data["telepon"])
        if self.cleaned_data["telepon"] and not LEAST_DIGITS <= len(digits) <= 15:
            raise ValidationError(_("Tulis satu nomor lengkap, misalnya 0812-3456-7890."))
        return digits

    def clean_kode(self) -> str:
        code = read_code(self.cleaned_data["kode"])
        if self.cleaned_data["kode"] and not code:
            raise ValidationError(_("Kode ini tidak lengkap: 16 huruf dan angka."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Isi paling sedikit satu."))
        return cleaned

    @property
    def terms(self) -> Terms:
        """What to look for."""
        given = self.cleaned_data
        return Terms(given["nama"], given["email"], given["telepon"], given["kode"])


class ChoiceForm(forms.Form):
    """Which of the rows found are the person's, and whether they are to be erased for good."""

    baris = forms.MultipleChoiceField()
    key = forms.UUIDField(required=False)
    yakin = forms.BooleanField(required=False)

    def __init__(self, data: Any, keys: list[str]) -> None:
        super().__init__(data)
        field = self.fields["baris"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101, as above
        field.choices = [(key, key) for key in keys]
        field.error_messages["required"] = _("Pilih dulu baris yang memang milik orang ini.")
        field.error_messages["invalid_choice"] = _(
            "Isinya berubah sejak dicari. Cari lagi, lalu pilih."
        )

    @property
    def request_key(self) -> uuid.UUID:
        """The number of this request, so that what is sent twice is done once."""
        return self.cleaned_data.get("key") or uuid.uuid4()
