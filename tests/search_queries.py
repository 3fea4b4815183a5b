"""The searches that visitors make of the 2020 edition, each with its right answer."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stands.search import Hit

FILE = Path(__file__).parent / "stands" / "search_queries.csv"


@dataclass(frozen=True)
class Query:
    """What was typed, and the thing that it asks for: any of several where they are alike."""

    text: str
    kind: str
    answers: frozenset[str]

    def is_answered_by(self, hit: Hit) -> bool:
        """Whether this is the right answer."""
        key = hit.row.code if hit.kind in {"stand", "regency"} else hit.row.slug
        return hit.kind == self.kind and key in self.answers


def read_queries() -> list[Query]:
    """All of them."""
    with FILE.open(newline="") as file:
        return [
            Query(row["query"], row["kind"], frozenset(row["answer"].split("|")))
            for row in csv.DictReader(file)
        ]
