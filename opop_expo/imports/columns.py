"""How a kind of row that can be imported is described: its columns, and what heads them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import translation

from opop_expo.edition_files import COLUMNS, KEYS
from opop_expo.row_rules import COLUMN_OF_FIELD

if TYPE_CHECKING:
    from django.db import models
    from django_stubs_ext import StrOrPromise


class Shape(Enum):
    """How a cell is read."""

    TEXT = auto()
    SLUG = auto()
    WHOLE = auto()
    MONEY = auto()
    DATE = auto()
    YES_NO = auto()
    WHATSAPP = auto()
    CHOICE = auto()
    CODE = auto()
    REGENCY = auto()
    CATEGORY = auto()
    PESANTREN = auto()
    SEVERAL_PESANTREN = auto()
    PRODUCER = auto()
    PRODUCT = auto()
    ZONE = auto()


@dataclass(frozen=True)
class Column:
    """A column of a spreadsheet. `name` is its heading in the files of an edition."""

    name: str
    heading: StrOrPromise
    about: StrOrPromise
    example: str
    shape: Shape = Shape.TEXT
    choices: type[models.TextChoices] | None = None
    # For a row that is new; one that is there keeps what it has.
    required: bool = False
    # Other headings that people write, in small letters.
    also: tuple[str, ...] = ()
    width: int = 22


@dataclass(frozen=True)
class Kind:
    """A kind of row. `slug` stands in the address, `file` names its rules."""

    slug: str
    file: str
    model: type[models.Model]
    title: StrOrPromise
    about: StrOrPromise
    columns: tuple[Column, ...]
    permissions: tuple[str, ...]
    changelist: str
    has_expo: bool = False
    # So many rows are worked through together; a stand must see all others of its hall.
    part: int = 250
    most: int = 20_000
    # For a row that is there the file does not say it.
    only_when_new: tuple[str, ...] = field(default=())

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by the name that they have in the files of an edition."""
        return {column.name: column for column in self.columns}

    @property
    def key_columns(self) -> tuple[str, ...]:
        """What tells one row from another."""
        return KEYS[self.file]

    @property
    def has_slug(self) -> bool:
        """Whether its key can be made from the name."""
        return self.key_columns == ("slug",)

    @cached_property
    def field_of_column(self) -> dict[str, str]:
        """The field of the model for each column of the file."""
        back = {column: name for name, column in COLUMN_OF_FIELD.items()}
        back |= {"pesantren_slug": "pesantren", "stand_code": "stand"}
        return {column: back.get(column, column) for column in COLUMNS[self.file]}

    @cached_property
    def headings(self) -> dict[str, Column]:
        """All that may head a column, in both languages, bare of capitals and signs."""
        found: dict[str, Column] = {}
        for column in self.columns:
            names = [column.name, *column.also]
            for language in ("id", "en"):
                with translation.override(language):
                    names.append(str(column.heading))
            for name in names:
                found.setdefault(plain(name), column)
        return found

    def column_for(self, heading: str) -> Column | None:
        """The column that a person means by a heading."""
        return self.headings.get(plain(heading))

    def closest(self, heading: str) -> str:
        """The heading that was perhaps meant; empty if none is near."""
        near = get_close_matches(plain(heading), self.headings, n=1, cutoff=0.75)
        return str(self.headings[near[0]].heading) if near else ""


def plain(text: str) -> str:
    """Small letters and single spaces, without accents and signs: two texts that look alike."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("&", " dan "))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    # No space for an apostrophe: Mamba'ul is Mambaul. Letters of other scripts stay: names in
    # Arabic differ.
    return " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’`ʻ]", "", bare)).split())


def choice_words(choices: Any) -> list[str]:
    """The words of a choice as they stand in a drop-down."""
    return [str(label) for label in choices.labels]
