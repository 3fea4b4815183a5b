"""The organisers' page that takes over what a tablet without a network has sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db import InterfaceError, OperationalError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sales.tablet.export_file import MAX_BYTES, DeliveryError
from sales.tablet.receiving import Delivery, deliver, read_file, read_packed, read_text

if TYPE_CHECKING:
    from django.http import HttpResponse

    from sales.tablet.receiving import Result
    from stands.http import SignedInRequest

# So many rows of one outcome are shown; their number is always told.
SHOWN = 200


class ReceivingForm(forms.Form):
    """The exported file, or the text of its QR codes. `delivery` is what was read."""

    file = forms.FileField(
        label=gettext_lazy("Berkas dari tablet"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    frames = forms.CharField(
        label=gettext_lazy("Teks kode QR"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )

    delivery: Delivery

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        file, frames = cleaned.get("file"), cleaned.get("frames")
        if self.errors:
            return cleaned
        if not file and not frames:
            raise forms.ValidationError(_("Pilih berkasnya, pindai kodenya, atau tempel teksnya."))
        try:
            if file:
                if file.size > MAX_BYTES:  # before it is read
                    raise DeliveryError(_("Berkas ini terlalu besar: paling besar 5 MB."))
                self.delivery = read_file(file.read())
            else:
                self.delivery = read_text(frames or "")
        except DeliveryError as error:
            self.add_error("file" if file else "frames", str(error))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.change_heldsale", raise_exception=True)
@never_cache
def receiving(request: SignedInRequest) -> HttpResponse:
    """Ask for the file or the codes, and show what is in them. Nothing is recorded yet."""
    if request.method != "POST":
        return _form(request, ReceivingForm())
    form = ReceivingForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form)
    return _preview(request, form.delivery)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.change_heldsale", raise_exception=True)
@never_cache
def receiving_save(request: SignedInRequest) -> HttpResponse:
    """Record what was shown, and list what became of it.

    The list answers the POST itself: sending it again changes nothing, and says so.
    """
    if request.method != "POST":
        return redirect("receiving")
    try:
        delivery = read_packed(request.POST.get("packed", ""))
    except DeliveryError as error:
        return _form(request, ReceivingForm(), problem=str(error))
    try:
        results = deliver(delivery, actor=request.user)
    except (InterfaceError, OperationalError):
        return _preview(request, delivery, busy=True)
    context: dict[str, Any] = {"groups": _groups(results), "tills": _tills(results)}
    context |= _admin_context(request, _("Sudah diterima"))
    return render(request, "sales/receiving_save.html", context)


def _form(request: SignedInRequest, form: ReceivingForm, *, problem: str = "") -> HttpResponse:
    context: dict[str, Any] = {"form": form, "problem": problem}
    context |= _admin_context(request, _("Terima dari tablet"))
    status = 422 if form.errors or problem else 200
    return render(request, "sales/receiving.html", context, status=status)


def _preview(request: SignedInRequest, delivery: Delivery, *, busy: bool = False) -> HttpResponse:
    parts = delivery.parts()
    context = {
        "delivery": delivery,
        "parts": parts,
        "shown": SHOWN,
        "fresh": len(delivery.good) - sum(part.known for part in parts),
        "bad": delivery.bad[:SHOWN],
        "busy": busy,
        **_admin_context(request, _("Periksa dahulu")),
    }
    response = render(request, "sales/receiving_preview.html", context, status=503 if busy else 200)
    if busy:
        response["Retry-After"] = "5"
    return response


def _groups(results: list[Result]) -> list[dict[str, Any]]:
    """The results by what became of them, what needs a look first."""
    by_kind: dict[str, list[Result]] = {"refused": [], "held": [], "recorded": [], "replayed": []}
    for one in results:
        by_kind["refused" if one.outcome is None else one.outcome.kind.value].append(one)
    titles = {
        "refused": _("Ditolak, tetap di tablet"),
        "held": _("Ditahan untuk panitia"),
        "recorded": _("Masuk buku"),
        "replayed": _("Sudah ada sebelumnya"),
    }
    return [
        {"kind": kind, "title": titles[kind], "count": len(some), "results": some[:SHOWN]}
        for kind, some in by_kind.items()
    ]


def _tills(results: list[Result]) -> list[str]:
    """The tills whose sales are safe now."""
    safe = [one.item.till for one in results if one.outcome is not None]
    return sorted({till.prefix for till in safe if till is not None})


def _admin_context(request: SignedInRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title}
