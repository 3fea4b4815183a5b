"""Money that may only be looked at is shown as money everywhere, in the admin too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group, User
from django.test import RequestFactory

from opop_expo.roles import VIEWER, sync_groups
from pesantren.models import Product
from stands.closing_edition import close_edition
from stands.models import Offer
from tests.ledger import make_shop

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def dewi(client: Client) -> User:
    """Dewi may look at everything and change nothing, signed in."""
    sync_groups()
    user = User.objects.create_user("dewi", is_staff=True)
    user.groups.add(Group.objects.get(name=VIEWER))
    client.force_login(user)
    return user


def pages(offer: Offer) -> list[str]:
    return [
        f"/admin/pesantren/product/{offer.product_id}/change/",
        f"/admin/stands/offer/{offer.pk}/change/",
        f"/admin/stands/stand/{offer.stand_id}/change/",
    ]


def a_price() -> Offer:
    _stand, [offer] = make_shop(prices=(12_000,))
    Product.objects.update(price_rupiah=12_000)
    return offer


@pytest.mark.usefixtures("dewi")
def test_price_that_may_only_be_looked_at_is_shown_as_money(client: Client) -> None:
    for address in pages(a_price()):
        for prefix in ("", "/en"):
            page = client.get(prefix + address, follow=True).text
            assert re.search(r'readonly">\s*Rp 12\.000\s*<|<p>\s*Rp 12\.000\s*</p>', page), address
            assert not re.search(r"\b12000\b", page), address
            # What only a form needs is no row of the page.
            assert "stock_seen" not in page, address


def test_price_of_a_closed_edition_is_shown_so_to_whoever_may_change_others(client: Client) -> None:
    citra = User.objects.create_superuser("citra")
    client.force_login(citra)
    offer = a_price()
    close_edition(offer.stand.expo, actor=citra)
    for address in pages(offer)[1:]:
        page = client.get(address).text
        assert "Rp 12.000" in page, address
        assert not re.search(r"\b12000\b", page), address


def test_price_that_may_be_changed_stays_a_field(client: Client) -> None:
    client.force_login(User.objects.create_superuser("citra"))
    for address in pages(a_price()):
        page = client.get(address).text
        assert re.search(
            r'<input[^>]*name="[^"]*price_rupiah"[^>]*value="12000"|'
            r'<input[^>]*value="12000"[^>]*name="[^"]*price_rupiah"',
            page,
        ), address


def test_no_page_of_the_admin_shows_an_amount_as_a_bare_number(dewi: User) -> None:
    request: Any = RequestFactory().get("/")
    request.user = dewi
    for model, desk in admin.site._registry.items():
        for shown in (desk, *desk.get_inline_instances(request)):
            names = [
                *flatten_fieldsets(shown.get_fieldsets(request)),
                *desk.get_list_display(request),
            ]
            bare = [name for name in names if isinstance(name, str) and name.endswith("_rupiah")]
            assert bare == [], f"{model._meta.label}: {type(shown).__name__}"
