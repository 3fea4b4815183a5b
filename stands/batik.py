"""Draws the cloths of static/img/batik on paper, as the vectors that they are.

It reads as much of SVG as these files use: paths of lines, curves and arcs, groups, and repeats.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET  # nosec B405, our own drawings

from django.conf import settings
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.lib.colors import Color

    from stands.paper import Paper

SVG = "{http://www.w3.org/2000/svg}"
TOKEN = re.compile(r"[a-zA-Z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
# How many numbers each command takes at a time.
TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "A": 7, "Z": 0}
INHERITED = ("fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "fill-rule")

Point = tuple[float, float]


class Step(NamedTuple):
    """One stretch of a path: `M` to a point, `L` to a point, `C` by three points, `Z` back."""

    kind: str
    points: tuple[Point, ...] = ()


class Shape(NamedTuple):
    """A path with what is said of it, moved by so much."""

    steps: tuple[Step, ...]
    style: dict[str, str]
    dx: float
    dy: float


class Cloth(NamedTuple):
    """One repeat of a cloth, in its own units."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def draw_cloth(
    paper: Paper,
    name: str,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    repeat: float,
    colour: Color | None = None,
) -> None:
    """Cover a place with a cloth, one repeat so many millimetres wide.

    In one colour, or without one in the cloth's own. What stands out of the place is cut off.
    """
    cloth = read_cloth(name)
    scale = repeat / cloth.width
    canvas = paper.canvas
    canvas.saveState()
    window = canvas.beginPath()
    top = (paper.size.height - y) * mm
    window.rect(x * mm, top - height * mm, width * mm, height * mm)
    canvas.clipPath(window, stroke=0, fill=0)
    # A name in a PDF has no spaces.
    form = f"{name}-{repeat:g}-{colour.hexval() if colour else 'own'}"
    if not canvas.hasForm(form):
        canvas.beginForm(form, 0, -math.ceil(cloth.height * scale * mm), math.ceil(repeat * mm), 0)
        for shape in cloth.shapes:
            _draw(paper, shape, scale * mm, colour)
        canvas.endForm()
    for down in range(math.ceil(height / (cloth.height * scale))):
        for across in range(math.ceil(width / repeat)):
            canvas.saveState()
            canvas.translate((x + across * repeat) * mm, top - down * cloth.height * scale * mm)
            canvas.doForm(form)
            canvas.restoreState()
    canvas.restoreState()


def _draw(paper: Paper, shape: Shape, scale: float, colour: Color | None) -> None:
    canvas = paper.canvas
    style = shape.style
    fill, stroke = style.get("fill", "#000"), style.get("stroke", "none")
    canvas.saveState()
    if fill != "none":
        canvas.setFillColor(colour or HexColor(_long(fill)))
    if stroke != "none":
        canvas.setStrokeColor(colour or HexColor(_long(stroke)))
        canvas.setLineWidth(float(style.get("stroke-width", "1")) * scale)
        canvas.setLineCap(1 if style.get("stroke-linecap") == "round" else 0)
        dashes = style.get("stroke-dasharray", "").split()
        canvas.setDash([float(one) * scale for one in dashes])
    path = canvas.beginPath()

    def at(point: Point) -> tuple[float, float]:
        return (point[0] + shape.dx) * scale, -(point[1] + shape.dy) * scale

    for kind, points in shape.steps:
        placed = [at(point) for point in points]
        if kind == "M":
            path.moveTo(*placed[0])
        elif kind == "L":
            path.lineTo(*placed[0])
        elif kind == "C":
            path.curveTo(*placed[0], *placed[1], *placed[2])
        else:
            path.close()
    even_odd = style.get("fill-rule") == "evenodd"
    canvas.drawPath(
        path, stroke=int(stroke != "none"), fill=int(fill != "none"), fillMode=int(not even_odd)
    )
    canvas.restoreState()


def _long(colour: str) -> str:
    """#abc as #aabbcc."""
    return "#" + "".join(sign * 2 for sign in colour[1:]) if len(colour) == 4 else colour


# --- reading ------------------------------------------------------------------------------------


@cache
def read_cloth(name: str) -> Cloth:
    """One of the files by its name."""
    file = settings.BASE_DIR / "static" / "img" / "batik" / f"{name}.svg"
    root = ET.fromstring(file.read_text())  # noqa: S314, a file of ours  # nosec B314, our own drawings
    _x, _y, width, height = map(float, root.attrib["viewBox"].split())
    named = {one.attrib["id"]: one for one in root.iter() if "id" in one.attrib}
    return Cloth(width, height, tuple(_shapes(root, named, {}, 0, 0)))


def _shapes(
    element: ET.Element, named: dict[str, ET.Element], style: dict[str, str], dx: float, dy: float
) -> Iterator[Shape]:
    for child in element:
        own = style | {key: child.attrib[key] for key in INHERITED if key in child.attrib}
        moved = re.match(r"translate\(([-\d.]+)[ ,]*([-\d.]+)?\)", child.get("transform", ""))
        left = dx + (float(moved[1]) if moved else 0)
        down = dy + (float(moved[2] or 0) if moved else 0)
        if child.tag == f"{SVG}path":
            yield Shape(tuple(read_path(child.attrib["d"])), own, left, down)
        elif child.tag == f"{SVG}use":
            used = named[child.attrib["href"].removeprefix("#")]
            used_style = own | {key: used.attrib[key] for key in INHERITED if key in used.attrib}
            yield from _shapes(used, named, used_style, left, down)
        elif child.tag == f"{SVG}g":
            yield from _shapes(child, named, own, left, down)


def read_path(text: str) -> Iterator[Step]:
    """The stretches of a path. Raises ValueError at a command that is not known here."""
    tokens = TOKEN.findall(text)
    place, command = 0, ""
    now: Point = (0.0, 0.0)
    start, mirrored = now, now
    while place < len(tokens):
        if tokens[place].isalpha():
            command, place = tokens[place], place + 1
        if command.upper() not in TAKES:
            raise ValueError(f"{command} in a path")
        count = TAKES[command.upper()]
        numbers = [float(one) for one in tokens[place : place + count]]
        place += count
        steps = _steps(command, numbers, now, start, mirrored)
        yield from steps
        if steps and steps[-1].kind == "C":
            mirrored = steps[-1].points[1]
        now = start if command in "Zz" else steps[-1].points[-1]
        if command.upper() == "M":
            start = now
            # More points after a move are lines.
            command = "L" if command == "M" else "l"
        if not steps or steps[-1].kind != "C":
            mirrored = now


def _steps(
    command: str, numbers: list[float], now: Point, start: Point, mirrored: Point
) -> list[Step]:
    base = now if command.islower() else (0.0, 0.0)

    def at(x: float, y: float) -> Point:
        return base[0] + x, base[1] + y

    match command.upper(), numbers:
        case "M" | "L" as kind, [x, y]:
            return [Step(kind, (at(x, y),))]
        case "H", [x]:
            return [Step("L", ((base[0] + x, now[1]),))]
        case "V", [y]:
            return [Step("L", ((now[0], base[1] + y),))]
        case "C", [a, b, c, d, x, y]:
            return [Step("C", (at(a, b), at(c, d), at(x, y)))]
        case "S", [c, d, x, y]:
            first = (2 * now[0] - mirrored[0], 2 * now[1] - mirrored[1])
            return [Step("C", (first, at(c, d), at(x, y)))]
        case "Q", [a, b, x, y]:
            knee, end = at(a, b), at(x, y)
            first, second = (
                (p[0] + (knee[0] - p[0]) * 2 / 3, p[1] + (knee[1] - p[1]) * 2 / 3)
                for p in (now, end)
            )
            return [Step("C", (first, second, end))]
        case "A", [radius, _same, _turn, large, sweep, x, y]:
            return list(_arc(now, at(x, y), radius, large=bool(large), sweep=bool(sweep)))
        case _:
            return [Step("Z")]


def _arc(start: Point, end: Point, radius: float, *, large: bool, sweep: bool) -> Iterator[Step]:
    """A circle's arc by curves of a quarter at most (SVG 1.1, appendix F.6)."""
    half_x, half_y = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    half = math.hypot(half_x, half_y)
    if not half:
        yield Step("L", (end,))
        return
    radius = max(radius, half)
    off = math.sqrt(max(0.0, radius**2 - half**2)) / half * (-1 if large == sweep else 1)
    centre = (
        (start[0] + end[0]) / 2 + off * half_y,
        (start[1] + end[1]) / 2 - off * half_x,
    )
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    turn = math.atan2(end[1] - centre[1], end[0] - centre[0]) - first
    if sweep and turn < 0:
        turn += 2 * math.pi
    elif not sweep and turn > 0:
        turn -= 2 * math.pi
    pieces = max(1, math.ceil(abs(turn) / (math.pi / 2) - 1e-9))
    step = turn / pieces
    reach = 4 / 3 * math.tan(step / 4) * radius
    for piece in range(pieces):
        a, b = first + piece * step, first + (piece + 1) * step
        p = (centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a))
        q = (centre[0] + radius * math.cos(b), centre[1] + radius * math.sin(b))
        yield Step(
            "C",
            (
                (p[0] - reach * math.sin(a), p[1] + reach * math.cos(a)),
                (q[0] + reach * math.sin(b), q[1] - reach * math.cos(b)),
                q,
            ),
        )
