"""How much a visitor's page brings to a phone: compressed bytes of page, styles and scripts.

`make audit` measures the same in a browser over the whole example edition.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.contrib.staticfiles import finders

from tests.programmes import make_session
from tests.visited import make_visited_expo

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE_AND_STYLES = 30_000
SCRIPTS = 25_000
# What a full page of cards adds to the few that are there in the test.
ROOM_FOR_CARDS = 5_000

PAGES = {
    *("", "stan/", "stan/A12/", "produk/", "produk/kopi-rempah/", "denah/", "denah/?stan=A12"),
    *("pesantren/", "pesantren/al-qodiri/", "cari/?q=kopi", "simpanan/"),
    *("jadwal/", "jadwal/ekspor/"),
    *("../edisi/", "../masuk/", "minat/?produk=kopi-rempah"),
}
STYLES = re.compile(r'<link rel="stylesheet" href="/static/([^"]+)"')
MODULES = re.compile(r'<script[^>]* src="/static/([^"]+)"')
IMPORTS = re.compile(r'^import .*?"(\.{1,2}/[^"]+)"', re.MULTILINE)


def on_the_way(text: bytes) -> int:
    """Bytes as collected files are compressed; a page is compressed a little less."""
    return len(gzip.compress(text, 9))


def files(names: list[str]) -> set[Path]:
    found = {Path(str(finders.find(name))) for name in names}
    inner = {path.parent / name for path in found for name in IMPORTS.findall(path.read_text())}
    return {path.resolve() for path in found | inner}


def test_no_page_is_too_heavy_for_a_full_cell(client: Client) -> None:
    expo = make_visited_expo()
    make_session(expo=expo, slug="ekspor", date=expo.all_days[0].date)
    too_heavy: dict[str, tuple[int, int]] = {}
    for path in PAGES:
        address = f"/{expo.slug}/{path}" if not path.startswith("../") else path[2:]
        response = client.get(address)
        assert response.status_code == 200, address
        styles = files(STYLES.findall(response.text))
        scripts = files(MODULES.findall(response.text))
        assert styles
        page = on_the_way(response.content) + sum(on_the_way(one.read_bytes()) for one in styles)
        script = sum(on_the_way(one.read_bytes()) for one in scripts)
        if page > PAGE_AND_STYLES - ROOM_FOR_CARDS or script > SCRIPTS:
            too_heavy[path] = (page, script)
    assert too_heavy == {}
