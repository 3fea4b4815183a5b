"""Forgetting what is past its time: all of it, in batches, once, and no figure of the ledger."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.utils import timezone

from events.erasing import ERASED, is_erased
from events.models import Attempt, Erasure, Event
from opop_expo.privacy import forgetting
from opop_expo.privacy.erasures_file import complete_file
from opop_expo.privacy.forgetting import OLD, forget_old
from opop_expo.signing_in.models import KnownDevice, PortalSession
from programme import forgetting as participants
from programme.attending import counts_by_producer
from programme.models import Attendance
from sales.models import BankLine, PairingCode, Sale
from sales.proof.verifying import verify_ledger
from sales.vouchers.settling import settle
from stands.clock import business_date
from stands.models import Inquiry, InquiryMail
from tests.bank import make_statement
from tests.inquiries import make_inquiry
from tests.ledger import make_running_expo, make_shop, sign_in
from tests.make import make_producer, make_product
from tests.notices import make_notice, make_two
from tests.opop_expo.privacy.planted import dump, plant, traces
from tests.participants import make_attendance, make_organiser, make_registration, make_talk
from tests.redeemed import spend
from tests.vouchers import make_voucher

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
LATER = dt.timedelta(days=366 * 12)


@pytest.fixture(autouse=True)
def erasures_file(settings: Any, tmp_path: Path) -> Path:
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    return tmp_path / "erasures.jsonl"


def what_runs_out() -> None:
    """Beside what a person left: what lasts a day."""
    planted = plant()
    now = timezone.now()
    Attempt.objects.create(scope="pin", key="10.0.0.7", at=now)
    PortalSession.objects.create(session_key="k" * 32, session_data="", expire_date=now + HOUR)
    KnownDevice.objects.create(user=planted.user, token_hash="f" * 64)
    PairingCode.objects.create(
        stand=planted.stand, code_hash="f" * 64, made_by=planted.user, expires_at=now + HOUR
    )
    LogEntry.objects.create(
        user=planted.user,
        content_type=ContentType.objects.get_for_model(Sale),
        object_repr="x",
        action_flag=CHANGE,
    )


def test_it_forgets_nothing_before_its_time() -> None:
    what_runs_out()
    assert sum(one.count for one in forget_old()) == 0
    assert not Event.objects.filter(kind=Event.Kind.OLD_FORGOTTEN).exists()


def test_after_all_times_only_what_is_asked_for_is_left() -> None:
    what_runs_out()
    came = Attendance.objects.counted().count()
    figures = list(Sale.objects.order_by("pk").values_list("pk", "total_rupiah", "hash"))

    done = {one.old.key: one.count for one in forget_old(now=timezone.now() + LATER)}

    wanted = {one.key for one in OLD} - {"closeamendment_note", "settlement_note"}
    wanted -= {"settlement_received_by", "bank_text"}
    assert {key for key, count in done.items() if count} == wanted
    left = {line.split(":")[0] for line in traces(dump())}
    # Erased on request: what the catalogue says, accounts, the log, and who was a speaker.
    assert not left & {"stands_inquiry", "programme_registration", "programme_attendance"}
    assert not left & {"sales_cashier", "sales_sale", "sales_cashmovement", "sales_dayclose"}
    assert not left & {"sales_voucher", "django_admin_log", "opop_expo_importpart"}
    assert Attendance.objects.counted().count() == came
    assert list(Sale.objects.order_by("pk").values_list("pk", "total_rupiah", "hash")) == figures
    assert verify_ledger().breaks == []


# --- what goes and what stays of a kind -----------------------------------------------------------


def run() -> list[str]:
    """The command twice, since a timer repeats it; what it said."""
    out = io.StringIO()
    for _ in range(2):
        call_command("forget_old", stdout=out)
    return out.getvalue().splitlines()


def test_inquiry_forgets_who_wrote_after_a_year_and_keeps_what_it_was_about(client: Client) -> None:
    product = make_product(name="Kopi")
    expo = make_running_expo()
    old, new = (make_inquiry(expo=expo, product=product) for _ in range(2))
    answered = old.answers.create(
        actor=make_organiser(), text="Dewi minta contoh.", state_before="interest",
        state_after="talk",
    )  # fmt: skip
    InquiryMail.objects.create(inquiry=old)
    Inquiry.objects.filter(pk=old.pk).update(touched_at=timezone.now() - dt.timedelta(days=366))

    assert run() == ["inquiries: 1", "Forgotten: 1.", "Forgotten: 0."]

    for row in (old, new, answered):
        row.refresh_from_db()
    assert (old.name, old.organisation, old.contact, old.message) == ("",) * 4
    assert (answered.text, answered.state_after) == ("", "talk")
    # A mail that has not gone out would carry nothing.
    assert not InquiryMail.objects.exists()
    assert (new.name, new.anonymised_at) == ("Dewi Lestari", None)
    assert Event.objects.get(kind=Event.Kind.INQUIRIES_ANONYMISED).data == {"count": 1}
    client.force_login(answered.actor)
    page = client.get(f"/admin/minat/{old.pk}/").text
    assert "Data diri dan pesannya dihapus" in page
    assert "Kopi" in page


def test_participants_lose_their_names_after_half_a_year_and_counts_stay(client: Client) -> None:
    long_ago = timezone.now() - participants.KEPT_FOR - dt.timedelta(days=1)
    session, producer = make_talk(), make_producer(name="Kopontren A")
    registration = make_registration(
        session, "Ani", kind="kopontren", producer=producer, contact="ani@x.id"
    )
    came = make_attendance(session, registration)
    recent = make_attendance(make_talk(expo=session.expo))
    type(session).objects.filter(pk=session.pk).update(
        starts_at=long_ago - HOUR, ends_at=long_ago, date=long_ago.date()
    )
    before = counts_by_producer(session.expo)

    assert run() == ["registrations: 1", "attendances: 1", "Forgotten: 2.", "Forgotten: 0."]

    for row in (registration, came, recent):
        row.refresh_from_db()
    assert (registration.name, registration.contact) == ("", "")
    assert (came.name, came.producer, recent.name) == ("", producer, "Umar")
    assert counts_by_producer(session.expo) == before
    client.force_login(make_organiser())
    assert "data diri sudah dihapus" in client.get(f"/admin/peserta/{session.pk}/").text
    assert client.get(f"/admin/peserta/{session.pk}/sertifikat/").status_code == 404


def test_notices_lose_their_contacts_after_a_year_and_words_stay(client: Client) -> None:
    first, aminah, second, _budi = make_two()
    long_ago = timezone.now() - dt.timedelta(days=366)
    contact: dict[str, Any] = {
        "whatsapp": "6281234567890", "email": "a1@opop.example", "contact_allowed": True,
        "made_at": long_ago,
    }  # fmt: skip
    old = make_notice(first, **contact)
    renewed = make_notice(first, changed_at=timezone.now(), **contact)
    answer = old.interests.create(
        producer=second, text="Kami.", made_by=old.made_by, email="b1@opop.example",
        contact_allowed=True, made_at=long_ago,
    )  # fmt: skip

    assert run() == ["notices: 1", "interests: 1", "Forgotten: 2.", "Forgotten: 0."]

    for row in (old, renewed, answer):
        row.refresh_from_db()
    assert (old.whatsapp, old.email, old.contact_allowed) == ("", "", False)
    assert old.text == "Kemasan berdiri untuk keripik."
    assert (answer.email, answer.text) == ("", "Kami.")
    assert renewed.whatsapp == "6281234567890"
    page = sign_in(client, aminah).get("/peserta/kabar/").text
    assert "Kami." in page
    assert "b1@opop.example" not in page


def test_books_keep_who_received_money_for_ten_years_and_stay_whole_after() -> None:
    stand, (offer, _other) = make_shop()
    citra = User.objects.create_user("citra")
    _voucher, code = make_voucher(stand.expo)
    spend(stand, code, {offer: 1})
    row = settle(
        stand, expo=stand.expo, count=1, total_rupiah=25_000, received_by="Nurhasanah",
        note="Nurhasanah datang sendiri", actor=citra,
    )  # fmt: skip
    make_statement(stand.expo, [(timezone.now(), 25_000)])
    year = business_date(timezone.now()).year
    eve = dt.datetime(year + 10, 12, 31, 12, tzinfo=dt.UTC)

    forget_old(now=eve)
    row.refresh_from_db()
    assert row.received_by == "Nurhasanah"
    assert BankLine.objects.get().text.startswith("QRIS")

    forget_old(now=eve + dt.timedelta(days=1))
    row.refresh_from_db()
    assert is_erased(row.received_by)
    assert is_erased(row.note)
    assert BankLine.objects.get().text == ERASED
    assert verify_ledger().breaks == []


def test_again_it_does_no_more_and_says_so_once(erasures_file: Path) -> None:
    what_runs_out()
    later = timezone.now() + LATER
    first = {one.old.key: one.count for one in forget_old(now=later) if one.count}
    assert sum(one.count for one in forget_old(now=later)) == 0

    event = Event.objects.get(kind=Event.Kind.OLD_FORGOTTEN)
    assert event.data["counts"] == first
    # What was sealed stands in the list beside the backups, once.
    assert erasures_file.read_text().count("\n") == Erasure.objects.count() > 0
    assert complete_file() == 0


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    what_runs_out()
    later = timezone.now() + LATER
    before = dump()
    would = [one.count for one in forget_old(now=later, dry_run=True)]
    assert dump() == before
    assert [one.count for one in forget_old(now=later)] == would


def test_it_goes_in_bounded_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    Attempt.objects.bulk_create(
        Attempt(scope="pin", key=str(n), at=now - dt.timedelta(days=3)) for n in range(7)
    )
    monkeypatch.setattr(forgetting, "BATCH", 2)
    monkeypatch.setattr(forgetting, "MOST", 5)
    [tries] = [one.count for one in forget_old(now=now) if one.old.key == "tries"]
    assert tries == 6
    [tries] = [one.count for one in forget_old(now=now) if one.old.key == "tries"]
    assert (tries, Attempt.objects.count()) == (1, 0)


def test_what_does_not_go_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that forgets nothing ends after one batch."""

    def nothing(rows: Sequence[Any]) -> None:
        del rows

    Attempt.objects.create(scope="pin", key="x", at=timezone.now() - dt.timedelta(days=3))
    [first] = [one for one in OLD if one.key == "tries"]
    monkeypatch.setattr(forgetting, "OLD", [forgetting.Old("tries", first.rows, nothing)])
    assert [one.count for one in forget_old()] == [1]


def test_the_command_says_what_it_did() -> None:
    Attempt.objects.create(scope="pin", key="x", at=timezone.now() - dt.timedelta(days=3))
    out = io.StringIO()
    call_command("forget_old", dry_run=True, stdout=out)
    call_command("forget_old", stdout=out)
    assert out.getvalue().splitlines() == [
        "tries: 1",
        "Would be forgotten: 1.",
        "tries: 1",
        "Forgotten: 1.",
    ]


def test_the_list_is_written_out_and_read_in_again(erasures_file: Path) -> None:
    planted = plant()
    request = uuid.uuid4()
    Erasure.objects.create(
        request=request,
        place="stands_inquiry",
        row_key=planted.rows["inquiry"].pk.hex,
        part="*",
    )
    out = io.StringIO()
    call_command("erasures", stdout=out)
    erasures_file.write_text(out.getvalue().replace(str(request), str(uuid.uuid4())))

    out = io.StringIO()
    call_command("erasures", replay=erasures_file, stdout=out)
    assert out.getvalue() == "Erased again: 1. Not in this database: 0.\n"
    planted.rows["inquiry"].refresh_from_db()
    assert planted.rows["inquiry"].name == ""
