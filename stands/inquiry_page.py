"""Where a buyer or partner writes to a maker: the form, and the thanks for it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from events.throttle import Limit, TooManyTriesError, address_of, book_tries
from pesantren.models import Pesantren, Producer, Product
from stands import catalogue
from stands.http import is_from_here
from stands.inquiring import inquiry_id, receive_inquiry
from stands.inquiry_forms import InquiryForm
from stands.models import Inquiry, Stand
from stands.origin import public_origin
from stands.published import show_as_published

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from stands.http import HtmxRequest
    from stands.inquiring import Subject
    from stands.models import Expo

# A hall shares one address, so who writes is told by the contact; a buyer who walks from stand to
# stand may write to ten in an hour. The address alone only stops a program, and above a whole hall.
BY_CONTACT = Limit("inquiry", most=10, within=dt.timedelta(hours=1))
BY_ADDRESS = Limit("inquiry-address", most=120, within=dt.timedelta(hours=1))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def inquiry(request: HtmxRequest, edition: str) -> HttpResponse:
    """Four fields about a product, a stand, a maker or a pesantren, which the address names."""
    expo = request.editions.expo
    about = _subject(request.GET, expo)
    if about is None:
        return redirect("product_list", expo.slug)
    status = 200
    trouble = ""
    form = InquiryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not is_from_here(request):
            return HttpResponseForbidden(
                _("Permintaan ini tidak datang dari halaman kami."), content_type="text/plain"
            )
        # A program is thanked as well, so that it does not try otherwise.
        if form.is_from_a_program:
            return _thanks(expo, request)
        if not form.is_valid():
            status = 422
        else:
            try:
                _receive(request, expo, about, form)
                return _thanks(expo, request)
            except TooManyTriesError as wait:
                status = 429
                trouble = _wait(wait)
    return render(
        request,
        "stands/inquiry.html",
        {
            "expo": expo,
            "about": about,
            "page_url": page_of(about, expo),
            **_named(about),
            "form": form,
            "trouble": trouble,
        },
        status=status,
    )


@require_safe
@login_not_required
def inquiry_thanks(request: HtmxRequest, edition: str) -> HttpResponse:
    """That it arrived, and what happens next. It may be reloaded: it does not say who wrote."""
    expo = request.editions.expo
    about = _subject(request.GET, expo)
    return render(
        request,
        "stands/inquiry_thanks.html",
        {"expo": expo, "about": about, "page_url": page_of(about, expo) if about else ""},
    )


def _receive(request: HttpRequest, expo: Expo, about: Subject, form: InquiryForm) -> None:
    written = form.written
    key = inquiry_id(form.form_key, about, written)
    # Sent again, it is no further one.
    if Inquiry.objects.filter(pk=key).exists():
        return
    contact = salted_hmac("stands.inquiry", written.contact.lower()).hexdigest()
    book_tries((BY_ADDRESS, address_of(request)), (BY_CONTACT, contact))
    receive_inquiry(
        key=key,
        expo=expo,
        about=about,
        written=written,
        language=get_language() or "id",
        site=public_origin(request),
    )


def _thanks(expo: Expo, request: HttpRequest) -> HttpResponse:
    response = redirect(
        f"{reverse('inquiry_thanks', args=[expo.slug])}?{urlencode(_asked(request.GET))}"
    )
    response.status_code = 303
    return response


def _asked(given: QueryDict) -> dict[str, str]:
    """What the address names, and nothing else of it."""
    for word in ("produk", "stan", "pelaku", "pesantren"):
        if given.get(word):
            return {word: str(given[word])}
    return {}


def _subject(given: QueryDict, expo: Expo) -> Subject | None:
    """The thing that the address names at the edition; None where it names none, 404 if unknown."""
    asked = _asked(given)
    if "produk" in asked:
        products = catalogue.products_known_at(expo).with_maker()
        if not expo.is_closed:
            products = products.not_withdrawn()
        product = get_object_or_404(products, slug=asked["produk"])
        show_as_published(expo, [product])
        return product
    if "stan" in asked:
        return get_object_or_404(Stand.objects.at(expo), code=asked["stan"])
    if "pelaku" in asked:
        makers = catalogue.products_known_at(expo).values("producer")
        return get_object_or_404(Producer, slug=asked["pelaku"], pk__in=makers)
    if "pesantren" in asked:
        return get_object_or_404(catalogue.pesantren_at(expo), slug=asked["pesantren"])
    return None


def _wait(wait: TooManyTriesError) -> str:
    return ngettext(
        "Sudah banyak pesan dari Anda. Isian ini belum terkirim; tunggu %(n)s menit,"
        " lalu kirim lagi.",
        "Sudah banyak pesan dari Anda. Isian ini belum terkirim; tunggu %(n)s menit,"
        " lalu kirim lagi.",
        wait.minutes,
    ) % {"n": wait.minutes}


def _named(about: Subject) -> dict[str, Subject]:
    """The same under its own word, as the templates of cards want it."""
    return {type(about).__name__.lower(): about}


def page_of(about: Subject, expo: Expo) -> str:
    """The page that visitors have of it."""
    if isinstance(about, Product):
        return reverse("product_detail", args=[expo.slug, about.slug])
    if isinstance(about, Stand):
        return reverse("stand_detail", args=[expo.slug, about.code])
    if isinstance(about, Pesantren):
        return reverse("pesantren_detail", args=[expo.slug, about.slug])
    return reverse("producer_detail", args=[expo.slug, about.slug])
