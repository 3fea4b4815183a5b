"""What of the pages comes with the code: a fingerprint that every deploy changes."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = ["opop_expo", "outcomes", "programme", "sales", "stands", "pesantren", "events"]
TEXTS = ["templates", "static", "locale"]
ENDINGS = {".py", ".html", ".toml", ".mo", ".css", ".js", ".svg"}


def release() -> str:
    """The same on every node that runs the same files; on a development machine, as of now."""
    return _written_when() if settings.DEBUG else _written_what()


@cache
def _written_what() -> str:
    """Of the content of all files that pages are made of, and of the settings that they show."""
    addresses = (settings.STATIC_URL, settings.MEDIA_URL, settings.PUBLIC_ORIGIN)
    who_answers = (settings.PRIVACY_CONTROLLER, settings.PRIVACY_CONTACT)
    found = hashlib.blake2b(repr((django.VERSION, *addresses, *who_answers)).encode())
    for path in sorted(_files([*CODE, *TEXTS])):
        found.update(f"{path.relative_to(settings.BASE_DIR)}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _written_when() -> str:
    """Of the hour at which a template or style was last written; new code is a new process."""
    newest = max(path.stat().st_mtime_ns for path in _files(TEXTS))
    return f"{newest}-{os.getpid()}"


def _files(folders: list[str]) -> Iterator[Path]:
    for folder in folders:
        for path in Path(settings.BASE_DIR, folder).rglob("*"):
            if path.suffix in ENDINGS:
                yield path
