"""Notices: made once, changed and closed by who speaks for the maker, answered by others."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from pesantren.models import Interest, Notice
from tests.ledger import make_keeper, sign_in
from tests.make import make_category, make_producer
from tests.notices import filled_in, make_notice, make_two

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

ADD = "/peserta/kabar/baru/"
CONTACT = {"whatsapp": "0812-3456-7890", "email": "a1@opop.example", "contact_allowed": "on"}


def test_notice_is_kept_and_read_by_others(client: Client) -> None:
    first, aminah, _second, budi = make_two()
    food = make_category()
    sign_in(client, aminah)
    response = client.post(ADD, filled_in(producer=first.slug, category="food", **CONTACT))
    assert (response.status_code, response["Location"]) == (302, "/peserta/kabar/")
    notice = Notice.objects.get()
    assert (notice.producer, notice.direction, notice.topic, notice.category) == (
        first,
        "need",
        "packaging",
        food,
    )
    assert (notice.whatsapp, notice.email, notice.made_by) == (
        "6281234567890",
        "a1@opop.example",
        aminah.user,
    )
    assert not notice.is_example
    page = sign_in(client, budi).get(f"/peserta/pelaku/{first.slug}/").text
    assert "Kemasan berdiri untuk keripik" in page
    assert "https://wa.me/6281234567890?" in page
    assert "mailto:a1@opop.example" in page


def test_sent_twice_is_one_and_other_words_are_another(client: Client) -> None:
    first, aminah, _second, budi = make_two()
    sign_in(client, aminah)
    form = filled_in(producer=first.slug)
    assert {client.post(ADD, form).status_code for _ in range(3)} == {302}
    assert Notice.objects.count() == 1
    client.post(ADD, {**form, "text": "Dan 100 dus."})
    assert Notice.objects.count() == 2
    # The number of somebody else's form makes nothing of theirs one's own.
    sign_in(client, budi).post(ADD, {**form, "producer": _second.slug})
    assert Notice.objects.count() == 3


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"direction": ""}, "Pilih: menawarkan atau mencari."),
        ({"direction": "x"}, "Pilih: menawarkan atau mencari."),
        ({"topic": ""}, "Pilih tentang apa."),
        ({"topic": "x"}, "Pilih tentang apa."),
        ({"category": "tidak-ada"}, "Pilih salah satu kategori."),
        ({"producer": ""}, "Pilih pelaku usaha di stan Anda."),
        ({"producer": "tidak-ada"}, "Pilih pelaku usaha di stan Anda."),
        ({"text": " "}, "Tulis apa yang ditawarkan atau dicari."),
        ({"text": "x" * 401}, "Paling panjang 400 huruf."),
        ({"text": "Hubungi 0812 3456 7890."}, "Tulis nomor atau e-mail di isian kontak"),
        ({"text": "Tulis ke a1@opop.example ya."}, "Tulis nomor atau e-mail di isian kontak"),
        ({"whatsapp": "12345", "contact_allowed": "on"}, "Ini bukan nomor Indonesia"),
        ({"email": "a1@", "contact_allowed": "on"}, "Ini bukan alamat e-mail"),
        ({"whatsapp": "0812-3456-7890"}, "Centang ini dulu, atau kosongkan"),
        ({"contact_allowed": "on"}, "Isi nomor atau e-mail dulu"),
        ({"text": "Kemasan\x00"}, "null"),
    ],
)
def test_what_lacks_is_said_at_its_place(client: Client, given: dict[str, str], says: str) -> None:
    first, aminah, _second, _budi = make_two()
    sign_in(client, aminah)
    response = client.post(ADD, filled_in(**{"producer": first.slug, **given}))
    assert response.status_code == 422
    assert says in response.text
    assert 'aria-invalid="true"' in response.text or "producer" in given
    assert not Notice.objects.exists()


@pytest.mark.parametrize("text", ["500 lembar, Rp 250.000", "Jam 08.00 sampai 17.00", "P-IRT 2021"])
def test_amounts_and_hours_are_no_numbers_to_call(client: Client, text: str) -> None:
    first, aminah, _second, _budi = make_two()
    sign_in(client, aminah).post(ADD, filled_in(producer=first.slug, text=text))
    assert Notice.objects.get().text == text


def test_stranger_writes_for_nobody_elses_maker(client: Client) -> None:
    _first, aminah, second, _budi = make_two()
    response = sign_in(client, aminah).post(ADD, filled_in(producer=second.slug))
    assert response.status_code == 422
    assert not Notice.objects.exists()


# --- owner, colleague, stranger -------------------------------------------------------------------


def test_colleague_changes_and_closes_it_as_well(client: Client) -> None:
    first, aminah, _second, _budi = make_two()
    notice = make_notice(first, whatsapp="6281234567890", contact_allowed=True)
    sign_in(client, make_keeper(stand=aminah.stand, name="Fatimah"))
    change = reverse("notice_change", args=[notice.pk])
    assert "0812-3456-7890" in client.get(change).text
    client.post(change, filled_in(producer=first.slug, text="Besek bambu.", topic="other"))
    notice.refresh_from_db()
    assert (notice.text, notice.topic, notice.whatsapp) == ("Besek bambu.", "other", "")
    assert notice.changed_at is not None
    client.post(reverse("notice_close", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.closed_at is not None


def test_to_a_stranger_it_is_as_good_as_none(client: Client) -> None:
    first, _aminah, _second, budi = make_two()
    notice = make_notice(first)
    sign_in(client, budi)
    for name in ("notice_change", "notice_close"):
        for key in (notice.pk, uuid.uuid4()):
            assert client.post(reverse(name, args=[key]), filled_in()).status_code == 404
    notice.refresh_from_db()
    assert (notice.changed_at, notice.closed_at) == (None, None)


def test_closing_forgets_the_contact_and_twice_is_once(client: Client) -> None:
    first, aminah, _second, budi = make_two()
    notice = make_notice(first, whatsapp="6281234567890", contact_allowed=True)
    sign_in(client, aminah)
    close = reverse("notice_close", args=[notice.pk])
    assert [client.post(close).status_code for _ in range(2)] == [302, 302]
    notice.refresh_from_db()
    assert (notice.whatsapp, notice.contact_allowed) == ("", False)
    page = client.get("/peserta/kabar/").text
    assert "Sudah ditutup" in page
    assert client.get(reverse("notice_change", args=[notice.pk])).status_code == 404
    sign_in(client, budi)
    assert "Kemasan berdiri" not in client.get(f"/peserta/pelaku/{first.slug}/").text
    assert client.get(reverse("notice_answer", args=[notice.pk])).status_code == 404


def test_change_that_meets_a_close_is_not_kept_and_says_so(client: Client) -> None:
    from unittest import mock

    from opop_expo.participants import notices_page
    from pesantren.noticing import ChangedMeanwhileError

    first, aminah, _second, _budi = make_two()
    notice = make_notice(first)
    sign_in(client, aminah)
    with mock.patch.object(notices_page, "change_notice", side_effect=ChangedMeanwhileError):
        response = client.post(
            reverse("notice_change", args=[notice.pk]), filled_in(producer=first.slug)
        )
    assert response.status_code == 409
    assert "baru saja ditutup" in response.text


def test_proposal_of_an_address_is_filled_in(client: Client) -> None:
    _first, aminah, _second, _budi = make_two()
    page = sign_in(client, aminah).get(f"{ADD}?arah=need&hal=packaging&untuk=x").text
    assert 'value="need" id="id_direction_1" required checked' in page or "checked" in page
    assert '<option value="packaging" selected>' in page


# --- contact by consent ---------------------------------------------------------------------------


def test_contact_without_consent_is_nowhere(client: Client) -> None:
    first, aminah, _second, _budi = make_two()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_notice(first, whatsapp="6281234567890")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_notice(first, email="a1@opop.example")
    with pytest.raises(ValidationError, match="izin"):
        Notice(
            id=uuid.uuid4(),
            producer=first,
            direction="need",
            topic="other",
            text="x",
            email="a1@opop.example",
            made_by=aminah.user,
        ).full_clean()


def test_notice_without_contact_offers_the_answer_alone(client: Client) -> None:
    first, _aminah, _second, budi = make_two()
    notice = make_notice(first)
    page = sign_in(client, budi).get(f"/peserta/pelaku/{first.slug}/").text
    assert "wa.me" not in page
    assert "mailto:" not in page
    assert f'href="/peserta/kabar/{notice.pk}/"' in page


def test_contact_stands_on_no_page_of_visitors(client: Client) -> None:
    first, _aminah, _second, _budi = make_two()
    make_notice(first, whatsapp="6281234567890", email="a1@opop.example", contact_allowed=True)
    for path in (f"/2026-uji/pelaku/{first.slug}/", "/2026-uji/pesantren/", "/"):
        page = client.get(path).text
        assert "6281234567890" not in page
        assert "a1@opop.example" not in page
        assert "Kemasan berdiri" not in page


# --- the answer -----------------------------------------------------------------------------------


def test_answer_reaches_who_wrote_and_nobody_else(client: Client) -> None:
    first, aminah, second, budi = make_two()
    notice = make_notice(first)
    path = reverse("notice_answer", args=[notice.pk])
    sign_in(client, budi)
    form = {"producer": second.slug, "text": "Kami punya pemasok.", **CONTACT}
    assert [client.post(path, form).status_code for _ in range(2)] == [302, 302]
    assert Interest.objects.count() == 1
    sent = client.get(path).text
    assert "Kopontren B1 sudah menanggapi." in sent
    assert "Kami punya pemasok." in sent
    assert "Anda sudah menanggapi" in client.get(f"/peserta/pelaku/{first.slug}/").text
    own = sign_in(client, aminah).get("/peserta/kabar/").text
    assert "Kami punya pemasok." in own
    assert "https://wa.me/6281234567890?" in own
    other = make_keeper(stand=budi.stand, name="Fatimah")
    assert "Kami punya pemasok." not in sign_in(client, other).get("/peserta/kabar/").text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"text": ""}, "Tulis pesan singkat."),
        ({"text": "x" * 301}, "Paling panjang 300 huruf."),
        ({"text": "0812-3456-7890"}, "Tulis nomor atau e-mail di isian kontak"),
        ({"producer": "x"}, "Pilih pelaku usaha di stan Anda."),
        ({"email": "b1@opop.example"}, "Centang ini dulu"),
    ],
)
def test_answer_that_lacks_something_is_not_sent(
    client: Client, given: dict[str, str], says: str
) -> None:
    first, _aminah, second, budi = make_two()
    path = reverse("notice_answer", args=[make_notice(first).pk])
    form = {"producer": second.slug, "text": "Tertarik.", **given}
    response = sign_in(client, budi).post(path, form)
    assert response.status_code == 422
    assert says in response.text
    assert not Interest.objects.exists()


def test_own_hidden_and_closed_notices_are_answered_by_nobody(client: Client) -> None:
    first, aminah, second, budi = make_two()
    own = make_notice(second)
    hidden = make_notice(first, hidden_at=timezone.now(), hidden_reason="Iklan.")
    closed = make_notice(first, closed_at=timezone.now())
    sign_in(client, budi)
    for notice in (own, hidden, closed):
        path = reverse("notice_answer", args=[notice.pk])
        assert client.post(path, {"producer": second.slug, "text": "x"}).status_code == 404
    assert "Disembunyikan panitia: Iklan." in sign_in(client, aminah).get("/peserta/kabar/").text


# --- the throttle ---------------------------------------------------------------------------------


def test_account_waits_after_twenty_notices_and_others_go_on(client: Client) -> None:
    first, aminah, second, budi = make_two()
    sign_in(client, aminah)
    for number in range(20):
        client.post(ADD, filled_in(producer=first.slug, text=f"Dus {number}"))
    response = client.post(ADD, filled_in(producer=first.slug, text="Dus 21"))
    assert response.status_code == 429
    assert "belum tersimpan; tunggu 60 menit" in response.text
    assert "Dus 21" in response.text
    sign_in(client, budi).post(ADD, filled_in(producer=second.slug))
    assert Notice.objects.count() == 21
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61)):
        sign_in(client, aminah).post(ADD, filled_in(producer=first.slug, text="Dus 21"))
    assert Notice.objects.count() == 22


def test_answers_are_throttled_as_well(client: Client) -> None:
    first, _aminah, second, budi = make_two()
    sign_in(client, budi)
    notices = [make_notice(first, text=f"Dus {number}") for number in range(31)]
    form = {"producer": second.slug, "text": "Tertarik."}
    ended = [
        client.post(reverse("notice_answer", args=[notice.pk]), form).status_code
        for notice in notices
    ]
    assert ended == [302] * 30 + [429]
    # What was sent already is no further one, and is not made to wait.
    again = client.post(reverse("notice_answer", args=[notices[0].pk]), form)
    assert again.status_code == 302


def test_two_makers_of_one_stand_answer_each_for_itself(client: Client) -> None:
    first, _aminah, second, budi = make_two()
    santri = make_producer(name="Santri B1", pesantren=second.pesantren)
    path = reverse("notice_answer", args=[make_notice(first).pk])
    sign_in(client, budi)
    for maker in (second, santri):
        assert "Kirim" in client.get(path).text
        client.post(path, {"producer": maker.slug, "text": "Tertarik."})
    assert Interest.objects.count() == 2
    assert "<textarea" not in client.get(path).text
