"""Two people with one form open: nothing is written over what somebody else changed meanwhile.

A form carries, in a hidden field, a digest of each value as its reader saw it. Where the row says
something else by the time it is saved, nothing is saved: the form says what is new, takes over
what its writer had left alone, and keeps what they typed. Saved once more it counts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from pesantren.money import rupiah

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest

NAME = "seen"
DIGEST_BYTES = 8
LONGEST_TOLD = 200


class ChangedMeanwhileError(Exception):
    """Somebody else has changed `row` since it was read."""

    def __init__(self, row: models.Model) -> None:
        self.row = row
        super().__init__(str(row))


@dataclass(frozen=True)
class Seen:
    """What somebody saw of a row; nothing where their form did not say."""

    digests: Mapping[str, Any]
    names: tuple[str, ...]
    # What they want it to say.
    typed: Mapping[str, str] = field(default_factory=dict)

    def changed_in(self, row: models.Model) -> list[str]:
        """What the row says otherwise by now, and otherwise than it is to be.

        Who sends one form twice finds it as they want it.
        """
        now = {name: digest_of(row, name) for name in self.names if name in self.digests}
        return [
            name
            for name, one in now.items()
            if one not in (self.digests[name], self.typed.get(name))
        ]

    def refuse(self, row: models.Model) -> None:
        """Raise ChangedMeanwhileError where the row, read again while it is locked, has changed."""
        if self.changed_in(row):
            raise ChangedMeanwhileError(row)


class SeenField(forms.CharField):
    """What its reader saw; never a change by itself."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, max_length=20_000)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


def value_of(row: models.Model, name: str) -> Any:
    """What a row says; of many rows that it points at a list."""
    value = getattr(row, name)
    return list(value.all()) if isinstance(value, models.Manager) else value


def digest(value: Any) -> str:
    """The same for one value however it was read or typed."""
    return hashlib.blake2b(_text(value).encode(), digest_size=DIGEST_BYTES).hexdigest()


def digest_of(row: models.Model, name: str) -> str:
    """That of what a row says; what it points at is not read for it."""
    with suppress(FieldDoesNotExist):
        column = row._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            return digest(getattr(row, column.attname))
    return digest(value_of(row, name))


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (list, tuple, models.QuerySet)):
        return ",".join(sorted(_text(one) for one in value))
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "\n".join(str(value).splitlines()).strip()


def seen_text(row: models.Model, names: Iterable[str]) -> str:
    """What the hidden field carries."""
    return json.dumps({name: digest_of(row, name) for name in names})


def read_seen(text: str | None, names: Iterable[str]) -> Seen:
    """What came back in it. Who sends something else has seen nothing as it is."""
    names = tuple(names)
    if not text:
        return Seen({}, names)
    found: Any = None
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
    return Seen(found if isinstance(found, dict) else dict.fromkeys(names), names)


def seen_by(form: forms.BaseForm, names: Iterable[str]) -> Seen:
    """What the writer of a bound form saw."""
    return read_seen(form.data.get(form.add_prefix(NAME)), names)


def with_typed(seen: Seen, form: forms.BaseForm, more: Mapping[str, Any] | None = None) -> Seen:
    """The same with what the form, once cleaned, wants; `more` is of what has no field."""
    typed = {name: digest(_typed(form, name)) for name in seen.names if name in form.fields}
    return replace(seen, typed=typed | {name: digest(one) for name, one in (more or {}).items()})


def complain(
    form: forms.BaseForm,
    row: models.Model,
    *,
    seen: Seen,
    shown: Mapping[str, Any],
    labels: Mapping[str, Any] | None = None,
) -> list[str]:
    """Say what somebody else changed, and answer of which fields. For a form that was cleaned.

    `seen` knows what was typed; `shown` is what the form shows of the row as it is now; `labels`
    are of what has no field.
    """
    changed = seen.changed_in(row)
    if not changed:
        return []
    data = form.data.copy() if hasattr(form.data, "copy") else dict(form.data)
    said = [_("Belum disimpan: orang lain mengubahnya sementara Anda mengisi. Periksa dulu.")]
    for name in changed:
        asked = form.fields.get(name)
        label = asked.label if asked else (labels or {}).get(name, name)
        told = {"field": label, "value": _told(row, name)}
        if asked is None or isinstance(asked, forms.FileField):
            said.append(_("%(field)s sekarang: %(value)s.") % told)
        elif seen.typed[name] == seen.digests[name]:
            form.errors.pop(name, None)
            _put(data, form, name, shown.get(name))
            said.append(_("%(field)s sekarang: %(value)s. Sudah diisikan di sini.") % told)
        else:
            said.append(_("%(field)s sekarang: %(value)s. Isian Anda masih di sini.") % told)
    if form.files:
        # No page can fill in a file: what was chosen is gone with the request.
        said.append(_("Berkas yang tadi Anda pilih perlu dipilih sekali lagi."))
    data[form.add_prefix(NAME)] = seen_text(row, seen.names)
    form.data = data
    form.add_error(None, said)
    return changed


def _typed(form: forms.BaseForm, name: str) -> Any:
    """What was typed, read where it could be."""
    raw = form.fields[name].widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
    return getattr(form, "cleaned_data", {}).get(name, raw)


def _put(data: Any, form: forms.BaseForm, name: str, value: Any) -> None:
    """Fill a field in as a browser would send it."""
    asked, key = form.fields[name], form.add_prefix(name)
    if isinstance(asked, forms.BooleanField):
        data.pop(key, None)
        if value:
            data[key] = "on"
        return
    prepared = asked.prepare_value(value)
    if isinstance(prepared, (list, tuple)):
        texts = [str(one) for one in prepared]
        if hasattr(data, "setlist"):
            data.setlist(key, texts)
        else:
            data[key] = texts
        return
    if not isinstance(asked.widget, forms.widgets.ChoiceWidget):
        prepared = asked.widget.format_value(prepared)
    data[key] = "" if prepared is None else str(prepared)


def _told(row: models.Model, name: str) -> str:
    """What a row says, for a reader."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else value_of(row, name)
    if value is None or value in ("", []):
        return _("kosong")
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, dt.date):
        return date_format(value, "j F Y")
    if isinstance(value, dt.time):
        return f"{value:%H.%M}"
    if name.endswith("_rupiah"):
        return rupiah(value)
    return Truncator(" ".join(str(value).split())).chars(LONGEST_TOLD)


class SeenModelForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none at run time
    """A form of the admin that writes over nothing unasked. Used within a transaction."""

    seen = SeenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and NAME in self.fields:
            self.initial[NAME] = seen_text(self.instance, self.watched)

    @property
    def watched(self) -> list[str]:
        """What somebody else may have changed."""
        # What a form asks for by other names counts as the row has it.
        own = [name for name in self.base_fields if name in self.fields and name != NAME]
        return [name for name in own if hasattr(self.instance, name)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.compare()
        return cleaned

    def compare(self) -> None:
        """Complain of what changed, with the row held until this is saved."""
        if not self.instance.pk or NAME not in self.fields:
            return
        rows = type(self.instance)._default_manager.select_for_update(of=("self",), no_key=True)
        now = rows.filter(pk=self.instance.pk).first()
        if now is None:
            self.add_error(None, _("Belum disimpan: orang lain baru saja menghapusnya."))
            return
        # What is not asked for is saved too: as it is by now, and not as it was before the wait.
        for column in now._meta.concrete_fields:
            if column.name not in self.fields:
                setattr(self.instance, column.attname, getattr(now, column.attname))
        names = self.watched
        fresh = type(self)(instance=now)
        shown = {name: fresh.get_initial_for_field(fresh.fields[name], name) for name in names}
        complain(self, now, seen=with_typed(seen_by(self, names), self), shown=shown)


class SeenAdmin:
    """For an admin whose form is a SeenModelForm: the hidden field goes with what is shown."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With the field, where somebody may change a row that is there."""
        found = super().get_fieldsets(request, obj)  # type: ignore[misc]
        if obj is None or not self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            return found
        [name, options], *others = found
        return [(name, {**options, "fields": [*options["fields"], NAME]}), *others]
