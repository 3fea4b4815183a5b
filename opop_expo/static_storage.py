"""Static files in production: compressed, and named by their content, modules' imports included."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage as Compressed,
)

# How Django finds what a module imports, which it can do for all scripts or for none.
IMPORTS = Compressed._js_module_import_aggregation_patterns[1]


class ModuleStaticFilesStorage(Compressed):  # type: ignore[misc]
    """A module that names another names the very content it was written with.

    Without this a browser could join a new module to an old one out of its cache. Only our own
    modules and vendored ones: a comment in an extension of htmx looks like an import of a file that
    is not there, and collecting would stop at it.
    """

    patterns = (*Compressed.patterns, ("js/*.js", IMPORTS), ("vendor/*.js", IMPORTS))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of a file, found once a process: a page gives some twenty-five of them.

        What is served does not change while a process lives, and parsing the names anew took six
        hundredths of the time of a product's page.
        """
        if name is None or force:
            return str(super().url(name, force))
        if name not in self._addresses:
            self._addresses[name] = str(super().url(name))
        return self._addresses[name]
