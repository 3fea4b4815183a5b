"""What a database holds, in figures that a copy of it must show again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Q, Sum

from sales.models import LedgerHead, Payment, Sale

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Facts:
    """Figures of one database at one moment. All of it is plain, so that it can be written down.

    `rows` by table; `editions` by address: sales, reversals and rupiah in all and by method,
    training left out; `heads` by stand: sequence and hash of the last entry; `migrations` by app.
    """

    rows: dict[str, int]
    editions: dict[str, dict[str, Any]]
    heads: dict[str, list[Any]]
    migrations: dict[str, list[str]]

    def differences(self, other: Facts) -> Iterator[str]:
        """Where the other one shows something else, in words."""
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            for key in sorted({*mine, *theirs}):
                if mine.get(key) != theirs.get(key):
                    yield f"{field.name} of {key}: {mine.get(key)} became {theirs.get(key)}"


def read_facts() -> Facts:
    """The figures of the default connection's database, in the transaction that is open there."""
    return Facts(_rows(), _editions(), _heads(), applied_migrations())


def _rows() -> dict[str, int]:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {quote(name)}")  # noqa: S608, a table's name
            counts[name] = cursor.fetchone()[0]
    return counts


def _editions() -> dict[str, dict[str, Any]]:
    sales = Sale.objects.filter(training=False).order_by().values_list("expo__slug")
    found: dict[str, dict[str, Any]] = {
        slug: {"sales": sold, "reversals": taken_back, "rupiah": rupiah, "methods": {}}
        for slug, sold, taken_back, rupiah in sales.annotate(
            sold=Count("pk", filter=Q(reverses=None)),
            taken_back=Count("pk", filter=~Q(reverses=None)),
            rupiah=Sum("total_rupiah"),
        )
    }
    payments = Payment.objects.filter(sale__training=False).order_by()
    for slug, method, rupiah in payments.values_list("sale__expo__slug", "method").annotate(
        rupiah=Sum("amount_rupiah")
    ):
        found[slug]["methods"][method] = rupiah
    return found


def _heads() -> dict[str, list[Any]]:
    heads = LedgerHead.objects.order_by("stand__expo__slug", "stand__code").values_list(
        "stand__expo__slug", "stand__code", "sequence", "hash"
    )
    return {f"{slug} {code}": [sequence, hash_] for slug, code, sequence, hash_ in heads}


def applied_migrations() -> dict[str, list[str]]:
    """The migrations that the database has gone through, by app."""
    by_app: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        by_app.setdefault(app, []).append(name)
    return by_app


def unknown_migrations(migrations: dict[str, list[str]]) -> list[str]:
    """Those of them that this code does not have: the database comes from another version."""
    on_disk = MigrationLoader(None).disk_migrations
    known = {*on_disk, *(one for migration in on_disk.values() for one in migration.replaces)}
    return [
        f"{app}.{name}"
        for app, names in migrations.items()
        for name in names
        if (app, name) not in known
    ]
