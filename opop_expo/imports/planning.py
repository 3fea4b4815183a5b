"""Working out what each row of a file would do, without writing anything of it.

The plan of a row depends on the file and on the tables that `fingerprint` reads, and on nothing
else: while these are as they were, saving does exactly what was shown.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from opop_expo.edition_files import COLUMNS, Row, shown
from opop_expo.imports.columns import Kind, Shape
from opop_expo.imports.constraints import check_constraints
from opop_expo.imports.row_cells import (
    BESIDE,
    as_json,
    bare_key,
    blank_cells,
    cells_of,
    identities,
    natural_name,
    rows_there,
    rules_for,
    value_of,
)
from opop_expo.imports.tidying import Tidying
from opop_expo.row_rules import RowRules, check_place, complain_of, differs, free_place
from pesantren.models import Credential, Producer
from pesantren.money import rupiah
from stands.models import Offer, Stand

if TYPE_CHECKING:
    from collections.abc import Callable

    from opop_expo.imports.columns import Column
    from stands.models import Expo

NEW, CHANGED, SAME, BAD = "n", "c", "s", "b"
# Of an address that is made; a number may come behind it. The shortest field holds 80.
SLUG_LENGTH = 70

Plan = dict[str, Any]

READERS: dict[str, Callable[[RowRules, Row], dict[str, Any]]] = {
    "pesantren.csv": RowRules.one_pesantren,
    "producers.csv": RowRules.producer,
    "products.csv": RowRules.product,
    "credentials.csv": RowRules.credential,
    "stands.csv": RowRules.stand,
    "offers.csv": RowRules.offer,
}


class Planner:
    """What is in the database for one kind, and the plans that are made against it."""

    def __init__(self, kind: Kind, expo: Expo | None, *, taken: dict[str, int]) -> None:
        """Take the keys of the rows that are planned already, each with the number of its row."""
        self.kind, self.expo, self.taken = kind, expo, taken
        # What the rows of one part have taken, for the slices that come after.
        self.took: dict[str, int] = {}
        self.tidying = Tidying(kind, expo)
        self.pk_of: dict[str, int] = {}
        # By name what stands beside it and the key; only for kinds whose key may be made.
        self.named: dict[str, list[tuple[str, str]]] = {}
        for pk, key, called in identities(kind, expo):
            self.pk_of[key] = pk
            if called is not None:
                self.named.setdefault(called[0], []).append((called[1], key))
        # Certificates by the letters and digits of their number: people space it as they like.
        self.numbered: dict[tuple[str, str, str], str] = {}
        if kind.model is Credential:
            self.numbered = {bare_key(key): key for key in [*taken, *self.pk_of]}
        self.blank = blank_cells(kind)
        self.occupied: list[Stand] = []
        self.headings = {column.name: str(column.heading) for column in kind.columns}

    def plan(self, rows: list[list[Any]], given: list[str], explicit: set[str]) -> list[Plan]:
        """The plans of some rows; `given` are the columns of the file, `explicit` its slugs."""
        self.took = {}
        read = [self._read(number, cells, given, explicit) for number, cells in rows]
        there = rows_there(self.kind, self.pk_of, [key for _row, _cells, key in read])
        before = {key: cells_of(self.kind, one) for key, one in there.items()}
        whole = [before.get(key, {}) | cells for _row, cells, key in read]
        rules = rules_for(self.kind, self.expo, whole)
        placed = self._placed(there)
        self.occupied = self._occupied(read, there)
        return [
            self._plan(row, cells, key, there.get(key), rules, placed) for row, cells, key in read
        ]

    # --- which row is meant -----------------------------------------------------------------------

    def _read(
        self, number: int, cells: dict[str, str], given: list[str], explicit: set[str]
    ) -> tuple[Row, dict[str, str], str]:
        """The row with what is wrong in it, its cells as the rules read them, and its key."""
        row = Row(self.kind.file, number, {})
        columns = self.kind.by_name
        tidy: dict[str, str] = {}
        for name in given:
            cell = self.tidying.tidy(row, columns[name], cells.get(name, ""))
            if cell is not None:
                tidy[name] = cell
        key = self._key(row, tidy, given, explicit)
        if key and key in self.taken:
            reason = _("Sama dengan baris %(row)s.") % {"row": self.taken[key]}
            is_made = self.kind.has_slug and not cells.get("slug")
            row.complain("name" if is_made else self.kind.key_columns[-1], reason)
        elif key:
            self._take(key, number)
        return row, tidy, key

    def _take(self, key: str, number: int) -> None:
        self.taken[key] = number
        self.took[key] = number

    def _key(self, row: Row, cells: dict[str, str], given: list[str], explicit: set[str]) -> str:
        if self.kind.has_slug and not cells.get("slug"):
            return self._made_key(row, cells, given, explicit)
        for column in self.kind.key_columns:
            if not cells.get(column) and not row.blames(column):
                row.complain(column, _("Kolom ini wajib diisi."))
        if row.problems and any(not cells.get(column) for column in self.kind.key_columns):
            return ""
        key = "|".join(cells[column] for column in self.kind.key_columns)
        if self.kind.model is Credential and key not in self.pk_of:
            key = self.numbered.setdefault(bare_key(key), key)
            cells["number"] = key.split("|", 2)[2]
        return key

    def _made_key(
        self, row: Row, cells: dict[str, str], given: list[str], explicit: set[str]
    ) -> str:
        """The slug of the row that is meant by its name, else a new one made from it."""
        name = cells.get("name", "")
        if not name:
            if not row.blames("name"):
                row.complain("name", _("Kolom ini wajib diisi."))
            return ""
        found = self._meant(cells, given)
        if len(found) > 1:
            reason = _("Ada beberapa yang bernama “%(cell)s”. Tulis alamatnya: %(keys)s.")
            row.complain("name", reason % {"cell": shown(name), "keys": ", ".join(found[:4])})
            return ""
        if found:
            cells["slug"] = found[0]
            return found[0]
        twin = self.taken.get(repr(natural_name(self.kind, cells)))
        if twin is not None:
            row.complain("name", _("Sama dengan baris %(row)s.") % {"row": twin})
            return ""
        self._take(repr(natural_name(self.kind, cells)), row.number)
        base = slugify(name)[:SLUG_LENGTH].strip("-") or self.kind.slug
        slug, number = base, 1
        while slug in self.pk_of or slug in self.taken or slug in explicit:
            number += 1
            slug = f"{base}-{number}"
        cells["slug"] = slug
        return slug

    def _meant(self, cells: dict[str, str], given: list[str]) -> list[str]:
        """The keys of rows in the database that a person would call the same as this one.

        One of the same name is the same unless both say whose or where they are, and differ.
        """
        name, beside = natural_name(self.kind, cells)
        alike = self.named.get(name, [])
        if BESIDE[self.kind.model][1] in given:
            exact = [key for there, key in alike if there == beside]
            if exact:
                return exact
        return [key for there, key in alike if not beside or not there]

    # --- what it would do -------------------------------------------------------------------------

    def _plan(
        self,
        row: Row,
        cells: dict[str, str],
        key: str,
        there: models.Model | None,
        rules: RowRules,
        placed: list[Stand],
    ) -> Plan:
        notes: list[str] = []
        if there is None:
            self._fill_new(row, cells, notes, rules, placed)
        elif isinstance(there, Producer):
            self._ask_consent_anew(cells, there, notes)
        before = self.blank if there is None else cells_of(self.kind, there)
        row.cells = {column: before.get(column, "") for column in COLUMNS[self.kind.file]}
        row.cells |= {name: cell for name, cell in cells.items() if name in row.cells}
        values = READERS[self.kind.file](rules, row)
        if "withdrawn" in cells:
            values["withdrawn"] = cells["withdrawn"] == "yes"
        plan: Plan = {
            "n": row.number,
            "key": key,
            "name": self._name(row, values),
        }
        if there is None:
            self._plan_new(row, values, placed, plan)
        else:
            self._plan_changes(row, values, there, placed, plan, cells, notes)
        if row.is_bad:
            plan["state"] = BAD
            plan["problems"] = self._problems(row)
            for name in ("set", "many", "changes"):
                plan.pop(name, None)
        if notes:
            plan["notes"] = notes
        return plan

    def _fill_new(
        self,
        row: Row,
        cells: dict[str, str],
        notes: list[str],
        rules: RowRules,
        placed: list[Stand],
    ) -> None:
        """What a new row needs and the file leaves out, where it can be known."""
        if self.kind.model is Offer and not cells.get("price_rupiah"):
            product = rules.products.get(cells.get("product_slug", ""))
            if product is not None and product.price_rupiah and not row.blames("price_rupiah"):
                cells["price_rupiah"] = str(product.price_rupiah)
                notes.append(_("Harga dari harga acuan produk."))
        if self.kind.model is Stand and self.expo and not {"x", "y"} & set(cells):
            size = [int(cells.get(side) or self.blank[side]) for side in ("width", "height")]
            place = free_place(self.expo, placed + self.occupied, *size)
            if place is not None:
                cells["x"], cells["y"] = map(str, place)
                notes.append(_("Diberi tempat kosong di denah."))
        for column in self.kind.columns:
            if column.required and not cells.get(column.name) and not row.blames(column.name):
                row.complain(column.name, _("Kolom ini wajib diisi."))

    def _ask_consent_anew(self, cells: dict[str, str], there: Producer, notes: list[str]) -> None:
        """Whoever agreed that a number is seen agreed for no other."""
        if (
            there.whatsapp_allowed
            and cells.get("whatsapp", there.whatsapp) != there.whatsapp
            and "whatsapp_allowed" not in cells
        ):
            cells["whatsapp_allowed"] = "no"
            notes.append(_("Nomornya lain, jadi tidak tampil sampai pemiliknya setuju: tulis ya."))

    def _plan_new(self, row: Row, values: dict[str, Any], placed: list[Stand], plan: Plan) -> None:
        if self.expo is not None and self.kind.model is Stand:
            values["expo"] = self.expo
        one = self.kind.model()
        if plan["key"]:
            self._check(row, one, values, placed)
        plan["state"] = NEW
        plan["set"], plan["many"] = as_json(one, values)
        plan["changes"] = [
            [self.headings[column.name], "", text]
            for column in self.kind.columns
            if (text := self._shown(column, values)) and column.name not in ("name", "slug")
        ]

    def _plan_changes(
        self,
        row: Row,
        values: dict[str, Any],
        there: models.Model,
        placed: list[Stand],
        plan: Plan,
        cells: dict[str, str],
        notes: list[str],
    ) -> None:
        plan["pk"] = there.pk
        field_of = self.kind.field_of_column | {"withdrawn": "withdrawn"}
        fields = {field_of[name] for name in cells}
        for name in self.kind.only_when_new:
            if name in cells and getattr(there, name) != values.get(name):
                notes.append(_("Stok yang sudah ada tidak diubah oleh impor."))
            fields.discard(name)
        values = {name: one for name, one in values.items() if name in fields}
        changed = {name: one for name, one in values.items() if differs(there, {name: one})}
        if not changed:
            plan["state"] = SAME
            if self.kind.model is Stand:
                placed.append(there)  # type: ignore[arg-type]  # a stand, by its kind
            return
        before = {name: value_of(there, name) for name in changed}
        plan["state"] = CHANGED
        plan["changes"] = [
            [
                self.headings[column.name],
                self._shown(column, before),
                self._shown(column, changed),
            ]
            for column in self.kind.columns
            if field_of.get(column.name) in changed
        ]
        if "price_rupiah" in changed and self.kind.model is Offer:
            plan["old_price"] = before["price_rupiah"]
        self._check(row, there, changed, placed)
        plan["set"], plan["many"] = as_json(there, changed)

    def _check(
        self, row: Row, one: models.Model, values: dict[str, Any], placed: list[Stand]
    ) -> None:
        """What the model and its constraints say. Asks the database for no other row."""
        for name, value in values.items():
            if not isinstance(value, list):
                setattr(one, name, value)
        # What refers to another row was looked up, and that a key is free is known.
        refers = {field.name for field in one._meta.concrete_fields if field.is_relation}
        try:
            one.clean_fields(exclude=refers | {"photo", "qris_image"})
            if not row.is_bad:
                check_constraints(one)
        except ValidationError as error:
            known = {problem.column for problem in row.problems}
            fresh = Row(row.file, row.number, row.cells)
            complain_of(fresh, _as_dict(error))
            row.problems += [problem for problem in fresh.problems if problem.column not in known]
        if isinstance(one, Stand) and self.expo is not None and not row.is_bad:
            check_place(row, one, self.expo, placed)
            placed.append(one)

    def _placed(self, there: dict[str, models.Model]) -> list[Stand]:
        """The stands that the file does not name, and that its stands must not lie upon."""
        if self.kind.model is not Stand or self.expo is None:
            return []
        return [one for one in self.expo.stands.all() if one.code not in there]

    def _occupied(
        self, read: list[tuple[Row, dict[str, str], str]], there: dict[str, models.Model]
    ) -> list[Stand]:
        """The stands of the file that have a place, in the database or in their row."""
        found = [one for one in there.values() if isinstance(one, Stand)]
        if self.kind.model is Stand:
            for _row, cells, key in read:
                sides = [
                    cells.get(side) or self.blank[side] for side in ("x", "y", "width", "height")
                ]
                if key not in there and {"x", "y"} & set(cells) and all(map(str.isdigit, sides)):
                    x, y, width, height = map(int, sides)
                    found.append(Stand(x=x, y=y, width=width, height=height))
        return found

    # --- words ------------------------------------------------------------------------------------

    def _name(self, row: Row, values: dict[str, Any]) -> str:
        """What a person calls the row."""
        if self.kind.model is Offer:
            return f"{values.get('product') or '?'} @ {row.cells['stand_code']}"
        if self.kind.model is Credential:
            return f"{values.get('product') or '?'}"
        if self.kind.model is Stand:
            return f"{row.cells['code']} {row.cells['name']}"
        return row.cells.get("name", "")

    def _problems(self, row: Row) -> list[list[str]]:
        columns = self.kind.by_name
        found: list[list[str]] = []
        seen = set()
        for problem in row.problems:
            # One reason a cell: the first is nearest to what was typed.
            if problem.column not in seen or not problem.column:
                seen.add(problem.column)
                column = columns.get(problem.column)
                found.append([str(column.heading) if column else "", problem.reason])
        return found

    def _shown(self, column: Column, values: dict[str, Any]) -> str:
        name = self.kind.field_of_column.get(column.name, column.name)
        value = values.get(name)
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("ya") if value else _("tidak")
        if isinstance(value, list):
            return ", ".join(sorted(str(one) for one in value))
        if isinstance(value, dt.date):
            return date_format(value, "j M Y")
        if column.shape is Shape.MONEY:
            return rupiah(value)
        if column.choices is not None:
            return str(column.choices(value).label) if value in column.choices.values else value
        return str(value)


def _as_dict(error: ValidationError) -> ValidationError:
    """The same error with a field for each message, as `full_clean` raises it."""
    if hasattr(error, "error_dict"):
        return error
    return ValidationError({"__all__": error.messages})
