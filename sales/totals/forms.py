"""The filter of the daily totals: by what, which days, stand, pesantren and payment method."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from sales.models import Payment
from sales.totals.source import Grouping, NotAttributableError, TotalsFilter, source_of
from sales.totals.sums import pesantren_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sales.totals.figures import Place
    from stands.models import Expo

OUTSIDE = "luar"

# In the words of the address.
GROUPINGS = {
    "": (Grouping.STAND, _("Stan")),
    "pesantren": (Grouping.PESANTREN, _("Pesantren")),
    "pelaku": (Grouping.PRODUCER, _("Pelaku usaha")),
    "jenis": (Grouping.KIND, _("Jenis pelaku usaha")),
    "pilar": (Grouping.PILLAR, _("Pilar")),
    "kategori": (Grouping.CATEGORY, _("Kategori")),
    "produk": (Grouping.PRODUCT, _("Produk")),
    "jam": (Grouping.HOUR, _("Jam")),
    "bayar": (Grouping.METHOD, _("Cara bayar")),
    "kasir": (Grouping.TILL, _("Kasir")),
    "petugas": (Grouping.CASHIER, _("Petugas")),
}

NOT_RECORDED = _(
    "Bila satu nota berisi barang beberapa pesantren dan dibayar dengan beberapa cara,"
    " tidak tercatat siapa dibayar dengan apa."
)


class TotalsForm(forms.Form):
    """What the address asks for, in the words of the address."""

    hari = forms.MultipleChoiceField(
        label=_("Hari"), widget=forms.CheckboxSelectMultiple, required=False
    )
    menurut = forms.ChoiceField(
        label=_("Dikelompokkan menurut"),
        choices=[(word, label) for word, (_grouping, label) in GROUPINGS.items()],
        required=False,
    )
    stan = forms.ChoiceField(label=_("Stan"), required=False)
    pesantren = forms.ChoiceField(label=_("Pesantren"), required=False)
    cara = forms.ChoiceField(label=_("Cara bayar"), required=False)

    def __init__(self, data: Any, *, expo: Expo, places: Sequence[Place]) -> None:
        super().__init__(data, label_suffix="")
        self._expo = expo
        self._stands = {place.stand.code: place.stand for place in places}
        self._choose("hari", _day_choices(expo))
        self._choose(
            "stan",
            [("", _("Semua stan")), *((code, str(one)) for code, one in self._stands.items())],
        )
        self._choose("cara", [("", _("Semua cara bayar")), *Payment.Method.choices])
        self._pesantren = {one.slug: one for one in pesantren_at(expo)}
        self._choose(
            "pesantren",
            [
                ("", _("Semua pesantren")),
                *((slug, one.name) for slug, one in self._pesantren.items()),
            ],
        )

    def _choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["pesantren"] and cleaned["cara"]:
            text = _("Pilih pesantren atau cara bayar, jangan keduanya.")
            self.add_error("cara", f"{text} {NOT_RECORDED}")
            return cleaned
        try:
            source_of(self._expo, self.chosen(), self.by)
        except NotAttributableError:
            text = _("Tidak dapat dikelompokkan begitu dengan saringan ini.")
            self.add_error("menurut", f"{text} {NOT_RECORDED}")
        return cleaned

    @property
    def narrows(self) -> bool:
        """Whether anything at all is filtered."""
        return any(self[name].data for name in self.fields)

    @property
    def by(self) -> Grouping:
        """What the rows of the valid form are."""
        return GROUPINGS[self.cleaned_data["menurut"]][0]

    def chosen(self) -> TotalsFilter:
        """What the valid form asks for."""
        days = self.cleaned_data["hari"]
        return TotalsFilter(
            days=frozenset(dt.date.fromisoformat(day) for day in days if day != OUTSIDE),
            outside_days=OUTSIDE in days,
            stand=self._stands.get(self.cleaned_data["stan"]),
            pesantren=self._pesantren.get(self.cleaned_data["pesantren"]),
            method=self.cleaned_data["cara"],
        )


def _day_choices(expo: Expo) -> list[tuple[str, Any]]:
    days = [(f"{day.date:%Y-%m-%d}", date_format(day.date, "D j M")) for day in expo.all_days]
    return [*days, (OUTSIDE, _("Di luar hari"))]
