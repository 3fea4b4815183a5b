"""What came of an edition, under its Indonesian name in the admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OutcomesConfig(AppConfig):
    """The app `outcomes`."""

    name = "outcomes"
    verbose_name = pgettext_lazy("bagian", "Hasil")

    def ready(self) -> None:
        """Let the proof of the books look at frozen results too: sales/ knows nothing of them."""
        from outcomes.freezing import results_breaks
        from sales.proof import verifying

        check = (_("Hasil yang dibekukan"), results_breaks)
        if check not in verifying.CHECKS:
            verifying.CHECKS.append(check)
