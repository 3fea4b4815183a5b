"""Gates, people who count there, and what their phones send."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from programme.counting import Tap, count_taps
from programme.models import Gate, GateCount
from programme.outbox import Moment

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

HEADERS = {"X-Opop-Outbox": "1"}


def make_gate(*, expo: Expo, name: str = "Pintu Utama", name_en: str = "Main gate") -> Gate:
    """A gate of an edition; the one of that name, if there is one."""
    return Gate.objects.get_or_create(expo=expo, name=name, defaults={"name_en": name_en})[0]


def make_usher(name: str = "dewi") -> User:
    """Somebody who may count and nothing else."""
    user = User.objects.create_user(name, password="kata sandi uji")
    user.user_permissions.add(Permission.objects.get(codename="add_gatecount"))
    return user


def make_count(
    *,
    gate: Gate,
    step: int = 1,
    at: dt.datetime | None = None,
    by: User | None = None,
    taken_back: uuid.UUID | None = None,
    is_guessed: bool = False,
) -> GateCount:
    """One tap, now unless said otherwise."""
    by = by or User.objects.filter(username="dewi").first() or make_usher()
    tap = Tap(uuid.uuid4(), gate.pk, step, Moment(at or timezone.now(), is_guessed), taken_back)
    [answer] = count_taps([tap], by=by)
    assert answer.is_taken, answer
    return GateCount.objects.get(pk=tap.uuid)


def tap_item(gate: Gate, step: int = 1, **more: Any) -> dict[str, Any]:
    """A tap as a phone with a true clock sends it."""
    return {
        "uuid": str(uuid.uuid4()),
        "device_at": timezone.now().isoformat(timespec="milliseconds"),
        "clock_offset_ms": 0,
        "kind": "tap",
        "gate": gate.pk,
        "step": step,
    } | more


def undo_item(tapped: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What takes a tap back."""
    undo = {
        **tapped,
        "uuid": str(uuid.uuid4()),
        "kind": "undo",
        "step": -tapped["step"],
        "taken_back": tapped["uuid"],
    }
    return undo | more


def send(client: Client, *items: Any, **more: Any) -> Any:
    """Post them as an outbox does, and give the response."""
    body = {"sent_at": timezone.now().isoformat(timespec="milliseconds"), "items": list(items)}
    headers = HEADERS | more.pop("headers", {})
    return client.post(
        reverse("counter_send"), body | more, content_type="application/json", headers=headers
    )


def statuses(response: Any) -> list[str]:
    """What became of each."""
    return [one["status"] for one in response.json()["answers"]]
