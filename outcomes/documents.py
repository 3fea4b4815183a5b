"""Documents of agreements: a PDF, looked through first, and kept where nobody serves it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils.text import slugify
from django.utils.translation import gettext as _

from outcomes.private import private_storage

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from outcomes.models import Agreement

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
LOOKING_SECONDS = 30
WALK = Path(__file__).with_name("pdf_walk.py")
# A PDF ends there; writers leave a little behind it.
TAIL = 2_048


class DocumentRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """It is not kept, for a reason that a person can read."""


def read_document(upload: UploadedFile) -> bytes:
    """The content of a PDF that does nothing by itself. Raises DocumentRefused.

    The name and the type that the browser gives say nothing: the content is looked at.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise DocumentRefused(
            _("Berkas ini lebih besar dari %(most)s MB.") % {"most": MOST_BYTES // MEGABYTE}
        )
    content: bytes = upload.read(MOST_BYTES + 1)
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-TAIL:]:
        raise DocumentRefused(_("Berkas ini bukan PDF."))
    answer = _looked_through(content)
    if answer == "ok":
        return content
    reasons = {
        "encrypted": _("PDF ini terkunci sandi, jadi isinya tidak bisa diperiksa."),
        "active": _("PDF ini memuat skrip, lampiran, atau perintah. Cetak ulang ke PDF biasa."),
        "large": _("PDF ini terlalu rumit atau terlalu banyak halamannya."),
    }
    raise DocumentRefused(
        reasons.get(answer, _("PDF ini rusak, jadi isinya tidak bisa diperiksa."))
    )


def _looked_through(content: bytes) -> str:
    """What the program that looks through PDFs says; `broken` where it does not come back."""
    try:
        done = subprocess.run(  # noqa: S603, a program of ours, and nothing from outside in its name
            [sys.executable, "-I", str(WALK)],
            input=content,
            capture_output=True,
            timeout=LOOKING_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        return "large"
    if done.returncode:
        return "large"
    return done.stdout.decode("ascii", "replace").strip()


def save_document(content: bytes) -> str:
    """Write a file under a name that nobody can guess, and that no upload chose."""
    return private_storage().save(f"kerja-sama/{uuid.uuid4().hex}.pdf", ContentFile(content))


def delete_document(name: str) -> None:
    """Take a file away; one that is gone is gone."""
    if name:
        private_storage().delete(name)


def digest_of(content: bytes) -> str:
    """The SHA-256 of a document, for the log."""
    return hashlib.sha256(content).hexdigest()


def document_name(agreement: Agreement) -> str:
    """What a download is called."""
    stem = slugify(agreement.name)[:60] or "dokumen"
    return f"kerja-sama-{agreement.expo.slug}-{stem}.pdf"
