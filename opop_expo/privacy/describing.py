"""The register as a page of the documentation: docs/privacy.md, written by describe_privacy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

from opop_expo.privacy.purposes import PURPOSES
from opop_expo.privacy.register import REGISTER, How, Nobody, Table, who_did_it

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(settings.BASE_DIR) / "docs" / "privacy.md"
HEAD = """\
# Personal data

Written by `python manage.py describe_privacy` from `opop_expo/privacy/register.py` and its
neighbour `purposes.py`; [decision 44](decisions/0044-privacy.md) has the reasons. The public page
`/privasi/` is made from the same. Articles are those of Law 27 of 2022.
"""


def description() -> str:
    """The whole page."""
    with translation.override("en"):
        return "\n".join([HEAD, "## What for, and how long\n", *_purposes(), *_tables()]) + "\n"


def _purposes() -> Iterator[str]:
    for one in PURPOSES:
        yield f"### {one.title} (`{one.key}`)\n"
        yield f"- What: {one.what}"
        yield f"- Why: {one.why}"
        yield f"- Basis: {one.basis.value}"
        yield f"- Kept: {one.kept}"
        yield f"- Seen by: {one.seen_by}\n"


def _tables() -> Iterator[str]:
    yield "## Field by field\n"
    yield "What is done when a person asks to be erased:\n"
    for how in How:
        yield f"- `{how.name.lower()}`: {how.value}"
    yield ""
    yield from field_rows()
    yield "\nBeside these, fields that point at an account say who did something:"
    yield ", ".join(f"`{one}`" for one in who_did_it()) + ".\n"
    yield "## Tables that hold nothing of persons\n"
    for label, row in REGISTER.items():
        if isinstance(row, Nobody):
            yield f"- `{label}`: {row.because}"


def field_rows() -> Iterator[str]:
    """The table of fields, which stands on the page as it is."""
    yield "| table | purpose | fields | about nobody |"
    yield "|---|---|---|---|"
    for label, row in REGISTER.items():
        if isinstance(row, Table):
            fields = ", ".join(f"`{name}` {how.name.lower()}" for name, how in row.fields.items())
            plain = ", ".join(f"`{name}`" for name in row.plain)
            yield f"| `{label}` | {row.purpose.key} | {fields} | {plain} |"
