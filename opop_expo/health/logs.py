"""How the portal logs: JSON lines in production, lines for people on a development machine.

gunicorn's own lines go the same way: `logconfig_dict = logging_config()` in its settings file.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import socket
from json import JSONEncoder
from typing import TYPE_CHECKING, Any

from pythonjsonlogger.json import JsonFormatter

from opop_expo.health.redacting import safe_exception, safe_text, values_in
from opop_expo.health.request_id import current_id, current_request

if TYPE_CHECKING:
    from types import TracebackType
    from typing import TypeAlias

    ExcInfo: TypeAlias = (
        tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    )

NODE_NAME: str = os.environ.get("NODE_NAME") or socket.gethostname()


class SafeWords(logging.Filter):
    """Take codes out of the words of a line before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg, record.args = safe_text(record.getMessage()), ()
        return True


def exception_text(exc_info: ExcInfo) -> str:
    """What is written of an exception."""
    error = exc_info[1]
    if error is None:
        return ""
    request = current_request()
    return safe_exception(error, values_in(request) if request is not None else ())


# Made once: `json.dumps` would make one for each line.
ENCODE = JSONEncoder(default=str, ensure_ascii=False).encode


class JsonLines(JsonFormatter):
    """One line, one JSON object: when, how grave, who says it, of which request, on which node."""

    def jsonify_log_record(self, log_data: dict[str, Any]) -> str:
        return ENCODE(log_data)

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        log_data["at"] = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(
            timespec="milliseconds"
        )
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = record.getMessage()
        log_data["request_id"] = current_id()
        log_data["node"] = NODE_NAME
        log_data["process"] = record.process
        # Of what a caller adds, `extra=`, only what is meant for the log: Django adds the request.
        log_data.update(getattr(record, "fields", {}))
        log_data.update(message_dict)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802, logging's
        return exception_text(ei)


class PlainLines(logging.Formatter):
    """For a person at a terminal: the same, without what is always the same there."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        of_request = current_id()
        return super().format(record) + (f" [{of_request}]" if of_request else "")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802, logging's
        return exception_text(ei)


def logging_config(*, json: bool = True, level: str = "INFO") -> dict[str, Any]:
    """What `logging.config.dictConfig` takes, for Django and for gunicorn."""
    to_root: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"safe": {"()": f"{__name__}.SafeWords"}},
        "formatters": {
            "json": {"()": f"{__name__}.JsonLines"},
            "plain": {"()": f"{__name__}.PlainLines"},
        },
        "handlers": {
            "lines": {
                "class": "logging.StreamHandler",
                "formatter": "json" if json else "plain",
                "filters": ["safe"],
            },
        },
        "root": {"handlers": ["lines"], "level": level},
        "loggers": {
            # No mail from within a request: where the database is gone each of them would wait for
            # a mail server as well. What failed stands on the page of the system's state.
            "django": to_root,
            # Every answer has its own line; of a refused one Django would write a second.
            "django.request": {"level": "ERROR", "filters": ["safe"]},
            "django.security": {"filters": ["safe"]},
            "django.security.csrf": {"filters": ["safe"]},
            # The development server writes addresses as they came.
            "django.server": to_root | {"level": "WARNING"},
            # Statements come with their values.
            "django.db.backends": {"level": "INFO"},
            "gunicorn.error": to_root,
            "gunicorn.access": to_root,
        },
    }
