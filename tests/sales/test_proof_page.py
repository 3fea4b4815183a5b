"""The organisers' page of proof: it runs, shows what it finds as it goes, and is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse

from events import append_only
from events.models import Event
from sales.models import LedgerHead
from tests.ledger import make_sale, make_shop

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def citra(client: Client, admin_user: User) -> User:
    client.force_login(admin_user)
    return admin_user


def streamed(client: Client, path: str) -> list[str]:
    """The parts of the answer as they come."""
    response: Any = client.post(path)
    return [part.decode() for part in response.streaming_content]


def test_proof_is_streamed_step_by_step_and_noted(client: Client, citra: User) -> None:
    stand, (offer, _) = make_shop()
    elsewhere, (other, _) = make_shop(code="B1", expo=stand.expo)
    make_sale(stand, {offer: 1})
    make_sale(elsewhere, {other: 1})
    parts = streamed(client, reverse("prove_ledger"))

    assert parts[0].lstrip().startswith("<!DOCTYPE html>")
    assert "2026-uji A1" in "".join(parts[1:-2])
    assert "2026-uji B1" in "".join(parts[1:-2])
    assert "Buku ini utuh" in parts[-2]
    assert parts[-1].rstrip().endswith("</html>")
    event = Event.objects.get(kind=Event.Kind.LEDGER_VERIFIED)
    assert (event.actor, event.subject) == (citra, "utuh")
    assert (event.data["stands"], event.data["entries"], event.data["breaks"]) == (2, 2, 0)
    page = client.get(reverse("ledger_proof")).text
    assert "Utuh" in page
    assert LedgerHead.objects.get(stand__code="A1").hash in page


def test_break_stands_on_the_page_and_in_the_log(client: Client, citra: User) -> None:
    stand, (offer, _) = make_shop()
    make_sale(stand, {offer: 1})
    append_only.lift(connection)
    connection.cursor().execute("UPDATE sales_sale SET note = 'lain'")
    append_only.install(connection)
    text = "".join(streamed(client, reverse("prove_ledger")))
    assert "Buku ini tidak utuh" in text
    first = "2026-uji A1 #1 A1-W-0001: isinya tidak menghasilkan sidiknya"
    assert Event.objects.get().subject == first
    assert first in client.get(reverse("ledger_proof")).text


def test_proof_speaks_the_language_of_the_page(client: Client, citra: User) -> None:
    parts = streamed(client, "/en/admin/sales/bukti/periksa/")
    assert 'lang="en"' in parts[0]
    assert parts[-1].rstrip().endswith("</html>")


def test_page_without_edition_says_so(client: Client, citra: User) -> None:
    page = client.get(reverse("ledger_proof"))
    assert "Belum pernah diperiksa." in page.text
    assert "Belum ada nota di edisi ini." in page.text
