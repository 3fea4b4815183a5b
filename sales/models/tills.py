"""What sells: paired tablets, the series of numbers they give, and who stands at them."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stands.models import Expo, Stand

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def new_epoch() -> str:
    """A name that no other pairing and no other restore had."""
    return secrets.token_hex(8)


class Tablet(models.Model):
    """A paired device: one storage of one browser, and the credential that it was given.

    A tablet whose storage is new is another tablet, even if it is the same piece of glass: nobody
    knows any more which numbers it gave.
    """

    # Made by the tablet together with its storage.
    storage_id = models.UUIDField(_("penyimpanan"), unique=True, editable=False)
    # SHA-256 of the credential. It stays when revoked, so that the tablet can be told so.
    credential_hash = models.CharField(_("sidik kunci"), max_length=64, unique=True, editable=False)
    # The same in every row that one credential went through, from one pairing to the next: what is
    # revoked and how much was guessed does not change with the storage.
    lineage = models.UUIDField(_("asal kunci"), default=uuid.uuid4, editable=False)
    paired_at = models.DateTimeField(_("dipasangkan"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("dicabut"), null=True, blank=True, editable=False)
    last_contact_at = models.DateTimeField(_("kontak terakhir"), null=True, editable=False)
    app_version = models.CharField(_("versi kasir"), max_length=20, blank=True, editable=False)
    # Server's clock less the tablet's, as measured at the last contact.
    clock_offset_ms = models.BigIntegerField(_("selisih jam (ms)"), null=True, editable=False)
    # Whether the browser promised not to clear the storage by itself.
    storage_persists = models.BooleanField(_("penyimpanan tetap"), null=True, editable=False)
    # A tablet that knows another one sends again what it sent before (sales.tablet.epochs): it was
    # paired again, or the database was put back to a copy that lacks what was taken since.
    epoch = models.CharField(_("masa"), max_length=16, default=new_epoch, editable=False)

    # What it said at its last contact of what does not get here: how many the portal refused;
    # whether it could not send again what a restored portal asks for; since when the oldest waits.
    refused = models.PositiveIntegerField(_("ditolak"), default=0, editable=False)
    owes = models.BooleanField(_("belum kirim ulang"), default=False, editable=False)
    waits_since = models.DateTimeField(_("menunggu sejak"), null=True, editable=False)

    # Set by sales.tablet.tills.find_tablet() where the database reads them in the same statement.
    tills_at_hand: list[Till] | None = None

    class Meta:
        verbose_name = _("tablet")
        verbose_name_plural = pgettext_lazy("jamak", "tablet")
        ordering = ["-paired_at"]

    def __str__(self) -> str:
        return str(self.storage_id)[:8]

    @property
    def is_revoked(self) -> bool:
        """Whether an organiser has taken the credential back."""
        return self.revoked_at is not None


class Till(models.Model):
    """One series of receipt numbers at one stand. The letter W is the plain form in a browser."""

    WEB = "W"
    # Training counts under it, inside each till's own numbers.
    TRAINING = "L"

    expo = models.ForeignKey(
        Expo, verbose_name=_("edisi"), on_delete=models.PROTECT, related_name="tills"
    )
    stand = models.ForeignKey(
        Stand, verbose_name=_("stan"), on_delete=models.PROTECT, related_name="tills"
    )
    letter = models.CharField(
        _("huruf"),
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{1,2}$", _("Satu atau dua huruf besar."))],
    )
    # Stand code as it was when the till was made, with the letter: `A12-B`. Receipt numbers begin
    # with it, and a stand that is renamed later changes no number that was printed.
    prefix = models.CharField(_("awalan nota"), max_length=10, editable=False)
    name = models.CharField(_("nama"), max_length=60, blank=True)
    is_active = models.BooleanField(_("aktif"), default=True)
    created_at = models.DateTimeField(_("dibuat"), default=timezone.now, editable=False)
    # The one tablet that numbers under this till. A tablet sells at the till it claimed last, and
    # may still deliver what it numbered under the others.
    tablet = models.ForeignKey(
        Tablet,
        verbose_name=_("tablet"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="tills",
    )
    claimed_at = models.DateTimeField(_("dipasangkan"), null=True, editable=False)
    # What the tablet said at its last contact: the last number it gave, how many it still holds.
    last_counter = models.PositiveBigIntegerField(_("nomor terakhir"), default=0, editable=False)
    unsent = models.PositiveIntegerField(_("belum terkirim"), default=0, editable=False)
    last_contact_at = models.DateTimeField(_("kontak terakhir"), null=True, editable=False)

    class Meta:
        verbose_name = _("kasir (tablet)")
        verbose_name_plural = pgettext_lazy("jamak", "kasir (tablet)")
        ordering = ["stand", "letter"]
        constraints = [
            models.UniqueConstraint(
                fields=["stand", "letter"],
                name="till_letter_unique",
                violation_error_message=_("Huruf ini sudah dipakai di stan itu."),
            ),
            models.UniqueConstraint(fields=["expo", "prefix"], name="till_prefix_unique"),
        ]

    def __str__(self) -> str:
        return self.prefix


class PairingCode(models.Model):
    """A way in for one tablet at one stand: used once, within ten minutes."""

    stand = models.ForeignKey(
        Stand, verbose_name=_("stan"), on_delete=models.PROTECT, related_name="pairing_codes"
    )
    name = models.CharField(_("nama tablet"), max_length=60, blank=True)
    code_hash = models.CharField(_("sidik kode"), max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("dibuat oleh"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("dibuat"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("berlaku sampai"), editable=False)
    used_at = models.DateTimeField(_("dipakai"), null=True, editable=False)
    till = models.ForeignKey(
        Till,
        verbose_name=_("kasir"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="pairing_codes",
    )

    class Meta:
        verbose_name = _("kode pasang")
        verbose_name_plural = pgettext_lazy("jamak", "kode pasang")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.stand.code} {self.made_at:%Y-%m-%d %H:%M}"


# The group of opop_expo.roles.
KEEPERS = "Keeper"


class CashierQuerySet(models.QuerySet["Cashier"]):
    """Cashiers, in words."""

    def for_user(self, user: User) -> CashierQuerySet:
        """The active cashier behind a login, with the one stand that they keep.

        Who is taken out of the keepers' group keeps nothing from then on.
        """
        return self.filter(user=user, is_active=True, user__groups__name=KEEPERS).select_related(
            "stand__expo"
        )


class Cashier(models.Model):
    """The person at the till: keeper of one stand."""

    stand = models.ForeignKey(
        Stand, verbose_name=_("stan"), on_delete=models.PROTECT, related_name="cashiers"
    )
    name = models.CharField(_("nama"), max_length=60)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("akun"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cashier",
    )
    # Django's password hash of the PIN; empty: chosen by name alone.
    pin_hash = models.CharField(_("PIN"), max_length=128, blank=True, editable=False)
    is_active = models.BooleanField(_("aktif"), default=True)

    objects = CashierQuerySet.as_manager()

    class Meta:
        verbose_name = _("petugas")
        verbose_name_plural = pgettext_lazy("jamak", "petugas")
        ordering = ["stand", "name"]
        constraints = [
            models.UniqueConstraint(fields=["stand", "name"], name="cashier_name_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.stand.code})"
