"""What a sale looks up is found by its own key, also where the plan was made over empty tables.

A connection plans these statements once and keeps the plan. Over empty tables every index costs the
same, so only what leaves no choice stays right when there are a hundred thousand sales.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection

from sales import ledger_postgres
from sales.models import Sale
from stands.models import Offer
from tests.make import make_expo, make_offer, make_stand

pytestmark = pytest.mark.django_db


def kept_plan(sql: str) -> str:
    """The plan that PostgreSQL keeps of a statement, whatever its values are.

    A table of one page is rightly read whole, and a test's are that small: here that is forbidden,
    so that it shows which indexes there are to choose from.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"PREPARE asked AS {sql}")
        number = max(int(one) for one in re.findall(r"\$(\d+)", sql))
        cursor.execute(f"EXPLAIN EXECUTE asked ({', '.join(['NULL'] * number)})")
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("DEALLOCATE asked")
    return plan


def numbered(sql: str) -> str:
    """With PostgreSQL's own places for values."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)))
    for place, name in enumerate(names, start=1):
        sql = sql.replace(f"%({name})s", f"${place}")
    place = len(names)
    while "%s" in sql:
        place += 1
        sql = sql.replace("%s", f"${place}", 1)
    return sql


def test_a_number_is_found_by_itself() -> None:
    if connection.vendor == "postgresql":
        plan = kept_plan(numbered(ledger_postgres.LOOKING_UP))
        assert "sale_number_unique" in plan
        assert "sale_expo_day_stand" not in plan
    else:
        plan = Sale.objects.filter(expo_id=1, number__in=["A1-B-0001"]).explain()
        assert "(number=? AND expo_id=?)" in plan


def test_stock_is_found_by_the_stand() -> None:
    if connection.vendor == "postgresql":
        writing = numbered(ledger_postgres._writing(("sale", "line", "payment", "stock", "said")))
        plan = kept_plan(writing)
        make_offer(stand=make_stand(expo=make_expo()))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE stands_offer")
        # Of a few offers that were counted a join would be made in another way.
        assert "Index Cond: (stand_id = " in kept_plan(writing)
        assert "Index Cond: (stand_id = " in plan
    else:
        plan = Offer.objects.filter(pk__in=[1, 2], stock__isnull=False).explain()
        assert "(rowid=?)" in plan
    assert "Seq Scan" not in plan


def test_what_is_there_already_is_found_by_its_uuid() -> None:
    if connection.vendor == "postgresql":
        plan = kept_plan(numbered(ledger_postgres.LOOKING_UP))
        assert "sales_sale_pkey" in plan
        assert "held_sale_request_unique" in plan
        assert "Seq Scan" not in plan
    else:
        plan = Sale.objects.filter(pk__in=["0" * 32]).explain()
        assert "SCAN" not in plan
