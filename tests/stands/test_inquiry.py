"""Minat kerja sama: written once, told to maker and organisers, lost by no mail server."""

from __future__ import annotations

import datetime as dt
import smtplib
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from events.models import Attempt
from pesantren.models import Product
from stands import inquiry_page
from stands.models import Inquiry, InquiryMail, Stand
from tests.inquiries import filled_in
from tests.ledger import make_running_expo
from tests.make import make_offer, make_pesantren, make_producer, make_product, make_stand

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from pesantren.models import Producer

pytestmark = pytest.mark.django_db

FORM = "/2026-uji/minat/?produk=kopi"
THANKS = "/2026-uji/minat/terima-kasih/?produk=kopi"


@pytest.fixture(autouse=True)
def maker(settings: Any) -> Producer:
    """Who makes the coffee at stand A1 and takes inquiries by mail."""
    settings.INQUIRY_EMAIL = ["panitia@opop.example"]
    expo = make_running_expo()
    pesantren = make_pesantren(slug="al-qodiri")
    maker = make_producer(pesantren=pesantren)
    maker.inquiry_email = "kopontren@al-qodiri.example"
    maker.save()
    stand = make_stand(expo=expo, code="A1", pesantren=[pesantren])
    make_offer(stand=stand, product=make_product(name="Kopi", slug="kopi", producer=maker))
    return maker


@pytest.fixture
def committed(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """What follows a commit follows within `with committed():`."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_page_names_what_it_is_about_and_holds_four_fields(client: Client) -> None:
    page = client.get(FORM).text
    assert "Kopontren Al-Qodiri" in page
    assert page.count('<div class="field">') == 4
    assert "no-store" in client.get(FORM)["Cache-Control"]
    assert "csrftoken" not in client.cookies


def test_inquiry_is_kept_and_told_to_maker_and_organisers(client: Client, committed: Any) -> None:
    with committed():
        response = client.post(FORM, filled_in())
    assert (response.status_code, response["Location"]) == (303, THANKS)
    inquiry = Inquiry.objects.get()
    assert (inquiry.product, inquiry.name, inquiry.state) == (
        Product.objects.get(),
        "Dewi Lestari",
        Inquiry.State.INTEREST,
    )
    assert {tuple(one.to): one.reply_to for one in mail.outbox} == {
        ("panitia@opop.example",): ["dewi@toko.example"],
        ("kopontren@al-qodiri.example",): ["dewi@toko.example"],
    }
    assert "200 bungkus" in mail.outbox[0].body
    assert f"http://testserver/admin/minat/{inquiry.pk}/" in mail.outbox[0].body
    assert not InquiryMail.objects.filter(sent_at=None).exists()


def test_thanks_survive_a_reload_and_name_nobody(client: Client) -> None:
    client.post(FORM, filled_in())
    for _ in range(2):
        page = client.get(THANKS).text
        assert "pesan Anda sampai" in page
        assert "Dewi" not in page
    assert Inquiry.objects.count() == 1


def test_sent_twice_is_one_and_other_words_are_another(client: Client) -> None:
    first = filled_in()
    answers = [client.post(FORM, first) for _ in range(3)]
    assert {answer["Location"] for answer in answers} == {THANKS}
    assert Inquiry.objects.count() == 1
    # Back, changed, and sent again with the same form.
    client.post(FORM, {**first, "message": "Dan 50 bungkus kopi luwak."})
    assert Inquiry.objects.count() == 2
    assert Attempt.objects.filter(scope="inquiry").count() == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": " "}, "Tulis nama Anda."),
        ({"contact": ""}, "Tulis e-mail atau nomor, supaya bisa dijawab."),
        ({"contact": "dewi@"}, "Ini bukan e-mail dan bukan nomor"),
        ({"contact": "12345"}, "Ini bukan e-mail dan bukan nomor"),
        ({"message": ""}, "Tulis apa yang Anda inginkan."),
        ({"message": "x" * 1_001}, "Paling panjang 1.000 huruf."),
        ({"consent": ""}, "Centang ini dulu"),
        ({"name": "Dewi\x00"}, "null"),
    ],
)
def test_what_lacks_is_said_at_its_place(client: Client, given: dict[str, str], says: str) -> None:
    response = client.post(FORM, filled_in(**given))
    assert response.status_code == 422
    assert says in response.text
    assert "Toko Barokah" in response.text  # what was filled in stays
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("contact", ["0812-3456-7890", "+60 12-345 6789", "dewi@toko.example"])
def test_contact_is_a_mail_address_or_a_number_of_any_country(client: Client, contact: str) -> None:
    client.post(FORM, filled_in(contact=contact))
    assert Inquiry.objects.get().contact == contact


def test_program_is_thanked_and_forgotten(client: Client) -> None:
    response = client.post(FORM, filled_in(ulangi="http://spam.example"))
    assert response["Location"] == THANKS
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("about", ["stan=A1", "pesantren=al-qodiri", "pelaku"])
def test_stand_maker_and_pesantren_can_be_written_to(
    client: Client, maker: Producer, about: str
) -> None:
    about = f"pelaku={maker.slug}" if about == "pelaku" else about
    path = f"/2026-uji/minat/?{about}"
    assert client.get(path).status_code == 200
    client.post(path, filled_in())
    inquiry = Inquiry.objects.get()
    assert inquiry.subject in [Stand.objects.get(), maker, maker.pesantren]
    told = {one.producer for one in inquiry.mails.all()}
    assert told == {None, maker}


@pytest.mark.parametrize("about", ["produk=tidak-ada", "stan=Z9", "pesantren=x", "pelaku=x"])
def test_what_is_not_there_cannot_be_written_to(client: Client, about: str) -> None:
    assert client.post(f"/2026-uji/minat/?{about}", filled_in()).status_code == 404
    assert not Inquiry.objects.exists()


def test_without_a_subject_the_page_leads_to_the_products(client: Client) -> None:
    assert client.get("/2026-uji/minat/")["Location"] == "/2026-uji/produk/"


def test_maker_without_an_address_is_told_by_the_organisers(
    client: Client, maker: Producer
) -> None:
    maker.inquiry_email = ""
    maker.save()
    client.post(FORM, filled_in())
    assert [one.producer for one in InquiryMail.objects.all()] == [None]


def test_form_of_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    foreign = client.post(FORM, filled_in(), headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, Inquiry.objects.count()) == (403, 0)
    client.post(FORM, filled_in(), headers={"Origin": "http://testserver"})
    assert Inquiry.objects.count() == 1


# --- the throttle ---------------------------------------------------------------------------------


def test_one_contact_waits_after_ten_and_the_hall_goes_on(client: Client) -> None:
    for number in range(10):
        client.post(FORM, filled_in(message=f"Pesan {number}"))
    eleventh = client.post(FORM, filled_in(message="Pesan 11"))
    assert eleventh.status_code == 429
    assert "Isian ini belum terkirim; tunggu 60 menit" in eleventh.text
    assert "Pesan 11" in eleventh.text
    # Somebody else in the same hall, behind the same address.
    client.post(FORM, filled_in(contact="0812-3456-7890"))
    assert Inquiry.objects.count() == 11
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        client.post(FORM, filled_in(message="Pesan 11"))
    assert Inquiry.objects.count() == 12


def test_what_is_refused_by_the_address_or_the_contact_counts_by_neither(client: Client) -> None:
    with mock.patch.object(inquiry_page, "BY_ADDRESS", replace(inquiry_page.BY_ADDRESS, most=11)):
        for number in range(13):
            client.post(FORM, filled_in(message=f"Pesan {number}"))
        client.post(FORM, filled_in(contact="0812-3456-7890"))
        refused = [client.post(FORM, filled_in(contact="x@y.id")).status_code for _ in range(11)]
        elsewhere = Client(REMOTE_ADDR="10.0.0.9").post(FORM, filled_in(contact="x@y.id"))
    assert (refused, elsewhere.status_code) == ([429] * 11, 303)
    assert Inquiry.objects.count() == 12


def test_throttle_keeps_no_contact_in_letters(client: Client) -> None:
    client.post(FORM, filled_in())
    assert not Attempt.objects.filter(key__contains="dewi").exists()


# --- the mail server ------------------------------------------------------------------------------

SEND = "django.core.mail.EmailMessage.send"


@pytest.mark.parametrize("trouble", [OSError("refused"), smtplib.SMTPServerDisconnected("gone")])
def test_dead_mail_server_loses_nothing_and_shows_nothing(
    client: Client, committed: Any, trouble: Exception
) -> None:
    with mock.patch(SEND, side_effect=trouble) as send, committed():
        response = client.post(FORM, filled_in())
    assert response["Location"] == THANKS
    # The first told that it is away, so the second was not tried.
    assert (send.call_count, InquiryMail.objects.filter(sent_at=None).count()) == (1, 2)
    call_command("send_inquiries")
    assert len(mail.outbox) == 1
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        call_command("send_inquiries")
        call_command("send_inquiries")
    assert len(mail.outbox) == 2
    assert not InquiryMail.objects.filter(sent_at=None).exists()


def test_one_bad_address_does_not_hold_up_the_others(client: Client, committed: Any) -> None:
    refused = smtplib.SMTPRecipientsRefused({"panitia@opop.example": (550, b"no")})
    with mock.patch(SEND, side_effect=[refused, 1]), committed():
        client.post(FORM, filled_in())
    unsent = InquiryMail.objects.get(sent_at=None)
    assert unsent.producer is None


def test_name_with_a_line_break_cannot_write_a_header(client: Client, committed: Any) -> None:
    Product.objects.update(name="Kopi\nBcc: semua@example.com")
    with committed():
        client.post(FORM, filled_in(name="Dewi\r\nBcc: semua@example.com"))
    assert mail.outbox[0].subject == "Minat kerja sama: Kopi Bcc: semua@example.com"
    assert mail.outbox[0].recipients() == ["panitia@opop.example"]
