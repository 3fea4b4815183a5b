"""The floor plan of an edition as it is drawn: zones with stands, features, and what is wrong.

Reads three tables in three queries, however many stands there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from math import dist
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from stands.models import PlanFeature, Stand
from stands.plan_geometry import (
    Frame,
    Point,
    corners_of,
    frame_of,
    is_inside,
    middle_of,
    overlap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stands.models import Expo, Zone
    from stands.plan_geometry import Box

# In units of the plan: how far the area of a zone goes beyond its stands where none was drawn.
MARGIN = 14
# A stand or feature that is closer than this is beside a stand, or near it.
BESIDE, NEAR = 20, 150
# Of a name on a stand: the width of a letter, and how many lines there is room for.
LETTER, LINE, MOST_LINES = 6.2, 12, 3
ICON = 36
# The same of the names of features, which have two lines at most.
FEATURE_LETTER, FEATURE_LINE = 8.6, 16
# The width of a letter in the name of a zone that is seen from far.
FAR_LETTER = 23

Kind = PlanFeature.Kind
# Drawn as ground, found by nobody.
GROUND = {Kind.HALL, Kind.ZONE}
# What a stand may stand in the way of without being upon it: they lie in the wall.
DOORS = {Kind.ENTRANCE, Kind.EXIT}
# Which stands are what a visitor looks for under the name of a feature.
ALSO = {Stand.Kind.HEALTH: Kind.FIRST_AID, Stand.Kind.ORGANISER: Kind.INFORMATION}


class Line(NamedTuple):
    """One line of a text on the plan."""

    text: str
    y: float


@dataclass(frozen=True)
class PlacedStand:
    """A stand with a place, as it is drawn and spoken of."""

    stand: Stand
    # Whether it fits what was asked for.
    fits: bool
    # Marked with a pin.
    is_chosen: bool
    # Where it is, in a sentence or two.
    where: str

    @property
    def middle(self) -> Point:
        """Where its code stands."""
        return middle_of(self.stand)

    @property
    def label(self) -> str:
        """What it is called where it cannot be seen."""
        return f"{self.stand.code}, {self.stand.name}, {self.stand.zone.name_text}"

    @property
    def lines(self) -> list[Line]:
        """Its name, cut into lines that fit into it, below its code."""
        frame = frame_of([self.stand])
        lines = wrap(
            self.stand.name,
            max(4, int((frame.width - 6) / LETTER)),
            max_lines=min(MOST_LINES, max(1, int((frame.height - 26) / LINE))),
            placeholder="…",
        )
        first = self.middle.y + 2 + (MOST_LINES - len(lines)) * LINE / 2
        return [Line(text, first + number * LINE) for number, text in enumerate(lines)]


@dataclass(frozen=True)
class PlacedZone:
    """A zone as it is drawn: its area with its stands."""

    zone: Zone
    area: Frame
    stands: list[PlacedStand]
    # Where its name hides no stand.
    label_y: float

    @property
    def label_x(self) -> float:
        return self.area.middle.x

    @property
    def far_lines(self) -> list[Line]:
        """Its letter and its name, as they stand over the stands when seen from far."""
        names = wrap(
            self.zone.name_text,
            max(8, int(self.area.width / FAR_LETTER)),
            max_lines=2,
            placeholder="…",
        )
        top = self.area.middle.y - len(names) * 24
        lines = [Line(text, top + 66 + number * 46) for number, text in enumerate(names)]
        return [Line(self.zone.code, top), *lines]


@dataclass(frozen=True)
class PlacedFeature:
    """What is no stand, as it is drawn."""

    feature: PlanFeature
    is_chosen: bool

    @property
    def middle(self) -> Point:
        return middle_of(self.feature)

    @property
    def has_room(self) -> bool:
        """Whether its name stands under its icon, within it."""
        return self.feature.height >= 60 and self.feature.width >= 60

    @property
    def lines(self) -> list[Line]:
        """Its name in lines that fit into it, below its icon; none where there is no room."""
        if self.feature.kind == Kind.ENTRANCE and self.feature.width > self.feature.height:
            # Beside its icon, which stands in the wall.
            inward = -1 if self.middle.y > self.feature.expo.plan_height / 2 else 1
            return [Line(self.feature.name_text, self.middle.y + inward * 36)]
        if not self.has_room:
            return []
        names = wrap(
            self.feature.name_text,
            max(4, int(self.feature.width / FEATURE_LETTER)),
            max_lines=2,
            placeholder="…",
        )
        first = self.icon_y + ICON / 2 + 10
        return [Line(text, first + number * FEATURE_LINE) for number, text in enumerate(names)]

    @property
    def is_door(self) -> bool:
        """Whether it lies in a wall."""
        return self.feature.kind in DOORS

    @property
    def icon_y(self) -> float:
        """The middle of its icon."""
        return self.middle.y - (FEATURE_LINE if self.has_room else 0)


class Wanted(NamedTuple):
    """A kind of thing that visitors look for, and where it is."""

    kind: str
    name: str
    boxes: list[Stand | PlanFeature]


@dataclass(frozen=True)
class Trouble:
    """Something wrong with the plan, for organisers: about which things, and what."""

    things: tuple[Stand | PlanFeature, ...]
    words: str


@dataclass
class Plan:
    """All that stands on the plan of an edition."""

    expo: Expo
    features: list[PlanFeature]
    # All of the edition, zone by zone; those without a place too.
    stands: list[Stand]
    zones_in_order: list[Zone] = field(default_factory=list)

    @property
    def placed(self) -> list[Stand]:
        """The stands that have a place."""
        return [stand for stand in self.stands if stand.is_placed]

    @property
    def unplaced(self) -> list[Stand]:
        """The stands that wait for one."""
        return [stand for stand in self.stands if not stand.is_placed]

    @property
    def halls(self) -> list[PlanFeature]:
        """The ground on which all else stands."""
        return [one for one in self.features if one.kind == Kind.HALL]

    @property
    def whole(self) -> Frame:
        """All of the plan."""
        return Frame(0, 0, self.expo.plan_width, self.expo.plan_height)

    @property
    def is_example(self) -> bool:
        """Whether somebody drew it where no source shows one."""
        rows: list[Stand | PlanFeature] = [*self.placed, *self.features]
        return any({"*", "x"} & set(one.example_fields.replace("|", " ").split()) for one in rows)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.placed and not self.features

    @cached_property
    def areas(self) -> dict[int, Frame]:
        """The area of each zone that has one: as it was drawn, else around its stands."""
        drawn = {
            one.zone_id: Frame(one.x, one.y, one.width, one.height)
            for one in self.features
            if one.zone_id
        }
        for zone in self.zones_in_order:
            there = [stand for stand in self.placed if stand.zone_id == zone.pk]
            if zone.pk not in drawn and there:
                drawn[zone.pk] = frame_of(there).widened(MARGIN)
        return drawn

    def stand(self, code: str) -> Stand | None:
        """The stand of that code, if it has a place."""
        return next((stand for stand in self.placed if stand.code == code), None)

    def zone(self, code: str) -> Zone | None:
        """The zone of that code, if it has an area."""
        found = (zone for zone in self.zones_in_order if zone.code == code)
        return next((zone for zone in found if zone.pk in self.areas), None)

    @cached_property
    def wanted(self) -> list[Wanted]:
        """What visitors look for, kind by kind, in the order of the kinds."""
        found: dict[str, list[Stand | PlanFeature]] = {}
        for feature in self.features:
            if feature.kind not in {*GROUND, Kind.OTHER}:
                found.setdefault(feature.kind, []).append(feature)
        for stand in self.placed:
            kind = ALSO.get(Stand.Kind(stand.kind))
            if kind:
                found.setdefault(kind, []).append(stand)
        return [
            Wanted(kind, str(kind.label), found[kind]) for kind in PlanFeature.Kind if kind in found
        ]

    # --- drawn ------------------------------------------------------------------------------------

    def drawn(
        self, *, fitting: set[int] | None = None, chosen: Iterable[Box] = ()
    ) -> list[PlacedZone]:
        """The zones in order with their stands; those that do not fit are dimmed."""
        marked = list(chosen)
        zones = []
        for zone in self.zones_in_order:
            area = self.areas.get(zone.pk)
            if area is None:
                continue
            stands = [
                PlacedStand(
                    stand,
                    fits=fitting is None or stand.pk in fitting,
                    is_chosen=stand in marked,
                    where=self.where(stand),
                )
                for stand in self.placed
                if stand.zone_id == zone.pk
            ]
            zones.append(PlacedZone(zone, area, stands, self._label_y(area, stands)))
        return zones

    def _label_y(self, area: Frame, stands: list[PlacedStand]) -> float:
        """Where the name of a zone hides no stand: in the widest gap between its rows."""
        taken = sorted((frame.y, frame.y + frame.height) for frame in map(_frame, stands))
        gaps, bottom = [], area.y
        for top, end in taken:
            gaps.append((top - bottom, (top + bottom) / 2))
            bottom = max(bottom, end)
        gaps.append((area.y + area.height - bottom, (area.y + area.height + bottom) / 2))
        return max(gaps)[1]

    def drawn_features(self, chosen: Iterable[Box] = ()) -> list[PlacedFeature]:
        """What is neither ground nor stand."""
        marked = list(chosen)
        return [
            PlacedFeature(one, one in marked) for one in self.features if one.kind not in GROUND
        ]

    # --- in words ---------------------------------------------------------------------------------

    def where(self, stand: Stand) -> str:
        """Where a stand is: between whom, near what, and how it lies from the entrance."""
        sentences = [
            self._beside(stand),
            self._near(stand),
            self._from_the_entrance(middle_of(stand)),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _beside(self, stand: Stand) -> str:
        frame = frame_of([stand])
        others = (
            (_gap(frame, frames), code) for code, frames in self._frames if code != stand.code
        )
        codes = [code for gap, code in sorted(others)[:2] if gap <= BESIDE]
        if len(codes) == 2:
            first, second = sorted(codes)
            return _("Di antara %(first)s dan %(second)s.") % {"first": first, "second": second}
        return _("Di sebelah %(code)s.") % {"code": codes[0]} if codes else ""

    @cached_property
    def _frames(self) -> list[tuple[str, Frame]]:
        return [(stand.code, frame_of([stand])) for stand in self.placed]

    def _near(self, stand: Stand) -> str:
        frame = frame_of([stand])
        near = [
            (_gap(frame, frame_of([one])), one.pk, one.name_text)
            for one in self.features
            if one.kind not in GROUND | {Kind.OTHER}
        ]
        if not near or min(near)[0] > NEAR:
            return ""
        return _("Dekat %(name)s.") % {"name": min(near)[2]}

    def _from_the_entrance(self, place: Point) -> str:
        entrance = next((one for one in self.features if one.kind == Kind.ENTRANCE), None)
        if entrance is None:
            return ""
        door, ground = middle_of(entrance), frame_of(self.halls) if self.halls else self.whole
        # Straight in, as one walks from the wall in which the door is.
        walls = [
            (abs(door.y - ground.y - ground.height), Point(0, -1), ground.height),
            (abs(door.y - ground.y), Point(0, 1), ground.height),
            (abs(door.x - ground.x), Point(1, 0), ground.width),
            (abs(door.x - ground.x - ground.width), Point(-1, 0), ground.width),
        ]
        _distance, inward, depth = min(walls)
        across = (place.x - door.x) * -inward.y + (place.y - door.y) * inward.x
        along = ((place.x - door.x) * inward.x + (place.y - door.y) * inward.y) / depth
        breadth = ground.width if inward.y else ground.height
        side = 0 if abs(across) < breadth / 16 else 1 if across > 0 else -1
        part = 0 if along < 1 / 3 else 1 if along < 2 / 3 else 2
        return {
            (-1, 0): _("Dari pintu masuk: sebelah kiri, bagian depan."),
            (-1, 1): _("Dari pintu masuk: sebelah kiri, bagian tengah."),
            (-1, 2): _("Dari pintu masuk: sebelah kiri, bagian belakang."),
            (0, 0): _("Dari pintu masuk: lurus, bagian depan."),
            (0, 1): _("Dari pintu masuk: lurus, bagian tengah."),
            (0, 2): _("Dari pintu masuk: lurus, bagian belakang."),
            (1, 0): _("Dari pintu masuk: sebelah kanan, bagian depan."),
            (1, 1): _("Dari pintu masuk: sebelah kanan, bagian tengah."),
            (1, 2): _("Dari pintu masuk: sebelah kanan, bagian belakang."),
        }[side, part]

    # --- what is wrong ----------------------------------------------------------------------------

    def troubles(self) -> list[Trouble]:
        """What an organiser should mend: things upon each other, outside, or in another's zone."""
        solid: list[Stand | PlanFeature] = [
            *self.placed,
            *(one for one in self.features if one.kind not in GROUND | DOORS),
        ]
        everything: list[Stand | PlanFeature] = [*self.placed, *self.features]
        found = [
            Trouble((other, one), _("%(one)s bertumpuk dengan %(other)s.") % _names(other, one))
            for one, other in combinations(solid, 2)
            if overlap(one, other)
        ]
        found += [
            Trouble((one,), _("%(one)s keluar dari denah.") % _names(one))
            for one in everything
            if not _is_on(self.whole, one)
        ]
        outlines = [outline_of(hall) for hall in self.halls]
        found += [
            Trouble((one,), _("%(one)s berada di luar gedung.") % _names(one))
            for one in solid
            if outlines
            and _is_on(self.whole, one)
            and not all(
                any(is_inside(corner, outline) for outline in outlines)
                for corner in corners_of(one)
            )
        ]
        found += [
            Trouble(
                (stand,),
                _("%(one)s berada di luar wilayah zona %(zone)s.")
                % {**_names(stand), "zone": stand.zone.code},
            )
            for stand in self.placed
            if not _holds(self.areas[stand.zone_id], middle_of(stand))
        ]
        return found


def plan_of(expo: Expo) -> Plan:
    """The plan of an edition."""
    return Plan(
        expo,
        list(expo.plan_features.at(expo)),
        list(Stand.objects.at(expo)),
        list(expo.zones.all()),
    )


def outline_of(feature: PlanFeature) -> list[Point]:
    """The corners of a feature on the plan."""
    if not feature.outline:
        return corners_of(feature)
    pairs = (point.split(",") for point in feature.outline.split())
    return [Point(feature.x + int(x), feature.y + int(y)) for x, y in pairs]


def _frame(placed: PlacedStand) -> Frame:
    return frame_of([placed.stand])


def _gap(one: Frame, other: Frame) -> float:
    """The clear distance between two frames; 0 where they touch."""
    across = max(other.x - one.x - one.width, one.x - other.x - other.width, 0)
    down = max(other.y - one.y - one.height, one.y - other.y - other.height, 0)
    return dist((0, 0), (across, down))


def _is_on(plan: Frame, box: Box) -> bool:
    return all(_holds(plan, corner) for corner in corners_of(box))


def _holds(frame: Frame, point: Point) -> bool:
    return (
        frame.x <= point.x <= frame.x + frame.width and frame.y <= point.y <= frame.y + frame.height
    )


def _names(one: Stand | PlanFeature, other: Stand | PlanFeature | None = None) -> dict[str, str]:
    return {"one": name_of(one), "other": name_of(other) if other else ""}


def name_of(one: Stand | PlanFeature) -> str:
    """What the plan calls it."""
    return one.code if isinstance(one, Stand) else one.name_text
