"""The programme in what a phone keeps: a list to search, a page for each session."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from programme.models import Session
from tests.make import make_expo
from tests.programmes import make_room, make_session, make_speaker

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


def fetch(client: Client, path: str = "/2020/luring.json") -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(
        gzip.decompress(client.get(path, headers={"accept-encoding": "gzip"}).content)
    )
    return kept


def test_copy_holds_the_schedule_as_a_list_and_each_session(client: Client) -> None:
    expo = make_expo()
    make_session(
        expo=expo,
        title="Talkshow <ekspor>",
        title_en="Talk on exports",
        slug="ekspor",
        room=make_room(expo=expo),
        speakers=[make_speaker()],
        reported_count=90,
        reported_unit="UMKM",
        reported_by="TIMES Indonesia",
    )
    make_session(expo=expo, title="Dobel omzet", slug="omzet", date=None, hours=None)

    kept, english = fetch(client), fetch(client, "/en/2020/luring.json")

    title, page = kept["lists"]["jadwal/"]
    assert title == "Jadwal acara"
    assert "[[found]]" in page
    [(path, words, tags, look), (other, _words, other_tags, other_look)] = kept["lines"]["jadwal/"]
    assert (path, other) == ("jadwal/ekspor/", "jadwal/omzet/")
    assert {"talkshow", "ekspor", "exports", "khofifah", "panggung"} <= set(words.split())
    assert tags == ["day=2020-12-18", "kind=talkshow"]
    assert other_tags == ["day=tanpa", "kind=talkshow"]
    assert "Jumat, 18 Desember 2020 · " in look
    assert ">09.00–10.30 WIB<" in look
    assert "Hari dan jam tidak tercatat" in other_look
    title, page = kept["pages"]["jadwal/ekspor/"]
    assert title == "Talkshow <ekspor>"
    for text in ["Talkshow &lt;ekspor&gt;", "Khofifah", "Panggung utama", "90 UMKM", "TIMES"]:
        assert text in page, text
    assert english["pages"]["jadwal/ekspor/"][0] == "Talk on exports"


def test_copy_without_sessions_says_so(client: Client) -> None:
    make_expo()

    kept = fetch(client)

    assert "jadwal/" not in kept["lists"]
    assert "Belum ada acara yang tercatat" in kept["pages"]["jadwal/"][1]


def test_copy_is_made_anew_when_a_session_changes(client: Client) -> None:
    make_session(expo=make_expo(), slug="ekspor")
    fetch(client)
    Session.objects.update(title="Lomba hadrah")

    cache.clear()  # in five minutes by itself

    assert fetch(client)["pages"]["jadwal/ekspor/"][0] == "Lomba hadrah"
