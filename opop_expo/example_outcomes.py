"""The example edition's outcomes: a joint total half explained, partnerships, figures that differ.

All of it is made up and marked as an example, row by row.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from outcomes.agreeing import PartyGiven, record_agreement
from outcomes.claiming import Said, count_now, publish_claim, record_claim
from outcomes.disbursing import record_disbursement, write_scheme
from outcomes.models import Agreement, Claim, FinancingScheme
from pesantren.models import Producer
from stands.clock import business_date

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from stands.models import Expo

ALL_OF_IT = "*"
COMMITTEE = "Panitia (contoh)"
INSTITUTION = "Bank Contoh Jatim"
JOINT_RUPIAH = 1_500_000_000
JOINT_RECIPIENTS = 9
SCHEMES = [
    ("contoh-kur", "Kredit usaha rakyat (contoh)", "People's business credit (example)", "credit"),
    ("contoh-umk", "Kredit kemitraan (contoh)", "Partnership credit (example)", "credit"),
    ("contoh-bantuan", "Bantuan alat produksi (contoh)", "Grant for equipment (example)", "grant"),
]
# By scheme: so many million rupiah each.
DISBURSED = [(0, 250), (0, 175), (0, 300), (1, 120), (1, 85), (2, 40), (2, 25)]
# Kind, state, name in both languages, country, worth in million rupiah, whether the public sees it.
PARTNERS = [
    ("b2b", "contract", "Toko Oleh-oleh Contoh", "Example Gift Shops", "", 360, True),
    ("b2b", "signed", "Waralaba Contoh", "Example Franchise", "", 0, True),
    ("b2b", "talk", "Swalayan Contoh", "Example Supermarkets", "", 0, False),
    ("b2b", "interest", "Kafe Contoh", "Example Café", "", 0, False),
    ("foreign", "signed", "Importir Contoh Malaysia", "Example Importers Malaysia", "MY", 0, True),
    ("foreign", "talk", "Distributor Contoh Jepang", "Example Distributors Japan", "JP", 0, False),
    ("pesantren", "signed", "Ikatan Alumni Contoh", "Example Alumni Union", "", 0, True),
]
# Counted once and published, as on the evening of a day.
COUNTED = ["days", "pesantren", "stands", "products"]


def add_outcomes(expo: Expo, *, now: dt.datetime, actor: User) -> None:
    """Schemes, disbursements, partnerships and claims of an example edition; once."""
    with transaction.atomic():
        if FinancingScheme.objects.filter(expo=expo).exists():
            return
        makers = _makers(expo)
        if not makers:
            return
        _add_financing(expo, makers, now, actor)
        _add_partners(expo, makers, now, actor)
        _add_claims(expo, now, actor)


def _makers(expo: Expo) -> list[Producer]:
    """Makers with something on sale there, in an order that is the same each time."""
    found = Producer.objects.filter(products__offers__stand__expo=expo).distinct().order_by("slug")
    makers = list(found)
    random.Random(f"{expo.slug}/makers").shuffle(makers)  # noqa: S311, nothing here is secret
    return makers


def _add_financing(expo: Expo, makers: list[Producer], now: dt.datetime, actor: User) -> None:
    schemes = [
        write_scheme(
            expo,
            None,
            {
                "code": code,
                "name": name,
                "name_en": name_en,
                "kind": kind,
                "institution": INSTITUTION,
                "order": order,
                "example_fields": ALL_OF_IT,
            },
            actor=actor,
        )
        for order, (code, name, name_en, kind) in enumerate(SCHEMES, start=1)
    ]
    for place, (scheme, million) in enumerate(DISBURSED):
        values = {
            "scheme": schemes[scheme],
            "producer": makers[place % len(makers)],
            "amount_rupiah": million * 1_000_000,
            "date": business_date(now) - dt.timedelta(days=place % 2),
            "institution": INSTITUTION,
            "is_public": place % 3 != 2,
            "example_fields": ALL_OF_IT,
        }
        record_disbursement(_key(expo, f"disbursement/{place}"), values, actor=actor)


def _add_partners(expo: Expo, makers: list[Producer], now: dt.datetime, actor: User) -> None:
    for place, (kind, state, name, name_en, country, million, shown) in enumerate(PARTNERS):
        signed = state in (Agreement.State.SIGNED, Agreement.State.CONTRACT)
        values = {
            "kind": kind,
            "state": state,
            "name": name,
            "name_en": name_en,
            "value_rupiah": million * 1_000_000 or None,
            "signed_on": business_date(now) if signed else None,
            "is_public": shown,
            "order": place,
            "example_fields": ALL_OF_IT,
        }
        record_agreement(
            _key(expo, f"agreement/{place}"),
            expo=expo,
            values=values,
            parties=[
                PartyGiven(producer=makers[(place + 3) % len(makers)]),
                PartyGiven(company=name, country=country),
            ],
            actor=actor,
        )


def _add_claims(expo: Expo, now: dt.datetime, actor: User) -> None:
    """What the committee says of the whole, and what the system counted and published."""
    today = business_date(now)
    basis = Claim.Basis.ORGANISER
    rows = [
        Said(
            figure=Claim.Figure.FINANCING,
            value=JOINT_RUPIAH,
            unit="rupiah",
            unit_en="rupiah",
            said_by=COMMITTEE,
            said_on=today,
            basis=basis,
        ),
        Said(
            figure=Claim.Figure.FINANCING_RECIPIENTS,
            value=JOINT_RECIPIENTS,
            unit="UMKM/kopontren",
            unit_en="UMKM and kopontren",
            said_by=COMMITTEE,
            said_on=today,
            basis=basis,
        ),
        Said(
            figure=Claim.Figure.PRODUCTS,
            value=150,
            unit="produk",
            unit_en="products",
            detail="Perkiraan sebelum acara.",
            detail_en="An estimate before the event.",
            said_by=COMMITTEE,
            said_on=today - dt.timedelta(days=1),
            basis=basis,
        ),
    ]
    claims = [record_claim(expo, said, actor=actor) for said in rows]
    Claim.objects.filter(pk__in=[one.pk for one in claims]).update(example_fields=ALL_OF_IT)
    counted = [count_now(expo, name, actor=actor) for name in COUNTED]
    for claim in [*claims[:2], *counted]:
        if claim is not None:
            publish_claim(claim, actor=actor)


def _key(expo: Expo, name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{expo.slug}/{name}")
