"""One of everything, and somebody of every role to ask for it.

Tests that ask for every address go through here, so that each leads to a row that exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from events.log import log_event
from events.models import Event
from opop_expo.models import PolicyReport
from opop_expo.roles import CATALOGUE_EDITOR, FINANCE, KEEPER, ORGANISER, USHER, VIEWER, sync_groups
from opop_expo.share_pictures import find
from outcomes.freezing import freeze
from outcomes.models import ResultsChoice
from sales.models import HeldClosing, HeldSale, Payment, SaleFlag
from sales.proof.day_digest import print_digest
from sales.tablet.pairing import make_code
from sales.vouchers.settling import settle
from stands.clock import business_date
from tests.closings import close_request, make_close
from tests.gates import make_count, make_gate
from tests.inquiries import make_inquiry
from tests.ledger import make_keeper, make_sale, make_shop, pair_tablet
from tests.notices import make_notice
from tests.outcomes.make import make_agreement, make_claim, make_disbursement, make_scheme
from tests.participants import make_attendance, make_registration, make_talk
from tests.programmes import make_room, make_speaker
from tests.redeemed import spend
from tests.vouchers import make_voucher
from tests.waiting import make_flag, make_held

if TYPE_CHECKING:
    from tests.addresses import Address

ROLES = {
    "A": "anonymous",
    "T": "paired tablet",
    "K": "keeper",
    "U": "usher",
    "V": "viewer",
    "F": "finance",
    "C": "catalogue editor",
    "O": "organiser",
    "S": "superuser",
}
ALL, DESK = "ATKUVFCOS", "VFCOS"
GROUPS = {"K": KEEPER, "U": USHER, "V": VIEWER, "F": FINANCE, "C": CATALOGUE_EDITOR, "O": ORGANISER}

RECEIPT = "q" * 22
TICKET_PAGES = ["ticket", "ticket_certificate", "ticket_call_off", "ticket_forget"]


@dataclass(frozen=True)
class Hall:
    """One of everything: who may see it sees it, so a 404 cannot pass for a refusal."""

    # By name of the argument, or by those of address and argument where one word means several.
    arguments: dict[str, Any]
    # Django's admin calls every key `object_id`: by the model.
    objects: dict[str, Any]
    clients: dict[str, Client]

    def path(self, address: Address) -> str:
        """The path of an address, to rows that exist."""
        found = dict(self.arguments)
        for name in address.arguments:
            if f"{address.name} {name}" in found:
                found[name] = found[f"{address.name} {name}"]
        _admin, _slash, rest = address.route.partition("admin/")
        model = ".".join(rest.split("/")[:2])
        if model in self.objects:
            found |= {"object_id": self.objects[model], "id": self.objects[model]}
        return address.path(found)


def make_hall(settings: Any) -> Hall:
    """The rows, and a client for each role; `settings` is the fixture of that name."""
    settings.SESSION_ENGINE = "tests.kept_sessions"
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.KeptUsers"]
    KeptUsers.kept.clear()
    sync_groups()
    stand, (offer, other) = make_shop()
    _elsewhere, (foreign, _another) = make_shop(code="B1", expo=stand.expo)
    other_maker = foreign.product.producer
    citra = User.objects.create_user("citra")
    clients = {letter: Client(raise_request_exception=False) for letter in ROLES}
    keeper = make_keeper(stand=stand)
    users = {"K": keeper.user, "U": User.objects.create_user("dewi")} | {
        letter: User.objects.create_user(ROLES[letter], is_staff=True) for letter in DESK
    }
    User.objects.filter(pk=users["S"].pk).update(is_superuser=True)  # type: ignore[union-attr]
    for letter, user in users.items():
        assert user is not None
        if letter in GROUPS:
            user.groups.add(Group.objects.get(name=GROUPS[letter]))
        clients[letter].force_login(user)
    tablet_till = pair_tablet(clients["T"], stand)
    code, _words = make_code(stand=stand, name="", actor=citra)
    sale = make_sale(stand, {offer: 2, other: 1}, receipt_token=RECEIPT)
    qris = make_sale(stand, {other: 1}, method=Payment.Method.QRIS)
    flag = make_flag(SaleFlag.Kind.CLOCK_OFF, stand)
    held = make_held(HeldSale.Reason.FUTURE, stand)
    voucher, voucher_code = make_voucher(stand.expo)
    spend(stand, voucher_code, {offer: 1})
    settlement = settle(
        stand, expo=stand.expo, count=1, total_rupiah=25_000, received_by="Aminah", actor=citra
    )
    close = make_close(tablet_till)
    held_closing = HeldClosing.objects.create(
        request_id=close.pk,
        till=tablet_till,
        reason=HeldClosing.Reason.FUTURE,
        request=close_request(tablet_till).as_json(),
    )
    event = log_event(Event.Kind.IMPORTED, "uji", actor=citra)
    gate_count = make_count(gate=make_gate(expo=stand.expo), by=citra)
    product, producer = offer.product, offer.product.producer
    pesantren = producer.pesantren
    assert pesantren is not None
    stand.pesantren.add(pesantren)
    assert tablet_till.tablet is not None
    picture = find(stand.expo, "produk", product.slug)
    assert picture is not None
    # On at this very hour: a registration, and somebody at the door, whenever the tests run.
    session = make_talk(expo=stand.expo, room=make_room(expo=stand.expo))
    session.speakers.set([make_speaker()])
    scheme = make_scheme(expo=stand.expo)
    seat = make_registration(session)
    attendance = make_attendance(session, seat, actor=citra)
    ResultsChoice.objects.create(expo=stand.expo, is_public=True)
    frozen = freeze(stand.expo, after=0, actor=citra)
    arguments = {
        "results_version number": frozen.number,
        "token": RECEIPT,
        "stand_detail code": stand.code,
        "product_detail slug": product.slug,
        "product_left slug": product.slug,
        "pesantren_detail slug": pesantren.slug,
        "producer_detail slug": producer.slug,
        "session_detail slug": session.slug,
        "session_calendar slug": session.slug,
        "session_registration slug": session.slug,
        "session_producers slug": session.slug,
        "session_seats slug": session.slug,
        "session_id": session.pk,
        **{f"{name} code": seat.ticket for name in TICKET_PAGES},
        "certificate code": attendance.certificate,
        "edition": stand.expo.slug,
        "stand_id": stand.pk,
        "close_id": close.pk,
        "see_held_closing held_id": held_closing.pk,
        "sale_id": sale.pk,
        "payment_id": qris.payments.get().pk,
        "batch_id": voucher.batch_id,
        "voucher_id": voucher.pk,
        "producer_id": producer.pk,
        "settlement_id": settlement.pk,
        "digest_id": print_digest(stand.expo, business_date(timezone.now()), actor=citra).event.pk,
        "kind": "produk",
        "share_picture jenis": "produk",
        "share_picture key": product.slug,
        "share_picture digest": picture.digest,
        "ending": "xlsx",
        "code_id": code.pk,
        "tablet_id": tablet_till.tablet.pk,
        "held_id": held.pk,
        "flag_id": flag.pk,
        "claim_id": make_claim(expo=stand.expo).pk,
        "scheme_id": scheme.pk,
        "agreement_id": make_agreement(expo=stand.expo).pk,
        "user_id": citra.pk,
        "disbursement_id": make_disbursement(scheme=scheme).pk,
        "inquiry_id": make_inquiry(expo=stand.expo, product=product).pk,
        "notice_id": make_notice(producer).pk,
        "notice_answer notice_id": make_notice(other_maker).pk,
        "participant_detail slug": producer.slug,
    }
    objects = {
        "sales.sale": sale.pk,
        "sales.saleflag": flag.pk,
        "sales.heldsale": held.pk,
        "sales.ledgerhead": stand.ledger_head.pk,
        "sales.till": tablet_till.pk,
        "sales.cashier": keeper.pk,
        "programme.gate": gate_count.gate_id,
        "programme.gatecount": gate_count.pk,
        "events.event": event.pk,
        "opop_expo.policyreport": PolicyReport.objects.create(
            directive="script-src-elem", blocked="inline", route="/", count=1
        ).pk,
        "stands.expo": stand.expo_id,
        "stands.zone": stand.zone_id,
        "stands.stand": stand.pk,
        "stands.offer": offer.pk,
        "programme.room": session.room_id,
        "programme.speaker": session.speakers.get().pk,
        "programme.session": session.pk,
        "pesantren.regency": pesantren.regency_id,
        "pesantren.category": product.category_id,
        "pesantren.pesantren": pesantren.pk,
        "pesantren.producer": producer.pk,
        "pesantren.product": product.pk,
        "auth.user": citra.pk,
        "auth.group": Group.objects.get(name=VIEWER).pk,
    }
    return Hall(arguments, objects, clients)


class KeptUsers(ModelBackend):
    """Fetches each user once, with all permissions: thousands of requests ask for the same few."""

    kept: ClassVar[dict[int, User]] = {}

    def get_user(self, user_id: int) -> User | None:
        if user_id not in self.kept:
            self.kept[user_id] = User.objects.get(pk=user_id)
        return self.kept[user_id]
