"""An address that leads nowhere, also while DEBUG is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from tests.make import make_expo

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("path", ["/tidak/ada/", "/2020/stan/Z1/", "/1999/"])
def test_unknown_address_shows_our_page(client: Client, debug: bool, path: str) -> None:
    make_expo()

    with override_settings(DEBUG=debug):
        response = client.get(path)

    assert response.status_code == 404
    assert "<h1>Halaman tidak ditemukan</h1>" in response.text
    assert "DEBUG = True" not in response.text


@override_settings(DEBUG=True)
def test_address_without_its_last_slash_is_redirected(client: Client) -> None:
    make_expo()

    response = client.get("/2020/stan")

    assert (response.status_code, response["Location"]) == (301, "/2020/stan/")
