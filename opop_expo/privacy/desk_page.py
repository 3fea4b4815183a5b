"""The organisers' page on one person's data: found, handed out as a file, erased.

Everything is sent by POST, since addresses stand in logs and a name does not belong there.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from events.models import Erasure
from opop_expo.privacy.desk_forms import ChoiceForm, PersonForm
from opop_expo.privacy.erasing import erase_person
from opop_expo.privacy.exporting import export_person
from opop_expo.privacy.finding import MOST, find, with_accounts
from opop_expo.privacy.previewing import outcomes
from stands.models import Expo
from stands.organiser_page import admin_frame

if TYPE_CHECKING:
    from django.http import HttpResponse

    from opop_expo.privacy.finding import Found
    from opop_expo.privacy.previewing import Outcome
    from stands.http import SignedInRequest

MAY = permission_required("events.erase_person", raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY
@never_cache
def person_data(request: SignedInRequest) -> HttpResponse:
    """Ask for a person, and show all that is kept of them with its place."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    found = find(with_accounts(form.terms)) if form.is_bound and form.is_valid() else None
    return _page(request, form, found)


@require_POST
@MAY
@never_cache
def person_export(request: SignedInRequest) -> HttpResponse:
    """What was chosen, as a file for the person."""
    form, found, choice = _chosen(request)
    if not choice or not choice.is_valid():
        return _page(request, form, found, choice)
    mine = [one for one in found if one.key in choice.cleaned_data["baris"]]
    return export_person(mine, with_accounts(form.terms), actor=request.user)


@require_POST
@MAY
@never_cache
def person_erase(request: SignedInRequest) -> HttpResponse:
    """Show what would become of what was chosen; sent again with a yes, erase it."""
    key = _key(request)
    if key and Erasure.objects.filter(request=key).exists():
        return _done(request, _("Sudah dihapus sebelumnya."))
    form, found, choice = _chosen(request)
    if not choice or not choice.is_valid():
        return _page(request, form, found, choice)
    keys = choice.cleaned_data["baris"]
    if choice.cleaned_data["yakin"]:
        erased = erase_person(form.terms, keys, request=choice.request_key, actor=request.user)
        words = ngettext("%(n)s baris dihapus.", "%(n)s baris dihapus.", erased.rows)
        return _done(request, words % {"n": erased.rows})
    chosen = [one for one in found if one.key in keys]
    context = {
        "form": form,
        "key": choice.cleaned_data.get("key") or uuid.uuid4(),
        "outcomes": outcomes(chosen, with_accounts(form.terms)),
        "unsure": "key" in request.POST,
        **admin_frame(request, _("Data pribadi"), Expo.objects.current()),
    }
    status = 422 if context["unsure"] else 200
    return render(request, "opop_expo/person_erase.html", context, status=status)


def _chosen(request: SignedInRequest) -> tuple[PersonForm, list[Found], ChoiceForm | None]:
    """The person asked for, what is found, and what of it was chosen."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return form, [], None
    found = find(with_accounts(form.terms))
    return form, found, ChoiceForm(request.POST, [one.key for one in found])


def _key(request: SignedInRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _done(request: SignedInRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("person_data")


def _groups(found: list[Found], form: PersonForm) -> list[tuple[str, list[Outcome]]]:
    """Rows of their own first, then those that mention them."""
    if not found:
        return []
    all_of_it = outcomes(found, with_accounts(form.terms))
    own = [one for one in all_of_it if one.found.is_own]
    others = [one for one in all_of_it if not one.found.is_own]
    pairs = [(_("Tentang orang ini"), own), (_("Menyebut orang ini"), others)]
    return [(title, rows) for title, rows in pairs if rows]


def _page(
    request: SignedInRequest,
    form: PersonForm,
    found: list[Found] | None,
    choice: ChoiceForm | None = None,
) -> HttpResponse:
    troubles = list(choice.errors.get("baris", [])) if choice else []
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "groups": _groups(found or [], form),
        "chosen": request.POST.getlist("baris") if choice else [],
        "troubles": troubles,
        "most": MOST,
        **admin_frame(request, _("Data pribadi"), Expo.objects.current()),
    }
    status = 422 if form.errors or troubles else 200
    return render(request, "opop_expo/person_data.html", context, status=status)
