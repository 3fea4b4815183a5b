"""How passwords are hashed, and which are refused: short ones, and those that are guessed first.

As NIST SP 800-63B-4 wants it: length and a list, no rules of composition, no change by date.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from opop_expo.accounts import DEMO_PASSWORD

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

LONGEST = 1_000
SHORTEST, SHORTEST_FOR_STAFF = 10, 12
# What is left of a password when everything that is guessed first has been taken out of it.
LEFT = 6

# What somebody tries who knows where they are. Named in docs/security.md.
WORDS = (
    "one pesantren one product", "onepesantrenoneproduct", "opopexpo", "opop", "expo", "pameran",
    "pesantren", "ponpes", "pondok", "santripreneur", "pesantrenpreneur", "sosiopreneur", "santri",
    "kopontren", "koperasi", "umkm", "produk", "product", "panitia", "organiser", "organizer",
    "petugas", "kasir", "keeper", "penjaga", "usher", "keuangan", "finance", "admin",
    "administrator", "superuser", "stan", "stand", "tablet", "voucher", "surabaya", "gresik",
    "jombang", "jawatimur", "jatim", "jawa", "timur", "eastjava", "indonesia", "maspion",
    "bismillah", "alhamdulillah", "assalamualaikum", "rahasia", "katasandi", "kata", "sandi",
    "password", "passwd", "passw0rd", "qwerty", "masuk", "login", "selamat", "merdeka", "sayang",
)  # fmt: skip
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
YEAR = re.compile(r"(19|20)\d\d")
SAME = re.compile(r"(.)\1{2,}")


class ArgonHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: what OWASP asks for at least.

    Django's own 100 MiB in eight lanes cost the hall's two processors ten times as much.
    docs/decisions/0043-signing-in.md has the figures.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


class LengthValidator:
    """At least twelve letters for an organiser, ten for everybody else."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        least = least_letters(user)
        if len(password) < least:
            raise ValidationError(
                _("Terlalu pendek: paling sedikit %(least)s huruf.") % {"least": least},
                code="too_short",
            )
        if len(password) > LONGEST:
            raise ValidationError(
                _("Terlalu panjang: paling banyak %(most)s huruf.") % {"most": LONGEST},
                code="too_long",
            )

    def get_help_text(self) -> str:
        return _("Tiga atau empat kata yang tidak berhubungan mudah diingat dan sulit ditebak.")


def least_letters(user: AbstractBaseUser | None) -> int:
    """How many letters a password of theirs needs; of somebody unknown as of an organiser."""
    is_staff = getattr(user, "is_staff", True)
    return SHORTEST_FOR_STAFF if is_staff else SHORTEST


class EasyToGuessValidator:
    """Not made of what is tried first here: the expo's words, years, rows of keys."""

    def __init__(self) -> None:
        self.common: set[str] = set(CommonPasswordValidator().passwords)

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        rest = hard_part(password)
        if password == DEMO_PASSWORD or len(rest) < LEFT or rest in self.common:
            raise ValidationError(
                _("Terlalu mudah ditebak: hampir seluruhnya kata umum, nama, tahun, atau urutan."),
                code="easy_to_guess",
            )

    def get_help_text(self) -> str:
        return _("Bukan nama pameran, kota, tahun, atau deretan tombol.")


def hard_part(password: str) -> str:
    """What remains of a password without words, years, runs and signs; in small letters."""
    text = password.lower()
    for word in sorted(WORDS, key=len, reverse=True):
        text = text.replace(word, " ")
    text = SAME.sub(" ", YEAR.sub(" ", text))
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for length in range(len(row), 3, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], " ")
    return re.sub(r"[\W_]+", "", text)
