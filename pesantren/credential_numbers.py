"""Whether the number of a credential has the form that its scheme gives out.

A form that is not known is doubted and never refused: offices have changed their forms before, and
a person who holds the certificate knows better than a rule. What was read, and where:

- P-IRT: Peraturan BPOM 22/2018 (docslib.org/doc/10143430), read digit by digit at
  bisnis.tempo.co/amp/1519275: 15 digits, of which 1 the packing (1-8), 2-3 the kind of food
  (01-15), 4-7 province and regency, 8-9 and 10-13 running numbers, 14-15 the year in which it ends.
  Before 2012 it had 12 digits (linesvi.blogspot.com/2014/02).
- BPOM: two letters, then digits (cewekbanget.grid.id/read/062712071 after BPOM, and
  doklit.com/daftar-awalan-nomor-registrasi-bpom-dan-artinya): MD and ML for food made here and
  imported, 12 digits; TR, TI, TL, HT and FF for traditional medicine and SD, SI and SL for
  supplements, 9 digits; NA to NE for cosmetics, 11 digits. Food registered of late carries 15
  digits on its packs; no public rule was found for them, so both lengths are taken.
- Halal: certificates of BPJPH begin with ID (sahabathalal.id, 'Apa Saja Yang Tertulis Di Dalam
  Sertifikat Halal BPJPH RI') and have 17 digits as printed. The number of a KH, the fatwa before
  the certificate, is often printed in its place by mistake (economy.okezone.com, 20 February 2023).
  The certificates of LPPOM MUI before it had 14 or 15 digits as printed on packs.
- NIB: 13 random digits (PP 24/2018 on the OSS; labmrk.sipil.ft.unand.ac.id/?p=2177).
- SNI: Peraturan Kepala BSN 9/2015 and Peraturan BSN 1/2018 and 12/2018: `SNI 3553:2015`, a part
  after a dash, ISO, IEC or another body before the number; until PSN 06:2007 a sector of two digits
  and dashes, `SNI 01-3553-2006`.
- Merek: a registration is IDM and nine digits, `IDM000123456`; an application has other letters
  (DID, D00, J00) and says that nobody has examined it yet. As the register of the DJKI prints them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pesantren.models import Credential

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from pesantren.models import CredentialQuerySet

# As the Ministry of Home Affairs numbers the provinces; the makers of this expo are of East Java.
EAST_JAVA = "35"
PIRT_DIGITS, OLD_PIRT_DIGITS = 15, 12
PIRT_PACKINGS = "12345678"
PIRT_KINDS = range(1, 16)
HALAL_DIGITS = 17
MUI_DIGITS = (14, 15)
NIB_DIGITS = 13
# How many digits follow the letters.
BPOM_DIGITS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(["MD", "ML"], (12, 15)),
    **dict.fromkeys(["TR", "TI", "TL", "HT", "FF", "SD", "SI", "SL"], (9,)),
    **dict.fromkeys(["NA", "NB", "NC", "ND", "NE"], (11,)),
}
# As word processors write them.
DASHES = str.maketrans("‐‑‒–—", "-----")
IMPORTED = {"ML", "TI", "SI"}
SNI = re.compile(
    r"(?:SNI)?((?:ISO|IEC|CODEX|ASTM|EN|TS|TR|CXS|/)*)\d{1,6}(?:-\d{1,3})*:(?:19|20)\d{2}"
    r"|(?:SNI)?\d{2}-\d{4,5}(?:\.\d+)*-(?:19|20)\d{2}"
)


def doubts_about(scheme: str, number: str, *, expires: dt.date | None = None) -> list[str]:
    """What looks wrong with a number, in sentences; empty where it has a known form.

    `expires` lets a P-IRT be compared with the year that its number carries.
    """
    bare = _bare(number)
    if not re.search("[0-9]", bare):
        return [_("Tidak ada angka di nomor ini.")]
    if not bare.isascii():
        return [_("Ada huruf atau angka yang bukan huruf Latin.")]
    if scheme == Credential.Scheme.PIRT:
        return _doubts_about_pirt(bare, expires)
    check = CHECKS.get(scheme)
    return check(bare) if check else []


def doubts_of(credential: Credential) -> list[str]:
    """What looks wrong with the number of a credential that is there."""
    return doubts_about(credential.scheme, credential.number, expires=credential.expires)


def doubtful_products(credentials: CredentialQuerySet) -> set[int]:
    """The keys of the products of which one of the credentials has a number that is doubted."""
    rows = credentials.values_list("product_id", "scheme", "number", "expires")
    return {
        product
        for product, scheme, number, expires in rows.iterator()
        if doubts_about(scheme, number, expires=expires)
    }


def _bare(number: str) -> str:
    """Capital letters without spaces and without the words that stand before a number."""
    bare = re.sub(r"[\s_]+", "", number.upper()).translate(DASHES)
    return re.sub(r"^(?:NO(?:MOR)?[.:]*)", "", bare)


def _digits(text: str) -> str:
    return re.sub(r"[-./:]", "", text)


def _doubts_about_pirt(bare: str, expires: dt.date | None) -> list[str]:
    digits = _digits(re.sub(r"^P[-.]?IRT(?:NO(?:MOR)?)?[.:]*", "", bare))
    if not digits.isdecimal():
        return [_("Nomor P-IRT terdiri dari angka saja: P-IRT 2063509010123-27.")]
    if len(digits) == OLD_PIRT_DIGITS:
        return [_("Ini bentuk lama dengan 12 angka. Minta nomor yang baru, 15 angka.")]
    if len(digits) != PIRT_DIGITS:
        return [
            _("Nomor P-IRT terdiri dari 15 angka, di sini ada %(found)s.") % {"found": len(digits)}
        ]
    doubts = []
    if digits[0] not in PIRT_PACKINGS:
        doubts.append(_("Angka pertama menyebut jenis kemasan, 1 sampai 8."))
    if int(digits[1:3]) not in PIRT_KINDS:
        doubts.append(_("Angka ke-2 dan ke-3 menyebut jenis pangan, 01 sampai 15."))
    if digits[3:5] != EAST_JAVA:
        doubts.append(
            _("Angka ke-4 sampai ke-7 menyebut daerah: %(code)s bukan di Jawa Timur (35).")
            % {"code": digits[3:7]}
        )
    if expires and expires.year % 100 != int(digits[13:]):
        doubts.append(
            _("Dua angka terakhir berarti berlaku sampai 20%(year)s, tetapi tertulis %(written)s.")
            % {"year": digits[13:], "written": expires.year}
        )
    return doubts


def _doubts_about_bpom(bare: str) -> list[str]:
    bare = re.sub(r"^(?:BPOM|POM)(?:RI)?(?:NO(?:MOR)?)?[.:]*", "", bare)
    if re.match(r"P[-.]?IRT", bare):
        return [_("Ini nomor P-IRT. Pilih P-IRT sebagai legalitasnya.")]
    letters, digits = bare[:2], _digits(bare[2:])
    if letters not in BPOM_DIGITS or not digits.isdecimal():
        return [_("Nomor BPOM mulai dengan dua huruf, seperti MD, TR, atau NA, lalu angka.")]
    lengths = BPOM_DIGITS[letters]
    if len(digits) not in lengths:
        return [
            _("Setelah %(letters)s ada %(wanted)s angka, di sini %(found)s.")
            % {
                "letters": letters,
                "wanted": _(" atau ").join(map(str, lengths)),
                "found": len(digits),
            }
        ]
    if letters in IMPORTED:
        return [_("%(letters)s berarti barang impor.") % {"letters": letters}]
    return []


def _doubts_about_halal(bare: str) -> list[str]:
    if bare.startswith("KH"):
        return [_("Ini nomor ketetapan halal (KH). Yang dicatat nomor sertifikatnya, mulai ID.")]
    digits = _digits(re.sub(r"^(?:ID|LPPOM|MUI|HALAL|-)+[.:]*", "", bare))
    if not digits.isdecimal():
        return [_("Nomor halal BPJPH: ID lalu 17 angka.")]
    wanted = (HALAL_DIGITS,) if bare.startswith("ID") else MUI_DIGITS
    if len(digits) not in wanted:
        return [
            _("Nomor halal BPJPH: ID lalu 17 angka; dari MUI dahulu 14 atau 15 angka. Di sini %s.")
            % len(digits)
        ]
    return []


def _doubts_about_nib(bare: str) -> list[str]:
    digits = _digits(re.sub(r"^NIB[.:]*", "", bare))
    if not digits.isdecimal() or len(digits) != NIB_DIGITS:
        return [_("NIB terdiri dari 13 angka.")]
    return []


def _doubts_about_sni(bare: str) -> list[str]:
    if not SNI.fullmatch(bare):
        return [_("Nomor SNI: nomor lalu tahun, seperti SNI 3553:2015 atau SNI 01-3553-2006.")]
    return []


def _doubts_about_merek(bare: str) -> list[str]:
    if re.fullmatch(r"(?:DID|D|J|V|JID)\d[\d.-]+", bare):
        return [_("Ini nomor permohonan: mereknya belum terdaftar.")]
    if not re.fullmatch(r"IDM\d{9}", _digits(bare)):
        return [_("Nomor merek terdaftar: IDM lalu 9 angka.")]
    return []


CHECKS: dict[str, Callable[[str], list[str]]] = {
    Credential.Scheme.BPOM: _doubts_about_bpom,
    Credential.Scheme.HALAL: _doubts_about_halal,
    Credential.Scheme.NIB: _doubts_about_nib,
    Credential.Scheme.SNI: _doubts_about_sni,
    Credential.Scheme.MEREK: _doubts_about_merek,
}
