"""The organisers' page of all editions: preparing a new one, publishing it, or letting it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import IntegrityError
from django.db.models import Count
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opop_expo.discarding import DiscardRefusedError, discard_edition
from opop_expo.edition_forms import DiscardForm, EditionForm
from opop_expo.preparing import Part, prepare_edition
from opop_expo.readiness import readiness_of
from stands.editions import publish_edition
from stands.models import Expo, Offer, Stand
from stands.organiser_page import admin_frame

if TYPE_CHECKING:
    from django.http import HttpResponse

    from stands.http import SignedInRequest


@require_safe
@permission_required("stands.view_expo", raise_exception=True)
@never_cache
def editions(request: SignedInRequest) -> HttpResponse:
    """All of them by state: being prepared, at the front door, public, closed."""
    expos = sorted(Expo.objects.each_with_days(), key=lambda expo: expo.slug, reverse=True)
    stands = dict(Stand.objects.values_list("expo").annotate(Count("pk")).order_by())
    offers = Offer.objects.on_sale().values_list("stand__expo").annotate(Count("pk")).order_by()
    offered = dict(offers)
    rows = [(expo, stands.get(expo.pk, 0), offered.get(expo.pk, 0)) for expo in expos]
    return _page(
        request,
        "opop_expo/editions.html",
        _("Edisi"),
        prepared=[row for row in rows if not row[0].is_public],
        public=[row for row in rows if row[0].is_public],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stands.add_expo", raise_exception=True)
@never_cache
def prepare(request: SignedInRequest) -> HttpResponse:
    """A new edition, empty or copied. Sent twice, the second hears that its address is taken."""
    if request.method == "POST":
        form = EditionForm(request.POST)
        if form.is_valid():
            try:
                expo = prepare_edition(form.wanted, actor=request.user)
            except IntegrityError:
                # Somebody else has taken the address since the form looked.
                form.add_error("slug", _("Alamat ini sudah dipakai edisi lain."))
            else:
                text = _("%(expo)s disiapkan. Pengunjung belum melihatnya.")
                messages.success(request, text % {"expo": expo.name})
                return redirect("publish_edition", expo.slug)
    else:
        form = EditionForm(initial={"parts": _usual_parts(), "source": request.GET.get("dari")})
    status = 422 if form.is_bound else 200
    title = _("Siapkan edisi baru")
    return _page(request, "opop_expo/prepare_edition.html", title, status, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stands.change_expo", raise_exception=True)
@never_cache
def publish(request: SignedInRequest, edition: str) -> HttpResponse:
    """What visitors would see, what is missing, and the one switch."""
    expo = request.editions.expo
    if request.method == "POST":
        if publish_edition(expo, actor=request.user):
            text = _("%(expo)s terbit, dan tampil di halaman depan.")
            messages.success(request, text % {"expo": expo.name})
        else:
            messages.info(request, _("%(expo)s sudah terbit.") % {"expo": expo.name})
        return redirect("editions")
    before = Expo.objects.filter(is_current=True).exclude(pk=expo.pk).first()
    return _page(
        request,
        "opop_expo/publish_edition.html",
        _("Terbitkan %(expo)s") % {"expo": expo.name},
        expo=expo,
        shown_before=before,
        readiness=readiness_of(expo),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stands.add_expo", raise_exception=True)
@never_cache
def discard(request: SignedInRequest, edition: str) -> HttpResponse:
    """Let an edition go that was prepared by mistake, once its address is written."""
    expo = request.editions.expo
    if expo.is_public:
        messages.error(request, _("Edisi ini sudah terbit, jadi tidak bisa dibuang."))
        return redirect("editions")
    form = DiscardForm(request.POST if request.method == "POST" else None, expo=expo)
    if form.is_valid():
        try:
            discard_edition(expo, actor=request.user)
        except DiscardRefusedError as refused:
            form.add_error("address", _not_discarded(refused))
        else:
            messages.success(request, _("%(expo)s dibuang.") % {"expo": expo.name})
            return redirect("editions")
    return _page(
        request,
        "opop_expo/discard_edition.html",
        _("Buang %(expo)s?") % {"expo": expo.name},
        422 if form.errors else 200,
        expo=expo,
        form=form,
        readiness=readiness_of(expo),
    )


def _not_discarded(refused: DiscardRefusedError) -> str:
    if not refused.used:
        return _("Edisi ini sudah terbit, jadi tidak bisa dibuang.")
    text = _("Tidak dibuang: sudah ada yang tercatat untuk edisi ini (%(what)s).")
    return text % {"what": ", ".join(refused.used)}


def _usual_parts() -> list[str]:
    """All but the stock, which is last year's."""
    return [part.value for part in Part if part != Part.STOCK]


def _page(
    request: SignedInRequest, template: str, title: str, status: int = 200, **context: Any
) -> HttpResponse:
    frame = admin_frame(request, title, Expo.objects.current())
    return render(request, template, frame | context, status=status)
