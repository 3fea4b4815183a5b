"""What people wrote, for letters and calendars: words and lines, and nothing that acts."""

from __future__ import annotations

import unicodedata

# They turn the letters after them round, so that an address reads as another; and the one that
# nobody sees. Joiners stay: Arabic and emoji need them.
TURNING = dict.fromkeys(
    [0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF]
)


def plain_text(text: str) -> str:
    """The text without control characters and turned letters; lines are those that `\\n` ends."""
    lines = text.translate(TURNING).splitlines()
    return "\n".join("".join(filter(_is_shown, line)) for line in lines)


def one_line(text: str) -> str:
    """The same in one line, so that it cannot look like further ones."""
    return " ".join(plain_text(text).split())


def _is_shown(sign: str) -> bool:
    return sign == "\t" or unicodedata.category(sign) != "Cc"
