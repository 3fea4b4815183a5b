"""The organisers' pages of the curation."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, User

from events.models import Event
from opop_expo.roles import CATALOGUE_EDITOR, VIEWER, sync_groups
from pesantren.judging import judge
from pesantren.models import Product
from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_stand,
)
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

State = Product.State
LIST = "/admin/kurasi/"
JUDGE = "/admin/kurasi/putuskan/"


def sign_in_as(client: Client, role: str) -> User:
    sync_groups()
    user = User.objects.create_user(f"orang-{role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


@pytest.fixture
def citra(client: Client) -> User:
    """Citra keeps the catalogue, signed in."""
    return sign_in_as(client, CATALOGUE_EDITOR)


@pytest.fixture
def expo(citra: User) -> Expo:
    """OPOP Expo 2020, whose last day is 20 December."""
    return make_expo()


def complete(product: Product) -> Product:
    """A food with nothing lacking up to the end of the expo."""
    product.description, product.description_en = "Enak.", "Tasty."
    product.photo.name = "products/foto.webp"
    product.save()
    for scheme, number in (
        ("halal", "ID35110000123450521"),
        ("bpom", "MD 224510100123"),
        ("nib", "1234567890123"),
        ("merek", "IDM000123456"),
    ):
        make_credential(product=product, scheme=scheme, number=number)
    return product


def test_list_says_what_lacks_of_each_product(client: Client, expo: Expo) -> None:
    make_product(name="Abon", price_rupiah=None)
    complete(make_product(name="Bakso"))

    page = client.get(LIST).text

    abon = page[page.index("Abon</a>") : page.index("Bakso</a>")]
    for lack in (
        "foto", "harga", "keterangan", "teks Inggris", "nomor halal", "P-IRT atau BPOM", "NIB"
    ):  # fmt: skip
        assert f'<span class="lack">{lack}' in abon, lack
    assert "legalitas yang masih berlaku" not in abon
    assert "Lengkap" in page[page.index("Bakso</a>") :]


def test_drawn_picture_is_no_photo(client: Client, expo: Expo) -> None:
    product = complete(make_product())
    product.photo_is_drawn = True
    product.save()

    assert '<span class="lack">foto</span>' in client.get(LIST).text


@pytest.mark.parametrize(("slug", "asks"), [("herbal", True), ("craft", False)])
def test_halal_and_permit_are_asked_only_of_what_is_consumed(
    client: Client, expo: Expo, slug: str, asks: bool
) -> None:
    make_product(category=make_category(slug=slug, name=slug))

    page = client.get(LIST).text

    assert ('<span class="lack">nomor halal</span>' in page) is asks
    assert ('<span class="lack">P-IRT atau BPOM</span>' in page) is asks


@pytest.mark.parametrize(
    ("expires", "renewed", "lacks"),
    [("2020-12-19", None, True), ("2020-12-20", None, False), ("2020-12-19", "2025-01-01", False)],
)
def test_credential_that_ends_before_the_expo_does_is_lacking_unless_renewed(
    client: Client, expo: Expo, expires: str, renewed: str | None, lacks: bool
) -> None:
    product = make_product()
    make_credential(product=product, number="1", expires=dt.date.fromisoformat(expires))
    if renewed:
        make_credential(product=product, number="2", expires=dt.date.fromisoformat(renewed))

    page = client.get(LIST).text

    assert ("legalitas yang masih berlaku</span>" in page) is lacks


def test_nib_of_one_product_counts_for_all_of_its_maker(client: Client, expo: Expo) -> None:
    maker = make_producer()
    make_credential(product=make_product(producer=maker), scheme="nib", number="1" * 13)
    make_product(name="Kue", producer=maker)

    assert "NIB pelaku usaha</span>" not in client.get(LIST).text


def test_doubtful_number_is_warned_about_and_can_be_looked_for(client: Client, expo: Expo) -> None:
    make_credential(product=make_product(name="Abon"), scheme="nib", number="12")
    make_credential(product=make_product(name="Bakso"), scheme="nib", number="1" * 13)

    page = client.get(f"{LIST}?kurang=doubtful").text

    assert "NIB terdiri dari 13 angka." in page
    assert "Bakso" not in page


def test_list_is_narrowed_by_what_is_asked_for(client: Client, expo: Expo) -> None:
    gresik = make_pesantren(
        name="Qomaruddin", slug="qomaruddin", regency=make_regency(name="Gresik", code="35.25")
    )
    wanted = make_product(
        name="Songkok",
        producer=make_producer(pesantren=gresik),
        category=make_category(slug="fashion", name="Busana"),
        state=State.CURATED,
    )
    make_product(name="Kopi", price_rupiah=None)
    make_offer(stand=make_stand(expo=expo), product=wanted)
    complete(make_product(name="Madu"))

    for query in (
        "keadaan=curated", "kategori=fashion", "kabupaten=35.25", "pesantren=qomaruddin",
        "dijual=1", "q=qomaruddin", "keadaan=curated&kategori=fashion&dijual=1",
    ):  # fmt: skip
        page = client.get(f"{LIST}?{query}").text
        assert "Songkok</a>" in page, query
        assert "Kopi</a>" not in page, query
    assert "Kopi</a>" in client.get(f"{LIST}?kurang=price").text
    assert "Songkok</a>" not in client.get(f"{LIST}?kurang=price").text


@pytest.mark.parametrize(
    "query", ["keadaan=x", "kurang=%00x", "hal=99", "pesantren=a%20b", "q=" + "a" * 200]
)
def test_list_leaves_aside_what_it_does_not_know(client: Client, expo: Expo, query: str) -> None:
    make_product(name="Kopi")
    assert client.get(f"{LIST}?{query}").status_code in (200, 400)


def test_tabs_count_the_states_within_the_filter(client: Client, expo: Expo) -> None:
    for state in (State.DRAFT, State.CURATED, State.CURATED, State.WITHDRAWN):
        make_product(name="Madu", state=state)
    make_product(name="Kopi")

    response = client.get(f"{LIST}?q=madu&keadaan=curated")

    counts = {state.value: count for state, count, _query in response.context["states"]}
    assert counts == {"draft": 1, "proposed": 0, "curated": 2, "withdrawn": 1}
    assert response.context["page"].paginator.count == 2


def test_list_takes_as_many_queries_for_three_as_for_one(client: Client, expo: Expo) -> None:
    make_credential(product=make_product())
    with_one = queries_of(client, LIST)
    for _ in range(3):
        make_credential(product=make_product())

    assert queries_of(client, LIST) == with_one <= 14


def test_judgement_moves_what_was_chosen_and_says_so(
    client: Client, expo: Expo, citra: User
) -> None:
    coffee, honey = make_product(name="Kopi"), make_product(name="Madu")
    assert "Putuskan 2 produk" in client.get(f"{JUDGE}?produk={coffee.pk},{honey.pk}").text

    page = client.post(
        JUDGE,
        {
            "seen": [f"{coffee.pk}:proposed", f"{honey.pk}:proposed"],
            "state": "curated",
            "reason": "Rapat kurasi",
            "kembali": "edisi=2020&keadaan=proposed",
        },
        follow=True,
    )

    assert page.redirect_chain == [("/admin/kurasi/?edisi=2020&keadaan=proposed", 302)]
    assert "2 produk menjadi: Lolos kurasi." in page.text
    assert Product.objects.curated().count() == 2
    assert Event.objects.filter(kind="product_judged", actor=citra).count() == 2


def test_judgement_over_another_is_told_and_not_done(client: Client, expo: Expo) -> None:
    product = make_product(name="Kopi")
    judge({product.pk: "proposed"}, state="withdrawn", reason="tidak aman", actor=None)

    form = {"seen": f"{product.pk}:proposed", "state": "curated", "reason": "lolos"}
    page = client.post(JUDGE, form, follow=True)

    product.refresh_from_db()
    assert product.is_withdrawn
    assert "Tidak diubah, karena orang lain baru saja memutuskannya: Kopi." in page.text


def test_judgement_without_a_reason_is_asked_for_one(client: Client, expo: Expo) -> None:
    product = make_product()
    form = {"seen": f"{product.pk}:proposed", "state": "curated", "reason": " "}

    response = client.post(JUDGE, form)

    assert response.status_code == 422
    assert "Tulis alasannya." in response.text
    assert not Product.objects.curated().exists()


@pytest.mark.parametrize("query", ["", "produk=", "produk=x,%00", "produk=99999999999999999999"])
def test_judgement_of_nothing_leads_back(client: Client, expo: Expo, query: str) -> None:
    response = client.get(f"{JUDGE}?{query}", follow=True)
    assert "Pilih dahulu produknya." in response.text or response.status_code == 400


def test_page_of_one_product_shows_rules_and_its_history(client: Client, expo: Expo) -> None:
    product = complete(make_product(state=State.PROPOSED))
    judge({product.pk: "proposed"}, state="curated", reason="Rapat <b>satu</b>", actor=None)

    page = client.get(f"{JUDGE}?produk={product.pk}").text

    assert "Layak ekspor" in page
    assert "Rapat &lt;b&gt;satu&lt;/b&gt;" in page
    assert page.count('<li class="is-met">') == 8 + 6
    assert "is-lacking" not in page


def test_viewer_sees_and_cannot_judge(client: Client) -> None:
    make_expo()
    sign_in_as(client, VIEWER)
    product = make_product()

    assert "Putuskan yang dicentang" not in client.get(LIST).text
    assert "Simpan keputusan" not in client.get(f"{JUDGE}?produk={product.pk}").text
    form = {"seen": f"{product.pk}:proposed", "state": "curated", "reason": "lolos"}
    assert client.post(JUDGE, form).status_code == 403
    assert not Product.objects.curated().exists()


def test_rules_page_says_each_rule_and_how_many_meet_it(client: Client, expo: Expo) -> None:
    stand = make_stand(expo=expo)
    make_offer(stand=stand, product=complete(make_product(name="Sambal", state=State.CURATED)))
    make_offer(stand=stand, product=make_product(category=make_category(slug="craft", name="K")))

    page = client.get("/admin/kurasi/aturan/").text

    assert "Mereknya terdaftar" in page
    assert "1 dari 2 memenuhi" in page
    assert "1 dari 1 memenuhi" in page  # halal is asked of the food alone
    assert "Sambal</a>" in page


def test_before_there_is_an_edition_the_list_says_so(client: Client, citra: User) -> None:
    assert "Belum ada edisi." in client.get(LIST).text
