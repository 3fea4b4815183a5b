"""The nginx site as it is shipped: nobody there, too much sent, what is logged, what is served."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import re
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests.deploy.front import DEPLOY, HOST, Front, command, fill, front
from tests.deploy.nodes import (
    Node,
    announce,
    answering_nodes,
    ask,
    drip,
    lay_files,
    reaches_no_node_before_it_is_whole,
    refusing_nodes,
)
from tests.faults.gunicorn import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.shown_alike
SITE = (DEPLOY / "nginx" / "opop.conf").read_text()


@contextlib.contextmanager
def two_nodes(folder: Path) -> Iterator[Front]:
    """nginx before two nodes that answer."""
    with answering_nodes() as ports, front(folder, nodes=ports) as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    lay_files(folder)
    with two_nodes(folder) as running:
        yield running


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx before two nodes of which none is there."""
    with refusing_nodes() as ports, front(tmp_path_factory.mktemp("alone"), nodes=ports) as site:
        yield site


def test_shipped_files_are_valid_but_for_the_certificate(tmp_path: Path) -> None:
    fill(tmp_path, nodes=[8001], https_port=free_port(), http_port=free_port())
    for name in ("site", "plain", "nodes"):
        shipped = (DEPLOY / "nginx" / "opop" / f"{name}.conf").read_text()
        (tmp_path / "opop" / f"{name}.conf").write_text(
            shipped.replace("/var/log/nginx/", f"{tmp_path}/")
        )
    done = subprocess.run(command(tmp_path, "-t"), capture_output=True, text=True)
    assert 'cannot load certificate "/etc/opop/tls/fullchain.pem"' in done.stderr, done.stderr
    assert done.stderr.count("[emerg]") == 1
    assert "[warn]" not in done.stderr


def test_body_bounds_are_those_of_the_settings() -> None:
    megabyte = 1024 * 1024
    allowed = [int(most) for most in re.findall(r"client_max_body_size (\d+)m;", SITE)]
    zip_and_fields = settings.PHOTO_ZIP_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert allowed == [
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE // megabyte,
        zip_and_fields // megabyte,
        settings.UPLOAD_MAX_BYTES // megabyte,
    ]
    assert f"location ~ ^/(en/)?{settings.PHOTO_ZIP_PATH.lstrip('/')}$" in SITE


def test_page_for_people_where_no_node_answers(lonely: Front) -> None:
    answer = ask(lonely, "/2020/")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "3")
    assert "coba lagi sebentar lagi" in answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    # As this place says it, and as the nodes say it where nothing is set.
    assert answer.headers["Strict-Transport-Security"] == "max-age=3600"
    shipped = (DEPLOY / "nginx" / "opop" / "site.conf").read_text()
    assert 'set $opop_hsts "max-age=31536000; includeSubDomains; preload";' in shipped
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    ["/kasir/tablet/penjualan/", "/kasir/tablet/kabar/", "/hitung/kirim/", "/hadir/kiriman/"],
)
def test_json_for_devices_where_no_node_answers(lonely: Front, path: str) -> None:
    answer = ask(lonely, path, "POST", b"{}")
    assert (answer.status, json.loads(answer.text)) == (503, {"error": "busy"})
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Retry-After"] == "3"


def test_too_much_is_refused_in_words_or_json(site: Front) -> None:
    much = b" " * (1024 * 1024 + 1)
    page = ask(site, "/2020/minat/", "POST", much)
    device = ask(site, "/kasir/tablet/kiriman/", "POST", much)
    upload = ask(site, "/admin/impor/", "POST", much)
    assert (page.status, device.status, upload.status) == (413, 413, 200)
    assert announce(site, "/en/admin/impor/", settings.UPLOAD_MAX_BYTES + 1) == 413
    more = b" " * (settings.UPLOAD_MAX_BYTES + 1)
    assert ask(site, "/en/admin/impor/foto/", "POST", more).status == 200
    assert "terlalu besar" in page.text
    assert "Retry-After" not in page.headers
    assert json.loads(device.text) == {"error": "too_large"}


def test_outbox_passes_where_the_disk_has_no_room_for_its_body(tmp_path: Path) -> None:
    paths = ["kasir/tablet/penjualan", "kasir/tablet/kiriman", "hitung/kirim", "hadir/kiriman"]
    # A hundred sales of twenty lines.
    full = b" " * 256 * 1024
    with two_nodes(tmp_path) as site:
        # nginx can write nothing there from now on.
        (tmp_path / "body").rmdir()
        (tmp_path / "body").write_text("")
        told = [json.loads(ask(site, f"/{path}/", "POST", full).text) for path in paths]
        form = ask(site, "/2020/minat/", "POST", full)
    assert [one.get("bytes") for one in told] == [len(full)] * len(paths)
    assert form.status == 503


def test_what_a_visitor_says_of_itself_does_not_reach_a_node(site: Front) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "jahat.example",
        "X-Request-ID": "mine",
        "Forwarded": "for=6.6.6.6",
        "Proxy": "http://jahat.example",
    }
    headers = json.loads(ask(site, "/", headers=forged).text)["headers"]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "https"
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])
    assert not {"X-Forwarded-Host", "Forwarded", "Proxy", "X-Real-IP"} & headers.keys()


def wait_for_copy(site: Front, path: str, headers: dict[str, str]) -> None:
    """Who asks is answered a little before the copy is written down, a 304 even before its page."""
    deadline = time.monotonic() + 30
    while True:
        asked = len(Node.seen)
        ask(site, path, headers=headers)
        if len(Node.seen) == asked:
            return
        assert time.monotonic() < deadline


def test_copy_serves_who_asks_for_the_same_and_nobody_else(site: Front) -> None:
    Node.seen.clear()
    ways = [{}, {"Accept-Encoding": "br, gzip"}, {"HX-Request": "true"}]
    for headers in ways:
        ask(site, "/sama/?n=1", headers=headers)
    assert Node.seen == ["GET /sama/?n=1"] * 3
    for headers in ways:
        wait_for_copy(site, "/sama/?n=1", headers)
    Node.seen.clear()
    for headers in ways:
        answer = ask(site, "/sama/?n=1", headers=headers)
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "X-Accel-Expires" not in answer.headers
    assert Node.seen == []
    first, second = (ask(site, "/sama/?n=1").headers["X-Request-ID"] for _ in range(2))
    assert first != second
    # Whoever says it in yet another way, sends something, or asks for what has no such word.
    for headers in (
        {"HX-Request": "TRUE"},
        {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    ):
        ask(site, "/sama/?n=1", headers=headers)
        ask(site, "/sama/?n=1", headers=headers)
    ask(site, "/sama/?n=1", "POST", b"a")
    for path in ("/lain/", "/peta/"):
        ask(site, path)
        ask(site, path)
    assert len(Node.seen) == 4 + 1 + 4


def test_copy_answers_whether_a_page_still_holds(site: Front) -> None:
    held = {"If-None-Match": 'W/"satu"'}
    assert ask(site, "/sama/?n=2", headers=held).status == 304
    wait_for_copy(site, "/sama/?n=2", held)
    Node.seen.clear()
    assert ask(site, "/sama/?n=2", headers=held).status == 304
    assert ask(site, "/sama/?n=2").status == 200
    assert Node.seen == []


def test_copy_is_forgotten_when_its_time_is_over(site: Front) -> None:
    Node.seen.clear()
    ask(site, "/sama/?n=3")
    time.sleep(2.1)
    ask(site, "/sama/?n=3")
    assert Node.seen == ["GET /sama/?n=3"] * 2


def test_only_what_may_be_asked_twice_is_asked_twice(tmp_path: Path) -> None:
    Node.seen.clear()
    # Nodes of its own: both count as failed afterwards.
    with two_nodes(tmp_path) as site:
        page, sale = ask(site, "/mati/"), ask(site, "/mati/", "POST", b"{}")
    assert (page.status, sale.status) == (503, 503)
    assert Node.seen == ["GET /mati/", "GET /mati/", "POST /mati/"]


def test_busy_node_speaks_for_itself(site: Front) -> None:
    answer = ask(site, "/sibuk/")
    assert answer.status == 503
    assert "headers" in json.loads(answer.text)


def test_log_holds_no_code_and_no_query(site: Front) -> None:
    paths = ["/kasir/pasang/ABCD2345/?k=geheim", "/en/nota/geheim/", "/2020/simpanan/geheim/?x"]
    for path in paths:
        ask(site, path, headers={"Referer": "https://localhost/geheim"})
    deadline = time.monotonic() + 30
    while sum("***" in line for line in site.log()) < len(paths) and time.monotonic() < deadline:
        time.sleep(0.02)
    shown = [line.split('"')[1] for line in site.log() if "***" in line]
    assert shown == ["GET /kasir/pasang/***/", "GET /en/nota/***/", "GET /2020/simpanan/***/"]
    assert "geheim" not in "".join(site.log())


def test_http_leads_to_the_name_of_the_site(site: Front) -> None:
    connection = http.client.HTTPConnection(HOST, site.http_port)
    connection.request("GET", "/2020/?q=a", headers={"Host": "jahat.example"})
    response = connection.getresponse()
    assert (response.status, response.headers["Location"]) == (308, f"https://{HOST}/2020/?q=a")
    connection.close()


def test_name_is_proved_over_http(site: Front) -> None:
    """As certbot leaves it: a certificate is renewed while the site serves."""
    place = site.folder / "acme" / ".well-known" / "acme-challenge"
    place.mkdir(parents=True)
    (place / "x7Kq").write_text("x7Kq.proof")
    connection = http.client.HTTPConnection(HOST, site.http_port)
    connection.request("GET", "/.well-known/acme-challenge/x7Kq")
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"x7Kq.proof")
    assert response.headers["Content-Type"] == "text/plain"
    connection.request("GET", "/.well-known/security.txt")
    assert connection.getresponse().status == 308
    connection.close()


def test_files_are_served_without_a_node(lonely: Front, site: Front) -> None:
    named = ask(site, "/static/css/a.0123456789ab.css")
    photo, page = ask(site, "/media/foto.webp"), ask(site, "/media/jahat.html")
    assert named.headers["Cache-Control"] == "public, max-age=315360000, immutable"
    assert (photo.headers["Content-Type"], photo.text) == ("image/webp", "foto")
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert ask(site, "/media/.rahasia").status == 404
    # A file that nginx has not is asked of a node, so that nodes elsewhere can serve their own.
    assert "headers" in json.loads(ask(site, "/static/css/lain.css").text)


@pytest.mark.parametrize("place", ["/media/", "/media", "/static/", "/static", "/opop-pages/"])
def test_no_path_leads_out_of_the_folders(site: Front, place: str) -> None:
    (site.folder / "kenari.txt").write_text("di luar kandang")
    ways = ["../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..%5c", "%252e%252e/", "x/../../", "....//"]
    for way in [*ways, "%c0%ae%c0%ae/", f"/{site.folder}/", f"{site.folder}/", "..%00/"]:
        with drip(site, f"{place}{way}kenari.txt", "GET", length=0) as asked:
            said = asked.recv(4096)
        assert said.startswith(b"HTTP/1.1 "), (place, way)
        assert b"di luar kandang" not in said, (place, way)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/readyz/", "//readyz"])
def test_what_a_node_says_of_itself_is_for_no_stranger(site: Front, path: str) -> None:
    answer = ask(site, path)
    assert answer.status == 404
    assert "headers" not in answer.text


def test_sign_ins_of_one_address_are_bounded_and_told_so(tmp_path: Path) -> None:
    # Of its own: the others of this file would be counted with it.
    with two_nodes(tmp_path) as site:
        pages = [ask(site, "/masuk/").status for _time in range(120)]
        tries = [ask(site, path, "POST", b"x") for path in ("/masuk/", "/en/masuk/lupa/") * 75]
        other = ask(site, "/2020/minat/", "POST", b"x")
    taken = [answer.status for answer in tries].count(200)
    assert set(pages) == {200}
    assert other.status == 200
    # 101 at once, and five more a second while the test sent them.
    assert 101 <= taken < len(tries)
    refused = next(answer for answer in tries if answer.status != 200)
    assert (refused.status, refused.headers["Retry-After"]) == (429, "20")
    assert "Terlalu banyak percobaan" in refused.text
    style = re.search(r"<style>(.*)</style>", refused.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in refused.headers["Content-Security-Policy"]


# --- those who take their time --------------------------------------------------------------------


def test_body_that_drips_reaches_no_node_before_it_is_whole(site: Front) -> None:
    reaches_no_node_before_it_is_whole(site)


@pytest.mark.parametrize(
    ("path", "method", "most"),
    [("/2020/minat/", "POST", 300), ("/2020/", "GET", 300), ("/admin/impor/foto/", "POST", 8)],
)
def test_bodies_that_drip_from_one_address_are_bounded(
    tmp_path: Path, path: str, method: str, most: int
) -> None:
    with two_nodes(tmp_path) as site, contextlib.ExitStack() as held:
        for _one in range(most):
            held.enter_context(drip(site, path, method))
        said = ""
        # nginx takes note of each in its own time: on a busy machine not yet of all of them.
        for _one_more in range(20):
            one_more = held.enter_context(drip(site, path, method))
            one_more.settimeout(2)
            with contextlib.suppress(TimeoutError):
                said = one_more.recv(4096).decode()
                break
        assert said.startswith("HTTP/1.1 503"), said
        assert "Retry-After: 3" in said
        # Who only looks is not counted, and neither is an import among what else is sent.
        assert ask(site, "/2020/").status == 200
        assert ask(site, "/2020/minat/", "POST", b"x").status == (200 if most == 8 else 503)


@pytest.mark.long
def test_head_must_be_whole_within_a_quarter_of_a_minute(site: Front) -> None:
    began = time.monotonic()
    with (
        socket.create_connection((HOST, site.http_port), 20) as plain,
        socket.create_connection((HOST, site.https_port), 20) as before_tls,
        drip(site, "/2020/") as body,
    ):
        plain.sendall(b"GET / HTTP/1.1\r\nX-")
        for _turn in range(10):
            time.sleep(1)
            plain.sendall(b"a")
        assert plain.recv(1) == b""
        assert before_tls.recv(1) == b""
        assert 14 < time.monotonic() - began < 19
        body.settimeout(0.1)
        with pytest.raises(TimeoutError):
            body.recv(1)
