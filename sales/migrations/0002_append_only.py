"""Triggers that refuse any change of the ledger, room for sums, and what a sale asks first."""

from django.db import migrations

from events import append_only
from sales import ledger_postgres

TABLES = [
    "sales_sale",
    "sales_saleline",
    "sales_payment",
    "sales_voucherentry",
    "sales_vouchershare",
    "sales_bankstatement",
    "sales_bankline",
    "sales_cashmovement",
    "sales_dayclose",
    "sales_closeamendment",
    "sales_settlement",
    "sales_settlementline",
]


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)


def lift_triggers(apps, schema_editor):
    append_only.lift(schema_editor.connection, TABLES)


def leave_room(apps, schema_editor):
    """Let a sum be rewritten on its own page: each is, with every sale."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE sales_runningtotal SET (fillfactor = 60)")


def install_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ledger_postgres.INSTALLING, params=None)


def drop_function(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ledger_postgres.DROPPING, params=None)


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]

    operations = [
        migrations.RunPython(install_triggers, lift_triggers),
        migrations.RunPython(leave_room, migrations.RunPython.noop),
        migrations.RunPython(install_function, drop_function),
    ]
