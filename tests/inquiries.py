"""Inquiries for tests: what is filled in, and rows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from stands.models import Inquiry

if TYPE_CHECKING:
    from pesantren.models import Product
    from stands.models import Expo


def filled_in(**other: Any) -> dict[str, str]:
    """The form as Dewi fills it in."""
    return {
        "key": str(uuid.uuid4()),
        "name": "Dewi Lestari",
        "organisation": "Toko Barokah",
        "contact": "dewi@toko.example",
        "message": "Kami ingin memesan 200 bungkus sebulan.",
        "consent": "on",
        "ulangi": "",
        **other,
    }


def make_inquiry(*, expo: Expo, product: Product | None, **other: Any) -> Inquiry:
    """An inquiry about a product, that owes no mail."""
    return Inquiry.objects.create(
        **{
            "id": uuid.uuid4(),
            "expo": expo,
            "product": product,
            "name": "Dewi Lestari",
            "organisation": "Toko Barokah",
            "contact": "dewi@toko.example",
            "message": "Kami ingin memesan 200 bungkus sebulan.",
            **other,
        }
    )
