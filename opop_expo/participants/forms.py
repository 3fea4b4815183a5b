"""The forms of notices: what is offered or looked for, an answer to it, an organiser's reason."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.models import Category, Notice
from pesantren.noticing import Contact, Written
from pesantren.whatsapp import normal_number, shown_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from opop_expo.participants.access import Member
    from pesantren.models import Producer

# A number or an address in the words themselves would be seen without anybody's consent.
NUMBER_OR_ADDRESS = re.compile(r"(?:\+62|\b0\s?8)[\d\s().\-–]{7,}|\S@\S+\.\S", re.ASCII)


class OwnWordsField(forms.CharField):
    """What somebody wants to say, in one paragraph and without a contact in it."""

    def __init__(self, **given: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), **given)

    def clean(self, value: Any) -> str:
        text = str(super().clean(" ".join(str(value or "").split())))
        if NUMBER_OR_ADDRESS.search(text):
            raise ValidationError(
                _("Tulis nomor atau e-mail di isian kontak di bawah, bukan di sini."),
                code="contact_in_text",
            )
        return text


class FromMaker(forms.Form):
    """A form in the name of one of the member's makers, that ends with a contact by consent."""

    producer = forms.TypedChoiceField(
        label=gettext_lazy("Atas nama"),
        error_messages={
            "required": gettext_lazy("Pilih pelaku usaha di stan Anda."),
            "invalid_choice": gettext_lazy("Pilih pelaku usaha di stan Anda."),
        },
    )
    whatsapp = forms.CharField(
        label=gettext_lazy("Nomor WhatsApp"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        error_messages={"invalid": gettext_lazy("Ini bukan alamat e-mail: nama@contoh.id.")},
        # Django's own field says type=email, which the browser would judge in its own words.
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )
    contact_allowed = forms.BooleanField(required=False)

    def clean_whatsapp(self) -> str:
        """The number as it is kept."""
        return normal_number(self.cleaned_data["whatsapp"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = cleaned.get("whatsapp") or cleaned.get("email")
        if given and not cleaned.get("contact_allowed"):
            self.add_error(
                "contact_allowed",
                _("Centang ini dulu, atau kosongkan kontaknya: tanpa izin tidak kami simpan."),
            )
        if cleaned.get("contact_allowed") and not given and not self.errors:
            self.add_error(
                "contact_allowed", _("Isi nomor atau e-mail dulu, atau hapus centang ini.")
            )
        return cleaned

    @property
    def contact(self) -> Contact:
        """What was filled in, empty without the consent."""
        if not self.cleaned_data["contact_allowed"]:
            return Contact()
        return Contact(self.cleaned_data["whatsapp"], self.cleaned_data["email"], allowed=True)

    def offer(
        self,
        name: str,
        rows: Sequence[Category] | Sequence[Producer],
        empty: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Let people choose among these rows, and no others, by their slug."""
        choice = self.fields[name]
        assert isinstance(choice, forms.TypedChoiceField)  # noqa: S101, it is declared so
        by_slug = {row.slug: row for row in rows}
        choice.choices = [*empty, *((slug, str(row)) for slug, row in by_slug.items())]
        choice.coerce = by_slug.get

    def mark_errors(self) -> None:
        """Tell screen readers which field is wrong, and where it says why."""
        for name, field in self.fields.items():
            if self.is_bound and self.has_error(name):
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"salah-{name}"}


class NoticeForm(FromMaker):
    """What one of the member's own makers offers or looks for."""

    field_order = ("direction", "topic", "category", "producer", "text")

    direction = forms.ChoiceField(
        label=gettext_lazy("Menawarkan atau mencari"),
        choices=Notice.Direction.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Pilih: menawarkan atau mencari."),
            "invalid_choice": gettext_lazy("Pilih: menawarkan atau mencari."),
        },
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Tentang apa"),
        choices=[("", gettext_lazy("Pilih …")), *Notice.Topic.choices],
        error_messages={
            "required": gettext_lazy("Pilih tentang apa."),
            "invalid_choice": gettext_lazy("Pilih tentang apa."),
        },
    )
    category = forms.TypedChoiceField(
        label=gettext_lazy("Untuk produk"),
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": gettext_lazy("Pilih salah satu kategori.")},
    )
    text = OwnWordsField(
        label=gettext_lazy("Ceritakan"),
        max_length=400,
        error_messages={
            "required": gettext_lazy("Tulis apa yang ditawarkan atau dicari."),
            "max_length": gettext_lazy("Paling panjang 400 huruf."),
        },
    )
    # Made with the form, so that what is sent twice is one.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        member: Member,
        notice: Notice | None = None,
        asked: QueryDict | None = None,
    ) -> None:
        initial = _initial(notice) if notice else _asked(asked)
        super().__init__(data, label_suffix="", initial=initial | {"key": uuid.uuid4()})
        categories = list(Category.objects.all())
        self.offer("category", categories, empty=[("", _("Produk apa saja"))])
        self.offer("producer", member.makers)
        self.mark_errors()

    @property
    def form_key(self) -> uuid.UUID:
        """The number that the form was made with; without one, what is sent is no repetition."""
        return self.cleaned_data.get("key") or uuid.uuid4()

    @property
    def written(self) -> Written:
        """What was filled in."""
        given = self.cleaned_data
        return Written(
            producer=given["producer"],
            direction=given["direction"],
            topic=given["topic"],
            category=given["category"],
            text=given["text"],
            contact=self.contact,
        )


class InterestForm(FromMaker):
    """A short answer to another's notice."""

    text = OwnWordsField(
        label=gettext_lazy("Pesan"),
        max_length=300,
        error_messages={
            "required": gettext_lazy("Tulis pesan singkat."),
            "max_length": gettext_lazy("Paling panjang 300 huruf."),
        },
    )
    field_order = ("producer", "text")

    def __init__(self, data: QueryDict | None = None, *, member: Member) -> None:
        super().__init__(data, label_suffix="", initial={"text": _("Kami tertarik. ")})
        self.offer("producer", member.makers)
        self.mark_errors()


class HideForm(forms.Form):
    """Why an organiser takes a notice out of sight; its maker reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan, dibaca penulisnya"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Tulis alasannya: penulisnya berhak tahu."),
            "max_length": gettext_lazy("Paling panjang 200 huruf."),
        },
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")
        if self.is_bound and self.has_error("reason"):
            self.fields["reason"].widget.attrs |= {
                "aria-invalid": "true",
                "aria-describedby": "salah-reason",
            }


def _initial(notice: Notice) -> dict[str, Any]:
    return {
        "direction": notice.direction,
        "topic": notice.topic,
        "category": notice.category.slug if notice.category else "",
        "producer": notice.producer.slug,
        "text": notice.text,
        "whatsapp": shown_number(notice.whatsapp) if notice.whatsapp else "",
        "email": notice.email,
        "contact_allowed": notice.contact_allowed,
    }


def _asked(asked: QueryDict | None) -> dict[str, Any]:
    """What the address of an empty form proposes; the form judges it when it comes back."""
    words = {"arah": "direction", "hal": "topic", "untuk": "category"}
    return {name: asked[word] for word, name in words.items() if asked and asked.get(word)}
