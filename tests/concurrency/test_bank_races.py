"""Two who keep the money at one payment, one line, one file: what counts is found once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from sales.bank.checking import CheckRefused, mark_seen, match_line
from sales.bank.files import StatementError, guess_columns, read_sheet
from sales.bank.importing import import_statement, preview
from sales.models import BankLine, BankMatch, PaymentCheck
from tests.bank import line_of, make_statement, payment_of, statement_text
from tests.concurrency.test_recording_races import at_once
from tests.ledger import make_sale, make_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db import models

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


def people(number: int) -> list[User]:
    return [User.objects.create_user(f"farida{index}", is_staff=True) for index in range(number)]


def ends(work: Callable[[int], object], number: int) -> Counter[str]:
    def one(index: int) -> str:
        try:
            work(index)
        except (CheckRefused, StatementError) as refused:
            return type(refused).__name__
        return "done"

    return Counter(at_once(number, one))


@contextmanager
def without(model: type[models.Model], name: str) -> Iterator[None]:
    """The database without one of its constraints."""
    [constraint] = [one for one in model._meta.constraints if one.name == name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model._default_manager.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


def test_payment_is_seen_once_whether_ticked_or_matched() -> None:
    stand, (offer, _) = make_shop()
    who = people(4)
    for number in range(ROUNDS):
        payment = payment_of(make_sale(stand, {offer: 1}, method="qris"))
        at = timezone.now() + dt.timedelta(minutes=number)
        line = line_of(make_statement(stand.expo, [(at, 25_000)], name=f"{number}.csv"))

        def work(index: int, payment=payment, line=line) -> None:  # type: ignore[no-untyped-def]
            if index % 2:
                mark_seen([payment], actor=who[index])
            else:
                match_line(line, [payment], actor=who[index])

        assert ends(work, 4) == {"done": 1, "CheckRefused": 3}
        assert payment.checks.filter(revoked_at=None).count() == 1
    # A match without its payment would be money that is explained twice.
    assert BankMatch.objects.count() == PaymentCheck.objects.exclude(match=None).count()


def test_line_is_matched_once() -> None:
    stand, (offer, _) = make_shop()
    who = people(4)
    payments = [payment_of(make_sale(stand, {offer: 1}, method="qris")) for _ in range(4)]
    line = line_of(make_statement(stand.expo, [(timezone.now(), 25_000)]))
    ended = ends(lambda index: match_line(line, [payments[index]], actor=who[index]), 4)
    assert ended == {"done": 1, "CheckRefused": 3}
    assert PaymentCheck.objects.count() == 1


def test_without_the_constraint_one_payment_would_be_seen_twice() -> None:
    """The negative control."""
    stand, (offer, _) = make_shop()
    who = people(4)
    payment = payment_of(make_sale(stand, {offer: 1}, method="qris"))
    with without(PaymentCheck, "payment_checked_once"):
        ended = ends(lambda index: mark_seen([payment], actor=who[index]), 4)
        assert ended == {"done": 4}
        assert PaymentCheck.objects.count() == 4


def test_one_file_uploaded_by_two_is_kept_once() -> None:
    stand, _offers = make_shop()
    who = people(4)
    at = timezone.now()
    sheet = read_sheet(statement_text([(at, 25_000), (at, 10_000)]).encode(), "qris.csv")
    seen = preview(sheet, guess_columns(sheet), expo=stand.expo, stand=None)

    def work(index: int) -> None:
        import_statement(seen, expo=stand.expo, method="", stand=None, actor=who[index])

    assert ends(work, 4) == {"done": 1, "StatementError": 3}
    assert BankLine.objects.count() == 2
