"""Photos that nginx fetches from an object store, by the file that is shipped for that."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.deploy.front import DEPLOY, Front, command, fill, forget_copies, front, make_certificate
from tests.deploy.nodes import answering_nodes, ask, refusing_nodes
from tests.faults.gunicorn import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.shown_alike
SHIPPED = DEPLOY / "nginx" / "media-from-bucket.conf"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Front]:
    """nginx before a store that says what reached it; no node is there."""
    with answering_nodes() as (store, _other), refusing_nodes() as ports:
        text = SHIPPED.read_text().replace("s3.example", f"127.0.0.1:{store}")
        media = text.replace("https://", "http://")
        with front(tmp_path, nodes=ports, media_conf=media) as running:
            yield running


def test_nginx_starts_where_nobody_knows_the_store(tmp_path: Path) -> None:
    make_certificate(tmp_path)
    fill(tmp_path, nodes=[8001], https_port=free_port(), http_port=free_port())
    shutil.copy(SHIPPED, tmp_path / "opop" / "media.conf")
    done = subprocess.run(command(tmp_path, "-t"), capture_output=True, text=True)
    forget_copies(tmp_path)
    assert done.returncode == 0, done.stderr


def test_photo_comes_from_the_bucket_and_nothing_of_the_visitor_goes_there(site: Front) -> None:
    mine = {"Cookie": "__Host-sessionid=geheim", "Authorization": "Bearer geheim"}
    answer = ask(site, "/media/products/kopi%20wangi.webp", headers=mine)
    told = json.loads(answer.text)
    assert answer.status == 200
    assert told["path"] == "/foto/products/kopi%20wangi.webp"
    assert "geheim" not in str(told["headers"])
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("path", ["/media/../rahasia/a.pdf", "/media/%2e%2e/rahasia/a.pdf"])
def test_no_other_bucket_is_reached(site: Front, path: str) -> None:
    assert ask(site, path).status == 503


def test_nobody_writes_there(site: Front) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert ask(site, "/media/products/kopi.webp", method, b"x").status == 403
