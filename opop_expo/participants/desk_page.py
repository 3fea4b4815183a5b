"""The organisers' pages of notices: all of them by state, one to hide with a reason, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opop_expo.participants.forms import HideForm
from pesantren.models import Notice
from pesantren.noticing import ChangedMeanwhileError, hide_notice, show_notice
from stands.clock import WIB
from stands.models import Expo
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse
    from django_stubs_ext import StrOrPromise

    from stands.http import SignedInRequest

MAY_SEE = permission_required("pesantren.view_notice", raise_exception=True)
PER_PAGE = 50

STATES: dict[str, tuple[StrOrPromise, Q]] = {
    "open": (gettext_lazy("Berlaku"), Q(closed_at=None, hidden_at=None)),
    "hidden": (gettext_lazy("Disembunyikan"), Q(hidden_at__isnull=False)),
    "closed": (
        gettext_lazy("Ditutup penulisnya"),
        Q(closed_at__isnull=False, hidden_at=None),
    ),
}


@dataclass(frozen=True)
class Tab:
    """One state to look at, with how many are in it."""

    name: str
    label: StrOrPromise
    count: int


@require_safe
@MAY_SEE
@never_cache
def notices(request: SignedInRequest) -> HttpResponse:
    """What participants offer and look for, the newest first, narrowed by state."""
    state = _state(request)
    counts = Notice.objects.aggregate(
        **{name: Count("pk", filter=where) for name, (_label, where) in STATES.items()}
    )
    return render(
        request,
        "opop_expo/notices.html",
        _frame(request)
        | {
            "state": state,
            "all_count": sum(counts.values()),
            "tabs": [Tab(name, label, counts[name]) for name, (label, _q) in STATES.items()],
            "page": Paginator(_shown(state), PER_PAGE).get_page(request.GET.get("hal")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_SEE
@never_cache
def notice_detail(request: SignedInRequest, notice_id: UUID) -> HttpResponse:
    """One notice, to be hidden with a reason or shown again."""
    notice = get_object_or_404(_shown(""), pk=notice_id)
    form = HideForm()
    if request.method == "POST":
        if not request.user.has_perm("pesantren.change_notice"):
            raise PermissionDenied
        if "tampilkan" in request.POST:
            return _move(request, notice, reason="")
        form = HideForm(request.POST)
        if form.is_valid():
            return _move(request, notice, reason=form.cleaned_data["reason"])
    return render(
        request,
        "opop_expo/notice_detail.html",
        _frame(request) | {"notice": notice, "form": form},
        status=422 if form.errors else 200,
    )


@require_safe
@MAY_SEE
@never_cache
def notices_csv(request: SignedInRequest) -> HttpResponse:
    """The same as CSV, without anybody's contact."""
    return csv_response("kabar-peserta.csv", _table(_state(request)))


@require_safe
@MAY_SEE
@never_cache
def notices_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as XLSX."""
    return xlsx_response("kabar-peserta.xlsx", _("Kabar peserta"), _table(_state(request)))


def _move(request: SignedInRequest, notice: Notice, *, reason: str) -> HttpResponse:
    """Hide it where there is a reason to, else show it again."""
    try:
        if reason:
            hide_notice(notice, reason=reason, actor=request.user)
            messages.success(request, _("Disembunyikan. Penulisnya melihat alasan Anda."))
        else:
            show_notice(notice, actor=request.user)
            messages.success(request, _("Ditampilkan lagi."))
    except ChangedMeanwhileError:
        messages.error(request, _("Orang lain baru saja mengubah kabar ini. Lihat lagi dulu."))
    return redirect("notice_detail", notice.pk)


def _state(request: SignedInRequest) -> str:
    """The state that the address names; all of them where it names none that there is."""
    name = request.GET.get("keadaan", "")
    return name if name in STATES else ""


def _shown(state: str) -> QuerySet[Any]:
    """The notices in that state, each with how many answered it."""
    found = Notice.objects.with_maker().newest_first()
    if state:
        found = found.filter(STATES[state][1])
    return found.select_related("made_by").annotate(answers=Count("interests"))


def _table(state: str) -> Iterator[list[str | int]]:
    yield [
        _("Ditulis"),
        _("Pelaku usaha"),
        _("Pesantren"),
        _("Kabupaten/kota"),
        _("Menawarkan atau mencari"),
        _("Tentang apa"),
        _("Untuk produk"),
        _("Tulisan"),
        _("Keadaan"),
        _("Tanggapan"),
        _("Contoh"),
    ]
    for one in _shown(state).iterator(chunk_size=500):
        pesantren = one.producer.pesantren
        yield [
            one.made_at.astimezone(WIB).strftime("%Y-%m-%d"),
            one.producer.name,
            pesantren.name if pesantren else "",
            str(pesantren.regency) if pesantren and pesantren.regency else "",
            one.get_direction_display(),
            one.get_topic_display(),
            str(one.category) if one.category else "",
            one.text,
            str(STATES[one.state][0]),
            one.answers,
            _("ya") if one.is_example else "",
        ]


def _frame(request: SignedInRequest) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": _("Kabar peserta"),
        "current_expo": Expo.objects.current(),
    }
