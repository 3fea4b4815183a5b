"""Everything that is kept of a person: found through the register, wherever it lies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db.models import JSONField, Q, TextField
from django.db.models.functions import Cast

from opop_expo.privacy.register import REGISTER, How, Table, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models
    from django.db.models import QuerySet

    from opop_expo.privacy.terms import Terms

# Of one table. Who is found more often than that is no single person: ask for more.
MOST = 200
CHUNK = 500
# Fields whose value is nothing that a person would read.
SECRET = {"password", "pin_hash"}
# A code leads to the row that carries it, and to none that only mentions it.
CODES = {"programme.Registration": "ticket", "programme.Attendance": "certificate"}


@dataclass(frozen=True)
class Said:
    """A field that says something of the person."""

    name: str
    label: str
    how: How
    value: Any

    @property
    def stays(self) -> bool:
        """Whether it cannot be erased."""
        return self.how is How.KEPT


@dataclass(frozen=True)
class Found:
    """A row that says something of the person."""

    table: Table
    row: models.Model
    said: tuple[Said, ...]

    @property
    def key(self) -> str:
        """By which a form names it."""
        return f"{self.row._meta.label}:{self.row.pk}"

    @property
    def is_own(self) -> bool:
        """Whether the row is about this person, and not only one that mentions them."""
        return any(one.how is How.ROW for one in self.said)

    @property
    def is_erasable(self) -> bool:
        """Whether anything of it can be erased."""
        return not all(one.stays for one in self.said)

    @property
    def stays(self) -> list[Said]:
        """What of it cannot be erased."""
        return [one for one in self.said if one.stays]

    @property
    def goes(self) -> list[Said]:
        """What of it can."""
        return [one for one in self.said if not one.stays]

    @property
    def place(self) -> str:
        """What kind of row it is, for a reader."""
        return str(self.row._meta.verbose_name)


def with_accounts(terms: Terms) -> Terms:
    """The same with the names of the accounts that it finds: the log says no more of them."""
    table = REGISTER["auth.User"]
    assert isinstance(table, Table)  # noqa: S101, the register says so
    found = _in_table(User, table, terms)
    return replace(terms, accounts=tuple(one.row.get_username() for one in found))  # type: ignore[attr-defined]


def find(terms: Terms) -> list[Found]:
    """Every row that says something of the person, table by table."""
    return [found for model, table in tables() for found in _in_table(model, table, terms)]


def _in_table(model: type[models.Model], table: Table, terms: Terms) -> Iterator[Found]:
    own = [name for name, how in table.fields.items() if how is How.ROW]
    found = 0
    # Looked through for whole words before they are counted: a short name is part of many.
    for row in _rows(model, table, terms).iterator(chunk_size=CHUNK):
        named = {name for name in table.fields if _says(row, name, terms)}
        # Of a row that is about one person, all of it is theirs; one that was emptied is nobody's.
        if named & set(own):
            if not any(getattr(row, name) for name in own if name not in CODES.values()):
                continue
            named |= set(own)
        said = [_said(row, name, table.fields[name]) for name in table.fields if name in named]
        said = [one for one in said if one.value and one.name not in SECRET]
        if said:
            yield Found(table, row, tuple(said))
            found += 1
            if found == MOST:
                return


def _said(row: models.Model, name: str, how: How) -> Said:
    value = getattr(row, name)
    label = str(getattr(row._meta.get_field(name), "verbose_name", name))
    return Said(name, label, how, value if isinstance(value, (dict, list)) else str(value or ""))


def _says(row: models.Model, name: str, terms: Terms) -> bool:
    if name in SECRET:
        return False
    value = getattr(row, name)
    if CODES.get(row._meta.label) == name:
        return bool(terms.code) and value == terms.code
    return terms.are_in(value if isinstance(value, (str, dict, list)) else str(value or ""))


def _rows(model: type[models.Model], table: Table, terms: Terms) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    rows = model._base_manager.order_by("-pk")
    for name in table.fields:
        if name in SECRET:
            continue
        if CODES.get(model._meta.label) == name:
            wanted |= Q(**{name: terms.code}) if terms.code else Q()
            continue
        asked = name
        if isinstance(model._meta.get_field(name), JSONField):
            asked = f"{name}_as_text"
            rows = rows.alias(**{asked: Cast(name, TextField())})
        for pattern in terms.loose:
            wanted |= Q(**{f"{asked}__iregex": pattern})
    return rows.filter(wanted)
