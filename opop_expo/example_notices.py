"""The example edition's notices, so that the directory and its suggestions can be tried.

They are made up, say so, and are seen at the example edition alone.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from pesantren.models import Category, Interest, Notice
from stands import catalogue

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from stands.models import Expo

Need, Offer = Notice.Direction.NEED, Notice.Direction.OFFER
Topic = Notice.Topic

# Maker, direction, topic, kind of product, words.
NOTICES: list[tuple[str, str, str, str, str]] = [
    ("kopontren-kyai-syarifuddin-lumajang", Need, Topic.PACKAGING, "food",
     "Kemasan berdiri dengan klip untuk keripik, 500 lembar sebulan, boleh patungan."),
    ("unit-usaha-azidan-al-barokah", Need, Topic.PACKAGING, "food",
     "Kemasan aluminium untuk keripik pisang ukuran 100 gram."),
    ("kopontren-kyai-syarifuddin-lumajang", Offer, Topic.PACKAGING, "",
     "Percetakan kami mencetak label dan dus, mulai 100 lembar."),
    ("unit-usaha-mukmin-mandiri", Need, Topic.RAW_MATERIAL, "beverage",
     "Biji kopi robusta kering dari kebun pesantren, 200 kg sebulan."),
    ("kopontren-ihyaus-sunnah-jember", Offer, Topic.RAW_MATERIAL, "beverage",
     "Biji kopi robusta petik merah dari Jember, bisa contoh dulu."),
    ("unit-usaha-fathul-ulum-jombang", Offer, Topic.RAW_MATERIAL, "agriculture",
     "Cabai merah dan sorgum, panen tiap pekan."),
    ("unit-usaha-zainul-hasan-genggong", Need, Topic.CERTIFICATES, "food",
     "Pendampingan mengurus P-IRT dan halal untuk kue lapis."),
    ("kopontren-amanatul-ummah", Offer, Topic.CERTIFICATES, "food",
     "Berbagi pengalaman mengurus halal untuk tahu dan tempe."),
    ("kopontren-al-inayah-pasuruan", Offer, Topic.MARKETS, "",
     "Minimarket kopontren kami menerima titipan produk pesantren lain."),
    ("unit-usaha-roudlotul-musthofa-ngawi", Need, Topic.MARKETS, "food",
     "Toko yang mau menerima titipan keripik tempe di luar Ngawi."),
    ("kopontren-sunan-drajat", Offer, Topic.RAW_MATERIAL, "food",
     "Garam beryodium dalam karung untuk pembuat keripik dan tahu."),
    ("unit-usaha-nurul-jadid", Need, Topic.MACHINES, "fashion",
     "Mesin bordir, sewa atau maklon, untuk songkok."),
    ("santri-qomaruddin-gresik", Offer, Topic.TRAINING, "fashion",
     "Pelatihan melukis songkok, dua hari, di Gresik."),
    ("kopontren-tebuireng", Need, Topic.LOGISTICS, "",
     "Teman satu truk ke Surabaya tiap Senin."),
    ("santri-al-haromain-lumajang", Need, Topic.PACKAGING, "household",
     "Label tahan air untuk sabun batang, 300 lembar."),
    ("unit-usaha-fathul-ulum-jombang", Need, Topic.PACKAGING, "food",
     "Kotak dan kemasan kedap udara untuk kue sorgum."),
    ("unit-usaha-mambaul-hisan-blitar", Offer, Topic.PACKAGING, "",
     "Besek dan tas batok untuk hantaran, bisa dengan nama pesantren."),
    ("unit-usaha-bahrul-maghfiroh", Need, Topic.MARKETS, "food",
     "Penyalur keju mozzarella beku di Surabaya dan Malang."),
    ("kopontren-al-yasini", Need, Topic.RAW_MATERIAL, "food",
     "Garam halus dan kacang tanah kupas untuk Kacang Tunu."),
]  # fmt: skip
ANSWER = (
    "santri-al-haromain-lumajang",
    2,
    "Berapa harga 300 label tahan air untuk sabun? Kami di stan D07.",
)


@transaction.atomic
def add_notices(expo: Expo, *, now: dt.datetime, actor: User) -> None:
    """What makers of the example edition offer and look for; once each, however often it is run."""
    makers = {maker.slug: maker for maker in catalogue.producers_known_at(expo)}
    categories = {category.slug: category for category in Category.objects.all()}
    made: dict[int, Notice] = {}
    for place, (slug, direction, topic, category, text) in enumerate(NOTICES):
        if slug in makers:
            made[place], _is_new = Notice.objects.get_or_create(
                pk=uuid5(NAMESPACE_URL, f"{expo.slug}/kabar/{place}"),
                defaults={
                    "producer": makers[slug],
                    "direction": direction,
                    "topic": topic,
                    "category": categories.get(category),
                    "text": text,
                    "is_example": True,
                    "made_by": actor,
                    "made_at": now - dt.timedelta(hours=place + 1),
                },
            )
    slug, place, text = ANSWER
    if place in made and slug in makers:
        Interest.objects.get_or_create(
            notice=made[place],
            producer=makers[slug],
            defaults={"text": text, "made_by": actor, "made_at": now},
        )
