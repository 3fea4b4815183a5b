"""Hostile values in every parameter of every page: an answer in words, no failure, no echo.

Which parameters there are is read from the code, so that a new one is tried as well.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.conf import settings as portal

from tests.addresses import addresses
from tests.guarding.hostile_texts import HALF_ESCAPED, MARKUP
from tests.hall import make_hall

if TYPE_CHECKING:
    from tests.hall import Hall

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

HOSTILE = [
    "' OR '1'='1",
    "1; DROP TABLE sales_sale--",
    "1) UNION SELECT password FROM auth_user--",
    "\\'; SELECT pg_sleep(9)--",
    '" MATCH "x* NEAR(',
    "%' ESCAPE '%",
    MARKUP,
    "9" * 40,
    "-1",
    "1e309",
    "NaN",
    "2026-02-31",
    "0001-01-01",
    "9999-12-31",
    "../../../../etc/passwd",
    "\u202egnp.exe",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") * 60,
    "a" * 3_000,
    "[]",
    "{{ 7|add:7 }}${7*7}",
    "x\r\nX-Ada: 1",
    'ظ漢\u2028"; filename="x.exe',
]
GIVEN = re.compile(r"""(?:GET|given|query|asked)(?:\.get(?:list)?\(|\[)\s*["']([a-z_]{1,20})["']""")
NAMED = re.compile(r"^\s+([a-z_]{1,20}) = forms\.\w+Field\(", re.MULTILINE)
# Of Django's admin.
ADMIN = ["q", "o", "p", "e", "all", "_popup", "_to_field", "_changelist_filters", "term", "id__in"]
APPS = ["opop_expo", "outcomes", "sales", "programme", "stands", "pesantren", "events"]


@cache
def names() -> list[str]:
    """Every parameter that any of our views reads from an address."""
    found = set(ADMIN)
    for app in APPS:
        for file in (portal.BASE_DIR / app).rglob("*.py"):
            text = file.read_text()
            found |= {*GIVEN.findall(text), *NAMED.findall(text)}
    return sorted(found)


@pytest.fixture
def hall(settings: Any) -> Hall:
    return make_hall(settings)


def test_parameters_are_found() -> None:
    assert {"q", "edisi", "hari", "page", "next"} <= set(names())


def ask(hall: Hall, role: str, path: str, value: str) -> str:
    """All parameters with that value; what is wrong with the answer, if anything is."""
    query = "&".join(f"{name}={quote(value)}" for name in names())
    response: Any = hall.clients[role].get(f"{path}?{query}")
    if response.status_code >= 500:
        return f"{path} {value[:40]!r}: {response.status_code}"
    if "X-Ada" in response.headers or ".exe" in response.headers.get("Content-Disposition", ""):
        return f"{path} {value[:40]!r} is in a header"
    if response.headers.get("Content-Type", "").startswith("text/html"):
        text = response.getvalue().decode()
        if "<ada" in text or HALF_ESCAPED in text or "{{ 7" in text.replace("{{ 7|", ""):
            return f"{path} {value[:40]!r} stands in the page as it came"
    return ""


@pytest.mark.parametrize("role", ["A", "S"])
def test_no_value_makes_a_page_fail(hall: Hall, role: str) -> None:
    wrong = []
    for number, address in enumerate(addresses()):
        # Two of them at each in turn; `make long` tries all at all.
        for value in (HOSTILE[number % len(HOSTILE)], MARKUP):
            wrong.append(ask(hall, role, hall.path(address), value))
    assert not any(wrong), "\n".join(filter(None, wrong))


@pytest.mark.long
@pytest.mark.parametrize("role", ["A", "K", "S"])
@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_at_all_makes_any_page_fail(hall: Hall, role: str, value: str) -> None:
    wrong = [ask(hall, role, hall.path(address), value) for address in addresses()]
    assert not any(wrong), "\n".join(filter(None, wrong))


# --- one by one, where strangers ask --------------------------------------------------------------

ASKED = {
    "product_list": ["q", "page", "pillar", "category", "zone", "urut", "harga"],
    "stand_list": ["q", "zone", "pillar", "category", "page"],
    "search_all": ["q", "page"],
    "schedule": ["hari", "jenis", "ruang", "page"],
    "floor_plan": ["stan", "q", "zone"],
    "pesantren_list": ["q", "regency", "page"],
    "certificate_check": ["kode", "q"],
    "edition_list": ["page"],
}


def test_each_parameter_of_visitors_alone(hall: Hall) -> None:
    wrong = []
    for address in addresses():
        for place, name in enumerate(ASKED.get(address.name, [])):
            for value in HOSTILE[place % 3 :: 3]:
                path = f"{hall.path(address)}?{name}={quote(value)}"
                status = hall.clients["A"].get(path).status_code
                if status not in (200, 302, 400, 404, 422):
                    wrong.append(f"{path[:90]}: {status}")
    assert not wrong, "\n".join(wrong)
