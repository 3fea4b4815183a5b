"""Every text of every table replaced by one that breaks out of a page, a table or a paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from events import append_only
from stands import closed_triggers

if TYPE_CHECKING:
    from collections.abc import Iterator

APPS = ["events", "pesantren", "stands", "sales", "programme", "outcomes", "opop_expo", "auth"]
# Ends an attribute in either quotes and opens an element; short enough for most columns.
MARKUP = "\"'><ada onx=1>"
# What it would look like were only its angle brackets escaped.
HALF_ESCAPED = "\"'&gt;&lt;ada"
FORMULA = "=ada()"
# What an address, a name of a file or the order of things is made of, and what is checked against
# a list, is no text of anybody's.
PLAIN = {
    *("slug", "code", "prefix", "letter", "number", "language", "scope", "key", "password"),
    *("figure", "hash", "previous_hash", "digest", "fingerprint"),
    # The JSON of frozen results; who freezes after this has the texts in it.
    "outcomes.resultsversion.content",
}


def text_fields(text: str, least_room: int | None = None) -> Iterator[models.Field[str, str]]:
    """The fields in which somebody writes words and that have room for these."""
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.CharField | models.TextField)
                if not is_text or isinstance(field, models.FileField) or field.choices:
                    continue
                names = {field.name, f"{model._meta.label_lower}.{field.name}"}
                if field.primary_key or field.unique or names & PLAIN:
                    continue
                room = field.max_length or 1_000_000
                if room >= len(text) and (least_room is None or room < least_room):
                    yield field


def write_everywhere(text: str, *, least_room: int | None = None) -> tuple[set[str], set[str]]:
    """Put it into each such field of each row; names of those that took it, and of the others.

    Fields with room for `least_room` letters are left alone: another text stands there. The
    ledger's triggers are lifted for it: what lies there was once sent by somebody as well.
    """
    append_only.lift(connection)
    closed_triggers.lift(connection)
    took, refused = set(), set()
    for field in text_fields(text, least_room):
        name = f"{field.model._meta.label_lower}.{field.name}"
        rows = field.model._base_manager.all()
        try:
            with transaction.atomic():
                if rows.update(**{field.name: text}):
                    took.add(name)
        except DatabaseError:
            refused.add(name)
    append_only.install(connection)
    closed_triggers.install(connection)
    return took, refused
