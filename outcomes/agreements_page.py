"""The organisers' pages of partnerships: by kind and state, one of them, and its document."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outcomes.agreeing import (
    PartyGiven,
    change_agreement,
    keep_document,
    note_reading,
    record_agreement,
    remove_document,
)
from outcomes.agreement_forms import AgreementForm, DocumentForm, PartyForm, party_forms
from outcomes.documents import DocumentRefused, document_name, read_document
from outcomes.models import Agreement, AgreementParty
from outcomes.models.partnerships import tell_parties
from outcomes.partnerships import partnerships_of
from pesantren.changed_meanwhile import ChangedMeanwhileError, digest
from stands.models import Inquiry
from stands.organiser_page import admin_frame, all_expos, require, wanted_expo

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from stands.http import SignedInRequest
    from stands.models import Expo


@require_safe
@permission_required("outcomes.view_agreement", raise_exception=True)
@never_cache
def agreements(request: SignedInRequest) -> HttpResponse:
    """The partnerships of an edition by kind, narrowed by state."""
    expos = all_expos()
    expo = wanted_expo(expos, request.GET)
    context: dict[str, Any] = {
        **admin_frame(request, _("Kerja sama"), expo),
        "expos": expos,
        "expo": expo,
    }
    if expo is None:
        return render(request, "outcomes/agreements.html", context)
    state = request.GET.get("keadaan", "")
    state = state if state in Agreement.State.values else ""
    kinds = partnerships_of(expo)
    every = [one for kind in kinds for one in kind.partnerships]
    counts = Counter(one.agreement.state for one in every)
    return render(
        request,
        "outcomes/agreements.html",
        context
        | {
            "state": state,
            "states": [
                (one, counts[one], urlencode({"edisi": expo.slug, "keadaan": one.value}))
                for one in Agreement.State
            ],
            "all_count": len(every),
            "kinds": [
                (kind, [one for one in kind.partnerships if state in ("", one.agreement.state)])
                for kind in kinds
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.add_agreement", raise_exception=True)
@never_cache
def agreement_add(request: SignedInRequest) -> HttpResponse:
    """Record a partnership."""
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    return _add(request, expo, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(["outcomes.add_agreement", "stands.view_inquiry"], raise_exception=True)
@never_cache
def agreement_from_inquiry(request: SignedInRequest, inquiry_id: uuid.UUID) -> HttpResponse:
    """Let a talk become a partnership that points back at the inquiry."""
    inquiry = get_object_or_404(Inquiry.objects.with_subject(), pk=inquiry_id)
    there = Agreement.objects.filter(inquiry=inquiry).first()
    if there is not None:
        return redirect("agreement_change", there.pk)
    if inquiry.state != Inquiry.State.TALK:
        messages.error(request, _("Kerja sama dibuat dari minat yang sedang dibicarakan."))
        return redirect("inquiry_detail", inquiry.pk)
    return _add(request, inquiry.expo, inquiry)


def _add(request: SignedInRequest, expo: Expo, inquiry: Inquiry | None) -> HttpResponse:
    initial = {"name": inquiry.organisation, "state": Agreement.State.TALK} if inquiry else {}
    form = AgreementForm(request.POST or None, initial=initial)
    rows = party_forms(request.POST, given=_parties_of(inquiry) if inquiry else ())
    if request.method == "POST" and _all_valid(form, rows):
        try:
            agreement = record_agreement(
                form.cleaned_data["key"],
                expo=expo,
                values=form.values,
                parties=_given(rows),
                inquiry=inquiry,
                actor=request.user,
            )
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("Kerja sama dicatat."))
            return redirect("agreement_change", agreement.pk)
    return _page(request, expo, form, rows, _("Catat kerja sama"), inquiry=inquiry)


def _parties_of(inquiry: Inquiry) -> list[PartyGiven]:
    """The maker whom it was about, and whoever asked as far as it is no person's name."""
    product, producer = inquiry.product, inquiry.producer
    maker = product.producer if product else producer
    parties = [PartyGiven(producer=maker, pesantren=inquiry.pesantren)]
    parties += [PartyGiven(company=inquiry.organisation)] if inquiry.organisation else []
    return [one for one in parties if any(vars(one).values())]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("outcomes.view_agreement", raise_exception=True)
@never_cache
def agreement_change(request: SignedInRequest, agreement_id: int) -> HttpResponse:
    """One partnership: what it is, who agreed, where it stands, its document."""
    agreement = _wanted(agreement_id)
    if request.method == "POST":
        require(request, "outcomes.change_agreement")
    form = AgreementForm(request.POST or None, agreement=agreement)
    rows = party_forms(request.POST, agreement.parties.all())
    if request.method == "POST" and all(row.is_valid() for row in rows):
        form.more_typed = {"parties_told": _told(rows)}
    if request.method == "POST" and _all_valid(form, rows):
        try:
            change_agreement(
                agreement,
                seen=form.seen_there,
                values=form.values,
                parties=_given(rows),
                actor=request.user,
            )
        except ChangedMeanwhileError as changed:
            agreement = _wanted(agreement_id)
            form.complain(changed.row)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, _("Tersimpan."))
            return redirect("agreement_change", agreement.pk)
    told, seen = form.more_typed.get("parties_told"), form.first_seen.digests.get("parties_told")
    # Rows that could not be read were not left alone.
    if "parties_told" in form.changed and told is not None and digest(told) == seen:
        # What its writer left alone is shown as it is now.
        rows = party_forms(None, agreement.parties.all())
    return _page(request, agreement.expo, form, rows, agreement.name_text, agreement=agreement)


# --- the document ---------------------------------------------------------------------------------


@require_POST
@permission_required("outcomes.change_agreement", raise_exception=True)
def agreement_document(request: SignedInRequest, agreement_id: int) -> HttpResponse:
    """Keep the document that comes, or take away the one that is there."""
    agreement = _wanted(agreement_id)
    if "hapus" in request.POST:
        remove_document(agreement, actor=request.user)
        messages.success(request, _("Dokumen dihapus; sidiknya tinggal di catatan."))
        return redirect("agreement_change", agreement.pk)
    upload = DocumentForm(request.POST, request.FILES)
    if upload.is_valid():
        try:
            content = read_document(upload.cleaned_data["document"])
        except DocumentRefused as refused:
            upload.add_error("document", str(refused))
        else:
            keep_document(agreement, content, actor=request.user)
            messages.success(request, _("Dokumen disimpan."))
            return redirect("agreement_change", agreement.pk)
    form = AgreementForm(agreement=agreement)
    rows = party_forms(None, agreement.parties.all())
    title = agreement.name_text
    return _page(
        request, agreement.expo, form, rows, title, agreement=agreement, upload=upload, status=422
    )


@require_POST
@permission_required("outcomes.read_agreement", raise_exception=True)
@never_cache
def agreement_document_open(request: SignedInRequest, agreement_id: int) -> HttpResponseBase:
    """Hand the document out, and write down to whom. Never shown inside a page of the portal."""
    agreement = _wanted(agreement_id)
    if not agreement.document:
        raise Http404
    try:
        file = agreement.document.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    note_reading(agreement, actor=request.user)
    response = FileResponse(
        file,
        as_attachment=True,
        filename=document_name(agreement),
        content_type="application/pdf",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


# --- what they share ------------------------------------------------------------------------------


def _wanted(agreement_id: int) -> Agreement:
    found = Agreement.objects.select_related("expo", "inquiry", "made_by").with_parties()
    return get_object_or_404(found, pk=agreement_id)


def _all_valid(form: AgreementForm, rows: list[PartyForm]) -> bool:
    """Whether every part is right; each is asked, so that each shows what is wrong with it."""
    return all([form.is_valid(), *(row.is_valid() for row in rows)])


def _told(rows: list[PartyForm]) -> str:
    """The parties as the partnership itself tells them."""
    return tell_parties(AgreementParty(**vars(party)) for party in _given(rows))


def _given(rows: list[PartyForm]) -> list[PartyGiven]:
    return [party for party in (row.given for row in rows) if party is not None]


def _page(
    request: SignedInRequest,
    expo: Expo,
    form: AgreementForm,
    rows: list[PartyForm],
    title: str,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    has_errors = bool(form.errors) or any(row.errors for row in rows)
    agreement = more.get("agreement")
    context = {
        "expo": expo,
        "form": form,
        "rows": rows,
        "has_errors": has_errors,
        "upload": DocumentForm() if agreement else None,
        "list_url": f"{reverse('agreements')}?{urlencode({'edisi': expo.slug})}",
    }
    return render(
        request,
        "outcomes/agreement_form.html",
        admin_frame(request, title, expo) | context | more,
        status=422 if has_errors else status,
    )
