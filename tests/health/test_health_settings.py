"""Settings of health and sight that cannot be meant stop the start in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.deploy.test_starting import in_production

pytestmark = pytest.mark.shown_alike


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"METRICS_TOKEN": "pendek"}, "METRICS_TOKEN is 20 random characters or more."),
        ({"METRICS_ADDRESSES": "prometheus.example"}, "METRICS_ADDRESSES is a list of addresses"),
        ({"METRICS_ADDRESSES": "10.0.0.5"}, "set PROMETHEUS_MULTIPROC_DIR too"),
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
