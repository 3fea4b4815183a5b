"""The search: what it reads, the words it knows, and the notes of what changed."""

import django.db.models.deletion
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, migrations, models, transaction

from stands import search_triggers

NO_EXTENSION = """
The search needs PostgreSQL's extension pg_trgm, and this database user may not create it ({error}).
Let an administrator run, once and in this database:

    CREATE EXTENSION pg_trgm;

and migrate again. Where the extension is unknown, the package postgresql-contrib brings it. A user
with the right CREATE on the database may create it without being an administrator.
"""

POSTGRES = [
    # Cut by spaces alone: the words come folded.
    """
    ALTER TABLE stands_searchentry ADD COLUMN document tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', name), 'A')
        || setweight(to_tsvector('simple', also), 'B')
        || setweight(to_tsvector('simple', text), 'D')
    ) STORED
    """,
    "CREATE INDEX search_entry_document ON stands_searchentry USING gin (document)",
    # Over expressions: over the columns, PostgreSQL would take it for `word IN (...)` too, where it
    # is a hundred times slower than the unique index.
    "CREATE INDEX search_word_trigrams ON stands_searchword USING gin "
    "((word || '') gin_trgm_ops, (sound || '') gin_trgm_ops)",
    # For the beginning of a word, whatever the collation of the database.
    "CREATE INDEX search_word_start ON stands_searchword (expo_id, word varchar_pattern_ops)",
]


def create_extension(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            return
        try:
            with transaction.atomic(using=connection.alias):
                cursor.execute("CREATE EXTENSION pg_trgm")
        except Error as error:
            raise ImproperlyConfigured(NO_EXTENSION.format(error=str(error).strip())) from error


def install(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in POSTGRES:
                cursor.execute(statement)
    search_triggers.install(connection)
    if apps.get_model("stands", "Stand").objects.exists():
        # The first search reads everything.
        apps.get_model("stands", "SearchStale").objects.create(kind="all", subject=0)


def lift(apps, schema_editor):
    # The extension stays: it may have been there before, and others may use it.
    search_triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("stands", "0002_stand_qris"),
        # The triggers name its column `state`.
        ("pesantren", "0002_product_state"),
    ]

    operations = [
        migrations.RunPython(create_extension, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SearchStale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=9)),
                ("subject", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchEntry",
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
                            ("product", "Produk"),
                            ("stand", "Stan"),
                            ("pesantren", "Pesantren"),
                            ("producer", "Pelaku usaha"),
                            ("regency", "Kabupaten/kota"),
                        ],
                        max_length=9,
                    ),
                ),
                ("subject", models.BigIntegerField()),
                ("core", models.CharField(max_length=200)),
                ("name", models.TextField()),
                ("also", models.TextField()),
                ("text", models.TextField()),
                ("is_here", models.BooleanField()),
                (
                    "expo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stands.expo",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expo", "core"], name="search_entry_core")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("expo", "kind", "subject"), name="search_entry_once_an_edition"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(max_length=40)),
                ("sound", models.CharField(max_length=40)),
                ("names", models.IntegerField()),
                ("entries", models.IntegerField()),
                (
                    "expo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="stands.expo",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expo", "sound"], name="search_word_sound")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("expo", "word"), name="search_word_once_an_edition"
                    )
                ],
            },
        ),
        migrations.RunPython(install, lift),
    ]
