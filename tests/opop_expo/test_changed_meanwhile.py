"""Two organisers with one form open: nobody writes over the other without knowing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from django.test import Client

from outcomes.agreement_forms import AgreementForm
from outcomes.models import Agreement, AgreementParty
from pesantren.changed_meanwhile import SeenModelForm
from stands.models import Expo
from tests.make import (
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.opened import as_sent, opened
from tests.opop_expo.test_import_photos import jpeg
from tests.outcomes.make import make_agreement, make_claim, make_disbursement, make_scheme
from tests.participants import make_organiser
from tests.programmes import make_room, make_session, make_speaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db import models

pytestmark = pytest.mark.django_db

MEANWHILE = "Belum disimpan: orang lain mengubahnya sementara Anda mengisi."
Make = "Callable[[Expo], models.Model]"


def of_outcomes(path: str) -> Callable[[Any], str]:
    return lambda row: f"/admin/hasil/{path}/{row.pk}/"


def of_admin(path: str) -> Callable[[Any], str]:
    return lambda row: f"/admin/{path}/{row.pk}/change/"


# Each: a row, its form, a field that the one fills in, and one that the other does.
FORMS: dict[str, Any] = {
    "partnership": (
        lambda expo: make_agreement(expo=expo, name="M2M"),
        of_outcomes("kerja-sama"),
        ("name", "M2M Indonesia"),
        ("detail", "Waralaba roti."),
    ),
    "financing": (
        lambda expo: make_disbursement(scheme=make_scheme(expo=expo)),
        of_outcomes("pembiayaan"),
        ("amount_rupiah", 250_000_000),
        ("note", "tahap dua"),
    ),
    "scheme": (
        lambda expo: make_scheme(expo=expo),
        of_outcomes("pembiayaan/skema"),
        ("institution", "Bank Jatim"),
        ("detail", "Tanpa agunan."),
    ),
    "claim": (
        lambda expo: make_claim(expo=expo),
        of_outcomes("klaim"),
        ("value", 30),
        ("detail", "Menurut daftar hadir."),
    ),
    "session": (
        lambda expo: make_session(expo=expo),
        of_admin("programme/session"),
        ("title", "Pelatihan kemasan"),
        ("target_group", "koperasi"),
    ),
    "room": (
        lambda expo: make_room(expo=expo),
        of_admin("programme/room"),
        ("seats", 120),
        ("name_en", "Hall A"),
    ),
    "speaker": (
        lambda expo: make_speaker(),
        of_admin("programme/speaker"),
        ("about", "Ketua koperasi"),
        ("name", "Nyai Hj. Umi"),
    ),
    "stand": (
        lambda expo: make_stand(expo=expo),
        of_admin("stands/stand"),
        ("name", "Kopi Santri"),
        ("description", "Kopi dari lereng."),
    ),
    "pesantren": (
        lambda expo: make_pesantren(),
        of_admin("pesantren/pesantren"),
        ("founded", 1745),
        ("about", "Di lereng gunung."),
    ),
    "producer": (
        lambda expo: make_producer(),
        of_admin("pesantren/producer"),
        ("whatsapp", "6281234567899"),
        ("about", "Sejak 1990."),
    ),
    "product": (
        lambda expo: make_product(name="Kopi"),
        of_admin("pesantren/product"),
        ("price_rupiah", 30_000),
        ("description", "Dipanggang tiap hari."),
    ),
    "edition": (
        lambda expo: expo,
        of_admin("stands/expo"),
        ("venue", "Grand City"),
        ("theme", "Berdaya"),
    ),
}


@pytest.fixture
def expo() -> Expo:
    return make_expo()


@pytest.fixture
def citra(client: Client) -> Client:
    client.force_login(make_organiser())
    return client


def change(row: models.Model, **values: Any) -> None:
    """What the other organiser saves meanwhile."""
    type(row)._default_manager.filter(pk=row.pk).update(**values)


def is_refused(response: Any) -> bool:
    # The admin shows a form that is wrong with 200, the organisers' own pages with 422.
    return response.status_code in (200, 422) and MEANWHILE in response.text


@pytest.mark.parametrize("name", FORMS)
def test_what_another_changed_is_told_taken_over_and_not_written_over(
    citra: Client, expo: Expo, name: str
) -> None:
    make, address_of, (theirs, value), (mine, typed) = FORMS[name]
    row = make(expo)
    address = address_of(row)
    sent = opened(citra.get(address)) | {mine: typed}
    change(row, **{theirs: value})

    response = citra.post(address, sent)
    assert is_refused(response)
    assert "Sudah diisikan di sini." in response.text
    row.refresh_from_db()
    assert (getattr(row, theirs), getattr(row, mine) == typed) == (value, False)

    # Nothing typed is lost, nothing is typed again: the page is sent as it stands.
    again = opened(response)
    assert again[mine] == typed
    assert citra.post(address, again).status_code == 302
    row.refresh_from_db()
    assert (getattr(row, theirs), getattr(row, mine)) == (value, typed)


@pytest.mark.parametrize("name", FORMS)
def test_what_both_changed_keeps_what_was_typed_and_says_what_is_there(
    citra: Client, expo: Expo, name: str
) -> None:
    make, address_of, _theirs, (mine, typed) = FORMS[name]
    row = make(expo)
    address = address_of(row)
    sent = opened(citra.get(address)) | {mine: typed}
    change(row, **{mine: "Punya orang lain"})

    response = citra.post(address, sent)
    assert is_refused(response)
    assert "sekarang: Punya orang lain. Isian Anda masih di sini." in response.text
    row.refresh_from_db()
    assert getattr(row, mine) == "Punya orang lain"
    assert opened(response)[mine] == typed
    assert citra.post(address, opened(response)).status_code == 302
    row.refresh_from_db()
    assert getattr(row, mine) == typed


@pytest.mark.parametrize("name", FORMS)
def test_what_nobody_changed_is_saved_and_sent_twice_is_no_conflict(
    citra: Client, expo: Expo, name: str
) -> None:
    make, address_of, _theirs, (mine, typed) = FORMS[name]
    row = make(expo)
    sent = opened(citra.get(address_of(row))) | {mine: typed}
    # Pressed twice it is one change, and nobody else's.
    for _twice in range(2):
        assert citra.post(address_of(row), sent).status_code == 302
    sent = opened(citra.get(address_of(row))) | {mine: f"{typed} lagi"}
    assert citra.post(address_of(row), sent).status_code == 302
    row.refresh_from_db()
    assert getattr(row, mine) == f"{typed} lagi"


def test_a_state_that_no_longer_follows_is_told_as_what_it_is(citra: Client, expo: Expo) -> None:
    agreement = make_agreement(expo=expo, name="M2M", state="interest")
    address = of_outcomes("kerja-sama")(agreement)
    sent = opened(citra.get(address)) | {"detail": "Baru"}
    change(agreement, state="contract")
    response = citra.post(address, sent)
    assert is_refused(response)
    assert "Keadaan sekarang:" in response.text
    assert opened(response)["state"] == "contract"
    assert citra.post(address, opened(response)).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.state, agreement.detail) == ("contract", "Baru")


def test_a_state_that_moved_on_at_the_last_moment_can_be_sent_again(expo: Expo) -> None:
    """Somebody else was first between the look at the form and the lock."""
    agreement = make_agreement(expo=expo, name="M2M", state="contract")
    shown = AgreementForm(agreement=agreement)
    form = AgreementForm(as_sent(shown) | {"detail": "Baru"}, agreement=agreement)
    change(agreement, state="talk")
    assert form.is_valid()
    form.complain(Agreement.objects.get())
    assert form["state"].value() == "talk"
    assert 'value="talk"' in str(form["state"])


@pytest.mark.parametrize("touched", [False, True])
def test_parties_that_another_changed_are_taken_over_unless_they_were_typed_too(
    citra: Client, expo: Expo, touched: bool
) -> None:
    agreement = make_agreement(expo=expo, name="M2M")
    address = of_outcomes("kerja-sama")(agreement)
    sent = opened(citra.get(address)) | {"detail": "Baru"}
    if touched:
        sent["pihak-1-company"] = "Ginrass"
    AgreementParty.objects.create(agreement=agreement, producer=make_producer(name="Kopi Ani"))
    response = citra.post(address, sent)
    assert is_refused(response)
    assert "Pihak sekarang: M2M; Kopi Ani." in response.text
    assert citra.post(address, opened(response)).status_code == 302
    parties = [str(one) for one in Agreement.objects.get().parties.all()]
    assert parties == (["M2M", "Ginrass"] if touched else ["M2M", "Kopi Ani"])


def test_speakers_of_a_session_are_told_by_name(citra: Client, expo: Expo) -> None:
    session, speaker = make_session(expo=expo), make_speaker(name="Nyai Umi")
    address = of_admin("programme/session")(session)
    sent = opened(citra.get(address)) | {"target_group": "koperasi"}
    session.speakers.add(speaker)
    response = citra.post(address, sent)
    assert is_refused(response)
    assert "sekarang: Nyai Umi" in response.text
    assert citra.post(address, opened(response)).status_code == 302
    assert list(session.speakers.all()) == [speaker]


def test_it_is_told_in_english_as_well(citra: Client, expo: Expo) -> None:
    session = make_session(expo=expo)
    address = of_admin("programme/session")(session)
    sent = opened(citra.get(address)) | {"target_group": "koperasi"}
    change(session, title="Pelatihan kemasan")
    response = citra.post(f"/en{address}", sent)
    assert "Not saved yet: somebody else changed it while you filled it in." in response.text


@pytest.mark.parametrize("seen", ["x", "[]", "null", "1", "[" * 5_000, '{"name": 1}'])
def test_who_sends_another_seal_has_seen_nothing(citra: Client, expo: Expo, seen: str) -> None:
    scheme = make_scheme(expo=expo)
    address = of_outcomes("pembiayaan/skema")(scheme)
    sent = opened(citra.get(address)) | {"seen": seen, "name": "Kredit lunak"}
    response = citra.post(address, sent)
    assert is_refused(response)
    assert f"sekarang: {scheme.name}. Isian Anda masih di sini." in response.text


def test_prices_at_a_stand_are_told_each_at_its_offer_and_what_was_sold_is_no_conflict(
    citra: Client, expo: Expo
) -> None:
    stand = make_stand(expo=expo)
    coffee, tea = (
        make_offer(stand=stand, product=make_product(name=name, slug=name), stock=10)
        for name in ("kopi", "teh")
    )
    address = of_admin("stands/stand")(stand)
    sent = opened(citra.get(address))
    place = next(
        key.rpartition("-")[0] for key, value in sent.items() if value == str(coffee.pk) and
        key.endswith("-id")
    )  # fmt: skip
    change(coffee, price_rupiah=31_000, stock=4)
    change(tea, price_rupiah=9_000)
    # What is sold meanwhile, and what somebody else asks for the tea, hold up no coffee.
    response = citra.post(address, sent | {f"{place}-price_rupiah": "33000"})
    assert is_refused(response)
    assert "sekarang: Rp 31.000. Isian Anda masih di sini." in response.text
    coffee.refresh_from_db()
    assert coffee.price_rupiah == 31_000
    again = opened(response)
    assert again[f"{place}-price_rupiah"] == "33000"
    assert citra.post(address, again).status_code == 302
    for offer in (coffee, tea):
        offer.refresh_from_db()
    assert (coffee.price_rupiah, coffee.stock, tea.price_rupiah) == (33_000, 4, 9_000)


def test_price_of_one_offer_is_not_written_over_either(citra: Client, expo: Expo) -> None:
    offer = make_offer(stand=make_stand(expo=expo))
    address = of_admin("stands/offer")(offer)
    sent = opened(citra.get(address)) | {"price_rupiah": "33000"}
    change(offer, price_rupiah=31_000)
    response = citra.post(address, sent)
    assert is_refused(response)
    assert citra.post(address, opened(response)).status_code == 302
    offer.refresh_from_db()
    assert offer.price_rupiah == 33_000


def test_parties_that_cannot_be_read_stay_as_they_were_typed(citra: Client, expo: Expo) -> None:
    agreement = make_agreement(expo=expo, name="M2M")
    agreement.parties.all().delete()
    address = of_outcomes("kerja-sama")(agreement)
    typed = {"pihak-0-company": "", "pihak-0-signatory": "Budi Santoso, direktur"}
    sent = opened(citra.get(address)) | typed
    AgreementParty.objects.create(agreement=agreement, company="Ginrass")
    response = citra.post(address, sent)
    assert is_refused(response)
    assert "Pihak sekarang: Ginrass." in response.text
    assert opened(response)["pihak-0-signatory"] == "Budi Santoso, direktur"


def test_file_that_was_chosen_has_to_be_chosen_once_more_and_that_is_said(
    citra: Client, expo: Expo
) -> None:
    """No page can fill one in: without a word it would not be saved the second time."""
    product = make_product(name="Kopi")
    address = of_admin("pesantren/product")(product)
    sent = opened(citra.get(address))
    change(product, description="Dipanggang tiap hari.", photo="products/lain.webp")
    photo = SimpleUploadedFile("kopi.jpg", jpeg())
    response = citra.post(address, sent | {"photo": photo})
    assert is_refused(response)
    assert "sekarang: products/lain.webp. Isian" not in response.text
    assert "sekarang: products/lain.webp." in response.text
    assert "Berkas yang tadi Anda pilih perlu dipilih sekali lagi." in response.text


def test_what_the_form_does_not_ask_for_is_not_written_over_either(expo: Expo) -> None:
    """The admin reads the row before it waits for whoever is saving it."""
    form_of = modelform_factory(Expo, form=SeenModelForm, fields=["venue"])
    as_read = Expo.objects.get()
    seen = form_of(instance=as_read).initial["seen"]
    form = form_of({"venue": "Grand City", "seen": seen}, instance=as_read)
    change(expo, theme="Berdaya", is_example=not expo.is_example)
    assert form.is_valid()
    form.save()
    there = Expo.objects.get()
    assert (there.venue, there.theme, there.is_example) == (
        "Grand City",
        "Berdaya",
        not expo.is_example,
    )
