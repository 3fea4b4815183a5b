"""The append-only log of who did what, and beside it the tries that a throttle counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from uuid import UUID


class Event(models.Model):
    """One thing that somebody did; never changed, never removed."""

    class Kind(models.TextChoices):
        IMPORTED = "imported", _("data diimpor")
        PRICE_CHANGED = "price_changed", _("harga diubah")
        STOCK_CHANGED = "stock_changed", _("stok diubah")
        OFFER_WITHDRAWN = "offer_withdrawn", _("barang ditarik")
        ORDER_CHANGED = "order_changed", _("urutan barang diubah")
        TABLET_PAIRED = "tablet_paired", _("tablet dipasangkan")
        TABLET_REVOKED = "tablet_revoked", _("tablet dicabut")
        PIN_CHANGED = "pin_changed", _("PIN petugas diubah")
        HELD_DECIDED = "held_decided", _("penjualan ditahan diputuskan")
        FLAG_SETTLED = "flag_settled", _("tanda periksa diselesaikan")
        REVERSED = "reversed", _("penjualan dibatalkan panitia")
        DAY_CLOSED = "day_closed", _("kasir ditutup")
        CLOSE_AMENDED = "close_amended", _("tutup kasir ditambah")
        VOUCHERS_MADE = "vouchers_made", _("voucher dibuat")
        VOUCHERS_PRINTED = "vouchers_printed", _("kode voucher dicetak")
        VOUCHER_ISSUED = "voucher_issued", _("voucher diserahkan")
        VOUCHER_VOIDED = "voucher_voided", _("voucher dihapuskan")
        VOUCHER_RELEASED = "voucher_released", _("voucher dilepas panitia")
        VOUCHER_RULES_CHANGED = "voucher_rules_changed", _("aturan voucher diubah")
        VOUCHERS_SETTLED = "vouchers_settled", _("voucher dilunasi")
        BANK_IMPORTED = "bank_imported", _("mutasi bank diterima")
        BANK_WITHDRAWN = "bank_withdrawn", _("mutasi bank ditarik")
        BANK_CHECKED = "bank_checked", _("pembayaran dicocokkan")
        PRODUCT_JUDGED = "product_judged", _("kurasi produk diputuskan")
        PHOTOS_IMPORTED = "photos_imported", _("foto diimpor")
        LEDGER_VERIFIED = "ledger_verified", _("buku penjualan diperiksa")
        DIGEST_PRINTED = "digest_printed", _("sidik hari dicetak")
        INQUIRY_MOVED = "inquiry_moved", _("minat kerja sama ditindaklanjuti")
        INQUIRIES_ANONYMISED = "inquiries_anonymised", _("data diri peminat dihapus")
        CLAIM_CHANGED = "claim_changed", _("klaim dicatat atau diubah")
        CLAIM_PUBLISHED = "claim_published", _("klaim diterbitkan")
        SCHEME_CHANGED = "scheme_changed", _("skema pembiayaan diubah")
        AGREEMENT_CHANGED = "agreement_changed", _("kerja sama dicatat atau diubah")
        DOCUMENT_READ = "document_read", _("dokumen kerja sama dibuka")
        DISBURSEMENT_CHANGED = "disbursement_changed", _("penyaluran dicatat atau diubah")
        SESSION_CHANGED = "session_changed", _("acara diubah")
        ATTENDANCE_WITHDRAWN = "attendance_withdrawn", _("kehadiran ditarik kembali")
        EDITION_CLOSED = "edition_closed", _("edisi ditutup")
        NOTICE_HIDDEN = "notice_hidden", _("kabar peserta disembunyikan")
        NOTICE_SHOWN = "notice_shown", _("kabar peserta ditampilkan lagi")
        EDITION_COPIED = "edition_copied", _("edisi baru disiapkan")
        STAND_REMOVED = "stand_removed", _("stan dihapus")
        EDITION_DISCARDED = "edition_discarded", _("edisi yang disiapkan dibuang")
        EDITION_PUBLISHED = "edition_published", _("edisi diterbitkan")
        RESULTS_FROZEN = "results_frozen", _("hasil dibekukan")
        RESULTS_CHOSEN = "results_chosen", _("isi halaman hasil diubah")
        BACKUP_MADE = "backup_made", _("cadangan dibuat")
        BACKUP_RESTORED = "backup_restored", _("cadangan dipulihkan")
        SIGNED_IN = "signed_in", _("masuk ke portal")
        SIGN_IN_LOCKED = "sign_in_locked", _("login terkunci sementara")
        SIGN_IN_UNLOCKED = "sign_in_unlocked", _("kunci login dibuka")
        LOGINS_ENDED = "logins_ended", _("login diakhiri")
        PASSWORD_CHANGED = "password_changed", _("kata sandi diganti")
        PASSWORD_LINK_MADE = "password_link_made", _("tautan kata sandi dibuat")
        FACTOR_CHANGED = "factor_changed", _("langkah kedua diubah")
        PERSON_EXPORTED = "person_exported", _("data diri diserahkan kepada pemiliknya")
        PERSON_ERASED = "person_erased", _("data diri dihapus atas permintaan")
        OLD_FORGOTTEN = "old_forgotten", _("data lama dihapus")

    at = models.DateTimeField(_("waktu"), default=timezone.now, editable=False)
    kind = models.CharField(_("jenis"), max_length=40, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("pelaku"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    subject = models.CharField(_("perihal"), max_length=200)
    data = models.JSONField(_("rincian"), default=dict, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("tunggal", "catatan perubahan")
        verbose_name_plural = pgettext_lazy("jamak", "catatan perubahan")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["kind", "-at"], name="event_kind_at")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"


# The part of a row that is all of it.
WHOLE_ROW = "*"


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """What was erased, in words."""

    def of_whole_row(self, row: models.Model, request: UUID) -> ErasureQuerySet:
        """That a row was emptied, by one request."""
        return self.filter(request=request, part=WHOLE_ROW, **Erasure.place_of(row))


class Erasure(models.Model):
    """That something of a row was erased for a person: where, never what or of whom.

    The triggers of append-only tables and of closed editions let through what is named here while
    it is open (`events.log.permit_erasure`), and after a restore from a backup the same is erased
    again by it (opop_expo.privacy.replaying).
    """

    # A row that is never there: what refers to it cannot be committed.
    NOWHERE = -1

    # Of one request, or of one run that forgets what is old.
    request = models.UUIDField(_("permintaan"), editable=False)
    at = models.DateTimeField(_("waktu"), default=timezone.now, editable=False)
    # A table, the key of a row without dashes, and a column; `*` is the whole row.
    place = models.CharField(_("tabel"), max_length=63)
    row_key = models.CharField(_("baris"), max_length=64)
    part = models.CharField(_("kolom"), max_length=63)
    # Where in a text: {"path of a value": [[start, length]]}; empty: all of it.
    spans = models.JSONField(_("letak"), default=dict, blank=True)
    # Of each of these texts a digest of what is left, so that the same text is known again.
    left = models.JSONField(_("sidik sisanya"), default=dict, blank=True)
    # NOWHERE while the triggers let the erasure through, else empty. The database looks at the
    # reference at the end of a transaction, so that none ends with a permit still open.
    permit = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("penghapusan data diri")
        verbose_name_plural = pgettext_lazy("jamak", "penghapusan data diri")
        ordering = ["pk"]
        default_permissions = ("view",)
        permissions = [("erase_person", "Can find, hand out and erase the data of a person")]
        indexes = [
            models.Index(fields=["place", "row_key", "part"], name="erasure_place_row_part"),
            models.Index(fields=["request"], name="erasure_request"),
        ]
        constraints = [
            # Else a permit could stay open by referring to a row that is there.
            models.CheckConstraint(
                condition=models.Q(pk__gt=0) & (models.Q(permit=None) | models.Q(permit=-1)),
                name="erasure_permit_nowhere",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.row_key} {self.part}"

    @staticmethod
    def place_of(row: models.Model) -> dict[str, str]:
        """Table and key of a row, as they are kept here."""
        return {"place": row._meta.db_table, "row_key": str(row.pk).replace("-", "")}


class Attempt(models.Model):
    """A wrong code, a wrong PIN, a message. So many of one kind within a while, and it must wait.

    Forgotten as soon as it counts no longer. Written and read by events.throttle alone.
    """

    scope = models.CharField(_("jenis"), max_length=20)
    key = models.CharField(_("asal"), max_length=100)
    at = models.DateTimeField(_("waktu"), default=timezone.now)

    class Meta:
        verbose_name = _("percobaan")
        verbose_name_plural = pgettext_lazy("jamak", "percobaan")
        indexes = [
            models.Index(fields=["scope", "key", "at"], name="attempt_scope_key_at"),
            models.Index(fields=["scope", "at"], name="attempt_scope_at"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
