"""What the models cannot say: the search's own indexes, and the triggers that note what changed."""

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, migrations, transaction

from stands import catalogue_triggers, closed_triggers, search_triggers

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
    catalogue_triggers.install(connection)
    closed_triggers.install(connection)


def lift(apps, schema_editor):
    # The extension stays: it may have been there before, and others may use it.
    search_triggers.lift(schema_editor.connection)
    catalogue_triggers.lift(schema_editor.connection)
    closed_triggers.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("stands", "0001_initial"), ("pesantren", "0001_initial")]

    operations = [
        migrations.RunPython(create_extension, migrations.RunPython.noop),
        migrations.RunPython(install, lift),
    ]
