"""The pages of who is here: all participants, one of them, and who fits the member's own makers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from opop_expo.participants.access import for_member, for_speaker
from opop_expo.participants.contacts import with_chats
from opop_expo.participants.directory import DirectoryForm, cards_of
from opop_expo.participants.matching import suggestions_for
from pesantren.models import Interest
from stands import catalogue
from stands.http import wants_fragment, without_gaps

if TYPE_CHECKING:
    from django.http import HttpResponse

    from opop_expo.participants.access import Member
    from stands.http import SignedInRequest

PER_PAGE = 24


@for_member
@require_safe
def participant_list(request: SignedInRequest, member: Member) -> HttpResponse:
    """Who is here, by regency, category and kind, and by what they offer or look for."""
    if elsewhere := without_gaps(request):
        return elsewhere
    form = DirectoryForm(request.GET, member=member)
    page = Paginator(form.producers(), PER_PAGE).get_page(request.GET.get("page"))
    context = frame(member, "list") | {
        "form": form,
        "found": form.found(page.paginator.count),
        "page": page,
        "cards": cards_of(member, list(page)),
    }
    if not wants_fragment(request):
        return render(request, "opop_expo/participant_list.html", context)
    response = render(request, "opop_expo/participant_list.html#answer", context)
    query = request.GET.copy()
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return push_url(response, f"{request.path}?{query.urlencode()}".rstrip("?"))


@for_member
@require_safe
def participant_detail(request: SignedInRequest, member: Member, slug: str) -> HttpResponse:
    """One participant: where it stands, what it makes, what it offers and looks for."""
    producer = get_object_or_404(catalogue.producers_known_at(member.expo), slug=slug)
    [card] = cards_of(member, [producer])
    answered = Interest.objects.filter(notice__in=card.notices, producer__in=member.keys)
    return render(
        request,
        "opop_expo/participant_detail.html",
        frame(member, "list")
        | {
            "card": card,
            "producer": producer,
            "notices": with_chats(card.notices, member),
            "answered": set(answered.values_list("notice_id", flat=True)),
            "is_own": member.speaks_for(producer),
        },
    )


@for_speaker
@require_safe
def suggestions(request: SignedInRequest, member: Member) -> HttpResponse:
    """Who fits what the member's makers offer and look for, and why."""
    return render(
        request,
        "opop_expo/suggestions.html",
        frame(member, "suggestions") | {"suggestions": suggestions_for(member)},
    )


def frame(member: Member, here: str) -> dict[str, Any]:
    """What every page of participants shows around its own."""
    return {"member": member, "expo": member.expo, "here": here}
