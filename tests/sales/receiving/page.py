"""The page that takes in what a tablet has sold: sending to it, and reading what it says."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Event
from sales.models import HeldSale, Sale
from tests.exports import sealed

if TYPE_CHECKING:
    from django.test import Client

PATH = "/admin/sales/terima/"


def upload(client: Client, content: bytes | dict[str, Any]) -> Any:
    """The answer to a file; bytes as they are, anything else as JSON with its seal."""
    raw = content if isinstance(content, bytes) else sealed(content)
    return client.post(PATH, {"file": SimpleUploadedFile("ekspor.json", raw)})


def save(client: Client, preview: Any) -> Any:
    """The answer to pressing 'Simpan ke buku' on the preview."""
    found = re.search(r'name="packed" value="([^"]+)"', preview.text)
    assert found is not None
    return client.post(f"{PATH}simpan/", {"packed": html.unescape(found[1])})


def text_of(response: Any) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def nothing_is_stored() -> bool:
    return not (Sale.objects.exists() or HeldSale.objects.exists() or Event.objects.exists())
