"""Taps at the gates: each counted once, none ever changed, an undo in the hour of its tap."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programme import counter_page
from programme.models import GateCount
from tests.gates import HEADERS, make_count, make_gate, make_usher, send, statuses, tap_item
from tests.gates import undo_item as undo
from tests.ledger import make_running_expo

if TYPE_CHECKING:
    from django.test import Client

    from programme.models import Gate

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate() -> Gate:
    return make_gate(expo=make_running_expo())


@pytest.fixture
def phone(client: Client, gate: Gate) -> Client:
    client.force_login(make_usher())
    return client


def people() -> int:
    return sum(GateCount.objects.values_list("step", flat=True))


def test_taps_wait_for_a_database_that_is_busy(
    phone: Client, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(counter_page, "count_items", refuse)
    response = send(phone, tap_item(gate))
    assert (response.status_code, response.json()) == (503, {"error": "busy"})


def test_taps_are_rows_of_their_own_in_order(phone: Client, gate: Gate) -> None:
    one, five = tap_item(gate), tap_item(gate, 5)
    response = send(phone, one, five, undo(one))
    assert statuses(response) == ["recorded"] * 3
    assert sorted(GateCount.objects.values_list("step", flat=True)) == [-1, 1, 5]
    [mine] = response.json()["state"]["gates"]
    assert (mine["today"], mine["in_hour"], response.json()["state"]["all_today"]) == (5, 5, 5)


def test_the_same_tap_sent_twice_is_one_row(phone: Client, gate: Gate) -> None:
    one = tap_item(gate)
    assert statuses(send(phone, one, one)) == ["recorded", "replayed"]
    # Corrected by another measurement, it is still that tap.
    assert statuses(send(phone, one | {"clock_offset_ms": 900})) == ["replayed"]
    assert people() == 1


def test_a_number_with_other_content_is_refused(phone: Client, gate: Gate) -> None:
    one = tap_item(gate)
    send(phone, one)
    response = send(phone, one | {"step": 5})
    assert statuses(response) == ["refused"]
    assert response.json()["answers"][0]["message"] == "Nomor ini sudah dipakai untuk ketukan lain."
    assert people() == 1


def test_an_undo_before_its_tap_waits_for_it(phone: Client, gate: Gate) -> None:
    one = tap_item(gate, 5)
    back = undo(one)
    assert statuses(send(phone, back)) == ["later"]
    assert statuses(send(phone, back, one)) == ["later", "recorded"]
    assert statuses(send(phone, back)) == ["recorded"]
    assert statuses(send(phone, back)) == ["replayed"]
    assert people() == 0


def test_a_tap_is_taken_back_once_whoever_does_it(phone: Client, gate: Gate) -> None:
    one = tap_item(gate)
    assert statuses(send(phone, one, undo(one), undo(one))) == ["recorded", "recorded", "already"]
    assert statuses(send(phone, undo(one))) == ["already"]
    assert people() == 0


def test_an_undo_is_not_taken_back_nor_by_another_amount(phone: Client, gate: Gate) -> None:
    one = tap_item(gate, 5)
    back = undo(one)
    other_gate = make_gate(expo=gate.expo, name="Pintu Barat")
    send(phone, one)
    assert statuses(send(phone, undo(one, step=-1))) == ["refused"]
    assert statuses(send(phone, undo(one, gate=other_gate.pk))) == ["refused"]
    send(phone, back)
    assert statuses(send(phone, undo(back, step=-5))) == ["refused"]
    assert people() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": 0},
        {"step": -1},
        {"step": 51},
        {"step": "1"},
        {"step": True},
        {"gate": 999_999},
        {"gate": None},
        {"kind": "undo"},
        {"kind": "undo", "step": -1},
        {"kind": "undo", "step": -1, "taken_back": "x"},
        {"kind": ["tap"]},
        {"kind": "sale"},
        {"note": "hilang kalau diterima"},
        {"taken_back": None},
    ],
)
def test_what_is_no_tap_is_refused_alone(phone: Client, gate: Gate, wrong: dict[str, Any]) -> None:
    response = send(phone, tap_item(gate) | wrong, tap_item(gate))
    assert statuses(response) == ["refused", "recorded"]
    assert response.json()["answers"][0]["message"]
    assert people() == 1


def test_day_and_hour_are_those_of_the_corrected_clock_in_wib(phone: Client, gate: Gate) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 26, 17, 10, tzinfo=dt.UTC), tick=False):
        # The phone says 23.50 WIB of the day before, and is twenty minutes behind.
        item = tap_item(gate, device_at="2026-11-26T16:50:00Z", clock_offset_ms=20 * 60_000)
        send(phone, item)
    row = GateCount.objects.get()
    assert (row.date, row.hour) == (dt.date(2026, 11, 27), 0)


def test_an_undo_mends_the_hour_of_its_tap(phone: Client, gate: Gate) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 26, 2, 59, tzinfo=dt.UTC), tick=False):
        one = tap_item(gate)
        send(phone, one)
    with time_machine.travel(dt.datetime(2026, 11, 26, 3, 1, tzinfo=dt.UTC), tick=False):
        send(phone, undo(one, device_at="2026-11-26T03:01:00Z"))
    rows = GateCount.objects.order_by("counted_at")
    assert [(row.step, row.hour) for row in rows] == [(1, 9), (-1, 9)]
    assert rows[1].counted_at > rows[0].counted_at


AT_TEN = dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("device_at", ["1970-01-01T00:05:00Z", "2033-01-01T00:00:00Z"])
def test_a_tap_under_a_clock_that_cannot_be_is_counted_and_marked(
    phone: Client, gate: Gate, device_at: str
) -> None:
    with time_machine.travel(AT_TEN, tick=False):
        one = tap_item(gate, device_at=device_at)
        sure = tap_item(gate)
        response = send(phone, one, undo(one), sure, ages=[2 * 3_600_000, 0, 0])
    assert statuses(response) == ["recorded"] * 3
    rows = GateCount.objects.order_by("counted_at", "step")
    assert [(row.step, row.hour, row.time_is_guessed) for row in rows] == [
        (1, 8, True),
        # It mends the hour of its tap, and is as sure of it.
        (-1, 8, True),
        (1, 10, False),
    ]


def test_a_phone_that_lay_in_a_drawer_is_believed_the_day_of_the_edition(
    phone: Client, gate: Gate
) -> None:
    then = timezone.now()
    with time_machine.travel(then + dt.timedelta(days=40), tick=False):
        phone.force_login(User.objects.get(username="dewi"))
        then_text, before = then.isoformat(), (then - dt.timedelta(days=300)).isoformat()
        items = [tap_item(gate, device_at=at) for at in (then_text, before)]
        assert statuses(send(phone, *items)) == ["recorded"] * 2
        now = timezone.now()
    rows = GateCount.objects.order_by("counted_at").values_list("counted_at", "time_is_guessed")
    assert list(rows) == [(then, False), (now, True)]


def test_a_clock_that_cannot_be_after_the_closing_counts_no_later_than_that(
    phone: Client, gate: Gate
) -> None:
    gate.expo.closed_at = timezone.now() - dt.timedelta(hours=2)
    gate.expo.save()
    assert statuses(send(phone, tap_item(gate, device_at="1970-01-01T00:05:00Z"))) == ["recorded"]
    assert GateCount.objects.get().counted_at == gate.expo.closed_at


def test_reasons_come_in_the_language_of_the_page(phone: Client, gate: Gate) -> None:
    response = send(phone, tap_item(gate, 51), headers={"X-Opop-Language": "en"})
    assert response.json()["answers"][0]["message"]


def test_after_the_closing_nobody_comes_in(phone: Client, gate: Gate) -> None:
    gate.expo.closed_at = timezone.now()
    gate.expo.save()
    before = (gate.expo.closed_at - dt.timedelta(hours=1)).isoformat(timespec="seconds")
    assert statuses(send(phone, tap_item(gate, device_at=before))) == ["recorded"]
    assert statuses(send(phone, tap_item(gate))) == ["refused"]


# --- who may ----------------------------------------------------------------------------------


def test_whoever_is_not_signed_in_is_told_so_and_not_led_away(client: Client, gate: Gate) -> None:
    response = send(client, tap_item(gate))
    assert (response.status_code, response.json()) == (401, {"error": "sign_in"})
    assert people() == 0


def test_a_login_without_the_permission_counts_nobody(
    client: Client, gate: Gate, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_user("tamu"))
    response = send(client, tap_item(gate))
    assert (response.status_code, response.json()) == (403, {"error": "permission"})
    assert people() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Opop-Outbox": ""},
        {"Origin": "https://lain.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_elsewhere_counts_nobody(
    phone: Client, gate: Gate, headers: dict[str, str]
) -> None:
    response = send(phone, tap_item(gate), headers=headers)
    assert (response.status_code, response.json()) == (403, {"error": "origin"})
    assert people() == 0


def test_what_is_no_request_of_an_outbox_is_not_read(phone: Client) -> None:
    for body in ["{", "[]", '{"items": []}', '{"items": 1, "sent_at": "2026-11-26T03:00:00Z"}']:
        response = phone.post(
            "/hitung/kirim/", body, content_type="application/json", headers=HEADERS
        )
        assert (response.status_code, response.json()) == (400, {"error": "unreadable"})
    response = phone.post("/hitung/kirim/", {"items": "x"}, headers=HEADERS)
    assert response.status_code == 415


# --- append only ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_row_is_neither_changed_nor_removed(gate: Gate) -> None:
    row = make_count(gate=gate)
    table = GateCount._meta.db_table
    statements = [f"UPDATE {table} SET step = 5", f"DELETE FROM {table}"]  # noqa: S608, our own
    if connection.vendor == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    else:
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608, as above
    for statement in statements:
        with (
            pytest.raises(IntegrityError, match="append only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    row.step = 5
    with pytest.raises(IntegrityError, match="append only"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="append only"), transaction.atomic():
        row.delete()
    assert GateCount.objects.get().step == 1


@pytest.mark.parametrize(("step", "has_target"), [(0, False), (-1, False), (51, False), (1, True)])
def test_database_keeps_no_row_that_is_no_tap(gate: Gate, step: int, has_target: bool) -> None:
    row = make_count(gate=gate)
    with pytest.raises(IntegrityError, match="gate_count_step"), transaction.atomic():
        GateCount.objects.create(
            id=uuid.uuid4(),
            gate=gate,
            step=step,
            takes_back=row if has_target else None,
            counted_at=row.counted_at,
            date=row.date,
            hour=row.hour,
            counted_by=row.counted_by,
        )


def test_a_batch_costs_the_same_queries_however_many_taps(phone: Client, gate: Gate) -> None:
    counts = []
    for many in (1, 40):
        taps = [tap_item(gate) for _ in range(many)]
        with CaptureQueriesContext(connection) as queries:
            send(phone, *taps, *map(undo, taps))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16
