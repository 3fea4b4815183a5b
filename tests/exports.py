"""A tablet's export as its page makes it: the file, and the frames of the QR codes."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.tablets import TestTablet


def sealed(content: dict[str, Any] | bytes) -> bytes:
    """The bytes of the file, with its seal as the last member; bytes are taken for its JSON."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return raw[:-1] + f',"sha256":"{hashlib.sha256(raw).hexdigest()}"}}'.encode()


def export_of(tablet: TestTablet, sales: Sequence[Any], **other: Any) -> dict[str, Any]:
    """What a tablet exports that holds these unsent."""
    return {
        "format": "opop-till-1",
        "sent_at": timezone.now().isoformat(),
        "storage_id": str(tablet.storage_id),
        "app_version": "uji",
        "storage_persists": True,
        "clock_offset_ms": 0,
        "tills": {tablet.till.prefix: {"last": tablet.given, "unsent": len(sales)}},
        "sales": list(sales),
    } | other


def frames_of(content: dict[str, Any] | bytes, *, count: int = 3) -> list[str]:
    """The texts of its QR codes, in order."""
    raw = content if isinstance(content, bytes) else sealed(content)
    deflating = zlib.compressobj(wbits=-15)
    deflated = deflating.compress(raw) + deflating.flush()
    whole = base64.urlsafe_b64encode(deflated).rstrip(b"=").decode()
    name = hashlib.sha256(whole.encode()).hexdigest()[:8]
    size = -(-len(whole) // count)
    parts = [whole[start : start + size] for start in range(0, len(whole), size)]
    return [
        f"OPOP1.{name}.{index}.{len(parts)}.{part}" for index, part in enumerate(parts, start=1)
    ]
