"""Products in the admin: photos made anew, the mark of the curation."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from pesantren.models import Product
from tests.make import make_product

if TYPE_CHECKING:
    from django.test import Client


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    user = User.objects.create_superuser("citra")
    client.force_login(user)
    return user


def post(client: Client, product: Product, **changes: Any) -> Any:
    """Save the product's form, with what the person changed."""
    names = ("name", "slug", "producer_id", "category_id", "pillar", "unit", "price_rupiah")
    form = {name.removesuffix("_id"): getattr(product, name) for name in names}
    for lines in ("credentials", "photos"):
        form |= {f"{lines}-TOTAL_FORMS": 0, f"{lines}-INITIAL_FORMS": 0}
    form |= changes
    return client.post(f"/admin/pesantren/product/{product.pk}/change/", form)


def make_photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(out, "JPEG")
    return SimpleUploadedFile("Kopi Asli.jpg", out.getvalue(), "image/jpeg")


def make_drawn() -> Product:
    """A product with the picture that the loading drew."""
    product = make_product()
    product.photo_is_drawn = True
    product.photo.save("gambar.webp", ContentFile(b"gambar"))
    return product


@pytest.mark.parametrize("typed", ["25000", "25.000", "Rp 25.000"])
def test_price_is_read_as_people_write_it(client: Client, typed: str) -> None:
    product = make_product(price_rupiah=10_000)

    post(client, product, price_rupiah=typed)

    product.refresh_from_db()
    assert product.price_rupiah == 25_000


def test_price_that_could_be_another_is_asked_for_again(client: Client) -> None:
    product = make_product(price_rupiah=10_000)

    answer = post(client, product, price_rupiah="25.00")

    wrong = answer.context["adminform"].form.errors["price_rupiah"]
    assert wrong == ["Isi harganya dengan angka, misalnya 25.000."]
    assert Product.objects.get().price_rupiah == 10_000


def test_uploaded_photo_is_made_anew_and_takes_the_place_of_the_drawn(client: Client) -> None:
    product = make_drawn()

    answer = post(client, product, photo=make_photo())

    product.refresh_from_db()
    assert answer.status_code == 302, answer.context["errors"]
    assert product.photo.name.endswith(".webp")
    with product.photo.open() as file:
        assert Image.open(file).format == "WEBP"
    assert not product.photo_is_drawn


def test_saving_without_a_photo_leaves_the_drawn_one(client: Client) -> None:
    product = make_drawn()

    post(client, product, name="Kopi Robusta")

    product.refresh_from_db()
    assert product.name == "Kopi Robusta"
    assert product.photo_is_drawn
    with product.photo.open() as file:
        assert file.read() == b"gambar"


def test_what_is_no_photo_is_refused_at_its_field(client: Client) -> None:
    product = make_drawn()
    script = SimpleUploadedFile("foto.jpg", b"<svg onload=alert(1)>", "image/jpeg")

    page = post(client, product, photo=script)

    assert "Berkas ini bukan foto yang dikenal." in page.text
    product.refresh_from_db()
    assert product.photo_is_drawn


def test_several_are_judged_on_the_page_of_the_curation(client: Client) -> None:
    products = [make_product(name=name) for name in ("Kopi", "Madu")]
    keys = [one.pk for one in products]

    answer = client.post(
        "/admin/pesantren/product/", {"action": "judge_chosen", "_selected_action": keys}
    )

    assert answer["Location"].startswith("/admin/kurasi/putuskan/?produk=")
    page = client.get(answer["Location"]).text
    assert "Putuskan 2 produk" in page


def test_state_is_no_field_of_the_form(client: Client) -> None:
    """Whoever edits a product cannot pass by the reason and the log."""
    product = make_product()

    post(client, product, state="curated")

    product.refresh_from_db()
    assert product.state == Product.State.PROPOSED


def test_doubtful_number_is_saved_and_warned_about(client: Client) -> None:
    product = make_product()
    line = {"scheme": "nib", "number": "12345", "issued": "", "expires": "", "sources": ""}
    form = {f"credentials-0-{name}": value for name, value in line.items()}
    form |= {"credentials-0-id": "", "credentials-0-product": str(product.pk)}

    post(client, product, **form, **{"credentials-TOTAL_FORMS": 1})

    assert product.credentials.get().number == "12345"
    page = client.get(f"/admin/pesantren/product/{product.pk}/change/").text
    assert "NIB 12345 disimpan, tetapi periksa nomornya: NIB terdiri dari 13 angka." in page
    assert page.count("NIB terdiri dari 13 angka.") == 2  # and beside the field
