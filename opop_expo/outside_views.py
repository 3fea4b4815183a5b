"""What machines ask a site for: its map, its rules, name and icons, the pictures of its links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from opop_expo.share_pictures import BusyError, find, jpeg_of
from opop_expo.sitemaps import SITEMAPS, PublicSite
from stands.origin import public_origin
from stands.views import open_edition

if TYPE_CHECKING:
    from django.http import HttpRequest

AN_HOUR, A_YEAR = 3600, 365 * 24 * 3600
# What nobody looks for: behind a login, of one visitor, or without end.
NOT_FOR_ROBOTS = ("admin/", "kasir/", "masuk/", "nota/", "setelah-masuk/", "*/cari/", "*/simpanan/")
# They fetch one page for a person who shares it, a narrowed list as well.
PREVIEWS = ("facebookexternalhit", "Twitterbot", "WhatsApp", "TelegramBot", "LinkedInBot")


@require_safe
@login_not_required
@cache_control(public=True, max_age=AN_HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    """Leave tills and narrowed lists alone: each combination of filters would be a page."""
    closed = [f"Disallow: /{prefix}{path}" for prefix in ("", "en/") for path in NOT_FOR_ROBOTS]
    lines = [
        *(f"User-agent: {name}" for name in PREVIEWS),
        *closed,
        "",
        "User-agent: *",
        *closed,
        "Disallow: /*?",
        "Allow: /*?page=",
        "Allow: /sitemap.xml?",
        "",
        f"Sitemap: {public_origin(request)}{reverse('sitemap')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
@cache_control(public=True, max_age=AN_HOUR)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The parts of the map; with `?bagian=`, one of them."""
    origin = public_origin(request)
    site = PublicSite(origin)
    name = request.GET.get("bagian")
    if name is None:
        address = origin + reverse("sitemap")
        parts: list[dict[str, Any]] = [
            {"location": f"{address}?bagian={part}&p={page}", "last_mod": None}
            for part, kind in SITEMAPS.items()
            for page in kind().paginator.page_range
        ]
        return _xml(request, "sitemap_index.xml", {"sitemaps": parts})
    if name not in SITEMAPS:
        raise Http404
    try:
        urls = SITEMAPS[name]().get_urls(
            page=request.GET.get("p", "1"), site=cast("Any", site), protocol=site.protocol
        )
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    return _xml(request, "sitemap.xml", {"urlset": urls})


def _xml(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, content_type="application/xml")


@require_safe
@login_not_required
@cache_control(public=True, max_age=AN_HOUR)
def manifest(request: HttpRequest) -> HttpResponse:
    """Lets a visitor put the portal on the home screen; it opens at the edition that is on."""
    icons = [
        {
            "src": static(f"img/visitor-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "name": "OPOP Expo",
            "short_name": "OPOP Expo",
            "description": _(
                "Produk pesantren Jawa Timur: apa yang dijual, di stan mana, dan berapa harganya."
            ),
            "lang": get_language(),
            "dir": "ltr",
            # One portal in two languages, and not two to be installed.
            "id": "/",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "minimal-ui",
            "background_color": "#fbf5e9",
            "theme_color": "#fbf5e9",
            "categories": ["shopping", "food", "events"],
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


@require_safe
@login_not_required
def share_picture(
    request: HttpRequest, edition: str, jenis: str, key: str, digest: str
) -> HttpResponse:
    """The picture beside a shared link. An address of before leads to the picture of now."""
    picture = find(open_edition(edition), jenis, key)
    if picture is None:
        raise Http404
    if digest != picture.digest:
        response: HttpResponse = redirect(picture.path)
        response["Cache-Control"] = "public, max-age=300"
        return response
    try:
        jpeg = jpeg_of(picture)
    except BusyError:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    return HttpResponse(
        jpeg,
        content_type="image/jpeg",
        headers={"Cache-Control": f"public, max-age={A_YEAR}, immutable"},
    )


@require_safe
@login_not_required
def touch_icon(request: HttpRequest) -> HttpResponse:
    """Lead an iPhone that asks for its icon unprompted to the one that the pages name."""
    return redirect(static("img/visitor-180.png"))
