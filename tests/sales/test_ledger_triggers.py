"""The database itself refuses to change or remove what was sold, whoever asks."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from events import append_only
from events.log import log_event
from events.models import Erasure, Event
from sales.models import Payment, Sale, SaleLine, VoucherEntry, VoucherShare
from sales.proof.verifying import missing_triggers, verify_ledger
from tests.closings import make_close, make_movement, make_recount
from tests.ledger import make_reversal, make_sale, make_shop
from tests.vouchers import make_voucher

pytestmark = pytest.mark.django_db

# The others are tried where their rows are made.
ELSEWHERE = ("sales_bank", "sales_settlement", "programme_", "outcomes_")
HERE = [one for one in append_only.TABLES if not one.startswith(ELSEWHERE)]


def test_every_trigger_stands_on_the_final_schema() -> None:
    assert missing_triggers() == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger"
            " WHERE NOT tgisinternal AND NOT starts_with(tgname, 'search_')"
            " AND NOT starts_with(tgname, 'catalogue_') AND NOT starts_with(tgname, 'closed_')"
            if connection.vendor == "postgresql"
            else "SELECT count(*) FROM sqlite_master"
            " WHERE type = 'trigger' AND name NOT GLOB 'search_*' AND name NOT GLOB 'catalogue_*'"
            " AND name NOT GLOB 'closed_*'"
        )
        each = 3 if connection.vendor == "postgresql" else 2
        assert cursor.fetchone()[0] == each * len(append_only.TABLES)


@pytest.mark.parametrize("table", HERE)
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_row_is_neither_changed_nor_removed(table: str, verb: str) -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 1})
    make_voucher_entry(sale)
    make_movement(sale.till, "float", 1_000)
    make_close(sale.till)
    make_recount(sale.till)
    log_event(Event.Kind.IMPORTED, "uji")
    Erasure.objects.create(request=sale.pk, place="sales_sale", row_key="0", part="note")
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        connection.cursor().execute(verb.format(table))
    assert [Sale.objects.count(), SaleLine.objects.count(), Payment.objects.count()] == [1, 1, 1]


def make_voucher_entry(sale: Sale) -> None:
    voucher, _code = make_voucher(sale.expo, value_rupiah=sale.total_rupiah)
    entry = VoucherEntry.objects.create(
        kind=VoucherEntry.Kind.USED,
        voucher=voucher,
        sale=sale,
        payment=sale.payments.get(),
        used_rupiah=sale.total_rupiah,
        owed_rupiah=sale.total_rupiah,
    )
    VoucherShare.objects.create(
        entry=entry, producer=sale.lines.get().producer, amount_rupiah=sale.total_rupiah
    )


def test_truncate_and_replace_are_refused_too() -> None:
    stand, (offer, _) = make_shop()
    make_sale(stand, {offer: 1})
    connection.check_constraints()  # PostgreSQL truncates no table with foreign keys still to check
    statement = (
        "TRUNCATE sales_payment CASCADE"
        if connection.vendor == "postgresql"
        else "REPLACE INTO sales_payment SELECT * FROM sales_payment"
    )
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_orm_cannot_edit_a_sale() -> None:
    stand, (offer, _) = make_shop()
    sale = make_sale(stand, {offer: 1})
    sale.total_rupiah = 1
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        sale.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Payment.objects.all().delete()


def test_whole_ledger_is_proved() -> None:
    stand, (offer, other) = make_shop()
    sale = make_sale(stand, {offer: 2, other: 1})
    make_reversal(sale)
    make_sale(stand, {other: 1}, training=True)
    proof = verify_ledger()
    assert (proof.stands, proof.entries, proof.breaks) == (1, 3, [])


TAMPERINGS = {
    "price": "UPDATE sales_saleline SET unit_price_rupiah = 1, amount_rupiah = quantity",
    "day": "UPDATE sales_sale SET business_date = '2020-01-01'",
    "gone": "DELETE FROM sales_payment",
    "method": "UPDATE sales_payment SET method = 'qris', tendered_rupiah = NULL",
    "chain": "UPDATE sales_sale SET previous_hash = 'x' WHERE sequence = 2",
    "head": "UPDATE sales_ledgerhead SET sequence = 9",
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_behind_the_triggers_is_found(how: str) -> None:
    stand, (offer, _) = make_shop()
    for _sale in range(2):
        make_sale(stand, {offer: 1}, tendered_rupiah=30_000)
    append_only.lift(connection)
    connection.cursor().execute(TAMPERINGS[how])
    append_only.install(connection)
    assert verify_ledger().breaks


def test_missing_trigger_is_found() -> None:
    append_only.lift(connection)
    assert "pemicu sales_sale_no_update tidak ada" in [one.what for one in verify_ledger().breaks]
    append_only.install(connection)
    assert verify_ledger().breaks == []
