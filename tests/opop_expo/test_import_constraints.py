"""Check constraints reckoned without the database say what the database says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opop_expo.imports import constraints
from opop_expo.imports.constraints import check_constraints
from opop_expo.imports.kinds import KINDS
from pesantren.models import Credential, Producer, Product
from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db

numbers = st.none() | st.integers(-2, 2)
dates = st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 3))
ROWS = st.one_of(
    st.builds(Product, price_rupiah=numbers),
    st.builds(Offer, price_rupiah=numbers),
    st.builds(Stand, width=st.integers(0, 1), height=st.integers(0, 1)),
    st.builds(Credential, issued=dates, expires=dates),
    st.builds(
        Producer,
        kind=st.sampled_from(Producer.Kind.values),
        pesantren_id=st.none() | st.just(1),
    ),
)


def refused_by_the_database(one: models.Model) -> bool:
    for constraint in one._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            try:
                constraint.validate(type(one), one)  # type: ignore[attr-defined]
            except ValidationError:
                return True
    return False


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=ROWS)
def test_answer_is_that_of_the_database(one: models.Model) -> None:
    try:
        check_constraints(one)
    except ValidationError:
        refused = True
    else:
        refused = False
    assert refused == refused_by_the_database(one)


def test_no_constraint_of_what_is_imported_needs_the_database(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        for kind in KINDS.values():
            one = kind.model()
            for constraint in one._meta.constraints:
                if isinstance(constraint, CheckConstraint):
                    constraints._holds(vars(constraint)["condition"], one)


def test_lookup_that_is_not_known_is_left_to_the_database() -> None:
    with pytest.raises(constraints.UnknownLookupError):
        constraints._holds(Q(name__regex="K"), Product(name="Kopi"))
