"""Writing an edition from its CSV files: all of it or nothing, and the same again changes nothing.

What happened since an earlier load is not undone:

- A row that is as it was at the load before is not applied again, so what was corrected in the
  admin stays. A row that changed in the file is applied as a whole.
- The stock of an offer is set when the offer is made and never after: sales have lowered it since.
  A changed price is applied and stands in the log. Whether an offer is withdrawn, how many visitors
  a day had and which edition is shown are not in the files and stay as they are.
- Which of several claims is published is set when a claim is made and never after: the organiser
  chooses.
- A row that is gone from a file is reported and stays in the database.
- A closed edition is loaded again as long as nothing of it would change; a row that would is
  refused, and with it the load.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from opop_expo import outcome_rows, programme_rows
from opop_expo.edition_files import EditionFiles, EditionRefused, Problem, Row, read_files
from opop_expo.row_rules import RowRules, check_place, complain_of, differs
from outcomes.models import Agreement, AgreementParty, Claim, FinancingScheme, ResultsChoice
from pesantren.models import Category, Credential, Pesantren, Producer, Product, Regency
from pesantren.pictures import draw_missing_pictures
from programme.models import Room, Session, Speaker
from stands.closed_triggers import GUARDED
from stands.models import Expo, ExpoDay, Offer, PlanFeature, Stand, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

M = TypeVar("M", bound=models.Model)


@dataclass
class FileCount:
    """What became of the rows of one file."""

    file: str
    new: int = 0
    changed: int = 0
    same: int = 0
    # Keys of rows that were in the file at the load before, and are still in the database.
    gone: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Loaded:
    """The edition that was loaded, and what changed by it."""

    expo: Expo
    counts: list[FileCount]
    pictures: int

    @property
    def changed_anything(self) -> bool:
        """Whether a row or a picture was written."""
        return bool(self.pictures) or any(one.new or one.changed for one in self.counts)


def load_edition(
    folder: Path, *, tell: Callable[[FileCount], object] = lambda _count: None
) -> Loaded:
    """Load the edition in `folder`, telling of each file when it is through.

    Raises EditionRefused with every problem of every file; then nothing was written.
    """
    files = read_files(folder)
    with transaction.atomic():
        loading = _Loading(files, tell)
        expo = loading.run()
        problems = files.all_problems()
        if problems:
            raise EditionRefused(problems)
        loading.log()
    # After the commit: a picture on the disk is no part of what is rolled back.
    pictures = draw_missing_pictures(Product.objects.filter(slug__in=loading.products))
    return Loaded(expo, loading.counts, pictures)


class _Loading(RowRules):
    """One run through the files, with what it has found and made so far."""

    def __init__(self, files: EditionFiles, tell: Callable[[FileCount], object]) -> None:
        super().__init__()
        self.files = files
        self.tell = tell
        self.counts: list[FileCount] = []
        # What each row was like, by file and key: now, and at the load before.
        self.digests: dict[str, dict[str, str]] = {}
        self.subject = " ".join(["edition", *sorted(self._keys("edition.csv"))])
        last = Event.objects.filter(kind=Event.Kind.IMPORTED, subject=self.subject).first()
        self.last_digests: dict[str, dict[str, str]] = last.data["rows"] if last else {}

    def run(self) -> Expo:
        """Write every row that has nothing wrong; whoever called rolls back if any has."""
        self._load_makers()
        expo = self._load_expo()
        self._load_hall(expo)
        self._load_offers(expo)
        self._load_programme(expo)
        self._load_outcomes(expo)
        return expo

    def log(self) -> None:
        """Note the load, with what each row was like, unless all of it is as at the load before."""
        wrote = any(count.new or count.changed for count in self.counts)
        if wrote or self.digests != self.last_digests:
            counts = {
                one.file: {"new": one.new, "changed": one.changed, "same": one.same}
                for one in self.counts
            }
            data = {"counts": counts, "rows": self.digests}
            log_event(Event.Kind.IMPORTED, self.subject, data=data)

    # --- makers -----------------------------------------------------------------------------------

    def _load_makers(self) -> None:
        self.regencies = {one.code: one for one in Regency.objects.all()}
        self.categories = {one.slug: one for one in Category.objects.all()}
        self.pesantren = {one.slug: one for one in Pesantren.objects.all()}
        self.producers = {one.slug: one for one in Producer.objects.all()}
        self.products = {
            one.slug: one for one in Product.objects.filter(slug__in=self._keys("products.csv"))
        }
        credentials = {
            f"{one.product.slug}|{one.scheme}|{one.number}": one
            for one in Credential.objects.filter(product__slug__in=self.products).select_related(
                "product"
            )
        }
        self._load("regencies.csv", self.regencies, Regency, self.regency)
        self._load("categories.csv", self.categories, Category, self.category)
        self._load("pesantren.csv", self.pesantren, Pesantren, self.one_pesantren)
        self._load("producers.csv", self.producers, Producer, self.producer)
        self._load("products.csv", self.products, Product, self.product)
        self._load("credentials.csv", credentials, Credential, self.credential)

    # --- the edition and its hall -----------------------------------------------------------------

    def _load_expo(self) -> Expo:
        rows = self.files.rows.get("edition.csv", [])
        for row in rows[1:]:
            row.complain("", _("Hanya satu edisi dalam satu berkas."))
        if not rows and "edition.csv" in self.files.rows:
            reason = _("Edisinya belum ditulis.")
            self.files.problems.append(Problem("edition.csv", 0, "", reason))
        expos = {one.slug: one for one in Expo.objects.filter(slug__in=self._keys("edition.csv"))}
        self._load("edition.csv", expos, Expo, self._edition)
        if rows and not rows[0].is_bad:
            return expos[rows[0].key]
        # Everything will be rolled back. A stand-in lets the rows that belong to it be checked too.
        return Expo.objects.create(slug="0000", name="-", venue="-", city="-")

    def _edition(self, row: Row) -> dict[str, Any]:
        return {
            "slug": row.text("slug"),
            "name": row.text("name"),
            "theme": row.text("theme"),
            "venue": row.text("venue"),
            "city": row.text("city"),
            "notes": row.text("notes"),
            "sources": row.text("sources"),
            "is_example": any(row.cells.get("example") for row in self.files.all_rows()),
        }

    def _load_hall(self, expo: Expo) -> None:
        days = {one.date.isoformat(): one for one in expo.days.all()}
        self.zones = {one.code: one for one in expo.zones.all()}
        self.stands = {one.code: one for one in expo.stands.prefetch_related("pesantren")}
        self._load("days.csv", days, ExpoDay, lambda row: {"expo": expo, **self.day(row)})
        self._load("zones.csv", self.zones, Zone, lambda row: {"expo": expo, **self.zone(row)})
        self._load("stands.csv", self.stands, Stand, lambda row: {"expo": expo, **self.stand(row)})
        self.features = {str(one.order): one for one in expo.plan_features.all()}
        self._load(
            "plan.csv",
            self.features,
            PlanFeature,
            lambda row: {"expo": expo, **self.plan_feature(row)},
        )
        self._check_plan(expo)

    def _check_plan(self, expo: Expo) -> None:
        """Every stand lies on the plan, and none upon another."""
        placed: list[Stand] = []
        for row in self.files.rows.get("stands.csv", []):
            stand = self.stands.get(row.key)
            if row.is_bad or stand is None:
                continue
            check_place(row, stand, expo, placed)
            placed.append(stand)

    # --- offers -----------------------------------------------------------------------------------

    def _load_offers(self, expo: Expo) -> None:
        self.held_by = {
            code: {one.pk for one in stand.pesantren.all()} for code, stand in self.stands.items()
        }
        offers = {
            f"{one.stand.code}|{one.product.slug}": one
            for one in Offer.objects.filter(stand__expo=expo).select_related("stand", "product")
        }
        prices = {key: offer.price_rupiah for key, offer in offers.items()}
        self._load("offers.csv", offers, Offer, self.offer, only_when_new=("stock",))
        for key, before in prices.items():
            after = offers[key].price_rupiah
            if after != before:
                log_event(
                    Event.Kind.PRICE_CHANGED,
                    str(offers[key]),
                    data={"offer": offers[key].pk, "old_rupiah": before, "new_rupiah": after},
                )

    # --- what happened ----------------------------------------------------------------------------

    def _load_programme(self, expo: Expo) -> None:
        rooms = {one.name: one for one in expo.rooms.all()}
        speakers = {
            one.name: one for one in Speaker.objects.filter(name__in=self._keys("speakers.csv"))
        }
        sessions = {one.slug: one for one in expo.sessions.prefetch_related("speakers")}
        self._load(
            "rooms.csv",
            rooms,
            Room,
            lambda row: {
                "expo": expo,
                "place": self._refer(row, "place", self.features, "plan.csv", required=False),
                **programme_rows.room(row),
            },
        )
        self._load("speakers.csv", speakers, Speaker, programme_rows.speaker)
        self._load(
            "sessions.csv",
            sessions,
            Session,
            lambda row: {
                "expo": expo,
                "room": self._refer(row, "room", rooms, "rooms.csv", required=False),
                "speakers": self._refer_to_many(row, "speakers", speakers, "speakers.csv"),
                **programme_rows.session(row),
            },
        )
        # Days that are wrong themselves are told of in their own rows.
        if not any(self._has_problems(name) for name in ("edition.csv", "days.csv")):
            programme_rows.check_sessions(self.files.rows.get("sessions.csv", []), sessions)

    def _has_problems(self, file: str) -> bool:
        return file not in self.files.rows or any(row.is_bad for row in self.files.rows[file])

    # --- what came of it --------------------------------------------------------------------------

    def _load_outcomes(self, expo: Expo) -> None:
        schemes = {one.code: one for one in expo.schemes.all()}
        self._load(
            "schemes.csv",
            schemes,
            FinancingScheme,
            lambda row: {"expo": expo, **outcome_rows.scheme(row)},
        )
        claims = {one.code: one for one in expo.claims.exclude(code="")}
        self._load(
            "claims.csv",
            claims,
            Claim,
            lambda row: {
                "expo": expo,
                "scheme": self._refer(row, "scheme", schemes, "schemes.csv", required=False),
                **outcome_rows.claim(row),
            },
            only_when_new=("is_published",),
        )
        agreements = {one.code: one for one in expo.agreements.exclude(code="")}
        self._load(
            "agreements.csv",
            agreements,
            Agreement,
            lambda row: {"expo": expo, **outcome_rows.agreement(row)},
        )
        self._load_parties(expo, agreements)
        # What others have said of it is public already. Whoever closes the page keeps it closed.
        if expo.claims.published().exists():
            ResultsChoice.objects.get_or_create(expo=expo, defaults={"is_public": True})

    def _load_parties(self, expo: Expo, agreements: dict[str, Agreement]) -> None:
        parties = {
            f"{one.agreement.code}|{one.order}": one
            for one in AgreementParty.objects.filter(agreement__expo=expo, order__gt=0)
            .exclude(agreement__code="")
            .select_related("agreement")
        }
        self._load(
            "parties.csv",
            parties,
            AgreementParty,
            lambda row: {
                "agreement": self._refer(row, "agreement", agreements, "agreements.csv"),
                "producer": self._refer(
                    row, "producer_slug", self.producers, "producers.csv", required=False
                ),
                "pesantren": self._refer(
                    row, "pesantren_slug", self.pesantren, "pesantren.csv", required=False
                ),
                **outcome_rows.party(row),
            },
        )

    # --- rows -------------------------------------------------------------------------------------

    def _load(
        self,
        file: str,
        known: dict[str, M],
        model: type[M],
        read: Callable[[Row], dict[str, Any]],
        *,
        only_when_new: tuple[str, ...] = (),
    ) -> None:
        """Write the rows of a file, and add to `known` those that are new."""
        count = FileCount(file)
        before = self.last_digests.get(file, {})
        digests: dict[str, str] = {}
        for row in self.files.rows.get(file, []):
            values = read(row)
            # Whether an edition holds examples comes from all its rows.
            digests[row.key] = row.digest + str(values.get("is_example", ""))
            there = known.get(row.key)
            if there is None:
                if _is_closed(model(), values):
                    row.complain("", _("Edisi ini sudah ditutup: tidak ada yang bisa ditambah."))
                    continue
                there = model()
                if _write(row, there, values):
                    known[row.key] = there
                    count.new += 1
                continue
            values = {name: one for name, one in values.items() if name not in only_when_new}
            if before.get(row.key) == digests[row.key] or not differs(there, values):
                count.same += 1
            elif _is_closed(there, values):
                row.complain("", _("Edisi ini sudah ditutup: baris ini tidak bisa diubah lagi."))
            elif _write(row, there, values):
                count.changed += 1
        count.gone = [key for key in before if key not in digests and key in known]
        if file in self.files.left_out and not before:
            return
        self.digests[file] = {key: before[key] for key in count.gone} | digests
        self.counts.append(count)
        self.tell(count)

    def _is_blamed_elsewhere(self, file: str, key: str) -> bool:
        return file not in self.files.rows or key in self._keys(file)

    def _keys(self, file: str) -> set[str]:
        return {row.key for row in self.files.rows.get(file, [])}


def _is_closed(there: models.Model, values: Mapping[str, Any]) -> bool:
    """Whether the database would refuse to write the row, since its edition is closed."""
    guarded = GUARDED.get(there._meta.db_table)
    if guarded is None:
        return False
    expo = there if isinstance(there, Expo) else values.get("expo")
    if expo is None and values.get("stand") is not None:
        expo = values["stand"].expo
    if expo is None or not expo.is_closed:
        return False
    is_new = there._state.adding
    return is_new or any(
        name not in guarded.free and differs(there, {name: value}) for name, value in values.items()
    )


def _write(row: Row, target: models.Model, values: Mapping[str, Any]) -> bool:
    """Save a row of a table if nothing is wrong with it, and say whether it was saved."""
    many = {name: one for name, one in values.items() if isinstance(one, list)}
    for name, one in values.items():
        if name not in many:
            setattr(target, name, one)
    if row.is_bad:
        return False
    try:
        target.full_clean()
    except ValidationError as error:
        complain_of(row, error)
        return False
    # Only what the row says: a sale may lower the stock of an offer while this is written.
    columns = None if target._state.adding else [name for name in values if name not in many]
    target.save(update_fields=columns)
    for name, one in many.items():
        getattr(target, name).set(one)
    return True
