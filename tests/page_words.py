"""What people read of a page."""

from __future__ import annotations

import html
import re
from typing import Any


def words(page: Any) -> str:
    """What is read on the page, without tags."""
    text = re.sub(r"<(script|style|template).*?</\1>", " ", page.text, flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))
