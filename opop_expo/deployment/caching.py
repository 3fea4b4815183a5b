"""What CACHE_URL means: nothing for the memory of each process, redis:// for all nodes together."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def cache_settings(url: str, name: str, *, entries: int) -> dict[str, Any]:
    """The cache of that name, with so many entries in a process; raises ImproperlyConfigured."""
    options = {"MAX_ENTRIES": entries}
    if not url:
        backend = "django.core.cache.backends.locmem.LocMemCache"
        return {"BACKEND": backend, "LOCATION": name, "OPTIONS": options}
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(
            "CACHE_URL begins with redis://, rediss:// or unix://, or is not set."
        )
    return {
        "BACKEND": "opop_expo.deployment.shared_cache.SharedCache",
        "LOCATION": url,
        "KEY_PREFIX": name,
        "OPTIONS": options,
    }
