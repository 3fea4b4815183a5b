"""Triggers that refuse any change of the log."""

from django.db import migrations

from events import append_only

TABLES = [
    "events_event",
    "events_erasure",
]


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)


def lift_triggers(apps, schema_editor):
    append_only.lift(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.RunPython(install_triggers, lift_triggers),
    ]
