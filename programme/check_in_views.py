"""What devices at the door send and ask for. An answer for each item; the list of one session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from programme.check_in_state import door_state, registrations_for
from programme.checking_in import Arrival, Let, Outcome, let_in, take_back
from programme.models import Attendance, Session
from programme.outbox import Answer, Batch, Item, ItemRefusedError, Status, for_outbox, refusal
from stands.clock import WIB, clock_text
from stands.strict_json import read_count, read_text, strict_uuid

if TYPE_CHECKING:
    from stands.http import SignedInRequest

MAY_LET_IN = "programme.add_attendance"
# A field that is not known here would be lost without a word.
PERSON = {"session", "way", "registration", "ticket", "name", "participant", "organisation"}
COMMON = {"uuid", "device_at", "clock_offset_ms", "kind"}
LONGEST = 500


@for_outbox(MAY_LET_IN)
def check_in_send(request: SignedInRequest, batch: Batch) -> JsonResponse:
    """Record each that came, in order, and say what the door should know."""
    answers = [one if isinstance(one, Answer) else _record(one, batch) for one in batch.items]
    return batch.answered(answers, state=door_state(batch.user, batch.content.get("session")))


@require_safe
@login_not_required
@never_cache
def check_in_list(request: HttpRequest, session_id: int) -> HttpResponse:
    """Who registered for a session; read by a script, so a login that ran out is no redirect."""
    if not request.user.is_authenticated:
        return refusal(401, "sign_in")
    if not request.user.has_perm(MAY_LET_IN):
        return refusal(403, "permission")
    session = Session.objects.select_related("expo").filter(pk=session_id).first()
    if session is None:
        return refusal(404, "unknown")
    return JsonResponse(registrations_for(session))


def _record(item: Item, batch: Batch) -> Answer:
    """What became of one thing; each is written by itself, so that none costs another anything."""
    try:
        match item.content.get("kind"):
            case "attendance":
                return _told(let_in(_arrival(item, item.content, COMMON), actor=batch.user))
            case "undo":
                _known(item.content, COMMON | {"attendance"})
                what = item.take("attendance", _object)
                return _told(take_back(_arrival(item, what, COMMON), actor=batch.user))
        raise ItemRefusedError(_("Ini bukan kehadiran."))
    except ItemRefusedError as why:
        return Answer(Status.REFUSED, str(why))


def _told(let: Let) -> Answer:
    row = let.attendance
    # Not by name: the device finds that in its list, and keeps no other.
    more = {"registration": str(row.registration_id) if row.registration_id else None}
    if let.outcome is not Outcome.ALREADY:
        return Answer(Status(let.outcome.value), more=more)
    at = row.came_at.astimezone(WIB)
    hour = clock_text(at.time())
    today = timezone.now().astimezone(WIB).date() == at.date()
    said = _("Tiket ini sudah dipakai masuk pukul %(time)s, dicatat %(who)s.") % {
        "time": hour if today else f"{at:%d/%m} {hour}",
        "who": row.recorded_by.get_username(),
    }
    return Answer(Status.ALREADY, said, more=more)


def _arrival(item: Item, content: dict[str, Any], common: set[str]) -> Arrival:
    _known(content, common | PERSON)
    person = Item(item.uuid, item.moment, content)
    way = person.take("way", _text)
    if way not in Attendance.Way.values:
        raise ItemRefusedError(_("Isian ini tidak bisa dibaca."))
    return Arrival(
        key=person.take("uuid", strict_uuid),
        session_id=person.take("session", read_count),
        way=way,
        came=item.moment,
        registration_id=_optional(person, "registration", strict_uuid),
        ticket=_optional(person, "ticket", _text) or "",
        name=_optional(person, "name", _text) or "",
        kind=_optional(person, "participant", _text) or "",
        organisation=_optional(person, "organisation", _text) or "",
    )


def _known(content: dict[str, Any], fields: set[str]) -> None:
    if not content.keys() <= fields:
        raise ItemRefusedError(_("Isian ini tidak bisa dibaca."))


def _optional(item: Item, name: str, read: Any) -> Any:
    return None if item.content.get(name) is None else item.take(name, read)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def _text(value: Any) -> str:
    if len(text := read_text(value)) > LONGEST:
        raise ValueError("too long")
    return text
