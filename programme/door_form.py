"""Letting people in by a plain form: at the organisers' desk, and at a door without JavaScript."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.checking_in import Arrival, Outcome, let_in
from programme.models import Attendance, Registration
from programme.outbox import ItemRefusedError, Moment

if TYPE_CHECKING:
    from programme.models import Session
    from programme.registration_forms import ParticipantForm
    from stands.http import SignedInRequest


def let_in_by_name(request: SignedInRequest, session: Session, key: str) -> None:
    """Whoever has that registration came; pressed twice is one."""
    registration = get_object_or_404(Registration, pk=read_key(key), session=session)
    _let_in(
        request,
        Arrival(
            key=uuid.uuid4(),
            session_id=session.pk,
            way=Attendance.Way.NAME,
            came=Moment(timezone.now()),
            registration_id=registration.pk,
        ),
    )


def let_in_without_registration(
    request: SignedInRequest, session: Session, form: ParticipantForm
) -> None:
    """Whoever the form names came; sent twice under one number is one."""
    who = form.participant
    _let_in(
        request,
        Arrival(
            key=read_key(request.POST.get("key", "")),
            session_id=session.pk,
            way=Attendance.Way.WALK_IN,
            came=Moment(timezone.now()),
            name=who.name,
            kind=who.kind,
            organisation=who.producer.name if who.producer else who.organisation,
            producer_id=who.producer.pk if who.producer else None,
        ),
    )


def _let_in(request: SignedInRequest, arrival: Arrival) -> None:
    try:
        let = let_in(arrival, actor=request.user)
    except ItemRefusedError as why:
        messages.error(request, str(why))
        return
    said = {"name": let.attendance.name or _("Tamu")}
    if let.outcome is Outcome.ALREADY:
        messages.info(request, _("%(name)s sudah tercatat hadir.") % said)
    else:
        messages.success(request, _("%(name)s tercatat hadir.") % said)


def read_key(text: str) -> uuid.UUID:
    """The number of a row or of a form, or 404."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
