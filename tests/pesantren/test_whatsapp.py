"""WhatsApp numbers: read as people write them, kept one way, and shown only with consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from pesantren.models import Producer
from pesantren.whatsapp import chat_address, normal_number, shown_number
from tests.make import make_producer

if TYPE_CHECKING:
    from django.test import Client


@pytest.mark.parametrize(
    "written",
    [
        "081234567890",
        "0812-3456-7890",
        "0812 3456 7890",
        "(0812) 3456.7890",
        "81234567890",
        "6281234567890",
        "+62 812-3456-7890",
        "+62 (0) 812 3456 7890",
        "0062 812 3456 7890",
    ],
)
def test_number_is_kept_one_way(written: str) -> None:
    assert normal_number(written) == "6281234567890"


def test_no_number_is_none() -> None:
    assert normal_number(" - ") == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("0812345", "wrong_length"),
        ("0812345678901234", "wrong_length"),
        ("0800123456789", "wrong_length"),
        ("031 5678901", "not_mobile"),
        ("+1 202 555 0123", "abroad"),
        ("+60 12 345 6789", "abroad"),
        ("0812 3456 7890 / 0813 1111 2222", "not_a_number"),
        ("wa.me/6281234567890", "not_a_number"),
        ("0812x34567890", "not_a_number"),
        ("٠٨١٢٣٤٥٦٧٨٩٠", "not_a_number"),
        ("08+1234567890", "not_a_number"),
    ],
)
def test_anything_else_is_refused_and_says_why(written: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        normal_number(written)

    assert refused.value.code == code


def test_number_is_shown_as_it_is_dialled() -> None:
    assert shown_number("6281234567890") == "0812-3456-7890"
    assert shown_number("628111234567") == "0811-1234-567"


def test_chat_opens_with_the_words_written() -> None:
    assert chat_address("6281234567890", "Kopi & teh? 10%") == (
        "https://wa.me/6281234567890?text=Kopi+%26+teh%3F+10%25"
    )


@pytest.mark.django_db
def test_consent_without_a_number_is_no_row() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Producer.objects.filter(pk=make_producer().pk).update(whatsapp_allowed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Producer.objects.filter(pk=make_producer().pk).update(whatsapp="0812")


def save_in_admin(client: Client, producer: Producer, **changes: str) -> str:
    form = {"name": producer.name, "slug": producer.slug, "kind": producer.kind}
    form["pesantren"] = str(producer.pesantren_id)
    return client.post(
        f"/admin/pesantren/producer/{producer.pk}/change/", form | changes, follow=True
    ).text


@pytest.mark.django_db
def test_organiser_writes_it_as_it_was_told(client: Client) -> None:
    client.force_login(User.objects.create_superuser("citra"))
    producer = make_producer()

    page = save_in_admin(client, producer, whatsapp="+62 812 3456 7890", whatsapp_allowed="on")

    producer.refresh_from_db()
    assert (producer.whatsapp, producer.whatsapp_allowed) == ("6281234567890", True)
    assert "0812-3456-7890" in page
    form = client.get(f"/admin/pesantren/producer/{producer.pk}/change/").text
    assert 'value="0812-3456-7890"' in form


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"whatsapp": "031 5678901"}, "Ini bukan nomor ponsel."),
        ({"whatsapp_allowed": "on"}, "Isi nomor WhatsApp dulu, atau hapus centang"),
    ],
)
def test_organiser_is_told_what_is_wrong(
    client: Client, changes: dict[str, str], says: str
) -> None:
    client.force_login(User.objects.create_superuser("citra"))
    producer = make_producer()

    page = save_in_admin(client, producer, **changes)

    assert says in page
    producer.refresh_from_db()
    assert (producer.whatsapp, producer.whatsapp_allowed) == ("", False)
