"""People who sign in, and the phone that makes their codes."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group, User
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from opop_expo.roles import ORGANISER, sync_groups
from opop_expo.signing_in.factor import confirm, unconfirmed

if TYPE_CHECKING:
    from django.test import Client

PASSWORD = "empat kuda makan rumput"
# Somebody else's device.
ELSEWHERE: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.9"}


def make_person(name: str = "citra", *, is_staff: bool = True, **more: Any) -> User:
    """Somebody with a password; an organiser unless said otherwise."""
    user = User.objects.create_user(name, password=PASSWORD, is_staff=is_staff, **more)
    if is_staff and not user.is_superuser:
        sync_groups()
        user.groups.add(Group.objects.get(name=ORGANISER))
    return user


def type_in(client: Client, name: str = "citra", password: str = PASSWORD, **more: Any) -> Any:
    """The answer of the login."""
    return client.post("/masuk/", {"username": name, "password": password}, **more)


def code_of(device: TOTPDevice, *, after: float = 0) -> str:
    """What the app shows, on a phone whose clock goes so many seconds before ours."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + after
    return f"{totp.token():06d}"


def set_up_factor(user: User) -> tuple[TOTPDevice, list[str]]:
    """The person's app and recovery codes, as if it had been set up long ago."""
    codes = confirm(user, code_of(unconfirmed(user)))
    assert codes is not None
    TOTPDevice.objects.filter(user=user).update(last_t=-1, drift=0)
    return TOTPDevice.objects.get(user=user, confirmed=True), codes


def is_in(client: Client) -> bool:
    """Whether somebody is signed in."""
    return bool(client.get("/akun/").status_code == 200)


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)
