"""What an edition publishes of money lent and granted, and of who agreed with whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils import translation

from outcomes.counting import CAME_ABOUT, SIGNED, count
from outcomes.countries import country_name
from outcomes.financing import financing_of
from outcomes.models import Agreement, Claim
from outcomes.results_claims import Claims, counted, said, words
from outcomes.results_content import RUPIAH, UNSPLIT, Figure, Section, Source, Words

if TYPE_CHECKING:
    from outcomes.financing import SchemeTotal
    from outcomes.models import AgreementParty, Disbursement
    from stands.models import Expo

FIGURE = Claim.Figure


def financing_section(expo: Expo, claims: Claims) -> Section:
    """The total, how much of it is accounted for row by row, its kinds and its schemes."""
    known = financing_of(expo)
    figures = []
    own = people = None
    if known.money.recorded is not None:
        own = Figure(
            FIGURE.FINANCING,
            known.money.recorded,
            RUPIAH,
            sources=counted("financing"),
            parts=tuple(
                Figure(one.kind.value, one.recorded_rupiah, RUPIAH)
                for one in known.kinds
                if one.recorded_rupiah is not None
            ),
        )
    if known.recipients.recorded is not None:
        people = Figure(
            FIGURE.FINANCING_RECIPIENTS,
            known.recipients.recorded,
            sources=counted("financing_recipients"),
        )
    for key, one in ((FIGURE.FINANCING, own), (FIGURE.FINANCING_RECIPIENTS, people)):
        if one is not None or claims.about(key):
            figures.append(claims.settle(key, one))
    if figures and figures[0].key == FIGURE.FINANCING and figures[0].value is not None:
        figures += _accounted(figures[0], own)
    if known.schemes:
        schemes = tuple(_scheme(one, claims) for one in known.schemes)
        figures.append(Figure("schemes", parts=schemes))
    return Section("financing", tuple(figures))


def _accounted(total: Figure, own: Figure | None) -> list[Figure]:
    """How much of a joint total lies here row by row; nothing where the rows are the total."""
    if own is not None and total.sources == own.sources:
        return []
    if own is None:
        return [Figure("financing_accounted", form=RUPIAH, missing=UNSPLIT, sources=total.sources)]
    return [replace(own, key="financing_accounted", sources=counted("financing"))]


def _scheme(of: SchemeTotal, claims: Claims) -> Figure:
    scheme = of.scheme
    own = None
    if of.money.recorded is not None:
        own = Figure(
            "total",
            of.money.recorded,
            RUPIAH,
            sources=counted("financing_of_scheme"),
            parts=tuple(map(_disbursement, of.public)),
        )
    told = claims.of_scheme(FIGURE.FINANCING, scheme)
    total = claims.settle("total", own, claims=told) if own is not None or told else None
    return Figure(
        key=scheme.code,
        name=words(scheme.name, scheme.name_en),
        detail=words(scheme.detail, scheme.detail_en) if total is None else None,
        text=words(scheme.institution),
        marks=(str(scheme.kind), *(("example",) if scheme.example_fields else ())),
        sources=(said(scheme.said_by, scheme.sources),) if scheme.sources else counted("schemes"),
        parts=(replace(total, key="total", form=RUPIAH),) if total else (),
    )


def _disbursement(row: Disbursement) -> Figure:
    sources = (said(row.institution or "", row.sources),) if row.sources else ()
    return Figure(
        key=f"disbursement-{row.pk}",
        value=row.amount_rupiah,
        form=RUPIAH,
        name=words(row.recipient_text),
        marks=(row.date.isoformat(),) if row.date else (),
        sources=sources,
    )


# --- partnerships ---------------------------------------------------------------------------------


def partnerships_section(expo: Expo, claims: Claims) -> Section:
    """Companies by name, countries, pesantren and alumni, as far as they may be shown."""
    agreements = list(Agreement.objects.at(expo).filter(state__in=CAME_ABOUT).with_parties())
    business, foreign, pesantren = (
        [one for one in agreements if one.kind == kind] for kind in Agreement.Kind
    )
    figures = []
    own = _agreements("partners_b2b", "partners_b2b", business)
    if own is not None or claims.about(FIGURE.PARTNERS_B2B):
        figures.append(_with_names(claims.settle(FIGURE.PARTNERS_B2B, own), own))
    signed = [one for one in foreign if one.state in SIGNED]
    own = _agreements("countries_signed", "countries_signed", signed)
    # Of one without a country it is not known which.
    if own is not None:
        own = replace(own, value=count(expo, "countries_signed"))
    if own is not None or claims.about(FIGURE.COUNTRIES_SIGNED):
        figures.append(_with_names(claims.settle(FIGURE.COUNTRIES_SIGNED, own), own))
    only_reported = [one for one in foreign if one.state not in SIGNED]
    reported = _agreements("agreements_foreign", "agreements_foreign", only_reported)
    figures += [reported] if reported is not None else []
    figures += claims.statements(FIGURE.FOREIGN)
    own = _agreements("agreements_pesantren", "agreements_pesantren", pesantren)
    figures += [own] if own is not None else []
    figures += claims.statements(FIGURE.PESANTREN_ALUMNI)
    figures += [
        claims.settle(key)
        for key in (
            FIGURE.COUNTRIES_PLANNED,
            FIGURE.COUNTRIES_REPORTED,
            FIGURE.COUNTRIES_INTERESTED,
        )
        if claims.about(key)
    ]
    return Section("partnerships", tuple(figures))


def _agreements(key: str, query: str, agreements: list[Agreement]) -> Figure | None:
    """All of a kind; those that may be shown by name."""
    if not agreements:
        return None
    shown = [one for one in agreements if one.is_public]
    return Figure(key, len(agreements), sources=counted(query), parts=tuple(map(_agreement, shown)))


def _with_names(figure: Figure, own: Figure | None) -> Figure:
    """The names under the number, whoever gave it; the count beside it then needs none."""
    if own is None or figure.parts:
        return figure
    others = tuple(replace(one, parts=()) if one.key == "counted" else one for one in figure.others)
    return replace(figure, parts=own.parts, others=others)


def _agreement(agreement: Agreement) -> Figure:
    parties = [
        Figure(
            key=f"party-{place}",
            name=_party_name(party),
            detail=words(party.signatory),
            marks=(f"country-{party.country}",) if party.country else (),
        )
        for place, party in enumerate(agreement.parties.all(), start=1)
    ]
    return Figure(
        key=agreement.code or f"agreement-{agreement.pk}",
        value=agreement.value_rupiah,
        form=RUPIAH,
        name=words(agreement.name, agreement.name_en),
        text=words(agreement.printed_name),
        detail=words(agreement.detail, agreement.detail_en),
        marks=(
            str(agreement.state),
            *((agreement.signed_on.isoformat(),) if agreement.signed_on else ()),
            *(("example",) if agreement.example_fields else ()),
        ),
        sources=_said_of(agreement),
        parts=tuple(parties),
    )


def _party_name(party: AgreementParty) -> Words | None:
    """Who it is; of a party that is a country, its name in both languages."""
    who = party.producer or party.pesantren or party.company
    if who:
        return words(str(who))
    names = []
    for language in ("id", "en"):
        with translation.override(language):
            names.append(country_name(party.country))
    return words(*names)


def _said_of(agreement: Agreement) -> tuple[Source, ...]:
    if agreement.sources:
        return (said(agreement.said_by, agreement.sources, agreement.said_on),)
    return counted("agreements")
