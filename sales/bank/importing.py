"""Taking over a statement of the bank: all of its lines or none, each line only once."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from sales.bank.files import (
    Columns,
    Reading,
    ReadLine,
    Sheet,
    StatementError,
    guess_columns,
    read_rows,
)
from sales.models import BankFormat, BankLine, BankStatement, BankWithdrawal
from stands.clock import business_date
from stands.models import Expo

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import User

    from stands.models import Stand


@dataclass(frozen=True)
class There:
    """The lines that an edition has of the days of a file."""

    known: set[str] = field(default_factory=set)
    # How often each was taken over, with those of files that were withdrawn since.
    taken: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Preview:
    """A file as it would be taken over: new lines, and those that another file had already."""

    sheet: Sheet
    columns: Columns
    reading: Reading
    fresh: list[tuple[ReadLine, str]]
    there: There

    @property
    def known_count(self) -> int:
        """How many of its lines are there already."""
        return len(self.reading.lines) - len(self.fresh)

    @property
    def as_shown(self) -> str:
        """In one word how it is read: what a person looked at is what may be saved."""
        counts = [len(self.fresh), self.reading.empty, len(self.reading.bad)]
        return hashlib.sha256(f"{self.columns} {counts}".encode()).hexdigest()[:16]

    @property
    def came_in_rupiah(self) -> int:
        """What the new lines brought in."""
        return sum(line.amount_rupiah for line, _hash in self.fresh if line.amount_rupiah > 0)

    @property
    def went_out_rupiah(self) -> int:
        """What the new lines took out, negative."""
        return sum(line.amount_rupiah for line, _hash in self.fresh if line.amount_rupiah < 0)


def remembered_columns(sheet: Sheet) -> tuple[Columns, bool]:
    """The columns as somebody once said them for this heading, else a guess; and which it is."""
    guess = guess_columns(sheet)
    row = BankFormat.objects.filter(heading_hash=sheet.heading_hash(guess.header)).first()
    if row is not None:
        # The heading may lie in another row of this file.
        columns = Columns(**{**row.columns, "header": guess.header})
        if columns.fits(sheet):
            return columns, True
    return guess, False


def preview(sheet: Sheet, columns: Columns, *, expo: Expo, stand: Stand | None) -> Preview:
    """Read the file and find what is new. Raises StatementError where nothing can be read."""
    if not columns.fits(sheet):
        raise StatementError(_("Kolom ini tidak ada di berkasnya."))
    reading = read_rows(sheet, columns, around=_around(expo))
    if not reading.lines:
        return Preview(sheet, columns, reading, [], There())
    there = _there(expo, reading.lines)
    hashed = zip(reading.lines, _hashes(reading.lines, stand), strict=True)
    fresh = [one for one in hashed if one[1] not in there.known]
    return Preview(sheet, columns, reading, fresh, there)


def _there(expo: Expo, lines: list[ReadLine]) -> There:
    dates = [line.date for line in lines]
    there = There()
    rows: Any = BankLine.objects.filter(expo=expo, date__range=(min(dates), max(dates)))
    for line_hash, withdrawal in rows.values_list("line_hash", "statement__withdrawal"):
        if withdrawal is None:
            there.known.add(line_hash)
        there.taken[line_hash] += 1
    return there


def known_statement(sheet: Sheet, expo: Expo) -> BankStatement | None:
    """The statement that was this very file, unless it was withdrawn."""
    here = BankStatement.objects.in_force().select_related("uploaded_by")
    return here.filter(expo=expo, file_hash=sheet.file_hash).first()


def withdrawn_before(sheet: Sheet, expo: Expo) -> BankWithdrawal | None:
    """How this very file was withdrawn the last time it had been taken over."""
    rows = BankWithdrawal.objects.select_related("made_by")
    return rows.filter(statement__expo=expo, statement__file_hash=sheet.file_hash).first()


def import_statement(
    seen: Preview, *, expo: Expo, method: str, stand: Stand | None, actor: User
) -> BankStatement:
    """Write the new lines of a file, and remember its columns. Raises StatementError."""
    if not seen.fresh:
        raise StatementError(_("Tidak ada baris baru di berkas ini."))
    try:
        with transaction.atomic():
            hold_edition(expo)
            if _there(expo, seen.reading.lines) != seen.there:
                raise StatementError(
                    _("Kini terbaca lain daripada tadi. Periksa lagi, lalu simpan.")
                )
            return _write(seen, expo, method, stand, actor)
    except IntegrityError:
        raise StatementError(
            _("Berkas atau baris ini baru saja disimpan orang lain. Unggah lagi untuk melihatnya.")
        ) from None


def hold_edition(expo: Expo) -> None:
    """Let no other file of the edition be taken over or withdrawn until this transaction ends.

    What is new in a file depends on which others are in force. No sale waits for this.
    """
    Expo.objects.select_for_update(no_key=True).get(pk=expo.pk)


def _write(
    seen: Preview, expo: Expo, method: str, stand: Stand | None, actor: User
) -> BankStatement:
    statement = BankStatement.objects.create(
        expo=expo,
        name=seen.sheet.name,
        method=method,
        stand=stand,
        file_hash=seen.sheet.file_hash,
        again=BankStatement.objects.filter(expo=expo, file_hash=seen.sheet.file_hash).count(),
        heading_hash=seen.sheet.heading_hash(seen.columns.header),
        columns=seen.columns.as_json(),
        line_count=len(seen.fresh),
        known_count=seen.known_count,
        skipped_count=seen.reading.empty + len(seen.reading.bad),
        uploaded_by=actor,
    )
    places = _places(expo)
    BankLine.objects.bulk_create(
        [
            BankLine(
                statement=statement,
                expo=expo,
                row=line.row,
                date=line.date,
                at=line.at,
                amount_rupiah=line.amount_rupiah,
                text=line.text,
                stand=stand or places.get(_word(line.stand_word)),
                line_hash=line_hash,
                again=seen.there.taken[line_hash],
            )
            for line, line_hash in seen.fresh
        ],
        batch_size=500,
    )
    BankFormat.objects.update_or_create(
        heading_hash=statement.heading_hash,
        defaults={"columns": seen.columns.as_json(), "changed_at": timezone.now()},
    )
    log_event(
        Event.Kind.BANK_IMPORTED,
        statement.name,
        actor=actor,
        data={
            "statement": statement.pk,
            "edition": expo.slug,
            "method": method,
            "stand": stand.code if stand else "",
            "file_hash": statement.file_hash,
            "lines": statement.line_count,
            "known": statement.known_count,
            "skipped": statement.skipped_count,
            "in_rupiah": seen.came_in_rupiah,
            "out_rupiah": seen.went_out_rupiah,
        },
    )
    return statement


def _around(expo: Expo) -> dt.date:
    span = expo.days.aggregate(first=Min("date"), last=Max("date"))
    first: dt.date = span["first"] or business_date(timezone.now())
    return first


def _hashes(lines: list[ReadLine], stand: Stand | None) -> list[str]:
    """What makes a line itself. Equal ones are told apart by which of them it is."""
    seen: Counter[str] = Counter()
    hashes = []
    for line in lines:
        parts = [
            line.date.isoformat(),
            line.at.isoformat() if line.at else "",
            str(line.amount_rupiah),
            line.text.casefold(),
            _word(line.stand_word),
            str(stand.pk) if stand else "",
        ]
        content = "\x1f".join(parts)
        seen[content] += 1
        hashes.append(hashlib.sha256(f"{content}\x1f{seen[content]}".encode()).hexdigest())
    return hashes


def _places(expo: Expo) -> dict[str, Stand]:
    """Stands by what a file may call them: the code, or the name where only one has it."""
    stands = list(expo.stands.all())
    names = Counter(_word(stand.name) for stand in stands)
    by_name = {_word(one.name): one for one in stands if names[_word(one.name)] == 1}
    return by_name | {_word(stand.code): stand for stand in stands}


def _word(text: str) -> str:
    return " ".join(text.casefold().split())
