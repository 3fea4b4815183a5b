"""What runs here: the portal, Python, Django and what speaks to the database."""

from __future__ import annotations

import functools
import platform
import tomllib

import django
from django.conf import settings


@functools.cache
def versions() -> dict[str, str]:
    """By name, as the page of the system's state shows them; read once a process."""
    revision = settings.APP_REVISION
    return {
        "portal": app_version() + (f" ({revision})" if revision else ""),
        "python": platform.python_version(),
        "django": django.get_version(),
    }


def app_version() -> str:
    """The portal's own, from the one place where it stands."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
