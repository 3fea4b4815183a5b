"""How a notice's author is reached by another participant: a chat with the first words written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pesantren.whatsapp import chat_address, shown_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opop_expo.participants.access import Member
    from pesantren.models import Interest, Notice


@dataclass(frozen=True)
class Reached:
    """A notice or an answer, with the ways to whoever wrote it; none without their consent."""

    said: Notice | Interest
    number: str = ""
    chat: str = ""
    email: str = ""


def with_chats(all_said: Iterable[Notice | Interest], member: Member) -> list[Reached]:
    """Each with its contact, as far as its author shows it."""
    return [reached(said, member) for said in all_said]


def reached(said: Notice | Interest, member: Member) -> Reached:
    """One with its contact, as far as its author shows it."""
    if not said.contact_allowed:
        return Reached(said)
    if not said.whatsapp:
        return Reached(said, email=said.email)
    chat = chat_address(said.whatsapp, _first_words(member))
    return Reached(said, shown_number(said.whatsapp), chat, said.email)


def _first_words(member: Member) -> str:
    if member.stand is None:
        return _("Assalamu'alaikum, saya dari panitia %(expo)s. ") % {"expo": member.expo.name}
    names = {"stand": member.stand.code, "name": member.stand.name, "expo": member.expo.name}
    return (
        _("Assalamu'alaikum, saya dari stan %(stand)s (%(name)s) di %(expo)s. Tentang kabar Anda:")
        % names
        + " "
    )
