"""What a visitor's phone keeps of an edition: all its pages in short, in one compressed file.

Made at most every few minutes and shared by all phones; nothing of any visitor is in it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from django.core.cache import cache
from django.template.loader import get_template
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pesantren.money import rupiah
from stands import catalogue
from stands.clock import business_date
from stands.models import Stand
from stands.plan import plan_of
from stands.plan_page import look
from stands.published import show_goods_as_published
from stands.release import release
from stands.saved_code import MOST
from stands.saved_route import in_walking_order
from stands.words import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.http import HttpRequest

    from pesantren.models import Category, Credential, Pesantren, Product
    from stands.models import Expo, Offer

# What the worker knows how to read; raised when that changes.
FORMAT = 1
# What was sold out a minute ago is no reason for thirty thousand phones to fetch all of it again.
FRESH_SECONDS = 300
KEPT_SECONDS = 24 * 3600
MAKING_SECONDS = 120
TEMPLATE = "stands/offline.html"
# Another app's part of the file; it depends on the catalogue's version and the language alone.
MakeSection: TypeAlias = "Callable[[HttpRequest, Expo], Section]"
# A line of a list: where it leads, the words it is found by, what filters ask for, how it looks.
Line: TypeAlias = tuple[str, str, list[str], str]


@dataclass(frozen=True)
class Section:
    """What another app adds: pages with their titles by address, and a list of them to search."""

    path: str
    pages: dict[str, tuple[str, str]]
    # The list's title and page, with [[found]] where its lines go.
    listed: tuple[str, str] | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Bundle:
    """The file as it is sent."""

    etag: str
    zipped: bytes
    # Of which state of the catalogue, on which day.
    state: tuple[object, ...]
    # When it was made, in seconds of this machine's clock.
    made: float


def bundle_for(request: HttpRequest, expo: Expo, sections: Sequence[MakeSection] = ()) -> Bundle:
    """The edition's file in the language of the request, at most `FRESH_SECONDS` behind.

    The edition comes from catalogue_version.edition_at(). All requests name the same sections.
    """
    day = expo.reference_date(business_date(timezone.now()))
    state = (expo.catalogue_version, day)
    # Whole addresses stand in the frame of a page.
    site = f"{request.scheme}://{request.get_host()}"
    key = f"offline:{FORMAT}:{release()}:{site}:{expo.pk}:{get_language()}"
    kept: Bundle | None = cache.get(key)
    if kept and kept.state == state:
        return kept
    if kept:
        is_fresh = 0 <= time.time() - kept.made < FRESH_SECONDS
        # While one makes the next, all others get the one before.
        if is_fresh or not cache.add(f"{key}:making", 1, MAKING_SECONDS):
            return kept
    try:
        kept_pages = contents(request, expo, [make(request, expo) for make in sections])
        text = json.dumps(kept_pages, ensure_ascii=False, separators=(",", ":"))
        etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
        # The same content is the same file on every machine, so no time of making in it.
        made = Bundle(etag, gzip.compress(text.encode(), 9, mtime=0), state, time.time())
        cache.set(key, made, KEPT_SECONDS)
    finally:
        cache.delete(f"{key}:making")
    return made


def contents(request: HttpRequest, expo: Expo, sections: Sequence[Section]) -> dict[str, Any]:
    """What the worker reads: the frame of a page, pages by address, lists line by line."""
    day = expo.reference_date(business_date(timezone.now()))
    known = catalogue.with_offers_at(catalogue.products_known_at(expo), expo).by_name()
    known = known.prefetch_related("credentials")
    products = catalogue.shown_at(known, expo, day)
    stands = list(Stand.objects.at(expo).with_pesantren().with_offers())
    show_goods_as_published(expo, stands)
    pesantren = catalogue.with_counts_then(
        catalogue.with_what_they_bring(catalogue.pesantren_at(expo), expo), expo
    )
    made_by: dict[int, list[Product]] = {}
    for product in products:
        if product.producer.pesantren_id and not product.is_withdrawn:
            made_by.setdefault(product.producer.pesantren_id, []).append(product)

    parts = Parts(request, {"expo": expo, "day": day, "categories": categories_of(products)})
    pages = {"": (_("Beranda"), parts.render("home"))}
    plan = plan_of(expo)
    if not plan.is_empty:
        drawn = {"plan": plan, "zones": plan.drawn(), "features": plan.drawn_features()}
        looking = look(plan, {})
        text = parts.render("plan", **drawn, looking=looking, kept="?", chosen=[])
        pages["denah/"] = (pgettext("bagian", "Denah"), text)
    text = parts.render("saved", has_plan=not plan.is_empty)
    pages["simpanan/"] = (_("Simpanan"), text)
    lines: dict[str, list[Line]] = {"produk/": [], "stan/": [], "pesantren/": []}
    for product in products:
        credentials = [(each, each.is_valid_on(day)) for each in product.credentials.all()]
        path = f"produk/{product.slug}/"
        text = parts.render("product", product=product, credentials=credentials)
        pages[path] = (product.name_text, text)
        if offers_of(product):
            line = parts.render("product_line", product=product)
            lines["produk/"].append((path, *words_of_product(product, credentials), line))
    for stand in stands:
        path = f"stan/{stand.code}/"
        pages[path] = (str(stand), parts.render("stand", stand=stand))
        line = parts.render("stand_line", stand=stand)
        lines["stan/"].append((path, *words_of_stand(stand), line))
    for each in pesantren:
        path = f"pesantren/{each.slug}/"
        their = made_by.get(each.pk, [])
        pages[path] = (each.name, parts.render("pesantren", pesantren=each, products=their))
        line = parts.render("pesantren_line", pesantren=each)
        lines["pesantren/"].append((path, *words_of_pesantren(each), line))

    titles = {
        "produk/": pgettext("bagian", "Produk"),
        "stan/": pgettext("bagian", "Stan"),
        "pesantren/": _("Pesantren"),
        "cari/": _("Cari"),
    }
    lists = {
        path: (title, parts.render("list", title=title, path=path))
        for path, title in titles.items()
    }
    for section in sections:
        pages |= section.pages
        if section.listed:
            lists[section.path], lines[section.path] = section.listed, section.lines
    return {
        "format": FORMAT,
        "root": expo.get_absolute_url(),
        "language": get_language(),
        "shell": parts.render("shell"),
        "pages": pages,
        "lists": lists,
        "lines": lines,
        "saved": what_can_be_saved(expo, stands, products),
        "parts": {
            "copy": parts.render("copy"),
            "copy_of_a_list": parts.render("copy_of_a_list"),
            "missing": (_("Belum tersimpan"), parts.render("missing")),
            "nothing": parts.render("nothing"),
            "more": parts.render("more"),
            "found": [ngettext("%(n)s hasil", "%(n)s hasil", n) for n in (1, 2)],
        },
    }


def what_can_be_saved(
    expo: Expo, stands: Sequence[Stand], products: Iterable[Product]
) -> dict[str, Any]:
    """Stands and products under the keys that a visitor's list names, for the list of the copy.

    The stands as one walks; where there are more than anybody saves, zone by zone.
    """
    if len(stands) <= MOST:
        stands = in_walking_order(expo, [stand.pk for stand in stands])
    return {
        "walk": [(stand.pk, stand.code, stand.zone.code) for stand in stands],
        "goods": [
            (one.pk, f"produk/{one.slug}/", [offered(one, offer) for offer in offers_of(one)])
            for one in products
        ],
    }


def offered(product: Product, offer: Offer) -> tuple[str, str, str]:
    """At which stand, for how much, and the word for it where nothing is left."""
    is_example = {"price_rupiah", "*"} & set(offer.example_fields.replace("|", " ").split())
    price = f"{rupiah(offer.price_rupiah)}{'*' if is_example else ''} / {product.unit_text}"
    return offer.stand.code, price, _("habis") if offer.is_sold_out else ""


class Parts:
    """Parts of a template, each read once however many rows it shows."""

    def __init__(
        self, request: HttpRequest, context: dict[str, Any], template: str = TEMPLATE
    ) -> None:
        self.request = request
        self.context = context
        self.template = template
        self.templates: dict[str, Any] = {}

    def render(self, part: str, **more: Any) -> str:
        """The part without the white space around its lines."""
        if part not in self.templates:
            self.templates[part] = get_template(f"{self.template}#{part}")
        text = self.templates[part].render({**self.context, **more}, self.request)
        return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def categories_of(products: Iterable[Product]) -> list[tuple[Category, int]]:
    """The categories with something on sale, and how much, in their order."""
    counts = Counter(product.category for product in products if offers_of(product))
    return sorted(counts.items(), key=lambda found: (found[0].order, found[0].slug))


def offers_of(product: Product) -> list[Offer]:
    """Where it is sold at the edition; catalogue.with_offers_at() set it."""
    return product.offers_here


def words_of_product(
    product: Product, credentials: list[tuple[Credential, bool]]
) -> tuple[str, list[str]]:
    """What it is found by without a network, and the filters of the list that it fits."""
    maker = product.producer
    pesantren = maker.pesantren
    regency = pesantren.regency if pesantren else None
    stands = [offer.stand for offer in offers_of(product)]
    words = [product.name, product.name_text, maker.name, pesantren, regency, product.category]
    words.append(product.description_text)
    tags = {
        f"category={product.category.slug}",
        f"pillar={product.pillar}",
        *(f"zone={stand.zone.code}" for stand in stands),
        *(f"regency={each.code}" for each in [regency] if each),
        *(f"credential={each.scheme}" for each, is_valid in credentials if is_valid),
    }
    return folded(*words, *(stand.code for stand in stands)), sorted(tags)


def words_of_stand(stand: Stand) -> tuple[str, list[str]]:
    """The same for a stand, which is found by what it sells as well."""
    there = list(stand.pesantren.all())
    goods = [offer.product for offer in stand.offers_here]
    words = [stand.code, stand.name, stand.zone.name_text, *there, *goods]
    tags = {
        f"zone={stand.zone.code}",
        *(f"regency={each.regency.code}" for each in there if each.regency),
        *(f"category={product.category.slug}" for product in goods),
    }
    return folded(*words), sorted(tags)


def words_of_pesantren(pesantren: Pesantren) -> tuple[str, list[str]]:
    """The same for a pesantren."""
    regency = pesantren.regency
    tags = [f"regency={regency.code}"] if regency else []
    return folded(pesantren.name, regency), tags


def folded(*parts: object) -> str:
    """The words of the parts as the search folds them, each once."""
    text = " ".join(str(part) for part in parts if part)
    return " ".join(dict.fromkeys(fold(text).split()))
