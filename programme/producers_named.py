"""Which producer somebody means who types a name, misspelt or shortened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pesantren.models import Producer
from stands import catalogue
from stands.catalogue_version import all_editions, kept
from stands.words import fold, remoteness, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo

MOST = 6
MOST_WORDS = 8
# Every second name has one of these; alone they name nobody.
COMMON = frozenset({"pondok", "pesantren", "ponpes", "pp", "kopontren", "koperasi", "umkm", "al"})
TOO_FAR = 1.0
OF_PESANTREN = 0.15


@dataclass(frozen=True)
class Named:
    """A producer as it is offered: its name, and its pesantren where it has one."""

    pk: int
    name: str
    pesantren: str

    @property
    def label(self) -> str:
        """Both in one line, the pesantren only where the name does not say it."""
        if not self.pesantren or fold(self.pesantren) in fold(self.name):
            return self.name
        return f"{self.name} · {self.pesantren}"


def makers_shown() -> list[Named]:
    """Every maker that has a page at a public edition: to visitors there are no others."""
    public = all_editions()
    if not public.expos:
        return []
    return kept(public.expo, "makers-shown", lambda: _shown_at(public.expos))


def _shown_at(expos: Iterable[Expo]) -> list[Named]:
    shown: set[int] = set()
    for expo in expos:
        shown.update(catalogue.producers_known_at(expo).order_by().values_list("pk", flat=True))
    return [one for one in every_maker() if one.pk in shown]


def every_maker() -> list[Named]:
    """All that there are, for those who stand at the door."""
    rows = Producer.objects.order_by("pk").values_list("pk", "name", "pesantren__name")
    return [Named(pk, name, pesantren or "") for pk, name, pesantren in rows]


def producers_like(text: str, makers: Iterable[Named], *, most: int = MOST) -> list[Named]:
    """Those of them that may be meant, the nearest first; none where nothing is near."""
    typed = words_of(text)[:MOST_WORDS]
    telling = [word for word in typed if word not in COMMON] or typed
    if not telling or len("".join(telling)) < 2:
        return []
    found = []
    for one in makers:
        far = _how_far(telling, one)
        if far is not None:
            found.append((far, len(one.name), one.name, one))
    return [one for *_order, one in sorted(found, key=lambda entry: entry[:3])[:most]]


def producer_called(text: str, makers: Iterable[Named]) -> Named | None:
    """The one of them whose name is exactly that, signs and capitals aside."""
    wanted = fold(text)
    same = [one for one in makers if wanted and fold(one.name) == wanted]
    return same[0] if len(same) == 1 else None


def _how_far(typed: list[str], one: Named) -> float | None:
    """The sum over the typed words of how far each is from its nearest; None if one has none.

    The producer's own name says more than its pesantren's.
    """
    own, of_pesantren = words_of(one.name), words_of(one.pesantren)
    total = 0.0
    for word in typed:
        near = [_apart(word, other) for other in own]
        near += [_apart(word, other) + OF_PESANTREN for other in of_pesantren]
        nearest = min(near, default=TOO_FAR)
        if nearest >= TOO_FAR:
            return None
        total += nearest
    return total


def _apart(typed: str, word: str) -> float:
    if typed == word:
        return 0.0
    if len(typed) >= 2 and word.startswith(typed):
        return 0.1
    far = remoteness(typed, word)
    return TOO_FAR if far is None else min(0.8, 0.2 + far * 0.2)
