"""What a sale costs the database alone: our statements, and pgbench writing the very same rows.

Ours are those that the portal sent for one sale, sent again under other numbers by pgbench, which
has a connection for each stand. Beside them it writes these rows by plain prepared statements, one
for each table, whose values stand in them, and reads and checks nothing.
"""

# ruff: noqa: S608, the statements are made of what the portal sent itself

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.postgres import find_bindir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STANDS = 8
# How the rows of a part of the statement go into their table.
TABLES = {
    "sale": "sales_sale",
    "line": "sales_saleline",
    "payment": "sales_payment",
    "total": "sales_runningtotal",
    "receipt": "sales_ereceipt",
}
FIGURES = ("gross_rupiah", "reversed_rupiah", "sale_count", "reversal_count", "pieces")

CAPTURE = """
import json, sys
import django
django.setup()
from django.db import connection, transaction
from django.test import Client
from tests.bench_sale_load import Seller
captured = []
for paired in json.loads(sys.stdin.read()):
    sent = []
    def note(execute, sql, params, many, context):
        sent.append((sql, params))
        return execute(sql, params, many, context)
    seller = object.__new__(Seller)
    vars(seller).update(paired | {"counter": 900_000})
    seller.shelf = iter(seller.goods)
    with transaction.atomic(), connection.execute_wrapper(note):
        client = Client(HTTP_HOST="127.0.0.1")
        client.cookies["opop_till"] = seller.credential
        answer = client.post("/kasir/tablet/penjualan/", json.dumps({
            "sent_at": __import__("tests.bench_sale_load").bench_sale_load._now(),
            "storage_id": seller.storage_id, "app_version": "bench", "storage_persists": True,
            "tills": {seller.prefix: {"last": seller.counter + 1, "unsent": 0}},
            "sale": seller.sale()}), content_type="application/json",
            headers={"X-Opop-Till": "1"})
        assert answer.status_code == 201, answer.content
        transaction.set_rollback(True)
    # Without what is not sent with each sale: the tablet's contact every ten seconds, the time.
    others = ("SAVEPOINT", "UPDATE \\"sales_tablet", "clock_timestamp")
    captured.append([one for one in sent if not any(word in one[0] for word in others)])
print(json.dumps(captured, default=str))
"""


def capture(paired: Sequence[Any], environment: dict[str, str]) -> list[Any]:
    """The statements of one sale at each of the first stands, with their values."""
    done = subprocess.run(
        [sys.executable, "-c", CAPTURE],
        input=json.dumps(paired[:STANDS]),
        env=environment | {"SECURE_SSL_REDIRECT": "0"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    captured: list[Any] = json.loads(done.stdout)
    return captured


class Script(NamedTuple):
    """What a process of pgbench runs, and the values that it sends as they are."""

    content: str
    values: Mapping[str, str] = MappingProxyType({})


# --- ours ---------------------------------------------------------------------------------------


def our_script(statements: Sequence[Any]) -> Script:
    """The very statements, each value a parameter as the portal sends it, with other numbers.

    A number that stands within a longer value is put there by the database, on our account.
    """
    sale = json.loads(_rows_of(statements, "sale"))[0]
    fresh = [
        (sale["id"], "00000000-0000-4000-8000-~"),
        (json.loads(_rows_of(statements, "receipt"))[0]["token_hash"], f"{'0' * 52}~"),
        (f'"{sale["number"]}"', '"Y~"'),
        (f"{{{sale['number']}}}", "{Y~}"),
        (f'"sequence":{sale["sequence"]}', '"sequence":~'),
    ]
    values: dict[str, str] = {}
    sent = []
    for sql, params in statements:
        names = [f"%({name})s" for name in params] if isinstance(params, dict) else []
        given = list(params.values()) if names else list(params)
        for name, one in zip(names or ["%s"] * len(given), given, strict=True):
            text = _as_text(one)
            for old, new in fresh:
                text = text.replace(old, new)
            variable = f"v{len(values)}"
            values[variable] = text
            said = f"replace(:{variable}, '~', :a)" if "~" in text else f":{variable}"
            sql = _put(sql, name, said)
        sent.append(" ".join(sql.split()) + ";")
    lines = ["\\set a random(100000000000, 999999999999)", sent[0], "BEGIN;", *sent[1:], "COMMIT;"]
    return Script("\n".join(lines) + "\n", values)


def _put(sql: str, place: str, said: str) -> str:
    """Put what is said in the next place; a function's answer has the type that is asked for."""
    at = sql.index(place) + len(place)
    kind = "" if sql.startswith("::", at) or not said.startswith("replace") else "::text"
    return sql.replace(place, said + kind, 1)


def _as_text(value: Any) -> str:
    """A value as psycopg sends it."""
    if isinstance(value, list):
        return "{" + ",".join(_as_text(one) for one in value) + "}"
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _rows_of(statements: Sequence[Any], part: str) -> str:
    """The rows of a part of the statement that writes, in JSON."""
    [(sql, params)] = [one for one in statements if "INSERT INTO sales_sale " in one[0]]
    parts = re.findall(r"(\w+) AS \((?:INSERT|UPDATE|WITH)", sql)
    # The head has four values of its own, every other part one.
    return str(params[4 + parts[1:].index(part)])


# --- pgbench ------------------------------------------------------------------------------------


def by_pgbench(scripts_of: Sequence[Script], folder: str, seconds: float) -> float:
    """Transactions a second of pgbench, a process and a script for each stand."""
    bindir = find_bindir()
    assert bindir is not None
    with tempfile.TemporaryDirectory(prefix="opop-pgbench-") as scripts:
        processes = []
        for number, (content, values) in enumerate(scripts_of):
            script = Path(scripts, f"{number}.sql")
            script.write_text(content)
            command = [
                *[str(bindir / "pgbench"), "-n", "-M", "prepared", "-c", "1"],
                *[f"-D{name}={value}" for name, value in values.items()],
                # By the time, two that start together would write the same keys.
                "--random-seed=rand",
                *["-T", str(max(1, round(seconds))), "-f", str(script)],
                *["-h", folder, "-p", "5432", "-U", "postgres", "opop"],
            ]
            pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            environment = os.environ | {
                "PGOPTIONS": "-c jit=off -c plan_cache_mode=force_generic_plan"
            }
            processes.append(subprocess.Popen(command, text=True, env=environment, **pipes))
        rate = 0.0
        for process in processes:
            said = process.communicate(timeout=seconds + 60)[0]
            found = re.search(r"tps = ([\d.]+) \(without", said)
            if process.returncode or found is None:
                raise SystemExit(f"pgbench: {said}")
            rate += float(found[1])
    return rate


def plain_script(statements: Sequence[Any]) -> Script:
    """The rows of one sale in plain statements, with other numbers each time."""
    rows = {part: json.loads(_rows_of(statements, part)) for part in TABLES}
    moved = json.loads(_rows_of(statements, "stock"))["pieces"]
    said = json.loads(_rows_of(statements, "said"))
    [(_sql, params)] = [one for one in statements if "INSERT INTO sales_sale " in one[0]]
    sale = rows["sale"][0]
    fresh = {
        ("id", sale["id"]): "lpad(to_hex(:a::bigint), 32, '0')::uuid",
        ("sale_id", sale["id"]): "lpad(to_hex(:a::bigint), 32, '0')::uuid",
        ("number", sale["number"]): "'X' || :n",
        ("sequence", sale["sequence"]): ":n",
        ("token_hash", rows["receipt"][0]["token_hash"]): "md5(:a::text) || md5(:n::text)",
    }

    def value(name: str, one: Any) -> str:
        if (name, one) in fresh:
            return fresh[name, one]
        if one is None or isinstance(one, (bool, int)):
            return json.dumps(one)
        return "'" + str(one).replace("'", "''") + "'"

    lines = ["\\set a random(1, 9000000000000000000)", "\\set n random(1, 900000000000000000)"]
    lines.append("BEGIN;")
    for part, table in TABLES.items():
        names = list(dict.fromkeys(name for one in rows[part] for name in one))
        values = ", ".join(
            f"({', '.join(value(name, one.get(name)) for name in names)})" for one in rows[part]
        )
        end = ""
        if part == "total":
            added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in FIGURES)
            end = f" ON CONFLICT (key) DO UPDATE SET {added}"
        lines.append(f"INSERT INTO {table} ({', '.join(names)}) VALUES {values}{end};")
    lines.append(
        f"UPDATE sales_ledgerhead SET sequence = :n, hash = '{params[1]}' WHERE id = {params[3]};"
    )
    lines.append(f"UPDATE stands_offer SET stock = stock - 1 WHERE id IN ({', '.join(moved)});")
    lines.append(
        f"UPDATE sales_till SET last_counter = {said['last']}, unsent = {said['unsent']},"
        f" last_contact_at = '{said['at']}' WHERE id = {said['id']};"
    )
    lines.append("COMMIT;")
    return Script("\n".join(lines) + "\n")
