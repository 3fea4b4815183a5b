"""What keeps a backup or a restore from being done, in words for an operator."""

from __future__ import annotations

import sqlite3

import psycopg
from django.db import Error as DatabaseError

# Some of the work goes past Django, and its errors are those of the drivers then.
DATABASE_ERRORS = (DatabaseError, psycopg.Error, sqlite3.Error)


class BackupError(Exception):
    """It was not done, and nothing was changed; the message says why and what to do."""


class HalfRestoredError(BackupError):
    """The database was replaced, and what comes after that failed; the message says what."""
