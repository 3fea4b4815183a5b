"""What an event tells in words: what changed, without the keys that only code reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outcomes.models import Agreement, Claim
from pesantren.models import Product
from pesantren.money import rupiah, thousands
from programme.models import Session
from sales.models import HeldSale, Payment, SaleFlag
from stands.models import Inquiry

if TYPE_CHECKING:
    from events.models import Event

# In the order in which they are read. A key that is missing here shows itself under its own name.
LABELS = {
    "edition": gettext_lazy("edisi"),
    "stand": gettext_lazy("stan"),
    "till": gettext_lazy("kasir"),
    "tills": gettext_lazy("kasir"),
    "name": gettext_lazy("nama"),
    "name_en": gettext_lazy("nama (Inggris)"),
    "day": gettext_lazy("hari"),
    "price": gettext_lazy("harga"),
    "state": gettext_lazy("keadaan"),
    "left": gettext_lazy("sisa"),
    "numbers": gettext_lazy("nomor"),
    "number": gettext_lazy("nomor"),
    "method": gettext_lazy("cara bayar"),
    "value_rupiah": gettext_lazy("nilai"),
    "amount_rupiah": gettext_lazy("nilai"),
    "counted_rupiah": gettext_lazy("uang dihitung"),
    "expected_rupiah": gettext_lazy("seharusnya"),
    "difference_rupiah": gettext_lazy("selisih"),
    "net_rupiah": gettext_lazy("bersih"),
    "in_rupiah": gettext_lazy("masuk"),
    "out_rupiah": gettext_lazy("keluar"),
    "offline_limit_rupiah": gettext_lazy("batas tanpa jaringan"),
    "vouchers": gettext_lazy("voucher"),
    "lines": gettext_lazy("baris"),
    "known": gettext_lazy("sudah ada"),
    "matched": gettext_lazy("baris cocok yang dilepas"),
    "other": gettext_lazy("penjelasan yang dilepas"),
    "reopened": gettext_lazy("pembayaran kembali belum diperiksa"),
    "skipped": gettext_lazy("dilewati"),
    "count": gettext_lazy("banyaknya"),
    "counts": gettext_lazy("banyaknya"),
    "entries": gettext_lazy("nota"),
    "stands": gettext_lazy("stan"),
    "kept": gettext_lazy("produk disimpan"),
    "withdrawn": gettext_lazy("barang ditarik"),
    "breaks": gettext_lazy("kejanggalan"),
    "code": gettext_lazy("kode"),
    "file": gettext_lazy("berkas"),
    "cashier": gettext_lazy("petugas"),
    "reason": gettext_lazy("alasan"),
    "note": gettext_lazy("catatan"),
    "is_mail": gettext_lazy("lewat e-mail"),
    "verified": gettext_lazy("terbukti utuh"),
    "bytes": gettext_lazy("bita"),
    "as_of": gettext_lazy("keadaan pada"),
    "problem": gettext_lazy("masalah"),
    "hash": gettext_lazy("sidik"),
    "published": gettext_lazy("diterbitkan"),
    "removed": gettext_lazy("dihapus"),
    "figure": gettext_lazy("angka"),
    "value": gettext_lazy("nilai"),
    "scheme": gettext_lazy("skema"),
    "date": gettext_lazy("tanggal"),
    "unit": gettext_lazy("satuan"),
    "unit_en": gettext_lazy("satuan (Inggris)"),
    "text": gettext_lazy("isi"),
    "text_en": gettext_lazy("isi (Inggris)"),
    "detail": gettext_lazy("keterangan"),
    "detail_en": gettext_lazy("keterangan (Inggris)"),
    "basis": gettext_lazy("dasar"),
    "said_by": gettext_lazy("menurut"),
    "said_on": gettext_lazy("tanggal pernyataan"),
    "sources": gettext_lazy("sumber"),
    "institution": gettext_lazy("lembaga"),
    "producer": gettext_lazy("pelaku usaha"),
    "recipient": gettext_lazy("penerima"),
    "is_public": gettext_lazy("tampil untuk umum"),
    "signed_on": gettext_lazy("tanggal diteken"),
    "printed_name": gettext_lazy("tertulis di sumber"),
    "document": gettext_lazy("dokumen"),
    "parties": gettext_lazy("pihak"),
    "copied_from": gettext_lazy("disalin dari"),
    "shown_before": gettext_lazy("sebelumnya di halaman depan"),
    "shows_other_claims": gettext_lazy("tampilkan klaim lain"),
    "top_categories": gettext_lazy("jumlah kategori teratas"),
    "top_products": gettext_lazy("jumlah produk teratas"),
    "introduction": gettext_lazy("pengantar"),
    "introduction_en": gettext_lazy("pengantar (Inggris)"),
    "device": gettext_lazy("perangkat"),
    "by_factor": gettext_lazy("dengan langkah kedua"),
    "tries": gettext_lazy("percobaan"),
    "all_strangers": gettext_lazy("dari banyak tempat"),
    "change": gettext_lazy("yang berubah"),
    "ended": gettext_lazy("login diakhiri"),
    "by_link": gettext_lazy("lewat tautan"),
}
# What became of somebody's second step.
FACTOR_WORDS = {
    "set_up": gettext_lazy("dipasang"),
    "removed": gettext_lazy("dilepas sendiri"),
    "reset": gettext_lazy("dihapus panitia"),
    "new_codes": gettext_lazy("kode pemulihan baru"),
    "recovery_code_used": gettext_lazy("masuk dengan kode pemulihan"),
}
# Keys of rows and of requests, and what is told better elsewhere.
SILENT = {
    "offer", "product", "slug", "storage", "storage_id", "key", "held", "flag", "sale", "reversal",
    "line", "payments", "statement", "batch", "voucher", "close", "version", "expo", "outcome",
    "resolution", "kind", "digest", "file_sha256", "file_hash", "order", "named", "milliseconds",
    "replaces", "again", "closed", "open", "seen", "wanted", "products", "job", "tablet", "rows",
    "inquiry", "claim", "disbursement", "agreement", "is_published", "example_fields",
    "attendance", "way", "seconds", "commit", "query",
    "notice", "request", "findings",
}  # fmt: skip
# What came of the rows of a file.
ROW_WORDS = {
    "new": gettext_lazy("baru"),
    "changed": gettext_lazy("diubah"),
    "same": gettext_lazy("sama"),
}
# Codes that a row keeps of itself.
WORDS_OF: dict[str, dict[Any, Any]] = {
    "figure": dict(Claim.Figure.choices),
    "basis": dict(Claim.Basis.choices),
}
LONGEST = 300


@dataclass(frozen=True)
class Fact:
    """One thing that an event tells: what it was before, where it says so, and what it is."""

    label: str
    after: str
    before: str = ""


def facts_of(event: Event) -> list[Fact]:
    """What an event tells beside its subject, in the order of `LABELS`."""
    data: dict[str, Any] = dict(event.data) if isinstance(event.data, dict) else {"": event.data}
    facts = []
    if "old_rupiah" in data and "new_rupiah" in data:
        before, after = rupiah(data.pop("old_rupiah")), rupiah(data.pop("new_rupiah"))
        facts.append(Fact(_("harga"), after, before))
    if "from" in data and "to" in data:
        before, after = _state(data.pop("from")), _state(data.pop("to"))
        facts.append(Fact(_("keadaan"), after, before))
    if event.kind == event.Kind.SESSION_CHANGED:
        changes: dict[str, list[str]] = data.pop("fields", {})
        for name, (before, after) in changes.items():
            label = str(getattr(Session._meta.get_field(name), "verbose_name", name))
            facts.append(Fact(label, after or _("kosong"), before or _("kosong")))
    changed = data.pop("changed", None)
    if isinstance(changed, dict):
        facts += [_changed(name, *pair) for name, pair in changed.items() if name not in SILENT]
    if event.kind == event.Kind.DIGEST_PRINTED:
        data["stands"] = len(data.get("stands", []))
    places = {key: place for place, key in enumerate(LABELS)}
    for key in sorted(data, key=lambda key: (places.get(key, len(places)), key)):
        if key in SILENT or data[key] in (None, "", [], {}):
            continue
        facts.append(_fact(key, data[key]))
    return facts


def _changed(name: str, before: Any, after: Any) -> Fact:
    """What a field said before, and what it says now."""
    label = str(LABELS.get(name, name.removesuffix("_rupiah").replace("_", " ")))
    words = WORDS_OF.get(name, {})
    said = [
        "–" if one in (None, "") else _said(words.get(one, one), money=name.endswith("_rupiah"))
        for one in (before, after)
    ]
    return Fact(label, said[1], "" if before in (None, "") else said[0])


def _fact(key: str, value: Any) -> Fact:
    label = str(LABELS.get(key, key.removesuffix("_rupiah").replace("_", " ")))
    is_money = key.endswith("_rupiah")
    if is_money and isinstance(value, list) and len(value) == 2:
        return Fact(label, _said(value[1], money=True), _said(value[0], money=True))
    if key == "reason" and value in HeldSale.Reason.values:
        return Fact(label, str(HeldSale.Reason(value).label))
    if key == "method" and value in Payment.Method.values:
        return Fact(label, str(Payment.Method(value).label))
    if key == "state" and value in HeldSale.State.values:
        return Fact(label, str(HeldSale.State(value).label))
    if key == "state" and value in Agreement.State.values:
        return Fact(label, str(Agreement.State(value).label))
    if key == "change":
        return Fact(label, str(FACTOR_WORDS.get(value, value)))
    if key == "hash":
        return Fact(label, f"{str(value)[:16]}…")
    return Fact(label, _said(value, money=is_money))


def _state(value: str) -> str:
    known = dict(Product.State.choices) | dict(SaleFlag.Resolution.choices)
    known |= dict(Inquiry.State.choices) | dict(Agreement.State.choices)
    return str(known.get(value, value))


def _said(value: Any, *, money: bool = False) -> str:
    """A value as a person reads it; lists and groups with commas, nothing in brackets."""
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if isinstance(value, int):
        return rupiah(value) if money else thousands(value)
    if isinstance(value, list):
        text = ", ".join(_said(one, money=money) for one in value)
    elif isinstance(value, dict):
        text = _said_of(value, money=money)
    else:
        text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _said_of(group: dict[str, Any], *, money: bool) -> str:
    """A group by its names: `produk: 75 baru, 2 diubah`; what is none is not told."""
    parts = []
    for name, value in group.items():
        if value in (0, None, "", {}, []):
            continue
        if name in ROW_WORDS and isinstance(value, int):
            parts.append(f"{thousands(value)} {ROW_WORDS[name]}")
            continue
        said = _said(value, money=money)
        if said:
            parts.append(f"{name}: {said}")
    is_nested = any(isinstance(value, dict) for value in group.values())
    return ("; " if is_nested else ", ").join(parts)
