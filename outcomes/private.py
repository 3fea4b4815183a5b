"""Files that no address leads to: they lie outside of MEDIA, and a view hands them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages

if TYPE_CHECKING:
    from django.core.files.storage import Storage


class PrivateStorage(FileSystemStorage):
    """Below PRIVATE_ROOT, readable for the portal's own user alone."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        return str(settings.PRIVATE_ROOT)

    def url(self, name: str | None) -> str:
        """There is none, whoever asks."""
        raise ValueError("a private file has no address")


def private_storage() -> Storage:
    """The storage of documents, which settings may put elsewhere."""
    return storages["private"]
