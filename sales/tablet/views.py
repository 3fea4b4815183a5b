"""The sync endpoints of a paired tablet. docs/till-protocol.md says what each answer means."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse

from events.tally import SALE, tally
from sales.checking import SaleRefused
from sales.closing.writing import Written
from sales.models import Cashier
from sales.recording import Outcome, again_if_met
from sales.tablet.access import for_tablet, refusal
from sales.tablet.crowd import at_the_ledger
from sales.tablet.older_tills import tills_meant
from sales.tablet.outbox import record_outbox
from sales.tablet.protocol import MAX_BATCH, Arrived, read_sale
from sales.tablet.reports import all_at_hand, by_prefix, note_report, reports_of, tills_of
from sales.tablet.state import etag_of, stand_state, till_info
from stands.models import Offer
from stands.offering import OfferChangeRefusedError, add_stock, put_in_order, sell_out
from stands.server_clock import server_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from sales.models import Tablet, Till
    from sales.tablet.protocol import Envelope

STATUS = {Outcome.Kind.RECORDED: 201, Outcome.Kind.REPLAYED: 200, Outcome.Kind.HELD: 202}


@for_tablet
def contact(request: HttpRequest, tablet: Tablet, envelope: Envelope) -> HttpResponse:
    """Take note of what the tablet says of itself, and say what its stand looks like."""
    tills = by_prefix(all_at_hand(tablet))
    note_report(tablet, envelope, reports_of(tills, envelope))
    return _state(tablet, tills, seen=envelope.content.get("seen"))


def _state(tablet: Tablet, tills: dict[str, Till], *, seen: Any = None) -> HttpResponse:
    till = next(iter(tills.values()))
    state = stand_state(till)
    etag = etag_of(state)
    return JsonResponse(
        {
            "server_at": _now(),
            "epoch": tablet.epoch,
            "till": till_info(till),
            "etag": etag,
            "state": None if seen == etag else state,
        }
    )


@for_tablet
def one_sale(request: HttpRequest, tablet: Tablet, envelope: Envelope) -> HttpResponse:
    """Record one thing of an outbox; the status says what became of it."""
    if _is_of_before(tablet, envelope):
        return refusal(409, "epoch", epoch=tablet.epoch)
    [answer] = _record(tablet, envelope, [envelope.content.get("sale")])
    tally(request, SALE, answer["status"])
    return JsonResponse(answer, status=answer["http"])


@for_tablet
def batch(request: HttpRequest, tablet: Tablet, envelope: Envelope) -> HttpResponse:
    """Record up to 100 of them in order, with an answer for each."""
    if _is_of_before(tablet, envelope):
        return refusal(409, "epoch", epoch=tablet.epoch)
    sales = envelope.content.get("sales")
    if not isinstance(sales, list) or not 1 <= len(sales) <= MAX_BATCH:
        return refusal(400, "unreadable")
    answers = _record(tablet, envelope, sales)
    for answer in answers:
        tally(request, SALE, answer["status"])
    return JsonResponse({"server_at": _now(), "answers": answers})


def _is_of_before(tablet: Tablet, envelope: Envelope) -> bool:
    """Whether the tablet has first to send again what was lost here, so that all comes in order.

    A page that is older than this word says nothing of it and is taken as it comes.
    """
    return envelope.epoch not in ("", tablet.epoch)


def _record(tablet: Tablet, envelope: Envelope, sales: Sequence[Any]) -> list[dict[str, Any]]:
    offset_ms = envelope.offset_ms(server_now())
    every = all_at_hand(tablet)
    tills, present = by_prefix(every), every[0]
    answers: list[dict[str, Any]] = [{} for _one in sales]
    read: list[tuple[int, Arrived]] = []
    for place, content in enumerate(sales):
        try:
            read.append((place, read_sale(content, measured_offset_ms=offset_ms)))
        except SaleRefused as refused:
            answers[place] = _answer(content, refused)
    came = [arrived for _place, arrived in read]
    meant = tills_meant(came, every)
    by_till: dict[int, list[tuple[int, Arrived]]] = {}
    for place, arrived in read:
        # A number of another tablet comes to the present till, and recording holds it there.
        till = meant.get(arrived.request.uuid) or tills.get(arrived.prefix, present)
        by_till.setdefault(till.pk, []).append((place, arrived))
    reports = reports_of(tills, envelope, arrived=came)

    @transaction.atomic
    def record() -> None:
        said = {pk: replace(one) for pk, one in reports.items()}
        # Stands in one order for all, so that no two batches wait for each other.
        for till in sorted(every, key=lambda one: (one.stand_id, one.pk)):
            places = by_till.get(till.pk, [])
            if not places:
                continue
            results = record_outbox(
                [one for _, one in places],
                till=till,
                offset_ms=offset_ms,
                said=said.get(till.pk),
            )
            for (place, _arrived), result in zip(places, results, strict=True):
                answers[place] = _answer(sales[place], result)
        note_report(tablet, envelope, said)

    with at_the_ledger.place_for(present.stand_id):
        again_if_met(record, [one.request.uuid for one in came])
    return answers


def _answer(content: Any, result: Outcome | Written | SaleRefused) -> dict[str, Any]:
    sent = content.get("uuid") if isinstance(content, dict) else None
    if isinstance(result, SaleRefused):
        problems = [{"field": one.field, "message": one.message} for one in result.problems]
        return {"http": 422, "uuid": sent, "status": "refused", "problems": problems}
    if result.is_conflict:
        return {"http": 409, "uuid": sent, "status": "conflict", "reason": result.held_reason}
    answer = {"http": STATUS[result.kind], "uuid": sent, "status": result.kind.value}
    if result.held is not None:
        return answer | {"reason": result.held_reason}
    return answer | {"number": result.number, "flags": result.flags}


@for_tablet
def change_offer(request: HttpRequest, tablet: Tablet, envelope: Envelope) -> HttpResponse:
    """A keeper marks an offer sold out, adds stock, or changes the order of the tiles."""
    tills = tills_of(tablet)
    till = next(iter(tills.values()))
    content = envelope.content
    try:
        key = uuid.UUID(str(content.get("key")))
    except ValueError:
        return refusal(400, "unreadable")
    who = {"till": till.prefix, "cashier": _cashier_name(till, content.get("cashier_id"))}
    offers = till.stand.offers.on_sale()
    try:
        match content.get("change"):
            case "sold_out":
                sell_out(_offer(offers, content), key=key, who=who)
            case "add_stock":
                add_stock(_offer(offers, content), content.get("quantity"), key=key, who=who)
            case "order":
                put_in_order(till.stand, content.get("offer_ids"), key=key, who=who)
            case _:
                return refusal(400, "unreadable")
    except Offer.DoesNotExist:
        return refusal(404, "no_offer")
    except OfferChangeRefusedError as refused:
        return refusal(422, "refused", message=str(refused))
    note_report(tablet, envelope, reports_of(tills, envelope))
    return _state(tablet, tills)


def _offer(offers: Any, content: dict[str, Any]) -> Offer:
    pk = content.get("offer_id")
    if type(pk) is not int or not 0 < pk < 2**53:
        raise Offer.DoesNotExist
    offer: Offer = offers.get(pk=pk)
    return offer


def _cashier_name(till: Till, pk: Any) -> str:
    if type(pk) is not int or not 0 < pk < 2**53:
        return ""
    cashier = Cashier.objects.filter(stand=till.stand, pk=pk).first()
    return cashier.name if cashier else ""


def _now() -> str:
    return server_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
