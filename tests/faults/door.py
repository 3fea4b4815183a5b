"""What the portal under test holds of a session and its door: prepares it, reads it back.

It runs in a process of its own, against the portal's database and not that of pytest:
`python -m tests.faults.door prepare 500 6`. What it says is one line of JSON.
"""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import asdict, dataclass
from typing import Any

import django


@dataclass(frozen=True)
class Door:
    """A session with its people as (registration, ticket, name), and a login for each device."""

    session: int
    people: list[tuple[str, str, str]]
    logins: list[str]


@dataclass(frozen=True)
class Came:
    """Who came, as the database holds it."""

    counted: list[str]  # names, in no order
    withdrawn: int
    ways: dict[str, int]
    states: dict[str, int]


def prepare(people: int, devices: int) -> Door:
    """A session for which so many have registered; a fifth of the seats are missing."""
    from django.conf import settings
    from django.test import Client

    from programme.models import Registration
    from stands.models import Expo
    from tests.participants import make_talk, make_usher

    expo = Expo.objects.order_by("pk").first()
    session = make_talk(expo=expo, capacity=max(1, people * 4 // 5))
    seats = session.capacity or 0
    Registration.objects.bulk_create(
        Registration(
            id=uuid.uuid4(),
            session=session,
            name=f"Tamu {number:04d}",
            kind="visitor",
            ticket=f"{number:016d}",
            state="registered" if number < seats else "waiting",
        )
        for number in range(people)
    )
    logins = []
    for number in range(devices):
        client = Client()
        client.force_login(make_usher(f"petugas{number}"))
        logins.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    rows = Registration.objects.order_by("ticket").values_list("pk", "ticket", "name")
    return Door(session.pk, [(str(key), ticket, name) for key, ticket, name in rows], logins)


def read() -> Came:
    """Everybody who came, and who was taken back."""
    from django.db.models import Count

    from programme.models import Attendance

    counted = Attendance.objects.counted()

    def by(field: str) -> dict[str, int]:
        return dict(counted.order_by().values_list(field).annotate(n=Count("pk")))

    return Came(
        counted=list(counted.values_list("name", flat=True)),
        withdrawn=Attendance.objects.exclude(withdrawn_at=None).count(),
        ways=by("way"),
        states=by("ticket_state"),
    )


def main(what: str, *arguments: str) -> None:
    django.setup()
    said: Any = None
    match what, *arguments:
        case "prepare", people, devices:
            said = asdict(prepare(int(people), int(devices)))
        case ("read",):
            said = asdict(read())
        case _:
            raise SystemExit(f"unknown: {what}")
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
