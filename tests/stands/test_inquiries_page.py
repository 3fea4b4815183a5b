"""The organisers' side of inquiries: who sees them, answers, moves, and is forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from events.models import Event
from opop_expo.roles import FINANCE, ORGANISER, VIEWER, sync_groups
from stands.models import Inquiry, InquiryAnswer, InquiryMail
from tests.inquiries import make_inquiry
from tests.ledger import make_running_expo
from tests.make import make_offer, make_product, make_stand
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

LIST = "/admin/minat/"


@pytest.fixture
def inquiry() -> Inquiry:
    """Dewi writes about the coffee of stand A1."""
    expo = make_running_expo()
    product = make_product(name="Kopi", slug="kopi")
    make_offer(stand=make_stand(expo=expo, code="A1"), product=product)
    return make_inquiry(expo=expo, product=product)


def sign_in(client: Client, role: str = ORGANISER) -> User:
    sync_groups()
    user = User.objects.create_user(role.lower(), first_name="Citra", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def page_of(inquiry: Inquiry) -> str:
    return f"{LIST}{inquiry.pk}/"


def answer(inquiry: Inquiry, **other: str) -> dict[str, str]:
    return {"seen": inquiry.state, "state": inquiry.state, "text": "", **other}


@pytest.mark.parametrize("role", [VIEWER, FINANCE])
def test_who_wrote_is_for_organisers_alone(client: Client, inquiry: Inquiry, role: str) -> None:
    sign_in(client, role)
    for path in (LIST, page_of(inquiry)):
        response = client.get(path)
        assert response.status_code == 403
        assert "Dewi" not in response.text


def test_who_may_only_read_answers_nothing(client: Client, inquiry: Inquiry) -> None:
    reader = User.objects.create_user("rahmat", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_inquiry"))
    client.force_login(reader)
    assert client.get(page_of(inquiry)).status_code == 200
    for sent in (answer(inquiry, text="Ya"), {"kirim_lagi": "1"}, {"lupakan": "1"}):
        assert client.post(page_of(inquiry), sent).status_code == 403
    assert not inquiry.answers.exists()


def test_list_is_narrowed_by_state(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    make_inquiry(
        expo=inquiry.expo, product=inquiry.product, name="Rahmat", state=Inquiry.State.TALK
    )
    assert "Dewi Lestari" in client.get(LIST).text
    talk = client.get(f"{LIST}?keadaan=talk").text
    assert "Rahmat" in talk
    assert "Dewi Lestari" not in talk


def test_queries_of_the_list_do_not_grow(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    before = queries_of(client, LIST)
    for number in range(2):
        product = make_product(slug=f"teh-{number}")
        make_inquiry(expo=inquiry.expo, product=product)
    assert queries_of(client, LIST) == before


def test_answer_is_sent_in_the_writers_language_and_moves_it_to_talk(
    client: Client, inquiry: Inquiry, django_capture_on_commit_callbacks: Any, settings: Any
) -> None:
    settings.INQUIRY_EMAIL = ["panitia@opop.example"]
    citra = sign_in(client)
    Inquiry.objects.update(language="en")
    given = answer(inquiry, state="talk", text="Please call us on Monday.", by_mail="on")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page_of(inquiry), given)
    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.TALK
    (letter,) = mail.outbox
    assert (letter.to, letter.reply_to) == (["dewi@toko.example"], ["panitia@opop.example"])
    assert "Please call us on Monday." in letter.body
    kept = InquiryAnswer.objects.get()
    assert (kept.actor, kept.state_before, kept.state_after) == (citra, "interest", "talk")
    assert "e-mail terkirim" in client.get(page_of(inquiry)).text


def test_log_says_who_moved_it_and_nothing_of_who_wrote(client: Client, inquiry: Inquiry) -> None:
    citra = sign_in(client)
    client.post(page_of(inquiry), answer(inquiry, state="declined", text="Dewi tidak jadi."))
    event = Event.objects.get(kind=Event.Kind.INQUIRY_MOVED)
    assert (event.actor, event.subject) == (citra, "Kopi")
    assert event.data == {"inquiry": str(inquiry.pk), "from": "interest", "to": "declined"}
    page = client.get("/admin/catatan/").text
    assert "Tidak lanjut" in page


def test_number_is_answered_by_chat_and_cannot_be_mailed(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    Inquiry.objects.update(contact="0812-3456-7890")
    page = client.get(page_of(inquiry)).text
    assert 'href="https://wa.me/6281234567890"' in page
    assert 'name="by_mail"' not in page
    client.post(page_of(inquiry), answer(inquiry, text="Sudah ditelepon.", by_mail="on"))
    assert InquiryAnswer.objects.get().is_mail is False
    assert not InquiryMail.objects.exists()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Tulis sesuatu, atau pilih keadaan lain."),
        ({"by_mail": "on", "state": "talk"}, "Tulis dulu apa yang dikirim."),
        ({"state": "agreement"}, "agreement"),
    ],
)
def test_empty_answer_is_none(
    client: Client, inquiry: Inquiry, given: dict[str, str], says: str
) -> None:
    sign_in(client)
    response = client.post(page_of(inquiry), answer(inquiry, **given))
    assert response.status_code == 422
    assert says in response.text
    assert not InquiryAnswer.objects.exists()


def test_second_answer_to_what_moved_meanwhile_is_refused(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    given = answer(inquiry, state="talk", text="Saya telepon.")
    Inquiry.objects.update(state=Inquiry.State.DECLINED)
    page = client.post(page_of(inquiry), given, follow=True).text
    # What the page offered is no way on from where it is now, or somebody was quicker.
    assert not InquiryAnswer.objects.exists()
    assert Inquiry.objects.get().state == Inquiry.State.DECLINED
    assert "orang lain baru saja mengubah" in page


def test_ended_inquiry_is_taken_up_again(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    Inquiry.objects.update(state=Inquiry.State.CLOSED)
    client.post(page_of(inquiry), {"seen": "closed", "state": "talk", "text": ""})
    assert Inquiry.objects.get().state == Inquiry.State.TALK


def test_unsent_mail_is_shown_and_sent_by_hand(
    client: Client, inquiry: Inquiry, settings: Any
) -> None:
    settings.INQUIRY_EMAIL = ["panitia@opop.example"]
    sign_in(client)
    InquiryMail.objects.create(inquiry=inquiry, tried_at=timezone.now(), tries=1)
    assert "surat belum terkirim" in client.get(LIST).text
    client.post(page_of(inquiry), {"kirim_lagi": "1"})
    assert len(mail.outbox) == 1
    assert "surat belum terkirim" not in client.get(LIST).text


# --- forgetting -----------------------------------------------------------------------------------


def everything(inquiry: Inquiry) -> str:
    """Every column of it and of its answers."""
    rows = [*Inquiry.objects.filter(pk=inquiry.pk).values(), *InquiryAnswer.objects.values()]
    return json.dumps(rows, default=str)


def test_writer_who_asks_is_forgotten_at_once(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    InquiryMail.objects.create(inquiry=inquiry)
    client.post(page_of(inquiry), {"lupakan": "1"})
    assert "Dewi" not in everything(inquiry)
    # A mail that has not gone out would carry nothing.
    assert not InquiryMail.objects.exists()


def test_half_forgotten_inquiry_cannot_be(inquiry: Inquiry) -> None:
    for half in ({"name": ""}, {"anonymised_at": timezone.now()}, {"stand_id": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Inquiry.objects.update(**half)
