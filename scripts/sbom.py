#!/usr/bin/env python3
"""Write what the portal is made of as CycloneDX: `scripts/sbom.py ENVIRONMENT`, into test-results/.

The Python packages that run the portal, with version and licence, as they are installed; what tests
and checks need beside them is left out. The JavaScript of others is what the manifest of
static/vendor names.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "test-results" / "sbom.json"


def main(environment: str) -> None:
    """Write the file, and say how much is in it."""
    made = subprocess.run(  # noqa: S603, a tool of ours with options of our own
        [
            *(str(Path(sys.executable).parent / "cyclonedx-py"), "environment"),
            *("--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"),
            *("--spec-version", "1.6", "--validate", str(Path(environment, "bin", "python"))),
        ],
        capture_output=True,
        check=True,
    )
    bill: dict[str, Any] = json.loads(made.stdout)
    runs = needed_to_run()
    bill["components"] = [one for one in bill["components"] if plain(one["name"]) in runs]
    missing = runs - {plain(one["name"]) for one in bill["components"]}
    if missing:
        sys.exit(f"Not installed in {environment}: {', '.join(sorted(missing))}")
    bill["components"] += vendored()
    kept = {one["bom-ref"] for one in bill["components"]} | {
        bill["metadata"]["component"]["bom-ref"]
    }
    bill["dependencies"] = [
        {**one, "dependsOn": [ref for ref in one.get("dependsOn", []) if ref in kept]}
        for one in bill["dependencies"]
        if one["ref"] in kept
    ]
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(bill, indent=2, sort_keys=True) + "\n")
    print(f"{len(bill['components'])} components in {TARGET.relative_to(ROOT)}")


def needed_to_run() -> set[str]:
    """The names in the lock file of the portal that are for this kind of machine."""
    text = (ROOT / "requirements" / "run.txt").read_text()
    pinned = [
        Requirement(line) for line in re.findall(r"^[\w.-]+.*?==[^\\\n]+", text, re.MULTILINE)
    ]
    return {plain(one.name) for one in pinned if one.marker is None or one.marker.evaluate()}


def plain(name: str) -> str:
    """A package's name as packages are compared, see PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def vendored() -> list[dict[str, Any]]:
    """The JavaScript of others that lies among the static files."""
    manifest = json.loads((ROOT / "static" / "vendor" / "manifest.json").read_text())
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:npm/{name}@{one['version']}",
            "purl": f"pkg:npm/{name}@{one['version']}",
            "name": name,
            "version": one["version"],
            "licenses": [{"expression": one["licence"]}],
        }
        for name, one in manifest.items()
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
