"""The drawing of printed pages: type, breaks, QR codes that can be read again."""

from __future__ import annotations

import io

import pypdf
import pytest

from stands.paper import A4, A6, Paper

pytestmark = pytest.mark.shown_alike


def text_on(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_same_content_gives_the_same_bytes() -> None:
    def draw() -> bytes:
        paper = Paper(A6, title="Kartu")
        paper.text(10, 20, "Pesantren Sidogiri – Rp 25.000", bold=True)
        paper.qr(10, 30, 60, "https://expo.example/2026/stan/A1/")
        paper.awning(0, 0, 105)
        return paper.finish()

    assert draw() == draw()
    assert "Pesantren Sidogiri – Rp 25.000" in text_on(draw())


def test_page_has_the_size_of_its_paper() -> None:
    paper = Paper(A4, title="x")
    paper.text(10, 10, "x")
    page = pypdf.PdfReader(io.BytesIO(paper.finish())).pages[0]
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]


@pytest.mark.parametrize("text", ["kata " * 60, "panjang" * 60])
def test_paragraph_stays_within_its_width_and_lines(text: str) -> None:
    paper = Paper(A6, title="x")
    lines = paper.lines(text, width=60, points=10, most_lines=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(paper.width_of(line, points=10) <= 60 for line in lines)


def test_letters_that_the_font_lacks_leave_no_box() -> None:
    paper = Paper(A6, title="x")
    paper.text(10, 20, "Kopi ☕\u200f مسك enak")
    assert text_on(paper.finish()).split() == ["Kopi", "enak"]
