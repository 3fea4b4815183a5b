"""What an edition publishes at this moment: its live figures, or those that were frozen last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.models import ResultsVersion
from outcomes.results import read_results
from outcomes.results_content import Change, Results, changes, from_text

if TYPE_CHECKING:
    import datetime as dt

    from stands.models import Expo

PROVISIONAL, FINAL, AMENDED = "provisional", "final", "amended"


@dataclass(frozen=True)
class Published:
    """Results with how final they are. Of a provisional one there is no version."""

    results: Results
    version: ResultsVersion | None = None
    # What the version before said otherwise.
    changes: tuple[Change, ...] = ()

    @property
    def state(self) -> str:
        """Provisional, final, or amended."""
        return state_of(self.version)

    @property
    def number(self) -> int:
        """The number of the version, 0 while nothing is frozen."""
        return self.version.number if self.version else 0

    @property
    def at(self) -> str:
        """When it was frozen, or read."""
        return self.version.made_at.isoformat() if self.version else self.results.read_at


def state_of(version: ResultsVersion | None) -> str:
    """How final a version is."""
    if version is None:
        return PROVISIONAL
    return FINAL if version.number == 1 else AMENDED


def versions_of(expo: Expo) -> list[ResultsVersion]:
    """All that were frozen, the latest first, without their content."""
    rows = ResultsVersion.objects.filter(expo=expo).defer("content")
    return list(rows.select_related("made_by").order_by("-number"))


def latest_version(expo: Expo) -> ResultsVersion | None:
    """The one that is in force, without its content."""
    return ResultsVersion.objects.filter(expo=expo).defer("content").order_by("-number").first()


def published(expo: Expo, version: ResultsVersion | None, now: dt.datetime) -> Published:
    """That version with what it changed, or the live figures where there is none."""
    if version is None:
        return Published(read_results(expo, now))
    results = from_text(version.content)
    before = ResultsVersion.objects.filter(expo=expo, number=version.number - 1).first()
    changed = changes(from_text(before.content), results) if before else []
    return Published(results, version, tuple(changed))


def differences(expo: Expo, version: ResultsVersion, now: dt.datetime) -> list[Change]:
    """What the live figures say otherwise than that version."""
    return changes(from_text(version.content), read_results(expo, now))
