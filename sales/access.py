"""Who may use a till: the keeper of its stand, and nobody else's stand is seen from there."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.shortcuts import render
from django.views.decorators.cache import never_cache

from sales.models import Cashier

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from stands.http import SignedInRequest

P = ParamSpec("P")


def for_keeper(
    view: Callable[Concatenate[SignedInRequest, Cashier, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """Give the view the cashier behind the login; others read why they see no till (403).

    Nothing of a till is kept in a browser's cache: the next person at the tablet may keep another
    stand, and a page from the back button would hold a used form.
    """

    @never_cache
    @wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        cashier = Cashier.objects.for_user(request.user).first()
        if cashier is None:
            return render(request, "sales/no_stand.html", status=403)
        return view(request, cashier, *args, **kwargs)

    return guarded
