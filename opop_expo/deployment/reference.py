"""What may be set from outside: found in the code, with words from environment.toml beside it."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = Path(__file__).with_name("environment.toml")
FOLDERS = ["opop_expo", "outcomes", "programme", "sales", "stands", "pesantren", "events", "deploy"]
# How the value of a variable is written, by the method that reads it.
KINDS = {
    "str": "text",
    "bool": "`1` or `0`",
    "int": "whole number",
    "float": "number",
    "list": "list, with commas",
    "path": "folder or file",
    "db": "address",
    "email_url": "address",
}
HEAD = """# Settings

Everything that may be set from outside, as variables of the environment: in `/etc/opop/opop.env`
of a machine (see [operations.md](operations.md)), or before a command. Written by
`manage.py write_environment` from the code and from `opop_expo/deployment/environment.toml`; `make
check` refuses a setting without words.

Each can also come from a file: `SECRET_KEY_FILE=/run/secrets/key` in place of `SECRET_KEY` (those
that gunicorn reads cannot). A value that is wrong or weak stops the start with one sentence.
"""


@dataclass(frozen=True)
class Variable:
    """One that the code reads. `default` is written as in the code, where it is a plain value."""

    name: str
    kind: str
    default: str = ""


class WordsMissingError(Exception):
    """The code and environment.toml do not name the same variables."""


def variables() -> dict[str, Variable]:
    """All variables that the code reads, by name."""
    found: dict[str, Variable] = {}
    for path in _files():
        for variable in _read_in(ast.parse(path.read_text(encoding="utf-8"))):
            # The settings come first and know the kind.
            found.setdefault(variable.name, variable)
    return found


def _files() -> Iterator[Path]:
    base = Path(settings.BASE_DIR)
    yield base / "opop_expo" / "settings.py"
    for folder in FOLDERS:
        yield from sorted((base / folder).rglob("*.py"))


def _read_in(tree: ast.AST) -> Iterator[Variable]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            of, method = ast.unparse(node.func.value), node.func.attr
            is_env = of in ("env", "Environment()") and method in KINDS
            is_plain = of == "os.environ" and method == "get"
            first = node.args[0]
            if (is_env or is_plain) and isinstance(first, ast.Constant):
                yield Variable(
                    str(first.value), KINDS[method] if is_env else KINDS["str"], _default_of(node)
                )


def _default_of(call: ast.Call) -> str:
    """The default outside of a development machine; empty where it is computed."""
    given: ast.expr | None = next(
        (one.value for one in call.keywords if one.arg == "default"), None
    )
    if given is None and len(call.args) > 1:
        given = call.args[1]
    if isinstance(given, ast.IfExp) and ast.unparse(given.test) in ("DEBUG", "not DEBUG"):
        given = given.orelse if ast.unparse(given.test) == "DEBUG" else given.body
    if not isinstance(given, ast.Constant) or given.value in ("", None):
        return ""
    return str(int(given.value)) if isinstance(given.value, bool) else str(given.value)


def written() -> str:
    """The page. Raises WordsMissingError, which names every variable that lacks words or code."""
    groups: list[dict[str, Any]] = tomllib.loads(WORDS.read_text(encoding="utf-8"))["group"]
    found = variables()
    said = {name for group in groups for name in group["variables"]}
    problems = [f"{name} is read and has no words" for name in sorted(found.keys() - said)]
    problems += [f"{name} has words and nobody reads it" for name in sorted(said - found.keys())]
    if problems:
        raise WordsMissingError(f"{WORDS.name}: {'; '.join(problems)}.")
    return "\n".join([HEAD, *(_group(group, found) for group in groups)])


def _group(group: dict[str, Any], found: dict[str, Variable]) -> str:
    lines = [f"## {group['title']}", ""]
    if group.get("about"):
        lines += [group["about"].strip(), ""]
    lines += ["| variable | value | unset | what it does |", "|---|---|---|---|"]
    for name, words in group["variables"].items():
        text, unset = (words, "") if isinstance(words, str) else (words["words"], words["unset"])
        variable = found[name]
        unset = unset or (f"`{variable.default}`" if variable.default else "–")
        lines.append(f"| `{name}` | {variable.kind} | {unset} | {' '.join(text.split())} |")
    return "\n".join([*lines, ""])
