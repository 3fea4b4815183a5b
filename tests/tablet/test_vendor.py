"""Third-party code in static/vendor is what its authors published, byte for byte."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.conf import settings

pytestmark = pytest.mark.shown_alike

VENDOR = settings.BASE_DIR / "static" / "vendor"


def test_every_vendored_file_is_the_one_in_the_manifest() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    listed = {
        f"{name}/{path}": checksum
        for name, library in manifest.items()
        for path, checksum in library["sha256"].items()
    }
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == listed


def test_types_are_those_of_the_vendored_versions() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    package = json.loads((settings.BASE_DIR / "package.json").read_text())
    wanted = {name: package["devDependencies"][name] for name in manifest}
    assert {name: library["version"] for name, library in manifest.items()} == wanted
