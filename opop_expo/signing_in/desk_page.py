"""The organisers' page on who can come in: locks, logins, the second step, links for a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.log import log_event
from events.models import Event
from opop_expo.signing_in import factor, sessions
from opop_expo.signing_in.account_page import open_logins
from opop_expo.signing_in.braking import lift_locks, locks_by_account
from opop_expo.signing_in.devices import forget_factor
from opop_expo.signing_in.models import PortalSession
from opop_expo.signing_in.password_links import hand_out_link
from stands.models import Expo
from stands.organiser_page import admin_frame
from stands.origin import public_origin

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from stands.http import SignedInRequest

PAGE = 50
MAY_LOOK_AFTER = permission_required("signing_in.look_after_portalsession", raise_exception=True)


@require_safe
@MAY_LOOK_AFTER
@never_cache
def accounts(request: SignedInRequest) -> HttpResponse:
    """All accounts, those that are locked out first."""
    words = request.GET.get("q", "").replace("\x00", "")[:100]
    locks = locks_by_account()
    found = with_states(words)
    page = Paginator(found.exclude(pk__in=locks), PAGE).get_page(request.GET.get("hal"))
    context = {
        "locked": [(user, max(lock.until for lock in locks[user.pk]))
                   for user in found.filter(pk__in=locks)],
        "page": page,
        "words": words,
        "asks_factor": factor_is_used(),
        "may_add": request.user.has_perm("auth.add_user"),
        **admin_frame(request, _("Akun dan login"), Expo.objects.current()),
    }  # fmt: skip
    return render(request, "signing_in/accounts.html", context)


def with_states(words: str) -> QuerySet[User]:
    """The accounts with how many logins are open and whether they have a second step."""
    wanted = Q()
    for word in words.split():
        wanted &= (
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    logins = PortalSession.objects.filter(user=OuterRef("pk"), expire_date__gt=timezone.now())
    return (
        User.objects.filter(wanted)
        .annotate(
            open_logins=logins.order_by().values("user").annotate(n=Count("pk")).values("n"),
            has_factor=Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)),
        )
        .prefetch_related("groups")
        .order_by("-is_active", "-is_staff", "username")
    )


def factor_is_used() -> bool:
    """Whether the portal asks anybody for a second step."""
    from django.conf import settings

    return bool(settings.SECOND_FACTOR != factor.OFF)


@require_http_methods(["GET", "HEAD", "POST"])
@MAY_LOOK_AFTER
@never_cache
def account_help(request: SignedInRequest, user_id: int) -> HttpResponse:
    """One account, and what can be done for it."""
    person = get_object_or_404(User.objects.prefetch_related("groups"), pk=user_id)
    link, done = "", request.POST.get("do", "")
    if request.method == "POST":
        if done == "link" and may_give_link(request.user, person):
            link = public_origin(request) + hand_out_link(person, actor=request.user)
        elif not _do(done, person, actor=request.user):
            raise PermissionDenied
        else:
            return redirect("account_help", user_id=person.pk)
    context = {
        "person": person,
        "link": link,
        "locks": locks_by_account().get(person.pk, []),
        "logins": open_logins(person),
        "has_factor": factor.has_factor(person),
        "codes_left": factor.recovery_codes_left(person),
        "may_give_link": may_give_link(request.user, person),
        "may_reset_factor": may_reset_factor(request.user, person),
        "may_change": request.user.has_perm("auth.change_user"),
        **admin_frame(request, person.get_username(), Expo.objects.current()),
    }
    return render(request, "signing_in/account_help.html", context)


def may_give_link(helper: User, person: User) -> bool:
    """A link lets one sign in as that person: an organiser helps those who may do less."""
    return person.is_active and (
        helper.is_superuser or not (person.is_staff or person.is_superuser)
    )


def may_reset_factor(helper: User, person: User) -> bool:
    """A superuser, and nobody for themselves: that is what recovery codes are for."""
    return helper.is_superuser and helper.pk != person.pk


def _do(what: str, person: User, *, actor: User) -> bool:
    """Whether it was allowed, and is done."""
    name = person.get_username()
    if what == "unlock":
        if lift_locks(person):
            log_event(Event.Kind.SIGN_IN_UNLOCKED, name, actor=actor)
    elif what == "end":
        forget_factor(person)
        if ended := sessions.end_logins(person):
            log_event(Event.Kind.LOGINS_ENDED, name, actor=actor, data={"ended": ended})
    elif what == "reset" and may_reset_factor(actor, person):
        factor.remove(person, actor=actor)
        sessions.end_logins(person)
    else:
        return False
    return True
