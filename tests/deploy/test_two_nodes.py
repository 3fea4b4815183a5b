"""Nothing in the memory or on the disk of one node matters to another, object store included.

The store is moto's server, which speaks S3 over HTTP; PostgreSQL and Redis are real.
"""

from __future__ import annotations

import io
import re
import urllib.error
import urllib.request
import zipfile
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.deploy.two_nodes import Browser, Pair, two_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.long, pytest.mark.shown_alike]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with two_nodes(tmp_path_factory.mktemp("pair")) as running:
        yield running


def archive() -> SimpleUploadedFile:
    photo, out = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (800, 600), "orange").save(photo, "JPEG")
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("kopi-lanang.jpg", photo.getvalue())
    return SimpleUploadedFile("foto.zip", out.getvalue())


def test_login_at_one_node_is_one_at_the_other(pair: Pair) -> None:
    citra = Browser(pair)
    citra.sign_in(0)
    assert citra.ask(1, "/admin/")[0] == 200
    assert Browser(pair).ask(1, "/admin/")[0] == 302


def test_import_goes_from_node_to_node_and_lands_in_the_bucket(pair: Pair) -> None:
    citra = Browser(pair)
    citra.sign_in(0)
    citra.ask(0, "/admin/impor/foto/")
    status, text, there = citra.ask(0, "/admin/impor/foto/", {"file": archive()})
    assert status == 302, re.sub(r"\s+", " ", text)[-1500:]
    waiting = f"{pair.store}/rahasia/impor/{there.rstrip('/').rpartition('/')[2]}/foto.zip"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(waiting)  # noqa: S310, our own
    for turn in range(10):
        page = citra.ask(1, there)[1]
        digest = re.search(r'name="digest" value="(\w+)"', page)
        if digest:
            break
        work = re.search(r'action="([^"]*)"[^>]*hx-post', page)
        assert work is not None, page[-2000:]
        citra.ask(turn % 2, work[1], {})
    assert digest is not None
    saved = citra.ask(0, f"{there}simpan/", {"digest": digest[1]})
    assert saved[0] in (200, 302)

    product = Browser(pair).ask(1, f"/{pair.edition}/produk/kopi-lanang/")[1]
    photo = re.search(r'/media/(products/kopi-lanang[^" ]*\.webp)', product)
    assert photo is not None
    with urllib.request.urlopen(f"{pair.store}/foto/{photo[1]}") as answer:  # noqa: S310, ours
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        assert Image.open(io.BytesIO(answer.read())).size[0] in (800, 640, 480, 320)
    for folder in pair.folders:
        assert [path.name for path in folder.rglob("*") if path.is_file()] == ["log"]


def test_tries_are_counted_over_both_nodes(pair: Pair) -> None:
    stranger = Browser(pair)
    said = [stranger.ask(turn % 2, f"/kasir/pasang/000000{turn:02}/")[0] for turn in range(31)]
    assert said == [410] * 30 + [429]


def test_page_that_one_node_made_is_shown_by_the_other(pair: Pair) -> None:
    visitor = Browser(pair)
    first = visitor.ask(0, f"/{pair.edition}/stan/")
    assert first[0] == 200
    assert visitor.ask(1, f"/{pair.edition}/stan/")[1] == first[1]
