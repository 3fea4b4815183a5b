"""What the portal under test holds: prepares its database, changes it meanwhile, reads it back.

It runs in a process of its own, against the portal's database and not that of pytest:
`python -m tests.faults.books prepare 4`. What it says is one line of JSON. `serve` answers many.
"""

from __future__ import annotations

import json
import secrets
import sys
import uuid
from dataclasses import asdict, dataclass
from typing import Any

import django

# A price, what is left (None: endless). The last runs out soon, and goes on being sold.
SHELF = [
    (25_000, None),
    (12_500, None),
    (8_000, 1_000_000),
    (47_000, 1_000_000),
    (3_500, None),
    (150_000, 5),
]


@dataclass(frozen=True)
class Paired:
    """What a paired tablet knows: its stand's goods as (offer, price), and its own till."""

    credential: str
    storage_id: str
    prefix: str
    stand: str
    cashier_id: int
    goods: list[tuple[int, int]]


@dataclass(frozen=True)
class Books:
    """What the ledger holds, as a test compares it."""

    sales: dict[str, tuple[str, int]]  # UUID: number and total, training left out
    training: dict[str, tuple[str, int]]
    numbers: dict[str, list[str]]  # till: its numbers in the order of the ledger
    totals: dict[str, int]  # stand: rupiah, as the daily totals sum it
    methods: dict[str, int]
    left: dict[str, int | None]  # offer: stock
    held: dict[str, int]  # reason: how many
    flags: dict[str, int]
    flags_of: dict[str, list[str]]  # number: its flags
    receipts: int
    days: list[str]
    breaks: list[str]


def prepare(tablets: int) -> list[Paired]:
    """A migrated database with two tablets at each stand."""
    from django.core.management import call_command

    from tests.ledger import make_running_expo

    call_command("migrate", verbosity=0)
    expo = make_running_expo()
    paired: list[Paired] = []
    for number in range(1, tablets // 2 + tablets % 2 + 1):
        paired += _stand(expo, f"A{number}", min(2, tablets - len(paired)))
    return paired


def _stand(expo: Any, code: str, tablets: int) -> list[Paired]:
    from sales.models import Cashier
    from tests.make import make_offer, make_product, make_stand

    stand = make_stand(expo=expo, code=code)
    cashier = Cashier.objects.create(stand=stand, name="Aminah")
    goods = [
        make_offer(
            stand=stand, product=make_product(name=f"Barang {n} {code}"), price_rupiah=p, stock=left
        )
        for n, (p, left) in enumerate(SHELF, start=1)
    ]
    return [
        pair(stand, cashier.pk, [(offer.pk, offer.price_rupiah) for offer in goods])
        for _ in range(tablets)
    ]


def pair(stand: Any, cashier_id: int, goods: list[tuple[int, int]]) -> Paired:
    """A tablet at the stand under the next free letter."""
    from sales.tablet.tills import claim_till, credential_hash

    credential, storage_id = secrets.token_urlsafe(32), uuid.uuid4()
    till = claim_till(
        stand=stand, storage_id=storage_id, credential_hash=credential_hash(credential)
    )
    return Paired(credential, str(storage_id), till.prefix, stand.code, cashier_id, goods)


def change(stand: str) -> None:
    """The first price of a stand rises, its second offer is withdrawn."""
    from django.db.models import F

    from stands.models import Offer

    first, second = Offer.objects.filter(stand__code=stand).order_by("pk")[:2]
    Offer.objects.filter(pk=first.pk).update(price_rupiah=F("price_rupiah") + 1_000)
    Offer.objects.filter(pk=second.pk).update(withdrawn=True)


def code(stand: str) -> str:
    """A pairing code that an organiser has made for that stand."""
    from django.contrib.auth.models import User

    from sales.tablet.pairing import make_code
    from stands.models import Stand

    citra, _created = User.objects.get_or_create(username="citra", is_staff=True)
    return make_code(stand=Stand.objects.get(code=stand), name="", actor=citra)[1]


def organiser() -> dict[str, str]:
    """The cookies of an organiser who is signed in, and the name of that against forged forms."""
    from django.conf import settings
    from django.test import Client

    from tests.participants import make_organiser

    client = Client()
    client.force_login(make_organiser())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: "t" * 32}


def revoke(stand: str) -> None:
    """No tablet of that stand may speak any more."""
    from django.contrib.auth.models import User

    from sales.models import Tablet
    from sales.tablet.pairing import revoke as revoke_one

    citra, _created = User.objects.get_or_create(username="citra", is_staff=True)
    for tablet in Tablet.objects.filter(tills__stand__code=stand, revoked_at=None):
        revoke_one(tablet, actor=citra)


def forget() -> None:
    """Nobody is signed in any more."""
    from opop_expo.signing_in.models import PortalSession

    PortalSession.objects.all().delete()


def rename(stand: str) -> None:
    """The stand gets another code and name."""
    from stands.models import Stand

    Stand.objects.filter(code=stand).update(code=f"Z{stand[1:]}", name="Pindah")


def read() -> Books:
    """All of it, in a few queries."""
    from django.db.models import Count, Sum

    from sales.models import EReceipt, HeldSale, Payment, Sale, SaleFlag
    from sales.proof.verifying import verify_ledger
    from stands.models import Offer

    counted = Sale.objects.counted()
    numbers: dict[str, list[str]] = {}
    in_order = Sale.objects.order_by("stand_id", "sequence").values_list("till__prefix", "number")
    for prefix, number in in_order:
        numbers.setdefault(prefix, []).append(number)

    flags_of: dict[str, list[str]] = {}
    for number, kind in SaleFlag.objects.order_by("pk").values_list("sale__number", "kind"):
        flags_of.setdefault(number, []).append(kind)

    def by_uuid(sales: Any) -> dict[str, tuple[str, int]]:
        rows = sales.values_list("pk", "number", "total_rupiah")
        return {str(key): (number, total) for key, number, total in rows}

    return Books(
        sales=by_uuid(counted),
        training=by_uuid(Sale.objects.filter(training=True)),
        numbers=numbers,
        totals=dict(
            counted.order_by().values_list("stand__code").annotate(total=Sum("total_rupiah"))
        ),
        methods=dict(
            Payment.objects.filter(sale__training=False)
            .order_by()
            .values_list("method")
            .annotate(total=Sum("amount_rupiah"))
        ),
        left={str(key): left for key, left in Offer.objects.values_list("pk", "stock")},
        held=dict(HeldSale.objects.order_by().values_list("reason").annotate(n=Count("pk"))),
        flags=dict(SaleFlag.objects.order_by().values_list("kind").annotate(n=Count("pk"))),
        flags_of=flags_of,
        receipts=EReceipt.objects.count(),
        days=sorted({day.isoformat() for day in counted.values_list("business_date", flat=True)}),
        breaks=[str(found) for found in verify_ledger().breaks],
    )


def serve() -> None:
    """Answer one question a line, each over a connection of its own, until nobody asks any more."""
    from django.db import connection

    for line in sys.stdin:
        print(json.dumps(answer(*json.loads(line))), flush=True)
        connection.close()


def answer(what: str, *arguments: str) -> Any:
    """Do what is asked; what there is to say about it."""
    said: Any = None
    match what, *arguments:
        case "prepare", tablets:
            said = [asdict(one) for one in prepare(int(tablets))]
        case ("read",):
            said = asdict(read())
        case "code", stand:
            said = code(stand)
        case ("organiser",):
            said = organiser()
        case "change", stand:
            change(stand)
        case "revoke", stand:
            revoke(stand)
        case "rename", stand:
            rename(stand)
        case ("forget",):
            forget()
        case _:
            raise SystemExit(f"unknown: {what}")
    return said


def main(*asked: str) -> None:
    django.setup()
    if asked == ("serve",):
        serve()
    else:
        print(json.dumps(answer(*asked)))


if __name__ == "__main__":
    main(*sys.argv[1:])
