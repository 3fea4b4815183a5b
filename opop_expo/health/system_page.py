"""The organisers' page of the system's state: what runs where, what is kept safe, what failed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opop_expo.backups.status import LastBackup, last_backup, last_verified_backup
from opop_expo.guarding.policy_reports import latest_reports
from opop_expo.health.concerns import concerns
from opop_expo.health.probes import missing_migrations
from opop_expo.health.state import (
    DayOfErrors,
    Mail,
    Node,
    database_bytes,
    database_name,
    errors_by_day,
    mail_that_waits,
    nodes,
)
from sales.tablet.tablets_page import overview
from stands.clock import WIB, business_date
from stands.models import Expo, Stand
from stands.organiser_page import admin_frame

if TYPE_CHECKING:
    from django.http import HttpResponse

    from stands.http import SignedInRequest

MAY_SEE = permission_required("opop_expo.view_nodereport", raise_exception=True)
# Of each day so many errors are shown, the last ones; and so many refusals of the content policy.
MOST_ERRORS = 12
MOST_REPORTS = 8


@dataclass(frozen=True)
class SystemState:
    """All that the page tells, read at one moment."""

    now: dt.datetime
    nodes: list[Node]
    database: str
    database_bytes: int
    missing_migrations: list[str]
    last_backup: LastBackup | None
    last_whole_backup: LastBackup | None
    tablets_paired: int
    tablets_heard: int
    # How many cannot send all they hold, as far as they say.
    tablets_stuck: int
    unsent: int
    errors: list[DayOfErrors]
    mail: Mail

    @property
    def errors_today(self) -> int:
        """How many errors there were since midnight."""
        today = business_date(self.now)
        return sum(day.count for day in self.errors if day.day == today)

    @property
    def processes(self) -> int:
        """How many processes serve now."""
        return sum(len(node.reports) for node in self.nodes if node.is_up)


def system_state(expo: Expo | None) -> SystemState:
    """Read it. No part of it grows with the sales."""
    now = timezone.now()
    tablets = overview(expo, Stand.objects.at(expo), now=now) if expo else None
    return SystemState(
        now=now,
        nodes=nodes(now),
        database=database_name(),
        database_bytes=database_bytes(),
        missing_migrations=missing_migrations(),
        last_backup=last_backup(),
        last_whole_backup=last_verified_backup(),
        tablets_paired=tablets.paired if tablets else 0,
        tablets_heard=tablets.heard if tablets else 0,
        tablets_stuck=len(tablets.stuck) if tablets else 0,
        unsent=tablets.unsent if tablets else 0,
        errors=errors_by_day(MOST_ERRORS),
        mail=mail_that_waits(),
    )


@require_safe
@MAY_SEE
@never_cache
def system_page(request: SignedInRequest) -> HttpResponse:
    """What somebody should look at, and below it part by part how the portal is."""
    expo = Expo.objects.current()
    state = system_state(expo)
    # What browsers report is the matter of whoever may see it.
    may_see_reports = request.user.has_perm("opop_expo.view_policyreport")
    context = {
        "state": state,
        "concerns": concerns(state),
        "reports": latest_reports()[:MOST_REPORTS] if may_see_reports else None,
        "now": state.now.astimezone(WIB),
        **admin_frame(request, _("Keadaan sistem"), expo),
    }
    return render(request, "opop_expo/system_state.html", context)
