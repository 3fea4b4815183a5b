"""Forgetting what is past its time, as the privacy page promises, in bounded batches.

Nothing of the ledger goes but words: ten years after its year a text of the books makes room for
its seal.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from events.erasing import ERASED, SEALED_START
from events.log import log_event
from events.models import Attempt, Event
from opop_expo.imports import jobs
from opop_expo.models import ImportJob
from opop_expo.privacy import erasing
from opop_expo.privacy.emptying import neutral_name
from opop_expo.privacy.erasures_file import complete_file
from opop_expo.privacy.terms import Replaced
from opop_expo.signing_in import devices
from opop_expo.signing_in.models import KnownDevice, PortalSession
from pesantren import noticing
from pesantren.models import Interest, Notice
from programme import forgetting as participants
from programme.models import Attendance, Registration
from sales.models import (
    BankLine,
    Cashier,
    CashMovement,
    CloseAmendment,
    DayClose,
    PairingCode,
    Sale,
    Settlement,
    Voucher,
)
from stands import inquiring
from stands.clock import business_date
from stands.models import Expo, Inquiry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.db import models
    from django.db.models import QuerySet

BATCH = 500
# Of one kind in one run; the next day does the rest.
MOST = 100_000
TRIES = dt.timedelta(days=1)
CODES = dt.timedelta(days=1)
ADMIN_LOG = dt.timedelta(days=730)
# After the last day of the edition.
VOUCHER_NAMES = dt.timedelta(days=365)
CASHIER_NAMES = dt.timedelta(days=730)
# Law 8 of 1997 on company documents, article 11: ten years from the end of the book year.
BOOKS_YEARS = 10


@dataclass(frozen=True)
class Old:
    """One kind of data that is past its time, and how it is forgotten."""

    key: str
    rows: Callable[[dt.datetime], QuerySet[Any]]
    # Forgets some rows in a transaction of its own.
    forget: Callable[[Sequence[Any]], None]


@dataclass(frozen=True)
class Forgotten:
    """How many rows of one kind were forgotten, or would be."""

    old: Old
    count: int


def forget_old(*, now: dt.datetime | None = None, dry_run: bool = False) -> list[Forgotten]:
    """Forget all that is past its time; answer how many rows of each kind."""
    now = now or timezone.now()
    done = [Forgotten(old, _count(old, now) if dry_run else _forget(old, now)) for old in OLD]
    if not dry_run:
        counts = {one.old.key: one.count for one in done if one.count}
        if counts:
            total = f"{sum(counts.values())}"
            log_event(Event.Kind.OLD_FORGOTTEN, total, data={"counts": counts})
        complete_file()
    return done


def _count(old: Old, now: dt.datetime) -> int:
    return min(old.rows(now).count(), MOST)


def _forget(old: Old, now: dt.datetime) -> int:
    done = 0
    last: list[Any] = []
    while done < MOST:
        some = list(old.rows(now).order_by("pk")[:BATCH])
        keys = [row.pk for row in some]
        # What is still there after it was forgotten would come again for ever.
        if not some or keys == last:
            break
        with transaction.atomic():
            old.forget(some)
        done, last = done + len(some), keys
    return done


# --- what is old ----------------------------------------------------------------------------------


def _over(after: dt.timedelta, now: dt.datetime) -> QuerySet[Expo]:
    """The editions that ended so long ago."""
    day = business_date(now - after)
    return Expo.objects.annotate(last=Max("days__date")).filter(last__lt=day)


def _books(model: type[models.Model], name: str, day: str) -> Callable[[dt.datetime], Any]:
    """Rows of the books whose text is past its time and still there."""

    def rows(now: dt.datetime) -> QuerySet[Any]:
        year = business_date(now).year - BOOKS_YEARS
        there = model._base_manager.filter(**{f"{day}__lt": _new_year(year, day)})
        return there.exclude(**{name: ""}).exclude(
            Q(**{f"{name}__startswith": SEALED_START}) | Q(**{name: ERASED})
        )

    return rows


def _new_year(year: int, day: str) -> dt.date | dt.datetime:
    first = dt.date(year, 1, 1)
    if day.endswith("_at"):
        return dt.datetime.combine(first, dt.time(), timezone.get_default_timezone())
    return first


# --- how it goes ----------------------------------------------------------------------------------


def _delete(rows: Sequence[Any]) -> None:
    type(rows[0])._base_manager.filter(pk__in=[row.pk for row in rows]).delete()


def _discard(rows: Sequence[ImportJob]) -> None:
    for job in rows:
        jobs.discard(job)


def _without_contact(rows: Sequence[Any]) -> None:
    there = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])
    there.update(**noticing.Contact().fields)


def _without_name(rows: Sequence[Any]) -> None:
    type(rows[0]).objects.forget([row.pk for row in rows])


def _without_writer(rows: Sequence[Inquiry]) -> None:
    inquiring.anonymise(rows)


def _name_voucher(rows: Sequence[Voucher]) -> None:
    Voucher.objects.filter(pk__in=[row.pk for row in rows]).update(issued_to="")


def _name_cashiers(rows: Sequence[Cashier]) -> None:
    for row in rows:
        row.name, row.pin_hash, row.is_active = neutral_name(row), "", False
    Cashier.objects.bulk_update(rows, ["name", "pin_hash", "is_active"])


def _seal(name: str) -> Callable[[Sequence[Any]], None]:
    def seal(rows: Sequence[Any]) -> None:
        request = uuid.uuid4()
        for row in rows:
            erasing.seal_text(row, name, request)

    return seal


def _bank_text(rows: Sequence[BankLine]) -> None:
    request = uuid.uuid4()
    for row in rows:
        erasing.write_text(row, "text", Replaced(ERASED), request)


def _of_books() -> Iterator[Old]:
    texts: list[tuple[type[models.Model], str, str]] = [
        (Sale, "reason", "business_date"),
        (Sale, "note", "business_date"),
        (CashMovement, "reason", "business_date"),
        (DayClose, "note", "business_date"),
        (CloseAmendment, "note", "made_at"),
        (Settlement, "received_by", "made_at"),
        (Settlement, "note", "made_at"),
    ]
    for model, name, day in texts:
        key = f"{model._meta.model_name}_{name}"
        yield Old(key, _books(model, name, day), _seal(name))
    yield Old("bank_text", _books(BankLine, "text", "date"), _bank_text)


OLD: list[Old] = [
    Old(
        "tries",
        lambda now: Attempt.objects.filter(at__lt=now - TRIES),
        _delete,
    ),
    Old(
        "sessions",
        lambda now: PortalSession.objects.filter(expire_date__lt=now),
        _delete,
    ),
    Old(
        "known_devices",
        lambda now: KnownDevice.objects.filter(seen_at__lt=now - devices.KEPT),
        _delete,
    ),
    Old(
        "inquiries",
        lambda now: Inquiry.objects.to_forget(now - inquiring.KEPT_FOR),
        _without_writer,
    ),
    Old(
        "registrations",
        lambda now: Registration.objects.to_forget(now - participants.KEPT_FOR),
        _without_name,
    ),
    Old(
        "attendances",
        lambda now: Attendance.objects.to_forget(now - participants.KEPT_FOR),
        _without_name,
    ),
    Old(
        "notices",
        lambda now: Notice.objects.to_forget(now - noticing.KEPT_FOR),
        _without_contact,
    ),
    Old(
        "interests",
        lambda now: Interest.objects.to_forget(now - noticing.KEPT_FOR),
        _without_contact,
    ),
    Old(
        "pairing_codes",
        lambda now: PairingCode.objects.filter(used_at=None, expires_at__lt=now - CODES),
        _delete,
    ),
    Old(
        "imports",
        lambda now: ImportJob.objects.filter(
            Q(state__in=jobs.UNSAVED, touched_at__lt=now - jobs.KEPT)
            | Q(state=ImportJob.State.DONE, touched_at__lt=now - jobs.KEPT_DONE)
        ),
        _discard,
    ),
    Old(
        "voucher_names",
        lambda now: Voucher.objects.filter(expo__in=_over(VOUCHER_NAMES, now).values("pk")).exclude(
            issued_to=""
        ),
        _name_voucher,
    ),
    Old(
        "cashier_names",
        lambda now: Cashier.objects.filter(
            stand__expo__in=_over(CASHIER_NAMES, now).values("pk")
        ).exclude(name__startswith=ERASED),
        _name_cashiers,
    ),
    Old(
        "admin_log",
        lambda now: LogEntry.objects.filter(action_time__lt=now - ADMIN_LOG),
        _delete,
    ),
    *_of_books(),
]
