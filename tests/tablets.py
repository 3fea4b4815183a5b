"""A paired tablet for tests: its till, its cookie, and what it sends."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.utils import timezone

from sales.tablet.tills import COOKIE, claim_till, credential_hash

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from playwright.sync_api import BrowserContext

    from sales.models import Till
    from stands.models import Offer, Stand

HEADERS = {"X-Opop-Till": "1", "X-Opop-Language": "id"}


@dataclass
class TestTablet:
    """A tablet that speaks the till protocol through Django's test client."""

    __test__ = False

    till: Till
    credential: str
    storage_id: uuid.UUID
    client: Client = field(default_factory=Client)
    given: int = 0

    def __post_init__(self) -> None:
        self.client.cookies[COOKIE] = self.credential

    def post(self, address: str, **content: Any) -> Any:
        """The response to `kabar`, `penjualan`, `kiriman` or `barang`."""
        envelope = {"sent_at": timezone.now().isoformat(), "storage_id": str(self.storage_id)}
        return self.client.post(
            f"/kasir/tablet/{address}/",
            json.dumps(envelope | content),
            content_type="application/json",
            headers=HEADERS,
        )

    def number(self) -> str:
        """The next receipt number."""
        self.given += 1
        return f"{self.till.prefix}-{self.given:04d}"

    def sale(self, quantities: Mapping[Offer, int], **other: Any) -> dict[str, Any]:
        """A cash sale at the present prices, as the tablet would have built it now."""
        lines = [
            {"offer_id": offer.pk, "quantity": quantity, "unit_price_rupiah": offer.price_rupiah}
            for offer, quantity in quantities.items()
        ]
        total = sum(line["quantity"] * line["unit_price_rupiah"] for line in lines)
        sale = {
            "kind": "sale",
            "uuid": str(uuid.uuid4()),
            "device_at": timezone.now().isoformat(),
            "clock_offset_ms": None,
            "cashier_id": None,
            "lines": lines,
            "payments": [{"method": "cash", "amount_rupiah": total, "tendered_rupiah": total}],
            "note": "",
            "training": False,
            "receipt_token": "",
        }
        sale |= other
        return sale if "number" in sale else sale | {"number": self.number()}

    def reversal(self, sale: dict[str, Any], quantity: int = 1, **other: Any) -> dict[str, Any]:
        """So many pieces of the sale's first line, taken back in cash."""
        amount = quantity * sale["lines"][0]["unit_price_rupiah"]
        return {
            "kind": "reversal",
            "uuid": str(uuid.uuid4()),
            "number": self.number(),
            "device_at": timezone.now().isoformat(),
            "clock_offset_ms": None,
            "cashier_id": None,
            "original_id": sale["uuid"],
            "lines": [{"position": 1, "quantity": quantity}],
            "payments": [{"method": "cash", "amount_rupiah": amount}],
            "reason": "salah pilih",
        } | other


def pair_tablet(stand: Stand, *, storage_id: uuid.UUID | None = None, name: str = "") -> TestTablet:
    """A tablet paired with the stand."""
    credential = secrets.token_urlsafe(32)
    storage_id = storage_id or uuid.uuid4()
    till = claim_till(
        stand=stand,
        storage_id=storage_id,
        credential_hash=credential_hash(credential),
        name=name,
    )
    return TestTablet(till, credential, storage_id)


def pair_browser(context: BrowserContext, address: str, stand: Stand) -> None:
    """Give a browser's context the credential of a tablet; its own storage claims the till."""
    tablet = pair_tablet(stand)
    context.add_cookies(
        [
            {
                "name": COOKIE,
                "value": tablet.credential,
                "url": f"{address}/kasir/",
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )


def shifted(at: dt.datetime, **by: float) -> str:
    """An instant that much later, as a tablet writes it."""
    import datetime as dt

    return (at + dt.timedelta(**by)).isoformat()
