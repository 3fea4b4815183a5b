"""The tries that a throttle counts, for every app."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0003_organisers_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=20, verbose_name="jenis")),
                ("key", models.CharField(max_length=100, verbose_name="asal")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="waktu"),
                ),
            ],
            options={
                "verbose_name": "percobaan",
                "verbose_name_plural": "percobaan",
                "indexes": [
                    models.Index(fields=["scope", "key", "at"], name="attempt_scope_key_at")
                ],
            },
        ),
    ]
