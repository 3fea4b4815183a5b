"""What a visitor narrows the schedule by: words, a kind, a day. What is unknown is left aside."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pesantren.money import thousands
from programme.models import Session
from stands.filter_fields import Lenient
from stands.filter_shown import Chip
from stands.words import fold, lexicon, remoteness, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORDS = "q"
# The day of what no source gives a day.
UNKNOWN = "tanpa"


class ScheduleFilter(forms.Form):
    """A GET form of which every field may be empty."""

    q = forms.CharField(
        label=_("Cari judul, pembicara, ruang, atau untuk siapa"),
        max_length=80,
        required=False,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "enterkeyhint": "search",
                "placeholder": _("Cari acara…"),
            }
        ),
    )
    day = Lenient(label=_("Hari"), required=False)
    kind = Lenient(label=_("Jenis acara"), required=False)

    def __init__(self, data: QueryDict, *, sessions: Sequence[Session]) -> None:
        super().__init__(data, label_suffix="")
        self.sessions = sessions
        dates = sorted({one.date for one in sessions if one.date})
        days = [(date.isoformat(), date_format(date, "l, j F")) for date in dates]
        if any(one.date is None for one in sessions):
            days.append((UNKNOWN, str(_("Hari tidak tercatat"))))
        kinds = [(kind, label) for kind, label in Session.Kind.choices if self._has(kind)]
        cast("Lenient", self.fields["day"]).choices = [("", _("Semua hari")), *days]
        cast("Lenient", self.fields["kind"]).choices = [("", _("Semua jenis")), *kinds]
        for name, choices in (("day", days), ("kind", kinds)):
            # One choice is none.
            if len(choices) < 2:
                del self.fields[name]

    def _has(self, kind: str) -> bool:
        return any(one.kind == kind for one in self.sessions)

    @cached_property
    def asked(self) -> dict[str, str]:
        """What was asked for: the fields with a valid, non-empty value."""
        self.is_valid()
        return {name: self.cleaned_data[name] for name in self.fields if self._value(name)}

    def _value(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @cached_property
    def fitting(self) -> list[Session]:
        """The sessions that fit, in the order of the schedule."""
        day, kind = self.asked.get("day"), self.asked.get("kind")
        found = [
            one
            for one in self.sessions
            if (not day or day == (one.date.isoformat() if one.date else UNKNOWN))
            and (not kind or kind == one.kind)
        ]
        return worded(found, self.asked[WORDS]) if WORDS in self.asked else found

    @property
    def found(self) -> str:
        """How many fit, in words."""
        count = len(self.fitting)
        return ngettext("%(n)s acara", "%(n)s acara", count) % {"n": thousands(count)}

    @property
    def chips(self) -> list[Chip]:
        """What was asked for, each to be taken off by itself."""
        return [
            Chip(self._text(name, value), f"?{urlencode(self._without(name))}")
            for name, value in self.asked.items()
        ]

    def _text(self, name: str, value: str) -> str:
        field: Any = self.fields[name]
        return f"“{value}”" if name == WORDS else str(dict(field.choices)[value])

    def _without(self, name: str) -> dict[str, str]:
        return {other: value for other, value in self.asked.items() if other != name}

    @property
    def query(self) -> str:
        """The query string of what was asked for; empty for nothing at all."""
        return f"?{urlencode(self.asked)}" if self.asked else ""

    @property
    def words_alone(self) -> str:
        """The words asked for as a query string, all else left out."""
        return urlencode({WORDS: self.asked.get(WORDS, "")})


def worded(sessions: Iterable[Session], typed: str) -> list[Session]:
    """Those that hold every word typed, or its beginning; failing that, with slips forgiven."""
    listed = [(one, set(text_of(one).split())) for one in sessions]
    wanted = [word for word in words_of(typed) if word not in lexicon().particles]
    wanted = wanted or words_of(typed)
    exact = [one for one, words in listed if all(_begins(each, words) for each in wanted)]
    if exact:
        return exact
    return [
        one
        for one, words in listed
        if all(_begins(each, words) or _resembles(each, words) for each in wanted)
    ]


def text_of(session: Session) -> str:
    """What a session is found by, folded: in both languages, whichever the reader's is."""
    room, people = session.room, session.speakers.all()
    parts = [
        session.title,
        session.title_en,
        session.target_group,
        session.target_group_en,
        str(session.get_kind_display()),
        *((room.name, room.name_en) if room else ()),
        *(text for who in people for text in (who.name, who.about, who.about_en)),
    ]
    return fold(" ".join(parts))


def _begins(typed: str, words: set[str]) -> bool:
    return any(word.startswith(typed) for word in words)


def _resembles(typed: str, words: set[str]) -> bool:
    return any(remoteness(typed, word) is not None for word in words)
