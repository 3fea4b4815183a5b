"""The forms of the organisers' work list: what to add to a held sale, and reasons."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.money import rupiah
from sales.checking import YEARS, SaleRefused
from sales.forms import quantity_field
from sales.models import HeldSale, Sale
from sales.requests import from_json
from sales.work_list.deciding import Answers, DecisionRefused, needs_time
from stands.clock import WIB
from stands.models import Offer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from sales.work_list.waiting import Line, Shelf

NOTE_LENGTH = 200
LONG = gettext_lazy("Paling panjang 200 huruf.")


class RefusedForm(forms.Form):
    """A form that shows at its fields why a decision was refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @contextmanager
    def showing_refusals(self) -> Iterator[None]:
        """Turn a refusal inside into errors of the form; the block is left there."""
        try:
            yield
        except SaleRefused as refused:
            for problem in refused.problems:
                self.add_error(
                    problem.field if problem.field in self.fields else None, problem.message
                )
        except DecisionRefused as refused:
            self.add_error(None, str(refused))


class ReasonForm(RefusedForm):
    """Why something is left out or let be."""

    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        max_length=NOTE_LENGTH,
        error_messages={"required": gettext_lazy("Tulis alasannya."), "max_length": LONG},
    )


class OfferField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An offer of the stand, with what tells it apart."""

    def label_from_instance(self, obj: Offer) -> str:
        return f"{obj.product.name}, {rupiah(obj.price_rupiah)} / {obj.product.unit}"


class SaleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An entry of the ledger."""

    def label_from_instance(self, obj: Sale) -> str:
        return f"{obj.number}, {rupiah(obj.total_rupiah)}"


class AcceptForm(RefusedForm):
    """What an organiser must say before a held request can be an entry; often nothing."""

    note = forms.CharField(
        label=gettext_lazy("Catatan (boleh kosong)"),
        max_length=NOTE_LENGTH,
        required=False,
        error_messages={"max_length": LONG},
    )

    def __init__(self, data: Any = None, *, held: HeldSale, shelf: Shelf) -> None:
        super().__init__(data, prefix="accept")
        self.held = held
        self.originals = shelf.originals(held)
        self.lines = shelf.content(held).lines
        self.is_reversal = held.request["kind"] == "reversal"
        if needs_time(held):
            self.fields["sold_at"] = self._time_field()
        if self.is_reversal:
            self._add_reversal_fields()
        else:
            offers = held.stand.offers.in_till_order().select_related("product")
            for line in self.lines:
                if not line.known:
                    self.fields[f"offer-{line.position}"] = OfferField(
                        offers,
                        label=line.name,
                        empty_label=_("Pilih barang"),
                        error_messages={"required": _("Pilih barang yang sebenarnya terjual.")},
                    )
        # The note stands last.
        self.order_fields([*(name for name in self.fields if name != "note"), "note"])

    def _time_field(self) -> forms.DateTimeField:
        held = self.held
        claimed = claimed_at(held)
        is_likely = held.reason == HeldSale.Reason.TOO_OLD and claimed.year in YEARS
        prefilled = claimed if is_likely else held.received_at
        return forms.DateTimeField(
            label=_("Dibayar pada (WIB)"),
            initial=prefilled.astimezone(WIB),
            widget=forms.DateTimeInput(
                {"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
            ),
            error_messages={
                "required": _("Pilih kapan ini dibayar."),
                "invalid": _("Isi tanggal dan jamnya."),
            },
        )

    def _add_reversal_fields(self) -> None:
        if len(self.originals) > 1:
            self.fields["original"] = SaleField(
                Sale.objects.filter(pk__in=[one.pk for one in self.originals]),
                label=_("Nota yang dibatalkan"),
                initial=self.originals[0].pk,
                empty_label=None,
            )
        if self.is_over:
            for line in self.lines:
                left = line.left or 0
                field = quantity_field()
                field.initial = min(line.quantity, left)
                self.fields[f"qty-{line.position}"] = field

    @property
    def is_over(self) -> bool:
        """Whether more would be taken back than is left."""
        return any(line.left is not None and line.quantity > line.left for line in self.lines)

    @property
    def is_possible(self) -> bool:
        """Whether it can be accepted at all as things stand."""
        if not self.is_reversal:
            return True
        return bool(self.originals) and any(line.left for line in self.lines)

    @property
    def rows(self) -> list[tuple[Line, forms.BoundField]]:
        """The lines of which fewer pieces can be taken back, each with its field."""
        return [
            (line, self[name])
            for line in self.lines
            if (name := f"qty-{line.position}") in self.fields
        ]

    @property
    def others(self) -> list[forms.BoundField]:
        """All fields but those."""
        return [field for field in self if not field.name.startswith("qty-")]

    def clean_sold_at(self) -> dt.datetime:
        """No time of the future."""
        at: dt.datetime = self.cleaned_data["sold_at"]
        if at > timezone.now():
            raise ValidationError(_("Waktu ini belum terjadi."))
        return at

    def answers(self) -> Answers:
        """What the organiser added."""
        given = self.cleaned_data
        quantities = {
            line.position: given[name] or 0
            for line in self.lines
            if (name := f"qty-{line.position}") in given
        }
        return Answers(
            sold_at=given.get("sold_at"),
            offers={
                line.position: given[name].pk
                for line in self.lines
                if (name := f"offer-{line.position}") in given
            },
            quantities=quantities or None,
            original=given.get("original"),
        )


def claimed_at(held: HeldSale) -> dt.datetime:
    """When it was paid according to the tablet."""
    return from_json(held.request).sold_at
