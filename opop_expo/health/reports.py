"""What a report of an exception says to whoever gets one by mail: enough to find it in the log."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.debug import ExceptionReporter

from opop_expo.health.logs import NODE_NAME
from opop_expo.health.redacting import safe_exception, safe_path, values_in
from opop_expo.health.request_id import current_id


class SafeReporter(ExceptionReporter):
    """Django's own holds the form, cookies, headers and all local variables, hidden by their name.

    A name says little of what is in it, so none of that is written at all. On a development machine
    Django's page is shown as ever.
    """

    request: HttpRequest | None

    def get_traceback_text(self) -> SafeString:
        if settings.DEBUG:
            return super().get_traceback_text()
        # Of plain text Django wants to hear that it needs no escaping.
        return mark_safe(self._text())  # noqa: S308

    def get_traceback_html(self) -> SafeString:
        if settings.DEBUG:
            return super().get_traceback_html()
        return mark_safe(f"<pre>{escape(self._text())}</pre>")  # noqa: S308, escaped

    def get_traceback_data(self) -> dict[str, Any]:
        """What other reporters would build upon."""
        if settings.DEBUG:
            return super().get_traceback_data()
        return {"text": self._text()}

    def _text(self) -> str:
        lines = [f"Request: {current_id() or '-'}", f"Node: {NODE_NAME}"]
        if self.request is not None:
            match = self.request.resolver_match
            path = safe_path(self.request.path, leads_somewhere=match is not None)
            lines.append(f"{self.request.method} {path} ({match.view_name if match else '-'})")
        if self.exc_value is not None:
            came_in = values_in(self.request) if self.request is not None else ()
            lines += ["", safe_exception(self.exc_value, came_in)]
        return "\n".join(lines) + "\n"
