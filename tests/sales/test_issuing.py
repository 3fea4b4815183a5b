"""Vouchers before they are spent: numbers, codes shown once, handed out, voided, reissued."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from events.models import Event
from sales.models import Voucher, VoucherBatch
from sales.vouchers.codes import hmac_of
from sales.vouchers.issuing import (
    VoucherRefused,
    issue_vouchers,
    make_batch,
    make_codes,
    reissue,
    release_claim,
    rules_of,
    set_rules,
    void_voucher,
)
from tests.ledger import make_running_expo
from tests.make import make_expo
from tests.vouchers import make_finance, make_voucher, make_vouchers

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 25)


def test_numbers_go_on_through_all_batches_of_an_edition() -> None:
    expo = make_running_expo()
    first, second = make_vouchers(expo, quantity=3), make_vouchers(expo, quantity=2)
    other = make_vouchers(make_expo(slug="2027", is_current=False))
    assert [one.number for one, _code in first + second] == [1, 2, 3, 4, 5]
    assert [str(one) for one, _code in other] == ["No. 0001"]


def test_code_is_kept_as_its_hmac_alone() -> None:
    (voucher, code), _ = make_vouchers(make_running_expo(), quantity=2)
    voucher.refresh_from_db()
    assert voucher.code_hmac == hmac_of(code)
    everything = str(list(Voucher.objects.values())) + str(list(Event.objects.values()))
    assert code not in everything
    assert [one.kind for one in Event.objects.order_by("pk")] == [
        Event.Kind.VOUCHERS_MADE,
        Event.Kind.VOUCHERS_PRINTED,
    ]


def test_codes_are_shown_once() -> None:
    [(voucher, code)] = make_vouchers(make_running_expo())
    with pytest.raises(VoucherRefused, match="hanya ditampilkan sekali"):
        make_codes(voucher.batch, actor=make_finance())
    [(_voucher, fresh)] = make_codes(voucher.batch, actor=make_finance(), again=True)
    voucher.refresh_from_db()
    assert voucher.code_hmac == hmac_of(fresh) != hmac_of(code)


def test_codes_are_not_made_again_once_a_voucher_is_out() -> None:
    (voucher, code), _ = make_vouchers(make_running_expo(), quantity=2)
    issue_vouchers([voucher], to="Bu Siti", actor=make_finance())
    with pytest.raises(VoucherRefused, match="diserahkan"):
        make_codes(voucher.batch, actor=make_finance(), again=True)
    voucher.refresh_from_db()
    assert voucher.code_hmac == hmac_of(code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"value_rupiah": 0},
        {"value_rupiah": 10_000_001},
        {"quantity": 0},
        {"quantity": 5_001},
        {"valid_until": DAY - dt.timedelta(days=1)},
    ],
)
def test_impossible_batch_is_refused(wrong: dict[str, object]) -> None:
    asked = {"value_rupiah": 1_000, "quantity": 1, "valid_from": DAY, "valid_until": DAY} | wrong
    with pytest.raises(ValidationError):
        make_batch(
            expo=make_running_expo(),
            name="Uji",
            audience=VoucherBatch.Audience.STAND,
            actor=make_finance(),
            **asked,  # type: ignore[arg-type]
        )
    assert not VoucherBatch.objects.exists()


def test_void_voucher_is_void_for_good() -> None:
    voucher, _code = make_voucher(make_running_expo())
    with pytest.raises(VoucherRefused, match="Tulis alasannya"):
        void_voucher(voucher, actor=make_finance(), reason=" ")
    void_voucher(voucher, actor=make_finance(), reason="hilang")
    with pytest.raises(VoucherRefused, match="dihapuskan"):
        void_voucher(voucher, actor=make_finance(), reason="hilang")
    voucher.refresh_from_db()
    assert (voucher.state, voucher.void_reason) == (Voucher.State.VOID, "hilang")


def test_reissue_makes_another_paper_in_its_place() -> None:
    (lost, old_code), _ = make_vouchers(make_running_expo(), quantity=2)
    issue_vouchers([lost], to="Bu Siti", actor=make_finance())
    new, code = reissue(lost, actor=make_finance(), reason="hilang")
    lost.refresh_from_db()
    assert (new.number, new.replaces, new.issued_to) == (3, lost, "Bu Siti")
    assert (lost.state, lost.replaced_by) == (Voucher.State.VOID, new)
    assert new.code_hmac == hmac_of(code) != hmac_of(old_code)
    with pytest.raises(VoucherRefused):
        reissue(lost, actor=make_finance(), reason="hilang lagi")


def test_paper_given_in_place_of_a_lost_one_was_handed_out_with_and_without_a_name() -> None:
    expo = make_running_expo()
    vouchers = [one for one, _code in make_vouchers(expo, quantity=3)]
    issue_vouchers(vouchers[:1], to="Bu Siti", actor=make_finance())
    issue_vouchers(vouchers[1:2], to="", actor=make_finance())
    for voucher in vouchers:
        reissue(voucher, actor=make_finance(), reason="basah")
    assert Voucher.objects.filter(issued_at__isnull=False, state=Voucher.State.OPEN).count() == 2


def test_only_a_claimed_voucher_is_released() -> None:
    voucher, _code = make_voucher(make_running_expo())
    with pytest.raises(VoucherRefused, match="tidak sedang ditahan"):
        release_claim(voucher, actor=make_finance(), reason="macet")


def test_state_and_its_fields_are_tied() -> None:
    voucher, _code = make_voucher(make_running_expo())
    for state in ("claimed", "redeemed", "void"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Voucher.objects.filter(pk=voucher.pk).update(state=state)


def test_rules_refuse_vouchers_offline_until_somebody_allows_it() -> None:
    expo = make_running_expo()
    assert rules_of(expo).offline_limit_rupiah == 0
    set_rules(expo, offline_limit_rupiah=500_000, actor=make_finance())
    assert rules_of(expo).offline_limit_rupiah == 500_000
    with pytest.raises(ValidationError):
        set_rules(expo, offline_limit_rupiah=-1, actor=make_finance())
    assert Event.objects.latest("pk").data["offline_limit_rupiah"] == [0, 500_000]
