"""Who is a participant: the keeper of a stand, who speaks for its makers, or an organiser.

Nothing new is linked: an account keeps a stand (sales.Cashier), and the makers at that stand are
those who sell there and those of the pesantren that it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from pesantren.models import Notice, Producer
from sales.models import Cashier
from stands import catalogue
from stands.models import Expo, Offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpResponse

    from pesantren.models import NoticeQuerySet
    from stands.http import SignedInRequest
    from stands.models import Stand

P = ParamSpec("P")


@dataclass(frozen=True)
class Member:
    """Somebody signed in who may see the participants of one edition."""

    user: User
    expo: Expo
    # None for an organiser, who speaks for nobody.
    stand: Stand | None
    makers: tuple[Producer, ...] = ()

    @property
    def keys(self) -> list[int]:
        """The keys of the makers that the member speaks for."""
        return [maker.pk for maker in self.makers]

    @property
    def notices(self) -> NoticeQuerySet:
        """The notices that participants of this edition see: of its makers, and that stand."""
        known = catalogue.producers_known_at(self.expo).order_by().values("pk")
        found = Notice.objects.among(examples=self.expo.is_example).standing()
        return found.filter(producer__in=known)

    @property
    def own_notices(self) -> NoticeQuerySet:
        """Those of the member's own makers, whatever has become of them."""
        return Notice.objects.among(examples=self.expo.is_example).filter(producer__in=self.keys)

    @property
    def others_notices(self) -> NoticeQuerySet:
        """Those of everybody else that the member sees."""
        return self.notices.exclude(producer__in=self.keys)

    def speaks_for(self, producer: Producer) -> bool:
        """Whether that maker is one of the member's own."""
        return producer in self.makers


def for_member(
    view: Callable[Concatenate[SignedInRequest, Member, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """Give the view who asks; others read why this is not for them (403). Kept in no cache."""

    @never_cache
    @wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        member = member_of(request.user)
        if member is None:
            return render(request, "opop_expo/participants_closed.html", status=403)
        return view(request, member, *args, **kwargs)

    return guarded


def for_speaker(
    view: Callable[Concatenate[SignedInRequest, Member, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """The same for what only who speaks for a maker can do; to an organiser it is not there."""

    @for_member
    @wraps(view)
    def guarded(
        request: SignedInRequest, member: Member, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if member.stand is None:
            raise Http404
        return view(request, member, *args, **kwargs)

    return guarded


def member_of(user: User) -> Member | None:
    """The keeper at the edition of their stand; else the organiser at the current one."""
    cashier = Cashier.objects.for_user(user).first()
    if cashier is not None:
        stand = cashier.stand
        return Member(user, stand.expo, stand, makers_at(stand))
    if user.is_staff and user.has_perm("pesantren.view_notice"):
        expo = Expo.objects.current()
        return None if expo is None else Member(user, expo, None)
    return None


def makers_at(stand: Stand) -> tuple[Producer, ...]:
    """For whom the keeper of a stand speaks: who sells there, and who belongs to its pesantren."""
    sellers = Offer.objects.on_sale().filter(stand=stand).values("product__producer")
    found = Producer.objects.filter(
        Q(pk__in=sellers) | Q(pesantren__in=stand.pesantren.values("pk"))
    )
    return tuple(found.select_related("pesantren__regency").order_by("name", "pk"))
