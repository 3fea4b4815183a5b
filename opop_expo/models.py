"""What is kept of an upload until it is confirmed, and what browsers and processes report."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stands.models import Expo


class ImportJob(models.Model):
    """One file that somebody sent in: worked through in slices, shown, then saved or let go."""

    class State(models.TextChoices):
        WORKING = "working", _("diperiksa")
        READY = "ready", _("menunggu disimpan")
        # Only for photos: their files are being put in place.
        SAVING = "saving", _("sedang disimpan")
        DONE = "done", _("sudah disimpan")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("jenis"), max_length=20)
    expo = models.ForeignKey(
        Expo,
        verbose_name=_("edisi"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pengirim"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    file_name = models.CharField(_("berkas"), max_length=200)
    # The SHA-256 of the file, for the log.
    file_digest = models.CharField(_("sidik berkas"), max_length=64)
    made_at = models.DateTimeField(_("dikirim"), default=timezone.now)
    touched_at = models.DateTimeField(_("terakhir disentuh"), default=timezone.now)
    state = models.CharField(_("keadaan"), max_length=8, choices=State, default=State.WORKING)
    # What the preview says is said in this language.
    language = models.CharField(_("bahasa"), max_length=5)
    # The columns of the file as [name, heading], and the headings that are not known.
    columns = models.JSONField(_("kolom"), default=list)
    unknown = models.JSONField(_("kolom tidak dikenal"), default=list)
    # Of a spreadsheet: the `sheet` that was read and whether it `is_first`, the names of those that
    # were `left` though they could be read, and how many rows were `hidden`.
    reading = models.JSONField(_("cara dibaca"), default=dict)
    rows = models.PositiveIntegerField(_("baris"))
    # What the tables looked like from which the preview was made, and what the preview says.
    fingerprint = models.CharField(_("sidik katalog"), max_length=64, blank=True)
    digest = models.CharField(_("sidik pratinjau"), max_length=64, blank=True)
    counts = models.JSONField(_("jumlah"), default=dict)
    # Photos only: the files put among the media before their rows point at them, and after that the
    # ones that no row points at any more.
    placed = models.JSONField(_("berkas baru"), default=list)
    replaced = models.JSONField(_("berkas lama"), default=list)

    class Meta:
        verbose_name = _("impor")
        verbose_name_plural = pgettext_lazy("jamak", "impor")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.file_name


class ImportPart(models.Model):
    """Some rows of a job: as they stand in the file, then what becomes of each."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    # As [number, {column: text}].
    rows = models.JSONField()
    plan = models.JSONField(null=True)
    # The keys that its rows take, each with the number of its row; 0 before there is a plan.
    keys = models.JSONField(default=dict)
    # A letter for each row: what the plan does with it. It lets a page be found without the plans.
    states = models.CharField(max_length=1_000, blank=True)

    class Meta:
        ordering = ["job", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="import_part_number_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.number}"


class PolicyReport(models.Model):
    """How often the Content-Security-Policy refused a thing on a page of ours.

    Written by opop_expo.guarding.policy_reports, which says what is not kept.
    """

    directive = models.CharField(_("aturan"), max_length=40)
    blocked = models.CharField(_("asal yang ditolak"), max_length=110)
    route = models.CharField(_("halaman"), max_length=200)
    count = models.PositiveIntegerField(_("berapa kali"))
    first_at = models.DateTimeField(_("pertama"), default=timezone.now)
    last_at = models.DateTimeField(_("terakhir"), default=timezone.now)

    class Meta:
        verbose_name = _("laporan kebijakan isi")
        verbose_name_plural = pgettext_lazy("jamak", "laporan kebijakan isi")
        ordering = ["-count", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "blocked", "route"], name="policy_report_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.directive}: {self.blocked}"


class NodeReport(models.Model):
    """A process that serves the portal, as it tells of itself every minute (health.nodes)."""

    node = models.CharField(_("node"), max_length=100)
    process = models.PositiveIntegerField(_("proses"))
    started_at = models.DateTimeField(_("mulai"))
    seen_at = models.DateTimeField(_("terakhir melapor"))
    # Of the portal, Python, Django and the like, by name.
    versions = models.JSONField(_("versi"), default=dict)
    # As [name, free bytes, all bytes, whether it can be written to].
    disks = models.JSONField(_("ruang"), default=list)

    class Meta:
        verbose_name = _("laporan node")
        verbose_name_plural = pgettext_lazy("jamak", "laporan node")
        ordering = ["node", "process"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["node", "process"], name="node_report_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.node} {self.process}"


class ErrorSeen(models.Model):
    """An error of the portal's own: what failed where, on one day, and how often (health.errors).

    Of the requests only their ids, under which the log tells more; of the people nothing.
    """

    day = models.DateField(_("hari"))
    # The class of the exception; of what was only logged the logger.
    kind = models.CharField(_("jenis"), max_length=120)
    # File, line and function.
    place = models.CharField(_("tempat"), max_length=200, blank=True)
    view = models.CharField(_("halaman"), max_length=120, blank=True)
    count = models.PositiveIntegerField(_("berapa kali"), default=0)
    last_at = models.DateTimeField(_("terakhir"))
    node = models.CharField(_("node"), max_length=100)
    # Of the last few times, the newest first.
    request_ids = models.JSONField(_("kode"), default=list)

    class Meta:
        verbose_name = _("kesalahan")
        verbose_name_plural = pgettext_lazy("jamak", "kesalahan")
        ordering = ["-last_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "place", "view"], name="error_seen_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.place}"
