"""What the archive says of an edition is what its results page says, when something comes late."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outcomes import counts_shown
from outcomes.claiming import count_now, publish_claim
from outcomes.freezing import freeze
from outcomes.models import Claim, ResultsChoice
from programme.models import Gate, GateCount
from stands.clock import WIB
from stands.models import Expo
from tests.ledger import make_sale, make_shop
from tests.make import make_expo
from tests.outcomes.make import make_claim
from tests.outcomes.test_edition_list import plain

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer, Stand

pytestmark = pytest.mark.django_db

Figure = Claim.Figure


@pytest.fixture
def citra() -> User:
    return User.objects.create_user("citra")


@pytest.fixture
def shop() -> tuple[Stand, Offer]:
    """One sale of 25.000 at an edition with a public results page, beside one that is over."""
    make_claim(
        expo=make_expo(slug="2021", is_current=False),
        figure=Figure.SALES,
        value=80_000,
        is_published=True,
    )
    stand, (coffee, _tea) = make_shop()
    ResultsChoice.objects.create(expo=stand.expo, is_public=True)
    make_sale(stand, {coffee: 1})
    return stand, coffee


def count_sales(expo: Expo, citra: User) -> Claim:
    claim = count_now(expo, "sales", actor=citra)
    assert claim is not None
    return claim


def of_archive(client: Client, expo: Expo) -> list[tuple[str, str]]:
    """What its table says of the sales of an edition: the value, and whether it is published."""
    answer = client.get("/edisi/angka.csv").text.removeprefix("\ufeff")
    rows = csv.DictReader(io.StringIO(answer))
    found = [row for row in rows if (row["Edisi"], row["Angka"]) == (expo.name, "Penjualan")]
    return [(row["Nilai"], row["Diterbitkan"]) for row in found]


def of_results(client: Client, expo: Expo) -> int:
    sections = client.get(f"/{expo.slug}/hasil.json").json()["results"]["sections"]
    [sales] = [one for one in sections if one["key"] == "sales"]
    return int(sales["figures"][0]["value"])


def test_late_sale_moves_the_count_on_every_page(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    stand, coffee = shop
    publish_claim(count_sales(stand.expo, citra), actor=citra)
    for value, words, short in ((25_000, "Rp 25.000", "25 rb"), (50_000, "Rp 50.000", "50 rb")):
        page = plain(client.get("/edisi/").text)
        assert f"<strong>{words} </strong>" in page
        assert f'text-anchor="middle">{short}</text>' in page
        assert of_archive(client, stand.expo) == [(str(value), "ya")]
        assert of_results(client, stand.expo) == value
        make_sale(stand, {coffee: 1})


def test_old_count_is_no_figure_beside_the_published_one(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    stand, coffee = shop
    publish_claim(count_sales(stand.expo, citra), actor=citra)
    make_sale(stand, {coffee: 1})
    count_sales(stand.expo, citra)
    make_sale(stand, {coffee: 1})
    assert of_archive(client, stand.expo) == [("75000", "ya")]
    said = make_claim(expo=stand.expo, figure=Figure.SALES, value=90_000)
    publish_claim(said, actor=citra)
    assert of_archive(client, stand.expo) == [("90000", "ya"), ("75000", "tidak")]


def test_frozen_results_hold_in_the_archive_until_they_are_amended(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    stand, coffee = shop
    freeze(stand.expo, after=0, actor=citra)
    make_sale(stand, {coffee: 1})
    publish_claim(make_claim(expo=stand.expo, figure=Figure.SALES, value=90_000), actor=citra)
    assert of_archive(client, stand.expo) == [("25000", "ya")]
    assert "Dihitung portal ini" in client.get("/edisi/").text
    assert of_results(client, stand.expo) == 25_000
    freeze(stand.expo, after=1, actor=citra, reason="susulan")
    assert of_archive(client, stand.expo) == [("90000", "ya"), ("50000", "tidak")]
    ResultsChoice.objects.update(shows_other_claims=False)
    assert of_archive(client, stand.expo) == [("90000", "ya")]
    ResultsChoice.objects.update(is_public=False)
    assert of_archive(client, stand.expo) == [("90000", "ya")]
    Claim.objects.filter(expo=stand.expo).update(basis=Claim.Basis.ORGANISER)
    assert of_archive(client, stand.expo) == []


def test_archive_is_kept_while_nothing_of_it_moves(
    client: Client, citra: User, shop: tuple[Stand, Offer]
) -> None:
    stand, coffee = shop

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/edisi/")
        return len(queries)

    client.get("/edisi/")
    before = client.get("/edisi/")["ETag"]
    make_sale(stand, {coffee: 1})
    # Nothing is counted that the page would show.
    assert client.get("/edisi/")["ETag"] == before
    assert cost() == 1
    publish_claim(count_sales(stand.expo, citra), actor=citra)
    client.get("/edisi/")
    assert cost() == 2
    before = client.get("/edisi/")["ETag"]
    make_sale(stand, {coffee: 1})
    assert client.get("/edisi/")["ETag"] != before
    freeze(stand.expo, after=0, actor=citra)
    client.get("/edisi/")
    assert cost() == 1


def test_archive_is_shown_as_it_was_while_the_database_is_away(
    client: Client, citra: User, shop: tuple[Stand, Offer], monkeypatch: pytest.MonkeyPatch
) -> None:
    stand, _coffee = shop
    publish_claim(count_sales(stand.expo, citra), actor=citra)
    before = client.get("/edisi/")["ETag"]

    def gone(_counted: object) -> tuple[int, ...]:
        raise OperationalError

    monkeypatch.setattr(counts_shown, "_ends", gone)
    assert client.get("/edisi/")["ETag"] == before


def test_visitors_counted_at_the_gates_are_counted_anew_on_the_home_of_an_edition(
    client: Client, citra: User
) -> None:
    expo = make_expo(slug="2022")
    ResultsChoice.objects.create(expo=expo, is_public=True)
    gate = Gate.objects.create(expo=expo, name="Utara")
    day = expo.all_days[0].date

    def tap() -> None:
        GateCount.objects.create(
            id=uuid.uuid4(),
            gate=gate,
            step=21,
            counted_at=dt.datetime.combine(day, dt.time(9), WIB),
            date=day,
            hour=9,
            counted_by=citra,
        )

    tap()
    claim = count_now(expo, "visitors", actor=citra)
    assert claim is not None
    publish_claim(claim, actor=citra)
    for people in (21, 42):
        for path in ("/", "/2022/", "/edisi/"):
            assert f"<dt>Pengunjung</dt> <dd> {people} </dd>" in plain(client.get(path).text)
        tap()


def test_what_is_counted_no_more_is_not_told(client: Client, citra: User) -> None:
    expo = make_expo(slug="2022")
    ResultsChoice.objects.create(expo=expo, is_public=True)
    Claim.objects.create(
        expo=expo,
        figure=Figure.STANDS,
        value=40,
        basis=Claim.Basis.COUNTED,
        query="stands",
        counted_at=timezone.now(),
        said_by="Sistem OPOP Expo",
        is_published=True,
    )
    assert "<dt>Stan</dt>" not in client.get("/edisi/").text
