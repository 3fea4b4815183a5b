"""Pairing a tablet with a stand: a code used once, for a credential that outlives logins."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from events.log import log_event
from events.models import Event
from events.throttle import Limit
from sales.models import PairingCode, Tablet
from sales.tablet.tills import claim_till, credential_hash, one_at_a_time, present_till
from stands.server_clock import server_now

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import User

    from sales.models import Till
    from stands.models import Stand

# Crockford's: no I, L, O or U. Ten of them are 50 bits, for ten minutes: whoever tries a thousand a
# second while eighty codes are out finds one of them with a chance of one in twenty million.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
LASTS = dt.timedelta(minutes=10)
# All the tablets of a hall may share one address, so a right code passes whatever was counted.
WRONG_CODES = Limit("pairing", most=30, within=dt.timedelta(minutes=10))


class CodeUnusableError(Exception):
    """The code was used, has run out, or never was: nobody is told which."""


@dataclass(frozen=True)
class Paired:
    """What a tablet gets. The credential is known to it alone: only its hash is kept here."""

    till: Till
    credential: str


def as_written(code: str) -> str:
    """A code in two groups, easier to read out: `K7QM2-X9D4H`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def as_meant(typed: str) -> str:
    """The code that was meant, whatever case, spaces and dashes; empty if it cannot be one."""
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    code = code.translate(str.maketrans("OIL", "011"))
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def hash_of(code: str) -> str:
    """What is kept of a code: it lasts ten minutes, so a plain SHA-256 is enough."""
    return hashlib.sha256(code.encode()).hexdigest()


def make_code(*, stand: Stand, name: str, actor: User) -> tuple[PairingCode, str]:
    """A fresh code for one tablet at `stand`; the code itself is known only now."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    now = server_now()
    row = PairingCode.objects.create(
        stand=stand,
        name=name.strip(),
        code_hash=hash_of(code),
        made_by=actor,
        made_at=now,
        expires_at=now + LASTS,
    )
    return row, code


def seconds_left(row: PairingCode) -> int:
    """How long the code can still be used."""
    return max(0, round((row.expires_at - server_now()).total_seconds()))


def find_code(code: str) -> PairingCode:
    """The code's row while it can be used; looking uses nothing up. Raises CodeUnusableError."""
    usable = PairingCode.objects.filter(
        code_hash=hash_of(code), used_at=None, expires_at__gt=server_now()
    )
    row = usable.select_related("stand__expo").first()
    if row is None:
        raise CodeUnusableError
    return row


@transaction.atomic
def use_code(code: str, storage_id: UUID) -> Paired:
    """Pair the tablet with that storage, once. Raises CodeUnusableError and LettersUsedUpError.

    A tablet that was here before goes on with its own till at that stand, with a new credential.
    """
    # One statement finds and marks it: of two tablets with the same code one gets 0 rows.
    now = server_now()
    mine = PairingCode.objects.filter(
        code_hash=hash_of(code), used_at=None, expires_at__gt=now
    ).update(used_at=now)
    if not mine:
        raise CodeUnusableError
    row = PairingCode.objects.select_related("stand", "made_by").get(code_hash=hash_of(code))
    credential = secrets.token_urlsafe(32)
    till = claim_till(
        stand=row.stand,
        storage_id=storage_id,
        credential_hash=credential_hash(credential),
        name=row.name,
    )
    row.till = till
    row.save(update_fields=["till"])
    log_event(
        Event.Kind.TABLET_PAIRED,
        till.prefix,
        actor=row.made_by,
        data={"stand": row.stand.code, "name": row.name, "storage": str(storage_id)},
    )
    return Paired(till, credential)


@transaction.atomic
def revoke(tablet: Tablet, *, actor: User) -> str:
    """Take the credential back at once, wherever it has moved to; the till that sold with it.

    Empty if it was taken back already.
    """
    one_at_a_time(present_till(tablet).stand_id)
    revoked = Tablet.objects.filter(lineage=tablet.lineage, revoked_at=None).first()
    if revoked is None:
        return ""
    revoked.revoked_at = server_now()
    revoked.save(update_fields=["revoked_at"])
    prefixes = list(revoked.tills.order_by("-claimed_at").values_list("prefix", flat=True))
    log_event(
        Event.Kind.TABLET_REVOKED,
        prefixes[0],
        actor=actor,
        data={"tills": prefixes, "storage": str(revoked.storage_id)},
    )
    return prefixes[0]


def is_paired_by(code: str, tablet: Tablet) -> bool:
    """Whether this very tablet has used the code."""
    return PairingCode.objects.filter(code_hash=hash_of(code), till__tablet=tablet).exists()
