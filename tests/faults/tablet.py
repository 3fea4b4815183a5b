"""Tablets without a browser: they sell, keep an outbox, and speak docs/till-protocol.md."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
import random
import time
import uuid
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.faults.words import complaints

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.books import Paired

HOST = "127.0.0.1"
TAKEN = {200, 201, 202, 409}
ANSWER_SECONDS = 15
FIRST_WAIT = 0.02
LONGEST_WAIT = 1.0
MOST_TO_TAKE_BACK = 100
# Seconds by which somebody sets a clock.
JUMPS = [0, 0, 40, -40, 7_200, -7_200, 86_400, -86_400]


class NoAnswerError(Exception):
    """Not known whether it was recorded: connection lost, no JSON, or a status of no meaning."""


@dataclass
class Answer:
    """What came back, whole and in JSON."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


class Line:
    """A kept-alive connection to the portal, opened again when it is lost."""

    def __init__(self, port: int, credential: str, patience: float) -> None:
        self.port = port
        self.patience = patience
        self.head = (
            f"Host: {HOST}:{port}\r\nCookie: opop_till={credential}\r\nX-Opop-Till: 1\r\n"
            f"Origin: http://{HOST}:{port}\r\nContent-Type: application/json\r\n"
        )
        # What of the answers no person should read.
        self.complaints: list[str] = []
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes) -> Answer:
        """Ask once. Raises NoAnswerError."""
        try:
            async with asyncio.timeout(self.patience):
                return await self._post(path, body)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            self.hang_up()
            raise NoAnswerError(type(error).__name__) from error

    def hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _post(self, path: str, body: bytes) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self._streams
        head = f"POST {path} HTTP/1.1\r\n{self.head}Content-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _colon, value in (one.partition(":") for one in rest)
        }
        content = await reader.readexactly(int(headers["content-length"]))
        status = int(first.split()[1])
        self.complaints += complaints(path, status, headers, content)
        if headers.get("connection", "").lower() == "close":
            self.hang_up()
        answer = json.loads(content)
        if not isinstance(answer, dict):
            raise ValueError("no JSON object")
        return Answer(status, headers, answer)


@dataclass
class Entry:
    """Something saved on the tablet, built once; it lies in the outbox until it is taken."""

    uuid: str
    number: str
    total_rupiah: int  # negative for a reversal
    training: bool
    raw: str  # nothing once it was taken
    problems: list[Any] = field(default_factory=list)


@dataclass
class Account:
    """What a tablet says of itself, for comparing it with the portal's books."""

    prefix: str
    made: list[Entry]
    sold: Counter[int]
    methods: Counter[str]
    refused: int
    answers: Counter[int]
    troubles: Counter[str]
    complaints: list[str]


class Tablet:
    """One paired tablet with its own books: what it made is what the portal must hold."""

    def __init__(
        self,
        paired: Paired,
        *,
        port: int,
        seed: int,
        batch: tuple[int, int] = (1, 100),
        patience: float = ANSWER_SECONDS,
        clock_ahead: dt.timedelta = dt.timedelta(),
        reversals: float = 0.08,
        forgetful: bool = False,
        all_that_waits: bool = False,
        clock_jumps: float = 0,
    ) -> None:
        self.paired = paired
        self.random = random.Random(f"{seed} {paired.prefix}")
        self.line = Line(port, paired.credential, patience)
        self.batch = batch
        self.clock_ahead = clock_ahead
        self.reversals = reversals
        # The negative control: under a fresh UUID and number at each attempt, nothing tells a
        # repeat from a sale.
        self.forgetful = forgetful
        # As the real page sends: all of it, up to the largest batch.
        self.all_that_waits = all_that_waits
        # How likely it is that somebody sets its clock before a sale.
        self.clock_jumps = clock_jumps
        self.counter = 0
        self.training_counter = 0
        self.made: list[Entry] = []
        self.outbox: deque[Entry] = deque()
        self.refused: list[Entry] = []
        self.answers: Counter[int] = Counter()
        self.troubles: Counter[str] = Counter()
        self.waits: list[tuple[int, float]] = []  # sales in a request, seconds until the answer
        self.heard = 0.0  # when something was taken last, by the clock that only goes forward
        self.sold: Counter[int] = Counter()  # offer: pieces, less those taken back
        self.methods: Counter[str] = Counter()
        self._can_be_taken_back: list[tuple[str, list[dict[str, int]]]] = []

    def account(self) -> Account:
        return Account(
            self.paired.prefix,
            self.made,
            self.sold,
            self.methods,
            len(self.refused),
            self.answers,
            self.troubles,
            self.line.complaints,
        )

    # --- selling ----------------------------------------------------------------------------------

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.clock_ahead

    def sell(self) -> Entry:
        """A sale of one to five lines, three on average, or now and then something else."""
        if self.clock_jumps and self.random.random() < self.clock_jumps:
            self.clock_ahead = dt.timedelta(seconds=self.random.choice(JUMPS))
        chance = self.random.random()
        if chance < self.reversals and self._can_be_taken_back:
            return self._take_back()
        return self._sell(training=chance > 0.97)

    def _sell(self, *, training: bool) -> Entry:
        lines = [
            {
                "offer_id": offer,
                "quantity": self.random.choice([1, 1, 1, 2, 3]),
                "unit_price_rupiah": price,
            }
            for offer, price in self.random.choices(
                self.paired.goods, k=self.random.choice([1, 2, 3, 4, 5])
            )
        ]
        total = sum(line["quantity"] * line["unit_price_rupiah"] for line in lines)
        request = self._common("sale", training=training) | {
            "lines": lines,
            "payments": self._payments(total),
            "note": self.random.choice(["", "", "titip di kasir"]),
            "training": training,
            "receipt_token": base64.urlsafe_b64encode(self.random.randbytes(16)).decode()[:22],
        }
        entry = self._save(request, total, training=training)
        if not training:
            self._can_be_taken_back.append((entry.uuid, lines))
            del self._can_be_taken_back[:-MOST_TO_TAKE_BACK]
            self._count(request, [(line["offer_id"], line["quantity"]) for line in lines], sign=1)
        return entry

    def _take_back(self) -> Entry:
        """All or one line of an own sale, each sale once, sent or not."""
        place = self.random.randrange(len(self._can_be_taken_back))
        original, sold = self._can_be_taken_back.pop(place)
        lines = list(enumerate(sold, start=1))
        if self.random.random() < 0.5:
            lines = [self.random.choice(lines)]
        total = sum(line["quantity"] * line["unit_price_rupiah"] for _position, line in lines)
        request = self._common("reversal", training=False) | {
            "original_id": original,
            "lines": [{"position": n, "quantity": line["quantity"]} for n, line in lines],
            "payments": [{"method": "cash", "amount_rupiah": total}],
            "reason": "salah pilih",
        }
        self._count(request, [(line["offer_id"], line["quantity"]) for _n, line in lines], sign=-1)
        return self._save(request, -total, training=False)

    def _common(self, kind: str, *, training: bool) -> dict[str, Any]:
        offset = -self.clock_ahead // dt.timedelta(milliseconds=1)
        return {
            "kind": kind,
            "uuid": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            "number": self._number(training=training),
            "device_at": self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            # Who does not know how far the clock is off must not set it before it was sent.
            "clock_offset_ms": offset if self.clock_jumps else self.random.choice([None, offset]),
            "cashier_id": self.random.choice([None, self.paired.cashier_id]),
        }

    def _number(self, *, training: bool) -> str:
        if training:
            self.training_counter += 1
            return f"{self.paired.prefix}-L{self.training_counter:04d}"
        self.counter += 1
        return f"{self.paired.prefix}-{self.counter:04d}"

    def _payments(self, total: int) -> list[dict[str, Any]]:
        how = self.random.choice(["cash", "cash", "qris", "card", "split"])
        if how == "cash":
            tendered = -(-total // 50_000) * 50_000
            return [{"method": "cash", "amount_rupiah": total, "tendered_rupiah": tendered}]
        if how == "split":
            part = total // 3
            return [
                {"method": "cash", "amount_rupiah": part},
                {"method": "qris", "amount_rupiah": total - part},
            ]
        return [{"method": how, "amount_rupiah": total}]

    def _count(self, request: dict[str, Any], pieces: list[tuple[int, int]], *, sign: int) -> None:
        for offer, quantity in pieces:
            self.sold[offer] += sign * quantity
        for payment in request["payments"]:
            self.methods[payment["method"]] += sign * payment["amount_rupiah"]

    def _save(self, request: dict[str, Any], total: int, *, training: bool) -> Entry:
        raw = json.dumps(request, separators=(",", ":"))
        entry = Entry(request["uuid"], request["number"], total, training, raw)
        self.made.append(entry)
        self.outbox.append(entry)
        return entry

    # --- sending ----------------------------------------------------------------------------------

    async def deliver(self, *, is_done: Callable[[], bool]) -> None:
        """Send until nobody sells any more and the outbox is empty."""
        tries = 0
        while self.outbox or not is_done():
            if not self.outbox:
                await asyncio.sleep(FIRST_WAIT)
                continue
            try:
                wait = await self._send()
            except NoAnswerError as error:
                self.troubles[str(error)[:60]] += 1
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2**tries) * self.random.uniform(0.5, 1.5)
            tries = tries + 1 if wait else 0
            await asyncio.sleep(wait)
        self.line.hang_up()
        await asyncio.sleep(0)  # the socket closes in the next turn of the loop

    async def contact(self) -> Answer:
        """Ask what the stand looks like. Raises NoAnswerError."""
        return await self.line.post("/kasir/tablet/kabar/", self._body('"seen":""'))

    async def _send(self) -> float:
        """One attempt; how long to wait before the next. Raises NoAnswerError."""
        least, most = self.batch
        number = self.random.choice([least, self.random.randint(least, most)])
        if self.all_that_waits:
            number = min(most, len(self.outbox))
        started = time.perf_counter()
        batch = [self.outbox[n] for n in range(min(number, len(self.outbox)))]
        raws = [self._raw(entry) for entry in batch]
        if number == 1:
            answer = await self.line.post(
                "/kasir/tablet/penjualan/", self._body(f'"sale":{raws[0]}')
            )
            answers = [answer.body] if "http" in answer.body else []
            if answers and answer.status != answer.body["http"]:
                raise NoAnswerError("status and body differ")
        else:
            answer = await self.line.post(
                "/kasir/tablet/kiriman/", self._body(f'"sales":[{",".join(raws)}]')
            )
            answers = answer.body.get("answers", []) if answer.status == 200 else []
        if answer.status == 503:
            self.troubles["503"] += 1
            return float(answer.headers["retry-after"])
        if len(answers) != len(batch):
            raise NoAnswerError(f"{answer.status} {answer.body.get('error')}")
        self.waits.append((len(batch), time.perf_counter() - started))
        for entry, one in zip(batch, answers, strict=True):
            self._settle(entry, one)
        self.heard = time.monotonic()
        return 0

    def _settle(self, entry: Entry, answer: dict[str, Any]) -> None:
        http = answer["http"]
        if not self.forgetful and answer["uuid"] != entry.uuid:
            raise AssertionError(f"asked about {entry.uuid}, answered {answer}")
        self.answers[http] += 1
        if http == 422:
            entry.problems = answer["problems"]
            self.refused.append(entry)
        elif http not in TAKEN:
            raise NoAnswerError(f"answer {http}")
        # In order, so that it is always the first.
        assert self.outbox.popleft() is entry
        entry.raw = ""

    def _raw(self, entry: Entry) -> str:
        if not self.forgetful:
            return entry.raw
        fresh = {"uuid": str(uuid.uuid4()), "number": self._number(training=entry.training)}
        return json.dumps(json.loads(entry.raw) | fresh)

    def _body(self, more: str) -> bytes:
        envelope = {
            "sent_at": self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "storage_id": self.paired.storage_id,
            "app_version": "simulated",
            "storage_persists": True,
            "tills": {self.paired.prefix: {"last": self.counter, "unsent": len(self.outbox)}},
        }
        return f"{json.dumps(envelope)[:-1]},{more}}}".encode()
