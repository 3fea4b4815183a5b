"""One inquiry sent many times at once, and one contact that writes too often at once."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.core import mail
from django.test import Client

from stands import inquiry_page
from stands.inquiry_mail import send_waiting
from stands.models import Inquiry, InquiryMail
from tests.concurrency.test_recording_races import at_once
from tests.inquiries import filled_in, make_inquiry
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand

if TYPE_CHECKING:
    from stands.models import Expo

pytestmark = pytest.mark.django_db(transaction=True)

FORM = "/2026-uji/minat/?produk=kopi"


def make_hall() -> Expo:
    expo = make_running_expo()
    make_offer(stand=make_stand(expo=expo), product=make_product(slug="kopi"))
    return expo


def test_eight_sends_of_one_form_are_one_inquiry_and_one_mail() -> None:
    make_hall()
    form = filled_in()
    ended = Counter(at_once(8, lambda _index: Client().post(FORM, form).status_code))
    assert ended == {303: 8}
    assert (Inquiry.objects.count(), InquiryMail.objects.count(), len(mail.outbox)) == (1, 1, 1)


def test_without_the_forms_number_they_are_eight() -> None:
    """The negative control."""
    make_hall()
    form = filled_in()

    def another(*_given: object) -> uuid.UUID:
        return uuid.uuid4()

    with mock.patch.object(inquiry_page, "inquiry_id", another):
        at_once(8, lambda _index: Client().post(FORM, form))
    assert Inquiry.objects.count() == 8


def test_of_sixteen_at_once_from_one_contact_no_more_than_ten_come_through() -> None:
    make_hall()

    def write(index: int) -> int:
        return Client().post(FORM, filled_in(message=f"Pesan {index}")).status_code

    ended = Counter(at_once(16, write))
    assert set(ended) <= {303, 429}
    assert Inquiry.objects.count() == ended[303] <= 10


def test_mail_that_several_send_at_once_goes_out_once() -> None:
    expo = make_hall()
    product = make_product(slug="teh")
    for _ in range(4):
        InquiryMail.objects.create(inquiry=make_inquiry(expo=expo, product=product))
    sent = at_once(4, lambda _index: send_waiting()[0])
    assert sum(sent) == len(mail.outbox) == 4
