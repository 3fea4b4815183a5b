"""Which backups stay: none that holds sales is pushed out by those of an empty database."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from opop_expo.backups import writing
from opop_expo.backups.facts import Facts
from opop_expo.backups.manifest import FORMAT, Manifest, backups_in, write_manifest
from opop_expo.backups.retention import let_go

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shown_alike


def make_backup(root: Path, day: int, hour: int, entries: int, *, is_good: bool = True) -> str:
    folder = root / f"opop-202611{day:02}T{hour:02}0000Z"
    folder.mkdir(parents=True)
    manifest = Manifest(
        format=FORMAT,
        at=f"2026-11-{day:02}T{hour:02}:00:00+00:00",
        version="",
        commit="",
        database="sqlite",
        database_version="",
        facts=Facts({}, {}, {"2026 A1": [entries, ""]}, {}),
        files={"media.tar": 0},
        missing_files=[],
        seconds=0,
        bytes=0,
    )
    write_manifest(folder, manifest)
    (folder / "check.json").write_text(json.dumps({"verified": is_good}))
    return folder.name


def test_what_was_put_aside_under_a_name_of_its_own_stays(tmp_path: Path) -> None:
    """Before a release, by hand: going back needs it days later."""
    (tmp_path / make_backup(tmp_path, 1, 0, 5, is_good=False)).rename(tmp_path / "before-2")
    names = [make_backup(tmp_path, 1, hour, 9) for hour in (1, 2, 3)]
    assert let_go(tmp_path, keep=1) == names[:2]
    assert (tmp_path / "before-2" / "manifest.json").is_file()


def test_empty_database_pushes_out_no_backup_that_holds_sales(tmp_path: Path) -> None:
    sold = [make_backup(tmp_path, 20, hour, hour) for hour in (8, 9)]
    empty = [make_backup(tmp_path, 20, hour, 0) for hour in (10, 11, 12)]
    assert let_go(tmp_path, keep=1) == empty[:2]
    assert [folder.name for folder in backups_in(tmp_path)] == [*sold, empty[2]]


def test_last_verified_one_of_each_of_seven_days_stays(tmp_path: Path) -> None:
    days = {
        day: [
            make_backup(tmp_path, day, 8, day),
            make_backup(tmp_path, day, 20, day),
            make_backup(tmp_path, day, 22, day, is_good=False),
        ]
        for day in range(1, 10)
    }
    let_go(tmp_path, keep=1)
    of_days = [days[day][1] for day in range(3, 10)]
    assert [folder.name for folder in backups_in(tmp_path)] == [*of_days, days[9][2]]
    assert let_go(tmp_path, keep=1) == []


def test_manifest_that_cannot_be_read_pushes_nothing_out(tmp_path: Path) -> None:
    sold = make_backup(tmp_path, 20, 8, 8)
    broken = make_backup(tmp_path, 20, 9, 9)
    (tmp_path / broken / "manifest.json").write_text("{")
    assert let_go(tmp_path, keep=1) == []
    assert [folder.name for folder in backups_in(tmp_path)] == [sold, broken]


def test_disk_that_knows_no_second_name_of_a_file_keeps_it_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick, or a share of the network."""

    def refuse(*_names: object) -> None:
        raise PermissionError("Operation not permitted")

    before, now = tmp_path / "opop-1", tmp_path / "opop-2"
    for folder in (before, now):
        folder.mkdir()
        (folder / "media.tar").write_bytes(b"photos")
    monkeypatch.setattr(os, "link", refuse)
    writing._share(now / "media.tar", [before])
    assert [path.name for path in now.iterdir()] == ["media.tar"]
    monkeypatch.undo()
    writing._share(now / "media.tar", [before])
    assert (now / "media.tar").samefile(before / "media.tar")
