"""The second factor: a code of an authenticator app, or one of ten recovery codes.

django-otp computes and compares the codes, keeps the drift of a phone's clock, and refuses a code
that was used. What is wrong is counted by `braking`, with an end to the waits, instead of by it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.log import log_event
from events.models import Event
from opop_expo.signing_in.devices import forget_factor
from opop_expo.signing_in.models import RecoveryCode
from opop_expo.signing_in.sessions import FACTOR

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.http import HttpRequest

OFF, OFFERED, REQUIRED = "off", "offered", "required"
RECOVERY_CODES = 10
# 16 of 31 letters, none of which looks like another: 79 bits.
LETTERS, LENGTH, GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 16, 4


def has_factor(user: User) -> bool:
    """Whether the person has set up an authenticator app."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def must_have_factor(user: User | AnonymousUser) -> bool:
    """Whether the person may not come in without."""
    return bool(settings.SECOND_FACTOR == REQUIRED and user.is_staff)


def may_have_factor(user: User) -> bool:
    """Whether one is offered: to organisers, and to nobody who stands at a till or a door."""
    return bool(settings.SECOND_FACTOR != OFF and user.is_staff)


def is_satisfied(request: HttpRequest, user: User | AnonymousUser) -> bool:
    """Whether this login has all that the admin asks for."""
    return not must_have_factor(user) or FACTOR in request.session


# --- setting up -----------------------------------------------------------------------------------


def unconfirmed(user: User) -> TOTPDevice:
    """The secret that is being shown, and becomes the factor once a code of it was typed."""
    device, _created = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": "app"}
    )
    return device


@transaction.atomic
def confirm(user: User, code: str) -> list[str] | None:
    """Take the shown secret into use if the code is right; the recovery codes, shown once."""
    TOTPDevice.objects.select_for_update().filter(user=user).count()
    device = unconfirmed(user)
    if not device.verify_token(_digits(code)):
        return None
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    forget_factor(user)
    log_event(Event.Kind.FACTOR_CHANGED, user.get_username(), actor=user, data={"change": "set_up"})
    return _new_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Ten new ones; those of before are good for nothing."""
    log_event(
        Event.Kind.FACTOR_CHANGED, user.get_username(), actor=user, data={"change": "new_codes"}
    )
    return _new_codes(user)


@transaction.atomic
def remove(user: User, *, actor: User | None) -> bool:
    """Take the factor away, with all that it remembers; whether there was one."""
    removed, _rows = TOTPDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    forget_factor(user)
    if removed:
        change = "removed" if actor == user else "reset"
        log_event(
            Event.Kind.FACTOR_CHANGED, user.get_username(), actor=actor, data={"change": change}
        )
    return bool(removed)


# --- checking -------------------------------------------------------------------------------------


@transaction.atomic
def is_right_code(user: User, code: str) -> bool:
    """Whether it is the code of now; the row is locked, so that none is good twice."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return device is not None and bool(device.verify_token(_digits(code)))


@transaction.atomic
def use_recovery_code(user: User, code: str) -> bool:
    """Whether it is one that was not used; it then is."""
    given = "".join(letter for letter in code.lower() if letter.isalnum())
    if len(given) != LENGTH:
        return False
    for kept in RecoveryCode.objects.select_for_update().filter(user=user):
        if check_password(given, kept.code_hash):
            kept.delete()
            log_event(
                Event.Kind.FACTOR_CHANGED,
                user.get_username(),
                actor=user,
                data={"change": "recovery_code_used", "left": recovery_codes_left(user)},
            )
            return True
    return False


def recovery_codes_left(user: User) -> int:
    """How many are still good."""
    return RecoveryCode.objects.filter(user=user).count()


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [
        "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
        for _code in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=make_password(code)) for code in codes
    )
    starts = range(0, LENGTH, GROUP)
    return ["-".join(code[start : start + GROUP] for start in starts) for code in codes]


def _digits(code: str) -> str:
    """Six digits without the gap that apps show; anything else is no code."""
    digits = "".join(code.split())
    return digits if len(digits) == 6 and digits.isascii() and digits.isdigit() else ""
