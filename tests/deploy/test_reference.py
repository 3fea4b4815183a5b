"""The list of settings is the code's own: nothing is read that it does not explain."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from opop_expo.deployment import reference

pytestmark = pytest.mark.shown_alike


def test_page_is_up_to_date() -> None:
    call_command("write_environment", check=True)


def test_every_way_to_read_a_variable_is_found() -> None:
    tree = ast.parse(
        'A = env.str("ONE", default="x" if DEBUG else "y")\n'
        'B = env.bool("TWO", default=not DEBUG)\n'
        'C = os.environ.get("THREE", "z")\n'
        'D = env.int("FOUR", default=0)\n'
        'E = other.str("NONE")\n'
    )
    assert list(reference._read_in(tree)) == [
        reference.Variable("ONE", "text", "y"),
        reference.Variable("TWO", "`1` or `0`", ""),
        reference.Variable("THREE", "text", "z"),
        reference.Variable("FOUR", "whole number", "0"),
    ]


def test_setting_without_words_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    words = reference.WORDS.read_text()
    without = tmp_path / "environment.toml"
    monkeypatch.setattr(reference, "WORDS", without)
    without.write_text(words.replace("[group.variables.CACHE_URL]", "[group.variables.CASH_URL]"))
    with pytest.raises(CommandError) as refused:
        call_command("write_environment", check=True)
    assert str(refused.value) == (
        "environment.toml: CACHE_URL is read and has no words; "
        "CASH_URL has words and nobody reads it."
    )


def test_other_code_reads_the_environment_through_the_settings() -> None:
    """What is read elsewhere by subscript or os.getenv would pass the list by."""
    base = Path(settings.BASE_DIR)
    for folder in reference.FOLDERS:
        for path in (base / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "os.getenv" not in text, path
            assert 'os.environ["' not in text, path
