"""Where the words of a printed page stand: recorded while they are drawn, to find what overlaps."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from stands.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

# Of the size of type: how far letters reach above and below their baseline.
ASCENT, DESCENT = 0.74, 0.22
MM = 72 / 25.4
# So much may meet: the quiet part of a letter's own box, in millimetres.
SLACK = 0.25


class Box(NamedTuple):
    """One line of text on a page, in millimetres from the upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str

    def overlaps(self, other: Box) -> bool:
        return (
            self.page == other.page
            and self.left + SLACK < other.right
            and other.left + SLACK < self.right
            and self.top + SLACK < other.bottom
            and other.top + SLACK < self.bottom
        )


class Recorder:
    """The words of every Paper that is drawn inside `with`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.boxes: list[Box] = []
        self.size = (0.0, 0.0)
        self._page = 0
        self._origins = [(0.0, 0.0)]
        text, placed, next_page = Paper.text, Paper.placed, Paper.next_page

        def recording_text(paper: Paper, x: float, y: float, words: str, **how: Any) -> None:
            points, bold = how.get("points", 10), how.get("bold", False)
            width = paper.width_of(words, points=points, bold=bold)
            shift = {"left": 0.0, "centre": width / 2, "right": width}[how.get("align", "left")]
            at_x, at_y = (sum(part) for part in zip(*self._origins, strict=True))
            left, base = at_x + x - shift, at_y + y
            height = points / MM
            self.size = (paper.size.width, paper.size.height)
            if words.strip():
                self.boxes.append(
                    Box(self._page, left, base - ASCENT * height, left + width,
                        base + DESCENT * height, words)
                )  # fmt: skip
            text(paper, x, y, words, **how)

        @contextmanager
        def recording_placed(paper: Paper, x: float, y: float) -> Iterator[None]:
            self._origins.append((x, y))
            with placed(paper, x, y):
                yield
            self._origins.pop()

        def recording_next_page(paper: Paper) -> None:
            self._page += 1
            next_page(paper)

        self._patches = {
            "text": recording_text,
            "placed": recording_placed,
            "next_page": recording_next_page,
        }
        self._monkeypatch = monkeypatch

    def __enter__(self) -> Recorder:
        self._listening = self._monkeypatch.context()
        patch = self._listening.__enter__()
        for name, recording in self._patches.items():
            patch.setattr(Paper, name, recording)
        return self

    def __exit__(self, *error: object) -> None:
        self._listening.__exit__(None, None, None)

    @property
    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of lines that stand on one another."""
        found = []
        by_page: dict[int, list[Box]] = {}
        for box in self.boxes:
            by_page.setdefault(box.page, []).append(box)
        for boxes in by_page.values():
            boxes.sort(key=lambda box: box.top)
            for place, box in enumerate(boxes):
                for other in boxes[place + 1 :]:
                    if other.top > box.bottom:
                        break
                    if box.overlaps(other):
                        found.append((box.text, other.text))
        return found

    @property
    def outside(self) -> list[str]:
        """Lines that do not lie on the page."""
        width, height = self.size
        return [
            box.text
            for box in self.boxes
            if box.left < -SLACK or box.top < -SLACK or box.right > width + SLACK
            or box.bottom > height + SLACK
        ]  # fmt: skip

    @property
    def words(self) -> str:
        """All that was written, in the order of drawing."""
        return " ".join(box.text for box in self.boxes)
