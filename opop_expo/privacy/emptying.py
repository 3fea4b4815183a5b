"""Emptying a row that is about one person: what counts stays, who it was goes.

One function a table of the register that has fields of its own (`How.ROW`); a test holds that.
Repeated, each does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.erasing import ERASED
from opop_expo.signing_in.models import KnownDevice, RecoveryCode
from opop_expo.signing_in.sessions import end_logins
from pesantren.models import Interest, Notice, Producer
from pesantren.noticing import Contact
from programme.forgetting import forget_holder
from programme.models import Attendance, Registration, Speaker
from sales.models import Cashier
from stands.inquiring import anonymise
from stands.models import Inquiry

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db import models


def neutral_name(row: models.Model) -> str:
    """What stands in place of a name that has to be one, and no other's."""
    return f"{ERASED} {row.pk}"


def emptied_with(row: models.Model) -> list[models.Model]:
    """The rows that go with it, itself too: a backup may have one of them and not the other."""
    if isinstance(row, Attendance) and row.registration is not None:
        return [row, row.registration]
    return [row]


def _inquiry(row: Inquiry) -> None:
    anonymise([row])


def _registration(row: Registration) -> None:
    forget_holder(row)


def _attendance(row: Attendance) -> None:
    if row.registration is not None:
        forget_holder(row.registration)
    else:
        Attendance.objects.forget([row.pk])


def _cashier(row: Cashier) -> None:
    Cashier.objects.filter(pk=row.pk).update(name=neutral_name(row), pin_hash="", is_active=False)


def _speaker(row: Speaker) -> None:
    Speaker.objects.filter(pk=row.pk).update(name=neutral_name(row), about="", about_en="")


def _producer(row: Producer) -> None:
    """Their contacts; a name or a story is a text like others."""
    Producer.objects.filter(pk=row.pk).update(inquiry_email="", whatsapp="", whatsapp_allowed=False)


def _notice(row: Notice) -> None:
    Notice.objects.filter(pk=row.pk).update(**Contact().fields)


def _interest(row: Interest) -> None:
    Interest.objects.filter(pk=row.pk).update(**Contact().fields)


def _user(row: User) -> None:
    """The account can no longer be signed in to; what was done by it stays its own."""
    row.username, row.first_name, row.last_name, row.email = f"dihapus-{row.pk}", "", "", ""
    row.is_active = row.is_staff = row.is_superuser = False
    row.set_unusable_password()
    row.save()
    row.groups.clear()
    row.user_permissions.clear()
    end_logins(row)
    for model in (KnownDevice, RecoveryCode, TOTPDevice):
        model.objects.filter(user=row).delete()


EMPTY: dict[str, Callable[[Any], None]] = {
    "auth.User": _user,
    "pesantren.Interest": _interest,
    "pesantren.Notice": _notice,
    "pesantren.Producer": _producer,
    "programme.Attendance": _attendance,
    "programme.Registration": _registration,
    "programme.Speaker": _speaker,
    "sales.Cashier": _cashier,
    "stands.Inquiry": _inquiry,
}
