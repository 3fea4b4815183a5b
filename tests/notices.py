"""Notices for tests: what is filled in, and rows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from pesantren.models import Notice
from tests.ledger import make_keeper, make_running_expo
from tests.make import make_offer, make_pesantren, make_producer, make_product, make_stand

if TYPE_CHECKING:
    from pesantren.models import Category, Producer, Regency
    from sales.models import Cashier
    from stands.models import Expo


def filled_in(**other: Any) -> dict[str, str]:
    """The form of a notice as Aminah fills it in for the maker at her stand."""
    return {
        "key": str(uuid.uuid4()),
        "direction": "need",
        "topic": "packaging",
        "category": "",
        "text": "Kemasan berdiri untuk keripik, 500 lembar sebulan.",
        "whatsapp": "",
        "email": "",
        **other,
    }


def make_notice(
    producer: Producer,
    *,
    direction: str = Notice.Direction.NEED,
    topic: str = Notice.Topic.PACKAGING,
    text: str = "Kemasan berdiri untuk keripik.",
    category: Category | None = None,
    made_by: Any = None,
    **other: Any,
) -> Notice:
    """A notice that stands."""
    return Notice.objects.create(
        id=uuid.uuid4(),
        producer=producer,
        direction=direction,
        topic=topic,
        text=text,
        category=category,
        made_by=made_by or writer(),
        **other,
    )


def writer() -> Any:
    """Whoever wrote what nobody in the test wrote."""
    from django.contrib.auth.models import User

    return User.objects.get_or_create(username="penulis")[0]


def make_maker(
    expo: Expo,
    code: str,
    *,
    name: str = "",
    product: str = "Keripik nangka",
    regency: Regency | None = None,
    category: Category | None = None,
    keeper: str = "",
) -> tuple[Producer, Cashier | None]:
    """A maker with one product at a stand of its own, and the keeper of the stand if named."""
    pesantren = make_pesantren(name=f"Pesantren {code}", regency=regency)
    producer = make_producer(name=name or f"Kopontren {code}", pesantren=pesantren)
    stand = make_stand(expo=expo, code=code, pesantren=[pesantren])
    make_offer(
        stand=stand, product=make_product(name=product, producer=producer, category=category)
    )
    return producer, make_keeper(stand=stand, name=keeper) if keeper else None


def make_two() -> tuple[Producer, Cashier, Producer, Cashier]:
    """Aminah keeps A1 and Budi keeps B1, each with one maker."""
    expo = make_running_expo()
    first, aminah = make_maker(expo, "A1", keeper="Aminah")
    second, budi = make_maker(expo, "B1", product="Songkok", keeper="Budi")
    assert aminah is not None
    assert budi is not None
    return first, aminah, second, budi
