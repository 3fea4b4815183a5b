"""Contrast of the tokens as the visitors' style sheets pair them, by day and by night."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.shown_alike

STYLES = settings.BASE_DIR / "static" / "css"

# WCAG 2.2, 1.4.3 and 1.4.11: text; edges of fields, icons and the ring of the focus.
TEXT, CONTROL = 4.5, 3.0

# Text without a ground of its own stands on any of these.
GROUNDS = ["cream-50", "cream-100", "cream-200", "white"]
# Text that stands on what lies around it: a band, a cloth, a coloured plate.
ON = {
    "on-deep": ["deep-900", "deep-800", "deep-700"],
    "on-deep-soft": ["deep-900", "deep-800"],
    "warm-on-deep": ["deep-900", "deep-800", "deep-700"],
    "on-tone": ["tone", "zone", "deep-700"],
    "on-warm": ["warm", "warm-pale"],
    "white": ["pine-700", "pine-800", "brick-600", "brick-700"],
}
# Icons of a category on its pale ground, and stars that only decorate.
ICONS = {"tone-ink", "turmeric-500"}

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
TOKEN = re.compile(r"var\(--([a-z0-9-]+)(?:, var\(--([a-z0-9-]+)\))?\)")


def tokens(scheme: str) -> dict[str, str]:
    """Name and value of each token that is a colour, in one scheme."""
    css = COMMENT.sub("", (STYLES / "tokens.css").read_text())
    found: dict[str, str] = {}
    for selector, declarations in RULE.findall(css):
        by_night = "data-schemes~" in selector
        if selector.strip().endswith("]") and not by_night:
            continue  # prefers-contrast only strengthens
        if by_night and scheme == "light":
            continue
        found |= dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", declarations))
    for name, value in found.items():
        if reference := TOKEN.fullmatch(value):
            found[name] = found[reference[1]]
    return {name: value for name, value in found.items() if value.startswith("#")}


def values(name: str, colours: dict[str, str]) -> Iterator[str]:
    """Each colour that a token may have: those of the categories and zones are many."""
    group = {"tone": "cat-", "zone": "zone-"}.get(name)
    if group:
        yield from (value for each, value in colours.items() if each.startswith(group))
    else:
        yield colours[name]


def channels(colour: str) -> list[float]:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]


def mixed(colour: str, with_colour: str, share: float) -> str:
    """As color-mix(in srgb, colour, with_colour share)."""
    pairs = zip(channels(colour), channels(with_colour), strict=True)
    return "#" + "".join(f"{round(255 * (a * (1 - share) + b * share)):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules() -> Iterator[tuple[str, dict[str, str]]]:
    """Each rule of a visitors' style sheet: they alone use the layers of base.css."""
    for path in sorted(STYLES.glob("*.css")):
        css = COMMENT.sub("", path.read_text())
        if "@layer" not in css:
            continue
        screen = re.sub(r"@media print \{.*\Z", "", css, flags=re.DOTALL)
        for selector, declarations in RULE.findall(screen):
            pairs = (line.partition(":") for line in declarations.split(";") if ":" in line)
            yield (
                f"{path.name}: {' '.join(selector.split())}",
                {name.strip(): " ".join(value.split()) for name, _colon, value in pairs},
            )


def named(value: str) -> list[str]:
    """The tokens that a plain value may be: itself, or what it falls back on."""
    found = TOKEN.match(value)
    return [name for name in found.groups() if name] if found else []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_rule_that_sets_text_and_ground_is_readable(scheme: str) -> None:
    colours = tokens(scheme)
    seen, weak = 0, []
    for where, rule in rules():
        ground = named(rule.get("background-color") or rule.get("background", ""))
        for text in named(rule.get("color", "")):
            if text in ICONS:
                continue
            for below in ground:
                if {text, below} == {"on-warm", "zone"}:
                    continue  # a ticket with a zone takes --on-tone in the next rule
                for one in values(text, colours):
                    for other in values(below, colours):
                        seen += 1
                        if (found := contrast(one, other)) < TEXT:
                            weak.append(f"{where}: {text} on {below} is {found:.2f}")
    assert weak == []
    assert seen > 50


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_of_text_is_readable_where_it_may_stand(scheme: str) -> None:
    colours = tokens(scheme)
    used = {
        text
        for _where, rule in rules()
        if not rule.get("background-color") and not named(rule.get("background", ""))
        for text in named(rule.get("color", ""))
    } - ICONS
    weak = [
        f"{text} on {ground} is {found:.2f}"
        for text in sorted(used)
        for ground in ON.get(text, GROUNDS)
        for below in values(ground, colours)
        if (found := contrast(colours[text], below)) < TEXT
    ]
    assert weak == []
    assert {"ink-900", "ink-700", "pine-700", "brick-600", "on-deep"} <= used


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_and_icons_are_seen(scheme: str) -> None:
    colours = tokens(scheme)
    towards_white = 0.5 if scheme == "dark" else 0.0
    seen = {
        f"{name} on {ground}": contrast(colours[name], colours[ground])
        for name in ("control", "focus-ring", "pine-700")
        for ground in GROUNDS
    } | {
        f"icon {tone} on its pale ground": contrast(
            mixed(tone, "#ffffff", towards_white), mixed(colours["cream-50"], tone, 0.16)
        )
        for tone in values("tone", colours)
    }
    assert {what: found for what, found in seen.items() if found < CONTROL} == {}


def test_no_visitors_style_sheet_has_a_colour_of_its_own() -> None:
    own = [
        f"{where}: {name}: {value}"
        for where, rule in rules()
        for name, value in rule.items()
        if name in {"color", "background", "background-color", "border-color", "fill", "stroke"}
        if re.search(r"#[0-9a-f]{3,8}\b", re.sub(r"url\([^)]*\)", "", value))
    ]
    assert own == []
