"""The organisers' pages of financing: what was lent and granted, and what a joint total lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from outcomes.disbursing import (
    correct_disbursement,
    record_disbursement,
    remove_disbursement,
    write_scheme,
)
from outcomes.financing import financing_of
from outcomes.financing_forms import DisbursementForm, SchemeForm
from outcomes.models import Disbursement, FinancingScheme
from pesantren.changed_meanwhile import ChangedMeanwhileError
from stands.organiser_page import admin_frame, all_expos, require, wanted_expo

if TYPE_CHECKING:
    from django.http import HttpResponse

    from outcomes.fields import OutcomeForm
    from stands.http import SignedInRequest
    from stands.models import Expo


@require_safe
@permission_required("outcomes.view_disbursement", raise_exception=True)
@never_cache
def financing(request: SignedInRequest) -> HttpResponse:
    """Schemes with their rows, totals by scheme and kind, and what is not accounted for."""
    expos = all_expos()
    expo = wanted_expo(expos, request.GET)
    context: dict[str, Any] = {
        **admin_frame(request, _("Pembiayaan dan bantuan"), expo),
        "expos": expos,
        "expo": expo,
    }
    if expo is not None:
        context["financing"] = financing_of(expo)
    return render(request, "outcomes/financing.html", context)


# --- disbursements --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.add_disbursement", raise_exception=True)
@never_cache
def disbursement_add(request: SignedInRequest) -> HttpResponse:
    """Record who received how much."""
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    if not expo.schemes.exists():
        messages.warning(request, _("Catat skemanya dulu."))
        return redirect(f"{reverse('scheme_add')}?edisi={expo.slug}")
    initial = {"scheme": request.GET.get("skema", "")}
    form = DisbursementForm(request.POST or None, expo=expo, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            record_disbursement(form.cleaned_data["key"], form.values, actor=request.user)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("Penyaluran dicatat."))
            return _back(expo)
    return _page(request, expo, "disbursement_form", form, _("Catat penyaluran"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.change_disbursement", raise_exception=True)
@never_cache
def disbursement_change(request: SignedInRequest, disbursement_id: int) -> HttpResponse:
    """Correct a disbursement, or take away one that was entered by mistake."""
    found = Disbursement.objects.select_related("scheme__expo", "producer")
    row = get_object_or_404(found, pk=disbursement_id)
    expo = row.scheme.expo
    if "hapus" in request.POST:
        return _remove(request, row)
    form = DisbursementForm(request.POST or None, expo=expo, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            correct_disbursement(row, form.values, seen=form.seen_there, actor=request.user)
        except ChangedMeanwhileError as changed:
            form.complain(changed.row)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("Tersimpan."))
            return _back(expo)
    return _page(request, expo, "disbursement_form", form, _("Ubah penyaluran"), row=row)


def _remove(request: SignedInRequest, row: Disbursement) -> HttpResponse:
    require(request, "outcomes.delete_disbursement")
    reason = request.POST.get("alasan", "").strip()[:200]
    if not reason:
        messages.error(request, _("Tulis alasannya dulu."))
        return redirect("disbursement_change", row.pk)
    remove_disbursement(row, reason=reason, actor=request.user)
    messages.success(request, _("Penyaluran dihapus; catatannya tinggal."))
    return _back(row.scheme.expo)


# --- schemes --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.add_financingscheme", raise_exception=True)
@never_cache
def scheme_add(request: SignedInRequest) -> HttpResponse:
    """Add a scheme to an edition."""
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    return _scheme(request, expo, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.change_financingscheme", raise_exception=True)
@never_cache
def scheme_change(request: SignedInRequest, scheme_id: int) -> HttpResponse:
    """Let a scheme say something else."""
    scheme = get_object_or_404(FinancingScheme.objects.select_related("expo"), pk=scheme_id)
    return _scheme(request, scheme.expo, scheme)


def _scheme(request: SignedInRequest, expo: Expo, scheme: FinancingScheme | None) -> HttpResponse:
    form = SchemeForm(request.POST or None, expo=expo, scheme=scheme)
    if request.method == "POST" and form.is_valid():
        try:
            write_scheme(expo, scheme, form.values, seen=form.seen_there, actor=request.user)
        except ChangedMeanwhileError as changed:
            form.complain(changed.row)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("Skema tersimpan."))
            return _back(expo)
    title = _("Ubah skema") if scheme else _("Tambah skema")
    return _page(request, expo, "scheme_form", form, title)


def _back(expo: Expo) -> HttpResponse:
    return redirect(f"{reverse('financing')}?edisi={expo.slug}")


def _page(
    request: SignedInRequest, expo: Expo, name: str, form: OutcomeForm, title: str, **more: Any
) -> HttpResponse:
    return render(
        request,
        f"outcomes/{name}.html",
        admin_frame(request, title, expo) | {"expo": expo, "form": form, **more},
        status=422 if form.errors else 200,
    )
