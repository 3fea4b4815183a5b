"""The log of who did what: found, read by people, taken out; and what is never noted."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from openpyxl import load_workbook

from events.log import log_event
from events.models import Event
from opop_expo.event_words import facts_of
from outcomes.models import Claim
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/catatan/"


@pytest.fixture
def citra(client: Client, admin_user: User) -> User:
    client.force_login(admin_user)
    return admin_user


def noted(subject: str, *, kind: str = Event.Kind.IMPORTED, at: str = "", **more: Any) -> Event:
    """An event, at an instant in UTC where the test is about that."""
    moment = {"at": dt.datetime.fromisoformat(at)} if at else {}
    return Event.objects.create(kind=kind, subject=subject, **moment, **more)


def shown(client: Client, **query: str) -> list[str]:
    """The subjects on the page."""
    days = client.get(PAGE, query).context["days"]
    return [line.event.subject for _day, lines in days for line in lines]


def test_log_is_for_those_who_may_see_it(client: Client) -> None:
    dewi = User.objects.create_user("dewi", is_staff=True)
    dewi.user_permissions.add(Permission.objects.get(codename="view_expo"))
    client.force_login(dewi)
    answers = [client.get(reverse(name)).status_code for name in ("event_log", "event_log_csv")]
    assert answers == [403, 403]


def test_log_is_filtered_by_kind_person_day_and_words(client: Client, citra: User) -> None:
    dewi = User.objects.create_user("dewi")
    # Half past eleven at night in East Java, and half past midnight.
    noted("impor kopi", at="2026-11-25T16:30:00+00:00", actor=dewi)
    noted("kopi naik", kind="price_changed", at="2026-11-25T17:30:00+00:00", actor=citra)
    noted("A1-B", kind="tablet_paired", at="2026-11-27T03:00:00+00:00")
    assert shown(client) == ["A1-B", "kopi naik", "impor kopi"]
    assert shown(client, jenis="price_changed") == ["kopi naik"]
    assert shown(client, siapa="dewi") == ["impor kopi"]
    assert shown(client, siapa="-") == ["A1-B"]
    assert shown(client, dari="2026-11-26", sampai="2026-11-26") == ["kopi naik"]
    assert shown(client, sampai="2026-11-25") == ["impor kopi"]
    assert shown(client, q="KOPI dewi") == ["impor kopi"]
    assert shown(client, jenis="lain", dari="kemarin", sampai="0001-01-01", hal="x") != []


def test_what_changed_is_told_in_words(client: Client, citra: User) -> None:
    log_event(
        Event.Kind.PRICE_CHANGED,
        "Kopi A1",
        actor=citra,
        data={"offer": 7, "old_rupiah": 25_000, "new_rupiah": 27_500},
    )
    text = re.sub(r"\s+", " ", client.get(PAGE).text)
    assert "<dt>harga</dt>" in text
    assert '<span class="was">Rp 25.000</span> → Rp 27.500' in text
    assert "offer" not in "".join(fact.label for fact in facts_of(Event.objects.get()))


def test_codes_of_a_claim_are_told_in_words() -> None:
    change = {"figure": [None, "days"], "basis": ["organiser", "counted"], "query": [None, "days"]}
    event = noted("2020", kind=Event.Kind.CLAIM_CHANGED, data={"changed": change})
    told = {fact.label: fact.after for fact in facts_of(event)}
    assert told == {"angka": "Lama pelaksanaan", "dasar": str(Claim.Basis.COUNTED.label)}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"tills": ["A1-B", "A1-C"], "storage": "x"}, [("kasir", "", "A1-B, A1-C")]),
        ({"from": "draft", "to": "curated"}, [("keadaan", "Draf", "Terkurasi")]),
        ({"offline_limit_rupiah": [0, 500_000]}, [("batas tanpa jaringan", "Rp 0", "Rp 500.000")]),
        ({"counts": {"baru": 2}, "reason": ""}, [("banyaknya", "", "baru: 2")]),
        ({"unheard_of": True}, [("unheard of", "", "ya")]),
        ([1], [("", "", "1")]),
    ],
)
def test_any_content_is_told_without_brackets(data: Any, told: list[tuple[str, str, str]]) -> None:
    event = Event(kind=Event.Kind.IMPORTED, subject="uji", data=data)
    facts = [(fact.label, fact.before, fact.after) for fact in facts_of(event)]
    assert [one[0] for one in facts] == [one[0] for one in told]
    if "from" not in data:
        assert facts == told


def test_export_is_what_the_filter_shows(client: Client, citra: User) -> None:
    noted("impor kopi", actor=citra, data={"reason": "=1+1"})
    noted("lain", kind="price_changed")
    csv = client.get(f"{PAGE}csv/", {"q": "kopi"}).content.decode("utf-8-sig").splitlines()
    assert len(csv) == 2
    assert "impor kopi,admin,alasan: =1+1" in csv[1]
    book = load_workbook(BytesIO(client.get(f"{PAGE}xlsx/", {"q": "kopi"}).content))
    rows = book.worksheets[0].iter_rows(values_only=True)
    assert [row[2] for row in rows] == ["Perihal", "impor kopi"]


def test_log_costs_the_same_with_one_event_and_with_three(client: Client, citra: User) -> None:
    noted("satu", actor=citra)
    few = queries_of(client, PAGE)
    for name in ("budi", "dewi"):
        noted(name, actor=User.objects.create_user(name))
    assert queries_of(client, PAGE) == few


def test_long_log_comes_in_pages(client: Client, citra: User) -> None:
    Event.objects.bulk_create(Event(kind="imported", subject=str(n)) for n in range(60))
    assert len(shown(client)) == 50
    assert len(shown(client, hal="2")) == 10
    assert 'href="?q=1&amp;hal=' not in client.get(PAGE, {"q": "1"}).text


def test_each_kind_is_noted_somewhere() -> None:
    used = {
        name
        for app in ["opop_expo", "outcomes", "sales", "programme", "stands", "pesantren"]
        for file in Path(settings.BASE_DIR, app).rglob("*.py")
        for name in re.findall(r"Kind\.([A-Z_]+)", file.read_text())
    }
    unused = {kind.value for kind in Event.Kind if kind.name not in used}
    assert unused == set()


def test_shortcut_leads_there(client: Client, citra: User) -> None:
    front = client.get("/admin/").text
    assert reverse("event_log") in front
    assert reverse("ledger_proof") in front
