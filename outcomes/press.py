"""A paragraph for the press, in Indonesian and in English, made from the figures of the page."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outcomes.results_content import COUNTED
from outcomes.results_shown import moment
from pesantren.money import rupiah, thousands

if TYPE_CHECKING:
    from outcomes.results_content import Figure, Results

MOST_NAMES = 12


def press_paragraph(results: Results, language: str, *, state: str) -> str:
    """The paragraph in that language. `state` is the sentence that says how final it is."""
    with translation.override(language):
        sentences = [
            _opening(results),
            _sales(results),
            _visitors(results),
            _sessions(results),
            _financing(results),
            _partners(results),
            _vouchers(results),
            state,
        ]
        return " ".join(one for one in sentences if one)


def state_sentence(language: str, *, number: int, at: str) -> str:
    """How final the figures are: provisional (0), final (1), or an amendment and which."""
    with translation.override(language):
        when = moment(at)
        if number == 0:
            return _("Angka sementara per %(when)s.") % {"when": when}
        if number == 1:
            return _("Angka final, dibekukan %(when)s.") % {"when": when}
        return _("Angka perubahan ke-%(n)s, dibekukan %(when)s.") % {"n": number - 1, "when": when}


def _by(figure: Figure) -> str:
    """Who says it, in brackets; nothing where it was counted here.

    Whom a paper quotes stands on the page; here the paper does. What is an example says so.
    """
    who = [
        re.sub(r"\s*\((?!contoh)[^)]*\)", "", one.said_by)
        for one in figure.sources
        if one.basis != COUNTED and one.said_by
    ]
    return " " + _("(menurut %(who)s)") % {"who": "; ".join(who)} if who else ""


def _known(results: Results, section: str, key: str) -> Figure | None:
    figure = results.figure(section, key)
    return figure if figure is not None and figure.value is not None else None


def _scale(results: Results) -> list[str]:
    """`32 pesantren`, `40 stan`, `67 produk`, each with who says so, as far as they are known."""
    told = []
    for key in ("pesantren", "stands", "products"):
        figure = _known(results, "scale", key)
        if figure is None or figure.value is None:
            continue
        words = {
            "pesantren": ngettext("%(n)s pesantren", "%(n)s pesantren", figure.value),
            "stands": ngettext("%(n)s stan", "%(n)s stan", figure.value),
            "products": ngettext("%(n)s produk", "%(n)s produk", figure.value),
        }
        told.append(words[key] % {"n": thousands(figure.value)} + _by(figure))
    return told


def _and(parts: list[str]) -> str:
    """`a, b dan c`."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s dan %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def _opening(results: Results) -> str:
    days = [dt.date.fromisoformat(day) for day in results.days]
    when = ""
    if days:
        first, last = days[0], days[-1]
        same_month = (first.year, first.month) == (last.year, last.month)
        start = str(first.day) if same_month else date_format(first, "j F Y")
        when = date_format(last, "j F Y")
        if first != last:
            when = f"{start}–{when}" if same_month else f"{start} – {when}"
    there = {"name": results.name, "place": f"{results.venue}, {results.city}", "when": when}
    if when:
        opening = _("%(name)s berlangsung di %(place)s pada %(when)s") % there
    else:
        opening = _("%(name)s berlangsung di %(place)s") % there
    found = _scale(results)
    if found:
        return _("%(opening)s, dengan %(scale)s.") % {"opening": opening, "scale": _and(found)}
    return f"{opening}."


def _sales(results: Results) -> str:
    sales = results.figure("sales", "sales")
    if sales is None:
        return ""
    if sales.value is None:
        if not sales.sources:
            return ""
        return _("Ada transaksi penjualan%(by)s; nilainya tidak diketahui.") % {"by": _by(sales)}
    by = _by(sales)
    if by:
        said = _("Penjualan %(amount)s%(by)s") % {"amount": rupiah(sales.value), "by": by}
    else:
        said = _("Penjualan bersih %(amount)s") % {"amount": rupiah(sales.value)}
    count = _known(results, "sales", "sales_count")
    if count is not None and count.value is not None:
        transactions = ngettext("%(n)s transaksi", "%(n)s transaksi", count.value)
        said = _("%(sales)s dari %(transactions)s") % {
            "sales": said,
            "transactions": transactions % {"n": thousands(count.value)} + _by(count),
        }
    return f"{said}."


def _visitors(results: Results) -> str:
    visitors = _known(results, "visitors", "visitors")
    if visitors is None or visitors.value is None:
        return ""
    if visitors.sources and visitors.sources[0].basis == COUNTED:
        return ngettext(
            "%(n)s pengunjung dihitung di pintu masuk.",
            "%(n)s pengunjung dihitung di pintu masuk.",
            visitors.value,
        ) % {"n": thousands(visitors.value)}
    return ngettext("%(n)s pengunjung%(by)s.", "%(n)s pengunjung%(by)s.", visitors.value) % {
        "n": thousands(visitors.value),
        "by": _by(visitors),
    }


def _sessions(results: Results) -> str:
    section = results.section("sessions")
    if section is None:
        return ""
    told = []
    for figure in section.figures:
        for session in figure.parts:
            said = session.part("reported") or session.part("counted")
            if said is None or said.value is None:
                continue
            who = ngettext("%(n)s orang", "%(n)s orang", said.value) % {"n": thousands(said.value)}
            if said.unit:
                who = f"{thousands(said.value)} {said.unit}"
            told.append(
                _("%(title)s diikuti %(who)s%(by)s")
                % {"title": str(session.name or ""), "who": who, "by": _by(said)}
            )
    return f"{_and(told[:3])}." if told else ""


def _financing(results: Results) -> str:
    total = _known(results, "financing", "financing")
    if total is None:
        return ""
    said = _("Pembiayaan dan bantuan %(amount)s") % {"amount": rupiah(total.value)}
    people = _known(results, "financing", "financing_recipients")
    if people is not None and people.value is not None:
        so_many = thousands(people.value)
        who = ngettext("%(n)s penerima", "%(n)s penerima", people.value) % {"n": so_many}
        if people.unit:
            who = f"{so_many} {people.unit}"
        said = _("%(sum)s disalurkan kepada %(who)s") % {"sum": said, "who": who}
    else:
        said = _("%(sum)s disalurkan") % {"sum": said}
    schemes = results.figure("financing", "schemes")
    if schemes and schemes.parts:
        count = len(schemes.parts)
        said += " " + ngettext("lewat %(n)s skema", "lewat %(n)s skema", count) % {
            "n": thousands(count)
        }
    return f"{said}{_by(total)}."


def _partners(results: Results) -> str:
    told = []
    partners = _known(results, "partnerships", "partners_b2b")
    if partners is not None and partners.value is not None:
        names = [str(one.name) for one in partners.parts if one.name]
        said = ngettext(
            "kemitraan dengan %(n)s perusahaan", "kemitraan dengan %(n)s perusahaan", partners.value
        ) % {"n": thousands(partners.value)}
        if 0 < len(names) <= MOST_NAMES:
            said += _(", yaitu %(names)s") % {"names": _and(names)}
        told.append(said + _by(partners))
    countries = _known(results, "partnerships", "countries_signed")
    if countries is not None and countries.value is not None:
        names = [str(one.name) for one in countries.parts if one.name]
        said = ngettext(
            "kerja sama yang diteken dengan %(n)s negara",
            "kerja sama yang diteken dengan %(n)s negara",
            countries.value,
        ) % {"n": thousands(countries.value)}
        if 0 < len(names) <= MOST_NAMES:
            said += _(", yaitu %(names)s") % {"names": _and(names)}
        told.append(said + _by(countries))
    if not told:
        return ""
    return _("Hasil lainnya: %(told)s.") % {"told": "; ".join(told)}


def _vouchers(results: Results) -> str:
    redeemed = _known(results, "vouchers", "vouchers_redeemed")
    issued = _known(results, "vouchers", "vouchers_issued")
    if redeemed is not None and issued is not None:
        return ngettext(
            "Dari %(issued)s voucher belanja yang diserahkan, %(redeemed)s sudah dipakai.",
            "Dari %(issued)s voucher belanja yang diserahkan, %(redeemed)s sudah dipakai.",
            issued.value or 0,
        ) % {
            "issued": thousands(issued.value),
            "redeemed": thousands(redeemed.value),
        }
    value = _known(results, "vouchers", "voucher_value")
    if value is None:
        return ""
    return _("Dibagikan voucher belanja senilai %(amount)s%(by)s.") % {
        "amount": rupiah(value.value),
        "by": _by(value),
    }
