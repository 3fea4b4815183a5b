"""Placing stands and features: by numbers, all or nothing, and never over somebody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User

from opop_expo.roles import CATALOGUE_EDITOR, ORGANISER, VIEWER, sync_groups
from stands.models import PlanFeature, Stand
from tests.make import make_expo, make_stand
from tests.plans import make_hall, place
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


def sign_in(client: Client, role: str) -> User:
    sync_groups()
    user = User.objects.create_user(f"citra-{role[:4]}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    return sign_in(client, ORGANISER)


@pytest.fixture
def hall() -> Expo:
    return make_hall()


def fields(client: Client) -> dict[str, str]:
    """The form as it came, as a browser would send it back."""
    page = client.get("/admin/denah/").text
    # A hidden field has its attributes in another order.
    hidden = re.findall(r'<input type="hidden" name="(\w+-seen)" value="([^"]*)"', page)
    numbers = re.findall(r'<input type="text" name="([\w-]+)" value="(\d+)" inputmode', page)
    return {name: value for name, value in [*numbers, *hidden] if not name.startswith("new-")}


def save(client: Client, sent: dict[str, Any]) -> Any:
    return client.post("/admin/denah/?edisi=2020", sent)


def at(code: str) -> tuple[int, ...]:
    stand = Stand.objects.get(code=code)
    return (stand.x, stand.y, stand.width, stand.height, stand.rotation)


def key(code: str) -> str:
    return f"s{Stand.objects.get(code=code).pk}"


@pytest.mark.usefixtures("citra")
def test_numbers_are_saved_with_one_button(client: Client, hall: Expo) -> None:
    toilet = PlanFeature.objects.get(kind="toilet")
    sent = fields(client) | {
        f"{key('A1')}-x": "110",
        f"{key('A2')}-rotation": "45",
        f"f{toilet.pk}-width": "95",
    }

    assert save(client, sent).status_code == 302

    assert at("A1") == (110, 200, 80, 60, 0)
    assert at("A2") == (200, 200, 80, 60, 45)
    assert at("A3") == (300, 200, 80, 60, 0)
    toilet.refresh_from_db()
    assert toilet.width == 95
    assert "3 letak disimpan." in client.get("/admin/denah/").text
    assert LogEntry.objects.count() == 3


@pytest.mark.usefixtures("citra")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("x", "-1", "Pastikan nilai ini lebih besar dari atau sama dengan 0."),
        ("x", "1150", "Keluar dari denah: lebarnya 1200."),
        ("y", "790", "Keluar dari denah: tingginya 800."),
        ("width", "0", "Pastikan nilai ini lebih besar dari atau sama dengan 1."),
        ("height", "", "Bidang ini tidak boleh kosong."),
        ("rotation", "360", "Pastikan nilai ini lebih kecil dari atau sama dengan 359."),
        ("x", "abc", "Isi dengan angka bulat, misalnya 1200 atau 1.200."),
        ("x", "99999999999999999999", "Isi dengan angka bulat"),
        ("x", "20001", "Pastikan nilai ini lebih kecil dari"),
        ("x", "1.00", "Isi dengan angka bulat"),
    ],
)
def test_bad_number_is_answered_at_its_place_and_nothing_is_saved(
    client: Client, hall: Expo, field: str, value: str, words: str
) -> None:
    sent = fields(client) | {f"{key('A1')}-x": "110", f"{key('A2')}-{field}": value}

    response = save(client, sent)

    assert response.status_code == 422
    row = response.content.decode().split(f'data-row="{key("A2")}"')[1].split("data-row")[0]
    assert words in row
    assert at("A1") == (100, 200, 80, 60, 0)


@pytest.mark.usefixtures("citra")
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("x", "1195", "Keluar dari denah: lebarnya 1200."),
        ("y", "790", "Keluar dari denah: tingginya 800."),
        ("width", "0", "Pastikan nilai ini lebih besar dari atau sama dengan 1."),
        ("height", "1.0", "Isi dengan angka bulat"),
    ],
)
def test_new_piece_of_the_plan_lies_on_it(
    client: Client, hall: Expo, field: str, value: str, words: str
) -> None:
    before = PlanFeature.objects.count()
    new = {"kind": "atm", "name": "ATM", "x": "600", "y": "400", "width": "50", "height": "40"}
    sent = fields(client) | {f"new-{name}": one for name, one in (new | {field: value}).items()}

    response = save(client, sent)

    assert response.status_code == 422
    assert (
        words in response.content.decode().split(f'class="place-new-{field}"')[1].split("</p>")[0]
    )
    assert PlanFeature.objects.count() == before


@pytest.mark.usefixtures("citra")
def test_second_organiser_does_not_write_over_the_first_unasked(client: Client, hall: Expo) -> None:
    sent = fields(client) | {f"{key('A1')}-x": "110", f"{key('A2')}-x": "220"}
    place(Stand.objects.get(code="A1"), 150, 400)
    place(Stand.objects.get(code="A3"), 500, 400)

    response = save(client, sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Orang lain baru saja mengubahnya menjadi x 150, y 400, 80 × 60." in page
    assert (at("A1")[0], at("A2")[0]) == (150, 200)

    # Sent again as the page now stands, it replaces that knowingly; A3 was never touched.
    assert save(client, sent | {f"{key('A1')}-seen": "150,400,80,60,0"}).status_code == 302
    assert at("A1") == (110, 200, 80, 60, 0)
    assert at("A2")[0] == 220
    assert at("A3")[:2] == (500, 400)


@pytest.mark.usefixtures("citra")
def test_feature_is_added_and_removed(client: Client, hall: Expo) -> None:
    toilet = PlanFeature.objects.get(kind="toilet")
    new = {"kind": "atm", "name": "ATM Bank", "x": "600", "y": "400", "width": "50", "height": "40"}
    sent = fields(client) | {f"new-{name}": value for name, value in new.items()}

    assert save(client, sent | {f"f{toilet.pk}-remove": "on"}).status_code == 302

    assert not PlanFeature.objects.filter(pk=toilet.pk).exists()
    atm = PlanFeature.objects.get(kind="atm")
    assert (atm.name, atm.x, atm.width, atm.expo) == ("ATM Bank", 600, 50, hall)


@pytest.mark.usefixtures("citra")
def test_bad_new_feature_is_answered_at_its_place(client: Client, hall: Expo) -> None:
    sent = fields(client) | {"new-kind": "zone", "new-x": "0", "new-y": "0", "new-width": "10"}

    response = save(client, sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Bidang ini tidak boleh kosong." in page.split("place-new-height")[1]
    assert PlanFeature.objects.count() == 4


@pytest.mark.usefixtures("citra")
def test_page_says_what_lies_upon_what_and_what_waits_for_a_place(
    client: Client, hall: Expo
) -> None:
    place(Stand.objects.get(code="A2"), 150, 200)
    make_stand(expo=hall, code="A9", name="Menunggu")

    page = client.get("/admin/denah/").text

    assert "A2 bertumpuk dengan A1." in page
    assert "Menunggu" in page[page.index("Belum ditempatkan") :]


def test_editor_of_the_catalogue_places_stands_and_leaves_the_hall(
    client: Client, hall: Expo
) -> None:
    sign_in(client, ORGANISER)
    sent = fields(client)
    sign_in(client, CATALOGUE_EDITOR)
    toilet = PlanFeature.objects.get(kind="toilet")
    sent |= {f"{key('A1')}-x": "110", f"f{toilet.pk}-x": "500", f"f{toilet.pk}-remove": "on"}

    assert save(client, sent | {"new-kind": "atm"}).status_code == 302

    assert at("A1")[0] == 110
    assert PlanFeature.objects.get(kind="toilet").x == 300
    assert not PlanFeature.objects.filter(kind="atm").exists()


def test_viewer_looks_and_saves_nothing(client: Client, hall: Expo) -> None:
    sign_in(client, VIEWER)

    page = client.get("/admin/denah/").text

    assert "Simpan denah" not in page
    assert save(client, {f"{key('A1')}-x": "110"}).status_code == 403


@pytest.mark.usefixtures("citra")
def test_form_of_another_edition_changes_nothing_here(client: Client, hall: Expo) -> None:
    other = make_expo(slug="2021", is_current=False)
    stand = place(make_stand(expo=other, code="A1"), 100, 100)
    sent = {f"s{stand.pk}-x": "500", f"s{stand.pk}-seen": "100,100,80,60,0"}

    save(client, sent)

    stand.refresh_from_db()
    assert stand.x == 100
    assert client.get("/admin/denah/?edisi=2099").status_code == 404


@pytest.mark.usefixtures("citra")
def test_plan_editor_takes_as_many_queries_for_more_stands(client: Client, hall: Expo) -> None:
    queries_of(client, "/admin/denah/")
    before = queries_of(client, "/admin/denah/")
    for number in (4, 5, 6):
        place(make_stand(expo=hall, code=f"A{number}"), 100 * number, 300)

    assert queries_of(client, "/admin/denah/") == before


@pytest.mark.usefixtures("citra")
def test_stand_saved_upon_another_is_warned_of_in_its_own_form(client: Client, hall: Expo) -> None:
    stand = Stand.objects.get(code="A2")
    names = ("code", "name", "kind", "y", "width", "height", "rotation")
    form = {name: getattr(stand, name) for name in names} | {"zone": stand.zone_id, "x": 150}
    for prefix in ("offers", "tills", "cashiers"):
        form |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}

    page = client.post(f"/admin/stands/stand/{stand.pk}/change/", form, follow=True)

    assert at("A2")[0] == 150
    assert "A2 bertumpuk dengan A1." in page.text
