"""Static files in production: compressed, and named by their content, modules' imports included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """A module that names another names the very content it was written with.

    Without this a browser could join a new module to an old one out of its cache.
    """

    support_js_module_import_aggregation = True
