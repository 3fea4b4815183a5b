"""Planning a session: refused where a room or a speaker is taken, or the day is none of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.utils import translation

from events.models import Event
from opop_expo.event_words import facts_of
from opop_expo.roles import ORGANISER, VIEWER, sync_groups
from programme.models import Room, Session
from programme.scheduling import save_session
from programme.session_form import SessionForm
from stands.models import Expo, PlanFeature
from tests.make import FRIDAY, THREE_DAYS, make_expo
from tests.participants import make_registration, make_talk
from tests.programmes import at, make_room, make_session, make_speaker

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

ADD = "/admin/programme/session/add/"


@pytest.fixture
def expo() -> Expo:
    return make_expo()


@pytest.fixture
def citra(client: Client) -> User:
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return user


def planned(expo: Expo, hours: str = "09.00-10.30", date: dt.date = FRIDAY, **more: Any) -> Session:
    """A session that is not saved yet."""
    starts, _dash, ends = hours.partition("-")
    return Session(
        expo=expo,
        title=more.pop("title", "Pelatihan kemasan"),
        kind="training",
        date=date,
        starts_at=at(starts, date),
        ends_at=at(ends, date),
        **more,
    )


def refused(session: Session, *speakers: Any) -> dict[str, list[str]]:
    """What is said against a session, by field."""
    with pytest.raises(ValidationError) as error:
        save_session(session, speakers, actor=None)
    return dict(error.value.message_dict)


# --- rooms and speakers ---------------------------------------------------------------------------


@pytest.mark.parametrize("hours", ["09.00-10.30", "08.00-09.01", "10.29-11.00", "09.30-10.00"])
def test_room_in_use_is_refused_and_the_other_session_named(expo: Expo, hours: str) -> None:
    room = make_room(expo=expo)
    make_session(expo=expo, room=room, title="Talkshow ekspor")

    assert refused(planned(expo, hours, room=room)) == {
        "room": [
            "Panggung utama sudah dipakai “Talkshow ekspor”, Jumat, 18 Desember 2020,"
            " 09.00–10.30 WIB."
        ]
    }
    assert Session.objects.count() == 1
    assert not Event.objects.exists()


def test_speaker_in_another_room_is_refused(expo: Expo) -> None:
    speaker = make_speaker()
    make_session(
        expo=expo, room=make_room(expo=expo), speakers=[make_speaker(name="Emil"), speaker]
    )

    session = planned(expo, room=make_room(expo=expo, name="Aula"))

    assert refused(session, speaker) == {
        "speakers": [
            "Khofifah sudah berbicara di “Talkshow ekspor”, Jumat, 18 Desember 2020,"
            " 09.00–10.30 WIB."
        ]
    }


def test_speaker_of_another_edition_is_taken_as_well(expo: Expo) -> None:
    other = make_expo(slug="2020-daring", name="OPOP Expo daring", is_current=False)
    speaker = make_speaker()
    make_session(expo=other, speakers=[speaker])

    assert list(refused(planned(expo), speaker)) == ["speakers"]


@pytest.mark.parametrize("hours", ["07.30-09.00", "10.30-12.00"])
def test_session_may_follow_another(expo: Expo, hours: str) -> None:
    room, speaker = make_room(expo=expo), make_speaker()
    make_session(expo=expo, room=room, speakers=[speaker])

    save_session(planned(expo, hours, room=room), [speaker], actor=None)

    assert Session.objects.count() == 2


def test_another_room_and_another_day_are_free(expo: Expo) -> None:
    room = make_room(expo=expo)
    make_session(expo=expo, room=room)

    save_session(planned(expo, room=make_room(expo=expo, name="Aula")), [], actor=None)
    save_session(planned(expo, room=room, date=THREE_DAYS[1]), [], actor=None)
    save_session(planned(expo), [], actor=None)  # no room at all

    assert Session.objects.count() == 4


def test_session_called_off_is_in_nobody_s_way_until_it_is_held_after_all(expo: Expo) -> None:
    room = make_room(expo=expo)
    first = make_session(expo=expo, room=room, is_cancelled=True)
    save_session(planned(expo, room=room, title="Lomba"), [], actor=None)

    first.is_cancelled = False

    assert "“Lomba”" in refused(first)["room"][0]
    assert Session.objects.get(pk=first.pk).is_cancelled


def test_session_is_not_in_its_own_way(expo: Expo) -> None:
    room, speaker = make_room(expo=expo), make_speaker()
    session = make_session(expo=expo, room=room, speakers=[speaker])
    session.ends_at = at("11.00")

    save_session(session, [speaker], actor=None)

    assert Session.objects.get().ends_at == at("11.00")


# --- days -----------------------------------------------------------------------------------------


def test_day_outside_the_edition_is_refused_and_its_days_named(expo: Expo) -> None:
    words = refused(planned(expo, date=dt.date(2020, 12, 21)))["date"][0]

    assert words.startswith("Tanggal ini di luar edisi. Harinya: Jumat, 18 Desember 2020, Sabtu,")


def test_session_whose_day_was_taken_out_of_the_edition_can_be_called_off(expo: Expo) -> None:
    session = make_session(expo=expo, date=dt.date(2020, 12, 21))
    session.is_cancelled = True
    save_session(session, None, actor=None)
    session.is_cancelled = False
    assert list(refused(session)) == ["date"]


def test_hours_belong_to_the_day_and_end_after_they_begin(expo: Expo) -> None:
    over_night = planned(expo)
    over_night.ends_at = at("01.00", THREE_DAYS[1])
    assert list(refused(over_night)) == ["date"]
    assert list(refused(planned(expo, "10.00-10.00"))) == ["ends_at"]
    half = planned(expo)
    half.ends_at = None
    assert list(refused(half)) == ["ends_at"]


def test_room_of_another_edition_is_refused(expo: Expo) -> None:
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)

    assert refused(planned(expo, room=make_room(expo=other))) == {
        "room": ["Ruang ini milik edisi lain."]
    }


def test_address_comes_from_the_title_and_is_free(expo: Expo) -> None:
    sessions = [planned(expo), planned(expo), planned(expo, title="!!!")]
    for session in sessions:
        save_session(session, [], actor=None)

    assert [one.slug for one in sessions] == ["pelatihan-kemasan", "pelatihan-kemasan-2", "acara"]


# --- in the admin ---------------------------------------------------------------------------------


def form(expo: Expo, **more: Any) -> dict[str, Any]:
    return {
        "expo": expo.pk,
        "title": "Pelatihan kemasan",
        "kind": "training",
        "date": "2020-12-18",
        "starts": "09:00",
        "ends": "10:30",
        "language": "id",
    } | more


def test_organiser_plans_a_session_in_hours_of_a_day(
    client: Client, citra: User, expo: Expo
) -> None:
    room, speaker = make_room(expo=expo), make_speaker()

    answer = client.post(ADD, form(expo, room=room.pk, speakers=[speaker.pk], capacity=40))

    assert answer.status_code == 302
    session = Session.objects.get()
    assert (session.starts_at, session.ends_at) == (at("09.00"), at("10.30"))
    assert session.slug == "pelatihan-kemasan"
    assert list(session.speakers.all()) == [speaker]
    event = Event.objects.get(kind=Event.Kind.SESSION_CHANGED)
    assert event.actor == citra
    facts = {fact.label: (fact.before, fact.after) for fact in facts_of(event)}
    assert facts["mulai"] == ("kosong", "09.00")
    assert facts["pembicara"] == ("kosong", "Khofifah")
    assert facts["edisi"] == ("", "OPOP Expo 2020")


def test_organiser_is_told_at_the_field_who_has_the_room(
    client: Client, citra: User, expo: Expo
) -> None:
    room, speaker = make_room(expo=expo), make_speaker()
    make_session(expo=expo, room=room, speakers=[speaker])

    answer = client.post(ADD, form(expo, room=room.pk, speakers=[speaker.pk], starts="10:00"))

    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"room", "speakers"}
    assert "Panggung utama sudah dipakai “Talkshow ekspor”" in answer.text
    assert 'value="10:00"' in answer.text
    assert Session.objects.count() == 1


def test_form_of_a_session_shows_its_hours_and_only_its_own_days_and_rooms(
    client: Client, citra: User, expo: Expo
) -> None:
    other = make_expo(
        slug="2021", name="OPOP Expo 2021", is_current=False, days=[dt.date(2021, 1, 1)]
    )
    make_room(expo=other, name="Aula lain")
    session = make_session(expo=expo, room=make_room(expo=expo))

    page = client.get(f"/admin/programme/session/{session.pk}/change/").text
    new = client.get(ADD).text

    assert 'value="09:00"' in page
    assert "Jumat, 18 Desember 2020 · 09.00–21.00" in page
    assert "Aula lain" not in page
    assert '<optgroup label="OPOP Expo 2021">' in new
    assert new.index('label="OPOP Expo 2020"') < new.index('label="OPOP Expo 2021"')


def test_change_is_logged_as_what_it_was_and_is(client: Client, citra: User, expo: Expo) -> None:
    session = make_session(expo=expo, room=make_room(expo=expo))
    path = f"/admin/programme/session/{session.pk}/change/"

    assert client.post(path, form(expo, title="Talkshow ekspor", starts="09:15")).status_code == 302

    event = Event.objects.get(kind=Event.Kind.SESSION_CHANGED)
    assert event.data["fields"] == {
        "kind": ["talkshow", "training"],
        "starts_at": ["09.00", "09.15"],
        "room": ["Panggung utama", ""],
    }
    assert client.get("/admin/catatan/").status_code == 200
    session.refresh_from_db()
    assert session.slug.startswith("acara-")  # the address stays


def test_hours_without_a_day_and_a_day_without_hours(
    client: Client, citra: User, expo: Expo
) -> None:
    answer = client.post(ADD, form(expo, date=""))
    assert answer.context["adminform"].form.errors == {"date": ["Acara yang berjam perlu tanggal."]}

    assert client.post(ADD, form(expo, starts="", ends="")).status_code == 302
    assert Session.objects.get().starts_at is None


def test_hours_outside_the_doors_are_saved_with_a_warning(
    client: Client, citra: User, expo: Expo
) -> None:
    room = make_room(expo=expo, seats=50)

    page = client.post(ADD, form(expo, starts="08:00", room=room.pk, capacity=80), follow=True).text

    assert Session.objects.count() == 1
    assert "di luar jam buka hari itu (09.00–21.00)" in page
    assert "Kapasitasnya 80, tempat duduk di Panggung utama hanya 50." in page


def test_fewer_seats_than_registered_are_saved_with_a_warning(
    client: Client, citra: User, expo: Expo
) -> None:
    session = make_talk(expo=expo, date=None, starts_at=None, ends_at=None)
    for name in ("Ani", "Budi"):
        make_registration(session, name)
    page = client.post(
        f"/admin/programme/session/{session.pk}/change/",
        form(expo, takes_registrations="on", capacity=1),
        follow=True,
    ).text
    assert "Sudah 2 terdaftar, kapasitasnya 1." in page


def test_actions_call_off_and_hold_after_all(client: Client, citra: User, expo: Expo) -> None:
    room = make_room(expo=expo)
    first = make_session(expo=expo, room=room, title="Talkshow ekspor")
    path = "/admin/programme/session/"
    client.post(path, {"action": "call_off", "_selected_action": [first.pk]})
    make_session(expo=expo, room=room, title="Lomba hadrah")

    page = client.post(
        path, {"action": "hold_after_all", "_selected_action": [first.pk]}, follow=True
    ).text

    assert Session.objects.get(pk=first.pk).is_cancelled
    assert "sudah dipakai “Lomba hadrah”" in page
    assert Event.objects.filter(kind=Event.Kind.SESSION_CHANGED).count() == 1


def test_after_the_closing_only_what_is_reported_may_change(
    client: Client, citra: User, expo: Expo
) -> None:
    speaker = make_speaker()
    session = make_session(expo=expo, room=make_room(expo=expo), speakers=[speaker])
    Expo.objects.filter(pk=expo.pk).update(closed_at=at("22.00", THREE_DAYS[2]))
    path = f"/admin/programme/session/{session.pk}/change/"
    form_then = client.get(path).text
    assert 'name="starts"' not in form_then
    assert "yang masih bisa diisi hanya jumlah peserta menurut laporan" in form_then

    sent = {"reported_count": "1.250", "reported_by": "TIMES", "title": "Lain", "starts": ""}
    assert client.post(path, sent).status_code == 302

    after = Session.objects.get()
    assert (after.reported_count, after.reported_by) == (1_250, "TIMES")
    assert (after.title, after.starts_at) == ("Talkshow ekspor", at("09.00"))
    assert list(after.speakers.all()) == [speaker]
    changed = Event.objects.get(kind=Event.Kind.SESSION_CHANGED).data["fields"]
    assert changed == {"reported_count": ["", "1250"], "reported_by": ["", "TIMES"]}


def test_after_the_closing_nothing_is_called_off(client: Client, citra: User, expo: Expo) -> None:
    session = make_session(expo=expo)
    Expo.objects.filter(pk=expo.pk).update(closed_at=at("22.00", THREE_DAYS[2]))

    page = client.post(
        "/admin/programme/session/",
        {"action": "call_off", "_selected_action": [session.pk]},
        follow=True,
    ).text

    assert "“Talkshow ekspor”" in page
    assert not Session.objects.get().is_cancelled


def test_copy_of_a_session_gets_an_address_of_its_own(
    client: Client, citra: User, expo: Expo
) -> None:
    session = make_session(expo=expo, slug="pelatihan-kemasan", title="Pelatihan kemasan")
    path = f"/admin/programme/session/{session.pk}/change/"

    answer = client.post(path, form(expo, date="2020-12-19", _saveasnew="1"))

    assert answer.status_code == 302
    assert set(Session.objects.values_list("slug", "date")) == {
        ("pelatihan-kemasan", FRIDAY),
        ("pelatihan-kemasan-2", THREE_DAYS[1]),
    }


def test_viewer_sees_sessions_and_changes_none(client: Client, expo: Expo) -> None:
    sync_groups()
    user = User.objects.create_user("dewi", is_staff=True)
    user.groups.add(Group.objects.get(name=VIEWER))
    client.force_login(user)
    session = make_session(expo=expo)
    path = f"/admin/programme/session/{session.pk}/change/"

    assert "Talkshow ekspor" in client.get(path).text
    assert client.post(path, form(expo)).status_code == 403
    assert client.get(ADD).status_code == 403


def test_seats_of_a_room_are_read_as_people_write_them(
    client: Client, citra: User, expo: Expo
) -> None:
    form = {"expo": expo.pk, "name": "Aula", "seats": "1.000", "order": 0}

    client.post("/admin/programme/room/add/", form)

    assert Room.objects.get().seats == 1_000


def test_place_of_a_room_is_one_of_its_own_edition(client: Client, citra: User, expo: Expo) -> None:
    stage = PlanFeature.objects.create(
        expo=make_expo(slug="2026", name="OPOP Expo 2026", is_current=False),
        kind=PlanFeature.Kind.STAGE,
        **dict.fromkeys(("x", "y", "width", "height"), 10),
    )
    form = {"expo": expo.pk, "name": "Aula", "place": stage.pk, "order": 0}

    refused = client.post("/admin/programme/room/add/", form)
    client.post("/admin/programme/room/add/", form | {"expo": stage.expo_id})

    wrong = refused.context["adminform"].form.errors
    assert wrong == {"place": ["Tempat ini milik edisi lain."]}
    assert Room.objects.get().place == stage


def test_form_speaks_of_sessions_in_english_too(expo: Expo) -> None:
    with translation.override("en"):
        assert str(SessionForm().fields["date"].label) == "Day"
        assert str(Session._meta.get_field("is_cancelled").verbose_name) == "cancelled"
