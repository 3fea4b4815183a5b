"""The version of each edition's catalogue, and the triggers that raise it."""

from django.db import migrations, models

from stands import catalogue_triggers


def install(apps, schema_editor):
    catalogue_triggers.install(schema_editor.connection)


def lift(apps, schema_editor):
    catalogue_triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("stands", "0007_inquiry_site")]

    operations = [
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.BigIntegerField()),
                ("step", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(install, lift),
    ]
