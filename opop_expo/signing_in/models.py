"""What is kept of logins: where somebody is signed in, which devices are known, recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class PortalSession(AbstractBaseSession):
    """A session that knows whose it is, so that all of a person's can be shown and ended."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("akun"),
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    signed_in_at = models.DateTimeField(_("masuk pada"), null=True)
    seen_at = models.DateTimeField(_("terakhir dipakai"), default=timezone.now)
    # `Chrome, Android`: enough for its owner, and no more of it is kept.
    device = models.CharField(_("perangkat"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("login")
        verbose_name_plural = pgettext_lazy("jamak", "login")
        default_permissions = ()
        permissions = [
            ("look_after_portalsession", "Can lift locks, end logins and help people sign in")
        ]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from opop_expo.signing_in.sessions import SessionStore

        return SessionStore


class KnownDevice(models.Model):
    """A browser from which a person has signed in before, behind a token that only it has."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("akun"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    # The SHA-256 of 256 random bits.
    token_hash = models.CharField(max_length=64)
    seen_at = models.DateTimeField(_("terakhir dipakai"), default=timezone.now)
    # Until then it is not asked for the second factor.
    factor_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("perangkat yang dikenal")
        verbose_name_plural = pgettext_lazy("jamak", "perangkat yang dikenal")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "token_hash"], name="known_device_token_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A way in without the phone, good once. Hashed as passwords are."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("akun"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    code_hash = models.CharField(max_length=128)

    class Meta:
        verbose_name = _("kode pemulihan")
        verbose_name_plural = pgettext_lazy("jamak", "kode pemulihan")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)
