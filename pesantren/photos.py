"""Photos that people upload: bounded before they are decoded, then made anew without metadata."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.text import slugify
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from django.core.files import File

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
# The longest side of what is kept: as wide as a product page on a large screen of double density.
MAX_SIDE = 1600
FORMATS = ["JPEG", "PNG", "WEBP"]


def clean_photo(upload: File[bytes], *, is_code: bool = False) -> ContentFile[bytes]:
    """The photo as a fresh WebP, upright, at most 1600 pixels long, with nothing but its pixels.

    The picture of a code that is scanned keeps its edges: without loss, and on a white ground.

    Raises ValidationError for anything but a JPEG, PNG or WebP of at most 8 MB and 40 megapixels.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ValidationError(
            _("Foto ini terlalu berat. Paling besar %(most)s MB.")
            % {"most": MAX_BYTES // 1024 // 1024},
            code="too_heavy",
        )
    picture = decoded(upload)
    has_alpha = "A" in picture.mode or "transparency" in picture.info
    clean = picture.convert("RGBA" if has_alpha else "RGB")
    if is_code and has_alpha:
        ground = Image.new("RGBA", clean.size, "white")
        clean = Image.alpha_composite(ground, clean).convert("RGB")
    clean.info = {}
    out = io.BytesIO()
    clean.save(out, "WEBP", lossless=is_code, quality=82, method=4)
    stem = slugify(Path(upload.name or "").stem)[:60] or "foto"
    # Named by what is in it as well: what browsers and the portal keep under a name stays true,
    # even where the file of that name was removed and comes again.
    digest = hashlib.sha256(out.getvalue()).hexdigest()[:10]
    return ContentFile(out.getvalue(), name=f"{stem}-{digest}.webp")


def decoded(upload: File[bytes]) -> Image.Image:
    """The pixels, at most 1600 a side, turned upright as the camera noted.

    Raises ValidationError for a file that is no photo, or too large a one.
    """
    try:
        picture = Image.open(upload, formats=FORMATS)
        size = picture.width * picture.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:
        # A broken file makes Pillow raise nearly anything.
        raise ValidationError(
            _("Berkas ini bukan foto yang dikenal. Pakai JPEG, PNG, atau WebP."), code="unknown"
        ) from error
    if size > MAX_PIXELS:
        raise _too_many_pixels()
    try:
        # A JPEG far larger than what is kept is decoded at a fraction of its size.
        picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
        # Made small before it is turned: turning keeps a second copy for a moment.
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
        return ImageOps.exif_transpose(picture)
    except Exception as error:
        raise ValidationError(
            _("Foto ini rusak atau terpotong. Ambil lagi, lalu unggah ulang."), code="broken"
        ) from error


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("Foto ini terlalu besar. Paling banyak %(most)s megapiksel.")
        % {"most": MAX_PIXELS // 1_000_000},
        code="too_many_pixels",
    )


class PhotoField(forms.FileField):
    """A form field whose value is the cleaned photo; for a model's ImageField in any model form."""

    def __init__(self, *args: Any, is_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_code = is_code

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        return clean_photo(upload, is_code=self.is_code) if upload else None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        if isinstance(widget, forms.FileInput):
            attrs.setdefault("accept", "image/jpeg,image/png,image/webp")
        return attrs
