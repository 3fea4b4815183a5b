"""What a person is looked for by, a name, an address, a number, a code: found and replaced."""

from __future__ import annotations

import hashlib
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
    # Of each of these texts a digest of what was left of it.
    Left = dict[str, str]

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
            found.append(_words(self.name))
            # As JSON spells it: on SQLite a letter may be a number, and a large one is another.
            cases = (self.name, self.name.lower(), self.name.upper())
            spelled = dict.fromkeys(
                json.dumps(one, ensure_ascii=as_numbers)[1:-1]
                for one in cases
                for as_numbers in (True, False)
            )
            found += [_words(one) for one in spelled if one not in cases]
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
            found.append(rf"(?<!\w){_words(self.name)}(?!\w)")
        if self.email:
            found.append(rf"(?<![\w.+-]){re.escape(self.email)}(?![\w-]|\.\w)")
        if self.phone:
            found.append(rf"(?<!\d)(?:\+?62{GAP}|0)?{GAP.join(self.phone)}(?!\d)")
        found += [rf"\A{re.escape(one)}\Z" for one in self.accounts]
        # A code stands in no text.
        return re.compile("|".join(found) or r"(?!)", re.IGNORECASE)

    def are_in(self, value: Any) -> bool:
        """Whether a value, or a value within it, says any of them."""
        return any(self.exact.search(text) for _path, text in texts_of(value))


def _words(name: str) -> str:
    """A pattern of these words, whatever room is between them."""
    return r"\s+".join(map(re.escape, name.split()))


@dataclass
class Replaced:
    """A value without the words of a person, where they stood, and by what to know the text again.

    `left` says nothing of anybody: it is made of the text without these words.
    """

    value: Any
    spans: Spans = field(default_factory=dict)
    left: Left = field(default_factory=dict)


def replace_words(value: Any, terms: Terms) -> Replaced:
    """Put the neutral word where any of the terms stands."""
    spans: Spans = {
        path: [[found.start(), len(found[0])] for found in terms.exact.finditer(text)]
        for path, text in texts_of(value)
    }
    spans = {path: places for path, places in spans.items() if places}
    replaced = replace_spans(value, spans, {})
    left = {path: _digest(text) for path, text in texts_of(replaced) if path in spans}
    return Replaced(replaced, spans, left)


def replace_spans(value: Any, spans: Spans, left: Left, path: str = "") -> Any:
    """The same by the places.

    A text of which something else is left than then was written otherwise, and nobody knows where
    it names the person: it makes room as a whole.
    """
    if isinstance(value, dict):
        return {
            key: replace_spans(one, spans, left, f"{path}.{key}" if path else str(key))
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [
            replace_spans(one, spans, left, f"{path}.{place}" if path else str(place))
            for place, one in enumerate(value)
        ]
    if not isinstance(value, str) or path not in spans:
        return value
    if any(start + length > len(value) for start, length in spans[path]):
        return ERASED
    for start, length in sorted(spans[path], reverse=True):
        value = f"{value[:start]}{ERASED}{value[start + length :]}"
    return value if left.get(path) in (None, _digest(value)) else ERASED


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
