"""Who may use the plain till: a keeper who signed in or a paired tablet, each for its own stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from sales.models import Cashier, Tablet, Till
from sales.tablet.tills import COOKIE, credential_hash, present_till

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from stands.http import HtmxRequest
    from stands.models import Stand

P = ParamSpec("P")


@dataclass(frozen=True)
class Seller:
    """Who sells at which stand: a cashier behind a login, or a tablet with its own till."""

    stand: Stand
    cashier: Cashier | None = None
    tablet: Tablet | None = None
    till: Till | None = None

    @property
    def front(self) -> str:
        """The name of the page that sells: to a tablet, `/kasir/` is the page with the outbox."""
        return "till" if self.tablet is None else "till_form"


def for_seller(
    view: Callable[Concatenate[HtmxRequest, Seller, P], HttpResponse],
) -> Callable[Concatenate[HtmxRequest, P], HttpResponse]:
    """Give the view who sells; others go to the login, or read why they see no till (403).

    Nothing of a till is kept in a browser's cache: the next person at the tablet may keep another
    stand, and a page from the back button would hold a used form.
    """

    # The middleware knows logins only; whoever is no seller is turned away right here.
    @login_not_required
    @never_cache
    @wraps(view)
    def guarded(request: HtmxRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        seller = keeper_of(request) or tablet_seller_of(request)
        if seller is not None:
            return view(request, seller, *args, **kwargs)
        tablet = tablet_of(request)
        if tablet is None and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return render(request, "sales/no_stand.html", {"tablet": tablet}, status=403)

    return guarded


def keeper_of(request: HtmxRequest) -> Seller | None:
    """The cashier behind the login. It comes first: a person chose it, and it names who sells."""
    if not request.user.is_authenticated:
        return None
    cashier = Cashier.objects.for_user(request.user).first()
    return Seller(cashier.stand, cashier=cashier) if cashier else None


def tablet_seller_of(request: HtmxRequest) -> Seller | None:
    """The paired tablet that asks, unless it was revoked."""
    tablet = tablet_of(request)
    if tablet is None or tablet.is_revoked:
        return None
    till = present_till(tablet)
    return Seller(till.stand, tablet=tablet, till=till)


def tablet_of(request: HttpRequest) -> Tablet | None:
    """The tablet whose credential came along, revoked or not."""
    credential = request.COOKIES.get(COOKIE)
    if not credential:
        return None
    return Tablet.objects.filter(credential_hash=credential_hash(credential)).first()
