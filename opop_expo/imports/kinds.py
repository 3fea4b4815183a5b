"""What can be imported, in the order in which one row may name another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opop_expo.imports.catalogue_kinds import CREDENTIALS, PESANTREN, PRODUCERS, PRODUCTS
from opop_expo.imports.edition_kinds import OFFERS, STANDS

if TYPE_CHECKING:
    from opop_expo.imports.columns import Kind

KINDS: dict[str, Kind] = {
    kind.slug: kind for kind in (PESANTREN, PRODUCERS, PRODUCTS, CREDENTIALS, STANDS, OFFERS)
}
