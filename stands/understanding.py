"""What a visitor means by the words typed: slips corrected, synonyms known, particles dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from stands.search_backends import Term, counts_of, words_containing, words_near
from stands.words import lexicon, remoteness, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stands.models import Expo
    from stands.search_backends import Counts, Wanted

# Of a longer text the rest is not read.
MOST_LETTERS = 200
MOST_WORDS = 8
MOST_CORRECTIONS = 5
# In so many entries that ranking all of them takes long.
OFTEN = 1_000
# What is said beside the best correction is hardly farther from what was typed.
NEARLY_AS_NEAR = 0.6
ENDINGS = ("nya", "lah", "kah", "pun", "ku", "mu", "es", "s", "an")


class Closeness(IntEnum):
    """How near a form is to what was typed; each holds the one before."""

    OWN = 0
    SYNONYM = 1
    NEAR = 2


@dataclass(frozen=True)
class Concept:
    """One thing that was asked for, in all forms in which an entry may name it."""

    typed: str
    shown: str
    own: tuple[Term, ...] = ()
    synonyms: tuple[Term, ...] = ()
    near: tuple[Term, ...] = ()
    # In how many entries it occurs as it is, where that is known.
    entries: int = 0

    def forms(self, closeness: Closeness) -> tuple[Term, ...]:
        """Its forms up to that closeness."""
        parts = (self.own, self.synonyms, self.near)[: closeness + 1]
        return tuple(dict.fromkeys(term for part in parts for term in part))


@dataclass(frozen=True)
class Understood:
    """A search as it was understood."""

    concepts: tuple[Concept, ...]
    # The kind of thing that was named beside: 'stan kopi'.
    kind: str = ""

    @property
    def text(self) -> str:
        """What is looked for, in words."""
        return " ".join(concept.shown for concept in self.concepts)

    @property
    def is_corrected(self) -> bool:
        """Whether any word is taken for another than was typed."""
        return any(concept.typed != concept.shown for concept in self.concepts)

    @property
    def is_common(self) -> bool:
        """Whether a large part of the edition may fit: every word occurs often, or is but begun."""
        return all(
            concept.entries >= OFTEN or (not concept.own and len(concept.typed) < 3)
            for concept in self.concepts
        )

    def wanted(self, closeness: Closeness) -> Wanted | None:
        """The forms of each thing up to that closeness; None where one has no form."""
        wanted = [concept.forms(closeness) for concept in self.concepts]
        return wanted if wanted and all(wanted) else None


class Reading:
    """The words of a search, read at one edition: as they are meant, or more broadly."""

    def __init__(self, expo: Expo, text: str) -> None:
        words, self.kind = _without_particles(_with_codes(words_of(text[:MOST_LETTERS])))
        self.words = words[:MOST_WORDS]
        if self.words:
            known, starts = counts_of(expo, _to_look_up(self.words), self.words)
            self._reader = _Reader(expo, known, starts)

    def as_meant(self) -> Understood:
        """Each known word for itself, each other for what it is most likely meant to be."""
        return self._understood(broadly=False)

    def broadly(self) -> Understood:
        """Each word, known or not, also for a slip or a part of another."""
        return self._understood(broadly=True)

    def _understood(self, *, broadly: bool) -> Understood:
        if not self.words:
            return Understood((), self.kind)
        concepts = self._reader.read(self.words, broadly=broadly)
        return Understood(tuple(_in_other_words(concepts)), self.kind)


def _with_codes(words: list[str]) -> list[str]:
    """With a stand's code in one word: 'A 1' is 'a1'."""
    joined: list[str] = []
    for word in words:
        if joined and re.fullmatch(r"\d{1,3}", word) and re.fullmatch(r"[a-z]{1,2}", joined[-1]):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _without_particles(words: list[str]) -> tuple[list[str], str]:
    """Without words that say nothing or name a kind of thing, unless there are no others."""
    known = lexicon()
    rest = [word for word in words if word not in known.particles]
    named = [word for word in rest if word not in known.kinds]
    kind = next((known.kinds[word] for word in rest if word in known.kinds), "")
    return (named, kind) if named else (rest or words, "")


def _to_look_up(words: Sequence[str]) -> set[str]:
    pieces = {piece for word in words for cut in _cuts(word) for piece in cut}
    joined = {one + other for one, other in pairwise(words)}
    bases = {base for word in words for base in _bases(word)}
    usual = {lexicon().spelled.get(word, word) for word in words}
    return {*words, *pieces, *joined, *bases, *usual}


def _cuts(word: str) -> Iterable[tuple[str, str]]:
    """The word in two: 'nuruljadid' may be 'nurul jadid'."""
    return ((word[:at], word[at:]) for at in range(2, len(word) - 1)) if len(word) > 4 else ()


def _bases(word: str) -> list[str]:
    """The word without an ending: 'kopinya', 'bags'."""
    return [word.removesuffix(end) for end in ENDINGS if word.endswith(end) and len(word) > 4]


class _Reader:
    """Reads word by word, with the words of one edition."""

    def __init__(self, expo: Expo, known: dict[str, Counts], starts: set[str]) -> None:
        self.expo = expo
        self.known = known
        self.starts = starts
        self.near: dict[str, Counts] = {}
        self.sought: set[str] = set()

    def read(self, words: list[str], *, broadly: bool) -> list[Concept]:
        """A concept a word, those that nobody knows corrected together."""
        parts = list(self.parts(words))
        self.seek(part for part in parts if isinstance(part, str))
        concepts = [self.corrected(part) if isinstance(part, str) else part for part in parts]
        if not broadly:
            return concepts
        self.seek(concept.shown for concept in concepts)
        return [self.broadened(concept) for concept in concepts]

    def seek(self, words: Iterable[str]) -> None:
        """Find what is near these words, those that were sought before left out."""
        fresh = set(words) - self.sought
        if fresh:
            self.sought |= fresh
            self.near |= words_near(self.expo, sorted(fresh))

    def parts(self, words: list[str]) -> Iterable[Concept | str]:
        """What is known of the words as they stand; a word that is not, as it was typed."""
        at = 0
        while at < len(words):
            pair = words[at : at + 2]
            joined = "".join(pair)
            if len(pair) == 2 and joined in self.known and not all(map(self.is_known, pair)):
                yield self.word(joined, typed=" ".join(pair))
                at += 2
                continue
            yield from self.part(words[at])
            at += 1

    def part(self, word: str) -> Iterable[Concept | str]:
        if self.is_known(word):
            return [self.word(word)]
        if begun := self.begun(word):
            return [begun]
        if base := next((base for base in _bases(word) if self.is_known(base)), None):
            return [self.word(base, typed=word)]
        if cut := next((cut for cut in _cuts(word) if all(one in self.known for one in cut)), None):
            return [self.word(cut[0]), self.word(cut[1])]
        return [word]

    def is_known(self, word: str) -> bool:
        return word in self.known or word in lexicon().words

    def word(self, word: str, *, typed: str = "") -> Concept:
        """A word that is known, with its usual spelling and all others."""
        usual = lexicon().spelled.get(word, word)
        counts = self.known.get(word)
        concept = Concept(
            typed or word, usual, _spellings(usual, word), entries=counts.entries if counts else 0
        )
        in_names = counts is not None and counts.names > 0
        if not in_names and word not in lexicon().words and word in self.starts:
            # Rare, and so perhaps the beginning of another: 'jam' of 'jamu'.
            return replace(concept, near=(Term((word,), is_start=True),))
        return concept

    def begun(self, word: str) -> Concept | None:
        """A word of which the beginning was typed."""
        known = lexicon()
        near = [Term((word,), is_start=True)] if word in self.starts else []
        if len(word) > 2:
            longer = sorted(one for one in known.words if one.startswith(word))
            usual = dict.fromkeys(known.spelled.get(one, one) for one in longer)
            near += [term for one in usual for term in _forms_of(one)]
        return Concept(word, word, near=tuple(dict.fromkeys(near))) if near else None

    def corrected(self, word: str) -> Concept:
        """A word that nobody knows as the one it most likely is, or without any form."""
        best, others = self.corrections(word)
        if best:
            usual = lexicon().spelled.get(best, best)
            near = tuple(term for other in others for term in _forms_of(other))
            return Concept(word, usual, own=_spellings(usual, best), near=near)
        containing = words_containing(self.expo, word) if len(word) > 3 else {}
        return Concept(word, word, near=tuple(Term((one,)) for one in containing))

    def broadened(self, concept: Concept) -> Concept:
        """Taken for a slip or a beginning too, known or not."""
        word = concept.shown
        best, others = self.corrections(word)
        near = [Term((word,), is_start=True)] if len(word) > 2 else []
        near += [term for one in [best, *others] if one for term in _forms_of(one)]
        return replace(concept, near=tuple(dict.fromkeys([*concept.near, *near])))

    def corrections(self, word: str) -> tuple[str, list[str]]:
        """The word that is most likely meant, and others that may be."""
        ranked = []
        for other in (self.near.keys() | lexicon().near(word)) - lexicon().particles - {word}:
            far = remoteness(word, other)
            if far is not None:
                counts = self.near.get(other)
                # At the same distance what occurs comes first, and in names most of all.
                names, entries = (counts.names, counts.entries) if counts else (0, 0)
                far += 0 if names else 0.3 if entries else 0.1
                ranked.append((far, -names, -entries, other))
        ranked.sort()
        others = [
            other
            for far, *_rest, other in ranked[1 : MOST_CORRECTIONS + 1]
            if far <= ranked[0][0] + NEARLY_AS_NEAR
        ]
        return (ranked[0][-1], others) if ranked else ("", [])


def _spellings(*words: str) -> tuple[Term, ...]:
    """The words and all other spellings of them."""
    known = lexicon()
    spelled = [other for word in words for other in (word, *known.variants.get(word, ()))]
    return tuple(Term((word,)) for word in dict.fromkeys(spelled))


def _forms_of(word: str) -> tuple[Term, ...]:
    """A word, its other spellings, and its synonyms."""
    usual = lexicon().spelled.get(word, word)
    return (*_spellings(usual, word), *_synonyms((usual,)))


def _synonyms(phrase: tuple[str, ...]) -> tuple[Term, ...]:
    """What else the thing of that name is called."""
    known = lexicon()
    meant = known.means.get(phrase[0], ()) if len(phrase) == 1 else ()
    names = [*known.same.get(phrase, ()), *meant]
    terms = [
        term for name in names for term in (_spellings(*name) if len(name) == 1 else [Term(name)])
    ]
    return tuple(dict.fromkeys(terms))


def _in_other_words(concepts: list[Concept]) -> list[Concept]:
    """With synonyms; words that are one name together become one concept."""
    known = lexicon()
    found: list[Concept] = []
    at = 0
    while at < len(concepts):
        for length in range(min(known.longest, len(concepts) - at), 0, -1):
            part = concepts[at : at + length]
            name = tuple(one.shown for one in part)
            if length == 1 or name in known.same:
                break
        if length == 1:
            (one,) = part
            found.append(replace(one, synonyms=_synonyms((one.shown,))))
        else:
            typed = " ".join(one.typed for one in part)
            found.append(Concept(typed, " ".join(name), (Term(name),), _synonyms(name)))
        at += length
    return found
