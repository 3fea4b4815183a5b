"""Products in the admin: photos made anew, the mark of the curation."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.models import Event
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
    form |= {"credentials-TOTAL_FORMS": 0, "credentials-INITIAL_FORMS": 0, **changes}
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


def test_curation_is_marked_and_logged_for_several_at_once(client: Client) -> None:
    states = {"Kopi": Product.State.PROPOSED, "Madu": Product.State.CURATED}
    products = [make_product(name=name, state=state) for name, state in states.items()]

    page = client.post(
        "/admin/pesantren/product/",
        {"action": "mark_curated", "_selected_action": [one.pk for one in products]},
        follow=True,
    )

    for product in products:
        product.refresh_from_db()
    assert all(product.is_curated for product in products)
    assert "1 produk diubah." in page.text
    assert [entry.object_repr for entry in LogEntry.objects.all()] == ["Kopi"]
    event = Event.objects.get(kind=Event.Kind.PRODUCT_JUDGED)
    assert (event.subject, event.data["from"], event.data["to"]) == ("Kopi", "proposed", "curated")
