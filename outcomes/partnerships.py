"""Partnerships of an edition by kind, each with its parties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.counting import CAME_ABOUT, HOME
from outcomes.countries import country_name
from outcomes.models import Agreement, AgreementParty

if TYPE_CHECKING:
    from pesantren.models import Pesantren, Producer
    from stands.models import Expo


@dataclass(frozen=True)
class Party:
    """One of those who agreed, in the reader's language."""

    name: str
    # The country's name; empty where it is not known, or is itself the party.
    country: str
    code: str
    signatory: str
    producer: Producer | None
    pesantren: Pesantren | None


@dataclass(frozen=True)
class Partnership:
    """An agreement with its parties."""

    agreement: Agreement
    parties: tuple[Party, ...]

    @property
    def others(self) -> tuple[Party, ...]:
        """The parties but one that is called like the partnership, of which no more is known."""
        return tuple(one for one in self.parties if one.country or one.name != self.agreement.name)

    @property
    def countries(self) -> tuple[str, ...]:
        """The codes of its parties' countries but Indonesia, each once, in order."""
        codes = (one.code for one in self.parties if one.code not in ("", HOME))
        return tuple(dict.fromkeys(codes))


@dataclass(frozen=True)
class KindOfPartnerships:
    """The partnerships of one kind."""

    kind: Agreement.Kind
    partnerships: tuple[Partnership, ...]

    @property
    def came_about(self) -> tuple[Partnership, ...]:
        """Those reported, signed or in contract."""
        return tuple(one for one in self.partnerships if one.agreement.state in CAME_ABOUT)

    @property
    def known_value_rupiah(self) -> int | None:
        """What those that came about are worth together, as far as it is known; None if of none."""
        values = [one.agreement.value_rupiah for one in self.came_about]
        known = [value for value in values if value is not None]
        return sum(known) if known else None


def partnerships_of(expo: Expo, *, public_only: bool = False) -> tuple[KindOfPartnerships, ...]:
    """The partnerships by kind, kinds without one left out, in two queries.

    For the public only those that came about and that the organiser shows.
    """
    found = Agreement.objects.at(expo).with_parties()
    if public_only:
        found = found.for_the_public()
    agreements = list(found)
    kinds = []
    for kind in Agreement.Kind:
        mine = tuple(partnership_of(one) for one in agreements if one.kind == kind)
        if mine:
            kinds.append(KindOfPartnerships(kind, mine))
    return tuple(kinds)


def partnership_of(agreement: Agreement) -> Partnership:
    """One agreement with its parties, from the prefetch where there is one."""
    return Partnership(agreement, tuple(_party(one) for one in agreement.parties.all()))


def _party(party: AgreementParty) -> Party:
    who = party.producer or party.pesantren
    country = country_name(party.country) if party.country else ""
    name = str(who) if who else party.company
    return Party(
        name or country,
        country if name else "",
        party.country,
        party.signatory,
        party.producer,
        party.pesantren,
    )
