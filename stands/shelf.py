"""What stands beside a product: what its page asks of all the other products of the edition.

Read in one query and kept in parts under the catalogue version, so that a page takes up only the
few rows that are near its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, When

from pesantren.curation import with_export_readiness
from pesantren.models import Credential, Photo, Product
from stands.catalogue import products_at, products_known_at
from stands.catalogue_version import kept_part
from stands.published import contents_at, on_sale_at

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from stands.models import Expo

# Shorter words are Al, dan, isi.
LETTERS_OF_A_WORD = 4
# What has a page, and the makers, lie in so many bundles.
BUNDLES = 64


# As much of a product on sale as says whether it is like another: its key, its name in small
# letters, its maker. No class of its own, which would take several times as long to take up.
Like = tuple[int, str, int]
# As Beside has them: worthy of export, further photos, credentials.
Marks = tuple[bool, bool, bool]


class Beside(NamedTuple):
    """What a product's page knows from the rest, and the keys of its neighbours."""

    is_export_ready: bool
    # Photos beside its own one, and credentials: who has none need not be asked for them.
    has_photos: bool
    has_credentials: bool
    # Others of the maker, and the like from other makers.
    others: list[int]
    alike: list[int]


def beside(product: Product, expo: Expo, day: dt.date, *, most: int) -> Beside | None:
    """What stands beside it, of each kind at most so many; None where it has no page there."""

    def part(name: str, key: int) -> Any:
        return kept_part(expo, f"shelf-{day}", f"{name}-{key}", lambda: _shelf(expo, day))

    known: dict[int, Marks] = part("known", product.pk % BUNDLES) or {}
    if product.pk not in known:
        return None
    makers: dict[int, list[int]] = part("makers", product.producer_id % BUNDLES) or {}
    of_maker = [key for key in makers.get(product.producer_id, []) if key != product.pk]
    of_category: list[Like] = part("category", product.category_id) or []
    alike = _alike(product, of_category, most)
    return Beside(*known[product.pk], others=of_maker[:most], alike=alike)


def _alike(product: Product, of_category: list[Like], most: int) -> list[int]:
    """From other makers, the likest first, else in the order of the shelf.

    Chosen here and not by the database, which for one page would compare the name with those of the
    whole category.
    """
    # A word that both names have says more than the category does: tempe beside tempe.
    words = [word.lower() for word in product.name.split() if len(word) >= LETTERS_OF_A_WORD]
    has_a_word = re.compile("|".join(map(re.escape, words)) or "(?!)").search
    near: list[int] = []
    far: list[int] = []
    for key, name, maker in of_category:
        if maker == product.producer_id:
            continue
        if has_a_word(name):
            near.append(key)
            if len(near) == most:
                break
        elif len(far) < most:
            far.append(key)
    return [*near, *far][:most]


def _shelf(expo: Expo, day: dt.date) -> dict[str, Any]:
    """All parts by name; in each list what was curated comes first, then by name."""
    known: dict[int, dict[int, Marks]] = defaultdict(dict)
    makers: dict[int, dict[int, list[int]]] = defaultdict(dict)
    categories: dict[int, list[Like]] = defaultdict(list)
    for key, name, maker, category, _state, is_sold, *marks in sorted(
        _rows(expo, day), key=lambda row: row[4] != Product.State.CURATED
    ):
        is_ready, has_photos, has_credentials = marks
        known[key % BUNDLES][key] = (is_ready, has_photos, has_credentials)
        if is_sold:
            makers[maker % BUNDLES].setdefault(maker, []).append(key)
            categories[category].append((key, name.lower(), maker))
    return {
        **{f"known-{number}": rows for number, rows in known.items()},
        **{f"makers-{number}": rows for number, rows in makers.items()},
        **{f"category-{number}": rows for number, rows in categories.items()},
    }


def _rows(expo: Expo, day: dt.date) -> Iterable[tuple[Any, ...]]:
    """Everything that has a page, by name: maker, category, state, whether on sale, and its marks.

    Of a closed edition as it published it.
    """
    if expo.is_closed:
        sold = on_sale_at(expo)
        contents = sorted(contents_at(expo).items(), key=lambda one: (one[1]["name"], one[0]))
        return [
            (
                key,
                said["name"],
                said["producer"]["pk"],
                said["category"]["pk"],
                said["state"],
                key in sold,
                said["is_export_ready"],
                bool(said["photos"]),
                bool(said["credentials"]),
            )
            for key, said in contents
        ]
    on_sale = Case(
        When(Q(pk__in=products_at(expo).values("pk")), then=True),
        default=False,
        output_field=BooleanField(),
    )
    products = with_export_readiness(products_known_at(expo), day).annotate(
        has_photos=Exists(Photo.objects.filter(product=OuterRef("pk"))),
        has_credentials=Exists(Credential.objects.filter(product=OuterRef("pk"))),
        is_on_sale=on_sale,
    )
    columns = ("pk", "name", "producer", "category", "state", "is_on_sale")
    marks = ("is_export_ready", "has_photos", "has_credentials")
    return products.by_name().values_list(*columns, *marks)
