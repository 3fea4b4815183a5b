"""Words as the search compares them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stands.words import distance, fold, lexicon, one_edit_from, remoteness, words_of

pytestmark = pytest.mark.shown_alike

WORDS = st.text("abcr", max_size=6)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Mamba'ul Ulum", "mambaul ulum"),
        ("Mamba’ul  Ulum", "mambaul ulum"),
        ("At-Taqwa (Pomosda)", "at taqwa pomosda"),
        ("Café ÉCLAIR ﬁn", "cafe eclair fin"),
        ("100% \0 _x_ 'OR' \"AND\" *", "100 x or and"),
    ],
)
def test_fold_leaves_letters_and_digits(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
@settings(max_examples=25)
def test_fold_of_a_folded_text_is_the_same(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert all(word.isalnum() for word in words_of(text))


@given(WORDS, WORDS)
@settings(max_examples=25)
def test_distance_is_the_same_both_ways_and_stops_at_most(one: str, other: str) -> None:
    far = distance(one, other, 9)
    assert far == distance(other, one, 9)
    assert (far == 0) == (one == other)
    assert distance(one, other, 1) == min(far, 2)


@given(st.text("abcr", min_size=1, max_size=5))
@settings(max_examples=10)
def test_one_edit_is_a_distance_of_one(word: str) -> None:
    assert {distance(word, other, 3) for other in one_edit_from(word)} <= {0, 1}


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("pisng", "pisang"),
        ("kpoi", "kopi"),
        ("rempa", "rempah"),
        ("pomosdah", "pomosda"),
        ("saripudin", "syarifuddin"),
        ("mzarela", "mozzarella"),
        ("pisn", "pisang"),
    ],
)
def test_a_slip_is_near(typed: str, word: str) -> None:
    assert remoteness(typed, word) is not None


@pytest.mark.parametrize(
    ("typed", "word"), [("a9", "a8"), ("a01", "a02"), ("teh", "tas"), ("madu", "batik")]
)
def test_another_word_is_far(typed: str, word: str) -> None:
    assert remoteness(typed, word) is None


def test_the_file_gives_each_spelling_once() -> None:
    known = lexicon()
    assert not known.spelled.keys() & known.variants.keys()
    assert not {word for phrase in known.same for word in phrase} & known.kinds.keys()
