"""Saving what a preview has shown: all of it in one short transaction, or nothing.

On SQLite the transaction holds up the tills. So whatever can be done before it is done before it,
and the rows are written by one prepared statement that is run for each: far quicker than Django's
`bulk_create` and `bulk_update`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from opop_expo.imports.fingerprint import fingerprint
from opop_expo.imports.kinds import KINDS
from opop_expo.imports.planning import CHANGED, NEW
from opop_expo.models import ImportJob
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

    from opop_expo.imports.columns import Kind
    from opop_expo.imports.planning import Plan


class CatalogueMovedError(Exception):
    """What was shown is not what would be done any more. Nothing was written."""


def save_rows(job: ImportJob, *, digest: str, actor: User) -> bool:
    """Write the rows of a job whose preview has this digest; False if that was done before.

    Raises CatalogueMovedError where the preview is not up to date.
    """
    kind = KINDS[job.kind]
    plans = [plan for part in job.parts.all() for plan in part.plan or []]
    new = [plan for plan in plans if plan["state"] == NEW]
    changed = [plan for plan in plans if plan["state"] == CHANGED]
    inserting = _Inserting(kind, new)
    updating = [_Updating(kind, names, some) for names, some in _by_columns(changed).items()]
    prices = _price_events(changed, actor)
    try:
        with transaction.atomic():
            there = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
            if there.state == ImportJob.State.DONE:
                return False
            if there.state != ImportJob.State.READY or there.digest != digest:
                raise CatalogueMovedError
            _lock(kind, changed)
            if fingerprint(kind, job.expo) != there.fingerprint:
                raise CatalogueMovedError
            inserting.run()
            for one in updating:
                one.run()
            _write_many(kind, job, new, changed)
            if new or changed:
                _log(kind, there, actor)
            Event.objects.bulk_create(prices)
            there.state, there.touched_at = ImportJob.State.DONE, timezone.now()
            there.save(update_fields=["state", "touched_at"])
            # The rows of the file have done their work. On SQLite their going would hold up the
            # tills as long as the writing did, so it comes after.
    except IntegrityError as error:
        # Somebody took a key, or what a row refers to went away, since it was looked up.
        raise CatalogueMovedError from error
    job.parts.all().delete()
    return True


class _Inserting:
    """The new rows as parameters of one statement."""

    def __init__(self, kind: Kind, plans: list[Plan]) -> None:
        model = kind.model
        self.fields = [one for one in model._meta.concrete_fields if not one.primary_key]
        self.table = model._meta.db_table
        blank = {one.attname: one.get_default() for one in self.fields}
        self.rows = [
            [_prepared(one, (blank | plan["set"])[one.attname]) for one in self.fields]
            for plan in plans
        ]

    def run(self) -> None:
        if self.rows:
            quote = connection.ops.quote_name
            columns = ", ".join(quote(one.column) for one in self.fields)
            places = ", ".join(["%s"] * len(self.fields))
            sql = f"INSERT INTO {quote(self.table)} ({columns}) VALUES ({places})"  # noqa: S608, names of ours
            with connection.cursor() as cursor:
                cursor.executemany(sql, self.rows)


class _Updating:
    """The rows in which the same columns change, as parameters of one statement."""

    def __init__(self, kind: Kind, names: tuple[str, ...], plans: list[Plan]) -> None:
        model = kind.model
        fields = {one.attname: one for one in model._meta.concrete_fields}
        self.fields = [fields[name] for name in names]
        self.table = model._meta.db_table
        self.rows = [
            [*(_prepared(one, plan["set"][one.attname]) for one in self.fields), plan["pk"]]
            for plan in plans
        ]

    def run(self) -> None:
        if self.fields:
            quote = connection.ops.quote_name
            columns = ", ".join(f"{quote(one.column)} = %s" for one in self.fields)
            sql = f"UPDATE {quote(self.table)} SET {columns} WHERE id = %s"  # noqa: S608, names of ours
            with connection.cursor() as cursor:
                cursor.executemany(sql, self.rows)


def _prepared(one: models.Field[Any, Any], value: Any) -> Any:
    return one.get_db_prep_save(value, connection)


def _by_columns(plans: Iterable[Plan]) -> dict[tuple[str, ...], list[Plan]]:
    groups: dict[tuple[str, ...], list[Plan]] = {}
    for plan in plans:
        groups.setdefault(tuple(sorted(plan["set"])), []).append(plan)
    return groups


def _lock(kind: Kind, changed: list[Plan]) -> None:
    """Hold the rows that change, in the order in which recording holds offers."""
    if connection.vendor == "postgresql" and changed:
        pks = [plan["pk"] for plan in changed]
        rows = kind.model._default_manager.filter(pk__in=pks).order_by("pk")
        list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _write_many(kind: Kind, job: ImportJob, new: list[Plan], changed: list[Plan]) -> None:
    """Which pesantren a stand has. A hall has few stands."""
    if kind.model is not Stand or job.expo is None:
        return
    stands = {one.code: one for one in job.expo.stands.all()}
    for plan in [*new, *changed]:
        if "pesantren" in plan["many"]:
            stands[plan["key"]].pesantren.set(plan["many"]["pesantren"])


def _log(kind: Kind, job: ImportJob, actor: User) -> None:
    data = {
        "kind": kind.file,
        "file": job.file_name,
        "file_sha256": job.file_digest,
        "counts": job.counts,
        "digest": job.digest,
        "edition": job.expo.slug if job.expo else None,
    }
    subject = _("impor %(kind)s: %(file)s") % {"kind": kind.title, "file": job.file_name}
    log_event(Event.Kind.IMPORTED, subject, actor=actor, data=data)


def _price_events(changed: list[Plan], actor: User) -> list[Event]:
    """One for each price of an offer, as a change by hand has."""
    return [
        Event(
            kind=Event.Kind.PRICE_CHANGED,
            subject=plan["name"][:200],
            actor_id=actor.pk,
            data={
                "offer": plan["pk"],
                "old_rupiah": plan["old_price"],
                "new_rupiah": plan["set"]["price_rupiah"],
            },
        )
        for plan in changed
        if "old_price" in plan
    ] + [
        Event(
            kind=Event.Kind.OFFER_WITHDRAWN,
            subject=plan["name"][:200],
            actor_id=actor.pk,
            data={"offer": plan["pk"]},
        )
        for plan in changed
        if plan["set"].get("withdrawn") is True
    ]
