"""All editions, each under the address it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.make import make_expo, make_stand
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_edition_list_shows_when_where_and_how_many_stands(client: Client) -> None:
    expo = make_expo()
    make_stand(expo=expo, code="A1")
    make_stand(expo=expo, code="A2")

    page = client.get("/edisi/").text

    assert 'href="/2020/"' in page
    assert "18–20 Desember 2020" in page
    assert "2 stan" in page


def test_edition_list_without_editions_says_so(client: Client) -> None:
    assert "Belum ada edisi." in client.get("/edisi/").text


def test_edition_list_takes_as_many_queries_for_three_as_for_one(client: Client) -> None:
    make_expo()
    with_one = queries_of(client, "/edisi/")
    for year in ("2021", "2022"):
        make_expo(slug=year, name=f"OPOP Expo {year}", is_current=False)

    assert queries_of(client, "/edisi/") == with_one <= MOST
