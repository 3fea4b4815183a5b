"""What keeps a backup or a restore from being done, in words for an operator."""

from __future__ import annotations


class BackupError(Exception):
    """It was not done, and nothing was changed; the message says why and what to do."""
