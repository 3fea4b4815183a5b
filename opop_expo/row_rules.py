"""The rules that a row of the catalogue must keep, whichever file or spreadsheet it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from opop_expo.edition_files import MAX_ORDER, shown
from pesantren.models import Category, Credential, Pesantren, Producer, Product, Regency
from pesantren.whatsapp import normal_number
from stands.models import PlanFeature, Stand, Zone
from stands.plan_geometry import overlap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opop_expo.edition_files import Row
    from stands.models import Expo

M = TypeVar("M", bound=models.Model)

# Between which a pesantren can have been founded.
FIRST_YEAR, LAST_YEAR = 1400, 2100

# Stands that are given a place keep to this grid of the plan.
STEP = 10

# Fields whose column has another name.
COLUMN_OF_FIELD = {
    "about": "notes",
    "about_en": "notes_en",
    "example_fields": "example",
    "ends_at": "ends",
    "is_cancelled": "cancelled",
    "is_public": "public",
    "is_published": "published",
    "producer": "producer_slug",
    "product": "product_slug",
    "regency": "regency_code",
    "starts_at": "starts",
    "takes_registrations": "registrations",
}


def read_whatsapp(row: Row, column: str, text: str) -> str | None:
    """A number as it is kept; None, and a complaint in the row, where it is none."""
    try:
        return normal_number(text)
    except ValidationError as error:
        row.complain(column, error.messages[0])
        return None


class RowRules:
    """Reads rows as the values of a model, against the rows of other tables that are known.

    What is wrong with a row stands in the row afterwards.
    """

    def __init__(self) -> None:
        # What a cell may refer to, by the key that stands in it.
        self.regencies: dict[str, Regency] = {}
        self.categories: dict[str, Category] = {}
        self.pesantren: dict[str, Pesantren] = {}
        self.producers: dict[str, Producer] = {}
        self.products: dict[str, Product] = {}
        self.zones: dict[str, Zone] = {}
        self.stands: dict[str, Stand] = {}
        # The pesantren of each stand, by its code.
        self.held_by: dict[str, set[int]] = {}

    # --- makers -----------------------------------------------------------------------------------

    def regency(self, row: Row) -> dict[str, Any]:
        """A kabupaten or kota."""
        return {
            "code": row.text("code"),
            "kind": row.choice("kind", Regency.Kind),
            "name": row.text("name"),
        }

    def category(self, row: Row) -> dict[str, Any]:
        """A category."""
        return {
            "slug": row.text("slug"),
            "name": row.text("name"),
            "name_en": row.text("name_en"),
            "order": row.required_whole("order", most=MAX_ORDER),
        }

    def one_pesantren(self, row: Row) -> dict[str, Any]:
        """A pesantren."""
        # The column `kopontren` is for people: the cooperative itself is a row of producers.csv.
        founded = row.whole("founded", most=LAST_YEAR)
        if founded is not None and founded < FIRST_YEAR:
            row.complain("founded", _("Tahun ini tidak mungkin."))
        return {
            "slug": row.text("slug"),
            "name": row.text("name"),
            "regency": self._refer(
                row, "regency_code", self.regencies, "regencies.csv", required=False
            ),
            "founded": founded,
            "about": row.text("notes"),
            "about_en": row.text("notes_en"),
            "remarks": row.text("remarks"),
            "sources": row.text("sources"),
            "example_fields": row.text("example"),
        }

    def producer(self, row: Row) -> dict[str, Any]:
        """Who makes and sells."""
        return {
            "slug": row.text("slug"),
            "name": row.text("name"),
            "kind": row.choice("kind", Producer.Kind),
            "pesantren": self._refer(
                row, "pesantren_slug", self.pesantren, "pesantren.csv", required=False
            ),
            "about": row.text("notes"),
            "about_en": row.text("notes_en"),
            "whatsapp": read_whatsapp(row, "whatsapp", row.text("whatsapp")) or "",
            "whatsapp_allowed": row.is_yes("whatsapp_allowed"),
            "sources": row.text("sources"),
            "example_fields": row.text("example"),
        }

    def product(self, row: Row) -> dict[str, Any]:
        """A product."""
        return {
            "slug": row.text("slug"),
            "producer": self._refer(row, "producer_slug", self.producers, "producers.csv"),
            "category": self._refer(row, "category", self.categories, "categories.csv"),
            "name": row.text("name"),
            "name_en": row.text("name_en"),
            "description": row.text("description"),
            "description_en": row.text("description_en"),
            "pillar": row.choice("pillar", Product.Pillar, required=False),
            "unit": row.text("unit"),
            "price_rupiah": row.whole("price_rupiah"),
            "export_markets": row.text("export_markets"),
            "state": row.choice("state", Product.State),
            "sources": row.text("sources"),
            "example_fields": row.text("example"),
        }

    def credential(self, row: Row) -> dict[str, Any]:
        """A permit or registration of a product."""
        return {
            "product": self._refer(row, "product_slug", self.products, "products.csv"),
            "scheme": row.choice("scheme", Credential.Scheme),
            "number": row.text("number"),
            "issued": row.date("issued"),
            "expires": row.date("expires"),
            "sources": row.text("sources"),
            "example_fields": row.text("example"),
        }

    # --- the hall ---------------------------------------------------------------------------------

    def day(self, row: Row) -> dict[str, Any]:
        """A day; the edition comes from elsewhere."""
        return {
            "date": row.date("date"),
            "opens": row.time("opens"),
            "closes": row.time("closes"),
        }

    def zone(self, row: Row) -> dict[str, Any]:
        """A part of the hall; the edition comes from elsewhere."""
        return {
            "code": row.text("code"),
            "name": row.text("name"),
            "name_en": row.text("name_en"),
            "order": row.required_whole("order", most=MAX_ORDER),
        }

    def stand(self, row: Row) -> dict[str, Any]:
        """A stand; the edition comes from elsewhere."""
        return {
            "code": row.text("code"),
            "name": row.text("name"),
            "kind": row.choice("kind", Stand.Kind),
            "zone": self._refer(row, "zone", self.zones, "zones.csv"),
            "x": row.required_whole("x"),
            "y": row.required_whole("y"),
            "width": row.required_whole("width"),
            "height": row.required_whole("height"),
            "pesantren": self._refer_to_many(row, "pesantren", self.pesantren, "pesantren.csv"),
            "description": row.text("description"),
            "description_en": row.text("description_en"),
            "example_fields": row.text("example"),
        }

    def plan_feature(self, row: Row) -> dict[str, Any]:
        """A piece of the plan that is no stand; the edition comes from elsewhere."""
        return {
            "kind": row.choice("kind", PlanFeature.Kind),
            "order": row.required_whole("place", most=MAX_ORDER),
            "zone": self._refer(row, "zone", self.zones, "zones.csv", required=False),
            "name": row.text("name"),
            "name_en": row.text("name_en"),
            "x": row.required_whole("x"),
            "y": row.required_whole("y"),
            "width": row.required_whole("width"),
            "height": row.required_whole("height"),
            "outline": row.text("outline"),
            "example_fields": row.text("example"),
        }

    # --- offers -----------------------------------------------------------------------------------

    def offer(self, row: Row) -> dict[str, Any]:
        """A product at a stand."""
        stand = self._refer(row, "stand_code", self.stands, "stands.csv")
        product = self._refer(row, "product_slug", self.products, "products.csv")
        if stand is not None and product is not None:
            self._check_maker_is_at_stand(row, stand, product)
        stock = row.whole("stock")
        if stock is not None and stock < 0:
            row.complain("stock", _("Stok tidak boleh kurang dari nol."))
        return {
            "stand": stand,
            "product": product,
            "price_rupiah": row.required_whole("price_rupiah"),
            "stock": stock,
            "order": row.required_whole("order", most=MAX_ORDER),
            "example_fields": row.text("example"),
        }

    def _check_maker_is_at_stand(self, row: Row, stand: Stand, product: Product) -> None:
        maker, at_stand = product.producer.pesantren, self.held_by[stand.code]
        if maker is not None and at_stand and maker.pk not in at_stand:
            reason = _("Pembuatnya dari %(pesantren)s, yang tidak ada di stan %(stand)s.")
            row.complain("product_slug", reason % {"pesantren": maker, "stand": stand.code})

    # --- what a cell refers to --------------------------------------------------------------------

    def _refer(
        self, row: Row, column: str, known: Mapping[str, M], file: str, *, required: bool = True
    ) -> M | None:
        """The row of another file that a cell names."""
        key = row.text(column)
        if key:
            return self._look_up(row, column, key, known, file)
        if required:
            row.complain(column, _("Kolom ini wajib diisi."))
        return None

    def _refer_to_many(self, row: Row, column: str, known: Mapping[str, M], file: str) -> list[M]:
        """The rows of another file that a cell names, parted by `|`."""
        found = [self._look_up(row, column, key, known, file) for key in row.names(column)]
        return [one for one in found if one is not None]

    def _look_up(
        self, row: Row, column: str, key: str, known: Mapping[str, M], file: str
    ) -> M | None:
        found = known.get(key)
        if found is None and self._is_blamed_elsewhere(file, key):
            row.leans_on_bad = True
        elif found is None:
            reason = _("“%(key)s” tidak ada di %(file)s.")
            row.complain(column, reason % {"key": shown(key), "file": file})
        return found

    def _is_blamed_elsewhere(self, file: str, key: str) -> bool:
        """Whether what a cell refers to is missing for a reason that is reported in its own row."""
        return False


def complain_of(row: Row, error: ValidationError) -> None:
    """Note what a model says of its values in the columns that they came from."""
    for name, reasons in error.message_dict.items():
        column = "" if name == NON_FIELD_ERRORS else COLUMN_OF_FIELD.get(name, name)
        row.complain(column if column in row.cells else "", " ".join(reasons))


def differs(there: models.Model, values: Mapping[str, Any]) -> bool:
    """Whether a row of a table is not what the values say."""
    return any(
        set(getattr(there, name).all()) != set(one)
        if isinstance(one, list)
        else getattr(there, name) != one
        for name, one in values.items()
    )


def check_place(row: Row, stand: Stand, expo: Expo, placed: list[Stand]) -> None:
    """A stand lies on the plan of its edition, and upon none of those that are placed."""
    if stand.x + stand.width > expo.plan_width:
        row.complain("x", _("Stan keluar dari denah (lebar %(most)s).") % {"most": expo.plan_width})
    if stand.y + stand.height > expo.plan_height:
        row.complain(
            "y", _("Stan keluar dari denah (tinggi %(most)s).") % {"most": expo.plan_height}
        )
    under = next((other for other in placed if overlap(stand, other)), None)
    if under is not None:
        row.complain("x", _("Bertumpuk dengan stan %(code)s.") % {"code": under.code})


def free_place(
    expo: Expo, occupied: list[Stand], width: int, height: int
) -> tuple[int, int] | None:
    """The first place on the plan, row by row, that lies upon no stand."""
    here = Stand(width=width, height=height)
    # Not in the very corner, which means that a stand has no place yet.
    for here.y in range(STEP, expo.plan_height - height + 1, STEP):
        here.x = STEP
        while here.x + width <= expo.plan_width:
            under = next((other for other in occupied if overlap(here, other)), None)
            if under is None:
                return here.x, here.y
            here.x = under.x + under.width
    return None
