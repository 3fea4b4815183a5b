"""A person who left their name, number and address wherever the portal takes any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from events.log import log_event
from events.models import Event
from opop_expo.models import ImportJob, ImportPart
from pesantren.models import Interest, Producer, Product
from programme.models import Registration, Speaker
from sales.models import Cashier, HeldSale, Sale
from stands.models import InquiryAnswer, Stand
from tests.closings import make_close, make_movement
from tests.inquiries import make_inquiry
from tests.ledger import make_reversal, make_sale, make_shop
from tests.notices import make_notice
from tests.participants import make_attendance, make_registration, make_talk
from tests.vouchers import make_voucher
from tests.waiting import make_held

NAME = "Nurhasanah Qibtiyah"
EMAIL = "nurhasanah.q@surel.example"
PHONE = "0812-7766-5544"
# As they are kept, or as somebody else would write them.
TRACES = ["nurhasanah", "qibtiyah", EMAIL, "77665544", "7766-5544", "7766 5544"]


@dataclass(frozen=True)
class Planted:
    """The rows."""

    stand: Stand
    sale: Sale
    registration: Registration
    user: User
    rows: dict[str, Any]


def plant() -> Planted:
    """A keeper, a visitor, a buyer and a speaker of that name."""
    stand, (offer, _other) = make_shop()
    expo = stand.expo
    user = User.objects.create_user("nurhasanah", email=EMAIL, first_name=NAME)
    cashier = Cashier.objects.create(stand=stand, name=NAME, user=user)
    sale = make_sale(stand, {offer: 2}, cashier=cashier, note=f"Dipesan {NAME}, {PHONE}")
    make_reversal(make_sale(stand, {offer: 1}), reason=f"{NAME} salah hitung")
    make_movement(sale.till, "out", 1_000, reason=f"Dibawa {NAME.upper()}")
    make_close(sale.till, note=f"Ada pinjaman {NAME}")
    held = make_held(HeldSale.Reason.FUTURE, stand)
    HeldSale.objects.filter(pk=held.pk).update(
        request=held.request | {"note": f"Untuk {NAME} (+62 812 7766 5544)"}
    )
    inquiry = make_inquiry(expo=expo, product=offer.product, name=NAME, contact=EMAIL)
    InquiryAnswer.objects.create(
        inquiry=inquiry,
        actor=user,
        text=f"Bu {NAME}, sudah kami kirim.",
        state_before="interest",
        state_after="talk",
    )
    talk = make_talk(expo=expo)
    registration = make_registration(talk, NAME, contact=PHONE)
    attendance = make_attendance(talk, registration, actor=user)
    walk_in = make_attendance(talk, name=NAME, actor=user)
    speaker = Speaker.objects.create(name=NAME, about=f"Ketua {NAME} Center")
    talk.speakers.add(speaker)
    type(talk).objects.filter(pk=talk.pk).update(description=f"Bersama {NAME}.")
    notice = make_notice(
        offer.product.producer, text=f"Hubungi {NAME} saja.", whatsapp="6281277665544",
        contact_allowed=True,
    )  # fmt: skip
    interest = Interest.objects.create(
        notice=notice, producer=offer.product.producer, text=f"Salam, {NAME}", made_by=user,
        email=EMAIL, contact_allowed=True,
    )  # fmt: skip
    Producer.objects.filter(pk=offer.product.producer_id).update(
        inquiry_email=EMAIL, about=f"Dirintis {NAME}."
    )
    Product.objects.filter(pk=offer.product_id).update(description=f"Resep {NAME}.")
    Stand.objects.filter(pk=stand.pk).update(description=f"Dijaga {NAME}.")
    voucher, _code = make_voucher(expo)
    type(voucher).objects.filter(pk=voucher.pk).update(issued_to=NAME, issued_at=timezone.now())
    event = log_event(
        Event.Kind.PIN_CHANGED,
        f"{NAME} ({stand.code})",
        data={"cashier": cashier.pk, "changed": {"text": ["", f"kata {NAME}"]}},
    )
    log_event(Event.Kind.PASSWORD_CHANGED, user.get_username(), actor=user)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Cashier),
        object_id=str(cashier.pk),
        object_repr=NAME,
        action_flag=CHANGE,
        change_message=f"[{{}}] {NAME}",
    )
    job = ImportJob.objects.create(
        kind="pelaku", author=user, file_name=f"{NAME}.xlsx", file_digest="0" * 64,
        language="id", rows=1,
    )  # fmt: skip
    ImportPart.objects.create(
        job=job, number=0, rows=[[2, {"name": f"Batik {NAME}", "whatsapp": PHONE}]]
    )
    rows = {
        "cashier": cashier, "inquiry": inquiry, "attendance": attendance, "walk_in": walk_in,
        "speaker": speaker, "notice": notice, "interest": interest, "voucher": voucher,
        "event": event, "held": held, "talk": talk,
    }  # fmt: skip
    return Planted(stand, sale, registration, user, rows)


def dump() -> str:
    """Every table as text, in small letters."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # The full text tables of SQLite keep what they index in tables of their own.
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608, of a table that there is
            said += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(said).lower()


def traces(text: str, wanted: list[str] | None = None) -> list[str]:
    """The lines that say anything of them."""
    return [line for line in text.splitlines() if any(one in line for one in wanted or TRACES)]
