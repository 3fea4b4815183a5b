"""The WSGI application that gunicorn serves."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opop_expo.settings")
# gunicorn's word for an application that cannot be loaded: it ends in place of trying for ever.
APP_LOAD_ERROR = 4

try:
    _portal = get_wsgi_application()
except ImproperlyConfigured as error:
    print(f"The portal does not start: {error}", file=sys.stderr)
    sys.exit(APP_LOAD_ERROR)

# Only now: it speaks of tables.
from opop_expo.health.nodes import Reporting  # noqa: E402

application = Reporting(_portal)
