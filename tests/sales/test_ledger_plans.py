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

pytestmark = pytest.mark.django_db


def kept_plan(sql: str) -> str:
    """The plan that PostgreSQL keeps of a statement, whatever its values are."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
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


def test_no_sale_reads_all_offers_or_all_sales() -> None:
    if connection.vendor == "postgresql":
        writing = ledger_postgres._writing(("sale", "line", "payment", "stock", "said"))
        plan = kept_plan(numbered(ledger_postgres.LOOKING_UP)) + kept_plan(numbered(writing))
        assert "Seq Scan" not in plan
    else:
        plan = Sale.objects.filter(pk__in=["0" * 32]).explain()
        assert "SCAN" not in plan
