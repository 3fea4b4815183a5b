"""Making of what people type what the rules read: numbers, dates, choices, names of other rows."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext as _

from opop_expo.cells_in import APART, DATED, ERROR, FORMULA, MARK, MAX_CELL, ROUNDED, TOO_LONG
from opop_expo.edition_files import shown
from opop_expo.imports.columns import Shape, choice_words, plain
from opop_expo.row_rules import read_whatsapp
from pesantren.models import Category, Pesantren, Producer, Product, Regency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import TextChoices

    from opop_expo.edition_files import Row
    from opop_expo.imports.columns import Column, Kind
    from stands.models import Expo

# A cell with this alone empties what is there; an empty one leaves it.
EMPTIES = ("-", "–", "—")
# So many candidates are named.
NAMED = 4

YES = {"ya", "y", "yes", "1", "true", "benar", "iya"}
NO = {"tidak", "t", "n", "no", "0", "false", "salah", "tdk", "bukan"}

GROUPED_BY_DOTS = re.compile(r"\d{1,3}(\.\d{3})+(,0{1,2}|,-)?")
GROUPED_BY_COMMAS = re.compile(r"\d{1,3}(,\d{3})+\.0{1,2}")
PLAIN_NUMBER = re.compile(r"(\d+)([.,]0{1,2}|,-)?")
# What a spreadsheet writes into a CSV file for a number that is too wide for its cell.
SCIENTIFIC = re.compile(r"[-+]?\d([.,]\d+)?E\+\d+", re.IGNORECASE)
# Columns in which a date may stand among other words, or alone.
PROSE = {"notes", "notes_en", "remarks", "sources", "description", "description_en"}
# A spreadsheet reads these as a formula; a minus or plus only where more than a number follows.
FORMULA_START = re.compile(r"[=@＝＠]|[-+－＋].*[|!(]", re.DOTALL)
GUARDED = re.compile(rf"\d|{FORMULA_START.pattern}", re.DOTALL)

DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?: 00:00:00)?")
WITH_MONTH = re.compile(r"(\d{1,2})[ -]([a-z]+)[ .-]*(\d{4})")
OTHER_MONTHS = {"agu": 8, "agt": 8, "agst": 8, "nop": 11, "nopember": 11, "pebruari": 2, "sept": 9}


class Lookup:
    """Rows of another table, found by key or, where only one has it, by name."""

    def __init__(self, rows: Iterable[tuple[str, str]], *, drop: str = "") -> None:
        """Take pairs of key and name; `drop` matches a beginning that people leave out."""
        self.drop = drop
        self.keys: dict[str, str] = {}
        self.names: dict[str, list[str]] = defaultdict(list)
        for key, name in rows:
            self.keys[key.casefold()] = key
            names = self.names[self._bare(name)]
            if key not in names:
                names.append(key)

    def _bare(self, name: str) -> str:
        bare = plain(name)
        return re.sub(self.drop, "", bare) or bare if self.drop else bare

    def find(self, text: str) -> list[str]:
        """The keys of what may be meant: none, the one, or several of the same name."""
        key = self.keys.get(text.casefold())
        # Of several products called Madu one has the address madu: Madu is none of them.
        if key is not None and key == text:
            return [key]
        return self.names.get(self._bare(text)) or ([key] if key else [])


class Tidying:
    """Reads the cells of a kind against what is in the database."""

    def __init__(self, kind: Kind, expo: Expo | None) -> None:
        self.kind = kind
        shapes = {column.shape for column in kind.columns}
        self.lookups: dict[Shape, Lookup] = {}
        if shapes & {Shape.PESANTREN, Shape.SEVERAL_PESANTREN}:
            found = Lookup(Pesantren.objects.values_list("slug", "name"), drop=PESANTREN_BEGINNINGS)
            self.lookups |= {Shape.PESANTREN: found, Shape.SEVERAL_PESANTREN: found}
        if Shape.PRODUCER in shapes:
            self.lookups[Shape.PRODUCER] = Lookup(Producer.objects.values_list("slug", "name"))
        if Shape.PRODUCT in shapes:
            self.lookups[Shape.PRODUCT] = Lookup(Product.objects.values_list("slug", "name"))
        # What is named where a cell is none of them.
        self.words: dict[Shape, list[str]] = {}
        if Shape.CATEGORY in shapes:
            self.words[Shape.CATEGORY] = [str(one) for one in Category.objects.all()]
            rows = list(Category.objects.values_list("slug", "name", "name_en"))
            self.lookups[Shape.CATEGORY] = Lookup(
                [(slug, name) for slug, *names in rows for name in (slug, *names) if name]
            )
        if Shape.REGENCY in shapes:
            self.lookups[Shape.REGENCY] = _regencies()
        if Shape.ZONE in shapes and expo is not None:
            self.words[Shape.ZONE] = list(expo.zones.values_list("code", flat=True))
            rows = list(expo.zones.values_list("code", "name", "name_en"))
            self.lookups[Shape.ZONE] = Lookup(
                [(code, name) for code, *names in rows for name in names if name]
            )

    def tidy(self, row: Row, column: Column, text: str) -> str | None:
        """The cell as the rules read it; None for one that says nothing. Complains in the row."""
        text = unicodedata.normalize("NFC", text).strip().replace("\u00a0", " ")
        if column.shape is Shape.DATE or column.name in PROSE:
            text = text.removeprefix(DATED)
        if SCIENTIFIC.fullmatch(text):
            text = ROUNDED
        if text.startswith(MARK):
            row.complain(column.name, _unreadable(text))
            return None
        # An export of the portal puts an apostrophe before what looks like a formula, people before
        # digits that shall stay as they are. 'Aisyiyah begins with one.
        if text.startswith("'") and GUARDED.match(text[1:]):
            text = text[1:]
        if not text:
            return None
        if len(text) > MAX_CELL:
            row.complain(column.name, _unreadable(TOO_LONG))
            return None
        if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in text):
            row.complain(column.name, _("Ada huruf kendali yang tidak terlihat."))
            return None
        if text in EMPTIES:
            if column.required:
                row.complain(column.name, _("Kolom ini tidak boleh dikosongkan."))
                return None
            return ""
        return self._read(row, column, text)

    def _read(self, row: Row, column: Column, text: str) -> str | None:
        shape = column.shape
        if shape is Shape.SEVERAL_PESANTREN:
            parts = [part.strip() for part in re.split(r"[|;\n]", text)]
            found = [self._find(row, column, part) for part in parts if part]
            return "|".join(key for key in found if key is not None)
        if shape in self.lookups:
            return self._find(row, column, text)
        if shape in READERS:
            return READERS[shape](row, column, text)
        if shape is Shape.SLUG:
            return text.lower()
        if shape is Shape.CODE:
            return text.upper().replace(" ", "").replace("-", "")
        if FORMULA_START.match(text):
            row.complain(
                column.name,
                _("“%(cell)s” berawal seperti rumus. Tulis hasilnya sebagai teks.")
                % {"cell": shown(text)},
            )
            return None
        return text

    def _find(self, row: Row, column: Column, text: str) -> str | None:
        if column.shape is Shape.REGENCY:
            return self._find_regency(row, column, text)
        found = self.lookups[column.shape].find(text)
        if len(found) == 1:
            return found[0]
        words = {"cell": shown(text), "keys": ", ".join(found[:NAMED])}
        if found:
            reason = _("Ada beberapa yang bernama “%(cell)s”. Tulis alamatnya: %(keys)s.") % words
        elif column.shape in (Shape.CATEGORY, Shape.ZONE):
            words["keys"] = ", ".join(self.words[column.shape][:20])
            reason = _("“%(cell)s” tidak dikenal. Pilihannya: %(keys)s.") % words
        else:
            reason = (
                _("“%(cell)s” belum ada di portal. Periksa ejaannya, atau impor itu dahulu.")
                % words
            )
        row.complain(column.name, reason)
        return None

    def _find_regency(self, row: Row, column: Column, text: str) -> str | None:
        lookup = self.lookups[Shape.REGENCY]
        # A spreadsheet takes a code for a number, and writes 35.1 for 35.10.
        code = re.fullmatch(r"(\d\d)[.,](\d{1,2})", text)
        if code:
            text = f"{code[1]}.{code[2].ljust(2, '0')}"
        bare = re.sub(r"^(kabupaten|kab) ", "kab ", plain(text))
        for meant in (text, bare):
            if len(found := lookup.find(meant)) == 1:
                return found[0]
        alike = [f"Kab. {text}", f"Kota {text}"]
        known = [one for one in alike if lookup.find(re.sub(r"^Kab\. ", "kab ", one))]
        reason = (
            _("Nama saja tidak cukup: tulis %(names)s.") % {"names": " / ".join(known)}
            if known
            else _("“%(cell)s” tidak dikenal. Tulis seperti Kab. Jember, Kota Malang, atau 35.09.")
            % {"cell": shown(text)}
        )
        row.complain(column.name, reason)
        return None


# What stands before the name of a pesantren, or is left out.
PESANTREN_BEGINNINGS = r"^(pondok pesantren|ponpes|pp|pesantren|pondok modern|pondok) "


def _regencies() -> Lookup:
    pairs = []
    for code, kind, name in Regency.objects.values_list("code", "kind", "name"):
        words = ["kab"] if kind == Regency.Kind.KABUPATEN else ["kota"]
        english = ["regency"] if kind == Regency.Kind.KABUPATEN else ["city"]
        pairs += [(code, f"{word} {name}") for word in words]
        pairs += [(code, f"{name} {word}") for word in english]
    return Lookup(pairs)


def _unreadable(text: str) -> str:
    cell = text[len(ROUNDED) :]
    if text.startswith(TOO_LONG):
        return _("Isi sel ini terlalu panjang: paling banyak %(most)s huruf.") % {"most": MAX_CELL}
    if text.startswith(FORMULA):
        return _("Rumus di sel ini belum ada hasilnya. Tulis hasilnya sebagai nilai.")
    if text.startswith(ROUNDED):
        return _("Excel sudah membulatkan angka ini. Format selnya sebagai Teks, lalu tulis lagi.")
    if text.startswith(ERROR):
        return _("Sel ini berisi galat rumus (%(cell)s). Tulis hasilnya sebagai nilai.") % {
            "cell": cell
        }
    if text.startswith(DATED):
        return _("Excel membacanya sebagai tanggal. Format selnya sebagai Teks, lalu tulis lagi.")
    if text.startswith(APART):
        return _("Kolomnya lebih banyak daripada judulnya. Teks berkoma perlu tanda petik.")
    return _("Sel ini tidak terbaca.")


def _whole(row: Row, column: Column, text: str) -> str | None:
    bare = text
    if column.shape is Shape.MONEY:
        bare = re.sub(r"^(rp|idr)\.?\s*", "", bare, flags=re.IGNORECASE)
    bare = re.sub(r"(?<=\d)[ '](?=\d{3}\b)", "", bare.strip())
    sign, bare = ("-", bare[1:]) if bare.startswith("-") else ("", bare)
    if GROUPED_BY_DOTS.fullmatch(bare):
        return sign + bare.partition(",")[0].replace(".", "")
    if GROUPED_BY_COMMAS.fullmatch(bare):
        return sign + bare.partition(".")[0].replace(",", "")
    if number := PLAIN_NUMBER.fullmatch(bare):
        return sign + (number[1].lstrip("0") or "0")
    row.complain(
        column.name,
        _("“%(cell)s” bukan bilangan bulat. Tulis angkanya saja, misalnya 25000.")
        % {"cell": shown(text)},
    )
    return None


def _date(row: Row, column: Column, text: str) -> str | None:
    low = text.lower()
    try:
        if parts := YEAR_FIRST.fullmatch(low):
            return dt.date(int(parts[1]), int(parts[2]), int(parts[3])).isoformat()
        if parts := DAY_FIRST.fullmatch(low):
            return dt.date(int(parts[3]), int(parts[2]), int(parts[1])).isoformat()
        if (parts := WITH_MONTH.fullmatch(low)) and (month := _months().get(parts[2])):
            return dt.date(int(parts[3]), month, int(parts[1])).isoformat()
    except ValueError:
        pass
    row.complain(
        column.name,
        _("“%(cell)s” bukan tanggal. Tulis hari/bulan/tahun, misalnya 31/12/2026.")
        % {"cell": shown(text)},
    )
    return None


@lru_cache
def _months() -> dict[str, int]:
    names = dict(OTHER_MONTHS)
    for language in ("id", "en"):
        with translation.override(language):
            for number in range(1, 13):
                names[str(MONTHS[number]).lower()] = number
                names[str(MONTHS_3[number]).lower()] = number
    return names


@lru_cache
def _words_of(choices: type[TextChoices]) -> dict[str, str]:
    """The value of a choice by all that it is called, in both languages."""
    found = {plain(value).replace(" ", ""): str(value) for value in choices.values}
    for language in ("id", "en"):
        with translation.override(language):
            for value in choices.values:
                found.setdefault(plain(str(choices(value).label)).replace(" ", ""), str(value))
    return found


def _choice(row: Row, column: Column, text: str) -> str | None:
    choices = column.choices
    assert choices is not None  # noqa: S101, each column of this shape has its choices
    value = _words_of(choices).get(plain(text).replace(" ", ""))
    if value is None:
        row.complain(
            column.name,
            _("“%(cell)s” tidak dikenal. Pilihannya: %(choices)s.")
            % {"cell": shown(text), "choices": ", ".join(choice_words(choices))},
        )
    return value


def _yes_no(row: Row, column: Column, text: str) -> str | None:
    word = plain(text)
    if word in YES:
        return "yes"
    if word in NO:
        return "no"
    row.complain(
        column.name, _("“%(cell)s” tidak dikenal. Tulis ya atau tidak.") % {"cell": shown(text)}
    )
    return None


def _number(row: Row, column: Column, text: str) -> str | None:
    return read_whatsapp(row, column.name, text)


READERS: dict[Shape, Callable[[Row, Column, str], str | None]] = {
    Shape.WHOLE: _whole,
    Shape.MONEY: _whole,
    Shape.DATE: _date,
    Shape.CHOICE: _choice,
    Shape.YES_NO: _yes_no,
    Shape.WHATSAPP: _number,
}
