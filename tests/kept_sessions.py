"""Sessions in the cookie, for tests that ask thousands of addresses: no query, the same stamps."""

from __future__ import annotations

from django.contrib.sessions.backends import signed_cookies

from opop_expo.signing_in.sessions import stamp_login


class SessionStore(signed_cookies.SessionStore):
    """Django's own; a login in it begins as in the portal's."""

    def save(self, must_create: bool = False) -> None:
        stamp_login(self._get_session())  # type: ignore[attr-defined]
        super().save(must_create)
