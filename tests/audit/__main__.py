"""`make audit`: what a visitor's browser and Lighthouse say of every page, in tables.

Against gunicorn with production's settings on this machine, over the example edition. The status is
1 where anything is missed. `--only weight` (or axe, offline, lighthouse) runs a part.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.audit.pages import Place, places
from tests.audit.serving import served
from tests.audit.weight import LIMITS, weigh
from tests.browser import ARGUMENTS, find_chromium
from tests.browsing.axe import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.sync_api import Browser

PARTS = ["weight", "axe", "offline", "lighthouse"]
LANGUAGES = ["", "/en"]
WIDTHS = {360: 740, 768: 1024, 1280: 800}
SCHEMES = ["light", "dark"]
SCORES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
JUDGED = ["home", "stands", "product", "plan"]
# A moment at which the machine had something else to do is no fault of the page.
TRIES = 3
LONGEST_SECONDS = 180
OFFLINE_LIMIT = 3_000_000
LIGHTHOUSE = ["node", "node_modules/lighthouse/cli/index.js"]


def main() -> int:
    """Run the parts that were asked for; 1 where a limit is missed."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--site", help="a portal that runs already, with the example edition")
    asked = parser.parse_args()
    wanted = asked.only or PARTS
    edition = time.strftime("%Y-contoh")
    missed: list[str] = []
    running = nullcontext(asked.site) if asked.site else served()
    with running as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        found = list(places(site, edition))
        parts: dict[str, Callable[[], list[str]]] = {
            "weight": lambda: weights(browser, site, found),
            "axe": lambda: accessibility(browser, site, found),
            "offline": lambda: offline(browser, site, edition),
            "lighthouse": lambda: lighthouse(site, [p for p in found if p.name in JUDGED]),
        }
        for part in wanted:
            missed += parts[part]()
        browser.close()
    print()
    for line in missed:
        print(f"missed: {line}")
    print(f"{len(missed)} missed" if missed else "nothing missed")
    return 1 if missed else 0


def weights(browser: Browser, site: str, found: Iterable[Place]) -> list[str]:
    """Bytes of each page against its limits."""
    print(f"\n{'bytes on the way':<28}" + "".join(f"{kind:>18}" for kind in LIMITS))
    print(f"{'at most':<28}" + "".join(f"{limit:>18,}" for limit in LIMITS.values()))
    missed = []
    for place in found:
        weight = weigh(browser, place.name, site + place.path)
        print(f"{place.name:<28}" + "".join(f"{one:>18,}" for one in weight.figures.values()))
        missed += weight.missed
    return missed


def accessibility(browser: Browser, site: str, found: Iterable[Place]) -> list[str]:
    """Each page × language × scheme × width: what axe finds, and what does not fit the width."""
    print(f"\n{'violations in 12 looks':<28}{'axe':>8}{'too wide':>10}")
    missed: list[str] = []
    context = browser.new_context(service_workers="block", reduced_motion="reduce")
    page = context.new_page()
    for place in found:
        wrong: list[str] = []
        wide: list[str] = []
        for language in LANGUAGES:
            page.goto(f"{site}{language}{place.path}")
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                for width, height in WIDTHS.items():
                    page.set_viewport_size({"width": width, "height": height})
                    how = f"{place.name}{language} {scheme} {width}"
                    wrong += [f"{how}: {one}" for one in violations(page)]
                    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                        wide.append(f"{how}: wider than the screen")
        print(f"{place.name:<28}{len(wrong):>8}{len(wide):>10}")
        missed += wrong + wide
    context.close()
    return missed


def offline(browser: Browser, site: str, edition: str) -> list[str]:
    """What the phone keeps of an edition, and what it took to bring it there."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    sent = {}
    context.on(
        "requestfinished",
        lambda request: sent.update({request.url: request.sizes()["responseBodySize"]}),
    )
    page.goto(f"{site}/{edition}/")
    page.wait_for_selector(".offline-state:not([hidden])", timeout=60_000)
    kept = page.evaluate(
        """async () => {
          let sum = 0;
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const one of await cache.matchAll()) sum += (await one.arrayBuffer()).byteLength;
          }
          return sum;
        }"""
    )
    file = page.evaluate(
        "async (address) => (await fetch(address)).headers.get('Content-Length')",
        f"{site}/{edition}/luring.json",
    )
    context.close()
    print(f"\n{'offline':<28}{'bytes':>18}")
    print(f"{'the file on the way':<28}{int(file):>18,}")
    print(f"{'all that a phone keeps':<28}{kept:>18,}")
    return [] if kept <= OFFLINE_LIMIT else [f"offline: {kept:,} bytes kept"]


def lighthouse(site: str, found: Iterable[Place]) -> list[str]:
    """Lighthouse's mobile scores; the best of a few tries where a score is short."""
    print(f"\n{'Lighthouse, mobile':<28}" + "".join(f"{name:>16}" for name in SCORES))
    missed = []
    for place in found:
        best: dict[str, int] = dict.fromkeys(SCORES, 0)
        reasons: list[str] = []
        for _ in range(TRIES):
            scores, reasons = judge(site + place.path)
            best = {name: max(best[name], scores[name]) for name in SCORES}
            if all(best[name] >= least for name, least in SCORES.items()):
                break
        print(f"{place.name:<28}" + "".join(f"{best[name]:>16}" for name in SCORES))
        short = [name for name, least in SCORES.items() if best[name] < least]
        missed += [f"{place.name}: {name} {best[name]}, at least {SCORES[name]}" for name in short]
        if short:
            missed += [f"{place.name}: {reason}" for reason in reasons]
    return missed


def judge(address: str) -> tuple[dict[str, int], list[str]]:
    """Lighthouse's scores of one page from 0 to 100, and what it holds against it."""
    with tempfile.TemporaryDirectory(prefix="opop-lighthouse-") as folder:
        report = Path(folder, "report.json")
        flags = " ".join(["--headless=new", *ARGUMENTS])
        started = subprocess.Popen(
            [
                *LIGHTHOUSE,
                address,
                "--quiet",
                "--output=json",
                f"--output-path={report}",
                f"--only-categories={','.join(SCORES)}",
                f"--chrome-flags={flags}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # Of its own, so that its browser ends with it.
            start_new_session=True,
            env=os.environ | {"CHROME_PATH": find_chromium() or "", "TMPDIR": folder},
        )
        try:
            _out, errors = started.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            errors = f"no answer in {LONGEST_SECONDS} s"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()
        if not report.exists():
            return dict.fromkeys(SCORES, 0), errors.strip().splitlines()[-1:]
        said: dict[str, Any] = json.loads(report.read_text())
    scores = {name: round(100 * (said["categories"][name]["score"] or 0)) for name in SCORES}
    counts = {
        ref["id"]
        for name in SCORES
        for ref in said["categories"][name]["auditRefs"]
        if ref["weight"]
    }
    reasons = [
        f"{audit['id']} {audit.get('displayValue', '')}".strip()
        for key, audit in said["audits"].items()
        if key in counts and audit["score"] is not None and audit["score"] < 0.9
    ]
    return scores, reasons


if __name__ == "__main__":
    sys.exit(main())
