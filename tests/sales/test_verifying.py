"""Each check of the proof alone: the chain is recomputed, so that no hash gives the break away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from events import append_only
from sales.chain import entry_hash
from sales.models import LedgerHead, Payment, Sale, SaleLine
from sales.proof import verifying
from sales.proof.breaks import Break
from sales.proof.verifying import verify_ledger
from stands.models import Stand
from tests.ledger import make_reversal, make_running_expo, make_sale, make_shop
from tests.make import make_expo
from tests.many_sales import make_many_sales

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

pytestmark = pytest.mark.django_db


@pytest.fixture
def stand() -> Stand:
    """A stand with three entries: a sale of two lines, one more, and a piece of the first back."""
    stand, (offer, other) = make_shop()
    sale = make_sale(stand, {offer: 2, other: 1}, tendered_rupiah=100_000)
    make_sale(stand, {offer: 1})
    make_reversal(sale, {1: 1})
    return stand


@pytest.fixture
def lifted() -> Iterator[None]:
    """The triggers are off, as whoever owns the database may switch them off."""
    append_only.lift(connection)
    yield
    append_only.install(connection)


def rechain(stand: Stand) -> None:
    """Give every entry the hash of its present content, and the head that of the last."""
    previous = ""
    for sale in Sale.objects.filter(stand=stand).order_by("sequence"):
        sale.previous_hash = previous
        sale.hash = previous = entry_hash(sale, list(sale.lines.all()), list(sale.payments.all()))
        sale.save()
        last = sale.sequence
    LedgerHead.objects.filter(stand=stand).update(sequence=last, hash=previous)


def found() -> list[str]:
    """What the chains give away, each check beside them left out."""
    with mock.patch.object(verifying, "CHECKS", []):
        return [f"{one.where}: {one.what}" for one in verify_ledger().breaks]


def of(stand: Stand, sequence: int) -> Any:
    return Sale.objects.filter(stand=stand, sequence=sequence)


# What is done to the books, and all that is found of it once every hash has been made to fit.
def _line_and_sums(stand: Stand) -> None:
    # A changed total of a line: its constraint wants price and amount to fit.
    SaleLine.objects.filter(sale__sequence=2).update(unit_price_rupiah=1, amount_rupiah=1)


def _payment(stand: Stand) -> None:
    Payment.objects.filter(sale__sequence=2).update(amount_rupiah=5, tendered_rupiah=None)


def _total(stand: Stand) -> None:
    of(stand, 2).update(total_rupiah=7)


def _day(stand: Stand) -> None:
    of(stand, 2).update(business_date="2020-01-01")


def _moved(stand: Stand) -> None:
    Stand.objects.filter(pk=stand.pk).update(expo=make_expo(slug="2019", is_current=False))


def _over_reversal(stand: Stand) -> None:
    SaleLine.objects.filter(sale__sequence=3).update(quantity=-3, amount_rupiah=-75_000)
    Payment.objects.filter(sale__sequence=3).update(amount_rupiah=-75_000)
    of(stand, 3).update(total_rupiah=-75_000)


def _missing(stand: Stand) -> None:
    Payment.objects.filter(sale__sequence=2).delete()
    SaleLine.objects.filter(sale__sequence=2).delete()
    of(stand, 2).delete()


def _removed_line(stand: Stand) -> None:
    SaleLine.objects.filter(sale__sequence=1, position=2).delete()


ALONE: dict[Callable[[Stand], None], list[str]] = {
    _line_and_sums: ["#2 A1-W-0002: jumlah barisnya bukan totalnya"],
    _payment: ["#2 A1-W-0002: jumlah pembayarannya bukan totalnya"],
    _total: [
        "#2 A1-W-0002: jumlah barisnya bukan totalnya",
        "#2 A1-W-0002: jumlah pembayarannya bukan totalnya",
    ],
    _day: ["#2 A1-W-0002: harinya bukan hari saat dibayar"],
    _over_reversal: ["#3 A1-W-0003: baris 1 membatalkan lebih dari yang terjual"],
    _missing: ["#3 A1-W-0003: seharusnya #2"],
    _removed_line: ["#1 A1-W-0001: jumlah barisnya bukan totalnya"],
}


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize("how", ALONE, ids=lambda how: how.__name__.strip("_"))
def test_each_break_is_seen_though_every_hash_fits(
    stand: Stand, how: Callable[[Stand], None]
) -> None:
    how(stand)
    rechain(stand)
    assert found() == [f"2026-uji A1 {one}" for one in ALONE[how]]


@pytest.mark.usefixtures("lifted")
def test_moved_stand_is_seen_at_each_of_its_entries(stand: Stand) -> None:
    _moved(stand)
    rechain(stand)
    assert [one.partition(": ")[2] for one in found()] == ["stannya pindah ke edisi lain"] * 3


@pytest.mark.usefixtures("lifted")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sales_saleline SET product_name = 'lain' WHERE position = 2",
        "UPDATE sales_payment SET tendered_rupiah = 99000 WHERE tendered_rupiah = 100000",
        "UPDATE sales_sale SET note = 'lain' WHERE sequence = 1",
        "UPDATE sales_sale SET hash = previous_hash WHERE sequence = 1",
    ],
)
def test_content_that_no_sum_tells_of_is_seen_by_its_hash(stand: Stand, statement: str) -> None:
    connection.cursor().execute(statement)
    assert found()[0] == "2026-uji A1 #1 A1-W-0001: isinya tidak menghasilkan sidiknya"


@pytest.mark.usefixtures("lifted")
def test_swapped_entries_are_seen(stand: Stand) -> None:
    for before, after in [(1, 9), (2, 1), (9, 2)]:
        of(stand, before).update(sequence=after)
    assert "2026-uji A1 #1 A1-W-0002: tidak memuat sidik nota sebelumnya" in found()


def test_heads_that_lead_elsewhere_are_seen(stand: Stand) -> None:
    head = LedgerHead.objects.get(stand=stand)
    changes: list[tuple[dict[str, Any], str]] = [
        ({"sequence": 9}, "ujung rantai menunjuk #9, bukunya sampai #3"),
        ({"sequence": 2}, "ujung rantai menunjuk #2, bukunya sampai #3"),
        ({"hash": "0" * 64}, "ujung rantai tidak memuat sidik nota #3"),
    ]
    for change, what in changes:
        LedgerHead.objects.filter(pk=head.pk).update(**change)
        assert f"2026-uji A1: {what}" in found()
        head.save()
    assert found() == []
    LedgerHead.objects.filter(pk=head.pk).delete()
    assert found() == ["2026-uji A1: ada nota, tetapi tidak ada ujung rantai"]


@pytest.mark.usefixtures("lifted")
def test_missing_triggers_are_seen_alone(stand: Stand) -> None:
    with mock.patch.object(verifying, "CHECKS", verifying.CHECKS[:1]):
        breaks = verify_ledger().breaks
    assert {one.where for one in breaks} == {"database"}
    assert "pemicu sales_sale_no_update tidak ada" in [one.what for one in breaks]


def test_ledger_longer_than_a_piece_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reversal takes back lines of another piece; each piece is read on its own."""
    monkeypatch.setattr(verifying, "CHUNK", 7)
    make_many_sales(sales=60, stands=2)
    proof = verify_ledger()
    assert (proof.stands, proof.entries, proof.breaks) == (2, 60, [])
    assert Sale.objects.filter(reverses__isnull=False).exists()


def test_queries_do_not_grow_with_entries(
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    stand, (offer, _) = make_shop()
    make_sale(stand, {offer: 1})
    step = next(iter(verifying.stands_with_ledger()))
    # Head, lines taken back, the three tables, and whether anything lies beyond the head.
    with django_assert_num_queries(6):
        verifying.verify_stand(step)
    for _sale in range(5):
        make_sale(stand, {offer: 1})
    with django_assert_num_queries(6):
        verifying.verify_stand(step)


def test_sale_that_comes_in_meanwhile_is_no_break(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = stand.offers.all()[0]
    read = verifying._Chain._entries

    def busy(self: Any, after: int, last: int) -> Iterator[Break]:
        make_sale(stand, {offer: 1})
        yield from read(self, after, last)

    monkeypatch.setattr(verifying._Chain, "_entries", busy)
    assert found() == []


@pytest.mark.usefixtures("lifted")
def test_command_names_the_first_and_counts_the_rest(
    stand: Stand, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "CHECKS", [])
    _total(stand)
    rechain(stand)
    with pytest.raises(CommandError, match="3 entries at 1 stands: 2 breaks"):
        call_command("verify_ledger")
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("2026-uji A1 #2 A1-W-0002: ")
    assert told[1] == "and 1 more (-v 2 names more)"
    assert len(told) == 2


def test_breaks_beyond_those_named_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [Break("uji", str(number)) for number in range(verifying.NAMED + 5)]
    monkeypatch.setattr(verifying, "CHECKS", [("uji", lambda: many)])
    proof = verify_ledger()
    assert (len(proof.breaks), proof.more, proof.count) == (100, 5, 105)


def test_every_stand_of_every_edition_is_proved() -> None:
    for expo in (make_running_expo(), make_expo(slug="2025-uji", is_current=False)):
        stand, (offer, _) = make_shop(expo=expo)
        make_sale(stand, {offer: 1})
    assert verify_ledger().stands == 2


# On PostgreSQL `make bench-verify` proves with several: a process that has run a thousand tests is
# no clean one to fork.
@pytest.mark.shown_alike
@pytest.mark.django_db(transaction=True)
def test_several_processes_find_what_one_finds() -> None:
    expo = make_running_expo()
    stands = []
    for code in ("A1", "A2", "A3"):
        stand, (offer, _) = make_shop(code=code, expo=expo)
        make_sale(stand, {offer: 1})
        make_sale(stand, {offer: 2})
        stands.append(stand)
    append_only.lift(connection)
    try:
        _total(stands[1])
        alone, together = verify_ledger(), verify_ledger(processes=2)
    finally:
        append_only.install(connection)
    assert together == alone
    assert together.entries == 6
    assert {one.where for one in together.breaks} == {
        "database",
        "2026-uji A2",
        "2026-uji A2 #2 A2-W-0002",
    }
