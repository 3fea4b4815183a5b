#!/usr/bin/env python
"""Run a management command of the portal."""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opop_expo.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018, reads all of them
    except ImproperlyConfigured as error:
        sys.exit(f"The portal does not start: {error}")
    execute_from_command_line(sys.argv)
