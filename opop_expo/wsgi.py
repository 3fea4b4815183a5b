"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opop_expo.settings")
# A command may take its time over a statement. A request that does so holds a thread of its node
# long after whoever asked has gone.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT_SECONDS", "60")
# gunicorn's word for an application that cannot be loaded: it ends in place of trying for ever.
APP_LOAD_ERROR = 4

try:
    _portal = get_wsgi_application()
    # Of a node alone: commands read the same settings and count nothing.
    if settings.METRICS and not (settings.DEBUG or os.environ.get("PROMETHEUS_MULTIPROC_DIR")):
        raise ImproperlyConfigured(
            "With METRICS_TOKEN or METRICS_ADDRESSES set PROMETHEUS_MULTIPROC_DIR too, to a folder "
            "of this node's own that is emptied as it starts: else each answer tells of one "
            "process only."
        )
except ImproperlyConfigured as error:
    print(f"The portal does not start: {error}", file=sys.stderr)
    sys.exit(APP_LOAD_ERROR)

# Only now: it speaks of tables.
from opop_expo.health.nodes import Reporting  # noqa: E402

application = Reporting(_portal)
# Imports every view. Left to the first request, the other threads of a worker that has just started
# would wait for that with people's requests in hand, while its neighbours have nothing to do.
resolve("/")
