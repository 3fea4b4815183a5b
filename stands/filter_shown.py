"""What a page shows of its filter: choices with their counts, what is picked, and ways out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Option:
    """One value of a kind, and how many there would be with it."""

    name: str
    value: str
    label: str
    count: int
    is_picked: bool

    @property
    def id(self) -> str:
        """Under which a label finds it, and the focus after a swap."""
        return f"id_{self.name}_{self.value}"

    @property
    def is_vain(self) -> bool:
        """Whether picking it would leave nothing."""
        return not self.count and not self.is_picked


@dataclass(frozen=True)
class Group:
    """A kind with its values; all flags together, each of which is a kind of its own; the price."""

    name: str
    label: StrOrPromise
    options: tuple[Option, ...] = ()
    is_open: bool = True


@dataclass(frozen=True)
class Chip:
    """Something asked for, and the query string without it."""

    text: str
    query: str


@dataclass(frozen=True)
class Suggestion:
    """What to take off for there to be something, and how many there would be then."""

    without: str
    counted: str
    query: str
