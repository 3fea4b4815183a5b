"""The visitor's saved list: shown as a walk, changed by small forms, shared by its address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from stands.http import is_from_here, wants_fragment
from stands.saved import ListFullError, Saved, read_saved, write_saved
from stands.saved_code import MOST, UnreadableCodeError, code_of, key_from, keys_of
from stands.saved_route import exists_at, names_of, route_of

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

    from stands.http import HtmxRequest
    from stands.models import Expo
    from stands.saved_code import Key
    from stands.saved_route import Route

LONGEST_PATH = 300


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@vary_on_headers("Cookie", "HX-Request", "Accept")
def saved_list(request: HtmxRequest, edition: str) -> HttpResponse:
    """The list of whoever asks. A POST changes it, with no token: it says where it comes from."""
    expo = request.editions.expo
    if not expo.has_stands:
        return _nothing_to_save(request, expo)
    saved = read_saved(request, expo)
    if request.method == "POST":
        if not is_from_here(request):
            return HttpResponseForbidden(
                _("Permintaan ini tidak datang dari halaman kami."), content_type="text/plain"
            )
        response = _change(request, expo, saved)
    else:
        response = _show(request, expo, saved, _told(request.GET, expo))
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
@login_not_required
def shared_list(request: HtmxRequest, edition: str, code: str) -> HttpResponse:
    """Somebody's list behind its address, to be looked at or taken over."""
    expo = request.editions.expo
    try:
        keys = keys_of(code, edition=expo.slug)
    except UnreadableCodeError:
        response = render(request, "stands/shared_list.html", {"expo": expo}, status=400)
    else:
        route = route_of(Saved(keys), expo)
        response = render(
            request,
            "stands/shared_list.html",
            {
                "expo": expo,
                "route": route,
                "code": code,
                "has_ended": expo.has_ended_by(timezone.now()),
                **_sharing(request, expo, code, route),
            },
        )
    response["X-Robots-Tag"] = "noindex"
    return response


def _nothing_to_save(request: HttpRequest, expo: Expo) -> HttpResponse:
    context = {"expo": expo, "has_ended": expo.has_ended_by(timezone.now())}
    return render(request, "stands/no_catalogue.html", context)


# --- changing -------------------------------------------------------------------------------------


def _change(request: HtmxRequest, expo: Expo, saved: Saved) -> HttpResponse:
    """Do what the form asks for, and answer as its sender can use it."""
    told: dict[str, str] = {}
    given = request.POST
    try:
        if "simpan" in given:
            key = _key(given["simpan"])
            if not exists_at(key, expo):
                raise Http404
            told = {"baru": code_of([key], edition=expo.slug)}
            saved = saved.with_keys([key])
        elif "hapus" in given:
            key = _key(given["hapus"])
            gone = {key} & saved.keys
            told = {"hapus": code_of(gone, edition=expo.slug)} if gone else {}
            saved = saved.without(gone)
        elif "sudah" in given or "belum" in given:
            is_done = "sudah" in given
            saved = saved.ticked(_key(given["sudah" if is_done else "belum"]), is_done=is_done)
        elif "ambil" in given:
            taken = keys_of(given["ambil"], edition=expo.slug)
            added = taken - saved.keys
            told = {"baru": code_of(added, edition=expo.slug)} if added else {}
            saved = saved.with_keys(taken)
        elif "kosongkan" in given:
            told = {"hapus": code_of(saved.keys, edition=expo.slug)} if saved.keys else {}
            saved = Saved()
    except ListFullError as full:
        # Of a list that is taken over, as much as fits.
        saved = full.kept
        told = {"penuh": str(full.left_out)}
    except UnreadableCodeError:
        told = {"rusak": "1"}
    response = _answer(request, expo, saved, told)
    write_saved(response, saved, expo)
    return response


def _key(text: str) -> Key:
    key = key_from(text)
    if key is None:
        raise Http404
    return key


def _answer(request: HtmxRequest, expo: Expo, saved: Saved, told: dict[str, str]) -> HttpResponse:
    if request.accepts("text/html") and not wants_fragment(request):
        here = reverse("saved_list", args=[expo.slug])
        back = _page_before(request)
        if back and back != here:
            told = {**told, "dari": back}
        response = redirect(f"{here}?{urlencode(told)}" if told else here)
        response.status_code = 303
        return response
    notice = _notice(told, expo)
    if wants_fragment(request):
        return _show(request, expo, saved, notice)
    return JsonResponse({"count": len(saved.keys), "said": notice.get("said", "")})


def _page_before(request: HttpRequest) -> str:
    """The path of our own page that the form was on; empty where the browser does not say."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or not before.path.startswith("/"):
        return ""
    path = f"{before.path}?{before.query}" if before.query else before.path
    return path if len(path) <= LONGEST_PATH else before.path[:LONGEST_PATH]


# --- showing --------------------------------------------------------------------------------------


def _show(request: HtmxRequest, expo: Expo, saved: Saved, notice: dict[str, Any]) -> HttpResponse:
    code = code_of(saved.keys, edition=expo.slug)
    now = timezone.now()
    context = {
        "expo": expo,
        "saved": saved,
        "most": MOST,
        "notice": notice,
        "day_now": expo.day_at(now) if expo.is_open_at(now) else None,
        "has_ended": expo.has_ended_by(now),
    }
    if code:
        route = route_of(saved, expo)
        context |= {"route": route, "code": code, **_sharing(request, expo, code, route)}
    template = "stands/saved_list.html"
    return render(request, f"{template}#list" if wants_fragment(request) else template, context)


def _sharing(request: HttpRequest, expo: Expo, code: str, route: Route) -> dict[str, Any]:
    """The address of the list, as a link, a QR code and a message."""
    link = request.build_absolute_uri(reverse("shared_list", args=[expo.slug, code]))
    text = _("Yang ingin kulihat di %(expo)s:") % {"expo": expo.name}
    return {
        "link": link,
        "whatsapp": "https://wa.me/?" + urlencode({"text": f"{text} {link}"}),
        "qr": _qr(link),
    }


def _qr(link: str) -> str:
    """The link as a QR code, in SVG that needs no style."""
    svg = segno.make(link, error="l", micro=False).svg_inline(
        border=4, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return mark_safe(svg)  # noqa: S308, made of numbers by segno


def _told(given: QueryDict, expo: Expo) -> dict[str, Any]:
    """What the page says of the change that led to it, and where its visitor was before."""
    notice = _notice({name: str(given[name]) for name in given}, expo)
    back = given.get("dari", "")
    # A path of our own pages and no other address, since anybody can write one.
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        notice["back"] = back
    return notice


def _notice(told: dict[str, str], expo: Expo) -> dict[str, Any]:
    try:
        if told.get("baru"):
            names = names_of(keys_of(told["baru"], edition=expo.slug), expo)
            if len(names) > 1:
                return {"said": _("%(n)s ditambahkan ke simpanan.") % {"n": len(names)}}
            return {"said": _("%(name)s disimpan.") % {"name": names[0]}} if names else {}
        if told.get("hapus"):
            names = names_of(keys_of(told["hapus"], edition=expo.slug), expo)
            said = _("%(n)s simpanan dihapus.") % {"n": len(names)}
            if len(names) == 1:
                said = _("%(name)s dihapus dari simpanan.") % {"name": names[0]}
            return {"said": said, "undo": told["hapus"]}
    except UnreadableCodeError:
        return {}
    if told.get("penuh", "").isdecimal():
        words = _(
            "Simpanan penuh: paling banyak %(most)s. %(left)s tidak ikut tersimpan;"
            " hapus dulu yang tidak perlu."
        )
        return {"said": words % {"most": MOST, "left": told["penuh"][:4]}, "is_trouble": True}
    if told.get("rusak"):
        return {
            "said": _("Alamat simpanan itu tidak terbaca. Minta dikirim sekali lagi."),
            "is_trouble": True,
        }
    return {}
