"""Every page of the admin opens for an organiser, in a bounded number of queries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events.admin import ReadOnlyAdmin
from events.log import log_event
from events.models import Event
from opop_expo.models import PolicyReport
from opop_expo.roles import ORGANISER, role_codes, sync_groups
from sales.models import Sale, Till
from stands.models import ExpoDay
from tests.gates import make_count, make_gate
from tests.ledger import (
    make_keeper,
    make_reversal,
    make_running_expo,
    make_sale,
    make_shop,
    sale_request,
)
from tests.make import (
    make_category,
    make_credential,
    make_expo,
    make_pesantren,
    make_producer,
    make_product,
    make_regency,
    make_zone,
)
from tests.programmes import make_room, make_session, make_speaker

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

    from stands.models import Expo

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
LEDGER = ["sales.sale", "sales.ledgerhead", "events.event"]
MOST = 25


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises: staff in the organisers' group, signed in."""
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return user


def fill(expo: Expo, number: int) -> None:
    """One more of everything that the admin lists."""
    pesantren = make_pesantren(name=f"Pesantren {number}", regency=make_regency(name=f"R{number}"))
    product = make_product(
        producer=make_producer(pesantren=pesantren),
        category=make_category(slug=f"c{number}", name=f"Kategori {number}"),
    )
    make_credential(product=product)
    make_expo(slug=f"201{number}", is_current=False)
    day = timezone.now() - dt.timedelta(days=number + 1)
    ExpoDay.objects.create(expo=expo, date=day.date())
    stand, offers = make_shop(expo=make_zone(expo=expo, code=f"Z{number}").expo, code=f"A{number}")
    keeper = make_keeper(stand=stand, name=f"Aminah {number}")
    Till.objects.create(expo=expo, stand=stand, letter="B", prefix=f"{stand.code}-B")
    sale = make_sale(stand, {offers[0]: 2}, cashier=keeper)
    make_reversal(sale, {1: 1})
    long_ago = timezone.now() - dt.timedelta(days=29)
    make_sale(stand, {offers[1]: 1}, sold_at=long_ago)  # outside the days: flagged
    make_held(stand, offers[0])
    make_count(gate=make_gate(expo=expo, name=f"Pintu {number}"), by=keeper.user)
    log_event(Event.Kind.IMPORTED, f"berkas {number}", actor=keeper.user)
    PolicyReport.objects.create(directive="img-src", blocked="data", route=f"/{number}/", count=1)
    make_session(
        expo=expo,
        date=day.date(),
        room=make_room(expo=expo, name=f"Ruang {number}"),
        speakers=[make_speaker(name=f"Narasumber {number}")],
    )


def make_held(stand: Any, offer: Any) -> None:
    from sales.recording import record_sale

    request = sale_request({offer: 1}, sold_at=timezone.now() + dt.timedelta(days=2))
    record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.OUTBOX)


def pages(model: type[Model]) -> dict[str, str]:
    """List, form of a new row and form of an existing one."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    first = model._default_manager.order_by("pk").first()
    assert first is not None, f"nothing of {model._meta.label} to show"
    return {
        "view": reverse(f"{name}_changelist"),
        "add": reverse(f"{name}_add"),
        "change": reverse(f"{name}_change", args=[first.pk]),
    }


def test_each_page_opens_for_whom_it_is_for_in_few_queries(client: Client, citra: User) -> None:
    expo = make_running_expo()
    fill(expo, 1)
    count_all(client)  # content types are looked up once a process
    once = count_all(client)
    fill(expo, 2)
    fill(expo, 3)
    thrice = count_all(client)

    wrong = []
    for (model, page), (status, queries) in once.items():
        if status != (200 if may(page, model) else 403):
            wrong.append(f"{page} of {model._meta.label}: {status}")
        if thrice[model, page] != (status, queries):
            wrong.append(
                f"{page} of {model._meta.label}: {queries}, {thrice[model, page]} of three"
            )
        if queries > MOST:
            wrong.append(f"{page} of {model._meta.label}: {queries} queries")
    assert wrong == []


def count_all(client: Client) -> dict[tuple[type[Model], str], tuple[int, int]]:
    """Status and number of queries of each page of each model."""
    return {
        (model, page): counted
        for model in MODELS
        for page, counted in count_queries(client, model).items()
    }


def count_queries(client: Client, model: type[Model]) -> dict[str, tuple[int, int]]:
    """Status and number of queries of each page."""
    counted = {}
    for page, path in pages(model).items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path, follow=True)  # to the work list's page of it
        counted[page] = (response.status_code, len(queries))
    return counted


def may(page: str, model: type[Model]) -> bool:
    """Whether an organiser sees the page: a form of what they may only view is shown as text."""
    action = "view" if page == "change" else page
    if page == "add" and isinstance(admin.site._registry[model], ReadOnlyAdmin):
        return False  # who may add one does it elsewhere
    return f"{model._meta.app_label}.{action}_{model._meta.model_name}" in role_codes(ORGANISER)


@pytest.mark.parametrize("label", LEDGER)
def test_nobody_changes_the_ledger_not_even_a_superuser(client: Client, label: str) -> None:
    client.force_login(User.objects.create_superuser("dewi"))
    fill(make_running_expo(), 1)
    model = next(one for one in MODELS if one._meta.label_lower == label)
    before = list(model._default_manager.order_by("pk").values())
    paths = pages(model)
    delete = paths["change"].replace("/change/", "/delete/")

    answers = [client.post(path, {"post": "yes"}) for path in (*list(paths.values())[1:], delete)]
    client.post(
        paths["view"],
        {"action": "delete_selected", "_selected_action": [before[0]["id"]], "post": "yes"},
    )

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert list(model._default_manager.order_by("pk").values()) == before


def test_front_page_leads_to_the_daily_totals(client: Client, citra: User) -> None:
    make_running_expo()

    page = client.get("/admin/").text

    assert page.count('href="/admin/sales/harian/"') == 2
    assert "OPOP Expo 2026-uji" in page
    assert page.index("Penjualan</a>") < page.index("Katalog</a>")


def test_front_page_counts_what_waits_and_what_was_sold(client: Client, citra: User) -> None:
    stand, offers = make_shop(expo=make_running_expo(), prices=(25_000,))
    make_sale(stand, {offers[0]: 2})
    make_sale(stand, {offers[0]: 1}, sold_at=timezone.now() - dt.timedelta(days=29))  # flagged
    make_held(stand, offers[0])

    page = client.get("/admin/").text

    assert "Rp 50.000" in page
    assert '<span class="badge waits">2</span>' in page
    assert "1 ditahan, 1 bertanda" in page


def test_front_page_shows_no_way_to_what_is_not_allowed(client: Client) -> None:
    client.force_login(User.objects.create_user("dewi", is_staff=True))

    assert "/admin/sales/" not in client.get("/admin/").text


def test_sales_are_found_by_number_and_by_what_was_sold(client: Client, citra: User) -> None:
    stand, offers = make_shop()
    first, second = (make_sale(stand, {offer: 1}) for offer in offers)

    by_number = client.get("/admin/sales/sale/", {"q": first.number})
    by_product = client.get("/admin/sales/sale/", {"q": "Barang 2"})

    assert list(by_number.context["cl"].result_list) == [first]
    assert list(by_product.context["cl"].result_list) == [second]


@pytest.mark.parametrize(
    "query", ["business_date=kemarin", "stand__id__exact=x", "expo__id__exact=x", "cara=beras"]
)
def test_list_of_sales_bears_an_address_typed_by_hand(
    client: Client, citra: User, query: str
) -> None:
    make_shop()

    assert client.get(f"/admin/sales/sale/?{query}", follow=True).status_code == 200
