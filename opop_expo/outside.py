"""What a search engine or a messenger reads of a public page: title, words, picture, data.

It is told from the rows that the view has shown anyway, so it costs no query, and from the address
and the language alone, so it may be kept with the page. A page that is not in PAGES, or that shows
an error in the place of one, is left to itself and asks not to be listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from opop_expo import share_pictures, structured
from opop_expo.templatetags.pages import address_in, clock, date_span, day
from pesantren.money import rupiah
from stands.origin import public_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    from opop_expo.share_pictures import SharePicture
    from pesantren.models import Pesantren, Producer, Product
    from programme.models import Session
    from stands.models import Expo, Offer, Stand

    Context = Mapping[str, Any]

# Search engines cut a description at about so many letters, a title a good deal earlier.
LETTERS = 158


@dataclass(frozen=True)
class Page:
    """What is special about one page. `data` describes it; the crumbs lead to it."""

    title: str
    description: str
    crumbs: tuple[tuple[str, str], ...] = ()
    picture: SharePicture | None = None
    data: Callable[[structured.Here], list[structured.Data]] = lambda _here: []
    # Of the kind and key under which a view of the page is counted; see stands.counting_views.
    counted_as: str = ""


@dataclass(frozen=True)
class Outside:
    """Everything that goes into the head of a page, addresses in full."""

    title: str
    description: str
    address: str
    # The page in each language, then where to send whoever speaks neither.
    alternates: tuple[tuple[str, str], ...]
    locale: str
    other_locale: str
    picture: SharePicture | None
    picture_address: str
    data: tuple[str, ...]
    counted_as: str


def outside_of(request: HttpRequest, context: Context) -> Outside | None:
    """What is told of the page that `context` renders; None if it is not for the world."""
    match = request.resolver_match
    tell = PAGES.get(match.url_name or "") if match else None
    page = tell(context) if tell else None
    expo: Expo | None = context.get("expo")
    if page is None or (expo is not None and not expo.is_public):
        return None
    origin = public_origin(request)
    path = _path(request, context)
    here = structured.Here(origin, origin + path)
    data = page.data(here)
    if page.crumbs:
        data.append(structured.breadcrumbs(here, page.crumbs))
    language = get_language() or settings.LANGUAGE_CODE
    addresses = {code: address_in(code, request, path) for code, _name in settings.LANGUAGES}
    in_each = [(code, origin + address) for code, address in addresses.items()]
    locales = {"id": "id_ID", "en": "en_GB"}
    return Outside(
        title=page.title,
        description=Truncator(" ".join(page.description.split())).chars(LETTERS, truncate="…"),
        address=here.address,
        alternates=(*in_each, ("x-default", origin + addresses[settings.LANGUAGE_CODE])),
        locale=locales[language],
        other_locale=locales["id" if language == "en" else "en"],
        picture=page.picture,
        picture_address=origin + page.picture.path if page.picture else "",
        data=tuple(structured.as_script(one) for one in data),
        counted_as=page.counted_as,
    )


def _path(request: HttpRequest, context: Context) -> str:
    """The one address of what is shown: `/` is its edition's, a narrowed list the whole list's.

    A further page of a list is a page of its own, else what stands on it is found by nobody.
    """
    expo: Expo | None = context.get("expo")
    if expo is not None and request.resolver_match and request.resolver_match.url_name == "home":
        return expo.get_absolute_url()
    number = getattr(context.get("page"), "number", 1)
    if number > 1 and set(request.GET) == {"page"}:
        return f"{request.path}?page={number}"
    return request.path


# --- page by page ---------------------------------------------------------------------------------


def _home(context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    if expo is None:
        return None
    when = date_span(expo.first_date, expo.last_date)
    where = f"{expo.venue}, {expo.city}"
    what = _("Produk pesantren Jawa Timur: apa yang dijual, di stan mana, dan berapa harganya.")
    return Page(
        title=f"{expo.name} · {when}, {expo.city}" if when else f"{expo.name} · {expo.city}",
        description=f"{when}, {where}. {what}" if when else f"{where}. {what}",
        picture=share_pictures.of_edition(expo),
        data=lambda here: [structured.portal(here), *structured.exhibition(here, expo)],
        counted_as=f"{expo.pk}.home.{expo.pk}",
    )


def _editions(context: Context) -> Page | None:
    if "editions" not in context:
        return None
    return Page(
        title=f"{_('Semua edisi')} · OPOP Expo",
        description=_(
            "Semua edisi OPOP Expo, pameran tahunan produk pesantren Jawa Timur: kapan, di mana,"
            " dan siapa yang ikut."
        ),
    )


def _list(title: str, description: str, context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    if expo is None or "form" not in context:
        return None
    return Page(
        title=f"{title} · {expo.name}",
        description=description % {"expo": expo.name, "venue": expo.venue, "city": expo.city},
        crumbs=(_edition_crumb(expo),),
        picture=share_pictures.of_edition(expo),
    )


def _stands(context: Context) -> Page | None:
    return _list(
        _("Stan dan isinya"),
        _(
            "Stan di %(expo)s, %(venue)s, %(city)s: siapa penghuninya, apa yang dijual, dan di zona"
            " mana letaknya."
        ),
        context,
    )


def _products(context: Context) -> Page | None:
    return _list(
        _("Produk pesantren dan harganya"),
        _(
            "Produk pesantren Jawa Timur di %(expo)s, %(city)s: harga, pembuat, legalitas, dan stan"
            " tempat membelinya."
        ),
        context,
    )


def _makers(context: Context) -> Page | None:
    return _list(
        _("Pesantren peserta"),
        _(
            "Pesantren Jawa Timur yang berjualan di %(expo)s, %(venue)s, %(city)s: asalnya,"
            " produknya, dan stannya."
        ),
        context,
    )


def _plan(context: Context) -> Page | None:
    return _list(
        pgettext("bagian", "Denah"),
        _(
            "Denah %(expo)s di %(venue)s, %(city)s: letak setiap stan, pintu, panggung, mushola,"
            " dan toilet."
        ),
        context,
    )


def _results(context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    found = context.get("found")
    if expo is None or found is None or not context.get("is_open"):
        return None
    when = date_span(expo.first_date, expo.last_date)
    description = _(
        "Hasil %(expo)s, %(where)s: pesantren dan stan, penjualan, pengunjung, pelatihan,"
        " pembiayaan, dan kerja sama; setiap angka dengan sumbernya."
    ) % {"expo": expo.name, "where": ", ".join(filter(None, [when, expo.venue, expo.city]))}
    return Page(
        title=_("Hasil %(expo)s dalam angka") % {"expo": expo.name},
        description=description,
        crumbs=(_edition_crumb(expo),),
        picture=share_pictures.of_edition(expo),
        data=lambda here: [structured.figures(here, expo, description, found.at)],
    )


def _stand(context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    stand: Stand | None = context.get("stand")
    if expo is None or stand is None:
        return None
    sold = [offer.product for offer in stand.offers_here]
    names = ", ".join(product.name_text for product in sold[:4])
    there = ", ".join(one.name for one in stand.pesantren.all() if one.name != stand.name)
    words = [
        stand.description_text,
        f"{there}." if there else "",
        _("Dijual di sini: %(products)s.") % {"products": names} if names else "",
        f"{expo.venue}, {expo.city}.",
    ]
    return Page(
        title=_("Stan %(code)s %(name)s") % {"code": stand.code, "name": stand.name}
        + f" · {expo.name}",
        description=" ".join(filter(None, words)),
        crumbs=(_edition_crumb(expo), (_("Stan dan isinya"), structured.url(expo, "stand_list"))),
        picture=share_pictures.of_stand(expo, stand),
        data=lambda here: structured.stand(here, expo, stand),
        counted_as=f"{expo.pk}.stand.{stand.pk}",
    )


def _product(context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    product: Product | None = context.get("product")
    if expo is None or product is None or "offers" not in context:
        return None
    offers: list[Offer] = list(context["offers"])
    maker = product.producer
    by = maker.name
    if maker.pesantren and maker.pesantren.name not in maker.name:
        by = f"{maker.name}, {maker.pesantren.name}"
    words = [product.description_text, _("Dibuat oleh %(maker)s.") % {"maker": by}]
    if offers:
        words.insert(
            1,
            _("%(price)s di stan %(code)s, %(expo)s.")
            % {
                "price": rupiah(offers[0].price_rupiah),
                "code": offers[0].stand.code,
                "expo": expo.name,
            },
        )
    return Page(
        title=f"{product.name_text} · {maker.name} · {expo.name}",
        description=" ".join(filter(None, words)),
        crumbs=(_edition_crumb(expo), (_("Produk"), structured.url(expo, "product_list"))),
        picture=share_pictures.of_product(expo, product, offers),
        data=lambda here: [structured.product(here, expo, product, offers)],
        counted_as=f"{expo.pk}.product.{product.pk}",
    )


def _pesantren(context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    pesantren: Pesantren | None = context.get("pesantren")
    if expo is None or pesantren is None or "form" in context:
        return None
    stands: list[Stand] = list(context.get("stands", []))
    where = str(pesantren.regency) if pesantren.regency else ""
    words = [
        pesantren.about_text or (_("Pesantren di %(where)s.") % {"where": where} if where else ""),
        _("Di %(expo)s berjualan di stan %(codes)s.")
        % {"expo": expo.name, "codes": ", ".join(stand.code for stand in stands)}
        if stands
        else "",
    ]
    return Page(
        title=" · ".join(filter(None, [pesantren.name, where, expo.name])),
        description=" ".join(filter(None, words)) or pesantren.name,
        crumbs=(_edition_crumb(expo), (_("Pesantren"), structured.url(expo, "pesantren_list"))),
        picture=share_pictures.of_pesantren(expo, pesantren, stands),
        data=lambda here: [structured.pesantren(here, pesantren)],
        counted_as=f"{expo.pk}.pesantren.{pesantren.pk}",
    )


def _maker(context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    producer: Producer | None = context.get("producer")
    if expo is None or producer is None or "products" not in context:
        return None
    products: list[Product] = list(context["products"])
    stands: list[Stand] = list(context["stands"])
    home = producer.pesantren.name if producer.pesantren else producer.get_kind_display()
    made = ", ".join(product.name_text for product in products[:4])
    words = [
        producer.about_text,
        f"{home}." if home != producer.name else "",
        _("Produknya: %(products)s.") % {"products": made} if made else "",
        f"{expo.name}, {expo.venue}, {expo.city}.",
    ]
    return Page(
        title=f"{producer.name} · {home} · {expo.name}",
        description=" ".join(filter(None, words)),
        crumbs=(_edition_crumb(expo), (_("Produk"), structured.url(expo, "product_list"))),
        picture=share_pictures.of_producer(expo, producer, products, stands),
        data=lambda here: [structured.producer(here, producer)],
    )


def _schedule(context: Context) -> Page | None:
    # A list of nothing is nothing to be found.
    if not context.get("sessions"):
        return None
    return _list(
        _("Jadwal acara"),
        _(
            "Talkshow, pelatihan, dan acara lain di %(expo)s, %(venue)s, %(city)s: kapan, di ruang"
            " mana, siapa pembicaranya, dan untuk siapa."
        ),
        context,
    )


def _session(context: Context) -> Page | None:
    expo: Expo | None = context.get("expo")
    session: Session | None = context.get("session")
    if expo is None or session is None:
        return None
    people = ", ".join(who.name for who in session.speakers.all())
    where = ", ".join(
        filter(None, [session.room.name_text if session.room else "", expo.venue, expo.city])
    )
    when = day(session.date)
    if session.starts and session.ends:
        when += f", {clock(session.starts)}–{clock(session.ends)} WIB"
    words = [
        session.description_text,
        f"{when}, {where}." if when else f"{expo.name}, {where}.",
        _("Pembicara: %(names)s.") % {"names": people} if people else "",
        _("Untuk: %(group)s.") % {"group": session.target_group_text}
        if session.target_group
        else "",
    ]
    return Page(
        title=f"{session.title_text} · {session.get_kind_display()} · {expo.name}",
        description=" ".join(filter(None, words)),
        crumbs=(_edition_crumb(expo), (_("Jadwal acara"), structured.url(expo, "schedule"))),
        picture=share_pictures.of_edition(expo),
        data=lambda here: structured.session(here, expo, session),
    )


def _edition_crumb(expo: Expo) -> tuple[str, str]:
    return expo.name, expo.get_absolute_url()


PAGES: dict[str, Callable[[Context], Page | None]] = {
    "home": _home,
    "expo_home": _home,
    "edition_list": _editions,
    "stand_list": _stands,
    "floor_plan": _plan,
    "results": _results,
    "stand_detail": _stand,
    "product_list": _products,
    "product_detail": _product,
    "pesantren_list": _makers,
    "pesantren_detail": _pesantren,
    "producer_detail": _maker,
    "schedule": _schedule,
    "session_detail": _session,
}
