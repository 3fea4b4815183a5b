"""What organisers do with notices: read, hide with a reason, take out as files without contacts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from events.models import Event
from opop_expo.example_edition import make_example_edition
from opop_expo.example_notices import NOTICES, add_notices
from opop_expo.participants import desk_page
from opop_expo.roles import ORGANISER, VIEWER, sync_groups
from pesantren.models import Interest, Notice, Producer
from pesantren.noticing import ChangedMeanwhileError, show_notice
from tests.ledger import sign_in
from tests.make import make_expo
from tests.notices import make_maker, make_notice, make_two
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def citra(client: Client) -> User:
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return user


def detail(notice: Notice) -> str:
    return reverse("notice_detail", args=[notice.pk])


def test_list_is_narrowed_by_state(client: Client, citra: User) -> None:
    first, _aminah, _second, _budi = make_two()
    make_notice(first, text="Berlaku ini.")
    make_notice(first, text="Tutup ini.", closed_at=timezone.now())
    make_notice(first, text="Sembunyi ini.", hidden_at=timezone.now(), hidden_reason="Iklan.")
    for state, shown in {
        "open": ["Berlaku ini."],
        "closed": ["Tutup ini."],
        "hidden": ["Sembunyi ini."],
        "x": ["Berlaku ini.", "Tutup ini.", "Sembunyi ini."],
    }.items():
        page = client.get("/admin/kabar/", {"keadaan": state}).text
        assert [text for text in ("Berlaku", "Tutup", "Sembunyi") if f"{text} ini." in page] == [
            text.split()[0] for text in shown
        ], state


def test_hiding_takes_it_out_of_sight_with_a_reason_and_is_logged(
    client: Client, citra: User
) -> None:
    first, aminah, _second, budi = make_two()
    notice = make_notice(first)
    client.post(detail(notice), {"reason": "Bukan untuk pameran."})
    notice.refresh_from_db()
    assert notice.hidden_reason == "Bukan untuk pameran."
    event = Event.objects.get(kind=Event.Kind.NOTICE_HIDDEN)
    assert (event.actor, event.subject) == (citra, "Kopontren A1")
    assert event.data == {"notice": str(notice.pk), "reason": "Bukan untuk pameran."}
    assert "alasan" in client.get("/admin/catatan/").text
    path = f"/peserta/pelaku/{first.slug}/"
    assert "Kemasan berdiri" not in sign_in(client, budi).get(path).text
    assert "Bukan untuk pameran." in sign_in(client, aminah).get("/peserta/kabar/").text

    client.force_login(citra)
    client.post(detail(notice), {"tampilkan": "1"})
    assert Event.objects.filter(kind=Event.Kind.NOTICE_SHOWN, actor=citra).count() == 1
    assert "Kemasan berdiri" in sign_in(client, budi).get(path).text


def test_hiding_without_a_reason_is_refused_at_its_place(client: Client, citra: User) -> None:
    first, _aminah, _second, _budi = make_two()
    notice = make_notice(first)
    response = client.post(detail(notice), {"reason": " "})
    assert response.status_code == 422
    assert "Tulis alasannya: penulisnya berhak tahu." in response.text
    assert not Event.objects.filter(kind=Event.Kind.NOTICE_HIDDEN).exists()


def test_hidden_twice_is_logged_once_and_said(client: Client, citra: User) -> None:
    first, _aminah, _second, _budi = make_two()
    notice = make_notice(first)
    for _ in range(2):
        page = client.post(detail(notice), {"reason": "Iklan."}, follow=True).text
    assert "Orang lain baru saja mengubah kabar ini" in page
    assert Event.objects.filter(kind=Event.Kind.NOTICE_HIDDEN).count() == 1
    show_notice(notice, actor=citra)
    with pytest.raises(ChangedMeanwhileError):
        show_notice(notice, actor=citra)


def test_reader_without_the_permission_hides_nothing(client: Client, citra: User) -> None:
    first, aminah, _second, _budi = make_two()
    notice = make_notice(first)
    citra.groups.set([Group.objects.get(name=VIEWER)])
    assert client.get("/admin/kabar/").status_code == 403
    with mock.patch.object(User, "has_perm", lambda _self, name, _obj=None: "view" in name):
        assert client.post(detail(notice), {"reason": "Iklan."}).status_code == 403
    sign_in(client, aminah)
    assert client.post(detail(notice), {"reason": "Iklan."}, follow=True).status_code == 403
    notice.refresh_from_db()
    assert notice.hidden_at is None


def test_files_hold_everything_but_contacts_and_formulas(client: Client, citra: User) -> None:
    first, _aminah, second, _budi = make_two()
    notice = make_notice(
        first,
        text="=1+1 kemasan",
        whatsapp="6281234567890",
        email="a1@opop.example",
        contact_allowed=True,
    )
    Interest.objects.create(notice=notice, producer=second, text="Kami.", made_by=citra)
    csv = client.get("/admin/kabar/csv/").content.decode()
    assert "Kopontren A1,Pesantren A1,Kab. Jember,Mencari,Kemasan,,'=1+1 kemasan,Berlaku,1," in csv
    xlsx = client.get("/admin/kabar/xlsx/").content
    sheet = load_workbook(io.BytesIO(xlsx)).active
    assert sheet is not None
    [_head, row] = list(sheet.iter_rows(values_only=True))
    assert row[7] == "=1+1 kemasan"
    for content in (csv, str(row), client.get("/admin/kabar/").text):
        assert "6281234567890" not in content
        assert "a1@opop.example" not in content
    assert "Kopontren A1" not in client.get("/admin/kabar/csv/?keadaan=closed").content.decode()


@pytest.mark.parametrize("path", ["/admin/kabar/", "/admin/kabar/csv/"])
def test_list_takes_as_many_queries_for_three_as_for_one(
    client: Client, citra: User, path: str
) -> None:
    first, aminah, _second, _budi = make_two()
    make_notice(first)
    queries_of(client, path)
    once = queries_of(client, path)
    for number in (1, 2):
        other, _none = make_maker(aminah.stand.expo, f"C{number}")
        make_notice(other, made_by=User.objects.create_user(f"penulis{number}"))
    assert queries_of(client, path) == once <= 20


def test_long_list_has_pages(client: Client, citra: User) -> None:
    first, _aminah, _second, _budi = make_two()
    for number in range(3):
        make_notice(first, text=f"Dus {number}.")
    with mock.patch.object(desk_page, "PER_PAGE", 2):
        page = client.get("/admin/kabar/?keadaan=open").text
        assert "Halaman 1 dari 2" in page
        assert "?keadaan=open&amp;hal=2" in page
        assert "Dus 0." in client.get("/admin/kabar/?keadaan=open&hal=2").text


def test_front_page_leads_there(client: Client, citra: User) -> None:
    make_two()
    assert 'href="/admin/kabar/"' in client.get("/admin/").text


# --- the example edition --------------------------------------------------------------------------


def test_example_edition_gets_its_notices_once_and_they_say_so(client: Client, citra: User) -> None:
    source = make_expo()
    for number, slug in enumerate(dict.fromkeys(one[0] for one in NOTICES), start=1):
        maker, _none = make_maker(source, f"A{number}", name=slug)
        Producer.objects.filter(pk=maker.pk).update(slug=slug)
    now = timezone.now()
    with mock.patch("opop_expo.example_edition._add_sales"):
        expo = make_example_edition(source=source, now=now)
    for _ in range(2):
        add_notices(expo, now=now, actor=citra)
    assert Notice.objects.count() == len(NOTICES)
    assert not Notice.objects.filter(is_example=False).exists()
    assert Interest.objects.count() == 1
    page = client.get("/peserta/", {"kabar": "offer:markets"}).text
    assert "Minimarket kopontren kami" in page
