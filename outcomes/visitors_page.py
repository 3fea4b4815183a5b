"""The organisers' page 'Pengunjung': counted at the gates and said by somebody, told apart."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from outcomes.claiming import Said, record_claim
from outcomes.fields import OutcomeForm, read_whole
from outcomes.models import Claim
from outcomes.visitors import Visitors, visitors_of
from stands.clock import WIB, business_date
from stands.http import wants_fragment
from stands.models import Expo
from stands.organiser_page import admin_frame, all_expos, require, wanted_expo
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from stands.http import SignedInRequest

MAY_SEE = permission_required("programme.view_gatecount", raise_exception=True)
MAY_SAY = "outcomes.add_claim"


class VisitorsForm(OutcomeForm):
    """How many came on a day, as an organiser says without a counter."""

    date = forms.ChoiceField(label=gettext_lazy("Hari"))
    value = forms.CharField(
        label=gettext_lazy("Pengunjung"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Tulis jumlahnya, misalnya 9.750.")},
    )
    said_by = forms.CharField(
        label=gettext_lazy("Menurut siapa"),
        max_length=200,
        error_messages={"required": gettext_lazy("Tulis menurut siapa.")},
    )
    detail = forms.CharField(
        label=gettext_lazy("Bagaimana diketahui"), max_length=300, required=False
    )

    def __init__(self, *args: Any, expo: Expo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(day.date.isoformat(), date_format(day.date, "l j F Y")) for day in expo.all_days]
        self.fields["date"].choices = days  # type: ignore[attr-defined]  # a ChoiceField

    def clean_value(self) -> int:
        """A whole number as people type it."""
        try:
            return read_whole(self.cleaned_data["value"])
        except ValueError:
            raise ValidationError(_("Tulis bilangan bulat, misalnya 9.750.")) from None

    def said(self, today: dt.date) -> Said:
        """What was filled in, said today."""
        cleaned = self.cleaned_data
        return Said(
            figure=Claim.Figure.VISITORS,
            basis=Claim.Basis.ORGANISER,
            said_by=cleaned["said_by"],
            value=cleaned["value"],
            date=dt.date.fromisoformat(cleaned["date"]),
            unit="orang",
            unit_en="people",
            detail=cleaned["detail"],
            said_on=today,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_SEE
@never_cache
@vary_on_headers("HX-Request")
def visitors(request: SignedInRequest) -> HttpResponse:
    """Days, gates and hours; a figure typed in lies beside what was counted, in its own name."""
    expos = all_expos()
    expo = wanted_expo(expos, request.POST or request.GET)
    frame: dict[str, Any] = {**admin_frame(request, _("Pengunjung"), expo), "expos": expos}
    if expo is None:
        return render(request, "outcomes/visitors.html", frame)
    form = VisitorsForm(request.POST or None, expo=expo, initial={"said_by": _("Panitia")})
    if request.method == "POST" and _is_recorded(request, expo, form):
        return redirect(f"{reverse('visitors')}?edisi={expo.slug}")
    context = _shown(request, expo) | {"form": form}
    if wants_fragment(request) and request.method != "POST":
        return render(request, "outcomes/visitors.html#figures", context)
    return render(
        request, "outcomes/visitors.html", frame | context, status=422 if form.errors else 200
    )


def _is_recorded(request: SignedInRequest, expo: Expo, form: VisitorsForm) -> bool:
    require(request, MAY_SAY)
    if not form.is_valid():
        return False
    try:
        record_claim(expo, form.said(business_date(timezone.now())), actor=request.user)
    except ValidationError as error:
        form.take(error)
        return False
    messages.success(request, _("Tercatat sebagai klaim. Terbitkan bila ini angkanya."))
    return True


def _shown(request: SignedInRequest, expo: Expo) -> dict[str, Any]:
    now = timezone.now().astimezone(WIB)
    seen = visitors_of(expo)
    day = _wanted_day(request, seen)
    return {
        "expo": expo,
        "seen": seen,
        "chart": seen.chart(now),
        "day": day,
        "hours": seen.hours_on(day) if day else (),
        "now": now,
        "is_today": expo.day_at(now) is not None,
    }


def _wanted_day(request: SignedInRequest, seen: Visitors) -> dt.date | None:
    """The day that was asked for if anything is known of its hours, else the last such day."""
    days = seen.counted_days
    wanted = next((one for one in days if one.isoformat() == request.GET.get("hari")), None)
    return wanted or (days[-1] if days else None)


@require_safe
@MAY_SEE
@never_cache
def visitors_csv(request: SignedInRequest) -> HttpResponse:
    """Every hour at every gate and every claim, as CSV."""
    expo = wanted_expo(all_expos(), request.GET)
    return csv_response(f"{_name(expo)}.csv", _table(expo))


@require_safe
@MAY_SEE
@never_cache
def visitors_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as XLSX."""
    expo = wanted_expo(all_expos(), request.GET)
    return xlsx_response(f"{_name(expo)}.xlsx", _("Pengunjung"), _table(expo))


def _name(expo: Expo | None) -> str:
    return f"pengunjung-{expo.slug}" if expo else "pengunjung"


def _table(expo: Expo | None) -> Iterator[list[str | int]]:
    yield [_("Hari"), _("Hari pameran"), _("Jam"), _("Pintu"), _("Dasar"), _("Menurut"), _("Orang")]
    if expo is None:
        return
    seen = visitors_of(expo)
    names = {gate.pk: gate.name_text for gate in seen.gates}
    own = {day.date for day in expo.all_days}
    for one in seen.counts:
        is_own = _("ya") if one.date in own else _("tidak")
        yield [
            one.date.isoformat(),
            is_own,
            one.name,
            names[one.gate_id],
            _("Dihitung di pintu"),
            "",
            one.people,
        ]
    for claim in (*seen.claims, *(one for day in seen.days for one in day.claims)):
        date = claim.date.isoformat() if claim.date else _("seluruh edisi")
        basis, value = str(claim.get_basis_display()), claim.value
        if value is not None:
            yield [date, "", "", "", basis, claim.said_by, value]
