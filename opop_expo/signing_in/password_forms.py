"""What the forms share in which somebody chooses a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy

from opop_expo.signing_in.passwords import LONGEST, least_letters

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class ChosenPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A new password, twice. A browser may make one up and keep it."""

    error_messages = {
        "password_mismatch": gettext_lazy("Ini tidak sama dengan yang di atas."),
        "password_incorrect": gettext_lazy("Ini bukan kata sandi Anda yang sekarang."),
    }

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.least = least_letters(user)
        for field in self.fields.values():
            field.widget.attrs["maxlength"] = LONGEST
        # The page has a sentence above both in its place.
        self.fields["new_password2"].help_text = ""

    def validate_password_for_user(self, user: User, *_copy: str) -> None:
        """Say what is wrong with it at the password itself, and not at its copy."""
        super().validate_password_for_user(user, "new_password1")
