"""The public page on personal data, the ways to it, and the consents that name their version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils.html import escape
from django.utils.text import capfirst

from events import consent
from opop_expo.deployment.checks import privacy_has_a_contact
from opop_expo.privacy.purposes import PURPOSES
from programme.models import Registration
from stands.models import Inquiry
from stands.release import _written_what
from tests.inquiries import filled_in as inquiry_filled_in
from tests.ledger import make_shop
from tests.participants import filled_in, make_registration, make_talk

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/privasi/"


def test_it_says_of_everything_what_why_how_long_and_who(client: Client) -> None:
    page = client.get(PAGE).text
    for one in PURPOSES:
        basis = capfirst(one.basis.value)
        for words in (one.title, one.what, one.why, basis, one.kept, one.seen_by):
            assert escape(str(words)) in page


def test_it_says_whom_to_ask(client: Client, settings: Any) -> None:
    settings.PRIVACY_CONTACT = "pdp@expo.example"
    settings.PRIVACY_CONTROLLER = "Dinas Koperasi"
    page = client.get(PAGE).text
    assert 'href="mailto:pdp@expo.example"' in page
    assert "Dinas Koperasi" in page


def test_check_for_deployment_misses_a_contact(settings: Any) -> None:
    settings.PRIVACY_CONTACT = ""
    assert [warning.id for warning in privacy_has_a_contact()] == ["opop_expo.W010"]
    settings.PRIVACY_CONTACT = "meja informasi"
    assert privacy_has_a_contact() == []


def test_it_sets_no_cookie_and_is_small(client: Client) -> None:
    answer = client.get(PAGE)
    assert not answer.cookies
    assert len(answer.content) < 22_000
    assert "<script" not in answer.text


def test_every_page_leads_to_it(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/edisi/").text
    assert 'href="/en/privasi/"' in client.get("/en/edisi/").text


def test_a_registration_says_under_which_words_and_nothing_is_ticked(client: Client) -> None:
    session = make_talk()
    address = f"/{session.expo.slug}/jadwal/{session.slug}/daftar/"
    page = client.get(address).text
    assert consent.WORDS[consent.VERSION]["registration"] in page
    assert f'href="{PAGE}"' in page.split("</form>")[0]
    assert "checked" not in page

    client.post(address, filled_in())
    assert Registration.objects.get().consent_version == consent.VERSION


def test_an_inquiry_says_under_which_words_and_nothing_is_ticked(client: Client) -> None:
    stand, _offers = make_shop()
    address = f"/{stand.expo.slug}/minat/?stan={stand.code}"
    page = client.get(address).text
    assert consent.WORDS[consent.VERSION]["inquiry"] in page
    assert f'href="{PAGE}"' in page.split("</form>")[0]
    assert "checked" not in page

    client.post(address, inquiry_filled_in())
    assert Inquiry.objects.get().consent_version == consent.VERSION


def test_whoever_holds_a_ticket_withdraws_by_themselves(client: Client) -> None:
    session = make_talk(capacity=1)
    registration = make_registration(session, contact="0812-3456-7890")
    waiting = make_registration(session, "Rina")
    address = f"/tiket/{registration.ticket}/"
    assert "Hapus data saya" in client.get(address).text

    for _time in range(2):
        page = client.post(f"{address}hapus/", follow=True).text

    assert "Siti Aisyah" not in page
    assert "sudah dihapus" in page
    registration.refresh_from_db()
    assert (registration.name, registration.contact) == ("", "")
    waiting.refresh_from_db()
    assert waiting.state == Registration.State.REGISTERED


def test_another_site_withdraws_for_nobody(client: Client) -> None:
    registration = make_registration(make_talk())
    answer = client.post(
        f"/tiket/{registration.ticket}/hapus/", headers={"Origin": "https://lain.example"}
    )
    assert answer.status_code == 403
    registration.refresh_from_db()
    assert registration.name


@pytest.mark.parametrize("name", ["PRIVACY_CONTACT", "PRIVACY_CONTROLLER"])
def test_page_that_was_kept_does_not_outlive_its_contact(settings: Any, name: str) -> None:
    before = _written_what.__wrapped__()
    setattr(settings, name, "Dinas Koperasi, pdp@expo.example")
    assert _written_what.__wrapped__() != before
