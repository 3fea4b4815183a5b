"""What visitors type, against the real 2020 edition: the right answer is among the first five."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stands import search_index
from stands.models import Expo
from stands.search import Extent, search
from tests.edition_2020 import loaded
from tests.search_queries import read_queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

    from stands.search import Hit

pytestmark = pytest.mark.django_db

FIRST = 5
AT_LEAST = 0.95
NONSENSE = [
    *("xqzwv", "asdfgh", "qwerty", "zzzzzz", "jkl jkl", "99999", "A99", "b77", "wkwkwkwk"),
    *("lorem ipsum", "fjdksla", "!!!", "???", "...", "% % %", "____", "--", "\\", "''", "😀😀"),
    *("مرحبا", "привет", "helikopter", "smartphone", "xx yy zz", "123 456 789", "qqq"),
]


@pytest.fixture(scope="module")
def expo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Expo]:
    """The edition as it is loaded from its files, for all tests here, which only read."""
    with loaded(django_db_blocker):
        search_index.refresh()
        yield Expo.objects.with_span().get(slug="2020")


def test_search_finds_the_right_answer_among_the_first_five(expo: Expo) -> None:
    queries = read_queries()
    assert len(queries) >= 150
    missed = [
        query.text
        for query in queries
        if not any(map(query.is_answered_by, search(expo, query.text).hits[:FIRST]))
    ]

    assert len(missed) <= len(queries) * (1 - AT_LEAST), missed


def test_search_finds_nothing_for_nonsense(expo: Expo) -> None:
    found = {text: [names(hit) for hit in search(expo, text).hits] for text in NONSENSE}

    assert found == {text: [] for text in NONSENSE}


def test_search_says_that_only_some_of_the_words_fit(expo: Expo) -> None:
    found = search(expo, "kopi xqzwv")

    assert found.extent == Extent.SOME
    assert "Kopi" in names(found.hits[0])


def test_search_takes_few_queries_whatever_is_typed(
    expo: Expo, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for text in ("kopi", "kripik pisng", "kopi xqzwv", "a b c d e f g h"):
        with django_assert_max_num_queries(22):
            client.get("/2020/cari/", {"q": text})


def names(hit: Hit) -> str:
    return "".join(part.text for part in hit.title)
