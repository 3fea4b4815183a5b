"""Settings of health and sight that cannot be meant stop the start in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.deploy.test_starting import in_production, start

pytestmark = pytest.mark.shown_alike


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"METRICS_TOKEN": "pendek"}, "METRICS_TOKEN is 20 random characters or more."),
        ({"METRICS_ADDRESSES": "prometheus.example"}, "METRICS_ADDRESSES is a list of addresses"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is json or plain."),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is DEBUG, INFO,"),
    ],
)
def test_wrong_setting_is_told_in_a_sentence(wrong: dict[str, str], sentence: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import opop_expo.settings"],
        env=os.environ | in_production(**wrong),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert sentence in last


def test_figures_of_one_process_stop_a_node_and_no_command() -> None:
    where = {"METRICS_ADDRESSES": "10.0.0.5"}
    done = start("-c", "import opop_expo.wsgi", **where)
    assert done.returncode == 4
    assert "The portal does not start: With METRICS_TOKEN" in done.stderr
    assert "set PROMETHEUS_MULTIPROC_DIR too" in done.stderr
    done = start("manage.py", "migrate", "--check", **where)
    assert "does not start" not in done.stderr
