"""What a visitor narrows a list by. A value that the edition does not know is left aside.

Of one kind several may be picked: either will do. Kinds narrow each other. What is asked of an
offer (its price, its stand, whether any is left) is asked of one and the same offer.

Beside each choice stands how many there would be with it and all that was asked for of other kinds.
"""

from __future__ import annotations

from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pesantren.models import Credential, Product, Regency, in_reader_language
from pesantren.money import rupiah
from stands.catalogue_version import kept
from stands.clock import business_date
from stands.facts import YES
from stands.filter_fields import Flag, Rupiah, Several
from stands.filter_shown import Chip, Group, Option, Suggestion
from stands.models import SearchEntry
from stands.search import match_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from stands.facts import Choice, Facts
    from stands.models import Expo
    from stands.search import Match

    Rows = TypeVar("Rows", bound=QuerySet[Any])

WORDS, PRICE, FLAGS = "q", "price", "flags"
# So many kinds are unfolded before anything is picked.
OPEN_GROUPS = 2
# So many ways out of an empty list are enough.
MOST_SUGGESTIONS = 4


class Filter(forms.Form):
    """A GET form of which every field may be empty."""

    search_label: StrOrPromise = _("Cari")
    # Short enough for the field on a phone.
    search_hint: StrOrPromise = _("Cari")
    kind: ClassVar[SearchEntry.Kind]

    q = forms.CharField(
        max_length=80,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "enterkeyhint": "search"}
        ),
    )

    def __init__(self, data: QueryDict, *, expo: Expo, now: dt.datetime) -> None:
        super().__init__(data, label_suffix="")
        self.expo = expo
        self.day = expo.reference_date(business_date(now))
        self.facts = self.known()
        self.fields[WORDS].label = self.search_label
        self.fields[WORDS].widget.attrs["placeholder"] = self.search_hint
        for name, field in self.fields.items():
            if isinstance(field, Several):
                field.choices = self._choices_of(name)
        self.open_rows = self._open_rows(now)
        if "open_now" in self.fields and self.open_rows is None:
            del self.fields["open_now"]

    # --- what was asked for ---------------------------------------------------------------------

    def clean(self) -> None:
        """Take no bounds between which nothing can lie."""
        least, most = self.cleaned_data.get("price_from"), self.cleaned_data.get("price_to")
        if least is not None and most is not None and least > most:
            self.add_error(
                "price_from",
                ValidationError(
                    _("Harga terendah (%(least)s) melebihi harga tertinggi (%(most)s)."),
                    params={"least": rupiah(least), "most": rupiah(most)},
                ),
            )
            del self.cleaned_data["price_to"]

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What was asked for: the fields with a valid, non-empty value."""
        self.is_valid()
        values = {name: self.cleaned_data.get(name) for name in self.fields}
        return {name: value for name, value in values.items() if value not in (None, "", [], False)}

    @cached_property
    def match(self) -> Match | None:
        """What the words were taken for; None where none were asked for."""
        words = self.asked.get(WORDS)
        return match_text(self.expo, words, self.kind) if words else None

    @property
    def is_narrowed(self) -> bool:
        """Whether more was asked for than words and an order."""
        return bool(self._conditions.keys() - {WORDS})

    # --- what fits ------------------------------------------------------------------------------

    @cached_property
    def keys(self) -> list[int]:
        """The keys of what fits, in the order of the list; found by words, the best fit first."""
        return self._keys

    @property
    def _keys(self) -> list[int]:
        found = self.facts.keys_of(self._rows_without())
        if self.match is None:
            return found
        fitting = set(found)
        return [key for key in self._worded if key in fitting]

    @property
    def count(self) -> int:
        """How many fit."""
        return len(self.keys)

    def narrow(self, rows: Rows) -> Rows:
        """Those of the rows that fit. Names each of them, so it is for hundreds, not thousands."""
        return rows.filter(pk__in=self.keys)

    @cached_property
    def _worded(self) -> list[int]:
        """The keys of what fits the words, the best first."""
        if self.match is None:
            return []
        fitting = self.match.ranked(self.match.narrow(self.listed(), self.kind), self.kind)
        return list(fitting.values_list("pk", flat=True))

    def known(self) -> Facts:
        """What is known of all that the list shows."""
        raise NotImplementedError

    def kept(self, read: Callable[[Expo, dt.date], Facts], *names: str | None) -> Facts:
        """The facts as they were read at the catalogue's present version.

        They depend on the edition, the day and whatever else `names` says.
        """
        name = "-".join([read.__name__, str(self.day), *map(str, names)])
        return kept(self.expo, name, lambda: read(self.expo, self.day))

    def listed(self) -> QuerySet[Any]:
        """What the list shows when nothing is asked for."""
        raise NotImplementedError

    def counted(self, count: int) -> str:
        """So many of them, in words."""
        raise NotImplementedError

    @property
    def found(self) -> str:
        """How many fit, in words."""
        return self.counted(self.count)

    @cached_property
    def _conditions(self) -> dict[str, int]:
        """The rows that meet what was asked for, kind by kind."""
        met: dict[str, int] = {}
        for name, value in self.asked.items():
            field = self.fields[name]
            if isinstance(field, Several):
                met[name] = 0
                for each in value:
                    met[name] |= self._rows_with(name, each)
            elif isinstance(field, Flag):
                met[name] = self._rows_with(name, YES)
            elif isinstance(field, Rupiah):
                met[PRICE] = self.facts.priced(
                    self.asked.get("price_from"), self.asked.get("price_to")
                )
            elif name == WORDS:
                met[name] = self.facts.rows_of(set(self._worded))
        return met

    def _rows_with(self, name: str, value: str) -> int:
        if name == "open_now":
            return self.open_rows or 0
        return self.facts.sets[name].get(value, 0)

    def _rows_without(self, *left_out: str) -> int:
        """The rows that meet all that was asked for but what is left out."""
        rows = self.facts.every_row
        for name, condition in self._conditions.items():
            if name not in left_out:
                rows &= condition
        return rows

    def _open_rows(self, now: dt.datetime) -> int | None:
        """What is at a stand that is open. None on a day that is none of the edition's.

        All stands keep the hours of the edition.
        """
        day = self.expo.day_at(now) if "open_now" in self.fields else None
        if day is None or day.opens is None:
            return None
        return self.facts.every_row if day.is_open_at(now) else 0

    # --- what is shown --------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[Group]:
        """The kinds with their values and counts, those with nothing to pick left out."""
        groups: list[Group] = []
        for name, field in self.fields.items():
            if isinstance(field, Several):
                options = self._options(name, field.choices)
                is_open = len(groups) < OPEN_GROUPS or any(one.is_picked for one in options)
                if options:
                    groups.append(Group(name, field.label or "", options, is_open))
            elif name == "price_from":
                groups.append(Group(PRICE, _("Harga")))
            elif isinstance(field, Flag) and not any(one.name == FLAGS for one in groups):
                flags = [name for name, one in self.fields.items() if isinstance(one, Flag)]
                options = tuple(
                    option
                    for name in flags
                    for option in self._options(name, [(YES, self.fields[name].label)])
                )
                groups.append(Group(FLAGS, _("Hanya yang"), options))
        return groups

    def _options(self, name: str, choices: Any) -> tuple[Option, ...]:
        rest = self._rows_without(name)
        asked = self.asked.get(name, [])
        return tuple(
            Option(
                name,
                value,
                str(label),
                self.facts.count(rest & self._rows_with(name, value)),
                asked is True or (asked is not False and value in asked),
            )
            for value, label in choices
        )

    @property
    def prices(self) -> list[forms.BoundField]:
        """The fields of the bounds, where the list has them."""
        return [self[name] for name in ("price_from", "price_to") if name in self.fields]

    @cached_property
    def chips(self) -> list[Chip]:
        """What was asked for, piece by piece, each to be taken off by itself."""
        chips = []
        for name, value in self.asked.items():
            if isinstance(self.fields[name], Several):
                chips += [
                    Chip(
                        self._text(name, each),
                        _query_of(pair for pair in self.pairs if pair != (name, each)),
                    )
                    for each in value
                ]
            elif name != "sort" and (name != "price_to" or "price_from" not in self.asked):
                text = self._text(name, value)
                chips.append(Chip(text, self._query_without(_kind_of(name))))
        return chips

    @property
    def picked(self) -> int:
        """How many filters are on, words not counted."""
        return len(self.chips) - (WORDS in self.asked)

    @cached_property
    def suggestions(self) -> list[Suggestion]:
        """What to take off so that something fits: as little as will do, the best first.

        What leaves the words comes before what drops them, then what gives more.
        """
        kinds = [] if self.keys else list(self._conditions)
        for size in range(1, len(kinds)):
            counts = {
                some: self.facts.count(self._rows_without(*some))
                for some in combinations(kinds, size)
            }
            if any(counts.values()):
                best = sorted(counts, key=lambda some: (WORDS in some, -counts[some]))
                return [
                    Suggestion(
                        self._names_of(some),
                        self.counted(counts[some]),
                        self._query_without(*some),
                    )
                    for some in best
                    if counts[some]
                ][:MOST_SUGGESTIONS]
        return []

    def _names_of(self, kinds: Iterable[str]) -> str:
        texts = []
        for kind in kinds:
            name = self._price_name if kind == PRICE else kind
            value = self.asked[name]
            each = value if isinstance(value, list) else [value]
            texts += [self._text(name, one).strip("“”") for one in each]
        return ", ".join(f"“{text}”" for text in texts)

    @property
    def _price_name(self) -> str:
        return "price_from" if "price_from" in self.asked else "price_to"

    def _text(self, name: str, value: Any) -> str:
        """The words in which one value of a field is shown."""
        field = self.fields[name]
        if isinstance(field, Several):
            return dict(cast("list[tuple[str, str]]", field.choices))[value]
        if isinstance(field, Flag):
            return str(field.label)
        if isinstance(field, Rupiah):
            return _price_text(self.asked.get("price_from"), self.asked.get("price_to"))
        return f"“{value}”"

    def _choices_of(self, name: str) -> list[tuple[str, str]]:
        known = self.facts.sets[name]
        if name in self.facts.choices:
            return [(one.value, _label(name, one)) for one in self.facts.choices[name]]
        every: Mapping[str, Sequence[tuple[str, StrOrPromise]]] = {
            "pillar": Product.Pillar.choices,
            "credential": Credential.Scheme.choices,
        }
        return [(value, str(label)) for value, label in every[name] if value in known]

    # --- addresses ------------------------------------------------------------------------------

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """What was asked for as the address holds it: nothing empty, amounts in digits."""
        return [
            (name, YES if each is True else str(each))
            for name, value in self.asked.items()
            for each in (value if isinstance(value, list) else [value])
        ]

    @property
    def query(self) -> str:
        """The query string of what was asked for; `?` for nothing at all."""
        return _query_of(self.pairs)

    @property
    def query_dict(self) -> QueryDict:
        """The same, for more to be added."""
        return QueryDict(urlencode(self.pairs))

    @property
    def words_alone(self) -> str:
        """The words asked for as a query string, all else left out."""
        return urlencode({WORDS: self.asked.get(WORDS, "")})

    def _query_without(self, *kinds: str) -> str:
        return _query_of(pair for pair in self.pairs if _kind_of(pair[0]) not in kinds)


def _kind_of(name: str) -> str:
    """The kind that a field belongs to: both bounds are the price."""
    return PRICE if name in ("price_from", "price_to") else name


def _query_of(pairs: Iterable[tuple[str, str]]) -> str:
    return f"?{urlencode(list(pairs))}"


def _price_text(least: int | None, most: int | None) -> str:
    if least is None:
        return gettext("sampai %(price)s") % {"price": rupiah(most)}
    if most is None:
        return gettext("mulai %(price)s") % {"price": rupiah(least)}
    return f"{rupiah(least)} – {rupiah(most)}"


def _label(kind: str, choice: Choice) -> str:
    """What a value is called in the reader's language."""
    if kind == "regency":
        return str(Regency(kind=choice.also, name=choice.name))
    name = in_reader_language(choice.name, choice.also)
    return f"{choice.value} · {name}" if kind == "zone" else name
