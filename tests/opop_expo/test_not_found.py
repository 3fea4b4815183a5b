"""An address that leads nowhere, also while DEBUG is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from stands.models import Expo
from tests.make import make_expo, make_stand

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


@pytest.mark.parametrize("path", ["stan/Z1/", "produk/tidak-ada/", "tidak/ada/", "jadwal/x/"])
def test_within_an_edition_its_own_ways_lead_on(client: Client, path: str) -> None:
    make_stand(expo=make_expo())
    page = client.get(f"/2020/{path}").text
    for address in ("stan/", "denah/", "produk/", "jadwal/", "cari/", "simpanan/"):
        assert f'href="/2020/{address}"' in page
    assert 'action="/2020/cari/"' in page
    english = client.get(f"/en/2020/{path}").text
    assert "<h1>Page not found</h1>" in english
    assert 'action="/en/2020/cari/"' in english
    assert f'href="/2020/{path}"' in english


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("path", ["stan/Z1/", "tidak/ada/"])
def test_of_an_edition_that_is_prepared_nothing_shows(
    client: Client, debug: bool, path: str
) -> None:
    expo = make_expo()
    make_stand(expo=expo)
    Expo.objects.update(is_public=False, is_current=False)
    with override_settings(DEBUG=debug):
        page = client.get(f"/2020/{path}").text
    assert expo.name not in page
    assert '/2020/stan/"' not in page


@override_settings(DEBUG=True)
def test_address_without_its_last_slash_is_redirected(client: Client) -> None:
    make_expo()

    response = client.get("/2020/stan")

    assert (response.status_code, response["Location"]) == (301, "/2020/stan/")
