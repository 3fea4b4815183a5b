"""Frozen results equal the rows of that moment, never change, and are amended with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import append_only
from events.models import Event
from outcomes.freezing import FrozenMeanwhileError, freeze, results_breaks
from outcomes.models import Disbursement, ResultsChoice, ResultsVersion
from outcomes.results import read_results
from outcomes.results_content import changes, from_text
from outcomes.results_versions import differences
from programme.models import Attendance
from sales.models import Sale
from sales.proof.verifying import steps
from stands.models import Expo
from tests.ledger import make_reversal, make_sale, make_shop
from tests.make import make_expo
from tests.outcomes.make import make_disbursement, make_scheme
from tests.outcomes.page_tree import main_of
from tests.participants import make_attendance
from tests.programmes import make_session

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def person() -> User:
    return User.objects.get_or_create(username="pembeku")[0]


def frozen(expo: Expo, *, after: int = 0, reason: str = "") -> ResultsVersion:
    return freeze(Expo.objects.get(pk=expo.pk), after=after, reason=reason, actor=person())


# What happens at an edition: a sale, its reversal, somebody who comes, money that is handed over.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sale"), st.integers(1, 5)),
        st.tuples(st.just("reversal"), st.just(0)),
        st.tuples(st.just("came"), st.just(0)),
        st.tuples(st.just("money"), st.integers(1, 10**10)),
    ),
    max_size=6,
)


@pytest.mark.story
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=STEPS, later=STEPS)
def test_published_totals_are_those_of_the_rows_when_they_were_frozen(
    before: list[tuple[str, int]], later: list[tuple[str, int]]
) -> None:
    point = transaction.savepoint()
    try:
        check(before, later)
    finally:
        transaction.savepoint_rollback(point)


def check(before: list[tuple[str, int]], later: list[tuple[str, int]]) -> None:
    stand, (offer, _other) = make_shop()
    expo = stand.expo
    session = make_session(expo=expo, date=None, hours=None)
    scheme = make_scheme(expo=expo)

    def happen(steps: list[tuple[str, int]]) -> None:
        for kind, number in steps:
            if kind == "sale":
                make_sale(stand, {offer: number})
            elif kind == "came":
                make_attendance(session)
            elif kind == "money":
                make_disbursement(scheme=scheme, amount_rupiah=number)
            else:
                whole = Sale.objects.filter(reverses=None, reversals=None).first()
                if whole is not None:
                    make_reversal(whole)

    def summed() -> tuple[int | None, int | None, int | None]:
        """Straight from the rows: sales, attendance, disbursements; None where there are none."""
        sales = Sale.objects.filter(expo=expo, training=False)
        came = Attendance.objects.filter(session__expo=expo, withdrawn_at=None).count()
        return (
            sales.aggregate(n=Sum("total_rupiah"))["n"],
            came or None,
            Disbursement.objects.filter(scheme__expo=expo).aggregate(n=Sum("amount_rupiah"))["n"],
        )

    def published(version: ResultsVersion) -> tuple[int | None, int | None, int | None]:
        results = from_text(ResultsVersion.objects.get(pk=version.pk).content)
        return (
            results.value("sales", "sales"),
            results.value("sessions", "attendance"),
            results.value("financing", "financing"),
        )

    happen(before)
    rows = summed()
    final = frozen(expo)
    assert published(final) == rows
    happen(later)
    assert published(final) == rows
    amended = frozen(expo, after=1, reason="Susulan")
    assert published(amended) == summed()
    assert published(final) == rows
    assert list(results_breaks()) == []
    # What changed says so, and nothing else does.
    changed = changes(from_text(final.content), from_text(amended.content))
    assert bool(changed) or summed() == rows


def test_later_changes_leave_the_frozen_page_as_it_was_and_the_live_figures_differ(
    client: Client,
) -> None:
    stand, (offer, _other) = make_shop()
    expo = stand.expo
    ResultsChoice.objects.create(expo=expo, is_public=True)
    make_sale(stand, {offer: 1})
    final = frozen(expo)
    make_sale(stand, {offer: 1})
    page = main_of(client.get(f"/{expo.slug}/hasil/").content.decode())
    assert "Final" in page.text
    assert "Rp 25.000" in page.text
    assert "Rp 50.000" not in page.text
    found = differences(expo, final, timezone.now())
    assert "sales.sales" in {one.place.path for one in found}


def test_an_amendment_says_why_and_what_changed_and_earlier_versions_stay(client: Client) -> None:
    stand, (offer, _other) = make_shop()
    expo = stand.expo
    ResultsChoice.objects.create(expo=expo, is_public=True)
    make_sale(stand, {offer: 1})
    first = frozen(expo)
    make_sale(stand, {offer: 1})
    second = frozen(expo, after=1, reason="Satu tablet baru terkirim")
    assert second.previous_hash == first.hash
    page = main_of(client.get(f"/{expo.slug}/hasil/").content.decode())
    assert "Perubahan ke-1" in page.text
    assert "Satu tablet baru terkirim" in page.text
    [table] = [one for one in page.walk() if one.has_class("result-changes")]
    assert "Rp 25.000" in table.text
    assert "Rp 50.000" in table.text
    old = main_of(client.get(f"/{expo.slug}/hasil/1/").content.decode())
    assert "Ini versi 1, yang sudah diganti." in old.text
    assert "Rp 50.000" not in old.text
    assert client.get(f"/{expo.slug}/hasil/3/").status_code == 404


def test_a_frozen_page_is_kept_and_comes_anew_with_an_amendment(client: Client) -> None:
    expo = make_expo()
    ResultsChoice.objects.create(expo=expo, is_public=True)
    frozen(expo)
    response = client.get("/2020/hasil/")
    assert response["Cache-Control"] == "no-cache"
    headers = {"If-None-Match": response["ETag"]}
    assert client.get("/2020/hasil/", headers=headers).status_code == 304
    frozen(expo, after=1, reason="Uji")
    assert client.get("/2020/hasil/", headers=headers).status_code == 200


def test_only_who_saw_the_last_version_makes_the_next() -> None:
    expo = make_expo()
    frozen(expo)
    with pytest.raises(FrozenMeanwhileError):
        frozen(expo)
    with pytest.raises(FrozenMeanwhileError):
        frozen(expo, after=2, reason="Uji")
    assert ResultsVersion.objects.count() == 1
    assert Event.objects.filter(kind=Event.Kind.RESULTS_FROZEN).count() == 1


def test_an_amendment_without_a_reason_is_refused_by_the_database_too() -> None:
    expo = make_expo()
    frozen(expo)
    with pytest.raises(FrozenMeanwhileError), transaction.atomic():
        frozen(expo, after=1)
    assert ResultsVersion.objects.count() == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_frozen(statement: str) -> None:
    frozen(make_expo())
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format("outcomes_resultsversion"))


def test_a_change_past_the_triggers_breaks_the_proof() -> None:
    expo = make_expo()
    frozen(expo)
    frozen(expo, after=1, reason="Uji")
    call_command("verify_results", stdout=mock.Mock())
    assert not [one for step in steps() for one in step.breaks]
    append_only.lift(connection)
    try:
        version = ResultsVersion.objects.get(number=1)
        content = version.content.replace('"value":3', '"value":4')
        assert content != version.content
        ResultsVersion.objects.filter(pk=version.pk).update(content=content)
    finally:
        append_only.install(connection)
    [found] = results_breaks()
    assert found.where == "2020 · 1"
    with pytest.raises(CommandError):
        call_command("verify_results", stderr=mock.Mock())
    assert [one for step in steps() for one in step.breaks] == [found]


def test_live_results_read_again_are_the_same_but_for_their_time() -> None:
    stand, (offer, _other) = make_shop()
    make_sale(stand, {offer: 1})
    one, two = (read_results(stand.expo, timezone.now()) for _ in range(2))
    assert changes(one, two) == []
