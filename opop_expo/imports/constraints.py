"""Asking the check constraints of a model about a row without asking the database.

`CheckConstraint.validate` sends a query for each row: ten thousand of them take most of a preview.
The conditions are the same ones; the few lookups that they use are reckoned here, with SQL's third
answer for what compares with nothing. A lookup that is not known here is left to the database.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, F, Q

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db import models

COMPARING: dict[str, Callable[[Any, Any], Any]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "startswith": str.startswith,
}


class UnknownLookupError(Exception):
    """The condition uses what is not reckoned here."""


def check_constraints(one: models.Model) -> None:
    """Raise ValidationError for the first check constraint that the row breaks."""
    for constraint in one._meta.constraints:
        if not isinstance(constraint, CheckConstraint):
            continue
        condition: Any = vars(constraint)["condition"]
        try:
            holds = _holds(condition, one)
        except UnknownLookupError:
            constraint.validate(type(one), one)  # type: ignore[attr-defined]
            continue
        # As in the database: what is neither true nor false passes.
        if holds is False:
            raise ValidationError(constraint.get_violation_error_message())


def _holds(condition: Any, one: models.Model) -> bool | None:
    if not isinstance(condition, Q):
        raise UnknownLookupError
    answers = [
        _holds(child, one) if isinstance(child, Q) else _compare(one, child)
        for child in condition.children
    ]
    if condition.connector == Q.AND:
        answer = False if False in answers else None if None in answers else True
    elif condition.connector == Q.OR:
        answer = True if True in answers else None if None in answers else False
    else:
        raise UnknownLookupError
    return not answer if condition.negated and answer is not None else answer


def _compare(one: models.Model, child: Any) -> bool | None:
    if not isinstance(child, tuple):
        raise UnknownLookupError
    name, wanted = child
    field, _dunder, lookup = name.partition("__")
    value = getattr(one, one._meta.get_field(field).attname)  # type: ignore[union-attr]
    if isinstance(wanted, F):
        wanted = getattr(one, wanted.name)
    if lookup == "isnull":
        return (value is None) is wanted
    if value is None or wanted is None:
        return None
    if lookup == "in":
        return value in wanted
    try:
        return bool(COMPARING[lookup or "exact"](value, wanted))
    except KeyError:
        raise UnknownLookupError from None
