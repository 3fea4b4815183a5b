"""WhatsApp numbers in a spreadsheet: as spreadsheets mangle them, and never shown without a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pesantren.models import Producer
from tests.imports import plans_of, preview, problems_of, save, sign_in_as
from tests.make import make_producer

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

HEAD = ["Nama pelaku usaha", "Jenis", "No. WA", "WhatsApp boleh tampil"]


def test_numbers_are_read_as_a_spreadsheet_leaves_them(client: Client) -> None:
    sign_in_as(client)
    job = preview(
        client,
        "pelaku",
        [
            HEAD,
            # A plus sign is no formula here, and Excel eats the first zero of a number.
            ["Bu Sri", "UMKM tamu", "+62 812-3456-7890", "ya"],
            ["Pak Man", "UMKM tamu", 81234567891, ""],
            ["Bu Ani", "UMKM tamu", "0812 3456 7892", "tidak"],
        ],
    )
    assert problems_of(job) == []

    save(client, job)

    rows = Producer.objects.order_by("name").values_list("name", "whatsapp", "whatsapp_allowed")
    assert list(rows) == [
        ("Bu Ani", "6281234567892", False),
        ("Bu Sri", "6281234567890", True),
        ("Pak Man", "6281234567891", False),
    ]


def test_what_is_no_number_or_consent_is_told(client: Client) -> None:
    sign_in_as(client)

    job = preview(
        client,
        "pelaku",
        [
            HEAD,
            ["Bu Sri", "UMKM tamu", "031-5678901", "ya"],
            ["Pak Man", "UMKM tamu", "", "ya"],
            ["Bu Ani", "UMKM tamu", "081234567890", "mungkin"],
        ],
    )

    reasons = [reason for _row, _heading, reason in problems_of(job)]
    assert "Ini bukan nomor ponsel." in reasons[0]
    assert "Isi nomor WhatsApp dulu" in reasons[1]
    assert "Tulis ya atau tidak." in reasons[2]
    assert not Producer.objects.exists()


def test_file_without_these_columns_leaves_them(client: Client) -> None:
    sign_in_as(client)
    producer = make_producer(name="Bu Sri", kind=Producer.Kind.UMKM)
    Producer.objects.update(whatsapp="6281234567890", whatsapp_allowed=True)

    save(client, preview(client, "pelaku", [["Nama", "slug"], ["Bu Sri Rahayu", producer.slug]]))

    producer.refresh_from_db()
    assert (producer.name, producer.whatsapp) == ("Bu Sri Rahayu", "6281234567890")
    assert producer.whatsapp_allowed


def test_consent_for_one_number_is_none_for_another(client: Client) -> None:
    sign_in_as(client)
    make_producer(name="Bu Sri", kind=Producer.Kind.UMKM)
    Producer.objects.update(whatsapp="6281234567890", whatsapp_allowed=True)

    for number, allowed in (("0812-3456-7890", True), ("0812-3456-7899", False)):
        job = preview(client, "pelaku", [["Nama", "No WA"], ["Bu Sri", number]])
        assert "tulis ya" in str(plans_of(job)) or allowed
        save(client, job)
        assert Producer.objects.get().whatsapp_allowed is allowed
