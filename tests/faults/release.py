"""The release after this one: it adds a column to the sales, and takes it away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
from opop_expo.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "later"]
"""
EXPAND = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE sales_sale ADD COLUMN later integer NOT NULL DEFAULT 0",
            "ALTER TABLE sales_sale DROP COLUMN later",
        ),
    ]
"""
CONTRACT = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("later", "0001_expand")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE sales_sale DROP COLUMN later",
            "ALTER TABLE sales_sale ADD COLUMN later integer NOT NULL DEFAULT 0",
        ),
    ]
"""


def later_release(folder: Path) -> dict[str, str]:
    """What the environment of a process of that release differs in."""
    release = folder / "release"
    migrations = release / "later" / "migrations"
    migrations.mkdir(parents=True)
    (release / "later_settings.py").write_text(SETTINGS)
    for package in (release / "later", migrations):
        (package / "__init__.py").touch()
    (migrations / "0001_expand.py").write_text(EXPAND)
    (migrations / "0002_contract.py").write_text(CONTRACT)
    return {"PYTHONPATH": str(release), "DJANGO_SETTINGS_MODULE": "later_settings"}
