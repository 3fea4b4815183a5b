"""Rows of the tables as the cells of a file: what tells them apart, refers to what, and says."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django.db import models

from opop_expo.imports.columns import Kind, plain
from opop_expo.row_rules import RowRules
from pesantren.models import Category, Credential, Pesantren, Producer, Product, Regency
from stands.models import Offer, Stand, Zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stands.models import Expo

Natural = tuple[str, str]

RELATED: dict[type[models.Model], list[str]] = {
    Pesantren: ["regency"],
    Producer: ["pesantren"],
    Product: ["producer", "category"],
    Credential: ["product"],
    Stand: ["zone", "expo"],
    Offer: ["stand", "product"],
}

# What leads to the key of a row, and for kinds whose key may be made, to what stands beside a name.
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    Pesantren: ("slug",),
    Producer: ("slug",),
    Product: ("slug",),
    Credential: ("product__slug", "scheme", "number"),
    Stand: ("code",),
    Offer: ("stand__code", "product__slug"),
}
BESIDE: dict[type[models.Model], tuple[str, str]] = {
    Pesantren: ("regency__code", "regency_code"),
    Producer: ("pesantren__slug", "pesantren_slug"),
    Product: ("producer__slug", "producer_slug"),
}


def rows_there(
    kind: Kind, pk_of: Mapping[str, int], keys: Iterable[str]
) -> dict[str, models.Model]:
    """Those of the rows that are in the database, each by its key."""
    pks = {pk_of[key]: key for key in keys if key in pk_of}
    rows = kind.model._default_manager.select_related(*RELATED[kind.model])
    if kind.model is Stand:
        rows = rows.prefetch_related("pesantren")
    return {pks[pk]: one for pk, one in rows.in_bulk(list(pks)).items()}


def identities(kind: Kind, expo: Expo | None) -> Iterator[tuple[int, str, Natural | None]]:
    """Each row of a kind: its number, its key, and what a person would call it by."""
    rows = kind.model._default_manager.order_by("pk")
    if kind.has_expo:
        rows = rows.filter(**{"expo" if kind.model is Stand else "stand__expo": expo})
    keys = KEYS[kind.model]
    if kind.model not in BESIDE:
        for pk, *parts in rows.values_list("pk", *keys):
            yield pk, "|".join(parts), None
        return
    beside, _column = BESIDE[kind.model]
    for pk, slug, name, other in rows.values_list("pk", *keys, "name", beside):
        yield pk, slug, (plain(name), other or "")


def bare_key(key: str) -> tuple[str, str, str]:
    """The key of a certificate, of its number the letters and digits alone."""
    product, scheme, number = key.split("|", 2)
    return product, scheme, re.sub(r"[\W_]+", "", number.casefold())


def natural_name(kind: Kind, cells: dict[str, str]) -> Natural:
    """What a person would call the row by: its name, and whose or where it is."""
    _way, beside = BESIDE[kind.model]
    return plain(cells.get("name", "")), cells.get(beside, "")


def rules_for(kind: Kind, expo: Expo | None, cells: list[dict[str, str]]) -> RowRules:
    """The rules with what these rows refer to."""
    rules = RowRules()

    def keys(*columns: str) -> list[str]:
        found = {one.get(column, "") for one in cells for column in columns}
        return sorted({key for text in found for key in text.split("|") if key})

    if kind.model is Pesantren:
        rules.regencies = Regency.objects.in_bulk(field_name="code")
    if kind.model in (Producer, Stand):
        wanted = keys("pesantren_slug", "pesantren")
        rules.pesantren = Pesantren.objects.in_bulk(wanted, field_name="slug")
    if kind.model is Product:
        rules.producers = Producer.objects.in_bulk(keys("producer_slug"), field_name="slug")
        rules.categories = Category.objects.in_bulk(field_name="slug")
    if kind.model in (Credential, Offer):
        products = Product.objects.select_related("producer__pesantren")
        rules.products = products.in_bulk(keys("product_slug"), field_name="slug")
    if kind.model is Stand and expo is not None:
        rules.zones = {one.code: one for one in expo.zones.all()}
    if kind.model is Offer and expo is not None:
        places = expo.stands.prefetch_related("pesantren")
        rules.stands = {one.code: one for one in places}
        rules.held_by = {
            code: {one.pk for one in stand.pesantren.all()} for code, stand in rules.stands.items()
        }
    return rules


def cells_of(kind: Kind, one: models.Model) -> dict[str, str]:
    """A row of a table as the cells of its file."""
    return {
        column: _cell(value_of(one, name))
        for column, name in kind.field_of_column.items()
        if column != "kopontren"
    }


def value_of(one: models.Model, name: str) -> Any:
    """What a field holds; of a relation to many, the list of its rows."""
    value = getattr(one, name)
    return list(value.all()) if hasattr(value, "all") else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "|".join(one.slug for one in value)
    if isinstance(value, (Regency, Stand, Zone)):
        return value.code
    if isinstance(value, models.Model):
        return str(vars(value)["slug"])
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def blank_cells(kind: Kind) -> dict[str, str]:
    """The cells of a new row of which the file says nothing: what the model has by itself."""
    fields = {one.name: one for one in kind.model._meta.concrete_fields}
    return {
        column: _cell(fields[name].get_default())
        for column, name in kind.field_of_column.items()
        if name in fields and not fields[name].is_relation
    }


def as_json(one: models.Model, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values by database column, and those that are lists of other rows."""
    plain_values: dict[str, Any] = {}
    many: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            many[name] = sorted(other.pk for other in value)
        elif isinstance(value, models.Model):
            plain_values[f"{name}_id"] = value.pk
        else:
            name = f"{name}_id" if one._meta.get_field(name).is_relation else name
            plain_values[name] = value.isoformat() if isinstance(value, dt.date) else value
    return plain_values, many
