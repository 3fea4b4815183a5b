"""The forms of the till: shape only. What may be sold is checked by recording, under its lock."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.typed_numbers import RupiahField, TypedNumberField
from sales.checking import MAX_QUANTITY, SaleRefused, quantity_message
from sales.models import Payment
from sales.requests import (
    LineRequest,
    PaymentRequest,
    ReversalRequest,
    ReversedLine,
    SaleRequest,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from sales.models import Sale, SaleLine, Voucher
    from stands.models import Offer

# No purse and no till holds more; above it a hand slipped on the keys.
MAX_TENDERED_RUPIAH = 1_000_000_000


def quantity_field() -> forms.IntegerField:
    """A number of pieces; empty or 0 means none."""
    message = lazy(quantity_message, str)()
    field = TypedNumberField(required=False, error_messages={"invalid": message})
    field.validators = [MaxValueValidator(MAX_QUANTITY, message)]
    return field


class LedgerForm(forms.Form):
    """A form that asks for a ledger entry and shows what recording refuses where it happened."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)

    @contextmanager
    def showing_refusals(self) -> Iterator[None]:
        """Turn a refusal inside into errors at the fields; the block is left there."""
        try:
            yield
        except SaleRefused as refused:
            for problem in refused.problems:
                name = problem.field.replace("price-", "qty-")
                self.add_error(name if name in self.fields else None, problem.message)


@dataclass(frozen=True)
class Tile:
    """An offer on the till, and the field that counts how many of it are sold."""

    offer: Offer
    quantity: forms.BoundField


class SaleForm(LedgerForm):
    """The plain form of the till: a quantity for each of the stand's offers, and one payment.

    The prices that the keeper saw come back with it, so that nothing is sold at a price that
    changed in between.
    """

    METHODS = (Payment.Method.CASH, Payment.Method.QRIS)

    # What the method pays is the rest: a voucher comes first.
    voucher = forms.CharField(required=False, max_length=100)
    # The value that the keeper was shown, so that nobody pays a rest that he was not told.
    voucher_seen = TypedNumberField(required=False)
    method = forms.ChoiceField(
        choices=[(method.value, method.label) for method in METHODS],
        error_messages={
            "invalid_choice": gettext_lazy("Cara bayar ini tidak dikenal."),
            "required": gettext_lazy("Pilih cara bayar."),
        },
    )
    tendered = RupiahField(
        required=False,
        max_value=MAX_TENDERED_RUPIAH,
        error_messages={
            "invalid": gettext_lazy("Isi uang yang diterima dengan angka, misalnya 50.000."),
            "max_value": gettext_lazy("Uang yang diterima terlalu besar. Periksa angkanya."),
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        offers: Iterable[Offer],
        find_voucher: Callable[[str, uuid.UUID], Voucher] | None = None,
    ) -> None:
        super().__init__(data, initial={"uuid": uuid.uuid4(), "method": Payment.Method.CASH.value})
        self.find_voucher = find_voucher
        self.paper: Voucher | None = None
        self.offers = {offer.pk: offer for offer in offers}
        for pk in self.offers:
            self.fields[f"qty-{pk}"] = quantity_field()
            self.fields[f"price-{pk}"] = TypedNumberField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        foreign = [
            name
            for name in self.data
            if name.startswith("qty-")
            and name not in self.fields
            and self.data[name].strip() not in ("", "0")
        ]
        if cleaned.get("method") not in (None, Payment.Method.CASH):
            self.errors.pop("tendered", None)  # the field is hidden then, and means nothing
        if foreign:
            raise ValidationError(_("Ada barang yang tidak dijual di stan ini."))
        for pk in self.offers:
            if cleaned.get(f"qty-{pk}") and cleaned.get(f"price-{pk}") is None:
                self.add_error(f"qty-{pk}", _("Harga barang ini tidak ikut terkirim. Coba lagi."))
        if not self.errors and not any(self._chosen()):
            raise ValidationError(_("Belum ada barang yang dipilih."))
        if not self.errors and cleaned.get("voucher") and self.find_voucher is not None:
            try:
                self.paper = self.find_voucher(cleaned["voucher"], cleaned["uuid"])
            except ValidationError as refused:
                self.add_error("voucher", refused)
        return cleaned

    @property
    def value_rupiah(self) -> int:
        """What the voucher is worth; 0 without one."""
        return self.paper.batch.value_rupiah if self.paper else 0

    @property
    def is_voucher_new(self) -> bool:
        """Whether the keeper has not been shown yet what this voucher leaves to pay."""
        return self.paper is not None and self.cleaned_data["voucher_seen"] != self.value_rupiah

    @property
    def by_voucher_rupiah(self) -> int:
        """What the voucher pays."""
        return min(self.value_rupiah, self.total_rupiah)

    @property
    def forfeited_rupiah(self) -> int:
        """What of the voucher's value is lost."""
        return self.value_rupiah - self.by_voucher_rupiah

    @property
    def rest_rupiah(self) -> int:
        """What is paid in the chosen way."""
        return self.total_rupiah - self.by_voucher_rupiah

    def _chosen(self) -> Iterator[LineRequest]:
        # In an order of their own: tiles may have moved when the same form is sent again.
        for pk in sorted(self.offers):
            quantity = self.cleaned_data.get(f"qty-{pk}")
            if quantity:
                yield LineRequest(pk, quantity, self.cleaned_data[f"price-{pk}"])

    @property
    def total_rupiah(self) -> int:
        """What the chosen lines come to, at the prices that were shown."""
        return sum(line.amount_rupiah for line in self._chosen())

    def shows(self, offer: Offer) -> bool:
        """Whether the offer has a tile: on sale, or withdrawn meanwhile and asked for."""
        return not offer.is_withdrawn or f"qty-{offer.pk}" in self.errors

    def tile(self, offer: Offer) -> Tile:
        """The offer with its quantity as typed."""
        return Tile(offer, self[f"qty-{offer.pk}"])

    def as_request(self, *, sold_at: dt.datetime) -> SaleRequest:
        """The sale that the form asks to record. Cash left empty means paid exactly."""
        rest = self.rest_rupiah
        method, tendered = self.cleaned_data["method"], self.cleaned_data.get("tendered")
        if method == Payment.Method.CASH:
            tendered = rest if tendered is None else tendered
        else:
            tendered = None
        payments = []
        if self.paper is not None:
            code = self.paper.code_hmac
            payments.append(
                PaymentRequest(Payment.Method.VOUCHER, self.by_voucher_rupiah, voucher=code)
            )
        if rest or not payments:
            payments.append(PaymentRequest(method, rest, tendered))
        return SaleRequest(
            uuid=self.cleaned_data["uuid"],
            lines=tuple(self._chosen()),
            payments=tuple(payments),
            sold_at=sold_at,
        )


class ReversalForm(LedgerForm):
    """What to take back of one sale, line by line, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Tulis alasannya."),
            "max_length": gettext_lazy("Alasan paling panjang 200 huruf."),
        },
    )

    def __init__(self, data: Any = None, *, sale: Sale, left: dict[int, int]) -> None:
        self.sale = sale
        self.lines: list[SaleLine] = list(sale.lines.all())
        # A single piece can only go back whole; of more, the keeper says how many.
        only = sum(left.values()) == 1
        initial = {
            f"qty-{line.position}": left[line.position] if only else None for line in self.lines
        }
        super().__init__(data, initial={"uuid": uuid.uuid4(), **initial})
        for line in self.lines:
            self.fields[f"qty-{line.position}"] = quantity_field()

    @cached_property
    def left_by_way(self) -> dict[str, int]:
        """What can still go back: `money`, and where a voucher paid, `voucher`; in rupiah."""
        if all(one.method != Payment.Method.VOUCHER for one in self.sale.payments.all()):
            return {}
        left = self.sale.left_by_method()
        voucher = left.get(Payment.Method.VOUCHER, 0)
        return {"money": sum(left.values()) - voucher, "voucher": voucher}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"qty-{line.position}") for line in self.lines):
            raise ValidationError(_("Pilih barang yang dibatalkan."))
        return cleaned

    def as_request(self, *, sold_at: dt.datetime) -> ReversalRequest:
        """The reversal that the form asks to record, paid back the way the sale was paid."""
        chosen = [(line, self.cleaned_data[f"qty-{line.position}"] or 0) for line in self.lines]
        total = sum(quantity * line.unit_price_rupiah for line, quantity in chosen)
        return ReversalRequest(
            uuid=self.cleaned_data["uuid"],
            original_id=self.sale.pk,
            lines=tuple(
                ReversedLine(line.position, quantity) for line, quantity in chosen if quantity
            ),
            payments=self._paid_back(total),
            reason=self.cleaned_data["reason"],
            sold_at=sold_at,
        )

    def _paid_back(self, total: int) -> tuple[PaymentRequest, ...]:
        """The total shared out over the ways the sale was paid, as far as each still holds some."""
        payments = []
        for method, left in self.sale.left_by_method().items():
            amount = min(left, total)
            if amount > 0:
                payments.append(PaymentRequest(method, amount))
                total -= amount
        return tuple(payments)
