"""docs/security.md speaks of every number of ASVS 5.0, levels 1 and 2, and of tests that exist."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from django.apps import apps
from django.conf import settings

from opop_expo.signing_in import braking, confirming, devices, factor, passwords
from opop_expo.signing_in.password_links import HANDED, LASTS, MAILED

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
NUMBERS = Path(__file__).with_name("asvs_numbers.txt").read_text(encoding="utf-8").split()
STATES = {"met", "partly", "not met", "not applicable"}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
LINK = re.compile(r"\]\(([^)#]+)\)")


class Row(NamedTuple):
    number: str
    what: str
    state: str
    proof: str


def rows(page: str) -> list[Row]:
    lines = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+) \|$", page, re.MULTILINE)
    return [Row(*line) for line in lines]


@functools.cache
def written_in(path: str) -> set[str]:
    """The test functions of a file."""
    file = ROOT / path
    if not file.is_file():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def problems(page: str) -> list[str]:
    """What is wrong with the table."""
    found = []
    counted = Counter(row.number for row in rows(page))
    found += [f"{number}: missing" for number in NUMBERS if not counted[number]]
    found += [f"{number}: twice" for number, times in counted.items() if times > 1]
    found += [f"{number}: no requirement" for number in counted.keys() - set(NUMBERS)]
    for row in rows(page):
        named = TEST.findall(row.proof)
        gone = [name for path, name in named if name not in written_in(path)]
        gone += [link for link in LINK.findall(row.proof) if not (ROOT / "docs" / link).exists()]
        found += [f"{row.number}: {one} is not there" for one in gone]
        if row.state not in STATES:
            found.append(f"{row.number}: {row.state}?")
        if row.state == "met" and not (named or LINK.search(row.proof)):
            found.append(f"{row.number}: met, and nothing shows it")
        if row.state != "met" and "because " not in row.proof:
            found.append(f"{row.number}: {row.state}, and no reason")
    return found


def test_every_requirement_is_traced_to_what_there_is() -> None:
    assert len(NUMBERS) == 253
    assert problems(PAGE) == []


def test_sum_is_what_the_table_says() -> None:
    counts = Counter(row.state for row in rows(PAGE))
    said = re.search(r"^Of (\d+): (\d+) met, (\d+) partly, (\d+) not met, (\d+) not", PAGE, re.M)
    assert said is not None
    assert [int(number) for number in said.groups()] == [
        len(NUMBERS),
        *(counts[state] for state in ("met", "partly", "not met", "not applicable")),
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("| 6.2.1 |", "| 6.2.99 |"), "6.2.1: missing"),
        (("::test_any_letters_will_do`", "::test_no_such`"), "6.2.5: test_no_such is not there"),
        (("| not met | because ", "| not met | since "), "not met, and no reason"),
        (("| Length | met |", "| Length | perhaps |"), "6.2.1: perhaps?"),
    ],
)
def test_page_that_says_too_much_would_be_seen(change: tuple[str, str], told: str) -> None:
    changed = PAGE.replace(*change)
    assert changed != PAGE
    assert any(told in problem for problem in problems(changed))


# What opens something is called so; and what is called so and opens nothing.
CALLED = re.compile(
    r"hash|hmac|secret|token|(^|_)pin(_|$)|password|credential|(^|_)key$|(^|_)codes?(_|$)|ticket$|certificate$"
)
# Hashes that prove what stands in a row, or find what came twice.
PROVES = {"hash", "previous_hash", "ledger_hash", "heading_hash", "file_hash", "line_hash"}
OPENS_NOTHING = {
    # What something is called, and rows of others.
    *("events.Erasure.row_key", "outcomes.Agreement.code", "outcomes.Claim.code"),
    *("outcomes.FinancingScheme.code", "pesantren.Regency.code", "stands.Stand.code"),
    *("stands.Zone.code", "sales.RunningTotal.key"),
    # Of whom tries are counted, by address and number of the account.
    "events.Attempt.key",
    # A form that is sent twice is one.
    *("outcomes.Agreement.key", "outcomes.Disbursement.key"),
    "sales.VoucherBatch.codes_shown_at",
    # Django's own table, into which nothing writes.
    "sessions.Session.session_key",
}


def test_page_knows_where_each_secret_lies() -> None:
    """What is called a key or a code opens something, or is known to open nothing."""
    said = set(re.findall(r"^\| `(\w+\.\w+\.\w+)` \|", PAGE, re.MULTILINE))
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if CALLED.search(field.name)
    }
    proves = {name for name in found if name.rpartition(".")[2] in PROVES}
    assert said == found - proves - OPENS_NOTHING
    assert found >= OPENS_NOTHING


def test_figures_of_the_page_are_those_of_the_code() -> None:
    said = " ".join(PAGE.split())
    hours = [
        int(bound.total_seconds() // 3600)
        for bounds in (settings.SESSION_BOUNDS_STAFF, settings.SESSION_BOUNDS_OTHERS)
        for bound in bounds
    ]
    assert hours == [12, 1, 16, 6]
    assert "| organisers | 12 hours | 1 hour |" in said
    assert "| keepers and helpers | 16 hours | 6 hours |" in said
    assert (braking.FROM_ONE_PLACE.free, braking.FROM_ALL_STRANGERS.free) == (5, 30)
    assert (braking.CODES.free, braking.CODES_OF_STRANGERS.free) == (5, 20)
    assert (braking.FROM_ONE_ADDRESS.most, braking.FROM_ONE_ADDRESS.within) == (
        300,
        10 * braking.MINUTE,
    )
    assert "| 300 in ten minutes |" in said
    assert "up to 60 minutes" in said
    assert "up to 15 minutes" in said
    assert (braking.FROM_ONE_PLACE.longest, braking.FROM_ALL_STRANGERS.longest) == (
        60 * braking.MINUTE,
        15 * braking.MINUTE,
    )
    assert (passwords.SHORTEST_FOR_STAFF, passwords.SHORTEST, passwords.LONGEST) == (12, 10, 1_000)
    assert (devices.WITHOUT_FACTOR.days, factor.RECOVERY_CODES) == (14, 10)
    assert (LASTS[HANDED].days, LASTS[MAILED]) == (3, 30 * braking.MINUTE)
    assert confirming.LASTS == 15 * braking.MINUTE
