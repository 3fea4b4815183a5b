"""Which till a tablet sells at: one for each storage, with a letter that nobody had before."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import (
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.utils import timezone

from events.throttle import Limit, book_try
from sales.models import Tablet, Till
from sales.prepared import prepared_cursor
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterator

COOKIE = f"{settings.SECURE_COOKIE}opop_till"
# Three tablets at a stand may each lose their storage twice in an hour. At that pace the letters of
# a stand last for four days and nights.
MOVES = Limit("storage", most=6, within=dt.timedelta(hours=1))


class NotPairedError(Exception):
    """The credential is nobody's any more, or not one for this storage."""


class RevokedError(Exception):
    """An organiser has taken the credential back."""


class LettersUsedUpError(Exception):
    """Every letter was given at this stand: no further storage can number here."""


def credential_hash(credential: str) -> str:
    """What is kept of a credential: with 256 random bits behind it, a plain SHA-256 is enough."""
    return hashlib.sha256(credential.encode()).hexdigest()


def find_tablet(credential: str) -> Tablet | None:
    """The tablet with this credential. On PostgreSQL its tills come with it, in one statement."""
    key = credential_hash(credential)
    if connection.vendor != "postgresql":
        return Tablet.objects.filter(credential_hash=key).first()
    rows = _found(key)
    if not rows:
        return None
    at = connection.alias
    first, second = len(TABLET), len(TABLET) + len(TILL)
    tablet = Tablet.from_db(at, TABLET, rows[0][:first])
    tablet.tills_at_hand = []
    for row in rows:
        if row[first] is not None:
            till = Till.from_db(at, TILL, row[first:second])
            till.tablet, till.stand = tablet, Stand.from_db(at, STAND, row[second:])
            tablet.tills_at_hand.append(till)
    return tablet


def _found(key: str) -> list[tuple[Any, ...]]:
    """Rows of FINDING. It is the first statement of a request, and tells if the connection lives.

    Django would ask that before with a statement of its own; here it is asked only after an error,
    and then again over a new connection. Nothing is lost by that, since it reads.
    """
    if connection.in_atomic_block:
        return _ask(key)
    setattr(connection, "health_check_done", True)  # noqa: B010, the stubs do not know it
    try:
        return _ask(key)
    except (OperationalError, InterfaceError):
        if connection.is_usable():
            raise
    except (ProgrammingError, NotSupportedError):
        # The statement that was prepared is gone, or its columns are others since: this connection
        # would say so for ever, since nothing of it is rolled back.
        pass
    connection.close()
    return _ask(key)


def _ask(key: str) -> list[tuple[Any, ...]]:
    with prepared_cursor() as cursor:
        cursor.execute(FINDING, [key])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


TABLET = [one.attname for one in Tablet._meta.concrete_fields]
TILL = [one.attname for one in Till._meta.concrete_fields]
# What a sale asks of its stand; the rest is read when it is asked for.
STAND = ["id", "expo_id", "code"]
# In the order of `reports.tills_of`.
FINDING = (
    f"SELECT {', '.join(f'tablet.{name}' for name in TABLET)},"  # noqa: S608, names of columns
    f" {', '.join(f'till.{name}' for name in TILL)},"
    f" {', '.join(f'stand.{name}' for name in STAND)}"
    " FROM sales_tablet AS tablet"
    " LEFT JOIN sales_till AS till ON till.tablet_id = tablet.id"
    " LEFT JOIN stands_stand AS stand ON stand.id = till.stand_id"
    " WHERE tablet.credential_hash = %s ORDER BY till.claimed_at DESC, till.id DESC"
)


@transaction.atomic
def claim_till(
    *,
    stand: Stand,
    storage_id: uuid.UUID,
    credential_hash: str,
    name: str = "",
    lineage: uuid.UUID | None = None,
) -> Till:
    """Give the tablet with this storage its till at the stand, and bind the credential to it.

    A storage that numbered at this stand before goes on with its own till. Any other gets the next
    letter that was never used there: nobody knows which numbers another storage has given. Without
    a lineage the credential is a new one. Raises LettersUsedUpError.
    """
    stand = one_at_a_time(stand.pk)
    now = timezone.now()
    tablet, _created = Tablet.objects.update_or_create(
        storage_id=storage_id,
        defaults={
            "credential_hash": credential_hash,
            "lineage": lineage or uuid.uuid4(),
            "paired_at": now,
            "revoked_at": None,
        },
    )
    till = tablet.tills.filter(stand=stand).order_by("-claimed_at").first()
    if till is None:
        letter = next(_free_letters(stand), None)
        if letter is None:
            raise LettersUsedUpError
        prefix = f"{stand.code}-{letter}"
        till = Till(expo_id=stand.expo_id, stand=stand, letter=letter, prefix=prefix)
    till.stand = stand
    till.tablet = tablet
    till.claimed_at = now
    till.is_active = True
    till.name = name or till.name
    till.save()
    return till


@transaction.atomic
def move_credential(tablet: Tablet, *, storage_id: uuid.UUID) -> Till:
    """Let a new storage under a known credential go on at the same stand, as a tablet of its own.

    The credential goes with it. The old storage is gone with whatever it still held, and its row
    stays, so that the organiser sees what is missing of it. A storage that another credential was
    paired with is not taken from it: it is no secret. Raises NotPairedError, RevokedError,
    LettersUsedUpError and TooManyTriesError.
    """
    stand = one_at_a_time(present_till(tablet).stand_id)
    # Meanwhile it may have been revoked, or have moved already.
    found = Tablet.objects.filter(credential_hash=tablet.credential_hash).first()
    if found is None:
        raise NotPairedError
    if found.is_revoked:
        raise RevokedError
    till = present_till(found)
    if found.storage_id == storage_id:
        return till
    known = Tablet.objects.filter(storage_id=storage_id).first()
    if known is None:
        book_try(MOVES, str(stand.pk))
    elif known.lineage != found.lineage:
        raise NotPairedError
    moving = found.credential_hash
    found.credential_hash = credential_hash(secrets.token_urlsafe(32))
    found.revoked_at = timezone.now()
    found.save(update_fields=["credential_hash", "revoked_at"])
    return claim_till(
        stand=stand,
        storage_id=storage_id,
        credential_hash=moving,
        name=till.name,
        lineage=found.lineage,
    )


def one_at_a_time(stand_id: int) -> Stand:
    """The stand, locked, so that no two tablets get one letter and none moves as it is revoked."""
    return Stand.objects.select_for_update(of=("self",)).get(pk=stand_id)


def present_till(tablet: Tablet) -> Till:
    """The till that the tablet claimed last, with its stand and edition."""
    tills = tablet.tills.select_related("stand__expo").order_by("-claimed_at", "-pk")
    till = tills.first()
    if till is None:
        raise Till.DoesNotExist(f"tablet {tablet.pk} has no till")
    return till


def _free_letters(stand: Stand) -> Iterator[str]:
    """Letters in order that neither this stand nor this stand code ever had.

    W belongs to the plain form and L to training, so no tablet begins with either.
    """
    used = {
        *Till.objects.filter(stand=stand).values_list("letter", flat=True),
        *(
            prefix.rpartition("-")[2]
            for prefix in Till.objects.filter(
                expo_id=stand.expo_id, prefix__startswith=f"{stand.code}-"
            ).values_list("prefix", flat=True)
        ),
    }
    first = [one for one in ascii_uppercase if one not in (Till.WEB, Till.TRAINING)]
    pairs = (f"{one}{other}" for one in first for other in ascii_uppercase)
    return (letter for letter in (*first, *pairs) if letter not in used)
