"""The plain form's closing of the day, for keepers who signed in: no script, no tablet.

A day that was left open can be closed on a later one: nobody else can do it for this till.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pesantren.money import thousands
from pesantren.typed_numbers import CountField
from sales.access import Seller, for_seller
from sales.checking import MAX_QUANTITY, MAX_TEXT, SaleRefused
from sales.closing.requests import DENOMINATIONS, CloseRequest, MovementRequest
from sales.closing.writing import write_in_book
from sales.models import CashMovement, DayClose, LedgerHead, RunningTotal
from sales.recording import OLDEST_DAYS
from stands.clock import business_date
from stands.server_clock import server_now

if TYPE_CHECKING:
    from django.http import HttpResponse

    from sales.closing.writing import Written
    from stands.http import HtmxRequest


class MovementForm(forms.Form):
    """Cash put into the drawer or taken out."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), choices=CashMovement.Kind.choices)
    # A dot stands before three digits: 25.00 would be read as 2.500.
    amount = forms.RegexField(
        r"^(?=.{1,14}$)(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)$",
        label=gettext_lazy("Berapa rupiah?"),
        error_messages={"invalid": gettext_lazy("Isi nilainya dengan angka, misalnya 50.000.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Untuk apa?"), max_length=MAX_TEXT, required=False, empty_value=""
    )

    def as_request(self, at: dt.datetime) -> MovementRequest:
        """What is asked to be written."""
        cleaned = self.cleaned_data
        return MovementRequest(
            uuid=cleaned["key"],
            kind=cleaned["kind"],
            amount_rupiah=int(cleaned["amount"].replace(".", "")),
            reason=cleaned["reason"],
            moved_at=at,
        )


class CountForm(forms.Form):
    """Pieces of each denomination, and a note."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("Catatan"), max_length=MAX_TEXT, required=False, empty_value=""
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for value in DENOMINATIONS:
            self.fields[f"count-{value}"] = CountField(
                label=f"Rp {thousands(value)}",
                min_value=0,
                max_value=MAX_QUANTITY,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": "0"}),
                error_messages={
                    "invalid": _("Isi jumlah lembar atau keping dari 0 sampai 9.999."),
                },
            )

    def rows(self) -> list[forms.BoundField]:
        """The fields of the denominations, the largest first."""
        return [self[f"count-{value}"] for value in DENOMINATIONS]

    def as_request(self, at: dt.datetime) -> CloseRequest:
        """What is asked to be written. The server gives number, last receipt and expectation."""
        cleaned = self.cleaned_data
        counted = tuple(
            (value, pieces) for value in DENOMINATIONS if (pieces := cleaned[f"count-{value}"])
        )
        return CloseRequest(
            uuid=cleaned["key"],
            business_date=cleaned["day"],
            counted=counted,
            counted_rupiah=sum(value * pieces for value, pieces in counted),
            expected_rupiah=None,
            last_counter=0,
            note=cleaned["note"],
            closed_at=at,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def till_closing(request: HtmxRequest, seller: Seller) -> HttpResponse:
    """Count the drawer of the plain form, blind; what was expected is shown when it is written."""
    asked = request.POST.get("form") if request.method == "POST" else None
    today = business_date(server_now())
    day = _wanted(request.GET.get("hari", ""), today, seller) or today
    movement = MovementForm(
        request.POST if asked == "movement" else None,
        prefix="movement",
        initial={"key": uuid.uuid4(), "kind": CashMovement.Kind.OUT},
        label_suffix="",
    )
    count = CountForm(
        request.POST if asked == "count" else None,
        prefix="count",
        initial={"key": uuid.uuid4(), "day": day},
        label_suffix="",
    )
    forms_by_name: dict[str, MovementForm | CountForm] = {"movement": movement, "count": count}
    form = forms_by_name.get(asked or "")
    if form is not None and form.is_valid():
        written = _write(seller, form)
        if written is not None:
            messages.success(request, _words(written))
            return redirect(request.get_full_path())
    return render(
        request,
        "sales/till_closing.html",
        {
            "here": "closing",
            "seller": seller,
            "day": day,
            "today": today,
            "earlier": [one for one in _unclosed_before(today, seller) if one != day],
            "movement": movement,
            "count": count,
            **_book(seller, day),
        },
        status=422 if form is not None else 200,
    )


def _unclosed_before(today: dt.date, seller: Seller) -> list[dt.date]:
    """The days before on which the plain form sold and nobody counted its drawer."""
    oldest = today - dt.timedelta(days=OLDEST_DAYS)
    sold = RunningTotal.objects.filter(
        till__in=LedgerHead.objects.filter(stand=seller.stand).values("web_till"),
        business_date__range=(oldest, today - dt.timedelta(days=1)),
    )
    days = sold.unclosed().order_by("business_date").values_list("business_date", flat=True)
    return list(days.distinct())


def _wanted(text: str, today: dt.date, seller: Seller) -> dt.date | None:
    """The earlier day that the address names: one that was left open, or was closed late."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    if day >= today:
        return None
    is_open = day in _unclosed_before(today, seller)
    return day if is_open or _book(seller, day)["close"] else None


def _write(seller: Seller, form: MovementForm | CountForm) -> Written | None:
    try:
        return write_in_book(
            form.as_request(server_now()), stand=seller.stand, cashier=seller.cashier
        )
    except SaleRefused as refused:
        for problem in refused.problems:
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, problem.message)
        return None


def _words(written: Written) -> str:
    if written.row is None:
        return _("Sudah sampai di panitia, dan sedang mereka periksa.")
    return _("%(number)s tersimpan.") % {"number": written.number}


def _book(seller: Seller, day: dt.date) -> dict[str, Any]:
    """What the plain form's till wrote today."""
    head = LedgerHead.objects.filter(stand=seller.stand).select_related("web_till").first()
    if head is None:
        return {"movements": [], "close": None}
    return {
        "movements": CashMovement.objects.filter(till=head.web_till, business_date=day),
        "close": DayClose.objects.filter(till=head.web_till, business_date=day)
        .with_content()
        .first(),
    }
