"""The organisers' pages of partnerships: recorded once, moved on, fed by inquiries."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User

from events.models import Event
from opop_expo.roles import FINANCE, ORGANISER, VIEWER, sync_groups
from outcomes.models import Agreement, AgreementParty
from stands.models import Inquiry
from tests.inquiries import make_inquiry
from tests.make import make_expo, make_pesantren, make_producer, make_product
from tests.outcomes.make import SOURCE, make_agreement
from tests.queries import queries_of

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Expo

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/hasil/kerja-sama/"


@pytest.fixture
def expo() -> Expo:
    return make_expo()


def sign_in(client: Client, role: str = ORGANISER) -> User:
    sync_groups()
    user = User.objects.create_user(role.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def typed(*parties: dict[str, Any], **other: str) -> dict[str, Any]:
    """The form as Citra fills it in."""
    given: dict[str, Any] = {
        "edisi": "2020",
        "key": str(uuid.uuid4()),
        "kind": "b2b",
        "state": "interest",
        "name": "M2M",
        **other,
    }
    for number, party in enumerate(parties or ({"company": "M2M"},)):
        row = {"producer": "", "pesantren": "", "company": "", "country": "", "signatory": ""}
        given |= {f"pihak-{number}-{name}": value for name, value in (row | party).items()}
    return given


def seen_on(client: Client, page: str) -> str:
    """What the form of a page says that its reader has seen."""
    return str(client.get(page).context["form"].initial["seen"])


def test_partnerships_stand_by_kind_and_are_narrowed_by_state(client: Client, expo: Expo) -> None:
    sign_in(client)
    make_agreement(expo=expo, name="M2M", printed_name="m2m (tertulis)")
    make_agreement(expo=expo, name="Malaysia", kind="foreign", state="signed", country="MY")
    page = client.get(PAGE).text
    for words in ("M2M", "m2m (tertulis)", "Malaysia", "Antar usaha (B2B)", "Luar negeri"):
        assert words in page
    signed = client.get(f"{PAGE}?edisi=2020&keadaan=signed").text
    assert "Malaysia" in signed
    assert "M2M" not in signed


def test_partnership_sent_twice_is_one_with_its_parties(client: Client, expo: Expo) -> None:
    citra = sign_in(client)
    producer, pesantren = make_producer(), make_pesantren()
    given = typed(
        {"producer": str(producer.pk)},
        {"pesantren": str(pesantren.pk), "signatory": "Kiai Hasan"},
        {},
        {"company": "Kadin Malaysia", "country": "MY"},
        kind="foreign",
        state="signed",
        signed_on="2020-12-18",
        value_rupiah="Rp 1.500.000.000",
        said_by="NU Online",
        sources=SOURCE,
    )
    for _time in range(2):
        response = client.post(f"{PAGE}catat/", given)
    agreement = Agreement.objects.get()
    assert response["Location"] == f"{PAGE}{agreement.pk}/"
    assert (agreement.value_rupiah, agreement.made_by) == (1_500_000_000, citra)
    parties = list(agreement.parties.all())
    assert [str(one) for one in parties] == [str(producer), str(pesantren), "Kadin Malaysia"]
    event = Event.objects.get(kind=Event.Kind.AGREEMENT_CHANGED)
    assert event.data["state"] == "signed"
    # Who signed is for the page, and never for a log that forgets nothing.
    assert "Kiai Hasan" not in str(event.data)
    page = client.get(f"{PAGE}{agreement.pk}/").text
    assert "Rp 1.500.000.000" in page
    assert "Kiai Hasan" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": ""}, "tidak boleh kosong"),
        ({"value_rupiah": "besar"}, "Tulis jumlahnya dalam rupiah"),
        ({"value_rupiah": "0"}, "Jumlah harus lebih dari nol."),
        ({"signed_on": "besok"}, "Tulis tanggalnya"),
        ({"sources": SOURCE}, "Tulis menurut siapa."),
        ({"state": "menikah"}, "menikah"),
        ({"pihak-0-country": "XX"}, "XX"),
        ({"pihak-0-company": "", "pihak-0-signatory": "Budi"}, "Siapa pihaknya?"),
    ],
)
def test_bad_input_is_answered_at_its_place(
    client: Client, expo: Expo, given: dict[str, str], words: str
) -> None:
    sign_in(client)
    response = client.post(f"{PAGE}catat/", typed() | given)
    assert response.status_code == 422
    assert words in response.text
    assert not Agreement.objects.exists()


def test_one_row_is_one_party(client: Client, expo: Expo) -> None:
    sign_in(client)
    both = {"producer": str(make_producer().pk), "company": "M2M"}
    response = client.post(f"{PAGE}catat/", typed(both))
    assert response.status_code == 422
    assert "Satu pihak satu baris" in response.text


def test_partnership_moves_on_and_the_log_says_so(client: Client, expo: Expo) -> None:
    sign_in(client)
    agreement = make_agreement(expo=expo, name="M2M", state="talk")
    page = f"{PAGE}{agreement.pk}/"
    given = typed(state="signed", signed_on="2020-12-18", seen=seen_on(client, page))
    assert client.post(page, given).status_code == 302
    agreement.refresh_from_db()
    assert (agreement.state, str(agreement.signed_on)) == ("signed", "2020-12-18")
    event = Event.objects.get(kind=Event.Kind.AGREEMENT_CHANGED)
    assert (event.data["from"], event.data["to"]) == ("talk", "signed")
    assert "Nota kesepahaman diteken" in client.get("/admin/catatan/").text


def test_state_that_cannot_follow_is_refused(client: Client, expo: Expo) -> None:
    sign_in(client)
    agreement = make_agreement(expo=expo, state="contract")
    response = client.post(f"{PAGE}{agreement.pk}/", typed(state="interest"))
    assert response.status_code == 422
    agreement.refresh_from_db()
    assert agreement.state == "contract"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    client: Client, expo: Expo
) -> None:
    sign_in(client)
    agreement = make_agreement(expo=expo, state="signed")
    page = f"{PAGE}{agreement.pk}/"
    given = typed(state="contract", seen=seen_on(client, page))
    Agreement.objects.update(state="ended")
    response = client.post(page, given)
    assert "orang lain mengubahnya sementara Anda mengisi" in response.text
    assert f"Keadaan sekarang: {Agreement.State.ENDED.label}." in response.text
    agreement.refresh_from_db()
    assert agreement.state == "ended"
    assert not Event.objects.filter(kind=Event.Kind.AGREEMENT_CHANGED).exists()


def test_parties_are_corrected_and_taken_away(client: Client, expo: Expo) -> None:
    sign_in(client)
    agreement = make_agreement(expo=expo, name="M2M")
    AgreementParty.objects.create(agreement=agreement, company="Salah")
    first = agreement.parties.all()[0].pk
    given = typed({"company": "M2M Group"}, {}, state="reported")
    client.post(f"{PAGE}{agreement.pk}/", given)
    [party] = agreement.parties.all()
    assert (party.pk, party.company) == (first, "M2M Group")


def test_more_parties_than_the_form_takes_are_told_and_none_is_lost(
    client: Client, expo: Expo
) -> None:
    sign_in(client)
    agreement = make_agreement(expo=expo)
    many = [{"company": f"Pesantren {number}"} for number in range(40)]
    client.post(f"{PAGE}{agreement.pk}/", typed(*many, state="reported"))
    assert agreement.parties.count() == 40
    many *= 3
    page = client.post(f"{PAGE}{agreement.pk}/", typed(*many, state="reported"))
    assert (page.status_code, "Paling banyak 100 pihak." in page.text) == (422, True)
    assert agreement.parties.count() == 40


# --- from an inquiry ------------------------------------------------------------------------------


@pytest.fixture
def inquiry(expo: Expo) -> Inquiry:
    """Dewi of Toko Barokah and the makers of the coffee talk."""
    return make_inquiry(
        expo=expo, product=make_product(name="Kopi", slug="kopi"), state=Inquiry.State.TALK
    )


def test_talk_becomes_a_partnership_that_points_back(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    detail = f"/admin/minat/{inquiry.pk}/"
    make = f"{PAGE}dari-minat/{inquiry.pk}/"
    assert make in client.get(detail).text
    page = client.get(make).text
    assert 'value="Toko Barokah"' in page
    assert "Dewi Lestari" not in page
    producer = inquiry.product.producer if inquiry.product else None
    assert producer is not None
    given = typed({"producer": str(producer.pk)}, {"company": "Toko Barokah"}, state="talk")
    for key in (given["key"], str(uuid.uuid4())):
        response = client.post(make, given | {"key": key})
    agreement = Agreement.objects.get()
    assert response["Location"] == f"{PAGE}{agreement.pk}/"
    assert (agreement.inquiry, agreement.expo, agreement.state) == (inquiry, inquiry.expo, "talk")
    page = client.get(detail).text
    assert make not in page
    assert f"{PAGE}{agreement.pk}/" in page


@pytest.mark.parametrize("state", ["interest", "closed", "declined"])
def test_only_a_talk_becomes_a_partnership(client: Client, inquiry: Inquiry, state: str) -> None:
    sign_in(client)
    Inquiry.objects.update(state=state)
    make = f"{PAGE}dari-minat/{inquiry.pk}/"
    assert make not in client.get(f"/admin/minat/{inquiry.pk}/").text
    page = client.post(make, typed(), follow=True).text
    assert "Kerja sama dibuat dari minat yang sedang dibicarakan." in page
    assert not Agreement.objects.exists()


def test_partnership_outlives_the_data_of_who_wrote(client: Client, inquiry: Inquiry) -> None:
    sign_in(client)
    client.post(f"{PAGE}dari-minat/{inquiry.pk}/", typed(state="talk"))
    client.post(f"/admin/minat/{inquiry.pk}/", {"lupakan": "1"})
    inquiry.refresh_from_db()
    assert inquiry.anonymised_at is not None
    agreement = Agreement.objects.get(inquiry=inquiry)
    for path in (PAGE, f"{PAGE}{agreement.pk}/"):
        page = client.get(path).text
        assert "Dewi" not in page


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [VIEWER, FINANCE])
def test_who_may_look_cannot_write(client: Client, expo: Expo, inquiry: Inquiry, role: str) -> None:
    sign_in(client, role)
    agreement = make_agreement(expo=expo, name="M2M", detail="<b>rinci</b>")
    page = client.get(f"{PAGE}{agreement.pk}/").text
    assert "M2M" in page
    assert "<b>rinci" not in page
    assert "<form method" not in page.split('id="content"')[1]
    for path in ("catat/", f"{agreement.pk}/", f"dari-minat/{inquiry.pk}/"):
        assert client.post(f"{PAGE}{path}", typed()).status_code == 403
    assert Agreement.objects.get() == agreement


def test_queries_do_not_grow(client: Client, expo: Expo) -> None:
    sign_in(client)

    def fill() -> Agreement:
        agreement = make_agreement(expo=expo)
        AgreementParty.objects.create(agreement=agreement, producer=make_producer())
        return agreement

    agreement = fill()
    first, one = queries_of(client, PAGE), queries_of(client, f"{PAGE}{agreement.pk}/")
    fill()
    AgreementParty.objects.create(agreement=agreement, producer=make_producer())
    assert queries_of(client, PAGE) == first
    assert queries_of(client, f"{PAGE}{agreement.pk}/") == one
