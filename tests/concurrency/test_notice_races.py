"""One notice and one answer sent many times at once, and what happens without what holds them."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.db import connection
from django.test import Client
from django.urls import reverse

from events.models import Event
from opop_expo.participants import notices_page
from pesantren.models import Interest, Notice
from pesantren.noticing import ChangedMeanwhileError, hide_notice
from tests.concurrency.test_recording_races import at_once
from tests.ledger import sign_in
from tests.notices import filled_in, make_notice, make_two

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sales.models import Cashier

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/peserta/kabar/baru/"


def signed_in(number: int, keeper: Cashier) -> list[Client]:
    return [sign_in(Client(), keeper) for _ in range(number)]


def test_eight_sends_of_one_form_are_one_notice() -> None:
    first, aminah, _second, _budi = make_two()
    form = filled_in(producer=first.slug)
    clients = signed_in(8, aminah)
    ended = Counter(at_once(8, lambda index: clients[index].post(ADD, form).status_code))
    assert (ended, Notice.objects.count()) == ({302: 8}, 1)


def test_without_the_forms_number_they_are_eight() -> None:
    """The negative control."""
    first, aminah, _second, _budi = make_two()
    form = filled_in(producer=first.slug)
    clients = signed_in(8, aminah)

    def another(*_given: object) -> uuid.UUID:
        return uuid.uuid4()

    with mock.patch.object(notices_page, "notice_id", another):
        at_once(8, lambda index: clients[index].post(ADD, form))
    assert Notice.objects.count() == 8


def test_eight_sends_of_one_answer_are_one() -> None:
    first, _aminah, second, budi = make_two()
    path = reverse("notice_answer", args=[make_notice(first).pk])
    clients = signed_in(8, budi)
    form = {"producer": second.slug, "text": "Tertarik."}
    ended = Counter(at_once(8, lambda index: clients[index].post(path, form).status_code))
    assert (ended, Interest.objects.count()) == ({302: 8}, 1)


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """The database without what holds one answer of each maker."""
    meta, name = Interest._meta, "interest_once_a_maker"
    [constraint] = [one for one in meta.constraints if one.name == name]
    # SQLite remakes the table from what the model says.
    rest = [one for one in meta.constraints if one.name != name]
    with mock.patch.object(meta, "constraints", rest), connection.schema_editor() as editor:
        editor.remove_constraint(Interest, constraint)
    try:
        yield
    finally:
        Interest.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Interest, constraint)


def test_without_the_constraint_they_would_be_several() -> None:
    """The negative control: each of them looked, and none was there yet."""
    first, _aminah, second, budi = make_two()
    notice = make_notice(first)
    assert budi.user is not None
    who = budi.user

    def unseen(_index: int) -> str:
        try:
            Interest.objects.create(notice=notice, producer=second, text="x", made_by=who)
        except DatabaseError as refused:
            return type(refused).__name__
        return "kept"

    assert Counter(at_once(4, unseen)) == {"kept": 1, "IntegrityError": 3}
    with without_the_constraint():
        assert Counter(at_once(4, unseen)) == {"kept": 4}


def test_of_several_who_hide_it_at_once_one_does_and_is_logged() -> None:
    first, _aminah, _second, _budi = make_two()
    notice = make_notice(first)
    citra = User.objects.create_user("citra")

    def hide(index: int) -> str:
        try:
            hide_notice(notice, reason=f"Alasan {index}", actor=citra)
        except ChangedMeanwhileError:
            return "late"
        return "hidden"

    assert Counter(at_once(4, hide)) == {"hidden": 1, "late": 3}
    assert Event.objects.filter(kind=Event.Kind.NOTICE_HIDDEN).count() == 1
