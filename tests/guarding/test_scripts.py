"""Scripts write no property whose name came from elsewhere: `__proto__` would change every object.

Maps hold what goes by such names. A name in an object that is being written down (`{[name]: 1}`,
`Object.fromEntries`) makes a property of that object alone, whatever it is called.
"""

from __future__ import annotations

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.shown_alike

# By a variable, and not by a number or a word in quotes; whatever is assigned by what.
WRITTEN = re.compile(
    r"""[\w)\]]\[(?!["'`]|\d+\])[^\[\]]+\]\s*"""
    r"""(?:=(?![=>])|[-+*/]=|\?\?=|\|\|=|&&=|\+\+|--)"""
)
REACHED = re.compile(r"__proto__|\.prototype\b|\bsetPrototypeOf\b|Object\.defineProperty\(")


def found_in(text: str) -> list[str]:
    code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)
    return [match[0] for shape in (WRITTEN, REACHED) for match in shape.finditer(code)]


def test_no_script_writes_a_property_of_a_name_from_elsewhere() -> None:
    scripts = sorted((settings.BASE_DIR / "static/js").rglob("*.js"))
    assert len(scripts) > 40
    found = {str(file): there for file in scripts if (there := found_in(file.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("sums[name] = 1;", True),
        ("sums[name] ??= {};", True),
        ("days[prefix][day] += total;", True),
        ("unsent[prefix]++;", True),
        ("a.__proto__.x = 1;", True),
        ("Array.prototype.last = last;", True),
        ("if (sums[name] === 1) return;", False),
        ("const all = { ...days, [day]: 1 };", False),
        ("paid.set(method, 1);", False),
        ('frame[0] = 1; row["name"] = 2;', False),
        ("// sums[name] = 1;", False),
    ],
)
def test_what_does_would_be_seen(text: str, is_found: bool) -> None:
    assert bool(found_in(text)) is is_found
