"""A file of the bank that was taken over by mistake can be withdrawn, and taken over again."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from events import append_only

# Remade here, with which SQLite drops their triggers, or new.
TABLES = ["sales_bankstatement", "sales_bankline", "sales_bankwithdrawal"]


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection, TABLES)


def lift_triggers(apps, schema_editor):
    append_only.lift(schema_editor.connection, TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0002_append_only"),
        ("stands", "0002_search_and_version"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, install_triggers),
        migrations.CreateModel(
            name="BankWithdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="alasan")),
                (
                    "matched_count",
                    models.PositiveIntegerField(verbose_name="baris yang sudah dicocokkan"),
                ),
                (
                    "other_count",
                    models.PositiveIntegerField(verbose_name="baris yang bukan dari kasir"),
                ),
                ("payment_count", models.PositiveIntegerField(verbose_name="pembayaran")),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="ditarik"),
                ),
            ],
            options={
                "verbose_name": "penarikan mutasi",
                "verbose_name_plural": "penarikan mutasi",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="bankline",
            name="bank_line_once",
        ),
        migrations.RemoveConstraint(
            model_name="bankstatement",
            name="bank_statement_file_once",
        ),
        migrations.AddField(
            model_name="bankline",
            name="again",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="pengulangan"),
        ),
        migrations.AddField(
            model_name="bankstatement",
            name="again",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="pengulangan"),
        ),
        migrations.AddField(
            model_name="bankstatement",
            name="heading_hash",
            field=models.CharField(default="", max_length=64, verbose_name="sidik judul kolom"),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("expo", "line_hash", "again"), name="bank_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(
                fields=("expo", "file_hash", "again"),
                name="bank_statement_file_once",
                violation_error_message="Berkas ini sudah pernah diunggah.",
            ),
        ),
        migrations.AddField(
            model_name="bankwithdrawal",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ditarik oleh",
            ),
        ),
        migrations.AddField(
            model_name="bankwithdrawal",
            name="statement",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawal",
                to="sales.bankstatement",
                verbose_name="mutasi",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankwithdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="bank_withdrawal_says_why"
            ),
        ),
        migrations.RunPython(install_triggers, lift_triggers),
    ]
