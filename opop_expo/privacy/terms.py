"""What a person is looked for by, a name, an address, a number, a code: found and replaced."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from events.erasing import ERASED

if TYPE_CHECKING:
    from collections.abc import Iterator

    # Where in a text something was replaced, by the path of the value: {"changed.0": [[5, 4]]}.
    Spans = dict[str, list[list[int]]]

# What people write between the digits of a number.
GAP = r"[\s.()–-]*"


@dataclass(frozen=True)
class Terms:
    """What was given of a person, checked for its shape; at least one of them."""

    name: str = ""
    email: str = ""
    # As digits, without 0 or 62 before them.
    phone: str = ""
    # Of a ticket or a certificate.
    code: str = ""
    # Names of their accounts: where the log names one, it is all of the text.
    accounts: tuple[str, ...] = ()

    @cached_property
    def loose(self) -> list[str]:
        """Patterns that both databases understand, and that may find a little too much."""
        found = []
        if self.name:
            found.append(r"\s+".join(map(re.escape, self.name.split())))
            if not self.name.isascii():
                # As JSON spells it on SQLite.
                spelled = json.dumps(self.name)[1:-1]
                found.append(r"\s+".join(map(re.escape, spelled.split())))
        if self.email:
            found.append(re.escape(self.email))
        if self.phone:
            found.append(GAP.join(self.phone))
        found += [f"""(^|"){re.escape(one)}($|")""" for one in self.accounts]
        return found

    @cached_property
    def exact(self) -> re.Pattern[str]:
        """The same for whole words and whole numbers only."""
        found = []
        if self.name:
            words = r"\s+".join(map(re.escape, self.name.split()))
            found.append(rf"(?<!\w){words}(?!\w)")
        if self.email:
            found.append(rf"(?<![\w.+-]){re.escape(self.email)}(?![\w-])")
        if self.phone:
            found.append(rf"(?<!\d)(?:\+?62{GAP}|0)?{GAP.join(self.phone)}(?!\d)")
        found += [rf"\A{re.escape(one)}\Z" for one in self.accounts]
        # A code stands in no text.
        return re.compile("|".join(found) or r"(?!)", re.IGNORECASE)

    def are_in(self, value: Any) -> bool:
        """Whether a value, or a value within it, says any of them."""
        return any(self.exact.search(text) for _path, text in texts_of(value))


@dataclass
class Replaced:
    """A value without the words of a person, and where they stood."""

    value: Any
    spans: Spans = field(default_factory=dict)


def replace_words(value: Any, terms: Terms) -> Replaced:
    """Put the neutral word where any of the terms stands."""
    spans: Spans = {
        path: [[found.start(), len(found[0])] for found in terms.exact.finditer(text)]
        for path, text in texts_of(value)
    }
    spans = {path: places for path, places in spans.items() if places}
    return Replaced(replace_spans(value, spans), spans)


def replace_spans(value: Any, spans: Spans, path: str = "") -> Any:
    """The same by the places. A text that has become shorter than that makes room as a whole."""
    if isinstance(value, dict):
        return {
            key: replace_spans(one, spans, f"{path}.{key}" if path else str(key))
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [
            replace_spans(one, spans, f"{path}.{place}" if path else str(place))
            for place, one in enumerate(value)
        ]
    if not isinstance(value, str) or path not in spans:
        return value
    if any(start + length > len(value) for start, length in spans[path]):
        return ERASED
    for start, length in sorted(spans[path], reverse=True):
        value = f"{value[:start]}{ERASED}{value[start + length :]}"
    return value


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, with the path to it; that of a plain text is empty."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts_of(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from texts_of(one, f"{path}.{place}" if path else str(place))


def national_digits(text: str) -> str:
    """A telephone number without 0 or +62 before it, digits alone."""
    digits = re.sub(r"\D", "", text)
    return re.sub(r"^(?:0|62)0?", "", digits)
