"""How often pages were looked at; and the search reads the English name of a product too."""

import django.db.models.deletion
from django.db import migrations, models

from stands import search_triggers


def renew_search(apps, schema_editor):
    """Triggers that see the new column, and everything read anew with the next search."""
    search_triggers.install(schema_editor.connection)
    if apps.get_model("stands", "Stand").objects.exists():
        apps.get_model("stands", "SearchStale").objects.create(kind="all", subject=0)


class Migration(migrations.Migration):
    dependencies = [("stands", "0004_inquiries"), ("pesantren", "0005_english_names")]

    operations = [
        migrations.CreateModel(
            name="ViewCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("home", "Beranda edisi"),
                            ("stand", "Stan"),
                            ("product", "Produk"),
                            ("pesantren", "Pesantren"),
                        ],
                        max_length=9,
                        verbose_name="jenis halaman",
                    ),
                ),
                ("subject", models.BigIntegerField(verbose_name="nomor")),
                ("day", models.DateField(verbose_name="hari")),
                ("hour", models.PositiveSmallIntegerField(verbose_name="jam")),
                ("count", models.PositiveIntegerField(verbose_name="dilihat")),
                (
                    "expo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="view_counts",
                        to="stands.expo",
                        verbose_name="edisi",
                    ),
                ),
            ],
            options={
                "verbose_name": "halaman dilihat",
                "verbose_name_plural": "halaman dilihat",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("expo", "kind", "subject", "day", "hour"),
                        name="view_count_once_an_hour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hour__lte", 23)),
                        name="view_count_hour_of_day",
                        violation_error_message="Jam dari 0 sampai 23.",
                    ),
                ],
            },
        ),
        migrations.RunPython(renew_search, migrations.RunPython.noop),
    ]
