"""The people of the demo, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import CommandError
from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from opop_expo.roles import DATA_PROTECTION, FINANCE, KEEPER, ORGANISER, USHER, sync_groups
from sales.models import Cashier
from stands.models import Expo, Stand

DEMO_PASSWORD = "opop-expo-demo"  # noqa: S105, printed by start_demo, and refused anywhere else

DEMO_NAMES = ("citra", "aminah", "budi", "dewi")


@dataclass(frozen=True)
class DemoPeople:
    """The people of the demo: an organiser, the keepers of two stands, who helps at the doors."""

    organiser: User
    keepers: list[Cashier]
    usher: User


def refuse_outside_demo() -> None:
    """Raise CommandError unless this is the demo: DEBUG on, and an SQLite file under `var/`."""
    if not settings.DEBUG:
        raise CommandError(_("Demo hanya jalan dengan DEBUG=1, tidak pernah di server sungguhan."))
    file = Path(str(connection.settings_dict["NAME"])).resolve()
    if connection.vendor != "sqlite" or file.parent != Path(settings.VAR_DIR).resolve():
        raise CommandError(
            _("Demo hanya memakai berkas SQLite di folder var/. Hapus DATABASE_URL.")
        )


def make_demo_accounts(expo: Expo) -> DemoPeople:
    """Make Citra, Aminah, Budi and Dewi with the demo's password; again, they stay who they are.

    Raises CommandError outside the demo.
    """
    refuse_outside_demo()
    return write_people(expo)


def write_people(expo: Expo) -> DemoPeople:
    """Write the accounts themselves. `make_demo_accounts` is the way in that is guarded."""
    sync_groups()
    stands = expo.stands.annotate(
        offers_on_sale=Count("offers", filter=Q(offers__withdrawn=False))
    ).order_by("-offers_on_sale", "code")
    keepers = [
        _keeper(user=_user(name, roles=[KEEPER]), stand=stand)
        for name, stand in zip(("aminah", "budi"), stands[:2], strict=False)
    ]
    return DemoPeople(
        _user("citra", roles=[ORGANISER, FINANCE, DATA_PROTECTION], is_staff=True),
        keepers,
        _user("dewi", roles=[USHER]),
    )


def _user(name: str, *, roles: list[str], is_staff: bool = False) -> User:
    user, _created = User.objects.get_or_create(
        username=name, defaults={"first_name": name.title(), "is_staff": is_staff}
    )
    # Setting it anew would end the session of whoever is signed in.
    if not user.check_password(DEMO_PASSWORD):
        user.set_password(DEMO_PASSWORD)
        user.save(update_fields=["password"])
    user.groups.add(*Group.objects.filter(name__in=roles))
    return user


def _keeper(*, user: User, stand: Stand) -> Cashier:
    """The cashier behind a login at this edition; at an edition of last year they keep nothing."""
    here = Cashier.objects.filter(user=user, stand__expo_id=stand.expo_id).first()
    if here is not None:
        return here
    Cashier.objects.filter(user=user).update(user=None, is_active=False)
    return Cashier.objects.create(user=user, stand=stand, name=user.first_name)
