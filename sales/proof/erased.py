"""Proof that each text that was erased was erased for a person: the erasure is named."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from events.append_only import SEALED
from events.erasing import SEALED_START, is_erased
from events.models import Erasure
from sales.models import CashMovement, CloseAmendment, DayClose, Sale, Settlement
from sales.proof.breaks import Break

if TYPE_CHECKING:
    from collections.abc import Iterator

MODELS = (Sale, CashMovement, DayClose, CloseAmendment, Settlement)
CHUNK = 500


def erasure_breaks() -> Iterator[Break]:
    """Seals in the place of a text that no erasure names; the chain itself cannot tell."""
    for model in MODELS:
        for column in SEALED[model._meta.db_table]:
            rows = model._base_manager.filter(**{f"{column}__startswith": SEALED_START})
            found = rows.order_by("pk").values_list("pk", column).iterator(chunk_size=CHUNK)
            keys = (str(pk).replace("-", "") for pk, text in found if is_erased(text))
            while some := list(islice(keys, CHUNK)):
                named = Erasure.objects.filter(
                    place=model._meta.db_table, part=column, row_key__in=some
                ).values_list("row_key", flat=True)
                for key in sorted(set(some) - set(named)):
                    text = _("teks di kolom %(column)s hilang tanpa catatan penghapusan")
                    yield Break(f"{model._meta.verbose_name} {key}", text % {"column": column})
