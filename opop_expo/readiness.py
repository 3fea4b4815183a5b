"""What visitors would see of an edition that is about to be published, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.models import Session
from sales.models import Till
from stands import catalogue
from stands.models import Offer, Stand
from stands.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stands.models import Expo, StandQuerySet

KINDS_THAT_SELL = (Stand.Kind.PESANTREN, Stand.Kind.COMMUNAL, Stand.Kind.UMKM)
NOT_EXAMPLE = Q(example_fields="")


@dataclass(frozen=True)
class Missing:
    """Something that is not as visitors will want it, and where it is mended."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class Readiness:
    """What there is of an edition, and what is missing."""

    stands: int
    pesantren: int
    products: int
    sessions: int
    missing: tuple[Missing, ...]


def readiness_of(expo: Expo) -> Readiness:
    """Counted as of now; a dozen queries."""
    return Readiness(
        stands=Stand.objects.at(expo).count(),
        pesantren=catalogue.pesantren_at(expo).count(),
        products=catalogue.products_at(expo).count(),
        sessions=Session.objects.at(expo).held().count(),
        missing=tuple(_missing(expo)),
    )


def _missing(expo: Expo) -> Iterator[Missing]:
    edition = reverse("admin:stands_expo_change", args=[expo.pk])
    days = expo.all_days
    if not days:
        yield Missing(_("Belum ada hari pameran."), edition)
    elif expo.has_ended_by(timezone.now()):
        yield Missing(_("Semua harinya sudah lewat."), edition)
    if without := sum(day.opens is None for day in days):
        text = ngettext(
            "%(n)s hari belum punya jam buka.", "%(n)s hari belum punya jam buka.", without
        )
        yield Missing(text % {"n": without}, edition)
    yield from _missing_in_hall(expo)
    yield from _examples(expo, edition)
    if not Till.objects.filter(stand__expo=expo).exists():
        text = _(
            "Belum ada kasir. Tablet dipasangkan ke stan sebuah edisi; pasangan dari edisi lama"
            " tidak ikut."
        )
        yield Missing(text, f"{reverse('tablets')}?edisi={expo.slug}")


def _missing_in_hall(expo: Expo) -> Iterator[Missing]:
    stands = Stand.objects.at(expo)
    list_of_stands = f"{reverse('admin:stands_stand_changelist')}?edisi={expo.slug}"
    if not stands.exists():
        yield Missing(_("Belum ada stan."), list_of_stands)
    else:
        on_sale = Offer.objects.on_sale().at(expo)
        idle = stands.filter(kind__in=KINDS_THAT_SELL).exclude(pk__in=on_sale.values("stand"))
        if not on_sale.exists():
            yield Missing(_("Belum ada barang yang dijual."), list_of_stands)
        elif count := idle.count():
            text = ngettext(
                "%(n)s stan belum menjual apa-apa: %(codes)s.",
                "%(n)s stan belum menjual apa-apa: %(codes)s.",
                count,
            )
            yield Missing(text % {"n": count, "codes": codes_of(idle)}, list_of_stands)
    plan = plan_of(expo)
    editor = f"{reverse('plan_editor')}?edisi={expo.slug}"
    if plan.is_empty:
        yield Missing(_("Denah belum digambar."), editor)
    elif plan.unplaced:
        count = len(plan.unplaced)
        text = ngettext("%(n)s stan belum ada di denah.", "%(n)s stan belum ada di denah.", count)
        yield Missing(text % {"n": count}, editor)


def _examples(expo: Expo, edition: str) -> Iterator[Missing]:
    if expo.is_example:
        yield Missing(
            _("Edisi ini ditandai berisi data contoh; pengunjung membacanya di setiap halaman."),
            edition,
        )
    stands = Stand.objects.at(expo).exclude(NOT_EXAMPLE).count()
    offers = Offer.objects.at(expo).exclude(NOT_EXAMPLE).count()
    if stands or offers:
        text = _("Isian contoh masih ada di %(stands)s stan dan %(offers)s barang.")
        yield Missing(text % {"stands": stands, "offers": offers})


def codes_of(stands: StandQuerySet, most: int = 8) -> str:
    """The codes of the first of them."""
    codes = [stand.code for stand in stands]
    return ", ".join(codes[:most]) + (" …" if len(codes) > most else "")
