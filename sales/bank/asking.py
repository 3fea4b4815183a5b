"""What the pages on money at the bank are asked for, read from an address or a form."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sales.bank.matching import MINUTES, USUAL_MINUTES
from sales.bank.reads import STATES, Chosen
from sales.models import CLAIMED_METHODS

if TYPE_CHECKING:
    from django.http import QueryDict

    from stands.models import Expo, Stand

# So many rows a page shows.
PAGE = 100
# No more boxes than a form of the portal may have fields.
MOST_TICKED = 1_500


def chosen_of(expo: Expo, places: list[Stand], given: QueryDict) -> Chosen:
    """What an address or a form narrows the payments to; what it misspells narrows nothing."""
    method, state = given.get("cara", ""), given.get("keadaan", "")
    try:
        day = dt.date.fromisoformat(given.get("hari", ""))
    except ValueError:
        day = None
    return Chosen(
        expo=expo,
        stand=next((stand for stand in places if stand.code == given.get("stan")), None),
        day=day,
        method=method if method in CLAIMED_METHODS else "",
        state=state if state in STATES else "",
    )


def query_of(chosen: Chosen) -> str:
    """What was chosen, as the end of an address."""
    parts = {
        "edisi": chosen.expo.slug,
        "stan": chosen.stand.code if chosen.stand else "",
        "hari": chosen.day.isoformat() if chosen.day else "",
        "cara": chosen.method,
        "keadaan": chosen.state,
    }
    return urlencode({name: value for name, value in parts.items() if value})


def minutes_of(given: QueryDict) -> int:
    """How far apart the clocks of a till and of the bank may be: one of MINUTES."""
    text = given.get("menit", "")
    return int(text) if text in {str(one) for one in MINUTES} else USUAL_MINUTES


def keys_of(given: QueryDict, name: str) -> list[int]:
    """The rows that were ticked under that name."""
    texts = given.getlist(name)[:MOST_TICKED]
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]
