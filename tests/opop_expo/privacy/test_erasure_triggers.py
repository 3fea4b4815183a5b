"""What may never change lets exactly one thing through: a text that was named to be erased."""

from __future__ import annotations

import contextlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from events import append_only
from events.erasing import ERASED, erased_text, seal_of
from events.log import log_event, note_erasure, permit_erasure
from events.models import Erasure, Event
from sales.bank.withdrawing import withdraw_statement
from sales.models import CashMovement, DayClose, Sale
from sales.proof.verifying import verify_ledger
from stands.closing_edition import close_edition
from stands.models import Stand
from tests.bank import finance, line_of, make_statement
from tests.closings import make_close, make_movement
from tests.ledger import make_reversal, make_sale, make_shop

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

pytestmark = pytest.mark.django_db


def permit(row: Any, part: str) -> AbstractContextManager[None]:
    return permit_erasure(row, request=uuid.uuid4(), part=part)


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
    with permit(reversal, "reason"):
        assert change(reversal, reason=seal(reversal, "reason"))

    again = Sale.objects.get(pk=reversal.pk)
    assert "Siti" not in again.reason
    assert again.hash == reversal.hash
    assert verify_ledger().breaks == []


def test_without_a_permit_nothing_is_erased() -> None:
    reversal = a_reversal()
    with permit(reversal, "note"):
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
    with permit(reversal, "reason"):
        assert not change(reversal, **values or {"sequence": reversal.sequence})


def test_an_amount_does_not_change_with_the_text() -> None:
    reversal = a_reversal()
    with permit(reversal, "reason"):
        assert not change(reversal, reason=seal(reversal, "reason"), total_rupiah=-1)


def test_a_seal_is_erased_no_further() -> None:
    reversal = a_reversal()
    with permit(reversal, "reason"):
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
    with permit(movement, "reason"), permit(close, "note"):
        assert change(movement, reason=seal(movement, "reason"))
        assert change(close, note=seal(close, "note"))

    assert verify_ledger().breaks == []
    assert not change(close, counted_rupiah=1)


def test_words_of_the_log_are_erased_where_that_is_said() -> None:
    event = log_event(Event.Kind.PIN_CHANGED, "Siti (A1)", data={"cashier": 1})
    assert not change(event, subject=f"{ERASED} (A1)")

    with permit(event, "subject"):
        assert not change(event, subject="Rina (A1)")
        assert not change(event, subject=f"{ERASED} (A1)", kind="imported")
        assert change(event, subject=f"{ERASED} (A1)")


def test_reason_of_a_withdrawn_bank_file_is_erased_where_that_is_said() -> None:
    stand, _offers = make_shop()
    statement, who = make_statement(stand.expo, [(timezone.now(), 1_000)]), finance()
    row = withdraw_statement(statement, actor=who, reason="rekening Bu Siti", shown="0-0-0")
    assert not change(row, reason=f"rekening {ERASED}")

    with permit(row, "reason"):
        assert not change(row, reason="rekening lain")
        assert not change(row, reason=f"rekening {ERASED}", payment_count=1)
        assert change(row, reason=f"rekening {ERASED}")


def test_words_of_a_closed_edition_are_erased_where_that_is_said() -> None:
    stand, _offers = make_shop()
    Stand.objects.filter(pk=stand.pk).update(description="Stan Bu Siti")
    close_edition(stand.expo, actor=None)
    assert not change(stand, description=f"Stan {ERASED}")

    with permit(stand, "description"):
        assert not change(stand, description="Stan Bu Rina")
        assert not change(stand, description=f"Stan {ERASED}", code="Z9")
        assert not change(stand, name=ERASED)
        assert change(stand, description=f"Stan {ERASED}")


# --- a permit ends --------------------------------------------------------------------------------


def test_what_was_erased_once_takes_no_other_words_afterwards() -> None:
    stand, _offers = make_shop()
    Stand.objects.filter(pk=stand.pk).update(description="Stan Bu Siti")
    close_edition(stand.expo, actor=None)
    event = log_event(Event.Kind.PIN_CHANGED, "Siti (A1)", data={"cashier": 1})
    line = line_of(make_statement(stand.expo, [(timezone.now(), 25_000)]))
    for row, part in ((event, "subject"), (line, "text"), (stand, "description")):
        with permit(row, part):
            assert change(row, **{part: ERASED})
        assert not change(row, **{part: f"{ERASED} atau yang lain"}), part


@pytest.mark.django_db(transaction=True)
def test_no_transaction_ends_with_an_open_permit() -> None:
    event = log_event(Event.Kind.PIN_CHANGED, "Siti (A1)")

    def leave_open() -> None:
        with transaction.atomic():
            with contextlib.suppress(ValueError), permit(event, "subject"):
                raise ValueError
            assert change(event, subject=ERASED)

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        leave_open()

    event.refresh_from_db()
    assert (event.subject, Erasure.objects.count()) == ("Siti (A1)", 0)
    # The control: ended, it is kept.
    with transaction.atomic(), permit(event, "subject"):
        assert change(event, subject=ERASED)
    assert Erasure.objects.get().permit_id is None
    assert not change(event, subject=f"{ERASED}!")


def test_a_permit_is_not_opened_again_and_refers_to_no_row() -> None:
    event = log_event(Event.Kind.PIN_CHANGED, "Siti (A1)")
    with permit(event, "subject"):
        pass
    ended = Erasure.objects.get()
    for values in ({"permit_id": -1}, {"permit_id": ended.pk}, {"part": "data"}):
        assert not change(ended, **values)
    noted = {"request": uuid.uuid4(), "place": "events_event", "row_key": "1", "part": "data"}
    for values in ({"permit_id": ended.pk}, {"id": -1}):
        with pytest.raises(IntegrityError, match="erasure_permit_nowhere"), transaction.atomic():
            Erasure.objects.create(**noted, **values)
    with permit(event, "subject"):
        opened = Erasure.objects.latest("pk")
        assert not change(opened, permit=None, part="data")


def test_what_names_the_erasures_never_changes() -> None:
    stand, _offers = make_shop()
    with permit(stand, "description"):
        erasure = Erasure.objects.get()
        assert not change(erasure, part="code")
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
    note_erasure(reversal, request=uuid.uuid4(), part="note")
    assert verify_ledger().breaks == breaks
    note_erasure(reversal, request=uuid.uuid4(), part="reason")
    assert verify_ledger().breaks == []
