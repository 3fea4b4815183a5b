"""Triggers that refuse any change of frozen results, and that note what visitors see of outcomes."""

from django.db import migrations

from events import append_only
from stands import catalogue_triggers

TABLES = [
    "outcomes_resultsversion",
]
SHOWN = [table for table in catalogue_triggers.RAISES if table.startswith("outcomes_")]


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)
    catalogue_triggers.install(schema_editor.connection)


def lift_triggers(apps, schema_editor):
    append_only.lift(schema_editor.connection, TABLES)
    catalogue_triggers.lift(schema_editor.connection, SHOWN)


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0001_initial"), ("stands", "0002_search_and_version")]

    operations = [
        migrations.RunPython(install_triggers, lift_triggers),
    ]
