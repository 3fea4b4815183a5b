"""The words under which people let their data be kept, by version.

A row that somebody consented to carries the version; when is the moment in which it was written or
last changed. Whoever changes the words adds a version: a test holds the forms to the last one. They
are kept in the language of the source.
"""

from __future__ import annotations

WORDS = {
    "1": {
        "inquiry": (
            "Saya setuju data di atas disimpan dan dibaca panitia serta pembuatnya, hanya untuk"
            " menjawab pesan ini."
        ),
        "registration": (
            "Saya setuju data di atas disimpan dan dibaca panitia, hanya untuk acara ini."
        ),
        "notice": "Nomor dan e-mail ini boleh dilihat peserta lain dan panitia.",
        "interest": "Nomor dan e-mail ini boleh dilihat penulis kabar.",
    },
}
VERSION = list(WORDS)[-1]
