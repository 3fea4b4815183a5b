"""Where files lie: on the disk, or in an object store where MEDIA_BUCKET names one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from opop_expo.deployment.reading import Environment

PHOTOS = "opop_expo.deployment.object_store.MediaBucket"
HIDDEN = "opop_expo.deployment.object_store.PrivateBucket"
FOLDER = "django.core.files.storage.FileSystemStorage"
# A visitor's browser keeps a photo for a day, as from nginx; another photo has another name.
PHOTOS_KEPT = "public, max-age=86400"


def storage_settings(env: Environment) -> dict[str, dict[str, Any]]:
    """The storages of photos, documents and waiting uploads. Raises ImproperlyConfigured."""
    photos, private = env.str("MEDIA_BUCKET", default=""), env.str("PRIVATE_BUCKET", default="")
    if not photos and not private:
        return {
            "default": {"BACKEND": FOLDER},
            "private": {"BACKEND": "outcomes.private.PrivateStorage"},
            "imports": {"BACKEND": "opop_expo.imports.waiting_files.WaitingStorage"},
        }
    if not photos or not private or photos == private:
        raise ImproperlyConfigured(
            "MEDIA_BUCKET and PRIVATE_BUCKET go together and are two buckets: visitors may read "
            "the first, and nobody the second."
        )
    store = {
        "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "access_key": env.str("S3_ACCESS_KEY", default="") or None,
        "secret_key": env.str("S3_SECRET_KEY", default="") or None,
        "default_acl": None,
        "file_overwrite": False,
        # A photo is read and written at once, so that a store that is gone is an error and no wait.
        "client_config": _impatient(),
    }
    kept = {"object_parameters": {"CacheControl": PHOTOS_KEPT}}
    return {
        "default": {"BACKEND": PHOTOS, "OPTIONS": store | kept | {"bucket_name": photos}},
        "private": {
            "BACKEND": HIDDEN,
            "OPTIONS": store | {"bucket_name": private, "location": "dokumen"},
        },
        "imports": {
            "BACKEND": HIDDEN,
            "OPTIONS": store | {"bucket_name": private, "location": "impor"},
        },
    }


def _impatient() -> Any:
    try:
        from botocore.config import Config  # type: ignore[import-untyped]
    except ImportError:
        raise ImproperlyConfigured(
            "MEDIA_BUCKET needs what requirements/s3.txt brings: install that."
        ) from None
    return Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 2})


def media_address(said: str) -> str:
    """MEDIA_URL: a path of the portal's own, or the address of the bucket; with a slash behind."""
    address = f"{said.rstrip('/')}/"
    if not address.startswith(("/", "https://", "http://")) or address == "/":
        raise ImproperlyConfigured("MEDIA_URL is a path such as /media/ or an address in full.")
    return address


def picture_sources(media_url: str) -> list[str]:
    """What the content policy must allow beside the portal itself."""
    there = urlsplit(media_url)
    return [f"{there.scheme}://{there.netloc}"] if there.netloc else []
