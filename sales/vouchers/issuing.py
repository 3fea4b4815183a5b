"""Vouchers before they are spent: made, given codes, handed out, voided, reissued, released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from sales.models import Voucher, VoucherBatch, VoucherRules
from sales.vouchers.codes import hmac_of, new_code

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from django.contrib.auth.models import User

    from stands.models import Expo, Stand

State = Voucher.State


class VoucherRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """It cannot be done with this voucher or batch; nothing was written. The message says why."""


@transaction.atomic
def make_batch(
    *,
    expo: Expo,
    name: str,
    value_rupiah: int,
    quantity: int,
    audience: VoucherBatch.Audience,
    valid_from: dt.date,
    valid_until: dt.date,
    actor: User,
    stands: Iterable[Stand] = (),
    owed: VoucherBatch.Owed = VoucherBatch.Owed.USED,
) -> VoucherBatch:
    """A batch with its vouchers, numbered on from the last one of the edition, without codes yet.

    `stands` empty means valid at all. Nobody can spend a voucher before `make_codes`. Raises
    ValidationError where a value is impossible, IntegrityError where the name is taken.
    """
    batch = VoucherBatch(
        expo=expo,
        name=name.strip(),
        value_rupiah=value_rupiah,
        quantity=quantity,
        audience=audience,
        valid_from=valid_from,
        valid_until=valid_until,
        owed=owed,
        made_by=actor,
    )
    batch.full_clean()
    batch.save()
    batch.stands.set(stands)
    first = _take_numbers(expo, quantity)
    Voucher.objects.bulk_create(
        Voucher(expo=expo, batch=batch, number=first + place) for place in range(quantity)
    )
    log_event(
        Event.Kind.VOUCHERS_MADE,
        batch.name,
        actor=actor,
        data={
            "batch": batch.pk,
            "edition": expo.slug,
            "value_rupiah": value_rupiah,
            "numbers": [first, first + quantity - 1],
        },
    )
    return batch


@transaction.atomic
def make_codes(
    batch: VoucherBatch, *, actor: User, again: bool = False
) -> list[tuple[Voucher, str]]:
    """A code for each open voucher of the batch, in order of their numbers; shown now or never.

    The codes are in what is returned and nowhere else: print them from it, in one answer. Pass each
    through `voucher_codes.as_printed` for people; a QR code holds it as it is. `again` makes new
    ones in place of a print that failed, and the old papers are worthless then; that is refused
    once a voucher of the batch was handed out or used. Raises VoucherRefused.
    """
    batch = VoucherBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.codes_shown_at is not None and not again:
        raise VoucherRefused(_("Kodenya sudah dicetak. Kode hanya ditampilkan sekali."))
    vouchers = list(
        Voucher.objects.select_for_update(of=("self",)).filter(batch=batch).order_by("number")
    )
    touched = Q(state__in=[State.CLAIMED, State.REDEEMED]) | Q(issued_at__isnull=False)
    if batch.codes_shown_at is not None and (
        Voucher.objects.filter(touched | Q(entries__isnull=False), batch=batch).exists()
    ):
        raise VoucherRefused(
            _("Ada voucher yang sudah diserahkan atau dipakai. Ganti satu per satu yang rusak.")
        )
    made = [(one, new_code()) for one in vouchers if one.state == State.OPEN]
    for voucher, code in made:
        voucher.code_hmac = hmac_of(code)
    Voucher.objects.bulk_update([one for one, _code in made], ["code_hmac"], batch_size=500)
    batch.codes_shown_at = timezone.now()
    batch.save(update_fields=["codes_shown_at"])
    log_event(
        Event.Kind.VOUCHERS_PRINTED,
        batch.name,
        actor=actor,
        data={"batch": batch.pk, "vouchers": len(made), "again": again},
    )
    return made


@transaction.atomic
def issue_vouchers(vouchers: Sequence[Voucher], *, to: str, actor: User) -> int:
    """Note that these were handed out, to somebody or (`to` empty) as they are; answer how many.

    Handed out before to another name, the new name counts. Void ones are left out.
    """
    keys = [one.pk for one in vouchers]
    done = (
        Voucher.objects.filter(pk__in=keys)
        .exclude(state=State.VOID)
        .update(issued_to=to.strip()[:80], issued_at=timezone.now())
    )
    if done:
        numbers = [one.number for one in vouchers]
        log_event(
            Event.Kind.VOUCHER_ISSUED,
            to.strip() or _("Tanpa nama"),
            actor=actor,
            data={"vouchers": keys, "numbers": numbers},
        )
    return done


@transaction.atomic
def void_voucher(voucher: Voucher, *, actor: User, reason: str) -> Voucher:
    """Make an open voucher worthless for good, with a reason. Raises VoucherRefused."""
    reason = reason.strip()[:200]
    if not reason:
        raise VoucherRefused(_("Tulis alasannya."))
    voucher = _locked(voucher)
    _require_open(voucher)
    voucher.state = State.VOID
    voucher.void_reason = reason
    voucher.voided_at = timezone.now()
    voucher.save(update_fields=["state", "void_reason", "voided_at"])
    log_event(
        Event.Kind.VOUCHER_VOIDED,
        _named(voucher),
        actor=actor,
        data={"voucher": voucher.pk, "reason": reason},
    )
    return voucher


@transaction.atomic
def reissue(voucher: Voucher, *, actor: User, reason: str) -> tuple[Voucher, str]:
    """Void a lost or misprinted voucher and make one in its place; its code is known only now.

    The new one has the next free number of the edition. Raises VoucherRefused.
    """
    old = void_voucher(voucher, actor=actor, reason=reason)
    code = new_code()
    new = Voucher.objects.create(
        expo_id=old.expo_id,
        batch_id=old.batch_id,
        number=_take_numbers(old.expo, 1),
        code_hmac=hmac_of(code),
        issued_to=old.issued_to,
        # Whoever had the old one gets this: what was handed out stays handed out.
        issued_at=timezone.now() if old.issued_at else None,
        replaces=old,
    )
    log_event(
        Event.Kind.VOUCHER_ISSUED,
        _named(new),
        actor=actor,
        data={"voucher": new.pk, "number": new.number, "replaces": old.pk},
    )
    return new, code


@transaction.atomic
def release_claim(voucher: Voucher, *, actor: User, reason: str) -> Voucher:
    """Free a voucher that a till holds for a sale that never came. Raises VoucherRefused.

    If that sale comes all the same, it stands, and the voucher is flagged where it was spent since.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise VoucherRefused(_("Tulis alasannya."))
    voucher = _locked(voucher)
    if voucher.state != State.CLAIMED:
        raise VoucherRefused(
            _("Voucher ini tidak sedang ditahan kasir: %(state)s.")
            % {"state": voucher.get_state_display()}
        )
    data = {
        "voucher": voucher.pk,
        "sale": str(voucher.claimed_for),
        "till": voucher.claimed_till.prefix if voucher.claimed_till else "",
        "reason": reason,
    }
    voucher.state = State.OPEN
    voucher.claimed_for = voucher.claimed_till = voucher.claimed_at = None
    voucher.save(update_fields=["state", "claimed_for", "claimed_till", "claimed_at"])
    log_event(Event.Kind.VOUCHER_RELEASED, _named(voucher), actor=actor, data=data)
    return voucher


def rules_of(expo: Expo) -> VoucherRules:
    """The edition's rules; where nobody set any, those that refuse vouchers without a network."""
    return VoucherRules.objects.filter(expo=expo).first() or VoucherRules(expo=expo)


@transaction.atomic
def set_rules(expo: Expo, *, offline_limit_rupiah: int, actor: User) -> VoucherRules:
    """Say how much a till may take in vouchers without a network; 0 forbids it."""
    rules = _locked_rules(expo)
    before = rules.offline_limit_rupiah
    rules.offline_limit_rupiah = offline_limit_rupiah
    rules.full_clean()
    rules.save(update_fields=["offline_limit_rupiah"])
    log_event(
        Event.Kind.VOUCHER_RULES_CHANGED,
        str(expo),
        actor=actor,
        data={"edition": expo.slug, "offline_limit_rupiah": [before, offline_limit_rupiah]},
    )
    return rules


def _locked(voucher: Voucher) -> Voucher:
    rows = Voucher.objects.select_for_update(of=("self",)).select_related("batch", "expo")
    return rows.get(pk=voucher.pk)


def _require_open(voucher: Voucher) -> None:
    if voucher.state != State.OPEN:
        raise VoucherRefused(
            _("Voucher ini tidak bisa dihapuskan: %(state)s.")
            % {"state": voucher.get_state_display()}
        )


def _take_numbers(expo: Expo, quantity: int) -> int:
    """The first of so many numbers that nobody else gets."""
    rules = _locked_rules(expo)
    first = rules.last_number + 1
    rules.last_number += quantity
    rules.save(update_fields=["last_number"])
    return first


def _locked_rules(expo: Expo) -> VoucherRules:
    VoucherRules.objects.get_or_create(expo=expo)
    return VoucherRules.objects.select_for_update().get(expo=expo)


def _named(voucher: Voucher) -> str:
    return f"{voucher} ({voucher.batch.name})"
