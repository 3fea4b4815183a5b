"""A member's own notices: put up, changed, closed; and another's notice answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.throttle import Limit, TooManyTriesError, address_of, book_try
from opop_expo.participants.access import for_speaker
from opop_expo.participants.contacts import reached, with_chats
from opop_expo.participants.forms import InterestForm, NoticeForm
from opop_expo.participants.pages import frame
from pesantren.models import Interest, Notice
from pesantren.noticing import (
    ChangedMeanwhileError,
    answer_notice,
    change_notice,
    close_notice,
    make_notice,
    notice_id,
)
from stands import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import HttpResponse

    from opop_expo.participants.access import Member
    from stands.http import SignedInRequest

# An account at its address: a hall shares one address, and a keeper writes for a few makers.
NOTICES = Limit("notice", most=20, within=dt.timedelta(hours=1))
INTERESTS = Limit("interest", most=30, within=dt.timedelta(hours=1))
# What was closed long ago says nothing any more.
MOST_CLOSED = 20


@for_speaker
@require_safe
def own_notices(request: SignedInRequest, member: Member) -> HttpResponse:
    """What stands, who answered it, and what was closed or hidden."""
    interests = Interest.objects.select_related("producer__pesantren__regency")
    own = member.own_notices.with_maker().newest_first()
    own = own.prefetch_related(  # type: ignore[no-redef]  # declared on the model
        Prefetch("interests", interests, to_attr="interests_here")
    )
    standing = list(own.filter(closed_at=None))
    closed = list(own.exclude(closed_at=None)[:MOST_CLOSED])
    return render(
        request,
        "opop_expo/own_notices.html",
        frame(member, "own")
        | {
            "notices": [(one, with_chats(one.interests_here, member)) for one in standing],
            "closed": [(one, with_chats(one.interests_here, member)) for one in closed],
            "known": _known_among(member, standing + closed),
        },
    )


@for_speaker
@require_http_methods(["GET", "HEAD", "POST"])
def notice_add(request: SignedInRequest, member: Member) -> HttpResponse:
    """Offer something or look for something."""
    if request.method != "POST":
        return _form(request, member, NoticeForm(member=member, asked=request.GET))
    form = NoticeForm(request.POST, member=member)
    if not form.is_valid():
        return _form(request, member, form, status=422)
    key = notice_id(form.form_key, request.user, form.written)
    # Sent again, it is no further one.
    if not Notice.objects.filter(pk=key).exists():
        try:
            book_try(NOTICES, _key(request))
        except TooManyTriesError as wait:
            return _form(request, member, form, status=429, trouble=_wait(wait))
    make_notice(
        key=key, written=form.written, actor=request.user, is_example=member.expo.is_example
    )
    return redirect("own_notices")


@for_speaker
@require_http_methods(["GET", "HEAD", "POST"])
def notice_change(request: SignedInRequest, member: Member, notice_id: UUID) -> HttpResponse:
    """Say it otherwise, as long as it stands."""
    notice = _own(member, notice_id)
    if request.method != "POST":
        return _form(request, member, NoticeForm(member=member, notice=notice), notice=notice)
    form = NoticeForm(request.POST, member=member, notice=notice)
    if not form.is_valid():
        return _form(request, member, form, notice=notice, status=422)
    try:
        change_notice(notice, form.written)
    except ChangedMeanwhileError:
        trouble = _("Kabar ini baru saja ditutup, jadi perubahan Anda tidak disimpan.")
        return _form(request, member, form, notice=notice, status=409, trouble=trouble)
    return redirect("own_notices")


@for_speaker
@require_POST
def notice_close(request: SignedInRequest, member: Member, notice_id: UUID) -> HttpResponse:
    """Take it down; closed twice is closed."""
    notice = get_object_or_404(member.own_notices, pk=notice_id)
    close_notice(notice)
    return redirect("own_notices")


@for_speaker
@require_http_methods(["GET", "HEAD", "POST"])
def notice_answer(request: SignedInRequest, member: Member, notice_id: UUID) -> HttpResponse:
    """Another's notice, and word that one of the member's makers is interested."""
    notice = get_object_or_404(member.others_notices.with_maker(), pk=notice_id)
    given = request.POST if request.method == "POST" else None
    form, status, trouble = InterestForm(given, member=member), 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, notice, form)
            return redirect("notice_answer", notice.pk)
        except TooManyTriesError as wait:
            status, trouble = 429, _wait(wait)
    sent = notice.interests.filter(producer__in=member.keys)
    return render(
        request,
        "opop_expo/notice_answer.html",
        frame(member, "list")
        | {
            "notice": notice,
            "reached": reached(notice, member),
            "sent": list(sent.select_related("producer")),
            "form": form,
            "trouble": trouble,
        },
        status=422 if form.errors else status,
    )


def _answer(request: SignedInRequest, notice: Notice, form: InterestForm) -> None:
    producer = form.cleaned_data["producer"]
    if not notice.interests.filter(producer=producer).exists():
        book_try(INTERESTS, _key(request))
    answer_notice(
        notice,
        producer=producer,
        text=form.cleaned_data["text"],
        contact=form.contact,
        actor=request.user,
    )


def _own(member: Member, notice_id: UUID) -> Notice:
    """A notice of the member's own that stands or was hidden; 404 for any other."""
    own = member.own_notices.filter(closed_at=None).with_maker()
    return get_object_or_404(own, pk=notice_id)


def _known_among(member: Member, notices: Iterable[Notice]) -> set[int]:
    """Who of those that answered has a page among the participants of this edition."""
    answered = {one.producer_id for notice in notices for one in notice.interests_here}
    known = catalogue.producers_known_at(member.expo).order_by().filter(pk__in=answered)
    return set(known.values_list("pk", flat=True))


def _form(
    request: SignedInRequest,
    member: Member,
    form: NoticeForm,
    *,
    notice: Notice | None = None,
    status: int = 200,
    trouble: str = "",
) -> HttpResponse:
    return render(
        request,
        "opop_expo/notice_form.html",
        frame(member, "own") | {"form": form, "notice": notice, "trouble": trouble},
        status=status,
    )


def _key(request: SignedInRequest) -> str:
    return f"{request.user.pk}/{address_of(request)}"


def _wait(wait: TooManyTriesError) -> str:
    return ngettext(
        "Sudah banyak kabar dari Anda. Isian ini belum tersimpan; tunggu %(n)s menit, lalu kirim"
        " lagi.",
        "Sudah banyak kabar dari Anda. Isian ini belum tersimpan; tunggu %(n)s menit, lalu kirim"
        " lagi.",
        wait.minutes,
    ) % {"n": wait.minutes}
