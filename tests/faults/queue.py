"""A queue of people before a door, and the devices that let them in while everything breaks.

The devices speak docs/outbox.md without a browser: what they made is what the portal must hold.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import random
import time
import uuid
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.faults.door import Came, Door
from tests.faults.proxy import Fault, fault_proxy
from tests.faults.server import portal
from tests.faults.tablet import FIRST_WAIT, HOST, LONGEST_WAIT, Line, NoAnswerError

SEND = "/hadir/kiriman/"
TAKEN = {"recorded", "replayed", "already"}
MOST_AT_ONCE = 50
# Of the people: so many without registration, so many shown to a second device as well, so many
# taken back by mistake and let in again.
WALK_INS, SHOWN_TWICE, TAKEN_BACK = 0.3, 0.08, 0.04
PEOPLE_A_TURN = 4
PATIENCE = 2.0


@dataclass(frozen=True)
class Guest:
    """Somebody in the queue; with a registration and a ticket, or without."""

    name: str
    registration: str = ""
    ticket: str = ""


@dataclass
class Device:
    """One phone at the door with its outbox, under a login of its own."""

    session: int
    line: Line
    random: random.Random
    forgetful: bool = False
    outbox: deque[dict[str, Any]] = field(default_factory=deque)
    made: int = 0
    undone: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)

    def let_in(self, guest: Guest) -> dict[str, Any]:
        """By ticket, by name, or without registration, as it happens."""
        item = self._item("attendance") | {"session": self.session}
        if not guest.ticket:
            item |= {"way": "walk_in", "name": guest.name, "participant": "umkm"}
            item |= {"organisation": "Warung Barokah"}
        elif self.random.random() < 0.3:
            item |= {"way": "name", "registration": guest.registration}
        else:
            item |= {"way": "scan", "ticket": guest.ticket}
        self.outbox.append(item)
        self.made += 1
        return item

    def take_back(self, attendance: dict[str, Any]) -> None:
        self.outbox.append(self._item("undo") | {"attendance": attendance})
        self.undone += 1

    def show_nonsense(self) -> None:
        """A code of another fair: refused, and nobody waits for it."""
        item = self._item("attendance") | {"session": self.session, "way": "scan"}
        self.outbox.append(item | {"ticket": "ZZZZZZZZZZZZZZZZ"})

    def _item(self, kind: str) -> dict[str, Any]:
        return {
            "uuid": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            "kind": kind,
            "device_at": _now(),
            "clock_offset_ms": self.random.choice([None, 0]),
        }

    async def deliver(self, queue: deque[Guest], others: list[Device]) -> None:
        """Let in whoever is next and send, until nobody is left and the outbox is empty."""
        tries = 0
        while self.outbox or queue:
            for _ in range(min(len(queue), self.random.randint(0, PEOPLE_A_TURN))):
                self._next(queue.popleft(), others)
            if not self.outbox:
                await asyncio.sleep(FIRST_WAIT)
                continue
            try:
                await self._send()
                tries = 0
            except NoAnswerError as error:
                self.troubles[str(error)[:60]] += 1
                tries += 1
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2**tries) * self.random.uniform(0.5, 1.5)
                await asyncio.sleep(wait)
        self.line.hang_up()
        await asyncio.sleep(0)  # the socket closes in the next turn of the loop

    def _next(self, guest: Guest, others: list[Device]) -> None:
        item = self.let_in(guest)
        if self.random.random() < TAKEN_BACK:
            self.take_back(item)
            self.let_in(guest)
            return
        if guest.ticket and self.random.random() < SHOWN_TWICE:
            self.random.choice(others).let_in(guest)

    async def _send(self) -> None:
        batch = list(self.outbox)[: self.random.randint(1, MOST_AT_ONCE)]
        items = batch
        if self.forgetful:
            items = [one | {"uuid": str(uuid.uuid4())} for one in batch]
        body = {"sent_at": _now(), "version": "simulated", "session": self.session}
        answer = await self.line.post(SEND, json.dumps(body | {"items": items}).encode())
        answers = answer.body.get("answers", []) if answer.status == 200 else []
        if len(answers) != len(batch):
            raise NoAnswerError(f"{answer.status} {answer.body.get('error')}")
        for item, sent, one in zip(batch, items, answers, strict=True):
            assert one["uuid"] == sent["uuid"], (sent, one)
            self.answers[one["status"]] += 1
            if one["status"] == "refused":
                self.refused.append(item)
            elif one["status"] not in TAKEN:
                raise NoAnswerError(one["status"])
            assert self.outbox.popleft() is item


@dataclass(frozen=True)
class Evening:
    """How it ended."""

    seed: int
    seconds: float
    guests: list[Guest]
    devices: list[Device]
    came: Came
    faults: Counter[Fault]
    kills: int

    @property
    def lost(self) -> list[str]:
        there = set(self.came.counted)
        return [guest.name for guest in self.guests if guest.name not in there]

    @property
    def doubled(self) -> list[str]:
        return [name for name, count in Counter(self.came.counted).items() if count > 1]

    def __str__(self) -> str:
        answers = sum((device.answers for device in self.devices), Counter[str]())
        troubles = sum((device.troubles for device in self.devices), Counter[str]())
        faults = ", ".join(f"{one.value} {n}" for one, n in sorted(self.faults.items(), key=str))
        return "\n".join(
            [
                f"FAULT_SEED={self.seed}: {len(self.guests)} people, {len(self.devices)} devices,"
                f" {self.seconds:.1f} s: {len(self.lost)} lost, {len(self.doubled)} doubled",
                f"  faults: {faults}; workers killed: {self.kills}",
                f"  answers: {dict(sorted(answers.items()))}",
                f"  without an answer: {dict(troubles.most_common(6))}",
                f"  came: {self.came.ways} {self.came.states}, taken back {self.came.withdrawn}",
            ]
        )


def receive(
    engine: str,
    *,
    people: int,
    seed: int,
    devices: int = 6,
    kills: int = 2,
    forgetful: bool = False,
) -> Evening:
    """So many people are let in through a line that breaks; then the rows are read."""
    chance = random.Random(seed)
    walk_ins = round(people * WALK_INS)
    with portal(engine, tablets=0) as hall:
        prepared = hall.run(
            "-m", "tests.faults.door", "prepare", f"{people - walk_ins}", f"{devices}"
        )
        door = Door(**json.loads(prepared))
        guests = [Guest(name, key, ticket) for key, ticket, name in door.people]
        guests += [Guest(f"Datang saja {number:04d}") for number in range(walk_ins)]
        chance.shuffle(guests)
        started = time.perf_counter()
        with fault_proxy(hall.port, seed=seed) as proxy:
            made = [
                Device(
                    door.session,
                    _line(proxy.port, hall.url, login),
                    random.Random(f"{seed} {number}"),
                    forgetful,
                )
                for number, login in enumerate(door.logins)
            ]
            for device in made:
                device.show_nonsense()

            async def evening() -> None:
                queue = deque(guests)
                killing = asyncio.create_task(_kill(hall, kills, chance, queue, len(guests)))
                await asyncio.gather(
                    *(
                        device.deliver(queue, [o for o in made if o is not device])
                        for device in made
                    )
                )
                # Shown to another device at the very end.
                await asyncio.gather(*(device.deliver(queue, made) for device in made))
                killing.cancel()
                with suppress(asyncio.CancelledError):
                    await killing

            # In a thread of its own: in pytest's an event loop of Playwright may be running.
            with ThreadPoolExecutor(1) as pool:
                pool.submit(asyncio.run, evening()).result()
            faults = Counter(proxy.done)
        seconds = time.perf_counter() - started
        came = Came(**json.loads(hall.run("-m", "tests.faults.door", "read")))
        return Evening(seed, seconds, guests, made, came, faults, hall.kills)


async def _kill(
    hall: Any, kills: int, chance: random.Random, queue: deque[Guest], people: int
) -> None:
    """Kill a worker each time that a share of the people is in."""
    for number in range(1, kills + 1):
        while len(queue) > people * (1 - number / (kills + 1)):
            await asyncio.sleep(0.02)
        hall.kill_worker(chance)


def _line(port: int, origin: str, login: str) -> Line:
    line = Line(port, "", PATIENCE)
    line.head = (
        f"Host: {HOST}:{port}\r\nCookie: sessionid={login}\r\nX-Opop-Outbox: 1\r\n"
        f"Origin: {origin}\r\nContent-Type: application/json\r\n"
    )
    return line


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
