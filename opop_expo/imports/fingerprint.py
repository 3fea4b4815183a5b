"""Whether all that the plans of a kind look at is as it was."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pesantren.models import Category, Credential, Pesantren, Producer, Product, Regency
from stands.models import Offer, Stand, Zone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db import models

    from opop_expo.imports.columns import Kind
    from stands.models import Expo


def fingerprint(kind: Kind, expo: Expo | None) -> str:
    """The SHA-256 of all that the plans of a kind look at; what sales lower is not of it."""
    digest = hashlib.sha256()
    for rows in _looked_at(kind, expo):
        for row in rows.iterator(chunk_size=2_000):
            digest.update(repr(row).encode())
        digest.update(b"|")
    return digest.hexdigest()


def _looked_at(kind: Kind, expo: Expo | None) -> Iterator[models.QuerySet[Any, Any]]:
    model = kind.model
    fields = set(kind.field_of_column.values()) & {one.name for one in model._meta.concrete_fields}
    # Sales lower what is left, and the curation decides by itself.
    names = sorted(fields - {"stock", "state", "curated", "example_fields"})
    rows = model._default_manager.order_by("pk")
    if model is Stand:
        rows = rows.filter(expo=expo)
    if model is Offer:
        rows = rows.filter(stand__expo=expo)
        names.append("withdrawn")
    yield rows.values_list("pk", *names)
    makers = Producer.objects.order_by("pk").values_list("pk", "slug", "name", "pesantren")
    products = Product.objects.order_by("pk").values_list("pk", "slug", "name", "producer")
    pesantren = Pesantren.objects.order_by("pk").values_list("pk", "slug", "name")
    held = Stand.pesantren.through.objects.order_by("pk").values_list("stand", "pesantren")
    stands = Stand.objects.filter(expo=expo).order_by("pk").values_list("pk", "code")
    zones = Zone.objects.filter(expo=expo).order_by("pk").values_list("pk", "code", "name")
    others: dict[type[models.Model], list[models.QuerySet[Any, Any]]] = {
        Pesantren: [Regency.objects.order_by("pk").values_list("pk", "code", "kind", "name")],
        Producer: [pesantren],
        Product: [makers, Category.objects.order_by("pk").values_list("pk", "slug", "name")],
        Credential: [products],
        Stand: [pesantren, zones, held.filter(stand__expo=expo)],
        Offer: [
            products,
            stands,
            makers,
            Product.objects.order_by("pk").values_list("price_rupiah"),
            held.filter(stand__expo=expo),
        ],
    }
    yield from others[model]
