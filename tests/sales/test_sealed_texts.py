"""A typed text that looks like a seal stays a text: it would be hashed as the seal of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from events.erasing import erased_text
from sales.checking import SaleRefused, check_sale_shape
from sales.models import CashMovement, Sale
from sales.proof.verifying import verify_ledger
from tests.ledger import make_shop, sale_request
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from typing import Any

    from stands.models import Offer

pytestmark = pytest.mark.django_db

SEAL = erased_text("", "note", "apa saja")
KEPT = SEAL.replace("[", "(")


@pytest.fixture
def offer() -> Offer:
    return make_shop()[1][0]


@pytest.mark.parametrize("typed", [SEAL, f"  {SEAL}", "[dihapus saja"])
def test_what_a_tablet_sends_is_taken_as_a_text(offer: Offer, typed: str) -> None:
    tablet = pair_tablet(offer.stand)
    sale = tablet.sale({offer: 2}, note=typed)
    book: dict[str, Any] = {
        "device_at": timezone.now().isoformat(),
        "clock_offset_ms": None,
        "cashier_id": None,
    }
    cash = book | {
        "kind": "cash",
        "uuid": "6d3b6b6e-3a3a-4c39-9d61-3c9f0e3f9a11",
        "number": f"{tablet.till.prefix}-K0001",
        "movement": "out",
        "amount_rupiah": 1_000,
        "reason": typed,
    }
    sent = [sale, tablet.reversal(sale, reason=typed), cash]

    for again in range(2):
        answers = tablet.post("kiriman", sales=sent).json()["answers"]
        assert {one["status"] for one in answers} == {"replayed" if again else "recorded"}

    kept = typed.strip().replace("[", "(")
    first, second = Sale.objects.order_by("sequence")
    texts = [first.note, second.reason, CashMovement.objects.get().reason]
    assert [one.strip() for one in texts] == [kept] * 3
    assert verify_ledger().breaks == []


def test_a_live_form_refuses_it(offer: Offer) -> None:
    check_sale_shape(sale_request({offer: 1}, note="[dihapus]"))
    with pytest.raises(SaleRefused) as refused:
        check_sale_shape(sale_request({offer: 1}, note=SEAL))
    assert [one.field for one in refused.value.problems] == ["note"]
