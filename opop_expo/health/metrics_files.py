"""The folder in which a node's processes keep their figures; for gunicorn's settings file."""

from __future__ import annotations

import os
from pathlib import Path


def empty_metrics_folder() -> None:
    """Begin anew with an empty folder, as a node starts: its counters then begin at nought."""
    named = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not named:
        return
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.db"):
        file.unlink()
