"""Collect the texts to translate into `locale/en`, without the gettext programs.

Source texts are Indonesian and shown as they stand; the one catalogue holds their English. It has
neither dates nor line numbers, so that it changes only when a text does.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.management.base import CommandParser

LANGUAGE = "en"

# Name of the function: which arguments are text; "c" marks the context.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENT_TAGS = ["Translators:"]

# What English says alike of one and of many: no word in it counts.
ALIKE = {
    "%(n)s belum terkirim",
    "%(n)s dipilih",
    "%(n)s ditolak portal",
    "%(n)s per lembar",
    "%(n)s pesantren",
    "%(n)s pesantren, tiga pilar",
    "%(text)s belum",
    "%(text)s dari %(of)s baris mutasi",
    "%(text)s dari %(of)s belum",
    "%(text)s lebih dari yang disebut",
    "%(text)s terlihat",
    "%(text)s tidak ada: %(sum)s",
    "Tablet masih menyimpan %(n)s.",
    "satuan|pesantren",
    "satuan|rupiah",
}

# Folders without texts that anybody is shown, or without texts of ours.
NOT_OURS = {"docs", "locale", "migrations", "node_modules", "static", "staticfiles", "tests", "var"}

HEADER = """\
# English texts of the portal. Each msgid is the Indonesian text as it stands in the source.
# `make messages` collects them; the translations are written here by hand.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


class Comparison(NamedTuple):
    """A catalogue file beside what it should be now."""

    fresh: Catalog
    missing: list[str]
    left_over: list[str]
    file_text: str

    @property
    def text(self) -> str:
        """The content of the file as it should be."""
        buffer = io.BytesIO()
        write_po(
            buffer, self.fresh, width=100, omit_header=True, sort_output=True, include_lineno=False
        )
        return HEADER + buffer.getvalue().decode().strip() + "\n"

    def problems(self) -> list[str]:
        """Say what keeps the catalogue from being complete, a line for each text."""
        found = [f"not collected: {text!r}" for text in self.missing]
        found += [f"no longer used: {text!r}" for text in self.left_over]
        for message in sorted(m for m in self.fresh if m.id):
            text = name_of(message)
            if message.fuzzy:
                found.append(f"marked fuzzy: {text!r}")
            elif text in self.missing:
                continue
            elif not is_translated(message):
                found.append(f"not translated: {text!r}")
            else:
                found += [f"{error}: {text!r}" for error in message.check(self.fresh)]
                if is_alike(message) and text not in ALIKE:
                    found.append(f"one said as many: {text!r}")
        if not (self.missing or self.left_over) and self.text != self.file_text:
            found.append("the file is not as `make messages` writes it")
        return found


class Command(BaseCommand):
    help = "Collect the texts to translate, or check that all are collected and translated."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail if anything is to do"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        path = root / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
        comparison = compare(root, path)
        count = len(comparison.fresh)
        if check:
            problems = comparison.problems()
            if problems:
                raise CommandError(
                    f"{path.relative_to(root)} is not complete ({len(problems)}):\n  "
                    + "\n  ".join(problems)
                    + "\nCollect with `make messages`, then translate."
                )
            self.stdout.write(f"All {count} texts are translated.")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(comparison.text, encoding="utf-8")
        to_do = sum(not is_translated(message) for message in comparison.fresh if message.id)
        self.stdout.write(
            f"{count} texts: {len(comparison.missing)} new, {len(comparison.left_over)} dropped, "
            f"{to_do} to translate in {path.relative_to(root)}."
        )


def compare(root: Path, path: Path) -> Comparison:
    """Collect all texts under `root` and carry over the translations that the file has."""
    old = Catalog(locale=LANGUAGE)
    file_text = ""
    if path.exists():
        file_text = path.read_text(encoding="utf-8")
        old = read_po(io.StringIO(file_text), locale=LANGUAGE, abort_invalid=True)
    fresh = collect(root)
    missing = []
    for message in fresh:
        if not message.id:
            continue  # the header
        known = old.get(message.id, context=message.context)
        if known is None:
            missing.append(name_of(message))
            continue
        message.user_comments = known.user_comments
        if known.fuzzy:
            message.flags.add("fuzzy")
        # A text that has got a plural since needs a new translation.
        if isinstance(known.string, str) == isinstance(message.string, str):
            message.string = known.string
    left_over = [
        name_of(message)
        for message in old
        if message.id and fresh.get(message.id, context=message.context) is None
    ]
    return Comparison(fresh, sorted(missing), sorted(left_over), file_text)


def collect(root: Path) -> Catalog:
    """Return every text of the Python files and templates under `root`, untranslated."""
    catalog = Catalog(locale=LANGUAGE)
    for path in sorted(files(root)):
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            source = template_as_python(source, path)
        location = (path.relative_to(root).as_posix(), 1)
        found = extract("python", io.BytesIO(source.encode()), KEYWORDS, COMMENT_TAGS)
        for _line, text, comments, context in found:
            catalog.add(text, "", locations=[location], auto_comments=comments, context=context)
    return catalog


def files(folder: Path) -> Iterator[Path]:
    """Yield Python files, and whatever lies under a folder named `templates`."""
    for path in folder.iterdir():
        if path.is_dir():
            # The environment may have any name.
            is_environment = (path / "pyvenv.cfg").exists()
            if not (path.name.startswith(".") or path.name in NOT_OURS or is_environment):
                yield from files(path)
        elif path.suffix == ".py" or "templates" in path.parts:
            yield path


def template_as_python(source: str, path: Path) -> str:
    """Return the calls of gettext that a template makes, one template line to a line.

    Django writes them for xgettext, which does not mind indentation; Python's tokenizer does.
    """
    calls = templatize(source, origin=str(path))
    return "\n".join(line.strip() for line in calls.splitlines())


def name_of(message: Message) -> str:
    """Return a text as a person would look for it."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{message.context}|{text}" if message.context else text


def is_translated(message: Message) -> bool:
    """Whether every form has a translation."""
    forms = [message.string] if isinstance(message.string, str) else message.string
    return all(forms or [""])


def is_alike(message: Message) -> bool:
    """Whether one thing is spoken of in the same words as many."""
    forms = [] if isinstance(message.string, str) else message.string or []
    return len(set(forms)) == 1
