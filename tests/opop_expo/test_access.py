"""Closed by default: every address of the portal, asked for by nobody in particular."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.urls import reverse

from tests.ledger import make_keeper, make_shop, sign_in

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# Who gets through where is the matter of test_permission_matrix.py.
FOR_TABLETS = ["tablet_contact", "tablet_sale", "tablet_batch", "tablet_pin", "tablet_offer"]
FOR_TABLETS.append("tablet_voucher")


def test_unknown_credential_is_as_good_as_none(client: Client) -> None:
    make_shop()
    client.cookies["opop_till"] = "tidak-dikenal"
    for name in ["till", "till_form", "history"]:
        assert client.get(reverse(name))["Location"] == f"/masuk/?next={reverse(name)}"


def test_addresses_of_a_tablet_are_closed_to_whoever_is_none(client: Client) -> None:
    for name in FOR_TABLETS:
        body = {"sent_at": "2026-11-25T03:00:00Z", "storage_id": str(UUID(int=1))}
        answer = client.post(
            reverse(name), body, content_type="application/json", headers={"X-Opop-Till": "1"}
        )
        assert (answer.status_code, answer.json()) == (401, {"error": "not_paired"}), name


def test_keeper_has_no_business_in_the_admin(client: Client) -> None:
    stand, _ = make_shop()
    sign_in(client, make_keeper(stand=stand))
    for path in [
        "/admin/",
        "/admin/sales/harian/",
        "/admin/sales/sale/",
        "/admin/sales/periksa/",
        "/admin/sales/periksa/ditahan/1/",
        "/admin/sales/periksa/tanda/1/",
        f"/admin/sales/sale/{UUID(int=1)}/batal/",
    ]:
        response = client.get(path, follow=True)
        assert response.status_code == 403, path
        assert "Halaman ini untuk panitia" in response.text
        assert 'href="/kasir/"' in response.text
        assert "Rp " not in response.text


@pytest.mark.parametrize("language", ["", "/en"])
def test_admin_leads_a_stranger_to_the_one_login(client: Client, language: str) -> None:
    response = client.get(f"{language}/admin/sales/sale/?q=A1", follow=True)
    login = f"{language}/masuk/?next={language}/admin/sales/sale/%3Fq%3DA1"
    assert response.redirect_chain[-1] == (login, 302)


def test_organiser_needs_no_second_login(client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("citra", is_staff=True))
    assert client.get("/admin/login/")["Location"] == "/admin/"


def test_public_page_asks_nobody_who_they_are(client: Client) -> None:
    make_shop()
    response = client.get("/")
    assert response.status_code == 200
    assert "Cookie" not in response.get("Vary", "")


def test_nobody_is_answered_to_a_trace(client: Client) -> None:
    make_shop()
    for path in ("/", "/masuk/", "/kasir/", "/livez", "/2026-uji/"):
        answer = client.trace(path, headers={"X-Rahasia": "gema"})
        assert answer.status_code in (302, 405), path
        assert b"gema" not in answer.content


def test_icon_asked_for_unprompted_is_the_star(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"] == "/static/img/star.svg"


@pytest.mark.parametrize("path", ["/2026-uji/stan/%00/", "/2026-uji/produk/?q=%00", "/?x=%00"])
def test_address_with_a_nul_is_answered_in_words(client: Client, path: str) -> None:
    make_shop()
    response = client.get(path)
    assert response.status_code == 400
    assert "Permintaan ini tidak terbaca" in response.content.decode()


def test_more_fields_than_any_form_has_are_answered_in_words(client: Client) -> None:
    stand, _ = make_shop()
    sign_in(client, make_keeper(stand=stand))
    response = client.post("/kasir/", {f"a{number}": "" for number in range(2_001)})
    assert response.status_code == 400
    assert "Permintaan ini tidak terbaca" in response.content.decode()


def test_monitor_may_ask_for_the_head_only(client: Client) -> None:
    make_shop()
    assert [client.head(path).status_code for path in ("/", "/livez", "/readyz")] == [200] * 3


def test_expired_login_fills_the_window_and_not_a_fragment(client: Client) -> None:
    response = client.get("/admin/sales/harian/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "/login" in response["HX-Redirect"] or "/masuk/" in response["HX-Redirect"]
