"""Figures for Prometheus: for whoever may read them, by view and status, and never a code."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import DatabaseError

from opop_expo.health import metrics_page
from opop_expo.health.bounded import Bounded
from opop_expo.health.state import read_stored
from sales.models import Till
from tests.ledger import make_shop
from tests.tablets import pair_tablet

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

TOKEN = "token-untuk-prometheus-saja"


@pytest.fixture
def _on(settings: Any) -> None:
    settings.METRICS, settings.METRICS_TOKEN = True, TOKEN


def figures(client: Client) -> dict[str, float]:
    """What is told, by name and labels."""
    # What is read in a thread of its own sees nothing of a test's transaction.
    with mock.patch.object(metrics_page.STORED, "answer", return_value=read_stored()):
        text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in lines}


def test_there_are_none_unless_wanted(client: Client, settings: Any) -> None:
    settings.METRICS = False
    assert client.get("/metrics").status_code == 404


@pytest.mark.usefixtures("_on")
@pytest.mark.parametrize(
    ("token", "address", "known", "proxied", "status"),
    [
        (TOKEN, "203.0.113.9", [], False, 200),
        ("salah", "203.0.113.9", [], False, 403),
        ("", "203.0.113.9", ["203.0.113.0/24"], False, 200),
        ("", "203.0.113.9", ["10.0.0.0/8", "2001:db8::/32"], False, 403),
        ("", "2001:db8::7", ["2001:db8::/48"], False, 200),
        # Behind a proxy it is the proxy's word that counts, and not the proxy's own address.
        ("", "127.0.0.1", ["127.0.0.1/32"], True, 403),
    ],
)
def test_who_may_read_them(
    client: Client,
    settings: Any,
    token: str,
    address: str,
    known: list[str],
    proxied: bool,
    status: int,
) -> None:
    settings.METRICS_ADDRESSES = [ipaddress.ip_network(one) for one in known]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if proxied:
        settings.TRUSTED_PROXIES = ("127.0.0.1",)
        headers["X-Forwarded-For"] = "127.0.0.1, 198.51.100.4"
    with mock.patch.object(metrics_page, "STORED", Bounded(read_stored)):
        answer = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert answer.status_code == status


@pytest.mark.usefixtures("_on")
def test_answers_are_counted_by_view_and_status_and_never_by_address(client: Client) -> None:
    make_shop()
    client.get("/")
    before = figures(client)
    client.get("/2026-uji/stan/A1/")
    etag = client.get("/2026-uji/stan/A1/")["ETag"]
    client.get("/2026-uji/stan/A1/", headers={"If-None-Match": etag})
    client.get("/tiket/7Q2KM9X4ZT0BFC/")
    client.get("/tikett/7Q2KM9X4ZT0BFC/")
    after = figures(client)
    assert "7Q2KM9X4ZT0BFC" not in str(after)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('opop_requests_total{method="GET",status="200",view="stand_detail"}') == 2
    assert more('opop_requests_total{method="GET",status="304",view="stand_detail"}') == 1
    assert more('opop_requests_total{method="GET",status="404",view="ticket"}') == 1
    assert more('opop_requests_total{method="GET",status="404",view="-"}') == 1
    assert more('opop_request_seconds_count{view="stand_detail"}') == 3
    assert more('opop_kept_pages_total{how="made"}') == 1
    assert more('opop_kept_pages_total{how="kept"}') == 1


@pytest.mark.usefixtures("_on")
def test_figure_that_cannot_be_kept_costs_no_answer(client: Client) -> None:
    full = OSError(28, "No space left on device")
    with mock.patch("opop_expo.health.metrics.requests_of", side_effect=full):
        assert client.get("/livez").status_code == 200


@pytest.mark.usefixtures("_on")
def test_sales_are_counted_by_what_became_of_them(client: Client) -> None:
    stand, [coffee, _other] = make_shop()
    tablet = pair_tablet(stand)
    before = figures(client)
    sale = tablet.sale({coffee: 1})
    tablet.post("penjualan", sale=sale)
    tablet.post("kiriman", sales=[sale, {"kind": "sale"}])
    after = figures(client)
    for status, count in {"recorded": 1, "replayed": 1, "refused": 1}.items():
        name = f'opop_sales_total{{status="{status}"}}'
        assert after[name] - before.get(name, 0) == count, status


@pytest.mark.usefixtures("_on")
def test_tablets_say_what_they_hold(client: Client) -> None:
    stand, _offers = make_shop()
    tablet = pair_tablet(stand)
    Till.objects.filter(stand=stand).update(unsent=7)
    told = figures(client)
    assert told[f'opop_tablet_unsent{{till="{tablet.till.prefix}"}}'] == 7
    assert told["opop_held_sales"] == 0
    assert told["opop_database_up"] == 1


@pytest.mark.usefixtures("_on")
def test_database_that_is_gone_leaves_the_figures_of_the_node(client: Client) -> None:
    def gone() -> Any:
        raise DatabaseError

    client.get("/")
    with mock.patch.object(metrics_page, "STORED", Bounded(gone)):
        text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert "opop_database_up 0.0" in text
    assert "opop_requests_total{" in text
    assert "opop_held_sales" not in text


@pytest.mark.usefixtures("_on")
@pytest.mark.urls("tests.failing_urls")
def test_errors_of_the_database_are_counted(client: Client) -> None:
    client.raise_request_exception = False
    before = figures(client)
    client.get("/gagal/database/")
    after = figures(client)
    name = 'opop_database_errors_total{kind="OperationalError"}'
    assert after[name] - before.get(name, 0) == 1
