"""The drill: sell, back up meanwhile, lose it all, restore, and prove that nothing else changed."""

from __future__ import annotations

import json
import os
import resource
import stat
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.test import override_settings

from events import append_only
from events.models import Event
from opop_expo.backups.checking import check_backup
from opop_expo.backups.databases import engine_in_use, settings_with, using
from opop_expo.backups.facts import read_facts
from opop_expo.backups.manifest import backups_in, is_verified, read_manifest, write_manifest
from opop_expo.backups.retention import let_go
from opop_expo.backups.status import last_backup, last_verified_backup
from sales.models import Sale
from sales.proof.verifying import verify_ledger
from stands.models import Offer
from tests.ledger import make_running_expo, make_sale, make_shop
from tests.make import make_offer, make_product
from tests.opop_expo.backups import (
    back_up,
    copy_of,
    databases_beside,
    kept_databases,
    remove_kept,
    run,
    selling,
)
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stands.models import Stand

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("alone_with_the_database"),
]

PHOTO = b"\x89PNG of a stand" * 100
PAPER = b"%PDF-1.7 of an agreement" * 100


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> Iterator[None]:
    """A photo and a document, each in its storage."""
    with override_settings(
        MEDIA_ROOT=tmp_path / "media",
        PRIVATE_ROOT=tmp_path / "private",
        ERASURES_FILE=tmp_path / "erasures.jsonl",
    ):
        default_storage.save("photos/stan.png", ContentFile(PHOTO))
        storages["private"].save("kerja-sama/naskah.pdf", ContentFile(PAPER))
        yield
        remove_kept()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def shop() -> tuple[Stand, list[Offer]]:
    """A stand that has sold once."""
    stand, offers = make_shop()
    make_sale(stand, {offers[0]: 1})
    return stand, offers


def test_drill_from_selling_through_loss_to_the_same_totals(root: Path) -> None:
    expo = make_running_expo()
    shops = [make_shop(code=code, expo=expo) for code in ("A1", "B2")]
    photo = shops[0][0]
    photo.qris_image = "photos/stan.png"
    photo.save()
    with selling(shops) as sold:
        sold.wait_for(10)
        said = run("backup", "--to", root)
        during = sold.count
    [folder] = backups_in(root)
    manifest = read_manifest(folder)

    # What was sold meanwhile is in it or not, whole: the figures fit each other.
    assert 10 <= manifest.entries < during
    assert manifest.facts.rows["sales_sale"] == manifest.entries
    assert manifest.facts.rows["sales_saleline"] == 2 * manifest.entries
    assert manifest.facts.editions[expo.slug]["rupiah"] == 45_000 * manifest.entries
    assert is_verified(folder)
    assert "VOUCHER_KEY" in said

    # Lost: sales after the backup in a database that is replaced, and every file.
    after = Sale.objects.count()
    lost = after - manifest.entries
    default_storage.delete("photos/stan.png")
    storages["private"].delete("kerja-sama/naskah.pdf")
    said = run("restore", folder, "--overwrite")
    assert f"MISSING: {lost} sales of the database of before, {45_000 * lost} rupiah" in said
    assert "2 files stored" in said
    assert "the ledger is whole" in said

    facts = read_facts()
    assert facts.editions == manifest.facts.editions
    assert facts.heads == manifest.facts.heads
    assert Sale.objects.aggregate(sum=Sum("total_rupiah"))["sum"] == 45_000 * manifest.entries
    assert verify_ledger().breaks == []
    with default_storage.open("photos/stan.png") as file:
        assert file.read() == PHOTO
    with storages["private"].open("kerja-sama/naskah.pdf") as file:
        assert file.read() == PAPER

    # The hall goes on selling, and the next sale joins the chain.
    make_sale(shops[0][0], {shops[0][1][0]: 1})
    assert verify_ledger().breaks == []


def test_backup_is_for_one_person_and_says_what_it_is(
    root: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    folder = back_up(root)
    manifest = read_manifest(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)
    assert manifest.database == connection.vendor
    assert manifest.files == {"media.tar": 1, "private.tar": 1}
    assert manifest.version
    assert manifest.facts.migrations["sales"][0] == "0001_initial"
    # Nothing is left of the work, neither here nor on the server.
    assert {path.name for path in root.iterdir()} == {folder.name, "last.json", ".lock"}
    assert not [name for name in databases_beside() if name.startswith("opop_check_")]


def test_last_run_is_told_to_every_node_and_to_the_machine(
    root: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    assert last_backup() is None
    folder = back_up(root)
    last = last_backup()
    assert last is not None
    assert (last.name, last.is_verified, last.problem) == (folder.name, True, "")
    assert last.bytes == sum(
        path.stat().st_size for path in folder.iterdir() if path.name != "check.json"
    )
    assert json.loads((root / "last.json").read_text())["verified"] is True

    with pytest.raises(CommandError, match=r"Not a directory|File exists"):
        run("backup", "--to", folder / "manifest.json")
    later = last_backup()
    assert later is not None
    assert (later.name, later.is_verified) == ("-", False)
    assert last_verified_backup() == last


# --- refused ------------------------------------------------------------------------------------


def flipped(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return damage


def truncated(folder: Path) -> None:
    os.truncate(folder / "media.tar", 700)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


DAMAGES = {
    "a flipped bit in the manifest": flipped("manifest.json"),
    "a flipped bit in the photos": flipped("media.tar"),
    "a truncated archive": truncated,
    "no documents": without("private.tar"),
    "no sums": without("SHA256SUMS"),
    "no manifest": without("manifest.json"),
}


def test_damaged_backup_is_refused_and_nothing_is_touched(
    root: Path, tmp_path: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    folder = back_up(root, "--no-check")
    [dump] = [path.name for path in folder.iterdir() if path.name.startswith("database.")]
    damages = DAMAGES | {"a flipped bit": flipped(dump), "no database": without(dump)}
    make_sale(shop[0], {shop[1][0]: 1})
    for number, (what, damage) in enumerate(damages.items()):
        copy = copy_of(folder, tmp_path / str(number))
        damage(copy)
        for name, *options in [("restore", copy, "--overwrite"), ("backup", "--check", copy)]:
            with pytest.raises(CommandError, match="is damaged and was not used"):
                run(str(name), *options)
        assert Sale.objects.count() == 2, what
    assert not Event.objects.filter(kind=Event.Kind.BACKUP_RESTORED).exists()


@pytest.mark.shown_alike
def test_database_with_sales_is_replaced_only_when_told_so(
    root: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    folder = back_up(root, "--no-check")
    make_sale(shop[0], {shop[1][0]: 1})
    with pytest.raises(CommandError, match=r"The database in use holds 2 sales.*--overwrite"):
        run("restore", folder)
    assert Sale.objects.count() == 2


@pytest.mark.shown_alike
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda manifest: {"database": "oracle"}, "is a backup of oracle, and DATABASE_URL leads"),
        (
            lambda manifest: {
                "facts": replace(
                    manifest.facts, migrations={**manifest.facts.migrations, "sales": ["0099_new"]}
                )
            },
            "made by a newer version .it has sales.0099_new",
        ),
        (lambda manifest: {"format": 2}, "has format 2, and this version reads 1"),
    ],
)
def test_backup_of_another_kind_or_version_is_refused(
    root: Path, shop: tuple[Stand, list[Offer]], change: Callable[[Any], dict[str, Any]], words: str
) -> None:
    folder = back_up(root, "--no-check")
    manifest = read_manifest(folder)
    write_manifest(folder, replace(manifest, **change(manifest)))
    for name, *options in [("restore", folder, "--overwrite"), ("backup", "--check", folder)]:
        with pytest.raises(CommandError, match=words):
            run(str(name), *options)


# --- what does not fit is found, and the scratch place is gone -----------------------------------


def alter_sale() -> None:
    """What the triggers are there to refuse."""
    append_only.lift(connection)
    Sale.objects.update(note="diubah")
    append_only.install(connection)


def test_broken_ledger_is_no_verified_backup_and_leaves_no_scratch_database(
    root: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    before = databases_beside()
    good = back_up(root)
    alter_sale()
    with pytest.raises(CommandError, match="NOT whole: ledger, 2026-uji A1 #1"):
        run("backup", "--to", root, "--keep", "1")
    bad = backups_in(root)[-1]
    assert databases_beside() == before
    assert not (root / ".checking").exists()
    assert (is_verified(good), is_verified(bad)) == (True, False)
    # The good one did not make room for the bad one.
    assert backups_in(root) == sorted([good, bad])
    last = last_backup()
    assert last is not None
    assert (last.name, last.is_verified) == (bad.name, False)

    with pytest.raises(CommandError, match=r"as it was: ledger.*--accept-breaks"):
        run("restore", bad, "--overwrite")
    assert databases_beside() == before
    with pytest.raises(CommandError, match="restored, and the ledger has 1 breaks"):
        run("restore", bad, "--overwrite", "--accept-breaks")


def test_figures_that_differ_from_the_manifest_are_told(
    root: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    folder = back_up(root, "--no-check")
    manifest = read_manifest(folder)
    rows = {**manifest.facts.rows, "sales_saleline": 7}
    heads = {"2026-uji A1": [1, "0" * 64]}
    facts = replace(manifest.facts, rows=rows, heads=heads)
    write_manifest(folder, replace(manifest, facts=facts))
    check = check_backup(folder)
    assert not check.verified
    assert check.problems[0] == "restored, rows of sales_saleline: 7 became 1"
    assert check.problems[1].startswith("restored, heads of 2026-uji A1: [1, '0000")


# --- disk full -----------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """A disk of so many bytes; for whoever may mount none, files of at most so many."""
    folder.mkdir()
    if os.geteuid() == 0:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True
        )
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [64 * 1024, 4 * 1024 * 1024])
def test_full_disk_leaves_no_half_backup(
    root: Path, shop: tuple[Stand, list[Offer]], size: int
) -> None:
    """Where the database has no room, and where it has and the photos have none."""
    default_storage.save("photos/besar.png", ContentFile(os.urandom(4 * 1024 * 1024)))
    with small_disk(root, size):
        with pytest.raises(CommandError, match=r"is full|No space left|No backup was"):
            run("backup", "--to", root)
        assert {path.name for path in root.iterdir()} <= {".lock", "last.json"}
    last = last_backup()
    assert last is not None
    assert (last.name, last.is_verified) == ("-", False)


# --- time passes ---------------------------------------------------------------------------------


def test_backup_of_an_older_version_is_migrated_before_it_is_used(
    root: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    call_command("migrate", "sales", "0001", verbosity=0)
    try:
        folder = back_up(root, "--no-check")
        assert read_manifest(folder).facts.migrations["sales"] == ["0001_initial"]
    finally:
        call_command("migrate", verbosity=0)
    assert check_backup(folder).problems == []
    assert "the ledger is whole" in run("restore", folder, "--overwrite")
    assert "0002_append_only" in read_facts().migrations["sales"]


@pytest.mark.shown_alike
def test_old_backups_go_and_the_last_verified_ones_stay(root: Path) -> None:
    first = back_up(root, "--no-check")
    names = []
    for hour, (is_good, has_files) in enumerate(
        [(True, True), (True, True), (True, False), (False, True), (False, False)]
    ):
        folder = copy_of(first, root / "new").rename(root / f"opop-20200101T{hour:02}0000Z")
        (folder / "check.json").write_text(json.dumps({"verified": is_good}))
        if not has_files:
            manifest = read_manifest(folder)
            write_manifest(folder, replace(manifest, files={}))
        names.append(folder.name)
    for path in first.iterdir():
        path.unlink()
    first.rmdir()
    assert let_go(root, keep=0) == []
    assert let_go(root, keep=2) == names[:1]
    assert [folder.name for folder in backups_in(root)] == names[1:]


def test_no_key_is_given_twice_after_a_restore(root: Path, shop: tuple[Stand, list[Offer]]) -> None:
    stand, _offers = shop
    folder = back_up(root, "--no-check")
    lost = make_offer(stand=stand, product=make_product(name="Hilang"), price_rupiah=1, stock=None)
    run("restore", folder, "--overwrite")
    assert not Offer.objects.filter(pk=lost.pk).exists()
    new = make_offer(stand=stand, product=make_product(name="Baru"), price_rupiah=1, stock=None)
    assert new.pk > lost.pk


def test_sales_that_were_answered_after_the_backup_come_again(
    root: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    stand, offers = shop
    tablet = pair_tablet(stand)
    epoch = tablet.post("kabar", seen="").json()["epoch"]
    kept = [tablet.sale({offers[0]: 1})]
    tablet.post("penjualan", sale=kept[0], epoch=epoch)
    folder = back_up(root, "--no-check")
    kept.append(tablet.sale({offers[1]: 3}))
    assert tablet.post("penjualan", sale=kept[1], epoch=epoch).status_code == 201
    total = Sale.objects.aggregate(sum=Sum("total_rupiah"))["sum"]
    said = run("restore", folder, "--overwrite")
    assert "MISSING: 1 sales of the database of before, 30000 rupiah" in said
    assert "1 tablets send again" in said

    # What takes the lost sale back does not come before it.
    waiting = tablet.reversal(kept[1])
    answer = tablet.post("penjualan", sale=waiting, epoch=epoch)
    assert (answer.status_code, answer.json()["error"]) == (409, "epoch")
    told = answer.json()["epoch"]
    assert told == tablet.post("kabar", seen="").json()["epoch"] != epoch
    answers = tablet.post("kiriman", sales=[*kept, waiting], epoch=told).json()["answers"]
    assert [one["status"] for one in answers] == ["replayed", "recorded", "recorded"]
    assert Sale.objects.aggregate(sum=Sum("total_rupiah"))["sum"] == total - 10_000
    assert verify_ledger().breaks == []


# --- after the worst ------------------------------------------------------------------------------


def test_empty_database_is_filled_without_being_told_to(
    root: Path, tmp_path: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    folder = back_up(root, "--no-check")
    with engine_in_use().scratch(tmp_path) as empty, using(empty):
        said = run("restore", folder)
        assert "the ledger is whole" in said
        assert "Whatever was recorded after" in said
        assert Sale.objects.count() == 1
        remove_kept()


def test_what_is_left_of_a_database_is_kept_or_named(
    root: Path, tmp_path: Path, shop: tuple[Stand, list[Offer]]
) -> None:
    """A file that is no database any more; on a server, a database that is not there."""
    folder = back_up(root, "--no-check")
    if connection.vendor == "postgresql":
        words = r"opop_gone cannot be opened.*create an empty"
        with using(settings_with("opop_gone")), pytest.raises(CommandError, match=words):
            run("restore", folder)
        return
    broken = tmp_path / "opop.sqlite3"
    broken.write_bytes(b"the disk has eaten this" * 1000)
    with using(settings_with(str(broken))):
        with pytest.raises(CommandError, match=r"cannot be read.*--overwrite"):
            run("restore", folder)
        said = run("restore", folder, "--overwrite")
        assert "the ledger is whole" in said
        assert Sale.objects.count() == 1
        [kept] = kept_databases()
        assert Path(kept).read_bytes().startswith(b"the disk has eaten this")
