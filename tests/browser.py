"""The Chromium that the browser tests drive, and the errors it reports while they do."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from playwright._impl._driver import compute_driver_executable

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

NAMES = ["chromium", "chromium-browser", "google-chrome"]
# The same engine without windows, tabs and menus, which no test looks at: half the processor's
# time.
HEADLESS = "chromium-headless-shell"

# Chromium as root has no sandbox; the rest keeps it from talking to the world by itself.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# A page says itself what the content policy refused: as an error that no test can expect.
REFUSED = "the content policy refused"
TELL_WHAT_WAS_REFUSED = f"""
addEventListener("securitypolicyviolation", (event) => console.error(
  "{REFUSED}", event.effectiveDirective, event.blockedURI, event.sourceFile, event.lineNumber,
), true)
"""
# So the browser begins or ends its own line about one.
POLICY = "Content Security Policy"


def find_headless() -> str | None:
    """Return the browser that the tests drive: without windows, or a whole one where it must do."""
    headless = None if os.environ.get("CHROMIUM") else shutil.which(HEADLESS)
    return headless or find_chromium()


def find_chromium() -> str | None:
    """Return the browser named in CHROMIUM, or the distribution's, or Playwright's own, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    if not driver_starts():
        return None
    # Only here, because asking Playwright takes a second.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if os.path.exists(own) else None


def driver_starts() -> bool:
    """Whether Playwright's driver runs here: its Node.js needs libatomic, which Debian may lack."""
    node, _script = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True).returncode == 0


class BrowserErrors:
    """What a page complained of: exceptions, console errors, what the content policy refused."""

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._allowed: list[str] = []

    def allow(self, part: str) -> None:
        """Expect errors that contain this, as Chromium logs each answer of 400 and above."""
        self._allowed.append(part)

    def watch(self, context: BrowserContext) -> None:
        context.add_init_script(TELL_WHAT_WAS_REFUSED)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)

    def unexpected(self) -> list[str]:
        return [
            seen
            for seen in self._seen
            if self._is_refusal(seen) or not any(part in seen for part in self._allowed)
        ]

    def take_refusals(self) -> list[str]:
        """What the content policy refused, forgotten herewith. Only for who provoked it."""
        refused = [seen for seen in self._seen if self._is_refusal(seen)]
        self._seen = [seen for seen in self._seen if seen not in refused]
        return refused

    @staticmethod
    def _is_refusal(seen: str) -> bool:
        return REFUSED in seen or POLICY in seen

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or POLICY in message.text:
            self._seen.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_error(self, error: WebError) -> None:
        self._seen.append(str(error.error))
