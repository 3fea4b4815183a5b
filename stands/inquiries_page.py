"""The organisers' pages of inquiries: what came in by state, and one of them with its answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stands.inquiring import MovedMeanwhileError, answer_inquiry, forget_writer
from stands.inquiry_forms import AnswerForm
from stands.inquiry_mail import send_waiting
from stands.inquiry_page import page_of
from stands.models import Expo, Inquiry, Stand

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from stands.http import SignedInRequest

PER_PAGE = 50


@require_safe
@permission_required("stands.view_inquiry", raise_exception=True)
@never_cache
def inquiries(request: SignedInRequest) -> HttpResponse:
    """What came in, the newest first, narrowed by state."""
    expos = list(Expo.objects.at_work().order_by("-is_current", "-slug"))
    expo = _wanted(expos, request)
    if expo is None:
        return render(request, "stands/inquiries.html", _frame(request, None))
    state = request.GET.get("keadaan", "")
    state = state if state in Inquiry.State.values else ""
    all_of_it = Inquiry.objects.at(expo)
    counts = dict(all_of_it.order_by().values_list("state").annotate(Count("pk")))
    shown = all_of_it.in_state(state) if state else all_of_it
    paginator = Paginator(shown.with_subject().with_unsent_mail(), PER_PAGE)
    paginator.count = counts.get(state, 0) if state else sum(counts.values())
    return render(
        request,
        "stands/inquiries.html",
        _frame(request, expo)
        | {
            "expos": expos,
            "expo": expo,
            "state": state,
            "states": [
                (one, counts.get(one.value, 0), _query(expo, keadaan=one.value))
                for one in Inquiry.State
            ],
            "all_count": sum(counts.values()),
            "all_query": _query(expo),
            "query": _query(expo, keadaan=state),
            "page": paginator.get_page(request.GET.get("hal")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("stands.view_inquiry", raise_exception=True)
@never_cache
def inquiry_detail(request: SignedInRequest, inquiry_id: UUID) -> HttpResponse:
    """One inquiry: who wrote what, what was answered, and where it goes from here."""
    found = Inquiry.objects.with_subject().with_unsent_mail()
    inquiry = get_object_or_404(found, pk=inquiry_id)
    form = AnswerForm(inquiry=inquiry)
    if request.method == "POST":
        if not request.user.has_perm("stands.change_inquiry"):
            raise PermissionDenied
        if "kirim_lagi" in request.POST:
            return _send_again(request, inquiry)
        if "lupakan" in request.POST:
            return _forget(request, inquiry)
        form = AnswerForm(request.POST, inquiry=inquiry)
        if form.is_valid():
            return _answer(request, inquiry, form)
    return render(
        request,
        "stands/inquiry_detail.html",
        _frame(request, inquiry.expo)
        | {
            "expo": inquiry.expo,
            "inquiry": inquiry,
            "subject_url": page_of(inquiry.subject, inquiry.expo),
            "stands": _stands_of(inquiry),
            "chat": _chat_of(inquiry),
            "answers": inquiry.answers.select_related("actor").prefetch_related("mails"),
            "mails": inquiry.mails.filter(answer=None).select_related("producer").order_by("pk"),
            "form": form,
            "list_url": f"{reverse('inquiries')}?{_query(inquiry.expo)}",
        },
        status=422 if form.errors else 200,
    )


def _answer(request: SignedInRequest, inquiry: Inquiry, form: AnswerForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        answer_inquiry(
            inquiry,
            seen=given["seen"],
            state=given["state"],
            text=given["text"],
            by_mail=bool(given.get("by_mail")),
            actor=request.user,
        )
    except MovedMeanwhileError:
        messages.error(
            request, _("Tidak disimpan: orang lain baru saja mengubah minat ini. Baca lagi dulu.")
        )
    else:
        messages.success(request, _("Tersimpan."))
    return redirect("inquiry_detail", inquiry.pk)


def _send_again(request: SignedInRequest, inquiry: Inquiry) -> HttpResponse:
    sent, failed = send_waiting(inquiry, at_once=True)
    if failed:
        messages.error(request, _("Surat belum terkirim: server surat tidak menerimanya."))
    elif sent:
        messages.success(request, _("Surat sudah dikirim."))
    return redirect("inquiry_detail", inquiry.pk)


def _forget(request: SignedInRequest, inquiry: Inquiry) -> HttpResponse:
    if forget_writer(inquiry, actor=request.user):
        messages.success(request, _("Data diri dan pesannya sudah dihapus."))
    return redirect("inquiry_detail", inquiry.pk)


def _stands_of(inquiry: Inquiry) -> list[Stand]:
    """Where the thing is found at the edition."""
    stands = Stand.objects.at(inquiry.expo)
    if inquiry.product:
        return list(stands.filter(offers__product=inquiry.product).distinct())
    if inquiry.producer:
        return list(stands.filter(offers__product__producer=inquiry.producer).distinct())
    if inquiry.pesantren:
        return list(stands.of_pesantren(inquiry.pesantren))
    return []


def _chat_of(inquiry: Inquiry) -> str:
    """A link that opens WhatsApp with whoever left a number; a leading 0 is Indonesia's."""
    if inquiry.has_email or not inquiry.contact:
        return ""
    number = re.sub(r"\D", "", inquiry.contact)
    return f"https://wa.me/62{number[1:]}" if number.startswith("0") else f"https://wa.me/{number}"


def _wanted(expos: list[Expo], request: SignedInRequest) -> Expo | None:
    slug = request.GET.get("edisi")
    if not slug:
        return expos[0] if expos else None
    for expo in expos:
        if expo.slug == slug:
            return expo
    raise Http404


def _query(expo: Expo, **parts: str) -> str:
    return urlencode({"edisi": expo.slug} | {name: part for name, part in parts.items() if part})


def _frame(request: SignedInRequest, expo: Expo | None) -> dict[str, Any]:
    title = pgettext("bagian", "Minat kerja sama")
    return {**admin.site.each_context(request), "title": title, "current_expo": expo}
