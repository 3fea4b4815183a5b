"""The real 2020 edition, loaded from its files once for a module whose tests only read."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from opop_expo.edition_loading import load_edition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker


@contextlib.contextmanager
def loaded(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load it, and take it back at the end."""
    with blocker.unblock(), transaction.atomic():
        load_edition(Path(settings.BASE_DIR, "data", "2020"))
        yield
        transaction.set_rollback(True)
