"""Triggers that refuse any change of what was counted at a gate."""

from django.db import migrations

from events import append_only

TABLES = [
    "programme_gatecount",
]


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)


def lift_triggers(apps, schema_editor):
    append_only.lift(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_initial")]

    operations = [
        migrations.RunPython(install_triggers, lift_triggers),
    ]
