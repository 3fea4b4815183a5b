"""Where files lie by the settings: a disk, or buckets; the content policy follows the photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, storages

from opop_expo.deployment.object_store import MediaBucket, PrivateBucket
from opop_expo.deployment.reading import Environment
from opop_expo.deployment.storing import media_address, picture_sources, storage_settings

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.shown_alike


def test_files_lie_on_the_disk_and_private_ones_apart(settings: Settings) -> None:
    assert isinstance(storages["default"], FileSystemStorage)
    settings.IMPORTS_ROOT, settings.PRIVATE_ROOT = "/satu", "/dua"
    assert storages["imports"].path("a") == "/satu/a"
    assert storages["private"].path("a") == "/dua/a"
    with pytest.raises(ValueError, match="no address"):
        storages["imports"].url("a")


def test_buckets_go_together_and_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_BUCKET", "foto")
    with pytest.raises(ImproperlyConfigured, match="go together and are two buckets"):
        storage_settings(Environment())
    monkeypatch.setenv("PRIVATE_BUCKET", "foto")
    with pytest.raises(ImproperlyConfigured, match="go together and are two buckets"):
        storage_settings(Environment())
    monkeypatch.setenv("PRIVATE_BUCKET", "rahasia")
    made = storage_settings(Environment())
    assert made["default"]["OPTIONS"]["bucket_name"] == "foto"
    hidden = [made[name]["OPTIONS"] for name in ("private", "imports")]
    assert [one["bucket_name"] for one in hidden] == ["rahasia", "rahasia"]
    assert hidden[0]["location"] != hidden[1]["location"]


def test_address_of_a_photo_is_said_without_asking_the_store(settings: Settings) -> None:
    bucket = MediaBucket(bucket_name="foto", endpoint_url="http://127.0.0.1:1")
    assert bucket.url("products/kopi wangi.webp") == "/media/products/kopi%20wangi.webp"
    settings.MEDIA_URL = "https://foto.example/b/"
    assert bucket.url("products/kopi.webp") == "https://foto.example/b/products/kopi.webp"
    with pytest.raises(ValueError, match="no address"):
        PrivateBucket(bucket_name="rahasia").url("kerja-sama/a.pdf")


@pytest.mark.parametrize(
    ("said", "address", "allowed"),
    [
        ("/media/", "/media/", []),
        ("/media", "/media/", []),
        ("https://foto.example/b", "https://foto.example/b/", ["https://foto.example"]),
    ],
)
def test_content_policy_follows_the_photos(said: str, address: str, allowed: list[str]) -> None:
    assert media_address(said) == address
    assert picture_sources(address) == allowed


@pytest.mark.parametrize("said", ["media", "", "/", "ftp://a/"])
def test_address_of_photos_is_a_path_or_in_full(said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="MEDIA_URL"):
        media_address(said)
