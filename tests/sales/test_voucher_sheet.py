"""Vouchers on paper: what stands on them, and that every QR code holds its own code."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from django.conf import settings

from sales.vouchers.codes import as_printed
from sales.vouchers.sheet import ACROSS, DOWN, HEIGHT, LEFT, TOP, WIDTH, sheets
from stands.paper import A4
from tests.ledger import make_running_expo, make_shop
from tests.vouchers import make_vouchers

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

POINTS = 72 / 25.4
# So many dots a millimetre: a module of the code is about one millimetre.
SCALE = 8
DECODE = """
import decode from "./static/vendor/qr/decode.js";
const pictures = JSON.parse(await new Response(process.stdin).text());
const found = pictures.map(({ size, dark }) => {
  const data = new Uint8Array(size * size * 4).fill(255);
  for (const [x, y, w, h] of dark)
    for (let down = y; down < y + h; down += 1)
      for (let right = x; right < x + w; right += 1)
        data.set([0, 0, 0, 255], 4 * (down * size + right));
  return decode({ width: size, height: size, data });
});
console.log(JSON.stringify(found));
"""


def dark_of(page: pypdf.PageObject) -> list[tuple[float, float, float, float]]:
    """The dark rectangles of the codes on a page, in millimetres from the upper left corner."""
    content: Any = page.get_contents()
    return [
        (
            float(x) / POINTS,
            A4.height - (float(y) + float(h)) / POINTS,
            float(w) / POINTS,
            float(h) / POINTS,
        )
        for (x, y, w, h), name in (
            (operands, name) for operands, name in content.operations if name == b"re"
        )
        if float(w) / POINTS < WIDTH / 2 and float(h) / POINTS < 2
    ]


def read_codes(page: pypdf.PageObject, number: int) -> list[str]:
    """What a scanner reads on each of the first papers of a page."""
    rectangles = dark_of(page)
    pictures = []
    for place in range(number):
        left = LEFT + place % ACROSS * WIDTH
        top = TOP + place // ACROSS * HEIGHT
        mine = [
            [
                round((x - left) * SCALE),
                round((y - top) * SCALE),
                round(w * SCALE),
                round(h * SCALE),
            ]
            for x, y, w, h in rectangles
            if left <= x < left + WIDTH and top <= y < top + HEIGHT
        ]
        pictures.append({"size": round(WIDTH * SCALE), "dark": mine})
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [node, "--input-type=module", "-e", DECODE],
        input=json.dumps(pictures),
        capture_output=True,
        text=True,
        check=True,
        cwd=settings.BASE_DIR,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def pages_of(content: bytes) -> Iterable[pypdf.PageObject]:
    return pypdf.PdfReader(io.BytesIO(content)).pages


def test_every_code_on_the_sheet_is_scanned_as_its_own() -> None:
    made = make_vouchers(make_running_expo(), quantity=12)
    first, second = pages_of(sheets(made[0][0].batch, made))
    codes = [code for _voucher, code in made]
    assert read_codes(first, ACROSS * DOWN) == codes[:10]
    assert read_codes(second, 2) == codes[10:]


def test_paper_says_all_that_a_visitor_and_a_keeper_need() -> None:
    stand, _offers = make_shop(code="A7")
    made = make_vouchers(stand.expo, quantity=2, value_rupiah=1_250_000, stands=[stand])
    [page] = pages_of(sheets(made[0][0].batch, made))
    texts = page.extract_text()
    for voucher, code in made:
        assert f"No. {voucher.printed_number}" in texts
        assert as_printed(code) in texts
    assert "Rp 1.250.000" in texts
    assert "untuk pengunjung" in texts
    assert "Hanya di stan A7" in texts
    assert stand.expo.name in texts


def test_papers_lie_edge_to_edge_on_the_sheet() -> None:
    assert (A4.width, A4.height) == (LEFT * 2 + ACROSS * WIDTH, TOP * 2 + DOWN * HEIGHT)
    assert min(LEFT, TOP) >= 5  # printers leave a margin
