"""Reading the environment so that what is wrong in it is said in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import environ
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHORTEST = 50
FEWEST_DIFFERENT = 10
# What stands in examples, and in keys that a tool made for a development machine.
NEVER_SECRET = ("django-insecure", "development only", "change", "example", "contoh", "password")
HOW = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))' prints one"


class Environment(environ.FileAwareEnv):  # type: ignore[misc]
    """Variables, or the files that NAME_FILE names; a value of a wrong kind is told by its name."""

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **more: Any
    ) -> Any:
        """Raises ImproperlyConfigured, and never repeats the value: it may be a secret."""
        try:
            value = super().get_value(var, cast=cast, default=default, **more)
        except OSError as error:
            raise ImproperlyConfigured(f"{var}_FILE cannot be read: {error.strerror}.") from None
        except (ValueError, TypeError, KeyError):
            kind = getattr(cast, "__name__", "value")
            raise ImproperlyConfigured(f"{var} is no {kind}: look at its value.") from None
        # A file ends with a line break, a secret does not.
        return value.strip() if isinstance(value, str) else value


def require_strong(secrets: Mapping[str, str], *, before: Sequence[str] = ()) -> None:
    """Raise ImproperlyConfigured for the first secret that is missing, weak or used twice."""
    seen: dict[str, str] = dict.fromkeys(before, "SECRET_KEY_FALLBACKS")
    for name, secret in secrets.items():
        reason = weakness(secret)
        if not reason and secret in seen:
            reason = f"is the same as {seen[secret]}"
        if reason:
            raise ImproperlyConfigured(f"{name} {reason}; {HOW}.")
        seen[secret] = name
    for secret in before:
        if reason := weakness(secret):
            raise ImproperlyConfigured(f"A key in SECRET_KEY_FALLBACKS {reason}; take it out.")


def weakness(secret: str) -> str:
    """Why this can be guessed, as the rest of a sentence; empty where it cannot."""
    if not secret:
        return "is missing"
    if any(words in secret.lower() for words in NEVER_SECRET):
        return "is an example"
    if len(secret) < SHORTEST:
        return f"is shorter than {SHORTEST} characters"
    # A shorter piece said again and again appears in its own double away from the ends.
    if len(set(secret)) < FEWEST_DIFFERENT or secret in (secret + secret)[1:-1]:
        return "has too few different characters"
    return ""
