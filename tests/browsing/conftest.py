"""What browser tests of several modules stand on."""

from __future__ import annotations

import pytest


@pytest.fixture
def kept() -> bool:
    """Whether a till's worker puts its page away; `tests.browsing.test_tablet.KEPT` says yes."""
    return False
