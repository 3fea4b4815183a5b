"""The settings of `make bench-sale`: production's, with one address more."""

from __future__ import annotations

from opop_expo.settings import *  # noqa: F403, this is those settings and a little more

ROOT_URLCONF = "tests.bench_sale_urls"
