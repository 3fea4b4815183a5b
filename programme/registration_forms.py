"""The form of a registration: a name, as what, from where, and a contact for whoever wants one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.models import Producer
from programme.models import ParticipantKind
from programme.producers_named import (
    Named,
    every_maker,
    makers_shown,
    producer_called,
    producers_like,
)
from programme.registering import Participant
from stands.inquiry_forms import OneLineField, check_contact

if TYPE_CHECKING:
    from django.http import QueryDict

# Chosen where none of the producers offered is meant.
NONE_OF_THEM = "bukan"


class ParticipantForm(forms.Form):
    """Who somebody is; at the door as well as on the registration page."""

    name = OneLineField(
        label=gettext_lazy("Nama"),
        max_length=80,
        error_messages={"required": gettext_lazy("Tulis nama Anda.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Datang sebagai"),
        choices=ParticipantKind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Pilih salah satu."),
            "invalid_choice": gettext_lazy("Pilih salah satu."),
        },
    )
    organisation = OneLineField(
        label=gettext_lazy("Usaha atau lembaga"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    # The key of a producer, or NONE_OF_THEM; asked only where the text may mean several.
    producer = forms.CharField(required=False, max_length=20)

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:
        super().__init__(data, label_suffix="", **more)
        # Offered beside the text, where it may mean one of them.
        self.offered: list[Named] = []
        self.chosen: Producer | None = None
        for name, field in self.fields.items():
            if self.is_bound and self.has_error(name):
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"salah-{name}"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text, kind = cleaned.get("organisation", ""), cleaned.get("kind")
        if kind is None or "organisation" not in cleaned or kind == ParticipantKind.VISITOR:
            return cleaned
        if not text:
            self.add_error("organisation", _("Tulis nama usaha atau lembaga Anda."))
        else:
            self._find_producer(text, cleaned.get("producer", ""))
        return cleaned

    def _find_producer(self, text: str, picked: str) -> None:
        """The producer that the text means; asks back where it may mean one of several."""
        makers = self._makers()
        same = next((one for one in makers if str(one.pk) == picked), None)
        if picked:
            # Where another field is wrong, what was picked here is still there.
            alike = [one for one in producers_like(text, makers) if one != same]
            self.offered = [same, *alike] if same else alike
        if picked == NONE_OF_THEM:
            return
        same = same or producer_called(text, makers)
        if same is not None:
            self.chosen = Producer.objects.filter(pk=same.pk).first()
            return
        self.offered = producers_like(text, makers)
        if self.offered:
            self.add_error(
                "organisation", _("Nama ini mirip dengan yang ada di katalog. Pilih yang benar.")
            )

    def _makers(self) -> list[Named]:
        """Those that may be meant."""
        return every_maker()

    @property
    def participant(self) -> Participant:
        """Who it is; of a producer the text too, as it was written."""
        given = self.cleaned_data
        return Participant(
            name=given["name"],
            kind=given["kind"],
            producer=self.chosen,
            organisation=given["organisation"],
            contact=given.get("contact", ""),
        )


class RegistrationForm(ParticipantForm):
    """The same with a contact, if wanted, and a consent."""

    contact = OneLineField(
        label=gettext_lazy("E-mail atau nomor WhatsApp"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
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
        super().__init__(data, initial={"key": uuid.uuid4()})

    def _makers(self) -> list[Named]:
        # Whoever registers is shown no others.
        return makers_shown()

    def clean_contact(self) -> str:
        """A mail address, a telephone number, or nothing."""
        contact: str = self.cleaned_data["contact"]
        if contact:
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
