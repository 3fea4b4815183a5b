"""A cashier's PIN on the tablet: set by an organiser, checked here. It says who sells."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from events.log import log_event
from events.models import Event
from sales.throttle import Limit, book_try, forgive

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from sales.models import Cashier, Tablet

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
    if not cashier.pin_hash:
        make_password(pin)
        return True
    key = f"{tablet.pk}/{cashier.pk}"
    book_try(WRONG_PINS, key)
    right = check_password(pin, cashier.pin_hash)
    if right:
        forgive(WRONG_PINS, key)
    return right
