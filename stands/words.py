"""Words as the search compares them: folded, by their sound, and how far apart two of them are."""

from __future__ import annotations

import re
import string
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("search_words.toml")
LONGEST_WORD = 40

# Written between the letters of one word (Mamba'ul), not between words.
APOSTROPHES = dict.fromkeys(map(ord, "'`´‘’‛ʼʻʿʾ\u02b9"))

# How Arabic and older Indonesian names are written in several ways, the longer spellings first.
# Two words of one sound are candidates for each other; the letters then decide.
SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        ("sy|sh|ts|tz", "s"),
        ("th|dh|dl|dz", "d"),
        ("kh|ck|q|x", "k"),
        ("gh", "g"),
        ("ph|f|v", "p"),
        ("zh|z", "j"),
        ("oe", "u"),
        ("ou|au|aw", "o"),
        ("ei|ai|ay|ey", "e"),
        ("iy|yi|y|ee", "i"),
        ("oo|w", "u"),
        ("t", "d"),
        # kripik and keripik, brem and berem
        (r"(?<=[bcdgjkmpst])e(?=[rl])", ""),
        (r"h(?![aeiou])", ""),
        (r"(.)\1+", r"\1"),
    ]
]


def fold(text: str) -> str:
    """Small letters and digits with single spaces between the words, no marks on any letter."""
    plain = unicodedata.normalize("NFKD", text.translate(APOSTROPHES)).casefold()
    # NFKD may bring an apostrophe, and casefold a letter with a mark, so both look again.
    plain = unicodedata.normalize("NFKD", plain.translate(APOSTROPHES))
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def words_of(text: str) -> list[str]:
    """The folded words of a text in their order."""
    return [word[:LONGEST_WORD] for word in fold(text).split()]


@lru_cache(maxsize=20_000)
def sound_of(word: str) -> str:
    """How a folded word sounds, roughly: Musthofa and Mustofa, Syarifuddin and Sarifudin alike."""
    for pattern, sound in SOUNDS:
        word = pattern.sub(sound, word)
    return word


def one_edit_from(word: str) -> set[str]:
    """All that differs from a word by one letter missing, added, changed, or two swapped."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    letters = string.ascii_lowercase
    return (
        {a + b[1:] for a, b in splits if b}
        | {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
        | {a + c + b[1:] for a, b in splits if b for c in letters}
        | {a + c + b for a, b in splits for c in letters}
    )


def distance(one: str, other: str, most: int) -> int:
    """Letters missing, added, changed or swapped between two words; at most `most` + 1."""
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def most_edits(word: str) -> int:
    """How many slips a word of that length may hold and still be taken for another."""
    if len(word) < 3 or any(c.isdigit() for c in word):
        return 0  # A9 is another stand, not a slip for A8
    return 1 if len(word) < 6 else 2


@lru_cache(maxsize=20_000)
def remoteness(typed: str, word: str) -> float | None:
    """How far a known word is from the one typed, from 0 up; None if too far to be meant.

    Judged by the letters, by the sound where that is nearer, and by the beginning of a longer word.
    """
    found = [_slips(typed, word), _slips_at_start(typed, word)]
    return min((far for far in found if far is not None), default=None)


def _slips(typed: str, word: str) -> float | None:
    most = most_edits(typed)
    if most == 0:
        return None
    by_letters = distance(typed, word, most)
    sound, other = sound_of(typed), sound_of(word)
    allowed = min(most, most_edits(sound))
    by_sound = distance(sound, other, allowed)
    if len(typed) == 3 and not (
        sorted(typed) == sorted(word) or (len(word) == 4 and typed[0] == word[0])
    ):
        return None
    found = []
    if by_letters <= most:
        found.append(float(by_letters))
    if by_sound <= allowed and len(sound) > 2:
        found.append(by_sound + 0.4)
    # Two slips and another first letter is another word.
    found = [far for far in found if far < 1.5 or sound[:1] == other[:1]]
    return min(found) if found else None


def _slips_at_start(typed: str, word: str) -> float | None:
    if not 4 <= len(typed) < len(word) or typed[0] != word[0] or most_edits(typed) == 0:
        return None
    near = min(distance(typed, word[:length], 1) for length in (len(typed), len(typed) + 1))
    if near > 1:
        return None
    return near + 0.6 + 0.05 * (len(word) - len(typed))


# --- the file -----------------------------------------------------------------------------------

Phrase = tuple[str, ...]


def trigrams(word: str) -> set[str]:
    """Every three letters in a row, and the two that it begins with."""
    return {word[:2], *(word[i : i + 3] for i in range(len(word) - 2))}


@dataclass(frozen=True)
class Lexicon:
    """What search_words.toml says."""

    spelled: dict[str, str]  # how else it is written: the usual spelling
    variants: dict[str, tuple[str, ...]]  # the usual spelling: how else
    same: dict[Phrase, tuple[Phrase, ...]]  # a name: the others of the same thing
    means: dict[str, tuple[Phrase, ...]]
    kinds: dict[str, str]  # a word: the kind that it sets first
    particles: frozenset[str]
    generic: frozenset[str]
    longest: int  # words in the longest name
    words: frozenset[str]  # every single word that has a meaning here
    by_trigram: dict[str, frozenset[str]]  # three letters of a sound: those of the words

    def near(self, word: str) -> set[str]:
        """Those of the words that may be meant by one that was typed."""
        parts = (self.by_trigram.get(part, frozenset()) for part in trigrams(sound_of(word)))
        return {other for part in parts for other in part if abs(len(other) - len(word)) < 4}


@cache
def lexicon() -> Lexicon:
    """The file, read once."""
    with FILE.open("rb") as file:
        data = tomllib.load(file)
    same: dict[Phrase, list[Phrase]] = {}
    for names in data["same"]["lists"]:
        phrases = [tuple(words_of(name)) for name in names]
        for phrase in phrases:
            others = same.setdefault(phrase, [])
            others += [other for other in phrases if other != phrase and other not in others]
    by_trigram: dict[str, set[str]] = {}
    spelled = {other: usual for usual, others in data["spelled"].items() for other in others}
    single = {word for phrase in same for word in phrase if len(word) > 1}
    words = frozenset(single | {*spelled, *data["spelled"], *data["means"]})
    for word in words:
        for part in trigrams(sound_of(word)):
            by_trigram.setdefault(part, set()).add(word)
    return Lexicon(
        spelled=spelled,
        variants={usual: tuple(others) for usual, others in data["spelled"].items()},
        same={phrase: tuple(others) for phrase, others in same.items()},
        means={
            word: tuple(tuple(words_of(name)) for name in names)
            for word, names in data["means"].items()
        },
        kinds={word: kind for kind, words in data["kinds"].items() for word in words},
        particles=frozenset(data["particles"]["words"]),
        generic=frozenset(data["particles"]["generic"]),
        longest=max(len(phrase) for phrase in same),
        words=words,
        by_trigram={part: frozenset(those) for part, those in by_trigram.items()},
    )
