"""What a page weighs on the way to a phone, as a real Chromium receives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Bytes on the way, compressed. The limits stand in the issue that asked for these pages.
LIMITS = {"page and styles": 30_000, "scripts": 25_000, "first view": 150_000}

# Pictures that begin below what a phone shows at first; a drawing repeated above counts as above.
BELOW = """() => {
  const seen = new Set(), below = new Set();
  for (const one of document.images) {
    (one.getBoundingClientRect().top < innerHeight ? seen : below).add(one.currentSrc);
  }
  return [...below].filter((address) => !seen.has(address));
}"""


@dataclass(frozen=True)
class Weight:
    """Bytes of one page, headers included."""

    name: str
    page_and_styles: int
    scripts: int
    first_view: int

    @property
    def figures(self) -> dict[str, int]:
        """By the names of the limits."""
        values = (self.page_and_styles, self.scripts, self.first_view)
        return dict(zip(LIMITS, values, strict=True))

    @property
    def missed(self) -> list[str]:
        """The limits that it breaks, in words."""
        return [
            f"{self.name}: {kind} {value:,} bytes, at most {LIMITS[kind]:,}"
            for kind, value in self.figures.items()
            if value > LIMITS[kind]
        ]


def weigh(browser: Browser, name: str, address: str) -> Weight:
    """Open the page as a phone with nothing kept, and add up what comes."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, service_workers="block")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    kinds: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}

    def answered(event: Any) -> None:
        kinds[event["requestId"]] = (event["type"], event["response"]["url"])

    def finished(event: Any) -> None:
        sizes[event["requestId"]] = int(event["encodedDataLength"])

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    page.goto(address, wait_until="networkidle")
    below = set(page.evaluate(BELOW))
    context.close()

    def total(*wanted: str) -> int:
        return sum(size for key, size in sizes.items() if kinds.get(key, ("", ""))[0] in wanted)

    late = sum(size for key, size in sizes.items() if kinds.get(key, ("", ""))[1] in below)
    return Weight(
        name, total("Document", "Stylesheet"), total("Script"), sum(sizes.values()) - late
    )
