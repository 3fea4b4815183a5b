"""Freezing results: the figures of one moment become a version that nobody can change.

Each version carries a hash over its content and over the hash of the version before it. Two
organisers who freeze at once make one version: each says which version they have seen last, and the
number that follows it can be taken once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from outcomes.models import ResultsVersion
from outcomes.results import read_results
from outcomes.results_content import as_text, canonical, from_text
from sales.proof.breaks import Break

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import AbstractBaseUser

    from stands.models import Expo

# Of what goes into a hash; another list gets another version.
VERSION = 1


class FrozenMeanwhileError(Exception):
    """There is a version that whoever wanted to freeze has not seen."""


def freeze(expo: Expo, *, after: int, actor: AbstractBaseUser, reason: str = "") -> ResultsVersion:
    """Freeze the figures as they are now, as the version after `after` (0: none yet).

    An amendment needs a reason. Raises FrozenMeanwhileError.
    """
    now = timezone.now()
    # Before a lock is asked for: on PostgreSQL that would decide the moment that is read.
    results = read_results(expo, now)
    try:
        with transaction.atomic():
            before = ResultsVersion.objects.filter(expo=expo).order_by("number").last()
            if (before.number if before else 0) != after:
                raise FrozenMeanwhileError
            version = ResultsVersion(
                expo=expo,
                number=after + 1,
                made_at=now,
                made_by_id=actor.pk,
                reason=reason if before else "",
                content=as_text(results),
                previous_hash=before.hash if before else "",
            )
            version.hash = version_hash(version, expo.slug)
            version.save(force_insert=True)
            log_event(
                Event.Kind.RESULTS_FROZEN,
                f"{expo.name} · {version.number}",
                actor=actor,
                data={
                    "expo": expo.pk,
                    "number": version.number,
                    "reason": version.reason,
                    "hash": version.hash,
                },
            )
    except IntegrityError as error:
        # The other one was as quick, and its version is there now.
        raise FrozenMeanwhileError from error
    return version


def version_hash(version: ResultsVersion, slug: str) -> str:
    """SHA-256 over what a version says and the hash of the one before it, in hexadecimal."""
    content = {
        "version": VERSION,
        "edition": slug,
        "number": version.number,
        "made_at": moment_text(version.made_at),
        "reason": version.reason,
        "content": version.content,
        "previous_hash": version.previous_hash,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def moment_text(at: dt.datetime) -> str:
    """An instant in the one spelling that is hashed: UTC, to the microsecond."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


# --- proof ----------------------------------------------------------------------------------------


def results_breaks() -> Iterator[Break]:
    """Each place at which frozen results are not what freezing would have written."""
    expected: dict[int, tuple[int, str]] = {}
    rows = ResultsVersion.objects.select_related("expo").order_by("expo_id", "number")
    for version in rows.iterator(chunk_size=10):
        where = f"{version.expo.slug} · {version.number}"
        number, previous = expected.get(version.expo_id, (0, ""))
        if version.number != number + 1:
            yield Break(where, _("versi %(n)s tidak ada") % {"n": number + 1})
        if version.previous_hash != previous:
            yield Break(where, _("tidak membawa sidik versi sebelumnya"))
        if version_hash(version, version.expo.slug) != version.hash:
            yield Break(where, _("isinya tidak menghasilkan sidiknya"))
        elif as_text(from_text(version.content)) != version.content:
            yield Break(where, _("isinya tidak dapat dibaca kembali sama"))
        expected[version.expo_id] = (version.number, version.hash)
