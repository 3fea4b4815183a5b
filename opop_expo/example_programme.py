"""The programme of the example edition: made up, marked so, and on each of its days.

It lets 'on now' and 'next' be seen at any hour of the day, and has trainings to register for.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from django.utils.text import slugify

from programme.models import Room, Session, Speaker
from stands.clock import WIB
from stands.models import PlanFeature

if TYPE_CHECKING:
    from stands.models import Expo

STAGE, CLASSROOM = "Panggung utama", "Ruang pelatihan"
MAKER, TRAINER = "Narasumber contoh", "Pemateri contoh"
COOPERATIVES = ("koperasi pesantren dan UMKM", "pesantren cooperatives and small businesses")
STUDENTS = ("santri dan pengurus kopontren", "students and those who run cooperatives")
Kind = Session.Kind


class Slot(NamedTuple):
    """One session of a day."""

    hours: str
    room: str
    kind: Session.Kind
    title: str
    title_en: str
    target: tuple[str, str] = ("", "")
    speaker: str = ""
    capacity: int | None = None


OPENING = Slot("09.00-10.00", STAGE, Kind.CEREMONY, "Pembukaan pameran", "Opening of the fair")
# Two days that take turns.
DAYS = [
    [
        Slot(
            "10.00-11.30", STAGE, Kind.TALKSHOW, "Modal untuk koperasi pesantren",
            "Capital for pesantren cooperatives", COOPERATIVES, MAKER,
        ),
        Slot(
            "10.30-12.00", CLASSROOM, Kind.TRAINING, "Foto produk dengan ponsel",
            "Product photos with a phone", STUDENTS, TRAINER, 40,
        ),
        Slot(
            "13.00-14.30", STAGE, Kind.TALKSHOW, "Dari pesantren ke pasar ekspor",
            "From the pesantren to markets abroad", COOPERATIVES, MAKER,
        ),
        Slot(
            "13.30-15.30", CLASSROOM, Kind.TRAINING, "Menghitung harga pokok produk",
            "What a product costs to make", COOPERATIVES, TRAINER, 30,
        ),
        Slot(
            "15.30-17.00", STAGE, Kind.COMPETITION, "Lomba hadrah antarpesantren",
            "Hadrah contest between pesantren",
        ),
        Slot(
            "16.00-17.30", CLASSROOM, Kind.TRAINING, "Mengurus sertifikat halal",
            "How to get a halal certificate", COOPERATIVES, TRAINER, 40,
        ),
        Slot(
            "19.00-20.30", STAGE, Kind.TALKSHOW, "Alumni yang membuka usaha",
            "Alumni who started a business", ("", ""), MAKER,
        ),
    ],
    [
        Slot(
            "09.30-11.00", STAGE, Kind.TALKSHOW, "Merek yang diingat pembeli",
            "A brand that buyers remember", COOPERATIVES, MAKER,
        ),
        Slot(
            "11.00-12.30", CLASSROOM, Kind.TRAINING, "Berjualan di lokapasar",
            "Selling on a marketplace", STUDENTS, TRAINER, 40,
        ),
        Slot(
            "13.00-15.00", CLASSROOM, Kind.TRAINING, "Menyusun model usaha di satu halaman",
            "A business model on one page", COOPERATIVES, TRAINER, 30,
        ),
        Slot(
            "14.00-15.30", STAGE, Kind.COMPETITION, "Lomba masak santri",
            "Students' cooking contest",
        ),
        Slot(
            "16.00-17.30", STAGE, Kind.TALKSHOW, "Bertemu waralaba: bertanya sebelum bermitra",
            "Meeting franchisors: what to ask first", COOPERATIVES, MAKER,
        ),
        Slot(
            "18.30-20.00", STAGE, Kind.OTHER, "Musik gambus dan doa bersama",
            "Gambus music and prayer",
        ),
    ],
]  # fmt: skip


def add_programme(expo: Expo) -> None:
    """Give each day of the edition that has no session one of the two programmes."""
    planned = set(expo.sessions.values_list("date", flat=True))
    new = [
        (number, day.date)
        for number, day in enumerate(expo.days.order_by("date"))
        if day.date not in planned
    ]
    if not new:
        return
    rooms, speakers = _rooms(expo), _speakers()
    for number, date in new:
        slots = DAYS[number % len(DAYS)]
        for slot in [OPENING, *slots] if number == 0 else slots:
            _add(expo, date, slot, rooms, speakers)


def _add(
    expo: Expo,
    date: dt.date,
    slot: Slot,
    rooms: dict[str, Room],
    speakers: dict[str, Speaker],
) -> None:
    starts, ends = (_instant(date, hour) for hour in slot.hours.split("-"))
    target, target_en = slot.target
    session = Session.objects.create(
        expo=expo,
        slug=f"{slugify(slot.title)[:60]}-{date:%m-%d}",
        kind=slot.kind,
        title=slot.title,
        title_en=slot.title_en,
        room=rooms[slot.room],
        date=date,
        starts_at=starts,
        ends_at=ends,
        target_group=target,
        target_group_en=target_en,
        takes_registrations=slot.capacity is not None,
        capacity=slot.capacity,
        example_fields="*",
    )
    if slot.speaker:
        session.speakers.add(speakers[slot.speaker])


def _instant(date: dt.date, hour: str) -> dt.datetime:
    hours, _dot, minutes = hour.partition(".")
    return dt.datetime.combine(date, dt.time(int(hours), int(minutes)), WIB)


def _rooms(expo: Expo) -> dict[str, Room]:
    stage = expo.plan_features.filter(kind=PlanFeature.Kind.STAGE).first()
    rows = [
        Room(expo=expo, name=STAGE, name_en="Main stage", place=stage, order=1),
        Room(expo=expo, name=CLASSROOM, name_en="Training room", seats=40, order=2),
    ]
    for row in rows:
        if not expo.rooms.filter(name=row.name).exists():
            row.save()
    return {room.name: room for room in expo.rooms.all()}


def _speakers() -> dict[str, Speaker]:
    abouts = {
        MAKER: ("pelaku usaha pesantren (contoh)", "maker from a pesantren (example)"),
        TRAINER: ("pelatih UMKM (contoh)", "trainer of small businesses (example)"),
    }
    return {
        name: Speaker.objects.get_or_create(
            name=name, about=about, defaults={"about_en": about_en, "example_fields": "*"}
        )[0]
        for name, (about, about_en) in abouts.items()
    }
