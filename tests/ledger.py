"""People, requests and ledger entries for tests of the till and the totals."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from opop_expo.roles import KEEPER
from sales.models import Cashier, Payment, Sale
from sales.recording import record_reversal, record_sale
from sales.requests import LineRequest, PaymentRequest, ReversalRequest, ReversedLine, SaleRequest
from sales.tablet.pairing import make_code, use_code
from sales.tablet.tills import COOKIE
from stands.clock import business_date
from stands.models import Expo, ExpoDay
from tests.make import make_expo, make_offer, make_product, make_stand

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from django.test import Client

    from sales.models import Till
    from stands.models import Offer, Stand


def make_running_expo(*, slug: str = "2026-uji") -> Expo:
    """An edition of which today is a day."""
    expo = make_expo(slug=slug, name=f"OPOP Expo {slug}", days=())
    ExpoDay.objects.create(expo=expo, date=business_date(timezone.now()))
    return expo


def make_shop(
    *, code: str = "A1", expo: Expo | None = None, prices: tuple[int, ...] = (25_000, 10_000)
) -> tuple[Stand, list[Offer]]:
    """A stand of a running edition with an unlimited offer at each price."""
    stand = make_stand(expo=expo or make_running_expo(), code=code)
    offers = [
        make_offer(
            stand=stand,
            product=make_product(name=f"Barang {number} {code}"),
            price_rupiah=price,
            stock=None,
        )
        for number, price in enumerate(prices, start=1)
    ]
    return stand, offers


def make_keeper(*, stand: Stand, name: str = "Aminah") -> Cashier:
    """A person with a login who keeps one stand."""
    user = User.objects.create_user(name.lower(), password="kata sandi uji")
    user.groups.add(Group.objects.get_or_create(name=KEEPER)[0])
    return Cashier.objects.create(stand=stand, name=name, user=user)


def sign_in(client: Client, keeper: Cashier) -> Client:
    """The client of a keeper who has logged in."""
    assert keeper.user is not None
    client.force_login(keeper.user)
    return client


def sale_request(
    quantities: Mapping[Offer, int],
    *,
    method: str = Payment.Method.CASH,
    tendered_rupiah: int | None = None,
    sold_at: dt.datetime | None = None,
    key: uuid.UUID | None = None,
    **other: Any,
) -> SaleRequest:
    """A request for these offers at their present price, paid in one way."""
    lines = tuple(
        LineRequest(offer.pk, quantity, offer.price_rupiah)
        for offer, quantity in quantities.items()
    )
    total = sum(line.amount_rupiah for line in lines)
    return SaleRequest(
        uuid=key or uuid.uuid4(),
        lines=lines,
        payments=(PaymentRequest(method, total, tendered_rupiah),),
        sold_at=sold_at or timezone.now(),
        **other,
    )


def make_sale(
    stand: Stand,
    quantities: Mapping[Offer, int],
    *,
    intake: Sale.Intake = Sale.Intake.OUTBOX,
    cashier: Cashier | None = None,
    **request: Any,
) -> Sale:
    """A recorded sale."""
    outcome = record_sale(
        stand=stand, cashier=cashier, request=sale_request(quantities, **request), intake=intake
    )
    assert outcome.sale is not None
    return outcome.sale


def reversal_request(
    sale: Sale,
    quantities: Mapping[int, int] | None = None,
    *,
    reason: str = "salah ketik",
    sold_at: dt.datetime | None = None,
    key: uuid.UUID | None = None,
) -> ReversalRequest:
    """A request to take back pieces by line position, or all of it, paid back as it was paid."""
    lines = {line.position: line for line in sale.lines.all()}
    chosen = quantities or {position: line.quantity for position, line in lines.items()}
    total = sum(
        quantity * lines[position].unit_price_rupiah for position, quantity in chosen.items()
    )
    method = sale.payments.all()[0].method
    return ReversalRequest(
        uuid=key or uuid.uuid4(),
        original_id=sale.pk,
        lines=tuple(ReversedLine(position, quantity) for position, quantity in chosen.items()),
        payments=(PaymentRequest(method, total),),
        reason=reason,
        sold_at=sold_at or timezone.now(),
    )


def make_reversal(
    sale: Sale,
    quantities: Mapping[int, int] | None = None,
    *,
    intake: Sale.Intake = Sale.Intake.OUTBOX,
    **request: Any,
) -> Sale:
    """A recorded reversal."""
    outcome = record_reversal(
        stand=sale.stand,
        cashier=None,
        request=reversal_request(sale, quantities, **request),
        intake=intake,
    )
    assert outcome.sale is not None
    return outcome.sale


def pair_tablet(client: Client, stand: Stand) -> Till:
    """The client becomes a tablet that is paired with the stand; answer its till."""
    organiser, _created = User.objects.get_or_create(username="panitia")
    _row, code = make_code(stand=stand, name="", actor=organiser)
    paired = use_code(code, uuid.uuid4())
    client.cookies[COOKIE] = paired.credential
    return paired.till
