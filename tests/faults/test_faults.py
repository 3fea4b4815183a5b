"""Nothing is lost and nothing doubled, whatever breaks between tablet and ledger."""

from __future__ import annotations

import pytest

from tests.faults.proxy import FAULTS, seed_of_this_run
from tests.faults.server import engine_of_this_run
from tests.faults.story import tell


@pytest.mark.story
def test_two_hundred_sales_under_faults_are_all_there_once() -> None:
    story = tell(engine_of_this_run(), sales=200, seed=seed_of_this_run(), most=6)
    print(story)
    assert story.differences() == [], f"{story}\n{story.server_log}"
    assert set(story.faults) == set(FAULTS)
    assert story.kills == 3
    assert story.books.flags.keys() >= {"price_differed", "stock_below_zero", "clock_off"}


@pytest.mark.long
def test_without_lasting_uuids_the_same_faults_double_sales() -> None:
    """The negative control: the faults bite, and the UUID is what makes a repeat harmless."""
    story = tell(
        engine_of_this_run(),
        sales=100,
        seed=seed_of_this_run(),
        most=6,
        upheavals=1,
        forgetful=True,
    )
    print(story)
    assert len(story.books.sales) + len(story.books.training) > story.made
    assert story.books.breaks == []
