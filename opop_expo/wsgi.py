"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opop_expo.settings")

_portal = get_wsgi_application()

# Only now: it speaks of tables.
from opop_expo.health.nodes import Reporting  # noqa: E402

application = Reporting(_portal)
