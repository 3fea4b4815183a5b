"""The organisers' page on tills and tablets: who may, what it shows, pairing and revoking."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from sales.models import PairingCode, Tablet, Till
from sales.tablet.pairing import make_code, use_code
from stands.clock import WIB
from tests.ledger import make_running_expo, make_shop
from tests.make import make_expo
from tests.organisers import signed_in_organiser

if TYPE_CHECKING:
    from stands.models import Expo, Stand

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/sales/tablet/"
MONTH = dt.timedelta(days=30)
REFRESH = {"HX-Request": "true", "HX-Target": "figures"}


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    return signed_in_organiser(client)


@pytest.fixture
def expo() -> Expo:
    return make_running_expo()


def make_till(stand: Stand, *, seen: dt.timedelta | None = None, **said: Any) -> Till:
    """A tablet paired with the stand that has said this of itself, so long ago."""
    actor, _ = User.objects.get_or_create(username="panitia")
    till = use_code(make_code(stand=stand, name="", actor=actor)[1], uuid.uuid4()).till
    at = None if seen is None else timezone.now() - seen
    of_tablet = {name: said.pop(name) for name in list(said) if hasattr(Tablet, name)}
    Tablet.objects.filter(tills=till).update(last_contact_at=at, **of_tablet)
    Till.objects.filter(pk=till.pk).update(last_contact_at=at, **said)
    return till


def words(page: Any) -> str:
    """What is read on the page, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


# --- who ----------------------------------------------------------------------------------------


def test_nobody_but_organisers_enters(client: Client, expo: Expo) -> None:
    stand, _ = make_shop(expo=expo)
    tablet = make_till(stand).tablet
    assert tablet is not None
    paths = [PAGE, f"{PAGE}pasang/{stand.pk}/", f"{PAGE}kode/1/", f"{PAGE}cabut/{tablet.pk}/"]
    blind = User.objects.create_user("dewi", is_staff=True)

    as_stranger = [client.get(path).status_code for path in paths]
    client.force_login(blind)
    as_blind = [client.get(path).status_code for path in paths]
    posts = [client.post(path).status_code for path in (paths[1], paths[3])]

    assert (as_stranger, as_blind, posts) == ([302] * 4, [403] * 4, [403] * 2)
    tablet.refresh_from_db()
    assert not tablet.is_revoked
    assert PairingCode.objects.count() == 1


def test_front_page_and_stand_lead_here(client: Client, citra: User, expo: Expo) -> None:
    stand, _ = make_shop(expo=expo, code="A12")
    stand_page = client.get(f"/admin/stands/stand/{stand.pk}/change/").text
    assert f'href="{PAGE}"' in client.get("/admin/").text
    assert f'href="{PAGE}?edisi={expo.slug}&amp;stan=A12"' in stand_page
    assert f'href="{PAGE}pasang/{stand.pk}/"' in stand_page


def test_before_any_edition_the_page_says_so(client: Client, citra: User) -> None:
    assert "Belum ada edisi" in client.get(PAGE).text


# --- what ---------------------------------------------------------------------------------------


def test_what_a_tablet_still_holds_stands_on_top(client: Client, citra: User, expo: Expo) -> None:
    stand, _ = make_shop(expo=expo, code="A12")
    make_till(stand, seen=dt.timedelta(seconds=3))
    seen = dt.timedelta(minutes=2)
    make_till(stand, seen=seen, unsent=7, last_counter=7)

    page = words(client.get(PAGE))

    at = (timezone.now() - seen).astimezone(WIB)
    today = at.date() == timezone.now().astimezone(WIB).date()
    when = f"{at:%H.%M}" if today else f"{at.day} "
    assert f"A12-B: 7 belum terkirim, kontak terakhir {when}" in page
    assert "1 dari 2 kasir" in page
    assert "1 dari 2 tablet" in page
    assert "nomor terakhir A12-B-0007" in page


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"last_counter": 3}, "3 nomor hilang (0001–0003)"),
        ({"last_counter": 3, "unsent": 3}, "3 belum terkirim"),
        ({"last_counter": 3, "unsent": 1}, "1 belum terkirim, 2 nomor hilang"),
    ],
)
def test_numbers_that_nobody_holds_are_missing(
    client: Client, citra: User, expo: Expo, said: dict[str, Any], shown: str
) -> None:
    make_till(make_shop(expo=expo, code="A12")[0], **said)
    page = words(client.get(PAGE))
    assert f"A12-A: {shown}, belum pernah tersambung" in page
    assert "0 dari 1 kasir" in page


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"refused": 2}, "2 ditolak portal"),
        ({"owes": True}, "tidak bisa mengirim ulang"),
        (
            {"seen": dt.timedelta(0), "waits_since": timezone.now() - MONTH},
            "yang tertua menunggu sejak",
        ),
    ],
)
def test_tablet_that_cannot_send_stands_on_top_with_what_to_do(
    client: Client, citra: User, expo: Expo, said: dict[str, Any], shown: str
) -> None:
    make_till(make_shop(expo=expo, code="A12")[0], **said)
    page = words(client.get(PAGE))
    head, _, rest = page.partition("Tidak bisa mengirim 1 A12-A: ")
    assert shown in rest.partition("Terima dari tablet")[0]
    assert "Kasir tiap stan" not in head


@pytest.mark.parametrize(
    "said",
    [
        {"refused": 2, "revoked_at": timezone.now()},
        {"seen": dt.timedelta(minutes=5), "waits_since": timezone.now() - MONTH},
        # Asked when the test runs: a whole run takes longer than a tablet may wait.
        {"seen": dt.timedelta(0), "waits_since": timezone.now},
    ],
)
def test_tablet_that_waits_for_its_network_or_is_paired_no_more_is_not_among_them(
    client: Client, citra: User, expo: Expo, said: dict[str, Any]
) -> None:
    said = {name: value() if callable(value) else value for name, value in said.items()}
    make_till(make_shop(expo=expo, code="A12")[0], **said)
    assert "Tidak bisa mengirim" not in words(client.get(PAGE))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"seen": dt.timedelta(0)}, "Tersambung"),
        ({"seen": dt.timedelta(minutes=5)}, "Terpasang"),
        ({"seen": MONTH}, "kontak terakhir {day} "),
        ({}, "belum pernah tersambung"),
        ({"revoked_at": timezone.now()}, "Tidak terpasang lagi"),
        ({"clock_offset_ms": -180_000}, "jam terlalu cepat 3 menit"),
        ({"clock_offset_ms": 180_000}, "jam terlambat 3 menit"),
        ({"storage_persists": False}, "penyimpanan tidak tetap"),
        ({"app_version": "3f2a91c0"}, "versi 3f2a91c0"),
    ],
)
def test_state_of_a_tablet_is_told(
    client: Client, citra: User, expo: Expo, said: dict[str, Any], shown: str
) -> None:
    make_till(make_shop(expo=expo)[0], **said)
    day = (timezone.now() - MONTH).astimezone(WIB).day
    assert shown.format(day=day) in words(client.get(PAGE))


def test_small_offset_and_kept_storage_are_not_worth_a_word(
    client: Client, citra: User, expo: Expo
) -> None:
    make_till(make_shop(expo=expo)[0], clock_offset_ms=119_000, storage_persists=True)
    page = words(client.get(PAGE))
    assert "jam terl" not in page
    assert "penyimpanan" not in page


def test_tablet_that_moved_names_its_new_till(client: Client, citra: User, expo: Expo) -> None:
    first, second = (make_shop(expo=expo, code=code)[0] for code in ("A1", "A2"))
    tablet = make_till(first).tablet
    assert tablet is not None
    use_code(make_code(stand=second, name="", actor=citra)[1], tablet.storage_id)

    page = words(client.get(PAGE))

    assert "Pindah ke A2-A" in page
    assert "0 dari 1 tablet" in page


def test_page_is_narrowed_by_stand_and_to_what_is_missing(
    client: Client, citra: User, expo: Expo
) -> None:
    for code, unsent in (("A1", 0), ("A2", 3), ("A3", 0)):
        make_till(make_shop(expo=expo, code=code)[0], unsent=unsent, last_counter=unsent)

    def stands(query: dict[str, str]) -> list[str]:
        shown = client.get(PAGE, {"edisi": expo.slug, **query}).context["shown"]
        return [place.stand.code for place in shown]

    assert stands({}) == ["A1", "A2", "A3"]
    assert stands({"stan": "A3"}) == ["A3"]
    assert stands({"tampil": "kurang"}) == ["A2"]
    assert stands({"tampil": "kurang", "stan": "A1"}) == []


def test_another_edition_has_its_own_tills(client: Client, citra: User, expo: Expo) -> None:
    make_till(make_shop(expo=expo, code="A1")[0])
    old = make_expo(slug="2019", is_current=False)
    make_till(make_shop(expo=old, code="B7")[0])

    page = client.get(PAGE, {"edisi": "2019"}).text

    assert "B7-A" in page
    assert "A1-A" not in page
    assert client.get(PAGE, {"edisi": "1999"}).status_code == 404


def test_figures_refresh_themselves_alone(client: Client, citra: User, expo: Expo) -> None:
    make_till(make_shop(expo=expo)[0])
    fragment = client.get(PAGE, {"stan": "A1"}, headers=REFRESH).text
    assert fragment.strip().startswith('<div id="figures"')
    assert 'hx-trigger="every 15s"' in fragment
    assert f'hx-get="{PAGE}?stan=A1"' in fragment
    assert "<html" not in fragment


def test_more_tills_cost_no_more_queries(client: Client, citra: User, expo: Expo) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    make_till(make_shop(expo=expo, code="A1")[0], unsent=1, last_counter=4)
    count()
    once = count()
    for code in ("A2", "A3"):
        make_till(make_shop(expo=expo, code=code)[0], unsent=1, last_counter=4)
    assert count() == once
    assert once <= 15


# --- pairing --------------------------------------------------------------------------------------


def test_code_is_shown_large_with_its_qr(client: Client, citra: User, expo: Expo) -> None:
    stand, _ = make_shop(expo=expo, code="A12")

    before = client.get(f"{PAGE}pasang/{stand.pk}/").text
    page = client.post(f"{PAGE}pasang/{stand.pk}/", {"name": "Tablet biru"})

    row = PairingCode.objects.get()
    code = page.context["code"].replace("-", "")
    assert 'name="name"' in before
    assert (row.stand, row.name, row.made_by) == (stand, "Tablet biru", citra)
    assert f'<p class="pair-code">{page.context["code"]}</p>' in page.text
    assert "<svg" in page.text
    assert "style=" not in page.text.split("<svg", 1)[1]
    assert "no-store" in page["Cache-Control"]
    assert Client().get(f"/kasir/pasang/{code}/").status_code == 200


def test_waiting_page_turns_when_the_code_is_used(client: Client, citra: User, expo: Expo) -> None:
    stand, _ = make_shop(expo=expo, code="A12")
    page = client.post(f"{PAGE}pasang/{stand.pk}/")
    path = f"{PAGE}kode/{PairingCode.objects.get().pk}/"

    waiting = client.get(path, headers={"HX-Request": "true"})
    Client().post(f"/kasir/pasang/{page.context['code'].replace('-', '')}/")
    used = client.get(path, headers={"HX-Request": "true"})

    assert "menit" in waiting.text
    assert 'hx-trigger="every 2s"' in waiting.text
    assert "Terpasang: A12-A" in used.text
    assert (used["HX-Retarget"], used["HX-Reswap"]) == ("#code", "innerHTML")
    assert "every 2s" not in used.text


def test_waiting_page_says_when_the_code_is_over(client: Client, citra: User, expo: Expo) -> None:
    stand, _ = make_shop(expo=expo)
    row, _code = make_code(stand=stand, name="", actor=citra)
    PairingCode.objects.update(expires_at=timezone.now())
    assert "sudah lewat waktunya" in client.get(f"{PAGE}kode/{row.pk}/").text


@pytest.mark.parametrize(("host", "warned"), [("localhost", False), ("10.0.0.5", True)])
def test_address_without_https_is_warned_of(
    client: Client, citra: User, expo: Expo, settings: Any, *, host: str, warned: bool
) -> None:
    settings.ALLOWED_HOSTS = [host]
    stand, _ = make_shop(expo=expo)
    page = client.post(f"{PAGE}pasang/{stand.pk}/", headers={"Host": host}).text
    assert ("tanpa HTTPS" in page) is warned


# --- revoking -------------------------------------------------------------------------------------


def test_revoking_asks_first_and_says_what_happens(client: Client, citra: User, expo: Expo) -> None:
    stand, _ = make_shop(expo=expo, code="A12")
    tablet = make_till(stand, unsent=7).tablet
    assert tablet is not None

    page = words(client.get(f"{PAGE}cabut/{tablet.pk}/"))

    assert "Cabut tablet A12-A?" in page
    assert "masih memegang 7 penjualan" in page
    assert "tidak hilang" in page
    tablet.refresh_from_db()
    assert not tablet.is_revoked


def test_revoking_takes_the_credential_back(client: Client, citra: User, expo: Expo) -> None:
    tablet = make_till(make_shop(expo=expo, code="A12")[0]).tablet
    assert tablet is not None

    page = client.post(f"{PAGE}cabut/{tablet.pk}/", follow=True)

    tablet.refresh_from_db()
    assert tablet.is_revoked
    assert "A12-A sudah dicabut." in page.text
    assert page.redirect_chain[0][0] == f"{PAGE}?edisi={expo.slug}&stan=A12"
    assert Event.objects.get(kind=Event.Kind.TABLET_REVOKED).actor == citra
