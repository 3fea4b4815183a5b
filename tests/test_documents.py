"""The documents name commands, files and links that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import Resolver404, resolve

pytestmark = pytest.mark.shown_alike

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = [
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/operations.md")
]
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
# What an operator makes beside what is there.
MADE_BY_OPERATORS = {"deploy/opop.env", "deploy/tls"}


def anchors(page: str) -> set[str]:
    """What can be linked to within a page, as GitHub names it."""
    heads = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def is_link_good(target: str, document: Path) -> bool:
    path, _, anchor = target.partition("#")
    page = document.parent / path if path else document
    return page.exists() and (not anchor or anchor in anchors(page.read_text("utf-8")))


def is_address(path: str) -> bool:
    """Whether it leads to a page; the admin takes the rest of what lies below it without a name."""
    try:
        return resolve(path).url_name is not None
    except Resolver404:
        return False


def problems(document: Path, text: str) -> list[str]:
    """What a document names that is not there."""
    code = re.findall(r"`([^`\n]+)`|^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    words = [inline.strip() for inline, _block in code if inline]
    run = "\n".join(inline or block for inline, block in code)
    links = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text)
    targets = [one or other for one, other in links if not (one or other).startswith("http")]
    paths = [word for word in words if re.fullmatch(r"[\w-]+/[\w./*@-]*", word)]
    found = [one for one in re.findall(r"\bmake ([a-z-]+)", run) if one not in TARGETS]
    found += [
        one for one in re.findall(r"manage(?:\.py)? ([a-z_]+)", run) if one not in get_commands()
    ]
    found += [one for one in targets if not is_link_good(one, document)]
    found += [
        one
        for one in paths
        if one.split("/")[0] in FOLDERS
        and one.rstrip("/") not in MADE_BY_OPERATORS
        and not any(ROOT.glob(one.rstrip("/")))
    ]
    ours = re.compile(r"/(?:admin|kasir|akun|masuk|peserta|hitung|hadir)/[\w/-]*")
    found += [one for one in words if ours.fullmatch(one) and not is_address(one)]
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_document_names_what_is_there(document: Path) -> None:
    assert problems(document, document.read_text("utf-8")) == []


def test_what_is_not_there_is_found() -> None:
    text = (
        "`make nothing` `manage.py do_nothing` [gone](docs/gone.md) [no head](README.md#nowhere)\n"
        "`sales/gone.py` `/admin/gone/` `make run` `sales/recording.py` `/admin/sistem/`\n"
        "[there](README.md#two-commands)\n"
    )
    assert problems(ROOT / "README.md", text) == [
        "nothing",
        "do_nothing",
        "docs/gone.md",
        "README.md#nowhere",
        "sales/gone.py",
        "/admin/gone/",
    ]
