"""What is sent straight to its view: past sessions and logins, and past nothing that guards it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import IntegrityError
from django.test import Client

from opop_expo import middleware, short_ways
from stands import counting_views
from tests.ledger import make_shop
from tests.tablets import TestTablet, pair_tablet

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def tablet() -> TestTablet:
    return pair_tablet(make_shop()[1][0].stand)


def seen(client: Client, **more: Any) -> Answer:
    return client.post("/dilihat/", b"[]", content_type="application/json", **more)


def test_tablet_goes_past_the_sessions(tablet: TestTablet) -> None:
    class SessionError(Exception):
        pass

    with mock.patch.object(SessionMiddleware, "process_request", side_effect=SessionError):
        assert tablet.post("kabar").status_code == 200
        assert seen(Client()).status_code == 204
        with pytest.raises(SessionError):
            Client().get("/kasir/")


def test_name_that_is_not_ours_is_refused(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["expo.example"]
    assert seen(Client(), headers={"Host": "jahat.example"}).status_code == 400
    assert seen(Client(), headers={"Host": "expo.example"}).status_code == 204


def test_body_that_is_too_long_is_not_read(settings: Any, tablet: TestTablet) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20
    answer = tablet.post("kabar")
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})


def test_refusal_of_a_closed_edition_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_views: object) -> int:
        raise IntegrityError

    monkeypatch.setattr(counting_views, "count_views", refuse)
    monkeypatch.setattr(counting_views, "ROBOTS", mock.Mock(search=lambda _text: None))
    origin = {"Origin": "http://testserver"}
    with pytest.raises(IntegrityError):
        seen(Client(), headers=origin)
    monkeypatch.setattr(middleware, "is_refusal", lambda _error: True)
    answer = seen(Client(), headers=origin)
    assert (answer.status_code, answer.json()) == (409, {"error": "edition_closed"})


def test_what_wants_a_login_or_a_token_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(short_ways, "STRAIGHT", ("/",))
    checking = Client(enforce_csrf_checks=True)
    assert Client().post("/admin/")["Location"].startswith("/admin/login/")
    assert checking.post("/masuk/", {"username": "x"}).status_code == 403


def test_address_that_leads_nowhere_is_told_so() -> None:
    assert Client().post("/kasir/tablet/tidak-ada/").status_code == 404
