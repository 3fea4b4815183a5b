"""The organisers' page of figures: claims side by side, published, counted, recorded, corrected."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from opop_expo.roles import CATALOGUE_EDITOR, FINANCE, ORGANISER, VIEWER, sync_groups
from outcomes.models import Claim
from tests.ledger import make_reversal, make_sale, make_shop
from tests.make import make_expo, make_stand
from tests.outcomes.make import SOURCE, make_claim, make_scheme
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/hasil/klaim/"


@pytest.fixture
def expo() -> Expo:
    return make_expo()


def sign_in(client: Client, role: str = ORGANISER) -> User:
    sync_groups()
    user = User.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def typed(**other: str) -> dict[str, str]:
    """The form as Citra fills it in."""
    return {
        "edisi": "2020",
        "figure": "pesantren",
        "value": "30",
        "basis": "reported",
        "said_by": "Unusa",
        "sources": SOURCE,
        **other,
    }


def test_claims_stand_side_by_side_and_say_that_they_differ(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_claim(expo=expo, is_published=True, unit="pesantren")
    make_claim(expo=expo, value=30, said_by="Unusa", said_on="2020-12-20")
    page = client.get(PAGE).text
    for words in ("TIMES Indonesia", "Unusa", "20 Desember 2020", SOURCE, "sumber berbeda"):
        assert words in page
    assert page.count("is-published") == 1


@pytest.mark.parametrize(("role", "status"), [(VIEWER, 200), (FINANCE, 200)])
def test_who_may_look_cannot_publish(client: Client, expo: Expo, role: str, status: int) -> None:
    sign_in(client, role)
    claim = make_claim(expo=expo)
    page = client.get(PAGE)
    assert page.status_code == status
    assert "Terbitkan</button>" not in page.text
    for path in (f"{PAGE}{claim.pk}/terbitkan/", f"{PAGE}hitung/", f"{PAGE}catat/"):
        assert client.post(path, typed()).status_code == 403
    assert not Claim.objects.published().exists()
    assert Claim.objects.count() == 1


def test_catalogue_editor_has_no_business_here(client: Client, expo: Expo) -> None:
    sign_in(client, CATALOGUE_EDITOR)
    assert client.get(PAGE).status_code == 403


def test_one_post_publishes_and_the_figure_comes_back_anew(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_claim(expo=expo, is_published=True)
    unusa = make_claim(expo=expo, value=30, said_by="Unusa")
    path = f"{PAGE}{unusa.pk}/terbitkan/"
    fragment = client.post(path, headers={"HX-Request": "true"})
    assert '<section class="card figure-card is-wide" id="pesantren"' in fragment.text
    assert "<html" not in fragment.text
    assert Claim.objects.published().get() == unusa
    plain = client.post(path, {"jangan": "1"})
    assert plain["Location"] == f"{PAGE}?edisi=2020#pesantren"
    assert not Claim.objects.published().exists()


def test_count_now_writes_a_claim(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_stand(expo=expo)
    client.post(f"{PAGE}hitung/", {"edisi": "2020", "kueri": "stands"})
    claim = Claim.objects.get()
    assert (claim.figure, claim.value, claim.basis) == ("stands", 1, "counted")
    assert "Dihitung sistem ini" in client.get(PAGE).text


def test_count_of_nothing_says_so(client: Client, expo: Expo) -> None:
    sign_in(client)
    given = {"edisi": "2020", "kueri": "sales"}
    fragment = client.post(f"{PAGE}hitung/", given, headers={"HX-Request": "true"}).text
    assert "Belum ada yang tercatat untuk dihitung." in fragment
    assert "Belum ada yang" in client.post(f"{PAGE}hitung/", given, follow=True).text
    assert client.post(f"{PAGE}hitung/", given | {"kueri": "x"}).status_code == 404
    assert not Claim.objects.exists()


def test_all_are_counted_at_once(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_stand(expo=expo)
    page = client.post(f"{PAGE}hitung/", {"edisi": "2020"}, follow=True).text
    assert "2 angka dihitung." in page
    figures = set(Claim.objects.values_list("figure", "value"))
    assert figures == {("days", 3), ("stands", 1)}


def test_day_that_took_back_more_than_it_sold_is_counted_as_it_is(client: Client) -> None:
    sign_in(client)
    stand, (coffee, _tea) = make_shop()
    make_reversal(make_sale(stand, {coffee: 1}, sold_at=timezone.now() - dt.timedelta(days=1)))
    page = client.post(f"{PAGE}hitung/", {"edisi": stand.expo.slug}, follow=True).text
    assert "−Rp 25.000" in page
    values = Claim.objects.filter(figure=Claim.Figure.SALES).values_list("date", "value")
    assert set(values) == {(None, 0), (stand.expo.all_days[0].date, -25_000)}


def test_claim_is_recorded_as_it_is_typed(client: Client, expo: Expo) -> None:
    sign_in(client)
    given = typed(figure="financing", value="Rp 4.344.800.000", said_on="2020-12-20")
    for _time in range(2):
        response = client.post(f"{PAGE}catat/", given)
    assert response["Location"] == f"{PAGE}?edisi=2020#financing"
    claim = Claim.objects.get()
    assert (claim.value, str(claim.said_on)) == (4_344_800_000, "2020-12-20")
    assert "Rp 4.344.800.000" in client.get(f"{PAGE}{claim.pk}/").text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": "tiga puluh"}, "Tulis bilangan bulat"),
        ({"value": "1,5"}, "Tulis bilangan bulat"),
        ({"value": ""}, "Isi nilainya, atau tulis pernyataannya."),
        ({"figure": "sales", "value": "banyak"}, "Tulis jumlahnya dalam rupiah"),
        ({"said_by": " "}, "Tulis menurut siapa."),
        ({"sources": ""}, "Tulis alamat sumbernya."),
        ({"sources": "javascript:alert(1)"}, "bukan alamat halaman"),
        ({"date": "2020-12-25"}, "2020-12-25"),
        ({"basis": "counted"}, "counted"),
        ({"said_on": "kemarin"}, "Tulis tanggalnya"),
    ],
)
def test_bad_input_is_answered_at_its_place(
    client: Client, expo: Expo, given: dict[str, str], words: str
) -> None:
    sign_in(client)
    response = client.post(f"{PAGE}catat/", typed(**given))
    assert response.status_code == 422
    assert words in response.text
    assert "Unusa" in response.text or "said_by" in given
    assert not Claim.objects.exists()


def test_claim_of_a_day_and_of_a_scheme(client: Client, expo: Expo) -> None:
    sign_in(client)
    scheme = make_scheme(expo=expo, name="KUR")
    client.post(f"{PAGE}catat/", typed(figure="visitors", date="2020-12-19", value="9.500"))
    client.post(f"{PAGE}catat/", typed(figure="financing", scheme=str(scheme.pk), value="5 juta"))
    day, of_scheme = Claim.objects.order_by("-figure")
    assert (day.value, str(day.date)) == (9_500, "2020-12-19")
    assert (of_scheme.value, of_scheme.scheme) == (5_000_000, scheme)
    page = client.get(PAGE).text
    assert "Sabtu 19 Desember 2020" in page
    refused = client.post(f"{PAGE}catat/", typed(scheme=str(scheme.pk)))
    assert "Skema hanya untuk angka pembiayaan." in refused.text


def test_claim_is_corrected_or_removed(client: Client, expo: Expo) -> None:
    sign_in(client)
    claim = make_claim(expo=expo)
    page = f"{PAGE}{claim.pk}/"
    assert client.post(page, typed(value="31")).status_code == 302
    claim.refresh_from_db()
    assert (claim.value, claim.said_by) == (31, "Unusa")
    client.post(page, {"hapus": "1"})
    assert not Claim.objects.exists()


def test_published_claim_is_not_removed(client: Client, expo: Expo) -> None:
    sign_in(client)
    claim = make_claim(expo=expo, is_published=True)
    page = client.post(f"{PAGE}{claim.pk}/", {"hapus": "1"}, follow=True)
    assert "Klaim ini sedang diterbitkan" in page.text
    assert Claim.objects.get() == claim


def test_correction_that_would_publish_two_is_answered_in_words(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_claim(expo=expo, is_published=True)
    stands = make_claim(expo=expo, figure="stands", value=40, is_published=True)
    response = client.post(f"{PAGE}{stands.pk}/", typed())
    assert response.status_code == 422
    assert "Angka ini sudah punya klaim yang diterbitkan." in response.text


def test_what_was_said_is_shown_as_text_and_not_as_markup(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_claim(expo=expo, said_by="<script>x</script>", detail="<b>tebal</b>")
    page = client.get(PAGE).text
    assert "<script>x" not in page
    assert "<b>tebal" not in page


def test_queries_do_not_grow(client: Client, expo: Expo) -> None:
    sign_in(client)
    scheme = make_scheme(expo=expo)

    def fill(**other: Any) -> int:
        make_claim(expo=expo, **other)
        make_claim(expo=expo, figure="financing", scheme=scheme, **other)
        return queries_of(client, PAGE)

    first = fill()
    fill(value=2)
    assert fill(value=3) == first


def test_front_page_leads_here(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_claim(expo=expo)
    assert 'href="/admin/hasil/"' in client.get("/admin/").text
    assert PAGE in client.get("/admin/hasil/").text
