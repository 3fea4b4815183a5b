"""Rooms, speakers and sessions, in the admin."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

import programme.gates_admin  # noqa: F401, registers what it holds
from pesantren.admin import ORIGIN
from pesantren.changed_meanwhile import SeenAdmin, SeenModelForm
from pesantren.typed_numbers import NUMBER_FIELDS, CountField, number_input
from programme.models import Room, Session, Speaker
from programme.registering import seats_of
from programme.scheduling import save_session, told
from programme.session_form import SessionForm
from stands.clock import clock_text
from stands.edition_admin import CLOSED, ClosedIsReadOnly, EditionFilter
from stands.models import Expo, PlanFeature

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

# Of the plan these are no place where anybody speaks.
NO_ROOM = [PlanFeature.Kind.HALL, PlanFeature.Kind.ZONE]
CLOSED_BUT_FOR_REPORTS = _(
    "Edisi ini sudah ditutup: yang masih bisa diisi hanya jumlah peserta menurut laporan."
)


class RoomForm(SeenModelForm):
    """A room at a place of its own edition, with its seats as people write them."""

    class Meta:
        model = Room
        fields = ["expo", "name", "name_en", "seats", "place", "order"]
        # Django reads 1.000 as 1.
        field_classes = {"seats": CountField}
        widgets = {"seats": number_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "place" in self.fields:
            field = cast("forms.ModelChoiceField[PlanFeature]", self.fields["place"])
            field.choices = _places(self.instance.expo if self.instance.pk else None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # A room that is there already shows its edition and does not ask for it.
        expo = cleaned.get("expo") or (self.instance.expo if self.instance.pk else None)
        place = cleaned.get("place")
        if expo and place and place.expo_id != expo.pk:
            self.add_error("place", _("Tempat ini milik edisi lain."))
        return cleaned


def _places(expo: Expo | None) -> list[Any]:
    """The places to choose from: of one edition, or of all that are not closed, by edition."""
    places = PlanFeature.objects.exclude(kind__in=NO_ROOM).select_related("expo", "zone")
    those = places.filter(expo=expo) if expo else places.filter(expo__closed_at=None)
    ordered = those.order_by("-expo__is_current", "-expo", "order", "pk")
    grouped = [
        (name, [(place.pk, str(place)) for place in group])
        for name, group in groupby(ordered, lambda place: place.expo.name)
    ]
    return [("", "–"), *(grouped[0][1] if expo and grouped else grouped)]


@admin.register(Room)
class RoomAdmin(SeenAdmin, ClosedIsReadOnly, admin.ModelAdmin):
    """Where sessions are held."""

    form = RoomForm
    list_display = ["name", "name_en", "seats", "place", "session_count", "expo", "order"]
    list_filter = [EditionFilter]
    list_select_related = ["expo", "place__zone"]
    list_editable = ["order"]
    formfield_overrides = NUMBER_FIELDS
    search_fields = ["name", "name_en", "expo__name"]
    fields = ["expo", ("name", "name_en"), "seats", "place", "order"]

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> list[str]:
        # Its sessions belong to the edition it was made for.
        return ["expo"] if obj else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        rooms = super().get_queryset(request).annotate(session_count=Count("sessions"))
        return rooms.order_by("expo", "order", "name")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"expo": _current()} | super().get_changeform_initial_data(request)

    @admin.display(description=_("acara"), ordering="session_count")
    def session_count(self, room: Room) -> int:
        return int(vars(room)["session_count"])


@admin.register(Speaker)
class SpeakerAdmin(SeenAdmin, admin.ModelAdmin):
    """Who speaks, at whichever edition."""

    form = SeenModelForm
    list_display = ["name", "about", "session_count"]
    search_fields = ["name", "about"]
    fieldsets = [
        (None, {"fields": ["name", "about", "about_en"]}),
        (ORIGIN[0], {"classes": ["collapse"], "fields": ["example_fields"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        speakers = super().get_queryset(request).annotate(session_count=Count("sessions"))
        return speakers.order_by("name", "about")

    @admin.display(description=_("acara"), ordering="session_count")
    def session_count(self, speaker: Speaker) -> int:
        return int(vars(speaker)["session_count"])


class DayFilter(admin.SimpleListFilter):
    """The days that have sessions, of the edition that is listed."""

    title = _("hari")
    parameter_name = "hari"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        sessions = Session.objects.filter(date__isnull=False)
        edition = request.GET.get(EditionFilter.parameter_name)
        if edition is None:
            sessions = sessions.filter(expo__is_current=True)
        elif edition != EditionFilter.ALL:
            sessions = sessions.filter(expo__slug=edition)
        dates = sessions.order_by("date").values_list("date", flat=True).distinct()
        return [(date.isoformat(), date_format(date, "l, j M Y")) for date in dates if date]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # A date that is none of the days is left aside.
        known = {value for value, _label in self.lookup_choices}
        return queryset.filter(date=self.value()) if self.value() in known else queryset


class RoomFilter(admin.AllValuesFieldListFilter):
    """Rooms by name, under the name of the thing and not of its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("ruang")


@admin.register(Session)
class SessionAdmin(SeenAdmin, ClosedIsReadOnly, admin.ModelAdmin):
    """Talkshows, trainings and the like; no room and no speaker is in two places at once."""

    form = SessionForm
    list_display = ["hours", "title", "kind", "room", "people", "state"]
    list_display_links = ["title"]
    list_filter = [EditionFilter, DayFilter, "kind", ("room__name", RoomFilter), "is_cancelled"]
    list_select_related = ["room", "expo"]
    search_fields = ["title", "title_en", "speakers__name", "room__name", "target_group"]
    autocomplete_fields = ["speakers"]
    actions = ["call_off", "hold_after_all"]
    save_as = True
    save_on_top = True
    view_on_site = False
    fieldsets = [
        (None, {"fields": ["expo", "page", ("title", "title_en"), "kind", "is_cancelled"]}),
        (_("Kapan dan di mana"), {"fields": ["date", ("starts", "ends"), "room"]}),
        (
            _("Siapa"),
            {"fields": ["speakers", ("target_group", "target_group_en"), "language"]},
        ),
        (_("Pendaftaran"), {"fields": [("takes_registrations", "capacity")]}),
        (_("Keterangan"), {"fields": ["description", "description_en"]}),
        (
            _("Jumlah peserta menurut laporan"),
            {
                "classes": ["collapse"],
                "description": _(
                    "Hanya kalau ada yang melaporkannya. Yang hadir menurut portal ini dihitung"
                    " sendiri dan ditampilkan terpisah."
                ),
                "fields": [
                    ("reported_count", "reported_unit", "reported_unit_en"),
                    ("reported_by", "reported_by_en"),
                    "reported_on",
                    "reported_sources",
                ],
            },
        ),
        ORIGIN,
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> list[str]:
        if obj and obj.expo.is_closed:
            shown = flatten_fieldsets(self.fieldsets)
            return [name for name in shown if not name.startswith("reported_")]
        # People have its address, and their registrations belong to its edition.
        return ["page", "expo"] if obj else ["page"]

    def has_change_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        # What is reported of a session comes after the closing as well; all else is text then.
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).prefetch_related("speakers")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"expo": _current()} | super().get_changeform_initial_data(request)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **more: Any) -> Any:
        session = self.get_object(request, object_id)
        if request.method == "GET" and session and session.expo.is_closed:
            messages.info(request, CLOSED_BUT_FOR_REPORTS)
        return admin.ModelAdmin.change_view(self, request, object_id, *args, **more)

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        speakers = form.cleaned_data["speakers"] if "speakers" in form.fields else None
        save_session(obj, speakers, actor=cast("User", request.user))
        for words in _doubts_of(obj):
            messages.warning(request, words)

    # As text in an edition that is closed; while it is open they are fields of the form.
    @admin.display(description=_("Mulai"))
    def starts(self, session: Session) -> str:
        return clock_text(session.starts) if session.starts else "–"

    @admin.display(description=_("Selesai"))
    def ends(self, session: Session) -> str:
        return clock_text(session.ends) if session.ends else "–"

    @admin.display(description=_("waktu"), ordering="starts_at")
    def hours(self, session: Session) -> str:
        if session.date is None:
            return str(_("tidak tercatat"))
        day = date_format(session.date, "D j M")
        if session.starts and session.ends:
            return f"{day}, {clock_text(session.starts)}–{clock_text(session.ends)}"
        return day

    @admin.display(description=_("pembicara"))
    def people(self, session: Session) -> str:
        return ", ".join(who.name for who in session.speakers.all())

    @admin.display(description=_("keadaan"), ordering="is_cancelled")
    def state(self, session: Session) -> str:
        if session.is_cancelled:
            return str(pgettext_lazy("acara", "dibatalkan"))
        return str(_("bisa didaftari")) if session.takes_registrations else ""

    @admin.display(description=_("halaman pengunjung"))
    def page(self, session: Session) -> str:
        if not session.pk:
            return str(_("Alamatnya dibuat dari judul."))
        path = reverse("session_detail", args=[session.expo.slug, session.slug])
        return format_html('<a href="{}">{}</a>', path, path)

    @admin.action(description=_("Batalkan acara"), permissions=["change"])
    def call_off(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        self._set_cancelled(request, sessions, is_cancelled=True)

    @admin.action(description=_("Adakan lagi acara yang dibatalkan"), permissions=["change"])
    def hold_after_all(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        self._set_cancelled(request, sessions, is_cancelled=False)

    def _set_cancelled(
        self, request: HttpRequest, sessions: QuerySet[Session], *, is_cancelled: bool
    ) -> None:
        for session in sessions.select_related("expo"):
            if session.expo.is_closed:
                self.message_user(request, f"{told(session)}: {CLOSED}", messages.ERROR)
                continue
            session.is_cancelled = is_cancelled
            try:
                with transaction.atomic():
                    save_session(session, None, actor=cast("User", request.user))
            except ValidationError as error:
                words = f"{told(session)}: {' '.join(error.messages)}"
                self.message_user(request, words, messages.ERROR)
                continue
            done = _("%(session)s dibatalkan.") if is_cancelled else _("%(session)s diadakan.")
            self.message_user(request, done % {"session": told(session)})


def _doubts_of(session: Session) -> list[str]:
    """What an organiser should look at twice, and may well mean."""
    doubts = []
    starts, ends = session.starts, session.ends
    for day in session.expo.all_days:
        if day.date != session.date or not (day.opens and day.closes and starts and ends):
            continue
        if not day.opens <= starts < ends <= day.closes:
            words = _("Acara ini di luar jam buka hari itu (%(from)s–%(to)s).")
            hours = {"from": clock_text(day.opens), "to": clock_text(day.closes)}
            doubts.append(str(words % hours))
    if session.capacity and (taken := seats_of(session).taken) > session.capacity:
        words = _("Sudah %(taken)s terdaftar, kapasitasnya %(capacity)s. Mereka tetap terdaftar.")
        doubts.append(str(words % {"taken": taken, "capacity": session.capacity}))
    seats = session.room.seats if session.room else None
    if seats and session.capacity and session.capacity > seats:
        words = _("Kapasitasnya %(capacity)s, tempat duduk di %(room)s hanya %(seats)s.")
        doubts.append(
            str(words % {"capacity": session.capacity, "room": session.room, "seats": seats})
        )
    return doubts


def _current() -> int | None:
    """The edition that is shown, which an organiser most likely plans for."""
    return Expo.objects.filter(is_current=True).values_list("pk", flat=True).first()
