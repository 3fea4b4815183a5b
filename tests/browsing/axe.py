"""Accessibility of the page that a test looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page


# What is still fading in has not the colours that it will have.
STANDS_STILL = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => null)))"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page once it stands still, a line each."""
    page.evaluate(STANDS_STILL)
    return [
        f"{one['id']}: {node['target']}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]
