"""Moving products through the curation."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from events.models import Event
from pesantren.judging import judge
from pesantren.models import Product
from tests.make import make_product

pytestmark = pytest.mark.django_db

State = Product.State


def test_judged_products_move_and_each_is_logged_with_its_reason() -> None:
    citra = User.objects.create_user("citra")
    coffee, honey = make_product(name="Kopi"), make_product(name="Madu", state=State.DRAFT)

    judged = judge(
        {coffee.pk: State.PROPOSED, honey.pk: State.DRAFT},
        state=State.CURATED,
        reason="  Rapat kurasi 3 Desember ",
        actor=citra,
    )

    assert {one.name for one in judged.moved} == {"Kopi", "Madu"}
    assert set(Product.objects.values_list("state", flat=True)) == {"curated"}
    events = Event.objects.filter(kind=Event.Kind.PRODUCT_JUDGED, actor=citra).order_by("pk")
    assert [(one.subject, one.data["from"], one.data["to"]) for one in events] == [
        ("Kopi", "proposed", "curated"),
        ("Madu", "draft", "curated"),
    ]
    assert {one.data["reason"] for one in events} == {"Rapat kurasi 3 Desember"}


def test_product_that_somebody_moved_meanwhile_stays_where_they_put_it() -> None:
    unsafe = make_product(state=State.WITHDRAWN)

    judged = judge({unsafe.pk: State.PROPOSED}, state=State.CURATED, reason="lolos", actor=None)

    unsafe.refresh_from_db()
    assert (judged.moved, judged.moved_meanwhile) == ([], [unsafe])
    assert unsafe.is_withdrawn
    assert not Event.objects.exists()


def test_judging_twice_moves_once() -> None:
    product = make_product()
    for _ in range(2):
        judge({product.pk: State.PROPOSED}, state=State.CURATED, reason="lolos", actor=None)

    assert Event.objects.count() == 1


@pytest.mark.parametrize(("state", "reason"), [("curated", " "), ("loved", "bagus"), ("", "x")])
def test_judgement_without_reason_or_known_state_is_refused(state: str, reason: str) -> None:
    product = make_product()

    with pytest.raises(ValueError, match="needs a known state"):
        judge({product.pk: State.PROPOSED}, state=state, reason=reason, actor=None)

    product.refresh_from_db()
    assert product.state == State.PROPOSED
