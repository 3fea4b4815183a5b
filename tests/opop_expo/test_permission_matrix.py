"""Every address × every role × every method: who gets through, and what the others get.

Whoever adds a page adds a line to `PAGES`; the test fails for an address that no line speaks of.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
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
from tests.hall import ALL, DESK, ROLES, Hall, make_hall
from tests.ledger import make_sale

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

# --- who, how, and what they get ----------------------------------------------------------------

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
READ, FORM, POST, ANY = "GET HEAD", "GET HEAD POST", "POST", " ".join(METHODS)

OK, LOGIN = "ok", "login"

NO_STORAGE = uuid.UUID(int=1)


@dataclass(frozen=True)
class Page:
    """What one address gives to whom."""

    # As in the URL configuration; an unnamed one is called by how it is written.
    name: str
    # Letters of those who get through; for POST another list where fewer may write.
    may: str
    methods: str
    post: str = ""
    # What the others get, role by role; 403 where nothing is said.
    others: dict[str, str] = field(default_factory=dict)
    # Whether those are turned away before the method is looked at.
    guard_first: bool = False
    # What those get who get through.
    answer: str = OK
    # Whom a class-based view of Django's tells which methods it takes.
    open_options: str = ""
    # A wrong guess is noted however it comes.
    counts_guesses: bool = False

    def expected(self, role: str, method: str) -> str:
        """What this role gets by this method."""
        is_open = role in (self.post if method == "POST" and self.post else self.may)
        if self.guard_first and role in self.others:
            return self.others[role]
        if method not in self.methods.split():
            return "405"
        if method == "OPTIONS" and role in self.open_options:
            return OK
        return self.answer if is_open else self.others.get(role, "403")


def public(name: str, methods: str = READ, **more: Any) -> Page:
    """Needs no login. Think twice."""
    return Page(name, ALL, methods, **more)


def signed_in(name: str, methods: str = READ) -> Page:
    """For everybody who has an account."""
    return Page(name, "KUVFCOS", methods, others=dict.fromkeys("AT", LOGIN), guard_first=True)


def till(name: str, methods: str = READ) -> Page:
    """For a keeper and a paired tablet, each at its own stand."""
    return Page(name, "TK", methods, others={"A": LOGIN})


def members(name: str, may: str, methods: str = READ, *, organisers: str = "") -> Page:
    """For keepers; `organisers` is what those get who see notices and speak for no maker."""
    refused = dict.fromkeys("AT", LOGIN) | dict.fromkeys("UVFC", "403")
    refused |= {} if "O" in may else dict.fromkeys("OS", organisers)
    return Page(name, may, methods, others=refused, guard_first=True)


def for_tablets(name: str) -> Page:
    """What a tablet sends; `sales.tablet.access` stands in the place of the login."""
    return Page(name, "T", POST, others=dict.fromkeys(ALL, "401"))


def desk(name: str, may: str, methods: str = READ, *, post: str = "", answer: str = OK) -> Page:
    """An organisers' page: letters of the roles that see it, and of those that may post there."""
    return Page(name, may, methods, post, dict.fromkeys("ATKU", LOGIN), True, answer)


def model(
    label: str, *, view: str, add: str = "", change: str = "", delete: str = "", page: str = ""
) -> list[Page]:
    """Django's own admin pages of a model. They take PUT and the like for GET.

    `page` names those who reach the page of a row where it leads on to one of ours, which asks.
    """
    name = f"admin:{label.replace('.', '_')}_"
    return [
        desk(f"{name}changelist", view, ANY),
        desk(f"{name}history", view, ANY),
        desk(f"{name}add", add, ANY),
        desk(f"{name}change", page or view, ANY, post=page or change or "-"),
        desk(f"{name}delete", delete, ANY),
        desk(f"/admin/{label.replace('.', '/')}/<path:object_id>/", DESK, ANY),
    ]


CATALOGUE = {"view": "VFCOS", "add": "COS", "change": "COS", "delete": "S"}
HALL = {"view": "VFCOS", "add": "OS", "change": "OS", "delete": "S"}

PAGES: list[Page] = [
    # --- everybody
    *map(public, ["home", "expo_home", "edition_list", "editions_csv"]),
    *map(public, ["stand_list", "stand_detail"]),
    *map(public, ["product_list", "product_detail", "pesantren_list", "pesantren_detail"]),
    *map(public, ["search_all", "offline_worker", "offline_bundle"]),
    # A list in the visitor's own cookie; a POST asks where it comes from.
    public("saved_list", FORM),
    # Who wants to come to a session; a POST asks where it comes from.
    public("session_registration", FORM),
    *map(public, ["session_producers", "session_seats"]),
    # Behind codes that cannot be guessed.
    *map(public, ["ticket", "ticket_certificate", "certificate_check", "certificate"]),
    *(public(name, POST) for name in ["ticket_call_off", "ticket_forget"]),
    public("privacy"),
    # Somebody's list behind its address; the one asked for here is cut off.
    public("shared_list"),
    # Leads to the products unless the address says what it is about.
    public("inquiry", FORM),
    public("inquiry_thanks"),
    *map(public, ["floor_plan", "floor_plan_ground"]),
    *map(public, ["producer_detail", "product_left"]),
    # Once the organiser has opened them.
    *map(public, ["results", "results_version", "results_json", "results_csv"]),
    *map(public, ["schedule", "session_detail", "schedule_calendar", "session_calendar"]),
    *map(public, ["favicon", "touch_icon", "livez", "readyz"]),
    # Only where a token or an address is given, and then for those alone.
    public("metrics", answer="404"),
    # What search engines and messengers read of the pages above.
    *map(public, ["robots", "sitemap", "manifest", "share_picture"]),
    # What a browser reports of itself.
    public("pages_seen", POST),
    public("policy_report", POST),
    # The same for every tablet, and holds nothing of a stand.
    *map(public, ["tablet", "tablet_en", "tablet_worker", "tablet_manifest"]),
    # A tablet has no login: whoever has the code may pair it.
    public("pairing", FORM),
    public("pairing_confirm", FORM, counts_guesses=True),
    # Behind a token that cannot be guessed.
    public("e_receipt"),
    # Says whether anything changed to whoever has a token of ours, and nothing else to anybody.
    public("pulse"),
    *(public(name, FORM) for name in ["login", "forgot_password"]),
    # Behind a link that cannot be guessed.
    public("password_link", FORM),
    # Between a right password and being in; leads whoever is not there back to the login.
    public("sign_in_code", FORM, answer=LOGIN),
    Page("factor_set_up", "KUVFCOS", FORM, others=dict.fromkeys("AT", LOGIN)),
    public("logout", POST),
    # --- one's own account
    *(signed_in(name) for name in ["account", "after_login"]),
    *(signed_in(name, FORM) for name in ["own_password", "confirm_password"]),
    *(signed_in(name, POST) for name in ["end_own_logins", "new_recovery_codes", "factor_remove"]),
    # --- the till
    *map(till, ["history", "receipt", "stand_seen"]),
    *(till(name, FORM) for name in ["till", "till_form", "till_closing", "reversal"]),
    *map(for_tablets, ["tablet_contact", "tablet_sale", "tablet_batch"]),
    *map(for_tablets, ["tablet_pin", "tablet_offer", "tablet_voucher"]),
    # --- who counts at the gates
    *(
        Page(name, "UOS", FORM, others=dict.fromkeys("AT", LOGIN), guard_first=True)
        for name in ["counter", "counter_en"]
    ),
    # The same for every phone, and holds nothing of an edition.
    *map(public, ["counter_kept", "counter_kept_en", "counter_worker", "counter_manifest"]),
    Page("counter_send", "UOS", POST, others=dict.fromkeys("AT", "401")),
    # --- participants among themselves; a paired tablet is no login
    *(members(name, "KOS") for name in ["participant_list", "participant_detail"]),
    *(members(name, "K", organisers="404") for name in ["suggestions", "own_notices"]),
    *(members(name, "K", FORM, organisers="404") for name in ["notice_add", "notice_change"]),
    members("notice_answer", "K", FORM, organisers="404"),
    members("notice_close", "K", POST, organisers="404"),
    # --- organisers' pages
    desk("daily_totals", "VFOS"),
    *(desk(f"daily_totals_{kind}", "VFOS") for kind in ["csv", "xlsx", "report"]),
    desk("visitors", "VFOS", FORM, post="OS"),
    *(desk(f"visitors_{kind}", "VFOS") for kind in ["csv", "xlsx"]),
    desk("tablets", "VFOS"),
    # Whether the machines are well.
    desk("system_state", "OS"),
    desk("pair_tablet", "OS", FORM),
    desk("code_state", "OS", "GET"),
    desk("revoke_tablet", "OS", FORM),
    desk("receiving", "OS", FORM),
    desk("receiving_save", "OS", FORM),
    desk("work_list", "VFOS"),
    desk("held_detail", "VFOS", FORM, post="OS"),
    desk("flag_detail", "VFOS", FORM, post="OS"),
    desk("accept_shown", "OS", POST),
    desk("organiser_reversal", "OS", FORM),
    # --- who wrote to a maker
    desk("inquiries", "OS"),
    desk("inquiry_detail", "OS", FORM),
    # --- who takes part in sessions
    *(desk(f"participants{what}", "OS") for what in ["", "_csv", "_xlsx"]),
    desk("session_participants", "OS", FORM),
    *(desk(f"session_participants_{kind}", "OS") for kind in ["csv", "xlsx"]),
    desk("session_certificates", "OS"),
    # What devices at the door send and ask for; no redirect to the login, the page says so.
    *(
        Page(name, "UOS", FORM, others=dict.fromkeys("AT", LOGIN), guard_first=True)
        for name in ["check_in", "check_in_en"]
    ),
    *map(public, ["check_in_kept", "check_in_kept_en", "check_in_worker", "check_in_manifest"]),
    Page("check_in_send", "UOS", POST, others=dict.fromkeys("AT", "401")),
    Page("check_in_list", "UOS", READ, others=dict.fromkeys("AT", "401")),
    # --- what is kept of a person; a role of its own, which few have beside theirs
    desk("person_data", "S", FORM),
    *(desk(name, "S", POST) for name in ["person_export", "person_erase"]),
    # --- what participants tell each other
    *(desk(name, "OS") for name in ["notices", "notices_csv", "notices_xlsx"]),
    desk("notice_detail", "OS", FORM),
    # --- results of an edition
    desk("results_desk", "VFOS", FORM, post="OS"),
    desk("results_choice", "OS", FORM),
    # --- the closing of the day
    *(desk(name, "VFOS") for name in ["closings", "closings_csv", "closings_xlsx"]),
    desk("close_detail", "VFOS"),
    desk("see_held_closing", "FOS", POST),
    # --- money against the bank
    *(desk(name, "VFOS") for name in ["bank", "bank_csv", "bank_xlsx"]),
    desk("bank_list", "VFOS", FORM, post="FS"),
    desk("bank_payment", "VFOS", FORM, post="FS"),
    desk("bank_upload", "FS", FORM),
    desk("bank_save", "FS", POST),
    desk("bank_statement", "VFOS", answer="404"),
    desk("bank_matching", "VFOS", FORM, post="FS"),
    desk("bank_line", "VFOS", FORM, answer="404"),
    # --- vouchers, and what is paid back for them
    *(desk(name, "VFOS") for name in ["vouchers", "settlements", "settlements_csv"]),
    desk("voucher_make", "FOS", FORM),
    desk("voucher_find", "VFOS", POST),
    desk("voucher_rules", "VFOS", FORM, post="FOS"),
    desk("voucher_batch", "VFOS", FORM, post="FOS"),
    desk("voucher_print", "FOS", POST),
    desk("voucher_detail", "VFOS", FORM, post="FOS"),
    *(desk(name, "VFOS", FORM, post="FS") for name in ["settle_stand", "settle_producer"]),
    *(desk(name, "VFOS") for name in ["settlement_detail", "settlement_print"]),
    # --- proof and log
    *(desk(name, "VFOS") for name in ["ledger_proof", "compare_digest"]),
    *(desk(name, "VFOS") for name in ["day_digest", "day_digest_pdf"]),
    *(desk(name, "VFOS", POST) for name in ["prove_ledger", "print_day_digest"]),
    *(desk(name, "VFCOS") for name in ["event_log", "event_log_csv", "event_log_xlsx"]),
    *(desk(name, "VFCOS") for name in ["views_seen", "views_seen_csv", "views_seen_xlsx"]),
    # --- what came of an edition
    *(desk(name, "VFOS") for name in ["outcomes_desk", "claims"]),
    *(desk(name, "OS", FORM) for name in ["claim_add", "claim_change"]),
    *(desk(name, "OS", POST) for name in ["claim_publish", "claim_count"]),
    desk("financing", "VFOS"),
    desk("agreements", "VFOS"),
    *(desk(name, "OS", FORM) for name in ["agreement_add", "agreement_from_inquiry"]),
    desk("agreement_change", "VFOS", FORM, post="OS"),
    desk("agreement_document", "OS", POST),
    desk("agreement_document_open", "OS", POST, answer="404"),
    *(desk(name, "FOS", FORM) for name in ["disbursement_add", "disbursement_change"]),
    *(desk(name, "FOS", FORM) for name in ["scheme_add", "scheme_change"]),
    # --- print
    *(desk(name, "VFCOS") for name in ["print_desk", "stand_cards_pdf"]),
    *(desk(name, "VFCOS") for name in ["price_cards_pdf", "catalogue_pdf"]),
    desk("pairing_sheets_pdf", "VFOS"),
    # --- editions
    desk("editions", "VFCOS"),
    desk("prepare_edition", "OS", FORM),
    desk("publish_edition", "OS", FORM),
    # --- curation and spreadsheets that come in
    desk("curation", "VFCOS"),
    desk("plan_editor", "VFCOS", FORM, post="COS"),
    desk("close_edition", "OS", FORM),
    desk("judge_products", "VFCOS", FORM, post="COS"),
    desk("export_rules", "VFCOS"),
    desk("imports", "COS"),
    desk("import_upload", "COS", FORM),
    desk("import_template", "COS", "GET"),
    desk("import_job", "COS", answer="404"),
    desk("import_problems", "COS", "GET", answer="404"),
    *(desk(f"import_{verb}", "COS", POST, answer="404") for verb in ["work", "save", "discard"]),
    # --- Django's admin
    *model("pesantren.regency", **CATALOGUE),
    *model("pesantren.category", **CATALOGUE),
    *model("pesantren.pesantren", **CATALOGUE),
    *model("pesantren.producer", **CATALOGUE),
    *model("pesantren.product", **CATALOGUE),
    *model("stands.stand", **CATALOGUE),
    *model("stands.offer", **CATALOGUE),
    *model("stands.expo", **HALL),
    *model("stands.zone", **HALL),
    *model("programme.room", view="VOS", add="OS", change="OS", delete="S"),
    *model("programme.speaker", view="VOS", add="OS", change="OS", delete="S"),
    *model("programme.session", view="VOS", add="OS", change="OS", delete="S"),
    *model("programme.gate", view="VFOS", add="OS", change="OS", delete="OS"),
    *model("programme.gatecount", view="VFOS"),
    *model("sales.cashier", view="VFOS", add="OS", change="OS", delete="S"),
    # Made by pairing, never by hand.
    *model("sales.till", view="VFOS", change="OS"),
    desk("accounts", "OS"),
    desk("account_help", "OS", FORM, post="-"),
    *model("auth.user", view="OS", add="S", change="S", delete="S"),
    *model("auth.group", view="S", add="S", change="S", delete="S"),
    desk("admin:auth_user_password_change", "S", ANY),
    # What nobody changes, not even a superuser.
    *model("sales.sale", view="VFOS"),
    *model("sales.ledgerhead", view="VFOS"),
    *model("sales.saleflag", view="VFOS", page=DESK),
    *model("sales.heldsale", view="VFOS", page=DESK),
    *model("events.event", view="VFCOS"),
    *model("opop_expo.policyreport", view="OS"),
    desk("admin:index", DESK, ANY),
    desk("admin:jsi18n", DESK, "GET HEAD OPTIONS"),
    # Of accounts, the first app.
    Page(
        "admin:app_list",
        "OS",
        ANY,
        "",
        dict.fromkeys("ATKU", LOGIN) | dict.fromkeys("VFC", "404"),
        True,
    ),
    Page("admin:login", DESK, ANY, others={"A": LOGIN, "T": LOGIN, "K": "403", "U": "403"}),
    desk("admin:password_change", DESK, ANY),
    desk("admin:password_change_done", DESK, "GET HEAD OPTIONS"),
    # Leads everybody to the login of the portal in the end.
    Page(
        "admin:logout", DESK, "POST OPTIONS", "", {"A": LOGIN, "T": LOGIN, "K": OK, "U": OK}, True
    ),
    # Without the name of a field it tells nobody anything; see the test below.
    Page(
        "admin:autocomplete",
        "",
        "GET HEAD OPTIONS",
        others=dict.fromkeys("ATKU", LOGIN),
        guard_first=True,
        open_options=DESK,
    ),
    desk("admin:view_on_site", DESK, ANY, answer="404"),
    desk("/admin/(?P<url>.*)$", DESK, ANY, answer="404"),
]

NEW_ADDRESS = """
Not in PAGES of tests/opop_expo/test_permission_matrix.py:
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
    ask_for_everything(hall, role, in_turn)


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_it_may_by_every_method(hall: Hall, role: str) -> None:
    ask_for_everything(hall, role, lambda _role, _number: METHODS)


def ask_for_everything(hall: Hall, role: str, methods: Callable[[str, int], list[str]]) -> None:
    """Every address, by the methods that are chosen for that role and number of the address."""
    pages = {page.name: page for page in PAGES}
    wrong = []
    for number, address in enumerate(addresses()):
        page = pages.get(address.name)
        if page is None:
            continue  # the test above says so
        path = hall.path(address)
        for method in methods(role, number):
            got = visit(hall.clients[role], page, method, path)
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


def visit(client: Client, page: Page, method: str, path: str) -> str:
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
    quick = nullcontext() if method == "GET" else nothing_rendered()
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
