"""What may never change lets exactly one thing through: a text that was named to be erased."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from events import append_only
from events.erasing import ERASED, erased_text, seal_of
from events.log import log_event
from events.models import Erasure, Event
from sales.models import CashMovement, DayClose, Sale
from sales.proof.verifying import verify_ledger
from stands.closing_edition import close_edition
from stands.models import Stand
from tests.closings import make_close, make_movement
from tests.ledger import make_reversal, make_sale, make_shop

pytestmark = pytest.mark.django_db


def permit(row: Any, part: str) -> None:
    Erasure.objects.create(
        request=uuid.uuid4(),
        place=row._meta.db_table,
        row_key=str(row.pk).replace("-", ""),
        part=part,
    )


def change(row: Any, **values: Any) -> bool:
    """Whether the database lets it through."""
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**values)
    except DatabaseError as error:
        if "append only" in str(error) or "closed edition" in str(error):
            return False
        raise
    return True


def a_reversal() -> Sale:
    stand, (offer, _other) = make_shop()
    make_sale(stand, {offer: 1})
    return make_reversal(make_sale(stand, {offer: 2}), reason="Bu Siti salah pesan")


def seal(row: Any, part: str) -> str:
    return erased_text(row.previous_hash, part, getattr(row, part))


def test_a_reason_makes_room_for_its_seal_and_the_ledger_stays_whole() -> None:
    reversal = a_reversal()
    permit(reversal, "reason")

    assert change(reversal, reason=seal(reversal, "reason"))

    again = Sale.objects.get(pk=reversal.pk)
    assert "Siti" not in again.reason
    assert again.hash == reversal.hash
    assert verify_ledger().breaks == []


def test_without_a_permit_nothing_is_erased() -> None:
    reversal = a_reversal()
    permit(reversal, "note")
    assert not change(reversal, reason=seal(reversal, "reason"))


@pytest.mark.parametrize(
    "values",
    [
        {"reason": ERASED},
        {"reason": "Bu Siti tidak salah pesan"},
        {"total_rupiah": -1},
        {"hash": "f" * 64},
        {},
    ],
    ids=["a word", "another text", "an amount", "a hash", "nothing"],
)
def test_with_a_permit_nothing_but_the_seal_takes_its_place(values: dict[str, Any]) -> None:
    reversal = a_reversal()
    permit(reversal, "reason")
    assert not change(reversal, **values or {"sequence": reversal.sequence})


def test_an_amount_does_not_change_with_the_text() -> None:
    reversal = a_reversal()
    permit(reversal, "reason")
    assert not change(reversal, reason=seal(reversal, "reason"), total_rupiah=-1)


def test_a_seal_is_erased_no_further() -> None:
    reversal = a_reversal()
    permit(reversal, "reason")
    assert change(reversal, reason=seal(reversal, "reason"))
    assert not change(reversal, reason=f"[dihapus {seal_of('', 'reason', 'lain')}]")


def test_a_seal_of_another_text_breaks_the_chain() -> None:
    """The hash covers the seal: what was written cannot be passed off as something else."""
    reversal = a_reversal()
    other = seal_of(reversal.previous_hash, "reason", "Bu Siti membayar lunas")
    assert seal_of(reversal.previous_hash, "reason", reversal.reason) != other
    assert seal_of("0" * 64, "reason", reversal.reason) != seal_of(
        reversal.previous_hash, "reason", reversal.reason
    )


def test_the_books_of_a_till_stay_whole() -> None:
    stand, (offer, _other) = make_shop()
    sale = make_sale(stand, {offer: 1})
    make_movement(sale.till, "in", 1_000, reason="Dari Pak Hadi")
    make_close(sale.till, note="Pak Hadi pinjam seribu")
    movement, close = CashMovement.objects.get(), DayClose.objects.get()
    permit(movement, "reason")
    permit(close, "note")

    assert change(movement, reason=seal(movement, "reason"))
    assert change(close, note=seal(close, "note"))

    assert verify_ledger().breaks == []
    assert not change(close, counted_rupiah=1)


def test_words_of_the_log_are_erased_where_that_is_said() -> None:
    event = log_event(Event.Kind.PIN_CHANGED, "Siti (A1)", data={"cashier": 1})
    assert not change(event, subject=f"{ERASED} (A1)")

    permit(event, "subject")
    assert not change(event, subject="Rina (A1)")
    assert not change(event, subject=f"{ERASED} (A1)", kind="imported")
    assert change(event, subject=f"{ERASED} (A1)")


def test_words_of_a_closed_edition_are_erased_where_that_is_said() -> None:
    stand, _offers = make_shop()
    Stand.objects.filter(pk=stand.pk).update(description="Stan Bu Siti")
    close_edition(stand.expo, actor=None)
    assert not change(stand, description=f"Stan {ERASED}")

    permit(stand, "description")
    assert not change(stand, description="Stan Bu Rina")
    assert not change(stand, description=f"Stan {ERASED}", code="Z9")
    assert not change(stand, name=ERASED)
    assert change(stand, description=f"Stan {ERASED}")


def test_what_names_the_erasures_never_changes() -> None:
    stand, _offers = make_shop()
    permit(stand, "description")
    erasure = Erasure.objects.get()
    assert not change(erasure, part="code")
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM events_erasure")


def test_a_text_that_nobody_was_erased_for_is_missed() -> None:
    """Its seal alone keeps the chain whole, so whoever owns the database could wipe any text."""
    reversal = a_reversal()
    append_only.lift(connection)
    Sale.objects.filter(pk=reversal.pk).update(reason=seal(reversal, "reason"))
    append_only.install(connection)

    breaks = verify_ledger().breaks
    assert [one.what for one in breaks] == ["teks di kolom reason hilang tanpa catatan penghapusan"]
    permit(reversal, "note")
    assert verify_ledger().breaks == breaks
    permit(reversal, "reason")
    assert verify_ledger().breaks == []
