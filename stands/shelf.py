"""What stands beside a product: what its page asks of all the other products of the edition.

Read in one query and kept in parts under the catalogue version, so that a page takes up only the
few rows that are near its own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BooleanField, Case, Q, When

from pesantren.curation import with_export_readiness
from pesantren.models import Product
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


class Beside(NamedTuple):
    """What a product's page knows from the rest, and the keys of its neighbours."""

    is_export_ready: bool
    # Others of the maker, and the like from other makers.
    others: list[int]
    alike: list[int]


def beside(product: Product, expo: Expo, day: dt.date, *, most: int) -> Beside | None:
    """What stands beside it, of each kind at most so many; None where it has no page there."""

    def part(name: str, key: int) -> Any:
        return kept_part(expo, f"shelf-{day}", f"{name}-{key}", lambda: _shelf(expo, day))

    known: dict[int, bool] = part("known", product.pk % BUNDLES) or {}
    if product.pk not in known:
        return None
    makers: dict[int, list[int]] = part("makers", product.producer_id % BUNDLES) or {}
    of_maker = [key for key in makers.get(product.producer_id, []) if key != product.pk]
    of_category: list[Like] = part("category", product.category_id) or []
    return Beside(known[product.pk], of_maker[:most], _alike(product, of_category)[:most])


def _alike(product: Product, of_category: list[Like]) -> list[int]:
    """From other makers, the likest first, else in the order of the shelf.

    Chosen here and not by the database, which for one page would compare the name with those of the
    whole category.
    """
    # A word that both names have says more than the category does: tempe beside tempe.
    words = [word.lower() for word in product.name.split() if len(word) >= LETTERS_OF_A_WORD]
    near: list[int] = []
    far: list[int] = []
    for key, name, maker in of_category:
        if maker != product.producer_id:
            (near if any(word in name for word in words) else far).append(key)
    return near + far


def _shelf(expo: Expo, day: dt.date) -> dict[str, Any]:
    """All parts by name; in each list what was curated comes first, then by name."""
    known: dict[int, dict[int, bool]] = defaultdict(dict)
    makers: dict[int, dict[int, list[int]]] = defaultdict(dict)
    categories: dict[int, list[Like]] = defaultdict(list)
    for key, name, maker, category, _state, is_ready, is_sold in sorted(
        _rows(expo, day), key=lambda row: row[4] != Product.State.CURATED
    ):
        known[key % BUNDLES][key] = is_ready
        if is_sold:
            makers[maker % BUNDLES].setdefault(maker, []).append(key)
            categories[category].append((key, name.lower(), maker))
    return {
        **{f"known-{number}": rows for number, rows in known.items()},
        **{f"makers-{number}": rows for number, rows in makers.items()},
        **{f"category-{number}": rows for number, rows in categories.items()},
    }


def _rows(expo: Expo, day: dt.date) -> Iterable[tuple[Any, ...]]:
    """Everything that has a page, by name: with maker, category, state, readiness, on sale or not.

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
                said["is_export_ready"],
                key in sold,
            )
            for key, said in contents
        ]
    on_sale = Case(
        When(Q(pk__in=products_at(expo).values("pk")), then=True),
        default=False,
        output_field=BooleanField(),
    )
    products = with_export_readiness(products_known_at(expo), day).annotate(is_on_sale=on_sale)
    columns = ("pk", "name", "producer", "category", "state", "is_export_ready", "is_on_sale")
    return products.by_name().values_list(*columns)
