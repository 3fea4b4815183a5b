"""Which address is for whom: a line for each, that test_permission_matrix.py asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.hall import ALL, DESK

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
READ, FORM, POST, ANY = "GET HEAD", "GET HEAD POST", "POST", " ".join(METHODS)

OK, LOGIN = "ok", "login"


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
    desk("bank_withdraw", "FS", FORM, answer="404"),
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
    # The edition that is asked for is public.
    desk("discard_edition", "OS", FORM),
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
