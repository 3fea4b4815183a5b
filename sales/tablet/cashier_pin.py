"""A cashier's PIN on the tablet: set by an organiser, checked here. It says who sells."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import JsonResponse

from events.log import log_event
from events.models import Event
from events.throttle import Limit, TooManyTriesError, book_try, forgive
from sales.models import Cashier
from sales.tablet.access import for_tablet, refusal
from sales.tablet.tills import present_till

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.http import HttpRequest, HttpResponse

    from sales.models import Tablet
    from sales.tablet.protocol import Envelope

LARGEST_KEY = 2**63 - 1
LONGEST_PIN = 8
WRONG_PINS = Limit("pin", most=5, within=dt.timedelta(minutes=5))


@transaction.atomic
def set_pin(cashier: Cashier, pin: str | None, *, actor: AbstractBaseUser | None) -> None:
    """Give the cashier a PIN of 4 to 8 digits, or none. The log says that, and never which."""
    cashier.pin_hash = make_password(pin) if pin else ""
    cashier.save(update_fields=["pin_hash"])
    log_event(
        Event.Kind.PIN_CHANGED,
        str(cashier),
        actor=actor,
        data={"cashier": cashier.pk, "has_pin": bool(pin)},
    )


def is_right_pin(cashier: Cashier, pin: str, *, tablet: Tablet) -> bool:
    """Whether the cashier may be chosen with that PIN; without one, with any.

    It hashes in either case, so that the time it takes does not tell who has a PIN. Raises
    TooManyTriesError.
    """
    pin = pin[: LONGEST_PIN + 1]
    if not cashier.pin_hash:
        make_password(pin)
        return True
    key = f"{tablet.lineage}/{cashier.pk}"
    book_try(WRONG_PINS, key)
    right = check_password(pin, cashier.pin_hash)
    if right:
        forgive(WRONG_PINS, key)
    return right


@for_tablet
def check_pin(request: HttpRequest, tablet: Tablet, envelope: Envelope) -> HttpResponse:
    """Say whether a cashier of the tablet's stand may be chosen with this PIN."""
    key, pin = envelope.content.get("cashier_id"), envelope.content.get("pin")
    if type(key) is not int or not isinstance(pin, str):
        return refusal(400, "unreadable")
    here = Cashier.objects.filter(stand=present_till(tablet).stand, is_active=True)
    cashier = here.filter(pk=key).first() if 0 < key <= LARGEST_KEY else None
    if cashier is None:
        return refusal(404, "no_cashier")
    try:
        right = is_right_pin(cashier, pin, tablet=tablet)
    except TooManyTriesError as wait:
        response = refusal(429, "too_many", retry_after=wait.retry_after)
        response["Retry-After"] = str(wait.retry_after)
        return response
    return JsonResponse({"ok": True}) if right else refusal(403, "wrong_pin")
