"""Files in an object store that all nodes share, in place of each node's own disk.

Photos lie in a bucket that visitors may read, under MEDIA_URL; documents, and uploads that nobody
has confirmed, lie in another that nobody may read but the portal.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage  # type: ignore[import-untyped]


class MediaBucket(S3Storage):  # type: ignore[misc]
    """Photos. Their addresses are said without asking the store."""

    def url(self, name: str | None, *arguments: Any, **options: Any) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name or "").lstrip("/"))


class PrivateBucket(S3Storage):  # type: ignore[misc]
    """What only a view hands out."""

    def url(self, name: str | None, *arguments: Any, **options: Any) -> str:
        """There is none, whoever asks."""
        raise ValueError("a private file has no address")
