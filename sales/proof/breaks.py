"""What a proof of the books finds: a place, and what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """One place where the books are not what recording would have written."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
