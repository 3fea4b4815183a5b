"""Triggers: a gate's counts stay, what visitors see raises the version, a closed edition stays."""

from django.db import migrations

from events import append_only
from stands import catalogue_triggers, closed_triggers

TABLES = [
    "programme_gatecount",
]
SHOWN = [table for table in catalogue_triggers.RAISES if table.startswith("programme_")]
CLOSED = ["programme_room", "programme_session", "programme_session_speakers"]


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)
    catalogue_triggers.install(schema_editor.connection)
    closed_triggers.install(schema_editor.connection, CLOSED)


def lift_triggers(apps, schema_editor):
    append_only.lift(schema_editor.connection, TABLES)
    catalogue_triggers.lift(schema_editor.connection, SHOWN)
    closed_triggers.lift(schema_editor.connection, CLOSED)


class Migration(migrations.Migration):
    dependencies = [
        ("programme", "0001_initial"),
        ("stands", "0002_search_and_version"),
    ]

    operations = [
        migrations.RunPython(install_triggers, lift_triggers),
    ]
