"""Static files in production: compressed, and named by their content, modules' imports included."""

from __future__ import annotations

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
