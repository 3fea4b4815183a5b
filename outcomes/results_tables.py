"""The results as a table: a line for each figure, part and other claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from outcomes.results_content import COUNTED, ORGANISER, OTHER, PART, PUBLISHED, REPORTED, places
from outcomes.results_versions import AMENDED, FINAL, PROVISIONAL
from outcomes.results_words import MISSING, SECTIONS, label_of, mark_words, query_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.results_content import Place
    from outcomes.results_versions import Published

Row = list[str | int]


def results_rows(found: Published) -> Iterator[Row]:
    """A heading, then a line for each figure. Where nothing is known there is no number."""
    states = {PROVISIONAL: _("sementara"), FINAL: _("final"), AMENDED: _("perubahan")}
    yield [
        *(_("Bagian"), _("Kunci"), _("Angka"), _("Nilai"), _("Satuan"), _("Isi")),
        *(_("Keterangan"), _("Tanda"), pgettext("hasil", "Sebagai"), _("Dasar"), _("Menurut")),
        *(_("Tanggal pernyataan"), _("Sumber"), _("Keadaan"), _("Per")),
    ]
    for place in places(found.results):
        yield [*_row(place), states[found.state], found.at]


def _row(place: Place) -> Row:
    figure = place.figure
    roles = {PUBLISHED: _("angka"), PART: _("bagian dari"), OTHER: _("angka lain")}
    bases = {
        COUNTED: _("dihitung sistem ini"),
        REPORTED: _("dilaporkan pihak lain"),
        ORGANISER: _("dicatat panitia"),
    }
    above = [label_of(one) for one in place.trail]
    names = [*above, label_of(figure)]
    return [
        str(SECTIONS[place.section]),
        place.path,
        " · ".join(filter(None, names)),
        "" if figure.value is None else figure.value,
        _("rupiah") if figure.form == "rupiah" else str(figure.unit or ""),
        str(figure.text or MISSING.get(figure.missing, "")),
        str(figure.detail or ""),
        ", ".join(filter(None, map(mark_words, figure.marks))),
        roles[place.role],
        "; ".join(dict.fromkeys(bases[one.basis] for one in place.sources)),
        "; ".join(one.said_by or query_words(one.query) for one in place.sources),
        "; ".join(one.said_on for one in place.sources if one.said_on),
        " | ".join(address for one in place.sources for address in one.addresses),
    ]
