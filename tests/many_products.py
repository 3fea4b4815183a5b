"""A catalogue of any size with names as pesantren give them, for measuring search and filters."""

from __future__ import annotations

import random
from itertools import product as pairs

from pesantren.models import Category, Credential, Pesantren, Producer, Product, Regency
from stands.models import Expo, Offer, Stand, Zone
from tests.make import make_expo

BATCH = 2_000
# Category, what it is, of what.
GOODS = {
    "food": (
        ["Keripik", "Kue", "Abon", "Kerupuk", "Sambal", "Bakso", "Nugget", "Dodol", "Rengginang"],
        ["Pisang", "Singkong", "Tempe", "Nangka", "Salak", "Lele", "Ayam", "Kedelai", "Talas"],
    ),
    "beverage": (
        ["Kopi", "Teh", "Sirup", "Air Minum", "Air Mineral", "Wedang", "Susu", "Jus"],
        ["Robusta", "Arabika", "Jahe", "Rempah", "Rosela", "Mengkudu", "Gelas", "Botol", "Kurma"],
    ),
    "fashion": (
        ["Songkok", "Kopiah", "Sarung", "Hijab", "Batik", "Kaos", "Mukena", "Seragam"],
        ["Hitam", "Lukis", "Tenun", "Bordir", "Anak", "Dewasa", "Santri", "Premium", "Tulis"],
    ),
    "craft": (
        ["Tas", "Gantungan Kunci", "Bunga", "Sajadah", "Tasbih", "Kaligrafi"],
        ["Batok Kelapa", "Rotan", "Kain", "Kayu Jati", "Pandan", "Kulit", "Eceng Gondok"],
    ),
    "agriculture": (
        ["Beras", "Pupuk", "Cabai", "Melon", "Anggrek", "Ikan", "Madu", "Telur"],
        ["Organik", "Merah", "Hutan", "Bulan", "Koi", "Asin", "Pilihan", "Kebun"],
    ),
}
SIZES = ["", "", "", "250 g", "500 ml", "Kecil", "Besar", "Spesial", "Original", "Pedas"]
FIRST = [
    *("Nurul", "Darul", "Mambaul", "Miftahul", "Roudlotul", "Bahrul", "Raudlatut", "Manbaul"),
    *("Sunan", "Al", "Hidayatul", "Fathul", "Amanatul", "Salafiyah", "Tarbiyatul", "Ihyaul"),
]
SECOND = [
    *("Ulum", "Jadid", "Hikmah", "Huda", "Maghfiroh", "Musthofa", "Ummah", "Aitam", "Qodiri"),
    *("Hasan", "Drajat", "Thalibin", "Muttaqin", "Falah", "Ikhlas", "Yasini", "Khoziny", "Amin"),
    *("Anwar", "Mubarok", "Islah", "Karim", "Syafiiyah", "Mardliyyah", "Ghazali", "Haromain"),
]
PLACES = ["Jember", "Gresik", "Malang", "Kediri", "Lamongan", "Tuban", "Ngawi", "Sampang", "Blitar"]
SYLLABLES = ["ba", "ri", "sa", "mu", "ta", "lo", "ki", "ra", "ngi", "jo", "pe", "wi", "ndo", "ka"]


def make_many_products(*, products: int, seed: int = 1) -> Expo:
    """An edition of 100 stands that sell so many, a tenth as many pesantren making them."""
    chance = random.Random(seed)
    expo = make_expo(slug="2026-banyak", name="OPOP Expo banyak")
    zones = [Zone.objects.create(expo=expo, code=code, name=f"Zona {code}") for code in "ABCD"]
    stands = [
        Stand.objects.create(
            expo=expo, code=f"{'ABCD'[n % 4]}{n // 4 + 1}", name=f"Stan {n + 1}", zone=zones[n % 4]
        )
        for n in range(100)
    ]
    regencies = [
        Regency.objects.get_or_create(
            code=f"35.{n:02}", defaults={"kind": Regency.Kind.KABUPATEN, "name": name}
        )[0]
        for n, name in enumerate(PLACES, start=1)
    ]
    categories = {
        slug: Category.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]
        for slug in GOODS
    }
    makers = _makers(products // 10, chance, regencies, stands)
    rows = [_product(n, chance, makers, categories) for n in range(products)]
    Product.objects.bulk_create(rows, batch_size=BATCH)
    chance = random.Random(seed)  # anew, so that names stay the same whatever is sold and proven
    Offer.objects.bulk_create(
        [offer for row in rows for offer in _offers(row, chance, stands)], batch_size=BATCH
    )
    Credential.objects.bulk_create(
        [
            Credential(product=row, scheme=scheme, number=f"{scheme} {row.slug}")
            for row in rows
            for scheme in Credential.Scheme.values
            if chance.random() < 0.4
        ],
        batch_size=BATCH,
    )
    return expo


def _offers(product: Product, chance: random.Random, stands: list[Stand]) -> list[Offer]:
    """At one stand, one in ten at two; one in ten sold out."""
    return [
        Offer(
            stand=stand,
            product=product,
            price_rupiah=chance.randrange(2, 200) * 1_000,
            stock=chance.choice([None, None, None, 3, 0]) if chance.random() < 0.5 else None,
        )
        for stand in chance.sample(stands, k=2 if chance.random() < 0.1 else 1)
    ]


def _makers(
    count: int, chance: random.Random, regencies: list[Regency], stands: list[Stand]
) -> list[Producer]:
    names = [f"{first} {second}" for first, second in pairs(FIRST, SECOND)]
    pesantren = [
        Pesantren(
            slug=f"pesantren-{n}",
            name=f"Pondok Pesantren {names[n % len(names)]} {_brand(chance)}",
            regency=chance.choice(regencies),
        )
        for n in range(count)
    ]
    Pesantren.objects.bulk_create(pesantren, batch_size=BATCH)
    Stand.pesantren.through.objects.bulk_create(
        [Stand.pesantren.through(stand=chance.choice(stands), pesantren=one) for one in pesantren],
        batch_size=BATCH,
    )
    makers = [
        Producer(
            slug=f"pelaku-{n}",
            name=one.name.replace("Pondok Pesantren", "Kopontren"),
            kind=Producer.Kind.KOPONTREN,
            pesantren=one,
        )
        for n, one in enumerate(pesantren)
    ]
    Producer.objects.bulk_create(makers, batch_size=BATCH)
    return makers


def _product(
    number: int,
    chance: random.Random,
    makers: list[Producer],
    categories: dict[str, Category],
) -> Product:
    category = chance.choice(list(GOODS))
    goods, kinds = GOODS[category]
    what, of = chance.choice(goods), chance.choice(kinds)
    name = f"{what} {of} {_brand(chance)} {chance.choice(SIZES)}".strip()
    return Product(
        slug=f"produk-{number}",
        name=name,
        producer=chance.choice(makers),
        category=categories[category],
        description=f"{what} {of.lower()} buatan santri dengan bahan pilihan dari kebun sendiri.",
        description_en=f"Made by the students of the pesantren, number {number}.",
        pillar=Product.Pillar.values[number % 3],
        state=Product.State.CURATED,
    )


def _brand(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.choice([2, 2, 3]))).title()
