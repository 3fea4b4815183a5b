"""The schedule: day by day, what is on and next, found by words, honest about what is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programme.models import Session
from tests.make import FRIDAY, THREE_DAYS, make_expo
from tests.programmes import at, make_room, make_session, make_speaker

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = pytest.mark.django_db

FROM_HTMX = {"HX-Request": "true"}


@pytest.fixture
def expo() -> Expo:
    """A talkshow and a training on Friday, another on Saturday."""
    expo = make_expo()
    stage, hall = make_room(expo=expo), make_room(expo=expo, name="Ruang Bromo")
    make_session(
        expo=expo,
        title="Talkshow ekspor",
        slug="ekspor",
        room=stage,
        speakers=[make_speaker()],
        target_group="kopontren",
    )
    make_session(
        expo=expo,
        title="Pelatihan kemasan",
        slug="kemasan",
        kind=Session.Kind.TRAINING,
        hours="13.00-15.00",
        room=hall,
    )
    make_session(
        expo=expo, title="Lomba hadrah", slug="hadrah", kind="competition", date=THREE_DAYS[1]
    )
    return expo


def titles(client: Client, query: str = "") -> list[str]:
    return [one.title for one in client.get(f"/2020/jadwal/{query}").context["form"].fitting]


def test_schedule_lists_the_days_in_their_order(client: Client, expo: Expo) -> None:
    page = client.get("/2020/jadwal/").text

    words = ["Jumat, 18 Desember 2020", "Talkshow ekspor", "Pelatihan kemasan"]
    words += ["Sabtu, 19 Desember 2020", "Lomba hadrah"]
    assert [page.index(word) for word in words] == sorted(page.index(word) for word in words)
    assert "09.00" in page
    assert "–10.30" in page
    assert "untuk kopontren" in page


def test_today_stands_on_top_and_days_that_are_over_behind(client: Client, expo: Expo) -> None:
    make_session(expo=expo, title="Dobel omzet", date=None, hours=None)

    with time_machine.travel(at("08.00", THREE_DAYS[1]), tick=False):
        days = client.get("/2020/jadwal/").context["days"]
    with time_machine.travel(at("08.00", THREE_DAYS[2]), tick=False):
        later = client.get("/2020/jadwal/").context["days"]

    assert [day.date for day in days] == [THREE_DAYS[1], FRIDAY, None]
    assert [day.date for day in later] == [FRIDAY, THREE_DAYS[1], None]


def test_session_whose_day_nobody_knows_stands_apart(client: Client, expo: Expo) -> None:
    make_session(expo=expo, title="Dobel omzet", date=None, hours=None)
    make_session(expo=expo, title="Pembukaan", hours=None)

    page = client.get("/2020/jadwal/").text

    assert page.rindex("Hari dan jam tidak tercatat") > page.rindex("Lomba hadrah")
    assert "jam tidak tercatat" in page
    assert "2 acara tanpa jam tidak ikut di berkas itu." in page


def test_schedule_of_an_edition_without_sessions_says_so(client: Client) -> None:
    make_expo()

    page = client.get("/2020/jadwal/").text

    assert "Belum ada acara yang tercatat di edisi ini." in page
    assert '<meta name="robots" content="noindex">' in page
    assert ".ics" not in page


# --- now and next ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "on_now", "coming"),
    [
        ("08.59", [], ["Talkshow ekspor"]),
        ("09.00", ["Talkshow ekspor"], ["Pelatihan kemasan"]),
        ("10.29", ["Talkshow ekspor"], ["Pelatihan kemasan"]),
        ("10.30", [], ["Pelatihan kemasan"]),
        ("15.00", [], ["Lomba hadrah"]),
    ],
)
@pytest.mark.parametrize("path", ["/2020/jadwal/", "/2020/", "/"])
def test_kept_page_says_what_is_on_and_next_at_every_hour(
    client: Client, expo: Expo, path: str, hour: str, on_now: list[str], coming: list[str]
) -> None:
    for earlier in ("08.30", "09.30", "12.00"):  # pages that are kept from before
        with time_machine.travel(at(earlier), tick=False):
            client.get(path)

    with time_machine.travel(at(hour), tick=False):
        page = client.get(path).text

    board = page.split('class="moment-board"')[1].split("schedule")[0]
    now_part, _next, next_part = board.partition("Berikutnya")
    for title in ["Talkshow ekspor", "Pelatihan kemasan", "Lomba hadrah"]:
        assert (title in now_part.partition("Sedang berlangsung")[2]) == (title in on_now)
        assert (title in next_part) == (title in coming)


def test_page_that_a_browser_has_changes_when_a_session_ends(client: Client, expo: Expo) -> None:
    with time_machine.travel(at("10.29"), tick=False):
        etag = client.get("/2020/jadwal/")["ETag"]
        asked = {"If-None-Match": etag}
        assert client.get("/2020/jadwal/", headers=asked).status_code == 304
    with time_machine.travel(at("10.30"), tick=False):
        assert client.get("/2020/jadwal/", headers=asked).status_code == 200
    # The stands do not change by it.
    with time_machine.travel(at("09.10"), tick=False):
        etag = client.get("/2020/stan/")["ETag"]
    with time_machine.travel(at("10.31"), tick=False):
        assert client.get("/2020/stan/", headers={"If-None-Match": etag}).status_code == 304


def test_session_called_off_is_neither_on_nor_next(client: Client, expo: Expo) -> None:
    Session.objects.filter(slug="ekspor").update(is_cancelled=True)

    with time_machine.travel(at("09.30"), tick=False):
        response = client.get("/2020/jadwal/")

    moment = response.context["moment"]
    assert [one.title for one in moment.on_now] == []
    assert [one.title for one in moment.coming] == ["Pelatihan kemasan"]
    assert "dibatalkan</span>" in response.text


def test_after_the_last_session_nothing_is_next(client: Client, expo: Expo) -> None:
    with time_machine.travel(at("20.00", THREE_DAYS[2]), tick=False):
        page = client.get("/2020/jadwal/").text

    assert "Sedang berlangsung" not in page
    assert "Berikutnya" not in page


# --- found ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kemasan", ["Pelatihan kemasan"]),
        ("khofifah", ["Talkshow ekspor"]),
        ("gubernur", ["Talkshow ekspor"]),
        ("bromo", ["Pelatihan kemasan"]),
        ("kopontren", ["Talkshow ekspor"]),
        ("pelatihan", ["Pelatihan kemasan"]),
        ("pelatihan untuk kemas", ["Pelatihan kemasan"]),
        ("kemassan", ["Pelatihan kemasan"]),
        ("hadroh", ["Lomba hadrah"]),
        ("kemasan gubernur", []),
    ],
)
def test_words_find_title_speaker_room_and_target_group(
    client: Client, expo: Expo, typed: str, found: list[str]
) -> None:
    assert titles(client, f"?q={typed}") == found


def test_kind_and_day_narrow_each_other(client: Client, expo: Expo) -> None:
    assert titles(client, "?kind=training") == ["Pelatihan kemasan"]
    assert titles(client, "?day=2020-12-19") == ["Lomba hadrah"]
    assert titles(client, "?day=2020-12-19&kind=training") == []
    assert titles(client, "?day=kemarin&kind=x") == [
        "Talkshow ekspor",
        "Pelatihan kemasan",
        "Lomba hadrah",
    ]


def test_nothing_found_leads_back_to_all(client: Client, expo: Expo) -> None:
    page = client.get("/2020/jadwal/?q=kemasan&day=2020-12-19").text

    assert "0 acara" in page
    assert "Tidak ada yang cocok" in page
    assert 'href="/2020/jadwal/?day=2020-12-19"' in page
    assert 'href="/2020/jadwal/"' in page


def test_htmx_gets_the_list_alone_under_an_address_without_gaps(client: Client, expo: Expo) -> None:
    answer = client.get("/2020/jadwal/?q=kemasan&day=&kind=", headers=FROM_HTMX)

    assert answer.text.strip().startswith('<div id="cards">')
    assert "<html" not in answer.text
    assert answer["HX-Push-Url"] == "/2020/jadwal/?q=kemasan"
    assert client.get("/2020/jadwal/?q=&day=")["Location"] == "/2020/jadwal/"


def test_schedule_asks_no_query_more_for_more_sessions(client: Client, expo: Expo) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/2020/jadwal/").status_code == 200
        return len(asked)

    client.get("/2020/jadwal/")
    before = _after_a_change(queries)
    for number in range(3):
        make_session(
            expo=expo,
            title=f"Acara {number}",
            room=make_room(expo=expo, name=f"Ruang {number}"),
            speakers=[make_speaker(name=f"Narasumber {number}")],
        )
    assert _after_a_change(queries) == before


def _after_a_change(queries: object) -> int:
    Session.objects.filter(slug="hadrah").update(description="baru")
    return queries()  # type: ignore[operator, no-any-return]


def test_schedule_speaks_the_reader_s_language(client: Client, expo: Expo) -> None:
    Session.objects.filter(slug="ekspor").update(title_en="Talk on exports")

    page = client.get("/en/2020/jadwal/").text

    assert "Talk on exports" in page
    assert "09:00" in page
    assert 'lang="id"><a class="stretched" href="/en/2020/jadwal/kemasan/">' in page
    assert 'hreflang="id" href="http://testserver/2020/jadwal/"' in page


def test_home_leads_to_the_schedule_of_an_edition_that_is_over(client: Client, expo: Expo) -> None:
    page = client.get("/2020/").text

    assert "Lihat semua 3 acara" in page
    assert "Sedang berlangsung" not in page


def test_home_without_sessions_says_nothing_of_them(client: Client) -> None:
    make_expo()

    assert "moment" not in client.get("/2020/").text
    assert "Lihat semua 0" not in client.get("/2020/").text


def test_session_without_hours_is_over_the_day_after(expo: Expo) -> None:
    opening = make_session(expo=expo, title="Pembukaan", hours=None, date=FRIDAY)

    assert not opening.has_ended_by(at("23.59"))
    assert opening.has_ended_by(at("00.00", THREE_DAYS[1]))
