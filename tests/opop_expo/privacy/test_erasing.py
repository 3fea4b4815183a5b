"""Erasing a person: nothing of them is left anywhere, and the books stay as they were."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import transaction

from events.log import log_event
from events.models import Erasure, Event
from opop_expo.privacy.erasing import erase_person
from opop_expo.privacy.erasures_file import complete_file, lines
from opop_expo.privacy.finding import find, with_accounts
from opop_expo.privacy.replaying import replay
from opop_expo.privacy.terms import Terms, national_digits
from pesantren.models import Producer
from programme.models import Attendance, Registration
from sales.models import Sale
from sales.proof.verifying import verify_ledger
from stands import search_index
from stands.closing_edition import close_edition
from stands.models import Inquiry, SearchEntry
from tests.make import make_producer
from tests.opop_expo.privacy.planted import EMAIL, NAME, PHONE, dump, plant, traces
from tests.participants import make_attendance, make_registration, make_talk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from tests.opop_expo.privacy.planted import Planted

pytestmark = pytest.mark.django_db

ALL = Terms(NAME, EMAIL, national_digits(PHONE))


@pytest.fixture(autouse=True)
def erasures_file(settings: Any, tmp_path: Path) -> Path:
    """The list beside the backups, of this test alone."""
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    return tmp_path / "erasures.jsonl"


@pytest.fixture
def citra() -> User:
    return User.objects.create_superuser("citra")


def keys(terms: Terms = ALL) -> list[str]:
    return [one.key for one in find(with_accounts(terms))]


def pages(planted: Planted) -> list[str]:
    """What visitors open of the edition."""
    slug, stand = planted.stand.expo.slug, planted.stand
    product = stand.offers.first()
    assert product is not None
    talk = planted.rows["talk"]
    return [
        f"/{slug}/",
        f"/{slug}/stan/{stand.code}/",
        f"/{slug}/produk/{product.product.slug}/",
        f"/{slug}/jadwal/",
        f"/{slug}/jadwal/{talk.slug}/",
        f"/{slug}/luring.json",
        f"/{slug}/cari/?q=nurhasanah",
        f"/tiket/{planted.registration.ticket}/",
    ]


def figures() -> dict[str, Any]:
    """What may not change."""
    return {
        "sales": list(Sale.objects.order_by("pk").values_list("pk", "total_rupiah", "hash")),
        "came": Attendance.objects.counted().count(),
        "registered": Registration.objects.count(),
        "inquiries": Inquiry.objects.count(),
        "certificates": sorted(Attendance.objects.values_list("certificate", flat=True)),
    }


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_nothing_of_them_is_left(
    client: Client,
    citra: User,
    django_capture_on_commit_callbacks: Callable[..., Any],
    is_closed: bool,
) -> None:
    planted = plant()
    if is_closed:
        close_edition(planted.stand.expo, actor=citra)
    search_index.refresh()
    assert SearchEntry.objects.filter(text__icontains="nurhasanah").exists()
    seen = "\n".join(client.get(page).text for page in pages(planted)).lower()
    assert traces(seen)
    before = figures()
    places = {line.split(":")[0] for line in traces(dump())}
    assert len(places) >= 20, places

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(ALL, keys(), request=uuid.uuid4(), actor=citra)

    assert traces(dump()) == []
    for page in pages(planted):
        # What was asked for stands in the field of the search.
        found = client.get(page).text.lower().replace('value="nurhasanah"', "")
        left = [one for one in traces(found) if "cari" not in page]
        assert left == [], page
    assert find(ALL) == []
    assert figures() == before
    assert verify_ledger().breaks == []
    assert not User.objects.get(pk=planted.user.pk).has_usable_password()


def test_kept_pages_and_cards_go_with_them(
    client: Client, citra: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    planted = plant()
    for page in pages(planted):
        client.get(page)
    kept = [cache for name in settings.CACHES for cache in [caches[name]] if cache._cache]  # type: ignore[attr-defined]
    assert kept

    with django_capture_on_commit_callbacks(execute=True):
        erase_person(ALL, keys(), request=uuid.uuid4(), actor=citra)

    assert not any(cache._cache for cache in kept)  # type: ignore[attr-defined]


def test_only_what_was_chosen_is_erased(citra: User) -> None:
    planted = plant()
    chosen = [f"stands.Inquiry:{planted.rows['inquiry'].pk}"]
    erase_person(ALL, chosen, request=uuid.uuid4(), actor=citra)

    assert Inquiry.objects.get().name == ""
    planted.rows["cashier"].refresh_from_db()
    assert planted.rows["cashier"].name == NAME


def test_what_is_not_theirs_cannot_be_chosen(citra: User) -> None:
    planted = plant()
    others = Terms(email="orang.lain@surel.example")
    chosen = [f"stands.Inquiry:{planted.rows['inquiry'].pk}"]
    assert erase_person(others, chosen, request=uuid.uuid4(), actor=citra).rows == 0
    assert Inquiry.objects.get().name == NAME


def test_sent_twice_it_is_done_and_logged_once(citra: User) -> None:
    plant()
    request = uuid.uuid4()
    chosen = keys()
    first = erase_person(ALL, chosen, request=request, actor=citra)
    again = erase_person(ALL, chosen, request=request, actor=citra)

    assert (bool(first.rows), again.rows) == (True, 0)
    event = Event.objects.get(kind=Event.Kind.PERSON_ERASED)
    assert event.actor == citra
    assert sum(event.data["counts"].values()) == first.rows
    assert traces(f"{event.subject} {event.data}".lower()) == []


def test_what_is_told_of_erasures_says_nothing_of_anybody(
    citra: User, erasures_file: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    plant()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(ALL, keys(), request=uuid.uuid4(), actor=citra)

    listed = erasures_file.read_text()
    assert listed.count("\n") == Erasure.objects.count() > 20
    assert traces(listed.lower()) == []


def test_after_a_restore_the_same_is_erased_again(citra: User) -> None:
    plant()
    erased = erase_and_restore(citra)
    assert traces(dump())
    before = figures()

    done, gone = replay(erased)

    search_index.refresh()
    assert traces(dump()) == []
    assert (done, gone) == (len(erased), 0)
    assert figures() == before
    assert verify_ledger().breaks == []
    assert replay(erased) == (0, 0)


def erase_and_restore(actor: User) -> list[str]:
    """The list of an erasure, after which the database is as before it."""
    with transaction.atomic():
        erase_person(ALL, keys(), request=uuid.uuid4(), actor=actor)
        erased = list(lines(Erasure.objects.all()))
        transaction.set_rollback(True)
    return erased


def test_a_list_that_is_cut_off_or_strange_does_what_it_can(citra: User) -> None:
    plant()
    [first, *others] = erase_and_restore(citra)
    strange = [
        "kein JSON\n",
        "[]\n",
        first.replace('"row": "', '"row": "999'),
        first.replace('"place": "', '"place": "auth_gibt_es_nicht_'),
        others[-1][: len(others[-1]) // 2],
        first.replace('"request": "', '"request": "bukan-'),
    ]
    done, gone = replay([*strange, first])
    assert (done, gone) == (1, 2)


def test_a_text_that_was_written_otherwise_goes_whole(citra: User) -> None:
    """The places of the erasure are those of the text as it was then, not of the one restored."""
    maker = make_producer()
    texts = Producer.objects.filter(pk=maker.pk)
    texts.update(about=f"Dirintis {NAME} pada tahun 1990 di Bangkalan.", about_en="Coffee.")
    with transaction.atomic():
        texts.update(about=f"Sejak tahun 1990 dirintis {NAME} di Bangkalan.")
        erase_person(ALL, keys(), request=uuid.uuid4(), actor=citra)
        assert texts.get().about == "Sejak tahun 1990 dirintis [dihapus] di Bangkalan."
        erased = list(lines(Erasure.objects.all()))
        transaction.set_rollback(True)
    replay(erased)
    assert (texts.get().about, texts.get().about_en) == ("[dihapus]", "Coffee.")


def test_who_was_erased_by_their_attendance_is_not_back_by_their_registration(citra: User) -> None:
    """The backup is from before they came: it has the registration alone."""
    registration = make_registration(make_talk(), NAME, contact=PHONE)
    with transaction.atomic():
        row = make_attendance(registration.session, registration, actor=citra)
        terms = Terms(code=row.certificate)
        erase_person(terms, keys(terms), request=uuid.uuid4(), actor=citra)
        erased = list(lines(Erasure.objects.all()))
        transaction.set_rollback(True)
    replay(erased)
    registration.refresh_from_db()
    assert (registration.name, registration.contact) == ("", "")


def test_a_line_that_was_cut_off_does_not_take_the_next_one_with_it(
    citra: User, erasures_file: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    erasures_file.write_text('{"request": "8d1f')
    make_registration(make_talk(), NAME)
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(ALL, keys(), request=uuid.uuid4(), actor=citra)
    assert replay(erasures_file.read_text().splitlines()) == (0, 0)
    assert complete_file() == 0


def test_a_short_name_is_found_among_many_that_have_it_in_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("opop_expo.privacy.finding.MOST", 3)
    mine = log_event(Event.Kind.PIN_CHANGED, "Ani")
    for number in range(5):
        log_event(Event.Kind.PIN_CHANGED, f"Sunani {number}")
    assert [one.row for one in find(Terms(name="Ani"))] == [mine]


def test_a_name_is_found_in_the_log_whatever_its_capitals() -> None:
    event = log_event(Event.Kind.PIN_CHANGED, "A1", data={"told": 'SITI KHADÎJAH "IJAH"'})
    for name in ("Siti Khadîjah", 'Khadîjah "Ijah"'):
        assert [one.row for one in find(Terms(name=name))] == [event]


def test_an_address_within_another_one_is_nobodys_business() -> None:
    terms = Terms(email="ani@surel.co")
    assert terms.are_in("Tulis ke ani@surel.co.")
    assert not any(map(terms.are_in, ("ani@surel.co.id", "kopi.ani@surel.co", "ani@surel.com")))


def test_a_name_within_another_name_is_nobodys_business(citra: User) -> None:
    plant()
    short = Terms(name="Nurhasan")
    assert find(short) == []


@pytest.mark.parametrize(
    "spelling", ["081277665544", "+62 812-7766-5544", "62 (812) 7766 5544", "0812 77 66 55 44"]
)
def test_a_number_is_found_however_it_is_written(spelling: str) -> None:
    plant()
    found = find(Terms(phone=national_digits(spelling)))
    assert {one.row._meta.label for one in found} >= {
        "programme.Registration",
        "pesantren.Notice",
        "sales.Sale",
        "sales.HeldSale",
    }


def test_a_ticket_leads_to_its_holder() -> None:
    planted = plant()
    [found] = find(Terms(code=planted.registration.ticket))
    assert found.row == planted.registration
    assert {one.value for one in found.said} >= {NAME, PHONE}
