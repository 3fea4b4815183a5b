"""Paying vouchers back: a stand or a maker gets what it is owed, once, and a paper for it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.erasing import looks_sealed, seal_of
from events.log import log_event
from events.models import Event
from pesantren.models import Producer
from sales.models import (
    Settlement,
    SettlementHead,
    SettlementLine,
    VoucherEntry,
    VoucherShare,
)
from sales.proof.breaks import Break
from sales.requests import canonical
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.contrib.auth.models import User

    from stands.models import Expo

VERSION = 1
NAME_LENGTH = 80
NOTE_LENGTH = 200


class SettlementRefused(Exception):  # noqa: N818, the outcome is a refusal and not a failure of ours
    """It cannot be settled so, or was settled already; nothing was written."""


@dataclass(frozen=True)
class Due:
    """What a stand or a maker is owed now: every share that no settlement holds."""

    payee: Stand | Producer
    expo: Expo
    shares: Sequence[VoucherShare]

    @property
    def total_rupiah(self) -> int:
        """What is to be paid; negative where the payee gives back."""
        return sum(share.amount_rupiah for share in self.shares)

    @property
    def by_producer(self) -> list[tuple[Producer, int]]:
        """The makers' parts of it, by name."""
        sums: dict[Producer, int] = {}
        for share in self.shares:
            sums[share.producer] = sums.get(share.producer, 0) + share.amount_rupiah
        return sorted(sums.items(), key=lambda one: one[0].name)


def due_to(payee: Stand | Producer, expo: Expo) -> Due:
    """Every unsettled share of a stand, or of a maker at all stands, in the order it came."""
    rows = (
        VoucherShare.objects.filter(
            entry__in=VoucherEntry.objects.of_expo(expo).payable(), settlement_line=None
        )
        .select_related("producer", "entry__voucher", "entry__sale__stand")
        .order_by("entry__pk", "pk")
    )
    if isinstance(payee, Stand):
        rows = rows.filter(entry__sale__stand=payee)
    else:
        rows = rows.filter(producer=payee)
    return Due(payee, expo, list(rows))


def settle(
    payee: Stand | Producer,
    *,
    expo: Expo,
    count: int,
    total_rupiah: int,
    received_by: str,
    actor: User,
    note: str = "",
    gives_back: bool = False,
) -> Settlement:
    """Pay all that is due and was shown as so many shares of so much, and freeze it.

    `gives_back` says that nothing, or money from the payee, is meant. Raises SettlementRefused.
    """
    received_by = received_by.strip()[:NAME_LENGTH]
    if not received_by:
        raise SettlementRefused(_("Tulis nama yang menerima dan menandatangani."))
    if looks_sealed(received_by) or looks_sealed(note):
        raise SettlementRefused(_("Nama atau catatan tidak boleh diawali “[dihapus ”."))
    try:
        with transaction.atomic():
            head = _locked_head(expo)
            due = due_to(payee, expo)
            if not due.shares:
                raise SettlementRefused(_("Tidak ada yang perlu dilunasi: semuanya sudah."))
            if (len(due.shares), due.total_rupiah) != (count, total_rupiah):
                raise SettlementRefused(
                    _("Jumlahnya sudah berubah sejak halaman dibuka. Periksa lagi, lalu ulangi.")
                )
            if due.total_rupiah <= 0 and not gives_back:
                raise SettlementRefused(_("Tidak ada yang dibayarkan. Centang dulu keterangannya."))
            return _write(head, due, received_by, note.strip()[:NOTE_LENGTH], actor)
    except IntegrityError:
        raise SettlementRefused(
            _("Orang lain baru saja melunasi ini. Tidak ada yang dibayar dua kali.")
        ) from None


def _locked_head(expo: Expo) -> SettlementHead:
    """The end of the edition's settlements, locked until the transaction ends."""
    SettlementHead.objects.get_or_create(expo=expo)
    return SettlementHead.objects.select_for_update().get(expo=expo)


def _write(head: SettlementHead, due: Due, received_by: str, note: str, actor: User) -> Settlement:
    is_stand = isinstance(due.payee, Stand)
    row = Settlement(
        expo=due.expo,
        number=head.number + 1,
        stand=due.payee if isinstance(due.payee, Stand) else None,
        producer=due.payee if isinstance(due.payee, Producer) else None,
        payee_name=(f"{due.payee.code} {due.payee.name}" if is_stand else due.payee.name)[:160],  # type: ignore[union-attr]
        total_rupiah=due.total_rupiah,
        line_count=len(due.shares),
        received_by=received_by,
        note=note,
        made_by=actor,
        made_at=timezone.now(),
        previous_hash=head.hash,
    )
    lines = [
        SettlementLine(
            settlement=row, position=position, share=share, amount_rupiah=share.amount_rupiah
        )
        for position, share in enumerate(due.shares, start=1)
    ]
    row.hash = settlement_hash(row, lines)
    row.save(force_insert=True)
    SettlementLine.objects.bulk_create(lines, batch_size=500)
    head.number, head.hash = row.number, row.hash
    head.save(update_fields=["number", "hash"])
    log_event(
        Event.Kind.VOUCHERS_SETTLED,
        str(row),
        actor=actor,
        data={
            "settlement": row.pk,
            "edition": due.expo.slug,
            "number": row.number,
            "stand": row.stand.code if row.stand else "",
            "producer": row.producer_id,
            "total_rupiah": row.total_rupiah,
            "lines": row.line_count,
            "received_by": received_by,
            "hash": row.hash,
        },
    )
    return row


# --- proof --------------------------------------------------------------------------------------


def settlement_hash(row: Settlement, lines: Sequence[SettlementLine]) -> str:
    """The hash of a settlement, in hexadecimal, from its columns, its lines and the one before."""
    content: dict[str, Any] = {
        "version": VERSION,
        "expo": row.expo_id,
        "number": row.number,
        "stand": row.stand_id,
        "producer": row.producer_id,
        "payee_name": row.payee_name,
        "total_rupiah": row.total_rupiah,
        # Texts, that a person may want erased: their seals.
        **{
            name: seal_of(row.previous_hash, name, getattr(row, name))
            for name in ("received_by", "note")
        },
        "made_by": row.made_by_id,
        "made_at": row.made_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "previous_hash": row.previous_hash,
        "lines": [[one.position, one.share_id, one.amount_rupiah] for one in lines],
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def settlement_breaks() -> Iterator[Break]:
    """What of the settlements is not as it was written: nothing, while all is well."""
    previous: dict[int, tuple[int, str]] = {}
    rows = Settlement.objects.select_related("expo").order_by("expo", "number")
    for row in rows.iterator(chunk_size=200):
        where = f"{row.expo.slug} {row.printed_number}"
        number, before = previous.get(row.expo_id, (0, ""))
        lines = list(row.lines.select_related("share").order_by("position"))
        if row.number != number + 1 or row.previous_hash != before:
            yield Break(where, _("tidak menyambung pelunasan sebelumnya"))
        if settlement_hash(row, lines) != row.hash:
            yield Break(where, _("isinya tidak cocok dengan sidiknya"))
        if sum(one.share.amount_rupiah for one in lines) != row.total_rupiah:
            yield Break(where, _("jumlahnya bukan jumlah barisnya"))
        previous[row.expo_id] = (row.number, row.hash)
    for head in SettlementHead.objects.select_related("expo"):
        if (head.number, head.hash) != previous.get(head.expo_id, (0, "")):
            yield Break(head.expo.slug, _("pelunasan terakhir hilang"))
