"""The register of personal data knows every field that can hold a text, and says what is done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import models

from events import append_only, consent
from opop_expo.privacy import forgetting, purposes, register
from opop_expo.privacy.describing import PAGE, field_rows
from opop_expo.privacy.emptying import EMPTY
from opop_expo.privacy.register import REGISTER, How, Table, tables, unregistered
from pesantren import noticing
from programme import forgetting as participants
from stands import closed_triggers, inquiring

pytestmark = pytest.mark.shown_alike

ADD = """
Fields that opop_expo/privacy/register.py does not know, or that are gone:
{missing}
Say of each whether it can name a person: `own` (the row is about one), `words` (a text that may
mention somebody), `sealed` (a text in a hash), `kept` with its reason, or plain."""


def test_every_text_of_every_table_is_in_the_register() -> None:
    missing = unregistered()
    assert not missing, ADD.format(missing=missing)


def test_a_new_field_that_can_hold_a_text_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep itself: a table whose field is in no row, and one that nobody knows."""
    cashier = REGISTER["sales.Cashier"]
    assert isinstance(cashier, Table)
    other = REGISTER | {"sales.Cashier": Table(cashier.purpose, {"pin_hash": How.ROW})}
    del other["stands.Inquiry"]
    monkeypatch.setattr(register, "REGISTER", other)
    missing = unregistered()
    assert missing["sales.Cashier"] == ["name"]
    assert {"name", "contact", "message"} <= set(missing["stands.Inquiry"])


@pytest.mark.parametrize(
    "field",
    [
        models.CharField(max_length=20),
        models.TextField(),
        models.EmailField(),
        models.JSONField(),
        models.GenericIPAddressField(),
        models.URLField(),
        models.FileField(),
        models.BinaryField(),
        models.SlugField(),
        models.DurationField(),
    ],
    ids=lambda field: type(field).__name__,
)
def test_every_kind_of_field_counts_that_is_not_known_to_hold_no_text(
    field: models.Field[Any, Any],
) -> None:
    assert not isinstance(field, register.WITHOUT_TEXT)


def test_every_row_of_somebodys_own_can_be_emptied() -> None:
    own = {model._meta.label for model, table in tables() if How.ROW in table.fields.values()}
    assert own == set(EMPTY)


def test_what_stays_has_a_reason() -> None:
    kept = {m._meta.label for m, table in tables() if How.KEPT in table.fields.values()}
    assert kept == {model._meta.label for model, table in tables() if table.kept_because}


def test_what_the_database_lets_be_erased_is_what_the_register_says() -> None:
    """In tables that never change and in those of a closed edition."""
    for model, table in tables():
        name = model._meta.db_table
        sealed = {one for one, how in table.fields.items() if how is How.SEALED}
        words = {one for one, how in table.fields.items() if how is How.WORDS}
        kept = {one for one, how in table.fields.items() if how is How.KEPT}
        if name in append_only.TABLES:
            # What stays for its years and goes then is named there too.
            assert sealed <= set(append_only.SEALED.get(name, ())) <= sealed | kept
            assert words <= set(append_only.ERASABLE.get(name, ())) <= words | kept
            assert How.ROW not in table.fields.values()
        else:
            assert not sealed
        if name in closed_triggers.GUARDED:
            guarded = closed_triggers.GUARDED[name]
            assert words <= {*guarded.erasable, *guarded.free}, name


def test_the_page_says_the_times_that_the_code_keeps() -> None:
    assert inquiring.KEPT_FOR.days == 365
    assert "setahun" in str(purposes.INQUIRIES.kept)
    assert participants.KEPT_FOR.days == 183
    assert "enam bulan" in str(purposes.REGISTRATIONS.kept)
    assert noticing.KEPT_FOR.days == 365
    assert "setahun" in str(purposes.NOTICES.kept)
    assert forgetting.CASHIER_NAMES.days == 730
    assert "dua tahun" in str(purposes.STAFF.kept)
    assert forgetting.VOUCHER_NAMES.days == 365
    assert forgetting.BOOKS_YEARS == 10
    assert "sepuluh tahun" in str(purposes.BUYING.kept)
    assert "setahun" in str(purposes.BUYING.kept)
    assert forgetting.TRIES.days == 1
    assert "sehari" in str(purposes.SAFETY.kept)


def test_every_purpose_is_told() -> None:
    used = {table.purpose.key for _model, table in tables()}
    told = [one.key for one in purposes.PURPOSES]
    # Of these there is no row of anybody: a count, and an address for a day.
    assert used | {"visiting", "safety"} == set(told)
    assert len(told) == len(set(told))


def test_the_documentation_has_every_row() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "\n".join(field_rows()) in page, "run: python manage.py describe_privacy"
    assert [one.key for one in purposes.PURPOSES] == re.findall(r"^### .*\(`(\w+)`\)$", page, re.M)
    for one in register.who_did_it():
        assert f"`{one}`" in page


def test_versions_of_the_consent_are_numbered() -> None:
    assert list(consent.WORDS) == [str(n) for n in range(1, len(consent.WORDS) + 1)]
