"""Sales that an organiser carries from a tablet without a network: read, shown, and recorded.

A tablet shows what it has not sent as a file and as a sequence of QR codes, see
docs/till-protocol.md, 'Without a network for good'. sales.tablet.export_file opens both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.log import log_event
from events.models import Event
from sales.checking import HELD_YEARS, SaleRefused, check_reversal_shape, check_sale_shape
from sales.closing.requests import CloseRequest, MovementRequest
from sales.closing.requests import check_shape as check_closing_shape
from sales.closing.writing import Written
from sales.models import (
    CashMovement,
    CloseAmendment,
    DayClose,
    HeldClosing,
    HeldSale,
    Sale,
    SaleFlag,
    Tablet,
    Till,
)
from sales.recording import Outcome, again_if_met
from sales.requests import ReversalRequest, SaleRequest
from sales.tablet.export_file import DeliveryError, Export, open_file, open_packed, open_text
from sales.tablet.older_tills import tills_meant
from sales.tablet.outbox import record_outbox
from sales.tablet.protocol import MAX_BATCH, Arrived, Envelope, read_sale
from sales.tablet.reports import by_prefix
from stands.models import Expo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Item:
    """One thing of a delivery: as it was read, or why it cannot be."""

    number: str
    arrived: Arrived | None = None
    till: Till | None = None
    problems: tuple[str, ...] = ()

    @property
    def amount_rupiah(self) -> int:
        """What was paid, or negative what was paid back; nought for what is no sale."""
        request = self.arrived.request if self.arrived else None
        if isinstance(request, SaleRequest):
            return sum(one.amount_rupiah for one in request.payments)
        if isinstance(request, ReversalRequest):
            return -sum(one.amount_rupiah for one in request.payments)
        return 0


@dataclass(frozen=True)
class Result:
    """What became of an item that was delivered."""

    item: Item
    outcome: Outcome | Written | None = None

    @property
    def held_sale(self) -> HeldSale | None:
        """The row beside the ledger that an organiser decides on."""
        held = self.outcome.held if self.outcome else None
        return held if isinstance(held, HeldSale) else None

    @property
    def is_new(self) -> bool:
        """Whether the portal did not have it before."""
        return self.outcome is not None and self.outcome.kind is not Outcome.Kind.REPLAYED

    @property
    def reasons(self) -> list[str]:
        """Why it was refused or held, or what an organiser should look at; in words."""
        if self.outcome is None:
            return list(self.item.problems)
        if self.outcome.held is not None:
            return [str(self.outcome.held.get_reason_display())]
        return [str(SaleFlag.Kind(flag).label) for flag in self.outcome.flags]


def _of(items: Iterable[Item], *kinds: type) -> int:
    """How many of these ask for one of those."""
    return sum(isinstance(one.arrived.request, kinds) for one in items if one.arrived)


@dataclass(frozen=True)
class TillPart:
    """What a delivery holds of one till."""

    till: Till
    items: list[Item]
    # Those that the portal has already.
    known_uuids: frozenset[UUID]

    @property
    def known(self) -> int:
        """How many the portal has already."""
        return sum(is_known for _one, is_known in self.rows)

    @cached_property
    def rows(self) -> list[tuple[Item, bool]]:
        """Each in its order, and whether the portal has it already."""
        return [
            (one, one.arrived is not None and one.arrived.request.uuid in self.known_uuids)
            for one in self.items
        ]

    @property
    def counted(self) -> list[Item]:
        """Those outside training."""
        return [one for one in self.items if one.arrived and not one.arrived.training]

    @property
    def training(self) -> int:
        """How many belong to training."""
        return len(self.items) - len(self.counted)

    @property
    def sales(self) -> int:
        """How many sales, outside training."""
        return _of(self.counted, SaleRequest)

    @property
    def reversals(self) -> int:
        """How many reversals, outside training."""
        return _of(self.counted, ReversalRequest)

    @property
    def movements(self) -> int:
        """How often cash was put into the drawer or taken out."""
        return _of(self.counted, MovementRequest)

    @property
    def closes(self) -> int:
        """How often the drawer was counted."""
        return _of(self.counted, CloseRequest)

    @property
    def sum_rupiah(self) -> int:
        """What was paid less what was paid back, outside training."""
        return sum(one.amount_rupiah for one in self.counted)

    @property
    def sold_at(self) -> list[dt.datetime]:
        """The first and the last moment of what it holds."""
        times = [one.arrived.request.at for one in self.items if one.arrived]
        return [min(times), max(times)]


@dataclass(frozen=True)
class Delivery:
    """What an organiser delivers: every sale as it was read, in order, with its till."""

    export: Export
    # The edition at which the tablet sold when it was written; None where it does not say.
    expo: Expo | None

    @property
    def envelope(self) -> Envelope:
        """What the tablet says of itself."""
        return self.export.envelope

    @property
    def offset_ms(self) -> int | None:
        """Server's clock less the tablet's, as the tablet knew it last."""
        return self.export.offset_ms

    @cached_property
    def tablet(self) -> Tablet | None:
        """The tablet as the portal knows it; None for one that was paired after the backup."""
        return Tablet.objects.filter(storage_id=self.envelope.storage_id).first()

    @cached_property
    def items(self) -> list[Item]:
        """Every sale as it was read, with its till."""
        read = [_read(content, self.offset_ms) for content in self.export.contents]
        prefixes = {one.arrived.prefix for one in read if one.arrived}
        rows = Till.objects.filter(tablet__storage_id=self.envelope.storage_id)
        own = list(rows.select_related("stand__expo", "tablet").order_by("-claimed_at", "-pk"))
        tills = _tills(prefixes, own, self.expo)
        meant = tills_meant([one.arrived for one in read if one.arrived], own)
        return [_at_its_till(one, tills, meant) for one in read]

    @cached_property
    def good(self) -> list[Item]:
        """Those that can be recorded or held."""
        return [one for one in self.items if one.till is not None]

    @cached_property
    def bad(self) -> list[Item]:
        """Those that cannot."""
        return [one for one in self.items if one.till is None]

    def parts(self) -> list[TillPart]:
        """What it holds, till by till."""
        known = frozenset(_known([one.arrived.request.uuid for one in self.good if one.arrived]))
        by_till: dict[int, list[Item]] = {}
        for one in self.good:
            if one.till is not None:
                by_till.setdefault(one.till.pk, []).append(one)
        return [
            TillPart(
                till=items[0].till,
                items=items,
                known_uuids=known,
            )
            for items in by_till.values()
            if items[0].till is not None
        ]


# --- reading ------------------------------------------------------------------------------------


def read_file(content: bytes) -> Delivery:
    """The exported file. Raises DeliveryError."""
    return _delivery(open_file(content))


def read_text(text: str) -> Delivery:
    """What was scanned or pasted: QR frames in any order, or the text of the file itself.

    Raises DeliveryError.
    """
    return _delivery(open_text(text))


def read_packed(packed: str) -> Delivery:
    """What a delivery was packed into. Raises DeliveryError."""
    return _delivery(open_packed(packed))


def _delivery(export: Export) -> Delivery:
    if export.edition is None:
        return Delivery(export, None)
    expo = Expo.objects.filter(slug=export.edition).first()
    if expo is None:
        raise DeliveryError(
            _("Berkas ini dari edisi %(edition)s, yang tidak ada di portal ini.")
            % {"edition": export.edition[:40]}
        )
    return Delivery(export, expo)


def _read(content: Any, offset_ms: int | None) -> Item:
    """One sale, judged by its shape as recording will judge it."""
    number = content.get("number") if isinstance(content, dict) else None
    named = number[:20] if isinstance(number, str) else ""
    try:
        arrived = read_sale(content, measured_offset_ms=offset_ms or 0)
        if isinstance(arrived.request, SaleRequest):
            check_sale_shape(arrived.request, years=HELD_YEARS)
        elif isinstance(arrived.request, ReversalRequest):
            check_reversal_shape(arrived.request, years=HELD_YEARS)
        else:
            check_closing_shape(arrived.request)
    except SaleRefused as refused:
        problems = dict.fromkeys(f"{one.field}: {one.message}" for one in refused.problems)
        return Item(named, problems=tuple(problems))
    return Item(named, arrived)


def _at_its_till(item: Item, tills: dict[str, Till], meant: dict[UUID, Till]) -> Item:
    if item.arrived is None:
        return item
    till = meant.get(item.arrived.request.uuid) or tills.get(item.arrived.prefix)
    if till is None:
        problem = _("Tidak ada tablet yang memberi nomor dengan awalan %(prefix)s.")
        return Item(item.number, problems=(problem % {"prefix": item.arrived.prefix},))
    return Item(item.number, item.arrived, till)


def _tills(prefixes: Iterable[str], own: Iterable[Till], expo: Expo | None) -> dict[str, Till]:
    """The tills that gave these numbers.

    A prefix comes back in each edition. The newest till of this very storage is meant; without
    one, that of the edition which the tablet names, else of the current one, else of the newest.
    The plain form's tills are numbered by the server and by nobody else.
    """
    tills = (
        Till.objects.filter(prefix__in=list(prefixes))
        .exclude(letter__startswith=Till.WEB)
        .select_related("stand__expo", "tablet")
        .order_by("-expo__is_current", "-expo__slug")
    )
    if expo is not None:
        tills = tills.filter(expo=expo)
    return by_prefix([*own, *tills])


def _known(uuids: Sequence[UUID]) -> set[UUID]:
    """Those that the portal has already, in the ledger or beside it."""
    places = (
        (Sale, "pk"),
        (HeldSale, "sale_uuid"),
        (CashMovement, "pk"),
        (DayClose, "pk"),
        (CloseAmendment, "request_id"),
        (HeldClosing, "request_id"),
    )
    known: set[UUID] = set()
    for model, name in places:
        rows = model._default_manager.filter(**{f"{name}__in": uuids})
        known.update(rows.values_list(name, flat=True))
    return known


# --- recording ----------------------------------------------------------------------------------


def deliver(delivery: Delivery, *, actor: User) -> list[Result]:
    """Record what can be recorded, in order and in batches, each one transaction.

    What came before is answered as it was then, so the whole may be delivered again, by hand or by
    the tablet itself. After an exception the earlier batches are recorded.
    """
    results: list[Result] = []
    for _pk, run in groupby(delivery.good, key=lambda one: one.till and one.till.pk):
        items = list(run)
        for start in range(0, len(items), MAX_BATCH):
            results += _record(delivery, items[start : start + MAX_BATCH], actor)
    return results + [Result(item) for item in delivery.bad]


def _record(delivery: Delivery, items: list[Item], actor: User) -> list[Result]:
    uuids = [one.arrived.request.uuid for one in items if one.arrived is not None]
    return again_if_met(lambda: _record_once(delivery, items, actor), uuids)


@transaction.atomic
def _record_once(delivery: Delivery, items: list[Item], actor: User) -> list[Result]:
    till = items[0].till
    assert till is not None  # noqa: S101, what has no till is not delivered
    arrived = [one.arrived for one in items if one.arrived is not None]
    answers = record_outbox(arrived, till=till, offset_ms=delivery.offset_ms)
    results = [_result(item, answer) for item, answer in zip(items, answers, strict=True)]
    _note(delivery, till, results)
    log_event(
        Event.Kind.IMPORTED,
        ngettext(
            "%(till)s: %(n)s penjualan diterima dari tablet",
            "%(till)s: %(n)s penjualan diterima dari tablet",
            len(items),
        )
        % {"till": till.prefix, "n": len(items)},
        actor=actor,
        data={
            "till": till.prefix,
            "edition": till.stand.expo.slug,
            "storage_id": str(delivery.envelope.storage_id),
            "numbers": [items[0].number, items[-1].number],
            **_counts(results),
        },
    )
    return results


def _result(item: Item, answer: Outcome | Written | SaleRefused) -> Result:
    if isinstance(answer, SaleRefused):
        problems = tuple(f"{one.field}: {one.message}" for one in answer.problems)
        return Result(Item(item.number, item.arrived, item.till, problems))
    return Result(item, answer)


def _counts(results: list[Result]) -> dict[str, int]:
    counts = {"recorded": 0, "replayed": 0, "held": 0, "refused": 0}
    for one in results:
        counts[one.outcome.kind.value if one.outcome else "refused"] += 1
    return counts


def _note(delivery: Delivery, till: Till, results: list[Result]) -> None:
    """What the till gave has arrived: it waits for that much less, without any contact."""
    counters = [
        one.item.arrived.counter
        for one in results
        if one.item.arrived is not None and not one.item.arrived.training
    ]
    report = delivery.envelope.tills.get(till.prefix)
    is_its_own = till.tablet is not None and till.tablet.storage_id == delivery.envelope.storage_id
    if report is not None and is_its_own:
        counters.append(report.last)
    new = sum(one.is_new for one in results)
    Till.objects.filter(pk=till.pk).update(
        last_counter=Greatest(F("last_counter"), Value(max(counters, default=0))),
        unsent=Greatest(F("unsent"), Value(new)) - new,
    )
