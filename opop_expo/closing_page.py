"""The organisers' page on which an edition is closed: what that does, what still waits, and a form.

Nothing that waits stops it: sales that come late are still recorded. But it is for good, so whoever
closes writes the edition's address by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opop_expo.templatetags.pages import day as written
from pesantren.money import thousands
from sales.totals.pulse import numbers
from stands import catalogue
from stands.clock import business_date
from stands.closing_edition import close_edition
from stands.models import KeptProduct
from stands.organiser_page import admin_frame

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from stands.http import SignedInRequest
    from stands.models import Expo


class CloseForm(forms.Form):
    """The address of the edition, so that nobody closes one by a slip of the finger."""

    address = forms.CharField(
        max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, data: QueryDict | None, *, expo: Expo) -> None:
        super().__init__(data, label_suffix="")
        self.expo = expo
        words = _("Tulis %(address)s untuk menutup edisi ini") % {"address": expo.slug}
        self.fields["address"].label = words

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address != self.expo.slug:
            raise forms.ValidationError(
                _("Belum ditutup: yang ditulis bukan %(address)s.") % {"address": self.expo.slug}
            )
        return address


@dataclass(frozen=True)
class Waiting:
    """Something that is not finished, and the page of the organisers that lists it."""

    words: str
    url_name: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stands.change_expo", raise_exception=True)
@never_cache
def close_edition_page(request: SignedInRequest, edition: str) -> HttpResponse:
    """Say what closing does and what still waits; close when the address is written."""
    expo = request.editions.expo
    form = CloseForm(request.POST if request.method == "POST" else None, expo=expo)
    if request.method == "POST" and (expo.is_closed or form.is_valid()):
        if close_edition(expo, actor=request.user):
            messages.success(request, _("%(expo)s sudah ditutup.") % {"expo": expo.name})
        else:
            messages.info(request, _("%(expo)s sudah ditutup sebelumnya.") % {"expo": expo.name})
        return redirect("close_edition", expo.slug)
    context: dict[str, Any] = {"expo": expo, "form": form}
    if expo.is_closed:
        context["kept_count"] = KeptProduct.objects.filter(expo=expo).count()
    else:
        context["waiting"] = waiting_at(expo)
        context["product_count"] = catalogue.products_known_at(expo).count()
    title = _("Tutup edisi")
    return render(
        request,
        "opop_expo/close_edition.html",
        {**admin_frame(request, title, expo), **context},
        status=422 if form.errors else 200,
    )


def waiting_at(expo: Expo) -> list[Waiting]:
    """What of an edition is not finished yet, in words."""
    now = timezone.now()
    found = []
    if not expo.has_ended_by(now):
        words = _("Edisi ini belum punya hari.")
        if expo.last_date is not None:
            words = _("Harinya belum selesai: hari terakhirnya %(day)s.") % {
                "day": written(expo.last_date)
            }
        found.append(Waiting(words))
    counts = numbers(expo.pk, ["unsent", "unsent_tills", "held", "flags"], business_date(now))
    unclosed = sum(numbers(expo.pk, ["unclosed"], day.date)["unclosed"] for day in expo.all_days)
    if counts["unsent"]:
        words = ngettext(
            "%(sales)s penjualan belum terkirim dari %(n)s tablet, menurut kontak terakhirnya.",
            "%(sales)s penjualan belum terkirim dari %(n)s tablet, menurut kontak terakhirnya.",
            counts["unsent_tills"],
        )
        values = {"sales": thousands(counts["unsent"]), "n": thousands(counts["unsent_tills"])}
        found.append(Waiting(words % values, "tablets"))
    if unclosed:
        words = ngettext(
            "%(n)s kasir berjualan dan belum ditutup.",
            "%(n)s kasir berjualan dan belum ditutup.",
            unclosed,
        )
        found.append(Waiting(words % {"n": thousands(unclosed)}, "closings"))
    if counts["held"] + counts["flags"]:
        words = ngettext(
            "%(n)s penjualan masih perlu diperiksa.",
            "%(n)s penjualan masih perlu diperiksa.",
            counts["held"] + counts["flags"],
        )
        found.append(
            Waiting(words % {"n": thousands(counts["held"] + counts["flags"])}, "work_list")
        )
    return found
