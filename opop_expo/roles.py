"""Who may do what: the roles as groups with exactly the permissions that are named here.

A person may have several: in a small team one who organises also keeps the money. Nobody may change
the ledger or the log, and nothing of the catalogue that was ever sold can be deleted.
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import pgettext_lazy

ORGANISER, FINANCE, CATALOGUE_EDITOR, VIEWER, KEEPER, USHER, DATA_PROTECTION = (
    "Organiser",
    "Finance",
    "Catalogue editor",
    "Viewer",
    "Keeper",
    "Usher",
    "Data protection",
)

# On the screen.
WORDS = {
    ORGANISER: pgettext_lazy("peran", "Panitia"),
    FINANCE: pgettext_lazy("peran", "Keuangan"),
    CATALOGUE_EDITOR: pgettext_lazy("peran", "Katalog"),
    VIEWER: pgettext_lazy("peran", "Hanya melihat"),
    KEEPER: pgettext_lazy("peran", "Petugas stan"),
    USHER: pgettext_lazy("peran", "Penjaga pintu"),
    DATA_PROTECTION: pgettext_lazy("peran", "Data pribadi"),
}

CATALOGUE = [
    "pesantren.regency",
    "pesantren.pesantren",
    "pesantren.producer",
    "pesantren.category",
    "pesantren.product",
    "pesantren.photo",
    "pesantren.credential",
]
HALL = [
    "stands.expo",
    "stands.expoday",
    "stands.zone",
    "stands.stand",
    "stands.offer",
    "stands.planfeature",
]
PROGRAMME = ["programme.room", "programme.speaker", "programme.session"]
# Recording writes these, and nobody else.
LEDGER = [
    "sales.sale",
    "sales.saleline",
    "sales.payment",
    "sales.ledgerhead",
    "sales.cashmovement",
    "sales.dayclose",
    "sales.closeamendment",
    "events.event",
]
# Recording makes these; an organiser decides on them.
REVIEW = ["sales.saleflag", "sales.heldsale", "sales.heldclosing"]
TABLETS = ["sales.till", "sales.tablet"]
# Batches are made and rules set; a voucher is handed out, voided, reissued or released.
VOUCHERS = ["sales.voucherbatch", "sales.voucher", "sales.voucherrules"]
# Redeeming writes these, and nobody else.
VOUCHER_LEDGER = ["sales.voucherentry", "sales.vouchershare"]
# Vouchers paid back; settling writes these, and nobody changes them.
SETTLEMENTS = ["sales.settlement", "sales.settlementline"]
# What the bank says never changes; what was found of it is taken back with a reason, and so is a
# file that was taken over by mistake.
BANK_FILES = [
    "sales.bankstatement",
    "sales.bankline",
    "sales.bankformat",
    "sales.bankwithdrawal",
]
BANK_FINDINGS = ["sales.bankmatch", "sales.paymentcheck"]
BANK = [*BANK_FILES, *BANK_FINDINGS]

# Figures that were claimed.
CLAIMS = ["outcomes.claim"]
# Money lent and granted.
FINANCING = ["outcomes.financingscheme", "outcomes.disbursement"]
# Partnerships; a document is a right of its own.
PARTNERSHIPS = ["outcomes.agreement", "outcomes.agreementparty"]
OUTCOMES = [*CLAIMS, *FINANCING, *PARTNERSHIPS]
# A tap is counted by whoever stands there, and never changed.
GATES = ["programme.gate", "programme.gatecount"]
# What an edition publishes of itself. Frozen results are added to, and nobody changes one.
RESULTS = ["outcomes.resultschoice", "outcomes.resultsversion"]

# Actions and models: `{"view add": ["sales.pairingcode"]}`.
ROLES: dict[str, dict[str, list[str]]] = {
    ORGANISER: {
        "view add change": [
            *CATALOGUE,
            *HALL,
            *PROGRAMME,
            *VOUCHERS,
            *OUTCOMES,
            "programme.gate",
            "programme.attendance",
            "sales.cashier",
            "outcomes.resultschoice",
        ],
        # Lines of a product, and a line made by mistake must go again. A gate at which anybody was
        # counted stays.
        "delete": [
            "pesantren.credential",
            "pesantren.photo",
            "stands.planfeature",
            "programme.gate",
            "outcomes.claim",
            "outcomes.disbursement",
            "outcomes.agreementparty",
        ],
        "read": ["outcomes.agreement"],
        # Lift locks, end logins, help somebody to a password.
        "look_after": ["signing_in.portalsession"],
        # A tablet is paired by a code; its till has a name that may change, and it can be revoked.
        "view add": ["sales.pairingcode", "programme.gatecount", "outcomes.resultsversion"],
        # A spreadsheet may only bring in what its sender may add and change by hand.
        "add": ["opop_expo.importjob"],
        # Who wrote an inquiry is for those alone who answer it.
        "view change": [
            *REVIEW,
            *TABLETS,
            "stands.inquiry",
            "programme.registration",
            "pesantren.notice",
        ],
        # Accounts to choose whose login a cashier is; a superuser makes them.
        "view": [
            *LEDGER,
            *BANK,
            *VOUCHER_LEDGER,
            *SETTLEMENTS,
            "stands.viewcount",
            "opop_expo.policyreport",
            # Whether the machines are well: the page of the system's state.
            "opop_expo.nodereport",
            "auth.user",
        ],
    },
    FINANCE: {
        "view add change": [*VOUCHERS, *BANK_FINDINGS, *FINANCING],
        "delete": ["outcomes.disbursement"],
        "view add": [*BANK_FILES, *SETTLEMENTS],
        "view change": ["sales.heldclosing"],
        "view": [
            *LEDGER,
            *VOUCHER_LEDGER,
            *REVIEW,
            *TABLETS,
            *CATALOGUE,
            *HALL,
            *CLAIMS,
            *PARTNERSHIPS,
            *GATES,
            *RESULTS,
            "stands.viewcount",
            "sales.cashier",
        ],
    },
    CATALOGUE_EDITOR: {
        "view add change": [*CATALOGUE, "stands.stand", "stands.offer"],
        "delete": ["pesantren.credential", "pesantren.photo"],
        "add": ["opop_expo.importjob"],
        "view": [
            "stands.expo",
            "stands.expoday",
            "stands.zone",
            "stands.planfeature",
            "stands.viewcount",
            "events.event",
        ],
    },
    VIEWER: {
        "view": [
            *LEDGER,
            *BANK,
            *VOUCHERS,
            *VOUCHER_LEDGER,
            *SETTLEMENTS,
            *REVIEW,
            *TABLETS,
            *CATALOGUE,
            *HALL,
            *PROGRAMME,
            *OUTCOMES,
            *GATES,
            *RESULTS,
            "stands.viewcount",
            "sales.cashier",
        ],
    },
    # A keeper is a cashier with a login: the till asks for the stand, not for a permission.
    KEEPER: {},
    # Who helps at the doors: counts at a gate, whose names the counter itself tells; lets people in
    # to a session, and sees who registered for it.
    USHER: {
        "add": ["programme.gatecount"],
        "view add": ["programme.attendance"],
        "view": ["programme.registration"],
    },
    # Whoever answers people that ask for their data: beside another role, and few have it.
    DATA_PROTECTION: {"erase": ["events.person"]},
}


def role_codes(role: str) -> list[str]:
    """The permissions of a role, as `sales.view_sale`."""
    return [
        f"{app}.{action}_{model}"
        for actions, models in ROLES[role].items()
        for app, _dot, model in (name.partition(".") for name in models)
        for action in actions.split()
    ]


@transaction.atomic
def sync_groups() -> dict[str, int]:
    """Give the groups exactly the permissions that stand here; answer how many each has."""
    known = {
        f"{app}.{code}": number
        for app, code, number in Permission.objects.values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    Group.objects.bulk_create([Group(name=role) for role in ROLES], ignore_conflicts=True)
    groups = dict(Group.objects.filter(name__in=ROLES).values_list("name", "pk"))
    codes = {role: role_codes(role) for role in ROLES}
    wanted = {(groups[role], known[code]) for role in ROLES for code in codes[role]}
    given = Group.permissions.through.objects.filter(group__in=groups.values())
    there = set(given.values_list("group_id", "permission_id"))
    for group, permission in there - wanted:
        given.filter(group_id=group, permission_id=permission).delete()
    Group.permissions.through.objects.bulk_create(
        [
            Group.permissions.through(group_id=group, permission_id=permission)
            for group, permission in sorted(wanted - there)
        ],
        ignore_conflicts=True,
    )
    return {role: len(codes[role]) for role in ROLES}
