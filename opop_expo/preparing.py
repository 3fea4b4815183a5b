"""A new edition made from an old one, unseen by visitors until it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from events.log import log_event
from events.models import Event
from programme.copying import copy_programme
from stands.copying import HallParts, copy_hall
from stands.models import Expo, ExpoDay

if TYPE_CHECKING:
    import datetime as dt
    from collections import Counter

    from django.contrib.auth.models import AbstractBaseUser


class Part(models.TextChoices):
    """What can be copied from another edition."""

    STANDS = "stands", _("Stan: nama, zona, letak di denah, pesantren penghuninya")
    PLAN = "plan", _("Denah: gedung, wilayah zona, pintu, dan tempat lain")
    OFFERS = "offers", _("Barang di stan: harga dan urutan di kasir")
    STOCK = "stock", _("Sisa stok, seperti terakhir tercatat di edisi itu")
    ROOMS = "rooms", _("Ruang acara")
    GATES = "gates", _("Pintu tempat pengunjung dihitung")


@dataclass(frozen=True)
class NewDay:
    """A day, with its hours where they are known."""

    date: dt.date
    opens: dt.time | None = None
    closes: dt.time | None = None


@dataclass(frozen=True)
class NewEdition:
    """All that an organiser says of it."""

    slug: str
    name: str
    venue: str
    city: str
    theme: str = ""
    days: tuple[NewDay, ...] = ()
    # Where to copy from, and what.
    source: Expo | None = None
    parts: frozenset[Part] = frozenset()


@transaction.atomic
def prepare_edition(new: NewEdition, *, actor: AbstractBaseUser | None) -> Expo:
    """Make it, not public yet, and copy what was asked for: all of it or nothing.

    IntegrityError where the address is taken. Sales, tablets, registrations and counts stay with
    the edition that they belong to.
    """
    source = new.source
    expo = Expo(
        slug=new.slug,
        name=new.name,
        theme=new.theme,
        venue=new.venue,
        city=new.city,
        is_public=False,
        # What is an example stays one wherever it is copied to.
        is_example=bool(source and source.is_example and new.parts),
    )
    if source is not None and not new.parts.isdisjoint({Part.STANDS, Part.PLAN}):
        expo.plan_width, expo.plan_height = source.plan_width, source.plan_height
    expo.save(force_insert=True)
    ExpoDay.objects.bulk_create(
        ExpoDay(expo=expo, date=day.date, opens=day.opens, closes=day.closes) for day in new.days
    )
    made = copy_parts(source, expo, new.parts) if source else None
    data = {
        "edition": expo.slug,
        "copied_from": source.name if source and made else "",
        "counts": {COUNTED[name]: count for name, count in (made or {}).items() if count},
    }
    log_event(Event.Kind.EDITION_COPIED, expo.name, actor=actor, data=data)
    return expo


# As the log says it.
COUNTED = {
    "zones": "zona",
    "plan_features": "bagian denah",
    "stands": "stan",
    "offers": "barang",
    "rooms": "ruang",
    "gates": "pintu",
}


def copy_parts(source: Expo, target: Expo, parts: frozenset[Part]) -> Counter[str]:
    """Copy these parts of one edition to another; how many rows of each."""
    hall = HallParts(
        stands=Part.STANDS in parts,
        plan=Part.PLAN in parts,
        offers=Part.OFFERS in parts,
        stock=Part.STOCK in parts,
    )
    return copy_hall(source, target, hall) + copy_programme(
        source, target, rooms=Part.ROOMS in parts, gates=Part.GATES in parts
    )
