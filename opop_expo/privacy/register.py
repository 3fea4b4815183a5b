"""The register of personal data: every field of every table that can hold a text, with what it is.

Whoever adds a field that can hold a text adds it here; a test says which is missing. `KEPT` needs a
reason, since whoever asks for their data to be erased is told it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from opop_expo.privacy import purposes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

    from opop_expo.privacy.purposes import Purpose


class How(Enum):
    """What is done with a field when a person wants to be erased."""

    # The row is about one person: it is emptied as a whole (opop_expo.privacy.emptying).
    ROW = "the whole row is emptied"
    # A text in which somebody may be named: the name makes room for a neutral word.
    WORDS = "the person's words in it are replaced"
    # A text in the books, which a hash covers: it makes room for its seal (events.erasing).
    SEALED = "the text is replaced by its seal"
    # It stays, for the reason that stands beside it.
    KEPT = "stays"


@dataclass(frozen=True)
class Table:
    """What a table holds of persons, field by field."""

    purpose: Purpose
    fields: dict[str, How]
    # Texts that are about nobody.
    plain: tuple[str, ...] = ()
    kept_because: StrOrPromise = ""


@dataclass(frozen=True)
class Nobody:
    """A table that holds nothing of persons; its texts, and why not."""

    because: str
    plain: tuple[str, ...] = field(default=())


def own(*names: str) -> dict[str, How]:
    """Fields of a row that is about one person."""
    return dict.fromkeys(names, How.ROW)


def words(*names: str) -> dict[str, How]:
    """Texts that may name somebody."""
    return dict.fromkeys(names, How.WORDS)


def sealed(*names: str) -> dict[str, How]:
    """Texts of the books that may name somebody."""
    return dict.fromkeys(names, How.SEALED)


def kept(*names: str) -> dict[str, How]:
    """Texts that stay."""
    return dict.fromkeys(names, How.KEPT)


BOOKS = _(
    "Pembukuan: undang-undang tentang dokumen perusahaan meminta catatan keuangan disimpan sepuluh"
    " tahun. Sesudah itu dihapus."
)
SOLD = _("Nama produk sebagaimana terjual: bagian dari nota, yang tidak pernah diubah.")
PUBLISHED = _("Hasil yang sudah diterbitkan dan dibekukan tidak diubah lagi.")

PHOTO = ("photo", "photo_made_for")
REGISTER: dict[str, Table | Nobody] = {
    # --- accounts -------------------------------------------------------------------------------
    "auth.User": Table(
        purposes.STAFF,
        own("username", "first_name", "last_name", "email", "password"),
    ),
    "auth.Group": Nobody("names of roles", ("name",)),
    "auth.Permission": Nobody("names of permissions", ("name", "codename")),
    "contenttypes.ContentType": Nobody("names of tables", ("app_label", "model")),
    "sessions.Session": Nobody(
        "a key that a browser holds and the number of an account; gone when it runs out",
        ("session_key", "session_data"),
    ),
    "signing_in.PortalSession": Nobody(
        "which kind of browser an account is signed in with; gone when it runs out (staff)",
        ("session_key", "session_data", "device"),
    ),
    "signing_in.KnownDevice": Nobody("a token, hashed", ("token_hash",)),
    "signing_in.RecoveryCode": Nobody("a code, hashed", ("code_hash",)),
    "otp_totp.TOTPDevice": Nobody("the secret of a second step", ("name", "key")),
    "admin.LogEntry": Table(
        purposes.RECORDS, words("object_repr", "change_message"), ("object_id",)
    ),
    # --- the log --------------------------------------------------------------------------------
    "events.Event": Table(purposes.RECORDS, words("subject", "data")),
    "events.Attempt": Nobody(
        "an address or a contact as an HMAC, for a day at most (purpose: safety)", ("scope", "key")
    ),
    "events.Erasure": Nobody(
        "where something was erased, never what", ("place", "row_key", "part", "spans", "left")
    ),
    # --- imports --------------------------------------------------------------------------------
    "opop_expo.ImportJob": Table(
        purposes.RECORDS,
        words("file_name"),
        (
            *("kind", "file_digest", "language", "columns", "unknown", "fingerprint", "digest"),
            *("reading", "counts", "placed", "replaced"),
        ),
    ),
    "opop_expo.ImportPart": Table(purposes.RECORDS, words("rows", "plan"), ("keys", "states")),
    # --- the server itself ----------------------------------------------------------------------
    "opop_expo.PolicyReport": Nobody(
        "a rule and the place that broke it, of no visitor", ("directive", "blocked", "route")
    ),
    "opop_expo.NodeReport": Nobody("machines", ("node", "versions", "disks")),
    "opop_expo.ErrorSeen": Nobody(
        "a place in the code and ids of requests", ("kind", "place", "view", "node", "request_ids")
    ),
    # --- makers ---------------------------------------------------------------------------------
    "pesantren.Regency": Nobody("names of places", ("code", "name")),
    "pesantren.Pesantren": Table(
        purposes.MAKERS,
        words("name", "about", "about_en", "remarks", "sources"),
        ("slug", "example_fields"),
    ),
    "pesantren.Producer": Table(
        purposes.MAKERS,
        own("inquiry_email", "whatsapp") | words("name", "about", "about_en", "sources"),
        ("slug", "example_fields"),
    ),
    "pesantren.Category": Nobody("kinds of products", ("slug", "name", "name_en")),
    "pesantren.Product": Table(
        purposes.MAKERS,
        words(
            *("name", "name_en", "description", "description_en", "export_markets"),
            *("photo_alt", "photo_alt_en", "sources"),
        ),
        ("slug", "unit", *PHOTO, "example_fields"),
    ),
    "pesantren.Photo": Table(purposes.MAKERS, words("photo_alt", "photo_alt_en"), PHOTO),
    "pesantren.KeptPhoto": Nobody("names of files, made by the portal", ("name",)),
    "pesantren.Credential": Table(purposes.MAKERS, words("sources"), ("number", "example_fields")),
    "pesantren.Notice": Table(
        purposes.NOTICES,
        own("whatsapp", "email") | words("text", "hidden_reason"),
        ("consent_version",),
    ),
    "pesantren.Interest": Table(
        purposes.NOTICES, own("whatsapp", "email") | words("text"), ("consent_version",)
    ),
    # --- the hall -------------------------------------------------------------------------------
    "stands.Expo": Table(
        purposes.RECORDS, words("theme", "notes", "sources"), ("slug", "name", "venue", "city")
    ),
    "stands.Zone": Nobody("names of zones", ("code", "name", "name_en")),
    "stands.PlanFeature": Nobody(
        "things on the plan", ("name", "name_en", "outline", "example_fields")
    ),
    "stands.Stand": Table(
        purposes.MAKERS,
        words("name", "description", "description_en"),
        ("code", "qris_image", "example_fields"),
    ),
    "stands.Offer": Nobody("prices", ("example_fields",)),
    "stands.KeptProduct": Table(purposes.MAKERS, words("content")),
    "stands.SearchEntry": Nobody(
        "made from stands, products and makers, again with each change of them",
        ("core", "name", "also", "text"),
    ),
    "stands.SearchWord": Nobody("made from the same", ("word", "sound")),
    "stands.SearchStale": Nobody("numbers of rows", ("kind",)),
    "stands.ViewCount": Nobody("how often a page was opened on a day, not by whom"),
    "stands.Inquiry": Table(
        purposes.INQUIRIES,
        own("name", "organisation", "contact", "message"),
        ("site", "language", "consent_version"),
    ),
    "stands.InquiryAnswer": Table(purposes.INQUIRIES, words("text")),
    # --- the till -------------------------------------------------------------------------------
    "sales.Tablet": Nobody("devices of the stands", ("credential_hash", "app_version", "epoch")),
    "sales.Till": Nobody("names of tills", ("letter", "prefix", "name")),
    "sales.PairingCode": Nobody("codes for devices", ("name", "code_hash")),
    "sales.Cashier": Table(purposes.STAFF, own("name", "pin_hash")),
    "sales.LedgerHead": Nobody("hashes", ("hash",)),
    "sales.Sale": Table(
        purposes.BUYING,
        sealed("reason", "note"),
        ("number", "fingerprint", "previous_hash", "hash"),
    ),
    "sales.SaleLine": Table(purposes.MAKERS, kept("product_name"), ("unit",), SOLD),
    "sales.EReceipt": Nobody("a token, hashed", ("token_hash",)),
    "sales.BankFormat": Nobody("which column is which", ("heading_hash", "columns")),
    "sales.BankStatement": Table(
        purposes.BUYING, kept("name"), ("file_hash", "heading_hash", "columns"), kept_because=BOOKS
    ),
    "sales.BankWithdrawal": Table(purposes.BUYING, words("reason")),
    "sales.BankLine": Table(purposes.BUYING, kept("text"), ("line_hash",), BOOKS),
    "sales.BankMatch": Table(purposes.BUYING, words("note", "revocation")),
    "sales.PaymentCheck": Table(purposes.BUYING, words("note", "revocation")),
    "sales.DrawerHead": Nobody("hashes", ("hash",)),
    "sales.CashMovement": Table(
        purposes.BUYING, sealed("reason"), ("number", "fingerprint", "previous_hash", "hash")
    ),
    "sales.DayClose": Table(
        purposes.BUYING,
        sealed("note"),
        (
            *("number", "counted", "by_method", "ledger_hash"),
            *("fingerprint", "previous_hash", "hash"),
        ),
    ),
    "sales.CloseAmendment": Table(
        purposes.BUYING,
        sealed("note"),
        (
            *("number", "counted", "by_method", "ledger_hash"),
            *("fingerprint", "previous_hash", "hash"),
        ),
    ),
    "sales.HeldClosing": Table(purposes.BUYING, words("request"), ("fingerprint",)),
    "sales.HeldSale": Table(purposes.BUYING, words("request", "decision"), ("fingerprint",)),
    "sales.SaleFlag": Table(purposes.BUYING, words("detail", "settlement")),
    "sales.RunningTotal": Nobody("sums", ("key",)),
    "sales.VoucherBatch": Table(purposes.BUYING, words("name")),
    "sales.Voucher": Table(purposes.BUYING, words("issued_to", "void_reason"), ("code_hmac",)),
    "sales.SettlementHead": Nobody("hashes", ("hash",)),
    "sales.Settlement": Table(
        purposes.BUYING,
        kept("payee_name", "received_by") | sealed("note"),
        ("previous_hash", "hash"),
        BOOKS,
    ),
    # --- the programme --------------------------------------------------------------------------
    "programme.Room": Nobody("names of rooms", ("name", "name_en")),
    "programme.Gate": Nobody("names of gates", ("name", "name_en")),
    "programme.Speaker": Table(
        purposes.PUBLIC_FIGURES, own("name", "about", "about_en"), ("example_fields",)
    ),
    "programme.Session": Table(
        purposes.PUBLIC_FIGURES,
        words(
            *("title", "title_en", "description", "description_en", "sources"),
            *("target_group", "target_group_en", "reported_by", "reported_by_en"),
            "reported_sources",
        ),
        ("slug", "reported_unit", "reported_unit_en", "example_fields"),
    ),
    "programme.Registration": Table(
        purposes.REGISTRATIONS,
        own("name", "organisation", "contact", "ticket"),
        ("language", "consent_version"),
    ),
    "programme.Attendance": Table(
        purposes.REGISTRATIONS, own("name", "organisation", "certificate")
    ),
    # --- outcomes -------------------------------------------------------------------------------
    "outcomes.FinancingScheme": Table(
        purposes.PUBLIC_FIGURES,
        words("detail", "detail_en", "said_by", "sources"),
        ("code", "name", "name_en", "institution", "example_fields"),
    ),
    "outcomes.Disbursement": Table(
        purposes.PUBLIC_FIGURES,
        words("recipient", "sources", "note"),
        ("institution", "example_fields"),
    ),
    "outcomes.Claim": Table(
        purposes.PUBLIC_FIGURES,
        words("text", "text_en", "detail", "detail_en", "said_by", "sources"),
        ("code", "unit", "unit_en", "query", "example_fields"),
    ),
    "outcomes.Agreement": Table(
        purposes.PUBLIC_FIGURES,
        words("name", "name_en", "printed_name", "detail", "detail_en", "said_by", "sources")
        | kept("document"),
        ("code", "document_sha256", "example_fields"),
        _("Berkas yang ditandatangani disimpan tertutup; hapus di halaman kerja samanya."),
    ),
    "outcomes.AgreementParty": Table(
        purposes.PUBLIC_FIGURES, words("company", "signatory"), ("country",)
    ),
    "outcomes.ResultsChoice": Table(
        purposes.PUBLIC_FIGURES, words("introduction", "introduction_en")
    ),
    "outcomes.ResultsVersion": Table(
        purposes.PUBLIC_FIGURES, kept("reason", "content"), ("previous_hash", "hash"), PUBLISHED
    ),
}

# Types of fields that hold no text, whatever is written.
WITHOUT_TEXT = (
    models.AutoField,
    models.BooleanField,
    models.IntegerField,
    models.DateField,
    models.TimeField,
    models.UUIDField,
    models.ForeignKey,
)


def tables() -> Iterator[tuple[type[models.Model], Table]]:
    """The tables that hold something of persons."""
    for label, table in REGISTER.items():
        if isinstance(table, Table):
            yield apps.get_model(label), table


def text_fields(model: type[models.Model]) -> list[str]:
    """The fields of a model that can hold a text of somebody's choice."""
    return [
        one.name
        for one in model._meta.local_fields
        if not isinstance(one, WITHOUT_TEXT) and not one.choices
    ]


def unregistered() -> dict[str, list[str]]:
    """What stands in no row of the register, and what stands there and is gone."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        row = REGISTER.get(label)
        known = {*row.plain, *(row.fields if isinstance(row, Table) else ())} if row else set()
        wrong = set(text_fields(model)) ^ known
        if wrong:
            found[label] = sorted(wrong)
    return found | {
        label: ["?"] for label in REGISTER if label not in {one._meta.label for one in all_models()}
    }


def all_models() -> list[type[models.Model]]:
    """Every table of the portal."""
    return apps.get_models(include_auto_created=True)


def who_did_it() -> list[str]:
    """The fields that point at an account: `sales.Settlement.made_by`."""
    user = get_user_model()
    return sorted(
        f"{model._meta.label}.{one.name}"
        for model in all_models()
        for one in model._meta.local_fields
        if one.is_relation and one.related_model is user
    )
