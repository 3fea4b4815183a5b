"""Letters that the portal sends, of rows that would write headers, lines and lies into them."""

from __future__ import annotations

import email
import email.policy
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as portal
from django.contrib.auth.models import User
from django.core import mail

from opop_expo.signing_in import password_links
from stands.inquiry_mail import send_waiting
from stands.models import Expo, Inquiry, InquiryAnswer, InquiryMail
from tests.inquiries import make_inquiry
from tests.ledger import make_shop
from tests.make import make_producer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

LINES = "Siti\r\nBcc: semua@jahat.example\r\n\r\nKontak: jahat@jahat.example"
TURNED = "\u202eelpmaxe.tahaj\u202c\u2066 \u200b\ufeff\x1b[2J\x07\x85\u2028Kontak: jahat"
WIDE = f"{'漢😀' * 400} {'W' * 2_000}"
HOSTILE = [LINES, TURNED, WIDE, "=cmd|' /C calc'!A0", "<b onx=1>Siti</b>", ".\r\n.\r\nQUIT\r\n"]
KNOWN = {
    *("Subject", "From", "To", "Reply-To", "Date", "Message-ID"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}
# As RFC 5321 bounds a line, without its end.
LONGEST = 998
SENDERS = {"stands/inquiry_mail.py", "opop_expo/signing_in/password_links.py"}


def problems(letter: mail.EmailMessage, to: list[str], reply_to: list[str]) -> Iterator[str]:
    """What is wrong with a letter, as a mail server gets it."""
    sent = letter.message().as_bytes()
    read: EmailMessage = email.message_from_bytes(sent, policy=email.policy.default)
    if set(read.keys()) - KNOWN:
        yield f"headers {set(read.keys()) - KNOWN}"
    if (letter.recipients(), letter.reply_to) != (to, reply_to):
        yield f"goes to {letter.recipients()}, answered to {letter.reply_to}"
    if max(map(len, sent.splitlines())) > LONGEST:
        yield "a line longer than a server takes"
    text = read.get_content() + read["Subject"]
    acting = {sign for sign in text if unicodedata.category(sign) == "Cc"} - {"\n", "\t"}
    if acting | (set(text) & set("\u202e\u202d\u2066\u2067\u200b\ufeff\u2028")):
        yield f"signs that act: {acting}"
    # Who wrote stands in a line that only the portal can begin.
    contacts = [line for line in text.splitlines() if line.startswith("Kontak:")]
    if len(contacts) > 1:
        yield f"{contacts}"


def make_answer(inquiry: Inquiry, text: str) -> InquiryAnswer:
    actor, _made = User.objects.get_or_create(username="citra")
    states = {"state_before": Inquiry.State.INTEREST, "state_after": Inquiry.State.TALK}
    return InquiryAnswer.objects.create(inquiry=inquiry, text=text, actor=actor, **states)


@pytest.fixture(autouse=True)
def organisers(settings: Any) -> None:
    settings.INQUIRY_EMAIL = ["panitia@opop.example"]


def test_no_other_module_sends_letters() -> None:
    """Whoever adds one adds it to the tests below."""
    found = {
        str(file.relative_to(portal.BASE_DIR))
        for app in ("events", "pesantren", "stands", "sales", "programme", "outcomes", "opop_expo")
        for file in (portal.BASE_DIR / app).rglob("*.py")
        if "django.core.mail" in file.read_text() or "smtplib.SMTP(" in file.read_text()
    }
    assert found == SENDERS


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_letters_of_inquiries_are_ours_whatever_somebody_wrote(text: str) -> None:
    _stand, (offer, _other) = make_shop()
    producer = make_producer(name="Kopi")
    inquiry = make_inquiry(expo=Expo.objects.get(), product=offer.product)
    answer = make_answer(inquiry, "x")
    # What lies in the rows, whatever a form would have said to it. No message here: its lines may
    # say what they like, below what the portal says.
    Expo.objects.update(name=text[:80])
    type(offer.product).objects.update(name=text[:100])
    Inquiry.objects.update(name=text[:80], organisation=text[:120])
    type(producer).objects.update(inquiry_email="kopi@al-qodiri.example")
    for owed in ({}, {"producer": producer}, {"answer": answer}):
        InquiryMail.objects.create(inquiry=inquiry, **owed)

    assert send_waiting() == (3, 0)

    ways = [
        (["panitia@opop.example"], ["dewi@toko.example"]),
        (["kopi@al-qodiri.example"], ["dewi@toko.example"]),
        (["dewi@toko.example"], ["panitia@opop.example"]),
    ]
    for letter, (to, reply_to) in zip(mail.outbox, ways, strict=True):
        assert list(problems(letter, to, reply_to)) == []


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_message_and_answer_stay_lines_of_text(text: str) -> None:
    _stand, (offer, _other) = make_shop()
    inquiry = make_inquiry(expo=Expo.objects.get(), product=offer.product, message=text[:1_000])
    answer = make_answer(inquiry, text)
    InquiryMail.objects.create(inquiry=inquiry, answer=answer)
    assert send_waiting() == (1, 0)
    found = list(problems(mail.outbox[0], ["dewi@toko.example"], ["panitia@opop.example"]))
    assert [one for one in found if "Kontak" not in one] == []


@pytest.mark.parametrize(
    "contact", ["a@b.example\r\nBcc: c@jahat.example", f"a@{'ü' * 80}.example"]
)
def test_address_that_is_none_holds_up_no_other_letter(contact: str) -> None:
    _stand, (offer, _other) = make_shop()
    expo = Expo.objects.get()
    for who in (contact, "dewi@toko.example"):
        inquiry = make_inquiry(expo=expo, product=offer.product, contact=who)
        answer = make_answer(inquiry, "x")
        InquiryMail.objects.create(inquiry=inquiry, answer=answer)
    assert send_waiting() == (1, 1)
    assert [letter.recipients() for letter in mail.outbox] == [["dewi@toko.example"]]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_letter_with_a_link_is_ours_whatever_an_account_is_called(text: str) -> None:
    user = User.objects.create_user("aminah", email="aminah@al-qodiri.example")
    # No form takes such a name.
    User.objects.filter(pk=user.pk).update(username=text[:150])
    password_links.send_links([User.objects.get()], "https://expo.example")
    password_links.letters.submit(lambda: None).result(10)
    [letter] = mail.outbox
    assert list(problems(letter, ["aminah@al-qodiri.example"], [])) == []
    assert letter.body.count("https://") == 1


def test_letter_that_lies_would_be_seen() -> None:
    """The control."""
    letter = mail.EmailMessage(
        "Jawaban",
        f"{TURNED}\nKontak: a\nKontak: b",
        to=["a@b.example"],
        headers={"Bcc": "c@d.example"},
    )
    found = list(problems(letter, ["dewi@toko.example"], []))
    assert [one.split()[0] for one in found] == ["headers", "goes", "signs", "['Kontak:"]
