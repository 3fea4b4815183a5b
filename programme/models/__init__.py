"""The schedule, who came, and the gates: a module for each, one name for all."""

from __future__ import annotations

from programme.models.attendance import (
    Attendance,
    AttendanceQuerySet,
    ParticipantKind,
    Registration,
    RegistrationQuerySet,
)
from programme.models.gates import MOST_AT_ONCE, Gate, GateCount, GateCountQuerySet
from programme.models.schedule import Room, Session, SessionQuerySet, Speaker

__all__ = [
    "MOST_AT_ONCE",
    "Attendance",
    "AttendanceQuerySet",
    "Gate",
    "GateCount",
    "GateCountQuerySet",
    "ParticipantKind",
    "Registration",
    "RegistrationQuerySet",
    "Room",
    "Session",
    "SessionQuerySet",
    "Speaker",
]
