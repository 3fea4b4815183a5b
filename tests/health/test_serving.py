"""The portal as gunicorn serves it: lines of JSON, figures of all processes, reports of each."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection

from opop_expo.models import ErrorSeen, NodeReport
from tests.deploy.front import DEPLOY
from tests.faults.gunicorn import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shown_alike]

TOKEN = "token-untuk-prometheus-saja"
SECRET = "7Q2KM9X4ZT0BFC"


def ask(port: int, path: str, **headers: str) -> tuple[int, str, str]:
    """Status, text and request id."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode(), answer.headers["X-Request-ID"]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[int]:
    """The port of a gunicorn with two processes over the database of this test."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
        "NODE_NAME": "aula-1",
        "NODE_REPORT_SECONDS": "1",
        "METRICS_TOKEN": TOKEN,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "figures"),
        "WEB_BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "2",
    }
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "counter_1.db").write_bytes(b"of a run before")
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *[sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py")],
                *["opop_expo.wsgi"],
            ],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield port
        finally:
            process.terminate()
            process.wait(30)


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_up(port: int) -> bool:
    with contextlib.suppress(OSError):
        return ask(port, "/livez")[0] == 200
    return False


def test_node_tells_of_itself(node: int, tmp_path: Path) -> None:
    wait_until(lambda: is_up(node))
    status, _text, request_id = ask(node, f"/tiket/{SECRET}/?kode={SECRET}")
    assert status == 404
    # Each process reports from its first request on.
    wait_until(lambda: (ask(node, "/livez"), NodeReport.objects.count() == 2)[1])
    assert set(NodeReport.objects.values_list("node", flat=True)) == {"aula-1"}

    told = ask(node, "/metrics", Authorization=f"Bearer {TOKEN}")[1]
    assert 'opop_requests_total{method="GET",status="404",view="ticket"} 1.0' in told
    probes = re.search(r'opop_requests_total\{method="GET",status="200",view="livez"\} (.+)', told)
    assert probes is not None
    assert float(probes[1]) >= 2
    assert "opop_processes 2.0" in told

    text = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    [line] = [one for one in lines if one.get("request_id") == request_id]
    assert (line["path"], line["node"]) == ("/tiket/***/", "aula-1")
    assert any(one["logger"] == "gunicorn.error" for one in lines)
    assert SECRET not in text
    assert not ErrorSeen.objects.exists()
