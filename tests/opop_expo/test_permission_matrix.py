"""Every address × every role × every method: who gets through, and what the others get.

Whoever adds a page adds a line to `PAGES` of who_may.py; the test fails for an address that no line
speaks of.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from django.db import connection, transaction
from django.template.backends.django import Template as DjangoTemplate
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events import append_only
from events.models import Event
from opop_expo.admin_site import OrganiserSite
from opop_expo.roles import ROLES as ROLE_NAMES
from opop_expo.roles import role_codes
from sales.models import LedgerHead, Payment, Sale, SaleLine
from stands.clock import business_date
from stands.models import CatalogueChange, Stand
from tests.addresses import addresses
from tests.hall import DESK, ROLES, Hall, make_hall
from tests.ledger import make_sale
from tests.opop_expo.who_may import LOGIN, METHODS, OK, PAGES, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

NO_STORAGE = uuid.UUID(int=1)
# They see some of what O and S are shown: `make long` shows it to them too.
FEWER = "VFC"

NEW_ADDRESS = """
Not in PAGES of tests/opop_expo/who_may.py:
{new}
Add a line for each, for instance
    desk("bank", "VFOS"),                          an organisers' page that these roles may read
    desk("bank_line", "VFOS", FORM, post="FOS"),   … with a form that fewer may send
    desk("settle", "FOS", POST),                   … that only takes a POST
    till("history"), for_tablets("tablet_sale"), public("home")
    *model("app.model", view="VFOS", change="OS"), all pages of a ModelAdmin
and where it takes an argument, put a row and its key into `hall` under the argument's name."""


@pytest.fixture
def hall(settings: Any) -> Hall:
    """The rows, and a client for each role."""
    return make_hall(settings)


# --- what they get ------------------------------------------------------------------------------


def test_every_address_is_spoken_of_once() -> None:
    known = list(addresses())
    spoken_of = Counter(page.name for page in PAGES)
    new = [f"    {one.name}  ({one.route})" for one in known if not spoken_of[one.name]]
    assert not new, NEW_ADDRESS.format(new="\n".join(new))
    twice = [name for name, lines in spoken_of.items() if lines > 1]
    assert not twice, f"more than one line in PAGES: {twice}"
    gone = {page.name for page in PAGES} - {address.name for address in known}
    assert not gone, f"PAGES speaks of addresses that are no more: {sorted(gone)}"


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_it_may_and_nothing_else(hall: Hall, role: str) -> None:
    ask_for_everything(hall, role, in_turn, shown=role not in FEWER)


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_it_may_by_every_method(hall: Hall, role: str) -> None:
    ask_for_everything(hall, role, lambda _role, _number: METHODS, shown=True)


def ask_for_everything(
    hall: Hall, role: str, methods: Callable[[str, int], list[str]], *, shown: bool
) -> None:
    """Every address, by the methods that are chosen for that role and number of the address."""
    pages = {page.name: page for page in PAGES}
    wrong = []
    for number, address in enumerate(addresses()):
        page = pages.get(address.name)
        if page is None:
            continue  # the test above says so
        path = hall.path(address)
        for method in methods(role, number):
            got = visit(hall.clients[role], page, method, path, shown=shown)
            expected = page.expected(role, method)
            if got != expected:
                wrong.append(f"{method} {path} ({page.name}): {got}, expected {expected}")
    assert not wrong, f"{ROLES[role]}:\n" + "\n".join(wrong)


def in_turn(role: str, number: int) -> list[str]:
    """GET and POST from everybody, and one of the other five, which goes round among the roles.

    So every address gets all of them from somebody, and the next address from somebody else.
    """
    others = [method for method in METHODS if method not in ("GET", "POST")]
    return ["GET", "POST", others[(number + list(ROLES).index(role)) % len(others)]]


def test_every_address_is_asked_for_by_all_methods() -> None:
    for number in range(len(METHODS)):
        assert {method for role in ROLES for method in in_turn(role, number)} == set(METHODS)


def visit(client: Client, page: Page, method: str, path: str, *, shown: bool) -> str:
    """What the client gets there. Nothing of a POST stays, and nothing else may write at all."""
    written: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        # Whoever comes after a quiet minute adds the steps of the version up, and changes no sum.
        if (
            sql.startswith(("INSERT", "UPDATE", "DELETE"))
            and CatalogueChange._meta.db_table not in sql
        ):
            written.append(sql)
        return execute(sql, *arguments)

    body = _body(method, path)
    if method == "POST":
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        with transaction.atomic(), nothing_rendered():
            answer = told(client.generic(method, path, **body))
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.load(cookies)
        return answer
    # A page that a GET has shown shows itself to a HEAD.
    quick = nullcontext() if shown and method == "GET" else nothing_rendered()
    with connection.execute_wrapper(watch), quick:
        answer = told(client.generic(method, path, **body))
    if written and not page.counts_guesses:
        return f"{answer}, and it wrote: {written[0][:60]}"
    return answer


@contextmanager
def nothing_rendered() -> Iterator[None]:
    """Templates and menus cost more than all the rest, and say nothing about who may do what."""
    # With functions that are there: a mock of its own for each request costs as much as a view.
    with (
        mock.patch.object(DjangoTemplate, "render", _blank),
        mock.patch.object(OrganiserSite, "each_context", _no_menu),
    ):
        yield


def _blank(_self: DjangoTemplate, *_given: Any, **_named: Any) -> str:
    return ""


def _no_menu(_self: OrganiserSite, _request: Any) -> dict[str, Any]:
    return {}


def _body(method: str, path: str) -> dict[str, Any]:
    if path.startswith("/kasir/tablet/"):
        envelope = {"sent_at": timezone.now().isoformat(), "storage_id": str(NO_STORAGE)}
        return {
            "data": json.dumps(envelope),
            "content_type": "application/json",
            "headers": {"X-Opop-Till": "1"},
        }
    if path in {reverse("counter_send"), reverse("check_in_send")}:
        return {
            "data": json.dumps({"sent_at": timezone.now().isoformat(), "items": []}),
            "content_type": "application/json",
            "headers": {"X-Opop-Outbox": "1"},
        }
    # A deletion in Django's admin is asked to be confirmed.
    data = f"post=yes&hari={business_date(timezone.now())}" if method == "POST" else ""
    return {"data": data, "content_type": "application/x-www-form-urlencoded"}


def told(response: Any) -> str:
    """The answer in a word: whether a guard turned the visitor away, and how."""
    if response.status_code == 302:
        goes_to_login = response["Location"].startswith(("/masuk/", "/admin/login/"))
        return LOGIN if goes_to_login else OK
    if response.status_code in (401, 403, 404, 405) or response.status_code >= 500:
        return str(response.status_code)
    return OK


# --- what no role may, by any address -------------------------------------------------------------

LEDGER = ["sales.sale", "sales.ledgerhead", "events.event"]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_ledger_or_log_by_the_admin(hall: Hall, role: str) -> None:
    client, before = hall.clients[role], everything_kept()
    for label in LEDGER:
        root, key = f"/admin/{label.replace('.', '/')}/", hall.objects[label]
        for path, data in [
            (f"{root}add/", {"number": "X", "hash": "x", "subject": "x"}),
            (f"{root}{key}/change/", {"number": "X", "hash": "x", "subject": "x"}),
            (f"{root}{key}/delete/", {"post": "yes"}),
            (root, {"action": "delete_selected", "_selected_action": str(key), "post": "yes"}),
        ]:
            told_as = told(client.post(path, data))
            assert told_as in ((LOGIN,) if role in "ATKU" else ("403", OK)), path
    assert everything_kept() == before


def everything_kept() -> list[Any]:
    """Ledger and log, as they are."""
    tables = [Sale, SaleLine, Payment, LedgerHead, Event]
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def test_no_role_holds_a_permission_to_change_what_is_kept() -> None:
    kept = {table.replace("_", ".", 1) for table in append_only.TABLES}
    held = {code for role in ROLE_NAMES for code in role_codes(role)}
    for label in {*kept, *LEDGER}:
        app, _dot, model = label.partition(".")
        verbs = {verb for verb in ("add", "change", "delete") if f"{app}.{verb}_{model}" in held}
        # The bank's own list, what was settled, what was counted at a gate and results that were
        # frozen are added to by their pages, and never changed.
        added = model.startswith(("bank", "settlement", "gatecount", "resultsversion"))
        assert verbs <= ({"add"} if added else set()), label


@pytest.mark.parametrize("role", ["K", "T"])
def test_another_stand_is_as_good_as_none(hall: Hall, role: str) -> None:
    elsewhere = Stand.objects.get(code="B1")
    foreign = make_sale(elsewhere, {elsewhere.offers.all()[0]: 1})
    for name in ["receipt", "reversal"]:
        foreign_one, none = (reverse(name, args=[key]) for key in (foreign.pk, uuid.uuid4()))
        answers = [hall.clients[role].get(path) for path in (foreign_one, none)]
        assert [one.status_code for one in answers] == [404, 404]
        # The page of the other language is named by the address that was asked for, and each
        # answer by a code of its own.
        texts = [one.text.replace(one["X-Request-ID"], "") for one in answers]
        assert texts[0].replace(foreign_one, none) == texts[1]
        own = hall.clients[role].get(reverse(name, args=[hall.arguments["sale_id"]]))
        assert own.status_code == 200


def test_autocomplete_tells_names_only_to_who_may_see_them(hall: Hall) -> None:
    for name in ["product", "stand"]:
        asked = {"app_label": "stands", "model_name": "offer", "field_name": name, "term": "A"}
        told_to = {
            role: told(hall.clients[role].get("/admin/autocomplete/", asked)) for role in ROLES
        }
        assert told_to == dict.fromkeys("ATKU", LOGIN) | dict.fromkeys(DESK, OK)
    asked = {"app_label": "auth", "model_name": "user", "field_name": "groups", "term": "A"}
    told_to = {role: told(hall.clients[role].get("/admin/autocomplete/", asked)) for role in DESK}
    assert told_to == dict.fromkeys("VFCO", "403") | {"S": OK}
