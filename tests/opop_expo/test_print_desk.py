"""What organisers print: cards, price cards, the catalogue and sheets for the tablets."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest
import segno
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from PIL import Image

from opop_expo.edition_loading import load_edition
from opop_expo.roles import CATALOGUE_EDITOR, VIEWER, sync_groups
from pesantren.models import Product
from sales.models import Cashier
from sales.tablet.pairing import make_code
from tests.ledger import make_running_expo, pair_tablet
from tests.make import (
    make_category,
    make_credential,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.paper_boxes import Recorder

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Stand

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

DESK = "/admin/cetak/"
PAPERS = ["kartu-stan/?ukuran=a6", "harga/?per_lembar=8", "katalog/?isi=semua", "tablet/?telepon=1"]
ALL_PAPERS = [
    *PAPERS,
    "kartu-stan/?ukuran=a4",
    *(f"harga/?per_lembar={size}" for size in (1, 2, 4, 16)),
]
# As long as the fields let them be.
LONG = "Kelompok Usaha Bersama Pondok Pesantren Salafiyah Syafi'iyah Nurul Huda Al-Mubarok "


def sign_in_as(client: Client, role: str) -> User:
    sync_groups()
    user = User.objects.create_user(f"orang-{role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


@pytest.fixture
def citra(client: Client) -> User:
    """Citra looks at everything, signed in."""
    return sign_in_as(client, VIEWER)


@pytest.fixture
def stand(citra: User) -> Stand:
    """Stand A1 of a running edition, with coffee at Rp 25.000."""
    pesantren = make_pesantren(name="Pondok Pesantren Al-Qodiri")
    stand = make_stand(expo=make_running_expo(), pesantren=[pesantren])
    product = make_product(name="Kopi Gayeng", slug="kopi", producer=make_producer())
    make_credential(product=product)
    make_offer(stand=stand, product=product)
    return stand


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def rectangles(content: bytes, page: int = 0) -> set[tuple[float, ...]]:
    """Every rectangle on the page, in points: the modules of its QR codes among them."""
    stream = pypdf.PdfReader(io.BytesIO(content)).pages[page].get_contents()
    assert stream is not None
    found = re.findall(r"(\S+) (\S+) (\S+) (\S+) re\b", stream.get_data().decode("latin-1"))
    return {tuple(float(part) for part in one) for one in found}


def matrix_of(content: bytes, size: int) -> list[list[int]]:
    """The one QR code on the first page, of `size` modules, read back from its rectangles."""
    rows = rectangles(content)
    module = min(height for _x, _y, _width, height in rows)
    squares = [row for row in rows if row[3] < module * 1.01]
    left = min(x for x, _y, _width, _height in squares)
    top = max(y for _x, y, _width, _height in squares)
    found = [[0] * size for _ in range(size)]
    for x, y, width, _height in squares:
        first = round((x - left) / module)
        for across in range(first, first + round(width / module)):
            found[round((top - y) / module)][across] = 1
    return found


# --- stands -------------------------------------------------------------------------------------


def test_stand_card_names_stand_pesantren_and_address(client: Client, stand: Stand) -> None:
    response = client.get(f"{DESK}kartu-stan/?ukuran=a6")

    [page] = pages_of(response.content)
    for words in ("A1", "Al-Qodiri", "Pondok Pesantren Al-Qodiri", "/2026-uji/stan/A1/"):
        assert words in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_code_on_a_stand_card_is_that_of_its_lasting_address(
    client: Client, stand: Stand, prefix: str
) -> None:
    """Without a language: it is printed on cardboard. The very modules are compared."""
    content = client.get(f"{prefix}{DESK}kartu-stan/?ukuran=a6").content

    wanted = segno.make("http://testserver/2026-uji/stan/A1/", error="m", micro=False)
    rows = [list(row) for row in wanted.matrix]
    assert matrix_of(content, len(rows)) == rows


def test_stand_cards_are_four_on_a_sheet_and_only_those_chosen(
    client: Client, stand: Stand
) -> None:
    others = [make_stand(expo=stand.expo, code=f"B{n}") for n in range(1, 6)]
    chosen = ",".join(str(one.pk) for one in others)

    all_of_them = pages_of(client.get(f"{DESK}kartu-stan/?ukuran=a4").content)
    some = pages_of(client.get(f"{DESK}kartu-stan/?ukuran=a4&stan={chosen}").content)

    assert len(all_of_them) == 2
    assert "A1" in all_of_them[0]
    assert "A1" not in "".join(some)
    assert [text.count("Pindai:") for text in some] == [4, 1]


# --- prices -------------------------------------------------------------------------------------


def test_price_card_says_name_maker_price_and_what_vouches(client: Client, stand: Stand) -> None:
    [page] = pages_of(client.get(f"{DESK}harga/?per_lembar=8").content)

    for words in ("Kopi Gayeng", "Kopontren Al-Qodiri", "Rp 25.000", "/ buah", "Halal", "Stan A1"):
        assert words in page


@pytest.mark.parametrize(("size", "sheets"), [(1, 17), (2, 9), (4, 5), (8, 3), (16, 2)])
def test_price_cards_fill_sheets_of_the_size_asked_for(
    client: Client, stand: Stand, size: int, sheets: int
) -> None:
    for _ in range(16):
        make_offer(stand=stand)

    assert len(pages_of(client.get(f"{DESK}harga/?per_lembar={size}").content)) == sheets


def test_price_cards_leave_out_what_nobody_sells(client: Client, stand: Stand) -> None:
    gone = make_product(name="Teh", state=Product.State.WITHDRAWN)
    make_offer(stand=stand, product=gone)
    make_offer(stand=stand, product=make_product(name="Madu"), withdrawn=True)

    text = "".join(pages_of(client.get(f"{DESK}harga/?per_lembar=8").content))

    assert "Kopi" in text
    assert "Teh" not in text
    assert "Madu" not in text


def test_price_cards_take_as_many_queries_for_many_as_for_one(
    client: Client, stand: Stand, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        make_credential(product=make_offer(stand=stand).product)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(f"{DESK}harga/?per_lembar=8")


# --- the catalogue ------------------------------------------------------------------------------


def test_catalogue_has_cover_contents_products_and_index_with_true_page_numbers(
    client: Client, stand: Stand
) -> None:
    craft = make_category(slug="craft", name="Kerajinan")
    for number in range(10):
        product = make_product(name=f"Tas {number}", category=craft)
        make_offer(stand=stand, product=product)

    pages = pages_of(client.get(f"{DESK}katalog/?isi=semua").content)

    assert "Katalog produk" in pages[0]
    contents = pages[1].split("\n")
    place = next(number for number, page in enumerate(pages, 1) if "Kopi Gayeng" in page)
    assert str(place) in contents[contents.index("Makanan") :][:4]
    tas = next(number for number, page in enumerate(pages, 1) if "Tas 9" in page)
    index = pages[-1]
    assert "Pelaku usaha" in index
    assert str(tas) in index
    assert str(len(pages)) in contents[contents.index("Pelaku usaha") :]


def test_catalogue_of_the_curated_leaves_out_the_others(client: Client, stand: Stand) -> None:
    make_offer(stand=stand, product=make_product(name="Madu", state=Product.State.CURATED))

    text = "".join(pages_of(client.get(f"{DESK}katalog/?isi=kurasi").content))

    assert "Madu" in text
    assert "Kopi Gayeng" not in text


def test_catalogue_carries_small_pictures_and_keeps_them(client: Client, stand: Stand) -> None:
    product = Product.objects.get(slug="kopi")
    photo = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).save(photo, "WEBP")
    product.photo.save("kopi.webp", ContentFile(photo.getvalue()))

    first = client.get(f"{DESK}katalog/?isi=semua").content
    kept = list(Path(settings.MEDIA_ROOT, "print").iterdir())
    [image] = pypdf.PdfReader(io.BytesIO(first)).pages[2].images
    again = client.get(f"{DESK}katalog/?isi=semua").content

    assert image.image is not None
    assert image.image.size == (480, 360)
    assert first == again
    assert list(Path(settings.MEDIA_ROOT, "print").iterdir()) == kept != []


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_catalogue_is_made_without_a_photo_that_is_broken_or_gone(
    client: Client, stand: Stand, content: bytes
) -> None:
    product = Product.objects.get(slug="kopi")
    product.photo.save("kopi.webp", ContentFile(content))
    if not content:
        product.photo.storage.delete(product.photo.name)

    assert "Kopi Gayeng" in pages_of(client.get(f"{DESK}katalog/?isi=semua").content)[2]


# --- tablets ------------------------------------------------------------------------------------


def test_sheet_for_the_tablets_names_tills_and_people_and_carries_no_code(
    client: Client, stand: Stand, citra: User
) -> None:
    Cashier.objects.create(stand=stand, name="Aminah")
    _row, code = make_code(stand=stand, name="", actor=citra)
    tablet = client.__class__()
    till = pair_tablet(tablet, stand)

    [page] = pages_of(client.get(f"{DESK}tablet/?telepon=0812-3456-7890").content)

    for words in (till.prefix, "Aminah", "0812-3456-7890", "http://testserver/kasir/pasang/"):
        assert words in page
    assert code not in page.replace("-", "")


# --- all of them --------------------------------------------------------------------------------


@pytest.mark.long
def test_real_names_of_2020_are_printed_whole_and_none_on_another(
    client: Client, citra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    expo = load_edition(settings.BASE_DIR / "data" / "2020").expo
    stands = [stand.name for stand in expo.stands.all()]
    sold = list(Product.objects.filter(offers__isnull=False).values_list("name", flat=True))
    # In English the words differ and the names do not, so one size of each will do.
    papers = [("", path) for path in ALL_PAPERS] + [("/en", path) for path in PAPERS]
    for prefix, path in papers:
        with Recorder(monkeypatch) as recorder:
            response = client.get(f"{prefix}{DESK}{path}&edisi=2020")
        assert response.status_code == 200, path
        assert (recorder.overlaps, recorder.outside) == ([], []), path
        written = "".join(recorder.words.split())
        names = stands if path.startswith(("kartu", "tablet")) else sold
        assert [name for name in names if "".join(name.split()) not in written] == [], path


def test_longest_names_that_fields_allow_stand_on_nothing_else(
    client: Client, citra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    expo = make_running_expo()
    there = [make_pesantren(name=f"{LONG * 2}{n}"[:160]) for n in range(6)]
    stand = make_stand(expo=expo, code="AB123", name=(LONG * 2)[:120], pesantren=there)
    for number in range(4):
        product = make_product(
            name=(f"{number} {LONG}" * 2)[:120],
            producer=make_producer(name=(LONG * 2)[:160], pesantren=there[0]),
            state=Product.State.CURATED,
        )
        product.description, product.unit = LONG * 9, "bungkus besar sekali"
        product.save()
        for scheme in ("halal", "pirt", "bpom", "sni", "merek", "nib"):
            make_credential(product=product, scheme=scheme)
        make_offer(stand=stand, product=product, price_rupiah=999_999_999_999)
    for number in range(8):
        Cashier.objects.create(stand=stand, name=f"Aminah binti Abdurrahman {number}")
    for path in ALL_PAPERS:
        with Recorder(monkeypatch) as recorder:
            assert client.get(f"{DESK}{path}").status_code == 200, path
        assert (recorder.overlaps, recorder.outside) == ([], []), path


def test_desk_offers_what_the_role_may_print(client: Client, stand: Stand) -> None:
    page = client.get(DESK).text
    assert page.count("formaction=") == 4

    sign_in_as(client, CATALOGUE_EDITOR)
    page = client.get(f"/en{DESK}?stan={stand.pk}").text
    assert page.count("formaction=") == 3
    assert f'value="{stand.pk}" checked' in page
    assert client.get(f"{DESK}tablet/").status_code == 403


def test_desk_warns_of_an_address_that_no_phone_can_open(client: Client, stand: Stand) -> None:
    warning = "tidak bisa dibuka dari ponsel pengunjung"
    assert warning in client.get(DESK, headers={"host": "localhost:8000"}).text
    assert warning not in client.get(DESK).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("kartu-stan/?ukuran=a9", 422),
        ("kartu-stan/?ukuran=a6&stan=999999", 422),
        ("harga/?per_lembar=3", 422),
        ("harga/?per_lembar=8&produk=999999", 422),
        ("katalog/?isi=kurasi", 422),
        ("kartu-stan/?ukuran=a6&edisi=1999", 404),
        ("tablet/?telepon=" + "1" * 99, 422),
    ],
)
def test_what_cannot_be_printed_is_told_on_the_desk(
    client: Client, stand: Stand, path: str, status: int
) -> None:
    response = client.get(f"{DESK}{path}")
    assert response.status_code == status
    assert status == 404 or 'role="alert"' in response.text


def test_stands_chosen_in_the_list_come_ticked(client: Client, stand: Stand) -> None:
    client.force_login(User.objects.create_superuser("citra"))
    answer = client.post(
        "/admin/stands/stand/", {"action": "print_for", "_selected_action": [stand.pk]}
    )

    assert answer["Location"] == f"/admin/cetak/?edisi=2026-uji&stan={stand.pk}"


def test_products_chosen_in_the_list_become_price_cards(client: Client, stand: Stand) -> None:
    client.force_login(User.objects.create_superuser("citra"))
    make_offer(stand=stand, product=make_product(name="Madu"))
    keys = [Product.objects.get(slug="kopi").pk]

    answer = client.post(
        "/admin/pesantren/product/",
        {"action": "print_prices", "_selected_action": keys},
        follow=True,
    )

    [page] = pages_of(answer.content)
    assert "Kopi Gayeng" in page
    assert "Madu" not in page
