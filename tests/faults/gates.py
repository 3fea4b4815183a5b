"""Phones at a gate without a browser: they tap, keep an outbox, and speak docs/outbox.md.

As a command (`python -m tests.faults.gates prepare 3`) it prepares the portal's own database, or
reads back what that holds; what it says is one line of JSON.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
import sys
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import django

from tests.faults.tablet import HOST, Line, NoAnswerError

TAKEN = {"recorded", "replayed", "already"}
MOST_AT_ONCE = 20
PATIENCE_SECONDS = 5
LONGEST_WAIT = 0.3


class PhoneLine(Line):
    """A connection under a login in place of a tablet's credential."""

    def __init__(self, port: int, session: str) -> None:
        super().__init__(port, "", PATIENCE_SECONDS)
        self.head = (
            f"Host: {HOST}:{port}\r\nCookie: sessionid={session}\r\nX-Opop-Outbox: 1\r\n"
            f"Origin: http://{HOST}:{port}\r\nContent-Type: application/json\r\n"
        )


@dataclass
class Phone:
    """One phone: what it tapped is what the portal must hold."""

    session: str
    gate: int
    port: int
    seed: str
    # Gives a tap another number each time it is sent.
    forgetful: bool = False
    made: dict[str, int] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    queue: deque[dict[str, Any]] = field(default_factory=deque)
    refused: list[Any] = field(default_factory=list)
    failures: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.line = PhoneLine(self.port, self.session)

    async def work(self, taps: int) -> None:
        """Tap so many times while the outbox sends, until everything was taken."""
        sending = asyncio.create_task(self._send_all(taps))
        for _ in range(taps):
            self._tap()
            await asyncio.sleep(self.random.uniform(0, 0.02))
        await sending
        self.line.hang_up()

    def _tap(self) -> None:
        known = [key for key in self.made if key not in self.taken_back and self.made[key] > 0]
        item: dict[str, Any] = {"uuid": str(uuid.uuid4()), "gate": self.gate}
        # Under a number of each sending no tap is ever found again.
        if known and not self.forgetful and self.random.random() < 0.15:
            target = known[-1]
            self.taken_back.add(target)
            item |= {"kind": "undo", "step": -self.made[target], "taken_back": target}
        else:
            item |= {"kind": "tap", "step": self.random.choice([1, 1, 1, 5])}
        item |= {"device_at": _now(), "clock_offset_ms": 0}
        self.made[item["uuid"]] = item["step"]
        self.queue.append(item)

    async def _send_all(self, taps: int) -> None:
        while len(self.made) < taps or self.queue:
            if not self.queue:
                await asyncio.sleep(0.01)
                continue
            some = list(self.queue)[: self.random.randint(1, MOST_AT_ONCE)]
            if self.forgetful:
                some = [one | {"uuid": str(uuid.uuid4())} for one in some]
            body = json.dumps({"sent_at": _now(), "items": some}).encode()
            try:
                answer = await self.line.post("/hitung/kirim/", body)
            except NoAnswerError:
                self.failures += 1
                await asyncio.sleep(self.random.uniform(0, LONGEST_WAIT))
                continue
            if answer.status == 200:
                self._settle(some, answer.body["answers"])
            else:
                await asyncio.sleep(self.random.uniform(0, LONGEST_WAIT))

    def _settle(self, sent: list[dict[str, Any]], answers: list[dict[str, Any]]) -> None:
        for item, answer in zip(sent, answers, strict=True):
            assert answer["uuid"] == item["uuid"]
            if answer["status"] == "refused":
                self.refused.append(answer)
            # Others came behind it meanwhile, but nobody else sends: these are the first still.
            waiting = self.queue.popleft()
            if answer["status"] not in TAKEN:
                self.queue.append(waiting)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


async def tap_at_once(phones: list[Phone], taps: int) -> None:
    """All phones at the same time, each so many taps."""
    await asyncio.gather(*(phone.work(taps) for phone in phones))


# --- in the portal's own process ----------------------------------------------------------------


def prepare(phones: int) -> dict[str, Any]:
    """A gate, and a login for each phone."""
    from django.contrib.auth.models import User
    from django.test import Client

    from stands.models import Expo
    from tests.gates import make_gate, make_usher

    gate = make_gate(expo=Expo.objects.get())
    sessions = []
    for number in range(phones):
        client = Client()
        user = User.objects.filter(username=f"usher{number}").first()
        client.force_login(user or make_usher(f"usher{number}"))
        sessions.append(client.cookies["sessionid"].value)
    return {"gate": gate.pk, "sessions": sessions}


def read() -> dict[str, Any]:
    """Every tap with its step, and the sum by hour that the pages show."""
    from programme.gate_counts import counted_by_hour
    from programme.models import GateCount
    from stands.models import Expo

    return {
        "rows": {str(row.pk): row.step for row in GateCount.objects.all()},
        "people": sum(one.people for one in counted_by_hour(Expo.objects.get())),
    }


def main(what: str, *arguments: str) -> None:
    """Do what the command line asks for."""
    django.setup()
    done: Any = read() if what == "read" else prepare(int(arguments[0]))
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
