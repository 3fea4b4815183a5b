"""Writing a closed edition's public pages as plain files that need no portal behind them.

The same edition gives the same bytes, whenever and wherever it is exported with the same code: its
pages are made of what cannot change any more. All of it is written beside the folder that is wanted
and takes its place at the end, so that what is there is always whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from opop_expo.export.addresses import address_of, climbs, relative
from opop_expo.export.page_tree import Element, parse
from opop_expo.export.rewriting import links_of, stand_alone
from outcomes.results_versions import latest_version
from programme.models import Session
from stands import catalogue
from stands.models import Stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opop_expo.export.addresses import Address
    from stands.models import Expo

# Lies in every export: what it is of, and the SHA-256 of each file.
MANIFEST = "opop-export.json"
FORMAT = 1
# Pages that no link may lead to, though their address was printed.
LISTS = (
    "expo_home",
    "stand_list",
    "floor_plan",
    "product_list",
    "pesantren_list",
    "schedule",
    "schedule_calendar",
    "results",
)
# Left out until they are frozen: figures as of now would be others tomorrow.
RESULTS = frozenset({"results", "results_json", "results_csv"})
IN_STYLES = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
HOPS = 5


class ExportRefused(Exception):  # noqa: N818, it is a decision and not a fault
    """Nothing was written; the text is for whoever asked."""


@dataclass
class Exported:
    """What was written."""

    folder: Path
    pages: int
    files: int
    bytes: int


@dataclass
class _Found:
    """All that was found: trees of pages and contents of files, by where they lie."""

    pages: dict[str, tuple[str, Element]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    # Of each address of the edition the file; None where it has none.
    where: dict[str, str | None] = field(default_factory=dict)


def export_edition(expo: Expo, folder: Path) -> Exported:
    """Write the pages of a closed edition into the folder. Raises ExportRefused."""
    refuse_edition(expo)
    refuse_folder(folder, expo)
    # A page leaves its language behind; whoever asked for this keeps their own.
    with override(get_language()):
        found = _Crawl(expo).run()
        contents = _written(expo, found)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write(made, contents, expo)
        _put_in_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    size = sum(map(len, contents.values()))
    return Exported(folder, len(found.pages), len(contents), size)


def refuse_edition(expo: Expo) -> None:
    """Only what cannot change any more, and everybody may see."""
    if not expo.is_closed:
        raise ExportRefused(
            _(
                "%(expo)s belum ditutup, jadi isinya masih bisa berubah. Tutup dahulu di"
                " /admin/edisi/%(slug)s/tutup/, lalu ulangi."
            )
            % {"expo": expo.name, "slug": expo.slug}
        )
    if not expo.is_public:
        raise ExportRefused(
            _("%(expo)s tidak terbuka untuk umum, jadi tidak disalin.") % {"expo": expo.name}
        )


def refuse_folder(folder: Path, expo: Expo) -> None:
    """Nothing but an earlier export of the same edition is replaced."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        before = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    if not isinstance(before, dict) or before.get("edition") != expo.slug:
        raise ExportRefused(
            _(
                "%(folder)s berisi hal lain, bukan salinan %(slug)s. Sebut folder yang kosong atau"
                " yang belum ada."
            )
            % {"folder": folder, "slug": expo.slug}
        )


class _Crawl:
    """Asks the portal for each page of the edition, and for all that the pages show."""

    def __init__(self, expo: Expo) -> None:
        self.expo = expo
        host = urlsplit(settings.PUBLIC_ORIGIN).netloc or "localhost"
        self.origin = f"https://{host}"
        # As a visitor without cookies asks over HTTPS.
        self.client = Client(raise_request_exception=True, headers={"host": host})
        self.found = _Found()
        self.queue: deque[Address] = deque()
        self.are_results_live = latest_version(expo) is None

    def run(self) -> _Found:
        """Find everything."""
        for url in self._beginnings():
            self._ask(url)
        while self.queue:
            self._read(self.queue.popleft())
        return self.found

    def _beginnings(self) -> Iterator[str]:
        for language, _name in settings.LANGUAGES:
            with override(language):
                yield from (self.origin + path for path in _paths(self.expo))

    def _ask(self, url: str) -> str | None:
        """The file of an address in full, which is read later if it is a new one."""
        if not url.startswith(f"{self.origin}/"):
            return None
        if url not in self.found.where:
            self.found.where[url] = self._find(url)
        return self.found.where[url]

    def _find(self, url: str) -> str | None:
        path = url.removeprefix(self.origin)
        for base, read in ((settings.STATIC_URL, _static), (settings.MEDIA_URL, _media)):
            if path.startswith(base):
                if climbs(urlsplit(path).path):
                    return None
                return self._keep(path, read(unquote(urlsplit(path).path.removeprefix(base))))
        for _hop in range(HOPS):
            address = address_of(path, self.expo)
            if address is None or (self.are_results_live and address.name in RESULTS):
                return None
            if address.file in self.found.pages or address.file in self.found.files:
                return address.file
            response: Any = self.client.get(address.url, secure=True)
            if response.status_code in (301, 302):
                path = urljoin(address.url, response["Location"]).removeprefix(self.origin)
                continue
            return self._hold(address, response)
        return None

    def _hold(self, address: Address, response: Any) -> str | None:
        if response.status_code != 200:
            return None
        content = response.getvalue() if response.streaming else response.content
        if response["Content-Type"].startswith("text/html"):
            self.found.pages[address.file] = (self.origin + address.url, parse(content.decode()))
            self.queue.append(address)
        else:
            self.found.files[address.file] = content
        return address.file

    def _read(self, address: Address) -> None:
        url, page = self.found.pages[address.file]
        for link in links_of(page, url):
            self._ask(link)

    def _keep(self, path: str, content: bytes | None) -> str | None:
        file = unquote(urlsplit(path).path).lstrip("/")
        if content is None:
            return None
        if file not in self.found.files:
            self.found.files[file] = content
            if file.endswith(".css"):
                self._follow_styles(path, content.decode())
        return file

    def _follow_styles(self, path: str, text: str) -> None:
        """What a style shows lies where it says, since it says so from where it lies itself."""
        for address in IN_STYLES.findall(text):
            if not address.startswith(("data:", "#")):
                self._ask(urljoin(self.origin + path, address).split("#")[0])


def _paths(expo: Expo) -> Iterator[str]:
    """Every page that has an address of its own, whether or not a link leads there."""
    sessions = Session.objects.at(expo).values_list("slug", flat=True)
    rows = [
        ("session_detail", sessions),
        ("session_calendar", sessions),
        ("stand_detail", Stand.objects.at(expo).values_list("code", flat=True)),
        ("product_detail", catalogue.products_known_at(expo).values_list("slug", flat=True)),
        ("pesantren_detail", catalogue.pesantren_at(expo).values_list("slug", flat=True)),
        ("producer_detail", catalogue.producers_known_at(expo).values_list("slug", flat=True)),
    ]
    for name in LISTS:
        try:
            yield reverse(name, args=[expo.slug])
        except NoReverseMatch:
            continue
    for name, keys in rows:
        yield from (reverse(name, args=[expo.slug, key]) for key in sorted(set(keys)))


def _static(name: str) -> bytes | None:
    """A file that comes with the code: as it was collected, else from where it lies."""
    if not settings.DEBUG and staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return bytes(file.read())
    path = finders.find(name)
    return Path(path).read_bytes() if path else None


def _media(name: str) -> bytes | None:
    """A picture that somebody uploaded, or that was made of one."""
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except (OSError, ValueError):
        return None


def _written(expo: Expo, found: _Found) -> dict[str, bytes]:
    """All files by name, the pages turned into ones that stand alone."""
    contents = dict(found.files)
    for file, (url, page) in found.pages.items():

        def find(address: str, at: str = file) -> str | None:
            target = found.where.get(address)
            return None if target is None else relative(target, at=at)

        with override("en" if file.startswith("en/") else "id"):
            stand_alone(page, url, find, name=expo.name)
            contents[file] = page.text().encode()
    contents["index.html"] = _front(expo).encode()
    sums = {file: hashlib.sha256(contents[file]).hexdigest() for file in sorted(contents)}
    manifest = {"edition": expo.slug, "name": expo.name, "format": FORMAT, "sha256": sums}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return contents | {MANIFEST: text.encode()}


def _front(expo: Expo) -> str:
    """A first page that leads to the edition, for whoever opens the folder itself."""
    home = f"{expo.slug}/index.html"
    return (
        '<!doctype html>\n<html lang="id">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{expo.slug}</title>\n<meta http-equiv="refresh" content="0; url={home}">\n'
        f'</head>\n<body>\n<p><a href="{home}">{expo.slug}</a> · '
        f'<a href="en/{home}" lang="en">English</a></p>\n</body>\n</html>\n'
    )


def _write(folder: Path, contents: dict[str, bytes], expo: Expo) -> None:
    """Write the files, all as old as the closing of the edition."""
    at = expo.closed_at.timestamp() if expo.closed_at else 0
    folder.chmod(0o755)
    for file in sorted(contents):
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[file])
        os.utime(path, (at, at))


def _put_in_place(made: Path, folder: Path) -> None:
    """Let what was made take the place of what was there, in two renames."""
    before = None
    if folder.exists():
        before = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        folder.rename(before / "before")
    try:
        made.rename(folder)
    except OSError:
        if before is not None:
            (before / "before").rename(folder)
        raise
    if before is not None:
        shutil.rmtree(before)
