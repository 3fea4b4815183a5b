"""The settings of `make bench`: production's, with two pages that answer a constant."""

from __future__ import annotations

from opop_expo.settings import *  # noqa: F403, this is those settings and a little more
from opop_expo.settings import MIDDLEWARE

ROOT_URLCONF = "tests.bench_urls"
# Outermost, so that it counts what every other layer asks the database.
MIDDLEWARE = ["tests.bench_urls.CountQueriesMiddleware", *MIDDLEWARE]
