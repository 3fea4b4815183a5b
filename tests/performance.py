"""`make bench`: all that is measured, one after the other, written down in docs/performance.md.

    python -m tests.performance              measure everything
    python -m tests.performance sale totals  only these; what was measured before stays in the page

What a bench prints stands there as it was printed, with the machine and the hour. What was found in
profiles and done about it is written by hand, in docs/performance-notes.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.postgres import find_bindir

PAGE = Path("docs/performance.md")
# What was measured, so that a part can be measured anew.
KEPT = Path("docs/performance.json")


@dataclass(frozen=True)
class Bench:
    """One bench: the module that is run, and what it is about."""

    about: str
    module: str
    arguments: tuple[str, ...] = ()


BENCHES = {
    "visitors": Bench(
        "Visitors' pages: kept, not modified and made anew, over 5.000 products",
        "tests.bench_visitors",
        ("--rounds", "10"),
    ),
    "search": Bench("Search over 5.000 and 50.000 products", "tests.bench_search"),
    "till": Bench("The forms of the till and of organisers, one request at a time", "tests.bench"),
    "sale": Bench(
        "A tablet's sale of 5 lines beside a bare view that inserts the same rows, and pgbench",
        "tests.bench_sale",
    ),
    "totals": Bench(
        "Daily totals over 40.000, 400.000 and 4.000.000 lines",
        "tests.bench_totals",
        ("--lines", "40000", "400000", "4000000"),
    ),
    "drain": Bench("64 tablets come back with 500 unsent sales each", "tests.drain"),
    "imports": Bench("10.000 products come in by spreadsheet", "tests.bench_imports"),
    "papers": Bench("What organisers print", "tests.bench_papers"),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="which; all if none")
    parser.add_argument("--page", action="store_true", help="only write the page anew")
    options = parser.parse_args(arguments)
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    worst = 0
    for name in [] if options.page else options.names or BENCHES:
        kept[name] = measure(name)
        worst |= kept[name]["status"]
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
        PAGE.write_text(as_page(kept))
    PAGE.write_text(as_page(kept))
    return worst


def measure(name: str) -> dict[str, object]:
    """Run a bench; what it printed, here and in the answer."""
    bench = BENCHES[name]
    command = [sys.executable, "-m", bench.module, *bench.arguments]
    print(f"\n--- {bench.about}", flush=True)
    started, load = time.monotonic(), os.getloadavg()[0]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    lines = []
    for line in run.stdout or []:
        print(line, end="", flush=True)
        lines.append(line)
    return {
        "at": time.strftime("%Y-%m-%d %H:%M %Z"),
        "commit": said_by("git", "rev-parse", "--short", "HEAD"),
        "load_before": round(load, 1),
        "machine": machine(),
        "printed": "".join(lines),
        "seconds": round(time.monotonic() - started),
        "status": run.wait(),
    }


def machine() -> str:
    """The machine in one line."""
    info = Path("/proc/cpuinfo")
    models = [
        line.split(":", 1)[1].strip()
        for line in (info.read_text() if info.exists() else "").splitlines()
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    bindir = find_bindir()
    postgres = said_by(str(bindir / "postgres"), "--version") if bindir else "no PostgreSQL"
    return ", ".join(
        [
            f"{os.cpu_count()} × {models[0] if models else platform.processor() or 'processor'}",
            f"{memory:.0f} GiB",
            f"{platform.system()} {platform.release()}",
            f"Python {platform.python_version()}",
            f"psycopg {psycopg.__version__}",
            postgres,
        ]
    )


def said_by(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def as_page(kept: dict[str, dict[str, object]]) -> str:
    """The page in Markdown."""
    parts = [
        "# Performance\n",
        "Written by `make bench`; what was found and done stands in "
        "[performance-notes.md](performance-notes.md). Read the ratios: each bench measures its "
        "limit in the same run. 'At work' is the time that the server's processes were on a "
        "processor; the clock also tells of whoever else kept it busy.\n",
    ]
    for name, bench in BENCHES.items():
        if name not in kept:
            parts.append(f"## {bench.about}\n\n`make bench BENCH={name}`: not measured yet.\n")
            continue
        one = kept[name]
        verdict = "all limits held" if one["status"] == 0 else "**a limit was missed**"
        parts.append(
            f"## {bench.about}\n\n`make bench BENCH={name}`, {one['at']}, at {one['commit']}, "
            f"{one['seconds']} s, load before {one['load_before']}: {verdict}. "
            f"{one['machine']}.\n\n"
            f"```\n{str(one['printed']).rstrip()}\n```\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
