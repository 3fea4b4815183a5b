"""The organisers' form of a session: a day of the edition and hours of that day, in WIB."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pesantren.changed_meanwhile import SeenModelForm
from pesantren.typed_numbers import CountField, number_input
from programme.models import Room, Session
from programme.scheduling import queue_for, troubles_of
from stands.clock import WIB, clock_text
from stands.models import Expo, ExpoDay

if TYPE_CHECKING:
    from collections.abc import Iterable

# Where the form asks otherwise than the database keeps it.
FIELD_OF = {"starts_at": "starts", "ends_at": "ends"}


class SessionForm(SeenModelForm):
    """A session, refused where its room or a speaker is taken. Used within a transaction."""

    date = forms.TypedChoiceField(
        label=pgettext_lazy("tunggal", "Hari"),
        required=False,
        coerce=dt.date.fromisoformat,
        empty_value=None,
        help_text=_("Kosong: tidak ada sumber yang menyebut harinya."),
    )
    starts = forms.TimeField(label=_("Mulai"), required=False)
    ends = forms.TimeField(label=pgettext_lazy("acara", "Selesai"), required=False)

    class Meta:
        model = Session
        fields = "__all__"  # the fieldsets of the admin name them
        # Django reads 1.000 as 1.
        field_classes = {"capacity": CountField, "reported_count": CountField}
        widgets = {"capacity": number_input(), "reported_count": number_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = self.instance
        expo = session.expo if session.pk else None
        if "date" in self.fields:
            cast("forms.ChoiceField", self.fields["date"]).choices = _days(expo)
        if "room" in self.fields:
            cast("forms.ModelChoiceField[Room]", self.fields["room"]).choices = _rooms(expo)
        for name in ("starts", "ends"):
            if name in self.fields:
                self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
                self.initial[name] = getattr(session, name)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        expo: Expo | None = cleaned.get("expo") or (
            self.instance.expo if self.instance.pk else None
        )
        # The queue before the row: so does whoever calls several off at once.
        if expo is not None:
            queue_for(expo, list(cleaned.get("speakers") or []))
        cleaned = super().clean()
        wanted = self.instance
        if "date" not in self.fields:
            # Of a closed edition only what is reported may change.
            return cleaned
        # A session that is there already shows its edition and does not ask for it.
        if expo is None or {"date", "starts", "ends"} & self.errors.keys():
            return cleaned
        speakers = list(cleaned.get("speakers") or [])
        session = Session(
            pk=wanted.pk,
            expo=expo,
            date=cleaned.get("date"),
            room=cleaned.get("room"),
            is_cancelled=bool(cleaned.get("is_cancelled")),
            **hours_of(cleaned),
        )
        wanted.starts_at, wanted.ends_at = session.starts_at, session.ends_at
        for field, words in troubles_of(session, speakers):
            self.add_error(FIELD_OF.get(field, field), words)
        return cleaned


def hours_of(cleaned: dict[str, Any]) -> dict[str, dt.datetime | None]:
    """The instants of a form's hours; without a day there are none to be had."""
    date = cleaned.get("date")
    # Hours without a day are told of by the day of that name: any will do.
    day = date or dt.date(2000, 1, 1)
    return {
        name: None if time is None else dt.datetime.combine(day, time, WIB)
        for name, time in (("starts_at", cleaned.get("starts")), ("ends_at", cleaned.get("ends")))
    }


def _days(expo: Expo | None) -> list[Any]:
    """The days to choose from: of one edition, or of all that are not closed, by edition."""
    days = ExpoDay.objects.select_related("expo").order_by("-expo__is_current", "-expo", "date")
    those: Iterable[ExpoDay] = days.filter(expo=expo) if expo else days.filter(expo__closed_at=None)
    grouped = [
        (name, [(day.date.isoformat(), _day_text(day)) for day in group])
        for name, group in groupby(those, lambda day: day.expo.name)
    ]
    if expo and grouped:
        return [("", "–"), *grouped[0][1]]
    return [("", "–"), *grouped]


def _day_text(day: ExpoDay) -> str:
    text = date_format(day.date, "l, j F Y")
    if day.opens and day.closes:
        text += f" · {clock_text(day.opens)}–{clock_text(day.closes)}"
    return text


def _rooms(expo: Expo | None) -> list[Any]:
    rooms = Room.objects.select_related("expo").order_by("-expo__is_current", "-expo", "order")
    those = rooms.filter(expo=expo) if expo else rooms.filter(expo__closed_at=None)
    grouped = [
        (name, [(room.pk, room.name_text) for room in group])
        for name, group in groupby(those, lambda room: room.expo.name)
    ]
    if expo and grouped:
        return [("", "–"), *grouped[0][1]]
    return [("", "–"), *grouped]
