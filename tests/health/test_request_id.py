"""Each answer has an id, and whoever is told one finds its lines in the log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from opop_expo.health.request_id import current_id
from tests.ledger import make_shop
from tests.log_lines import written

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

OF_PROXY = "0f3c8a7be5d94c21a6b7c8d9e0f1a2b3"
MADE = re.compile(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}")


@pytest.mark.parametrize(
    ("trusted", "given", "is_taken"),
    [
        (True, OF_PROXY, True),
        (False, OF_PROXY, False),
        (True, "kurang", False),
        (True, OF_PROXY + '"}\n{"', False),
        (True, "a" * 65, False),
    ],
)
def test_id_of_a_trusted_proxy_alone_is_taken(
    client: Client, settings: Any, trusted: bool, given: str, is_taken: bool
) -> None:
    settings.TRUSTED_PROXIES = ("127.0.0.1",) if trusted else ("10.0.0.1",)
    answered = client.get("/livez", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (answered == given) is is_taken
    assert is_taken or MADE.fullmatch(answered)


def test_each_request_has_one_of_its_own_and_none_is_left_behind(client: Client) -> None:
    answered = {client.get("/livez")["X-Request-ID"] for _time in range(5)}
    assert len(answered) == 5
    assert current_id() == ""


def test_answer_has_one_line_that_machines_read(client: Client) -> None:
    make_shop()
    with written() as log:
        response = client.get("/2026-uji/stan/?q=kopi&Q7KMX4=x")
    [line] = log.by("opop.access")
    assert line.pop("at").endswith("+00:00")
    assert line.pop("ms") >= 0
    assert line.pop("process") > 0
    assert line.pop("node")
    assert line == {
        "level": "INFO",
        "logger": "opop.access",
        "message": "GET /2026-uji/stan/ 200",
        "request_id": response["X-Request-ID"],
        "method": "GET",
        "path": "/2026-uji/stan/",
        "view": "stand_list",
        "status": 200,
        "asked": ["q"],
    }


def test_query_of_thousands_costs_no_answer(client: Client) -> None:
    many = "&".join(f"x{number}=" for number in range(3_000))
    with written() as log:
        assert client.get(f"/favicon.ico?q=a&{many}").status_code == 302
    assert log.by("opop.access")[0]["asked"] == ["q"]


@pytest.mark.urls("tests.failing_urls")
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/gagal/suspicious/", 400, "Kode untuk panitia"),
        ("/?x=%00", 400, "Kode untuk panitia"),
        ("/gagal/denied/", 403, "Kode untuk panitia"),
        ("/tidak/ada/", 404, "Kode untuk panitia"),
        ("/gagal/apa-saja/", 500, "Ada yang rusak di pihak kami"),
        ("/gagal/database/", 503, "menunggu basis datanya"),
        ("/gagal/disk/", 507, "Berkas Anda belum disimpan"),
    ],
)
def test_page_that_says_no_names_the_id(client: Client, path: str, status: int, words: str) -> None:
    client.raise_request_exception = False
    with written() as log:
        response = client.get(path)
    assert response.status_code == status
    assert words in response.text
    assert f"<code>{response['X-Request-ID']}</code>" in response.text
    assert {line["request_id"] for line in log.lines} == {response["X-Request-ID"]}


def test_form_that_is_too_large_or_without_its_token_names_the_id(client: Client) -> None:
    from django.test import Client as Browser

    browser = Browser(enforce_csrf_checks=True)
    for response in (
        browser.post("/masuk/", {"username": "x"}),
        client.post("/masuk/", "x" * 1_100_000, content_type="text/plain"),
    ):
        assert response.status_code in (403, 413)
        assert f"<code>{response['X-Request-ID']}</code>" in response.text


@pytest.mark.urls("tests.failing_urls")
def test_database_that_is_gone_asks_to_come_again(client: Client) -> None:
    client.raise_request_exception = False
    assert client.get("/gagal/database/")["Retry-After"] == "5"


def test_probe_that_is_answered_well_leaves_no_line(client: Client) -> None:
    with written() as log:
        client.get("/livez")
    assert not log.lines
