"""Accessibility of the page that a test looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page, a line each."""
    return [
        f"{one['id']}: {node['target']}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]
