"""Pages as data for search engines: schema.org in JSON-LD, with what the page itself says."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opop_expo.templatetags.pages import is_example
from pesantren.money import rupiah
from stands.clock import WIB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pesantren.models import Pesantren, Producer, Product
    from programme.models import Session, Speaker
    from stands.models import Expo, ExpoDay, Offer, Stand

    Data = dict[str, Any]

CONTEXT = "https://schema.org"
# As django.utils.html.json_script: in a block of data nothing may end the block or begin a comment.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
# Who runs the programme; the sites of the province name it so.
ORGANISER = {
    "@type": "Organization",
    "name": "OPOP Jawa Timur",
    "url": "https://opop.jatimprov.go.id/",
    "parentOrganization": {
        "@type": "GovernmentOrganization",
        "name": "Pemerintah Provinsi Jawa Timur",
    },
}


class Here(NamedTuple):
    """The public origin of the portal, and the address of the page in full."""

    origin: str
    address: str


def as_script(data: Data) -> SafeString:
    """The data as the content of a `<script type="application/ld+json">`."""
    text = json.dumps({"@context": CONTEXT, **data}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308, nothing left in it can end the block


def url(expo: Expo, name: str, *arguments: str) -> str:
    """The path of a page of an edition."""
    return reverse(name, args=[expo.slug, *arguments])


def breadcrumbs(here: Here, crumbs: Sequence[tuple[str, str]]) -> Data:
    """The way from the edition to the page. The page itself is its end and needs no place."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": name,
                "item": here.origin + path,
            }
            for place, (name, path) in enumerate(crumbs, start=1)
        ],
    }


def portal(here: Here) -> Data:
    """The site, so that a search engine calls it by its name."""
    return {"@type": "WebSite", "name": "OPOP Expo", "url": f"{here.origin}/"}


def exhibition(here: Here, expo: Expo) -> list[Data]:
    """The edition as an event; nothing while its days are unknown."""
    if expo.first_date is None or expo.last_date is None:
        return []
    days = expo.all_days
    data: Data = {
        "@type": "ExhibitionEvent",
        "@id": f"{here.origin}{expo.get_absolute_url()}#pameran",
        "name": expo.name,
        "url": here.address,
        "startDate": _begin(days, expo.first_date),
        "endDate": _end(days, expo.last_date),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": place(expo),
        "organizer": ORGANISER,
        "inLanguage": ["id", "en"],
        "description": expo.theme
        or _("Produk pesantren Jawa Timur: apa yang dijual, di stan mana, dan berapa harganya."),
    }
    return [data]


def session(here: Here, expo: Expo, session: Session) -> list[Data]:
    """A session as an event of the exhibition; nothing while its day is unknown."""
    if session.date is None:
        return []
    state = "EventCancelled" if session.is_cancelled else "EventScheduled"
    where = place(expo)
    if session.room:
        where = {"@type": "Place", "name": session.room.name_text, "containedInPlace": where}
        where["address"] = where["containedInPlace"].pop("address")
    data: Data = {
        "@type": "EducationEvent" if session.kind == session.Kind.TRAINING else "Event",
        "name": session.title_text,
        "url": here.address,
        "startDate": _instant(session.starts_at) or session.date.isoformat(),
        "eventStatus": f"https://schema.org/{state}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": where,
        "organizer": ORGANISER,
        "superEvent": {
            "@type": "ExhibitionEvent",
            "@id": f"{here.origin}{expo.get_absolute_url()}#pameran",
            "name": expo.name,
        },
    }
    if session.ends_at:
        data["endDate"] = _instant(session.ends_at)
    if session.description_text:
        data["description"] = session.description_text
    if session.language:
        data["inLanguage"] = session.language
    if session.capacity:
        data["maximumAttendeeCapacity"] = session.capacity
    if session.target_group:
        data["audience"] = {"@type": "Audience", "audienceType": session.target_group_text}
    if session.speakers.all():
        data["performer"] = [_person(who) for who in session.speakers.all()]
    return [data]


def _person(speaker: Speaker) -> Data:
    data: Data = {"@type": "Person", "name": speaker.name}
    return data | ({"jobTitle": speaker.about_text} if speaker.about_text else {})


def _instant(at: dt.datetime | None) -> str:
    return "" if at is None else at.astimezone(WIB).isoformat()


def figures(here: Here, expo: Expo, description: str, changed_at: str) -> Data:
    """The results of an edition as a set of data, with the files that hold it."""
    data: Data = {
        "@type": "Dataset",
        "name": _("Hasil %(expo)s dalam angka") % {"expo": expo.name},
        "description": description,
        "url": here.address,
        "creator": ORGANISER,
        "dateModified": changed_at,
        "isAccessibleForFree": True,
        "spatialCoverage": place(expo),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": here.origin + url(expo, name),
            }
            for kind, name in (("text/csv", "results_csv"), ("application/json", "results_json"))
        ],
    }
    if expo.first_date and expo.last_date:
        data["temporalCoverage"] = f"{expo.first_date.isoformat()}/{expo.last_date.isoformat()}"
    return data


def place(expo: Expo) -> Data:
    """The hall."""
    return {
        "@type": "Place",
        "name": expo.venue,
        "address": {
            "@type": "PostalAddress",
            "addressLocality": expo.city,
            "addressRegion": "Jawa Timur",
            "addressCountry": "ID",
        },
    }


def _begin(days: Sequence[ExpoDay], first: dt.date) -> str:
    day = next((one for one in days if one.date == first and one.opens), None)
    return first.isoformat() if day is None else _at(first, day.opens)


def _end(days: Sequence[ExpoDay], last: dt.date) -> str:
    day = next((one for one in days if one.date == last and one.closes), None)
    return last.isoformat() if day is None else _at(last, day.closes)


def _at(date: dt.date, time: dt.time | None) -> str:
    return dt.datetime.combine(date, time or dt.time(), WIB).isoformat()


def product(here: Here, expo: Expo, product: Product, offers: Sequence[Offer]) -> Data:
    """A product with what it costs at which stand."""
    data: Data = {
        "@type": "Product",
        "@id": f"{here.address}#produk",
        "name": product.name_text,
        "url": here.address,
        "category": str(product.category),
        "manufacturer": _maker(product.producer),
    }
    if product.name_en and product.name_en != product.name:
        data["alternateName"] = product.name if get_language() == "en" else product.name_en
    if product.description_text:
        data["description"] = product.description_text
    if product.photo:
        data["image"] = _in_full(here, product.photo.url)
    if offers:
        data["offers"] = [_offer(here, expo, offer) for offer in offers]
    return data


def _offer(here: Here, expo: Expo, offer: Offer) -> Data:
    """One offer. It is sold in the hall alone, and while the edition lasts."""
    data: Data = {
        "@type": "Offer",
        "price": str(offer.price_rupiah),
        "priceCurrency": "IDR",
        "availability": f"{CONTEXT}/{'SoldOut' if offer.is_sold_out else 'InStoreOnly'}",
        "url": here.origin + url(expo, "stand_detail", offer.stand.code),
        "availableAtOrFrom": {
            **place(expo),
            "name": _("Stan %(code)s, %(venue)s") % {"code": offer.stand.code, "venue": expo.venue},
        },
        "seller": {"@type": "Organization", "name": offer.stand.name},
    }
    if expo.first_date is not None and expo.last_date is not None:
        data |= {
            "availabilityStarts": expo.first_date.isoformat(),
            "availabilityEnds": expo.last_date.isoformat(),
        }
    if is_example(offer, "price_rupiah"):
        # As the mark beside the price says.
        data["description"] = _("Isian contoh, bukan catatan resmi") + (
            f": {rupiah(offer.price_rupiah)}"
        )
    return data


def producer(here: Here, producer: Producer) -> Data:
    """Who makes and sells."""
    data = {**_maker(producer), "url": here.address}
    if producer.about_text:
        data["description"] = producer.about_text
    return data


def _maker(producer: Producer) -> Data:
    data: Data = {"@type": "Organization", "name": producer.name}
    if producer.pesantren and producer.pesantren.name != producer.name:
        data["parentOrganization"] = {"@type": "Organization", "name": producer.pesantren.name}
    return data


def stand(here: Here, expo: Expo, stand: Stand) -> list[Data]:
    """What a stand sells, as a list that leads to each; nothing of a stand that sells nothing."""
    if not stand.offers_here:
        return []
    return [
        {
            "@type": "ItemList",
            "name": f"{stand.code} {stand.name}",
            "url": here.address,
            "numberOfItems": len(stand.offers_here),
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": place,
                    "name": offer.product.name_text,
                    "url": here.origin + url(expo, "product_detail", offer.product.slug),
                }
                for place, offer in enumerate(stand.offers_here, start=1)
            ],
        }
    ]


def pesantren(here: Here, pesantren: Pesantren) -> Data:
    """A pesantren, and where it is."""
    address: Data = {
        "@type": "PostalAddress",
        "addressRegion": "Jawa Timur",
        "addressCountry": "ID",
    }
    if pesantren.regency:
        address["addressLocality"] = str(pesantren.regency)
    data: Data = {
        "@type": "Organization",
        "name": pesantren.name,
        "url": here.address,
        "address": address,
    }
    if pesantren.founded:
        data["foundingDate"] = f"{pesantren.founded:04}"
    if pesantren.about_text:
        data["description"] = pesantren.about_text
    return data


def _in_full(here: Here, address: str) -> str:
    """An address of a file, which an object store already gives in full."""
    return here.origin + address if address.startswith("/") else address
