"""A job from its upload to its preview.

No worker runs beside the portal. The page that waits asks again and again, and each of its requests
works on one more slice, for about a second.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation

from opop_expo.imports import photo_zip
from opop_expo.imports.fingerprint import fingerprint
from opop_expo.imports.kinds import KINDS
from opop_expo.imports.planning import Planner
from opop_expo.imports.reading import read_rows
from opop_expo.models import ImportJob, ImportPart

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.core.files.uploadedfile import UploadedFile

    from opop_expo.imports.columns import Kind
    from stands.models import Expo

SLICE_SECONDS = 1.0
# A preview that nobody saved.
KEPT = timedelta(hours=24)
# A list of what was done.
KEPT_DONE = timedelta(days=30)


def open_job(upload: UploadedFile, *, kind: Kind, expo: Expo | None, author: User) -> ImportJob:
    """Keep the rows of a spreadsheet for the preview. Raises FileRefused; then nothing is kept."""
    name = upload.name or ""
    file = upload.file
    assert file is not None  # noqa: S101, the form asks for one
    reading = read_rows(kind, file, name=name, size=upload.size or 0)
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    with transaction.atomic():
        # A corrected file takes the place of the one before; another file waits beside it.
        for old in ImportJob.objects.filter(author=author, kind=kind.slug, state__in=UNSAVED):
            if old.file_name == name[-200:] or old.counts.get("bad"):
                discard(old)
        job = ImportJob.objects.create(
            kind=kind.slug,
            expo=expo,
            author=author,
            file_name=name[-200:],
            file_digest=digest,
            language=translation.get_language() or "id",
            columns=reading.columns,
            unknown=reading.unknown,
            reading=reading.told,
            rows=len(reading.rows),
        )
        ImportPart.objects.bulk_create(
            ImportPart(job=job, number=number, rows=some, keys=_given_slugs(some))
            for number, some in enumerate(
                reading.rows[start : start + kind.part]
                for start in range(0, len(reading.rows), kind.part)
            )
        )
    return job


def _given_slugs(rows: list[list[Any]]) -> dict[str, int]:
    """The addresses that rows give themselves; none that is made may be one of them."""
    return {cells["slug"].strip().lower(): 0 for _number, cells in rows if "slug" in cells}


UNSAVED = (ImportJob.State.WORKING, ImportJob.State.READY)


# --- slices ---------------------------------------------------------------------------------------


def work(job: ImportJob, *, seconds: float = SLICE_SECONDS) -> None:
    """Go on with the preview for about so long. Writes nothing but the preview itself.

    Of photos that are saved it makes what pages and print show of them.

    Two windows that work on the same job work out the same.
    """
    until = time.monotonic() + seconds
    if job.kind == photo_zip.KIND and job.state == ImportJob.State.DONE:
        photo_zip.work_on_sizes(until=until)
    if job.state != ImportJob.State.WORKING:
        return
    if job.kind == photo_zip.KIND:
        photo_zip.work(job, until=until)
    else:
        _work_on_rows(job, until=until)
    if not job.parts.filter(plan__isnull=True).exists():
        _finish(job)


def _work_on_rows(job: ImportJob, *, until: float) -> None:
    kind = KINDS[job.kind]
    if not job.fingerprint:
        job.fingerprint = fingerprint(kind, job.expo)
        ImportJob.objects.filter(pk=job.pk).update(
            fingerprint=job.fingerprint, touched_at=timezone.now()
        )
    taken: dict[str, int] = {}
    explicit: set[str] = set()
    waiting: list[int] = []
    # One look for both: another window may be at work, and what it ends between two looks would be
    # neither waiting nor taken.
    for pk, keys, states in job.parts.values_list("pk", "keys", "states"):
        taken |= {key: number for key, number in keys.items() if number}
        explicit |= {key for key, number in keys.items() if not number}
        if not states:
            waiting.append(pk)
    planner = Planner(kind, job.expo, taken=taken)
    given = [name for name, _heading in job.columns]
    # One at a time: most slices come no further than a few.
    for pk in waiting:
        part = job.parts.get(pk=pk)
        part.plan = planner.plan(part.rows, given, explicit)
        part.states = "".join(plan["state"] for plan in part.plan)
        part.keys |= planner.took
        part.save(update_fields=["plan", "states", "keys"])
        if time.monotonic() > until:
            return


def _finish(job: ImportJob) -> None:
    """All rows have a plan: count them, unless the catalogue has moved meanwhile."""
    kind = KINDS.get(job.kind)
    if kind is not None and fingerprint(kind, job.expo) != job.fingerprint:
        start_again(job)
        return
    digest = hashlib.sha256()
    counts: Counter[str] = Counter()
    for states, plan in job.parts.values_list("states", "plan"):
        counts.update(states)
        digest.update(json.dumps(plan, sort_keys=True).encode())
    job.counts = {
        NAMES_OF_STATES[state]: counts[state] for state in NAMES_OF_STATES if state in counts
    }
    job.digest, job.state = digest.hexdigest(), ImportJob.State.READY
    job.touched_at = timezone.now()
    ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.WORKING).update(
        counts=job.counts, digest=job.digest, state=job.state, touched_at=job.touched_at
    )


NAMES_OF_STATES = {"n": "new", "c": "changed", "s": "same", "b": "bad"}


def start_again(job: ImportJob) -> None:
    """Make the preview anew, in the language that is asked for now."""
    job.state, job.fingerprint, job.digest, job.counts = ImportJob.State.WORKING, "", "", {}
    job.language = translation.get_language() or "id"
    with transaction.atomic():
        job.save(update_fields=["state", "fingerprint", "digest", "counts", "language"])
        for part in job.parts.all():
            part.plan, part.states, part.keys = None, "", _given_slugs(part.rows)
            part.save(update_fields=["plan", "states", "keys"])


def done_rows(job: ImportJob) -> int:
    """How many rows have a plan."""
    return sum(len(states) for states in job.parts.values_list("states", flat=True))


# --- going away -----------------------------------------------------------------------------------


def discard(job: ImportJob) -> None:
    """Let a job go that is not saved."""
    photo_zip.drop_files(job)
    job.delete()


def tidy_jobs(*, now: Any = None) -> int:
    """Clear away previews that nobody saved, and bring in step what a death left half done."""
    now = now or timezone.now()
    photo_zip.mend(now=now)
    gone = 0
    for job in ImportJob.objects.filter(state__in=UNSAVED, touched_at__lt=now - KEPT):
        discard(job)
        gone += 1
    for job in ImportJob.objects.filter(state=ImportJob.State.DONE, touched_at__lt=now - KEPT_DONE):
        discard(job)
    return gone
