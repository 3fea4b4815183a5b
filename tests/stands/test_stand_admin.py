"""Editions, stands, tills and cashiers in the admin."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import segno
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.models import Event
from sales.models import Till
from stands.models import Expo, Offer, Stand
from stands.removing import RemovalRefused, remove_stands
from tests.ledger import make_keeper, make_running_expo, make_shop
from tests.make import FRIDAY, make_expo, make_stand, make_zone
from tests.programmes import make_session

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    user = User.objects.create_superuser("citra")
    client.force_login(user)
    return user


def show(client: Client, *expos: Expo) -> Any:
    return client.post(
        "/admin/stands/expo/",
        {"action": "show_at_front_door", "_selected_action": [expo.pk for expo in expos]},
        follow=True,
    )


def test_showing_an_edition_takes_the_other_from_the_front_door(client: Client) -> None:
    old, new = make_expo(), make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)

    page = show(client, new).text

    assert "Halaman depan sekarang menampilkan OPOP Expo 2021." in page
    assert list(Expo.objects.filter(is_current=True)) == [new]
    assert Expo.objects.get(pk=old.pk).is_current is False


def test_two_editions_at_the_front_door_are_refused(client: Client) -> None:
    old, new = make_expo(), make_expo(slug="2021", is_current=False)

    assert "Pilih satu edisi saja." in show(client, old, new).text

    assert list(Expo.objects.filter(is_current=True)) == [old]


def test_stand_stands_in_a_zone_of_its_own_edition(client: Client) -> None:
    stand = make_stand(expo=make_running_expo())
    foreign = make_zone(expo=make_expo(is_current=False))

    page = client.post(
        f"/admin/stands/stand/{stand.pk}/change/",
        {**stand_form(stand), "expo": stand.expo_id, "zone": foreign.pk},
    )

    assert "Zona ini milik edisi lain." in page.text


def test_qris_picture_is_kept_sharp_and_shown(client: Client) -> None:
    stand, _ = make_shop(code="A7", prices=())
    code = io.BytesIO()
    segno.make("00020101021126570011ID.DANA").save(code, kind="png", scale=3)
    picture = SimpleUploadedFile("qris.png", code.getvalue(), "image/png")

    answer = client.post(
        f"/admin/stands/stand/{stand.pk}/change/", {**stand_form(stand), "qris_image": picture}
    )
    page = client.get(f"/admin/stands/stand/{stand.pk}/change/").text

    stand.refresh_from_db()
    assert answer.status_code == 302
    assert f'<img class="qris" src="{stand.qris_image.url}"' in page
    with stand.qris_image.open() as file, Image.open(file) as kept:
        assert (kept.format, len(kept.convert("RGB").getcolors() or [])) == ("WEBP", 2)


def stand_form(stand: Stand) -> dict[str, Any]:
    names = ("code", "name", "kind", "x", "y", "width", "height", "rotation")
    form = {name: getattr(stand, name) for name in names} | {"zone": stand.zone_id}
    for prefix in ("offers", "tills", "cashiers"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return form


def test_till_is_made_by_pairing_and_not_by_hand(client: Client) -> None:
    stand, _ = make_shop(code="A7")

    page = client.post("/admin/sales/till/add/", {"stand": stand.pk, "letter": "B"})

    assert page.status_code == 403
    assert not Till.objects.exists()


def test_till_may_be_named_and_keeps_letter_and_stand(client: Client) -> None:
    stand, _ = make_shop(code="A7")
    other, _ = make_shop(code="A8", expo=stand.expo)
    till = Till.objects.create(expo=stand.expo, stand=stand, letter="B", prefix="A7-B")

    client.post(
        f"/admin/sales/till/{till.pk}/change/",
        {"stand": other.pk, "letter": "C", "name": "Tablet biru", "is_active": "on"},
    )

    till.refresh_from_db()
    assert (till.stand, till.letter, till.prefix) == (stand, "B", "A7-B")
    assert till.name == "Tablet biru"


def test_stand_stays_in_its_edition(client: Client) -> None:
    stand, _ = make_shop(code="A7")
    other = make_expo(is_current=False)
    client.post(f"/admin/stands/stand/{stand.pk}/change/", {"expo": other.pk})
    page = client.get(f"/admin/stands/stand/{stand.pk}/change/").text
    assert 'name="expo"' not in page
    stand.refresh_from_db()
    assert stand.expo != other


def test_login_of_another_cashier_is_named_and_one_without_the_role_is_told(
    client: Client,
) -> None:
    stand, _offers = make_shop()
    keeper = make_keeper(stand=stand, name="Aminah")
    form = {"stand": stand.pk, "name": "Siti", "user": keeper.user_id, "is_active": "on"}

    refused = client.post("/admin/sales/cashier/add/", form)
    stranger = User.objects.create_user("siti")
    saved = client.post("/admin/sales/cashier/add/", form | {"user": stranger.pk}, follow=True)

    assert f"Akun ini masih milik {keeper} di {stand.expo}." in refused.content.decode()
    assert "Akun siti belum berperan petugas stan" in saved.content.decode()


def remove(client: Client, *stands: Stand, **more: str) -> Any:
    form = {"action": "remove", "_selected_action": [stand.pk for stand in stands]}
    return client.post(f"/admin/stands/stand/?edisi={stands[0].expo.slug}", form | more)


def test_stand_too_many_is_removed_before_the_edition_is_seen(client: Client) -> None:
    stand, _offers = make_shop()
    Expo.objects.update(is_current=False, is_public=False)

    asked = remove(client, stand)
    assert "Hapus 1 stan ini?" in asked.content.decode()
    assert Offer.objects.filter(stand=stand).count() == 2

    remove(client, stand, sure="1")

    assert not Stand.objects.exists()
    assert Event.objects.get(kind=Event.Kind.STAND_REMOVED).data["stand"] == "A1"


def test_stand_that_is_used_or_was_seen_stays(client: Client) -> None:
    stand, _offers = make_shop()

    remove(client, stand, sure="1")
    with pytest.raises(RemovalRefused):
        remove_stands([stand.pk], actor=None)
    Expo.objects.update(is_current=False, is_public=False)
    make_keeper(stand=stand)
    remove(client, stand, sure="1")

    assert Offer.objects.filter(stand=stand).count() == 2


def test_day_that_is_not_held_goes_and_one_with_a_session_stays(client: Client) -> None:
    expo = make_expo()
    make_session(expo=expo, date=FRIDAY)
    days = list(expo.days.order_by("date"))
    form: dict[str, Any] = {name: getattr(expo, name) for name in ("name", "venue", "city")}
    form |= {"plan_width": 1200, "plan_height": 800, "zones-TOTAL_FORMS": 0}
    form |= {"zones-INITIAL_FORMS": 0, "days-TOTAL_FORMS": 3, "days-INITIAL_FORMS": 3}
    for number, day in enumerate(days):
        row = {"id": day.pk, "expo": expo.pk, "date": day.date, "opens": "", "closes": ""}
        form |= {f"days-{number}-{name}": value for name, value in row.items()}
    path = f"/admin/stands/expo/{expo.pk}/change/"

    refused = client.post(path, form | {"days-0-DELETE": "on"})
    client.post(path, form | {"days-2-DELETE": "on"})

    assert "ada penjualan atau acara pada hari itu" in refused.content.decode()
    assert list(expo.days.order_by("date")) == days[:2]
