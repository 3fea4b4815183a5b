"""The gate counter's page: a form without JavaScript, and what a phone keeps of it."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from programme.models import GateCount
from tests.gates import make_count, make_gate, make_usher
from tests.ledger import make_running_expo
from tests.make import make_expo

if TYPE_CHECKING:
    from django.test import Client

    from programme.models import Gate

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate() -> Gate:
    return make_gate(expo=make_running_expo())


@pytest.fixture
def dewi(client: Client, gate: Gate) -> Client:
    client.force_login(make_usher())
    return client


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, name
    return found[1]


def tap(client: Client, page: str, action: str, **more: Any) -> Any:
    """Press a button of the page."""
    data = {name: field(page, name) for name in ("uuid", "pintu")} | {"aksi": action}
    if 'name="terakhir"' in page:
        data["terakhir"] = field(page, "terakhir")
    return client.post("/hitung/", data | more, follow=True)


def test_a_tap_without_javascript_counts_and_shows_the_figures(dewi: Client, gate: Gate) -> None:
    make_count(gate=make_gate(expo=gate.expo, name="Pintu Barat"), step=5)
    page = dewi.get(f"/hitung/?pintu={gate.pk}").text
    response = tap(dewi, page, "5")
    assert response.redirect_chain == [(f"/hitung/?pintu={gate.pk}", 302)]
    figures = re.findall(r"<dd>([\d.]+)</dd>", response.text)
    assert figures == ["5", "5", "10"]
    assert "Tarik kembali +5" in response.text


def test_a_form_that_is_sent_twice_counts_once(dewi: Client, gate: Gate) -> None:
    page = dewi.get("/hitung/").text
    tap(dewi, page, "1")
    response = tap(dewi, page, "1")
    assert response.status_code == 200
    assert list(GateCount.objects.values_list("step", flat=True)) == [1]


def test_the_last_tap_is_taken_back_as_a_row_of_its_own(dewi: Client, gate: Gate) -> None:
    for action in ("1", "5"):
        response = tap(dewi, dewi.get("/hitung/").text, action)
    page = response.text
    for _twice in range(2):
        response = tap(dewi, page, "tarik")
    assert sorted(GateCount.objects.values_list("step", flat=True)) == [-5, 1, 5]
    assert "Tarik kembali +1" in response.text


def test_what_another_person_tapped_is_theirs_to_take_back(dewi: Client, gate: Gate) -> None:
    make_count(gate=gate, by=make_usher("eko"))
    page = dewi.get("/hitung/").text
    assert "Tarik kembali +" not in page
    assert "disabled" in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"uuid": "x"}, "Muat ulang halaman ini, lalu ketuk lagi."),
        ({"uuid": ""}, "Muat ulang halaman ini, lalu ketuk lagi."),
        ({"aksi": "50"}, "Ketuk salah satu tombolnya."),
        ({"aksi": ""}, "Ketuk salah satu tombolnya."),
        ({"aksi": "tarik"}, "Belum ada ketukan yang bisa ditarik kembali."),
        ({"aksi": "tarik", "terakhir": str(uuid.uuid4())}, "belum sampai"),
    ],
)
def test_a_tap_that_cannot_be_says_why_at_its_place(
    dewi: Client, gate: Gate, wrong: dict[str, str], message: str
) -> None:
    page = dewi.get("/hitung/").text
    response = tap(dewi, page, "1", **wrong)
    assert response.status_code == 422
    assert message in response.text
    assert not GateCount.objects.exists()


def test_a_gate_that_is_none_leads_back_to_the_choice(dewi: Client, gate: Gate) -> None:
    make_gate(expo=gate.expo, name="Pintu Barat")
    page = dewi.get(f"/hitung/?pintu={gate.pk}").text
    response = tap(dewi, page, "1", pintu="999999")
    assert response.status_code == 422
    assert "Pintu ini tidak ada. Pilih pintunya lagi." in response.text
    assert "Pintu Barat" in response.text


def test_gates_are_chosen_by_links(dewi: Client, gate: Gate) -> None:
    make_gate(expo=gate.expo, name="Pintu Barat", name_en="West gate")
    page = dewi.get("/hitung/").text
    assert "Di pintu mana?" in page
    assert f'href="/hitung/?pintu={gate.pk}"' in page
    assert "West gate" in dewi.get("/hitung/en/").text


def test_without_gates_it_says_so(client: Client) -> None:
    make_running_expo()
    client.force_login(make_usher())
    assert "Belum ada pintu di edisi ini." in client.get("/hitung/").text


def test_a_day_outside_the_edition_is_said(client: Client) -> None:
    make_gate(expo=make_expo())
    client.force_login(make_usher())
    assert "Hari ini bukan hari pameran." in client.get("/hitung/").text


def test_who_is_not_signed_in_is_led_to_the_login(client: Client, gate: Gate) -> None:
    assert client.get("/hitung/")["Location"] == "/masuk/?next=/hitung/"


def test_who_may_not_count_is_told_so(client: Client, gate: Gate, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("tamu"))
    assert client.get("/hitung/").status_code == 403
    assert client.post("/hitung/", {"aksi": "1"}).status_code == 403


def test_an_usher_is_led_to_the_gates_after_the_login(client: Client, gate: Gate) -> None:
    make_usher()
    response = client.post(
        "/masuk/", {"username": "dewi", "password": "kata sandi uji"}, follow=True
    )
    assert response.redirect_chain[-1] == ("/hitung/", 302)


# --- what a phone keeps -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/hitung/luring/", "/hitung/luring/en/"])
def test_the_kept_page_is_the_same_for_everybody(dewi: Client, gate: Gate, path: str) -> None:
    from django.test import Client as Stranger

    mine, others = dewi.get(path), Stranger().get(path)
    assert mine.content == others.content
    for secret in ("csrf", "dewi", gate.name, "<form"):
        assert secret not in mine.text


def test_the_worker_keeps_the_page_and_all_it_needs(client: Client) -> None:
    text = client.get("/hitung/sw.js").text
    for name in ("counter_kept", "counter_kept_en", "counter_manifest"):
        assert f'"{reverse(name)}"' in text
    for part in ("counter/main.js", "outbox/outbox.js", "idb/index.js", "counter.css"):
        assert part in text
    assert "const KEPT = " in text


def test_every_module_that_the_page_imports_is_kept(client: Client) -> None:
    from programme.counter_page import PAGE
    from programme.device_page import STATIC

    kept = {path.resolve() for path in PAGE.files}
    for path in (one for one in PAGE.files if one.suffix == ".js"):
        for name in re.findall(r'^import .*?from "([^"]+)"', path.read_text(), re.M):
            assert (path.parent / name).resolve() in kept, (path, name)
    assert (STATIC / "js/counter/main.js").resolve() in kept


def test_the_page_weighs_little(client: Client) -> None:
    import gzip

    from programme.counter_page import PAGE

    scripts = [path.read_bytes() for path in PAGE.files if path.suffix == ".js"]
    assert sum(len(gzip.compress(one, 9)) for one in scripts) < 25_000
    assert len(client.get("/hitung/luring/").content) < 30_000
