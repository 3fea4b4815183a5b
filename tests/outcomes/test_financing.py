"""Financing by scheme and kind, and how much of a joint total without a split rows explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outcomes.counting import count
from outcomes.financing import financing_of
from outcomes.models import FinancingScheme
from stands.models import Expo
from tests.make import make_expo, make_producer
from tests.outcomes.make import make_claim, make_disbursement, make_scheme

if TYPE_CHECKING:
    from outcomes.financing import Accounted

pytestmark = pytest.mark.django_db


@pytest.fixture
def expo() -> Expo:
    return make_expo()


def joint(expo: Expo, value: int, figure: str = "financing") -> Accounted:
    make_claim(expo=expo, figure=figure, value=value, is_published=True)
    found = financing_of(expo)
    return found.money if figure == "financing" else found.recipients


def test_rows_account_for_the_joint_total_piece_by_piece(expo: Expo) -> None:
    credit, grant = make_scheme(expo=expo), make_scheme(expo=expo, kind="grant")
    make_disbursement(scheme=credit, amount_rupiah=600, is_public=True)
    make_disbursement(scheme=grant, amount_rupiah=150, producer=make_producer())
    money = joint(expo, 1_000)

    assert (money.recorded, money.rest, money.over, money.percent) == (750, 250, 0, 75)
    found = financing_of(expo)
    assert [one.recorded_rupiah for one in found.kinds] == [600, 150]
    assert [one.recipients for one in found.kinds] == [1, 1]
    assert [len(one.public) for one in found.schemes] == [1, 0]


def test_rows_beyond_the_claim_are_said_and_not_hidden(expo: Expo) -> None:
    make_disbursement(scheme=make_scheme(expo=expo), amount_rupiah=1_200)
    money = joint(expo, 1_000)
    assert (money.rest, money.over, money.percent) == (-200, 200, 100)


def test_recipients_count_once(expo: Expo) -> None:
    scheme, producer = make_scheme(expo=expo), make_producer()
    for _time in range(2):
        make_disbursement(scheme=scheme, producer=producer)
    recipients = joint(expo, 3, "financing_recipients")
    assert (recipients.recorded, recipients.rest) == (1, 2)


def test_what_the_system_counted_does_not_account_for_itself(expo: Expo) -> None:
    make_disbursement(scheme=make_scheme(expo=expo), amount_rupiah=700)
    make_claim(expo=expo, figure="financing", value=1_000)
    make_claim(
        expo=expo,
        figure="financing",
        value=700,
        basis="counted",
        query="financing",
        counted_at="2020-12-20T10:00Z",
        is_published=True,
    )
    assert financing_of(expo).money.claimed == 1_000


def test_scheme_may_have_a_total_of_its_own(expo: Expo) -> None:
    scheme = make_scheme(expo=expo)
    make_claim(expo=expo, figure="financing", value=500, scheme=scheme)
    make_disbursement(scheme=scheme, amount_rupiah=200)
    [one] = financing_of(expo).schemes
    assert (one.money.claimed, one.money.rest) == (500, 300)
    assert financing_of(expo).money.claimed is None


def test_queries_do_not_grow(expo: Expo) -> None:
    numbers = []
    for _time in range(3):
        make_disbursement(scheme=make_scheme(expo=expo), producer=make_producer())
        with CaptureQueriesContext(connection) as queries:
            schemes = financing_of(expo).schemes
            assert all(row.recipient_text for one in schemes for row in one.disbursements)
        numbers.append(len(queries))
    assert numbers == [3, 3, 3]


class TestSumsAgree(TestCase):
    """Whatever rows there are: schemes, kinds, the whole and the queries say the same."""

    @given(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 10**10), st.booleans()),
            max_size=12,
        )
    )
    @hypothesis_settings(max_examples=25, deadline=None)
    def test_totals_equal_rows(self, rows: list[tuple[int, int, int, bool]]) -> None:
        expo = make_expo()
        kinds = list(FinancingScheme.Kind)
        schemes = [make_scheme(expo=expo, kind=kinds[n % 2]) for n in range(4)]
        producers = [make_producer() for _ in range(5)]
        for scheme, who, amount, by_name in rows:
            named = {"recipient": f"Nama {who}"} if by_name else {"producer": producers[who]}
            make_disbursement(scheme=schemes[scheme], amount_rupiah=amount, **named)

        found = financing_of(expo)

        total = sum(amount for _scheme, _who, amount, _named in rows) or None
        people = len({(who, named) for _scheme, who, _amount, named in rows}) or None
        assert found.money.recorded == count(expo, "financing") == total
        assert found.recipients.recorded == count(expo, "financing_recipients") == people
        assert sum(one.money.recorded or 0 for one in found.schemes) == (total or 0)
        assert sum(one.recorded_rupiah or 0 for one in found.kinds) == (total or 0)
