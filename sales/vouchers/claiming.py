"""A till asks for a voucher before the sale is saved: claimed for one sale, or released again."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Attempt
from events.throttle import Limit, TooManyTriesError, book_try
from pesantren.money import rupiah
from sales.models import Sale, Voucher, VoucherEntry
from sales.tablet.access import for_tablet, refusal
from sales.tablet.protocol import read_uuid
from sales.tablet.tills import present_till
from sales.vouchers.codes import as_meant, hmac_of
from sales.vouchers.redeeming import locked, refused_message, trouble_with
from stands.clock import WIB, business_date
from stands.server_clock import server_now
from stands.strict_json import UnreadableError

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from sales.models import Tablet, Till
    from sales.tablet.protocol import Envelope
    from stands.models import Stand

# Codes that nobody has, from one tablet or one account at one address.
GUESSES = Limit("voucher", most=20, within=dt.timedelta(minutes=10))
# Above so many in all, whoever has sent more than a few waits; everybody else goes on.
HALL_GUESSES = 200
FEW = 3


class VoucherUnusableError(Exception):
    """The sale cannot have this voucher; `trouble` says why, and it is for a paired till alone."""

    def __init__(self, trouble: VoucherEntry.Problem, voucher: Voucher | None = None) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
        self.voucher = voucher


def find_voucher(typed: str, *, key: str) -> Voucher:
    """The voucher with this code, whatever its state; what nobody has counts against `key`.

    A slip of the hand, which the check sign tells, counts for nothing. Raises VoucherUnusableError
    and TooManyTriesError.
    """
    if not as_meant(typed):
        raise VoucherUnusableError(VoucherEntry.Problem.UNKNOWN)
    booked = _book_guess(key)
    voucher = (
        Voucher.objects.filter(code_hmac=hmac_of(typed))
        .select_related("batch")
        .prefetch_related("batch__stands")
        .first()
    )
    if voucher is None:
        raise VoucherUnusableError(VoucherEntry.Problem.UNKNOWN)
    booked.delete()
    return voucher


def _book_guess(key: str) -> Attempt:
    booked = book_try(GUESSES, key)
    failed = Attempt.objects.filter(scope=GUESSES.scope)
    if failed.count() > HALL_GUESSES and failed.filter(key=booked.key).count() > FEW:
        booked.delete()
        raise TooManyTriesError(round(GUESSES.within.total_seconds()) // 10)
    return booked


def find_for_form(typed: str, *, sale_uuid: UUID, stand: Stand, key: str) -> Voucher:
    """The voucher that a plain form may use now, or has used under this very number.

    Raises ValidationError with one and the same message whatever is wrong, so that nobody learns
    from it which codes there are.
    """
    try:
        voucher = find_voucher(typed, key=key)
    except TooManyTriesError as wait:
        raise ValidationError(
            ngettext(
                "Terlalu banyak kode salah. Tunggu %(seconds)s detik.",
                "Terlalu banyak kode salah. Tunggu %(seconds)s detik.",
                wait.retry_after,
            )
            % {"seconds": wait.retry_after}
        ) from None
    except VoucherUnusableError:
        raise ValidationError(refused_message()) from None
    day = business_date(server_now())
    if voucher.claimed_for != sale_uuid and trouble_with(
        voucher, sale_uuid=sale_uuid, stand=stand, day=day
    ):
        raise ValidationError(refused_message())
    return voucher


@transaction.atomic
def claim(voucher: Voucher, *, sale_uuid: UUID, till: Till) -> Voucher:
    """Keep the voucher for one sale: of any number who ask at the same time one gets it.

    Asked again for the same sale, it is the same. It does not run out: the customer may be gone
    with the goods while the tablet waits for the network. Raises VoucherUnusableError.
    """
    [voucher] = locked(Q(pk=voucher.pk))
    if voucher.claimed_for == sale_uuid:
        return voucher
    trouble = trouble_with(
        voucher, sale_uuid=sale_uuid, stand=till.stand, day=business_date(server_now())
    )
    if trouble is None and Sale.objects.filter(pk=sale_uuid).exists():
        trouble = VoucherEntry.Problem.IN_USE  # a request that comes late: the sale went without
    if trouble is not None:
        raise VoucherUnusableError(trouble, voucher)
    voucher.state = Voucher.State.CLAIMED
    voucher.claimed_for = sale_uuid
    voucher.claimed_till = till
    voucher.claimed_at = server_now()
    voucher.save(update_fields=["state", "claimed_for", "claimed_till", "claimed_at"])
    return voucher


def release(typed: str, *, sale_uuid: UUID) -> None:
    """Free the voucher again if it is claimed for this sale; else change nothing."""
    Voucher.objects.filter(
        code_hmac=hmac_of(typed), state=Voucher.State.CLAIMED, claimed_for=sale_uuid
    ).update(state=Voucher.State.OPEN, claimed_for=None, claimed_till=None, claimed_at=None)


@for_tablet
def tablet_voucher(request: HttpRequest, tablet: Tablet, envelope: Envelope) -> HttpResponse:
    """Claim a voucher for a sale of this tablet, or release it; a paired till hears the reason."""
    typed, wanted = envelope.content.get("code"), envelope.content.get("do")
    try:
        sale_uuid = read_uuid(envelope.content.get("sale"))
    except UnreadableError:
        return refusal(400, "unreadable")
    if not isinstance(typed, str) or wanted not in ("claim", "release"):
        return refusal(400, "unreadable")
    till = present_till(tablet)
    if wanted == "release":
        release(typed, sale_uuid=sale_uuid)
        return JsonResponse({"ok": True})
    try:
        voucher = claim(
            find_voucher(typed, key=f"tablet/{tablet.lineage}"), sale_uuid=sale_uuid, till=till
        )
    except TooManyTriesError as wait:
        response = refusal(429, "too_many", retry_after=wait.retry_after)
        response["Retry-After"] = str(wait.retry_after)
        return response
    except VoucherUnusableError as unusable:
        return _refused(unusable)
    return JsonResponse(
        {
            "ok": True,
            "voucher": {
                "number": voucher.printed_number,
                "value_rupiah": voucher.batch.value_rupiah,
            },
        }
    )


def _refused(unusable: VoucherUnusableError) -> JsonResponse:
    voucher = unusable.voucher
    where: dict[str, object] = {}
    if voucher is not None and voucher.claimed_till is not None and voucher.claimed_at is not None:
        at = voucher.claimed_at.isoformat(timespec="seconds").replace("+00:00", "Z")
        where = {"stand": voucher.claimed_till.stand.code, "at": at}
    return refusal(
        409,
        "voucher",
        reason=unusable.trouble.value,
        message=reason_in_words(unusable.trouble, voucher),
        **where,
    )


def reason_in_words(trouble: VoucherEntry.Problem, voucher: Voucher | None) -> str:
    """Why a voucher does not pay, for the person at a paired till and for an organiser."""
    if voucher is None:
        return _(
            "Kode ini tidak dikenal. Periksa lagi hurufnya, atau minta bayar dengan cara lain."
        )
    values = {
        "voucher": voucher,
        "stand": voucher.claimed_till.stand.code if voucher.claimed_till else "–",
        "when": _moment(voucher.claimed_at),
        "value": rupiah(voucher.batch.value_rupiah),
        "first": date_format(voucher.batch.valid_from, "j F Y"),
        "last": date_format(voucher.batch.valid_until, "j F Y"),
    }
    texts = {
        VoucherEntry.Problem.SPENT: _(
            "Voucher %(voucher)s sudah dipakai di stan %(stand)s, %(when)s."
        ),
        VoucherEntry.Problem.IN_USE: _(
            "Voucher %(voucher)s sedang dipakai di stan %(stand)s sejak %(when)s."
        ),
        VoucherEntry.Problem.VOID: _("Voucher %(voucher)s sudah dihapuskan panitia."),
        VoucherEntry.Problem.EXPIRED: _("Voucher %(voucher)s hanya berlaku sampai %(last)s."),
        VoucherEntry.Problem.EARLY: _("Voucher %(voucher)s baru berlaku mulai %(first)s."),
        VoucherEntry.Problem.ELSEWHERE: _("Voucher %(voucher)s tidak berlaku di stan ini."),
        VoucherEntry.Problem.WORTH_LESS: _("Voucher %(voucher)s hanya bernilai %(value)s."),
    }
    return texts.get(trouble, _("Kode ini tidak dikenal.")) % values


def _moment(at: dt.datetime | None) -> str:
    return date_format(at.astimezone(WIB), _("j F Y, H.i")) if at else "–"
