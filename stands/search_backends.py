"""The two databases behind the search: full text over entries, and words near a word.

Words come folded (stands.words): letters and digits only, so that none of them can be an operator.
"""

# ruff: noqa: S608, the statements are made of constants and placeholders; words are parameters

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from stands.words import LONGEST_WORD, one_edit_from, sound_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo

# Of words that share letters with one that nobody knows; the letters then decide in Python.
MOST_NEAR = 40
MOST_CONTAINING = 20
MOST_RANKED = 2_000


class Fields(IntEnum):
    """Which part of an entry is looked through; each holds the one before."""

    NAME = 0
    ALSO = 1
    TEXT = 2


@dataclass(frozen=True)
class Term:
    """A word, several words in a row, or the beginning of a word."""

    words: tuple[str, ...]
    is_start: bool = False


# Each of these, in any of its forms.
Wanted = Sequence[Sequence[Term]]


@dataclass(frozen=True)
class Counts:
    """How often a word occurs at an edition: in names, and in anything."""

    names: int
    entries: int


@dataclass(frozen=True)
class Condition:
    """What an entry must hold, as SQL over the columns of its table."""

    sql: str
    value: str
    fields: Fields

    @property
    def q(self) -> Q:
        """The same for a queryset of entries."""
        if self.sql == SAME_CORE:
            return Q(core=self.value)
        return Q(pk__in=RawSQL(HOLDERS[connection.vendor], [self.value]))  # noqa: S611  # nosec B611, constant


SAME_CORE = "core = %s"
# By key, and not on the row itself, so that it can stand in any query.
HOLDERS = {
    "postgresql": "SELECT id FROM stands_searchentry WHERE document @@ %s::tsquery",
    "sqlite": "SELECT rowid FROM stands_searchentry_text WHERE stands_searchentry_text MATCH %s",
}


def is_named(core: str) -> Condition:
    """The entries whose name is this and nothing more."""
    return Condition(SAME_CORE, core, Fields.NAME)


def holds(wanted: Wanted, fields: Fields) -> Condition:
    """The entries that hold all that is wanted in these fields."""
    if connection.vendor == "postgresql":
        return Condition("document @@ %s::tsquery", _tsquery(wanted, fields), fields)
    return Condition(f"id IN ({HOLDERS['sqlite']})", _fts5_query(wanted, fields), fields)


@dataclass(frozen=True)
class Best:
    """One of the best entries of its kind."""

    kind: str
    subject: int
    is_here: bool
    # How many of its kind there are.
    count: int


def best_entries(
    expo: Expo, fits: Sequence[Condition], words: Sequence[Condition], order: Order
) -> list[Best]:
    """The best entries of each kind: those that meet the last of `fits`, ranked by the first met.

    With `words` in place of `fits`: those that meet any of them, ranked by how many they meet.
    """
    if words:
        fit = " + ".join(f"CASE WHEN {word.sql} THEN -1 ELSE 0 END" for word in words)
        condition = " OR ".join(word.sql for word in words)
        values, met = [word.value for word in words], [word.value for word in words]
    else:
        whens = (f"WHEN {one.sql} THEN {at}" for at, one in enumerate(fits))
        fit = f"CASE {' '.join(whens)} END"
        condition = fits[-1].sql
        values, met = [one.value for one in fits], [fits[-1].value]
    first = f"CASE kind {' '.join(f'WHEN %s THEN {at}' for at, _ in enumerate(order.kinds))} END"
    ranks = "is_first, fit, is_here DESC, kind_order, length(name), name, subject"
    # Where much more fits, the first that the database comes across are ranked.
    query = f"""
        WITH fitting AS (
            SELECT * FROM stands_searchentry
            WHERE expo_id = %s AND ({condition}) AND kind IN ({_places(order.kinds)})
            LIMIT {MOST_RANKED}
        ), entry AS (
            SELECT kind, subject, is_here, name, {fit} AS fit, {first} AS kind_order,
                   CASE WHEN kind = %s THEN 0 ELSE 1 END AS is_first
            FROM fitting
        ), ranked AS (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY {ranks}) AS place,
                   COUNT(*) OVER (PARTITION BY kind) AS how_many
            FROM entry
        )
        SELECT kind, subject, is_here, how_many FROM ranked
        WHERE place <= %s ORDER BY {ranks}
    """
    rows = _rows(
        query,
        [expo.pk, *met, *order.kinds, *values, *order.kinds, order.first, order.most],
    )
    return [Best(kind, subject, bool(is_here), count) for kind, subject, is_here, count in rows]


@dataclass(frozen=True)
class Order:
    """Which kinds, in which order between equals; which before all else; how many of each."""

    kinds: tuple[str, ...]
    first: str
    most: int


def _fts5_query(wanted: Wanted, fields: Fields) -> str:
    def write(term: Term) -> str:
        return f'"{" ".join(term.words)}"{"*" if term.is_start else ""}'

    columns = ("name", "name also", "name also text")[fields]
    each = (f"({' OR '.join(map(write, terms))})" for terms in wanted)
    return f"{{{columns}}} : ({' AND '.join(each)})"


def _tsquery(wanted: Wanted, fields: Fields) -> str:
    def write(term: Term) -> str:
        marks = ("*" if term.is_start else "") + ("A", "AB", "")[fields]
        words = (f"'{word}'{':' + marks if marks else ''}" for word in term.words)
        return f"({' <-> '.join(words)})"

    each = (f"({' | '.join(map(write, terms))})" for terms in wanted)
    return " & ".join(each)


def counts_of(
    expo: Expo, words: Iterable[str], starts: Iterable[str]
) -> tuple[dict[str, Counts], set[str]]:
    """Those of the words that occur at the edition, and the starts with which some word begins."""
    words, starts = list(words), list(starts)
    parts = [
        "SELECT word, names, entries FROM stands_searchword"
        f" WHERE expo_id = %s AND word IN ({_places(words)})"
    ]
    values: list[Any] = [expo.pk, *words]
    for start in starts:
        bounds, limits = _starting_with(start)
        parts.append(
            "SELECT CAST(%s AS varchar(40)), -1, -1 WHERE EXISTS"
            f" (SELECT 1 FROM stands_searchword WHERE expo_id = %s AND {bounds})"
        )
        values += [start, expo.pk, *limits]
    found: dict[str, Counts] = {}
    begun = set()
    for word, names, entries in _rows(" UNION ALL ".join(parts), values):
        if entries < 0:
            begun.add(word)
        else:
            found[word] = Counts(names, entries)
    return found, begun


def _starting_with(start: str) -> tuple[str, list[str]]:
    if connection.vendor == "postgresql":
        return "word LIKE %s", [f"{start}%"]
    # SQLite's LIKE uses no index.
    return "word >= %s AND word < %s", [start, start[:-1] + chr(ord(start[-1]) + 1)]


def words_near(expo: Expo, typed: Iterable[str]) -> dict[str, Counts]:
    """Words of the edition that may be meant by those typed: by sound, or sharing letters."""
    parts, values = [], []
    sounds: set[str] = set()
    for word in typed:
        sound = sound_of(word)
        sounds |= {one for one in one_edit_from(sound) if len(one) <= LONGEST_WORD}
        if len(sound) < 3:
            continue
        if connection.vendor == "postgresql":
            parts.append(
                "(SELECT word, names, entries FROM stands_searchword"
                " WHERE expo_id = %s AND (sound || '') %% %s"
                f" ORDER BY similarity(sound, %s) DESC LIMIT {MOST_NEAR})"
            )
            values += [expo.pk, sound, sound]
        else:
            parts.append(
                "SELECT * FROM (SELECT w.word, w.names, w.entries FROM stands_searchword_text t"
                " JOIN stands_searchword w ON w.id = t.rowid"
                " WHERE stands_searchword_text MATCH %s AND w.expo_id = %s"
                f" ORDER BY rank LIMIT {MOST_NEAR})"
            )
            trigrams = (f'"{sound[i : i + 3]}"' for i in range(len(sound) - 2))
            values += [f"sound : ({' OR '.join(trigrams)})", expo.pk]
    parts.append(
        "SELECT word, names, entries FROM stands_searchword"
        f" WHERE expo_id = %s AND sound IN ({_places(sounds)})"
    )
    values += [expo.pk, *sounds]
    rows = _rows(" UNION ALL ".join(parts), values)
    return {word: Counts(names, entries) for word, names, entries in rows}


def words_containing(expo: Expo, part: str) -> dict[str, Counts]:
    """Words of the edition in which `part`, three letters at least, stands anywhere."""
    if connection.vendor == "postgresql":
        query, value = "(w.word || '') LIKE %s", f"%{part}%"
        source = "stands_searchword w"
    else:
        query, value = "stands_searchword_text MATCH %s", f'word : "{part}"'
        source = "stands_searchword_text t JOIN stands_searchword w ON w.id = t.rowid"
    rows = _rows(
        f"SELECT w.word, w.names, w.entries FROM {source} WHERE {query} AND w.expo_id = %s"
        f" ORDER BY w.names DESC, w.word LIMIT {MOST_CONTAINING}",
        [value, expo.pk],
    )
    return {word: Counts(names, entries) for word, names, entries in rows}


def _places(values: Iterable[object]) -> str:
    return ", ".join("%s" for _ in values) or "NULL"


def _rows(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
