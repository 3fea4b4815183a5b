"""Photos of products as a ZIP archive, matched by file name.

Files and rows are no one transaction. So the names of the new files are noted first, then the files
are written, then in one transaction the rows point at them, and only then the old files go. Where
the process dies between, `mend` finds by the notes what no row points at. What pages and print show
of the photos is made after that, slice by slice.
"""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
import time
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from PIL import Image

from events.log import log_event
from events.models import Event
from opop_expo.imports.columns import plain
from opop_expo.imports.planning import BAD, CHANGED, NEW, SAME
from opop_expo.imports.saving import CatalogueMovedError
from opop_expo.models import ImportJob, ImportPart
from opop_expo.zip_in import MEGABYTE, BoundedZip, FileRefused, ZipBounds
from pesantren.models import Product
from pesantren.photo_making import drop_photos, make_missing
from pesantren.photos import MAX_BYTES, clean_photo

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.core.files.storage import Storage
    from django.core.files.uploadedfile import UploadedFile

    from opop_expo.imports.planning import Plan

KIND = "foto"
# A photo hardly packs; an entry that does is none.
BOUNDS = ZipBounds(entries=2_000, unpacked=1024 * MEGABYTE, ratio=50)
PART = 4
THUMBNAIL = (96, 72)
PERMISSIONS = ("pesantren.change_product",)
# What computers put into an archive by themselves.
NOT_MEANT = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
UNSAVED = (ImportJob.State.WORKING, ImportJob.State.READY)
# A saving that has said nothing for so long has died.
DEAD_AFTER = timedelta(minutes=10)


def private_storage() -> Storage:
    """Where files wait that nobody has confirmed; no address leads there."""
    return storages["imports"]


def waiting_photos(author: User) -> ImportJob | None:
    """The archive of this person that could still be saved; one with bad files cannot be."""
    unsaved = ImportJob.objects.filter(author=author, kind=KIND, state__in=UNSAVED)
    return next((job for job in unsaved if not job.counts.get("bad")), None)


def open_photos(upload: UploadedFile, *, author: User, replaces: str = "") -> ImportJob:
    """Keep an archive for the preview. Raises FileRefused; then nothing is kept.

    Only one waits for each person, since archives are large. It gives way to another once its
    sender has agreed to that, in `replaces`; unasked only where it could not be saved anyway, or
    is the very file.
    """
    name, file = upload.name or "", upload.file
    assert file is not None  # noqa: S101, the form asks for one
    if not name.lower().endswith(".zip"):
        raise FileRefused(_("Kirim satu berkas .zip yang berisi foto."))
    if (upload.size or 0) > settings.PHOTO_ZIP_MAX_BYTES:
        reason = _("Berkas ini lebih besar dari %(most)s MB.")
        raise FileRefused(reason % {"most": settings.PHOTO_ZIP_MAX_BYTES // MEGABYTE})
    names = [
        entry.filename
        for entry in BoundedZip(file, BOUNDS).entries
        if not entry.is_dir() and not _is_not_meant(entry.filename)
    ]
    if not names:
        raise FileRefused(_("Arsip ini tidak memuat foto."))
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    rows = [[number, {"file": one}] for number, one in enumerate(names, start=1)]
    with transaction.atomic():
        # Of two sent at once the second sees the first; else both would wait, and the tick on the
        # page, which is of one of them, would never be enough.
        get_user_model()._default_manager.select_for_update(no_key=True).get(pk=author.pk)
        before = _given_way(author, digest, replaces)
        job = ImportJob.objects.create(
            kind=KIND,
            author=author,
            file_name=name[-200:],
            file_digest=digest,
            language=translation.get_language() or "id",
            rows=len(rows),
        )
        ImportPart.objects.bulk_create(
            ImportPart(job=job, number=number, rows=rows[start : start + PART])
            for number, start in enumerate(range(0, len(rows), PART))
        )
    # After the row: a file without a row would never be found again.
    private_storage().save(f"{job.pk}/foto.zip", file)
    if not ImportJob.objects.filter(pk=job.pk).exists():
        # The same file, sent twice at once: the other has taken its place by now.
        drop_files(job)
    # Another window may be saving it by now.
    for old in ImportJob.objects.filter(pk__in=[one.pk for one in before], state__in=UNSAVED):
        drop_files(old)
        old.delete()
    return job


def _given_way(author: User, digest: str, replaces: str) -> list[ImportJob]:
    """What waits of this person and gives way to another. Raises FileRefused if one does not."""
    before = list(ImportJob.objects.filter(author=author, kind=KIND, state__in=UNSAVED))
    for old in before:
        if str(old.pk) != replaces and old.file_digest != digest and not old.counts.get("bad"):
            reason = _(
                "Arsip %(file)s belum disimpan. Simpan dulu; atau centang bahwa arsip itu diganti,"
                " lalu pilih berkas ini sekali lagi."
            )
            raise FileRefused(reason % {"file": old.file_name})
    return before


def work(job: ImportJob, *, until: float) -> None:
    """Match, check and make anew the photos of some more parts."""
    storage = private_storage()
    by_slug = dict(Product.objects.values_list("slug", "pk"))
    by_name: dict[str, list[str]] = {}
    for slug, name in Product.objects.values_list("slug", "name"):
        by_name.setdefault(plain(name), []).append(slug)
    taken: dict[str, str] = {}
    waiting: list[int] = []
    # One look for both: another window may be at work, as in jobs.work.
    for part_pk, plans in job.parts.values_list("pk", "plan"):
        taken |= {plan["key"]: plan["name"] for plan in plans or [] if plan["key"]}
        if plans is None:
            waiting.append(part_pk)
    with storage.open(f"{job.pk}/foto.zip") as file:
        archive = BoundedZip(file.file or file, BOUNDS)
        entries = {entry.filename: entry for entry in archive.entries}
        for part_pk in waiting:
            part = job.parts.get(pk=part_pk)
            part.plan = []
            for number, cells in part.rows:
                plan: Plan = {"n": number, "name": cells["file"], "key": ""}
                try:
                    plan["key"] = _match(cells["file"], by_slug, by_name, taken)
                    taken[plan["key"]] = cells["file"]
                    _make(job, plan, by_slug[plan["key"]], archive, entries[cells["file"]], storage)
                except (FileRefused, ValidationError) as error:
                    reason = error.messages[0] if isinstance(error, ValidationError) else str(error)
                    plan["state"], plan["problems"] = BAD, [["", reason]]
                part.plan.append(plan)
            part.states = "".join(plan["state"] for plan in part.plan)
            part.save(update_fields=["plan", "states"])
            if time.monotonic() > until:
                return


def _match(
    name: str, by_slug: dict[str, int], by_name: dict[str, list[str]], taken: dict[str, str]
) -> str:
    """The slug of the product that a file is named after."""
    stem = PurePosixPath(name.replace("\\", "/")).stem.strip()
    # Of several products called Madu one has the address madu: Madu.jpg is of none of them.
    found = [stem] if stem in by_slug else by_name.get(plain(stem), [])
    if not found and stem.lower() in by_slug:
        found = [stem.lower()]
    if not found:
        raise FileRefused(
            _("Tidak ada produk bernama begini. Namai berkas seperti produk atau alamatnya.")
        )
    if len(found) > 1:
        reason = _("Ada beberapa produk bernama begini. Namai berkas: %(keys)s.")
        raise FileRefused(reason % {"keys": ", ".join(found[:4])})
    if found[0] in taken:
        raise FileRefused(_("Produknya sama dengan berkas %(file)s.") % {"file": taken[found[0]]})
    return found[0]


def _make(
    job: ImportJob,
    plan: Plan,
    pk: int,
    archive: BoundedZip,
    entry: Any,
    storage: Storage,
) -> None:
    if entry.file_size > MAX_BYTES:
        reason = _("Foto ini terlalu berat. Paling besar %(most)s MB.")
        raise FileRefused(reason % {"most": MAX_BYTES // MEGABYTE})
    content = archive.read(entry, most=MAX_BYTES)
    clean = clean_photo(ContentFile(content, name=entry.filename)).read()
    product = Product.objects.get(pk=pk)
    plan |= {"pk": pk, "product": product.name, "old": product.photo.name or ""}
    plan["sha256"] = hashlib.sha256(clean).hexdigest()
    plan["thumbnail"] = _thumbnail(clean)
    if not product.photo_is_drawn and _stored(plan["old"]) == plan["sha256"]:
        plan["state"] = SAME
        return
    plan["state"] = CHANGED if plan["old"] and not product.photo_is_drawn else NEW
    plan["changes"] = [[_("Foto"), "", _("%(kilobytes)s KB") % {"kilobytes": len(clean) // 1024}]]
    plan["staged"] = f"{job.pk}/{plan['n']}.webp"
    storage.delete(plan["staged"])
    storage.save(plan["staged"], ContentFile(clean))


def _stored(name: str) -> str:
    """The SHA-256 of a file among the media; empty where it is missing."""
    if not name or not default_storage.exists(name):
        return ""
    with default_storage.open(name) as file:
        return hashlib.sha256(file.read()).hexdigest()


def _thumbnail(content: bytes) -> str:
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.thumbnail(THUMBNAIL)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=60)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def _is_not_meant(name: str) -> bool:
    return name.startswith(NOT_MEANT) or name.rpartition("/")[2].startswith((".", *NOT_MEANT))


# --- saving ---------------------------------------------------------------------------------------


def save_photos(job: ImportJob, *, digest: str, actor: User) -> bool:
    """Put the photos of a job in place; False if that was done before.

    Raises CatalogueMovedError where the preview is not up to date.
    """
    plans = [
        plan
        for part in job.parts.all()
        for plan in part.plan or []
        if plan["state"] in (NEW, CHANGED)
    ]
    token = secrets.token_hex(4)
    names = {plan["pk"]: f"products/{plan['key'][:70]}-{token}.webp" for plan in plans}
    if not _begin(job, digest=digest, names=list(names.values())):
        return False
    try:
        storage = private_storage()
        for plan in plans:
            with storage.open(plan["staged"]) as file:
                default_storage.save(names[plan["pk"]], file)
        _point(job, plans, names, actor)
    except FileNotFoundError as error:
        _give_up(job, list(names.values()))
        raise CatalogueMovedError from error
    except CatalogueMovedError:
        _give_up(job, list(names.values()))
        raise
    _drop_replaced(job)
    drop_files(job)
    job.parts.all().delete()
    return True


@transaction.atomic
def _begin(job: ImportJob, *, digest: str, names: list[str]) -> bool:
    """Note which files will be written, before any is."""
    there = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if there.state == ImportJob.State.DONE:
        return False
    if there.state != ImportJob.State.READY or there.digest != digest:
        raise CatalogueMovedError
    there.state, there.placed, there.touched_at = ImportJob.State.SAVING, names, timezone.now()
    there.save(update_fields=["state", "placed", "touched_at"])
    return True


@transaction.atomic
def _point(job: ImportJob, plans: list[Plan], names: dict[int, str], actor: User) -> None:
    """Let the rows of the products point at the new files. They are all there."""
    there = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    pks = list(names)
    products = Product.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(pks)
    is_as_shown = all(
        plan["pk"] in products
        and (products[plan["pk"]].photo.name or "") == plan["old"]
        and products[plan["pk"]].slug == plan["key"]
        for plan in plans
    )
    if there.state != ImportJob.State.SAVING or there.placed != list(names.values()):
        raise CatalogueMovedError
    if not is_as_shown:
        raise CatalogueMovedError
    for pk, product in products.items():
        product.photo.name = names[pk]
        product.photo_is_drawn = False
    Product.objects.bulk_update(products.values(), ["photo", "photo_is_drawn"], batch_size=200)
    there.state, there.touched_at = ImportJob.State.DONE, timezone.now()
    there.replaced = [plan["old"] for plan in plans if plan["old"]]
    there.placed = []
    there.save(update_fields=["state", "touched_at", "replaced", "placed"])
    if plans:
        log_event(
            Event.Kind.PHOTOS_IMPORTED,
            _("impor foto: %(file)s") % {"file": there.file_name},
            actor=actor,
            data={
                "file": there.file_name,
                "file_sha256": there.file_digest,
                "counts": there.counts,
                "digest": there.digest,
                "products": sorted(plan["key"] for plan in plans),
            },
        )
    job.replaced = there.replaced


def _give_up(job: ImportJob, names: list[str]) -> None:
    """Take away the files that no row points at, and let the job be shown anew."""
    drop_photos(names)
    ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.SAVING).update(
        state=ImportJob.State.READY, placed=[]
    )
    job.state = ImportJob.State.READY


def _drop_replaced(job: ImportJob) -> None:
    drop_photos(job.replaced)
    ImportJob.objects.filter(pk=job.pk).update(replaced=[])


def work_on_sizes(*, until: float) -> None:
    """Make what pages and print show of some more of the photos, this job's among them."""
    make_missing(until=until)


def drop_files(job: ImportJob) -> None:
    """Remove what waits of a job in the private folder."""
    if job.kind == KIND:
        _drop_folder(str(job.pk))


def _drop_folder(folder: str) -> None:
    storage = private_storage()
    try:
        _folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        storage.delete(f"{folder}/{name}")
    storage.delete(folder)


def mend(*, now: Any) -> None:
    """Bring files and rows in step where a saving, or the clearing after it, has died."""
    for job in ImportJob.objects.filter(
        kind=KIND, state=ImportJob.State.SAVING, touched_at__lt=now - DEAD_AFTER
    ):
        _give_up(job, job.placed)
    for job in ImportJob.objects.filter(kind=KIND, state=ImportJob.State.DONE).exclude(replaced=[]):
        _drop_replaced(job)
    # The row of a job is there before its files are, and they are of use until it is saved.
    waiting = ImportJob.objects.filter(kind=KIND).exclude(state=ImportJob.State.DONE)
    in_use = {str(pk) for pk in waiting.values_list("pk", flat=True)}
    try:
        folders, _files = private_storage().listdir("")
    except FileNotFoundError:
        return
    for folder in folders:
        if folder not in in_use:
            _drop_folder(folder)
