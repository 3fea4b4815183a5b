"""A closed edition as plain files: whole, the same each time, with no link that leads nowhere."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from opop_expo.export import exporting
from opop_expo.export.addresses import LEFT_OUT, address_of
from opop_expo.export.page_tree import BrokenPageError, parse
from outcomes.freezing import freeze
from outcomes.models import ResultsChoice
from pesantren.models import Product
from programme.models import Session
from stands import catalogue_version
from stands.closing_edition import close_edition
from stands.models import Expo
from tests.addresses import addresses
from tests.exported import hashes, pages_of, troubles
from tests.make import (
    make_credential,
    make_expo,
    make_offer,
    make_pesantren,
    make_producer,
    make_product,
    make_stand,
)
from tests.opop_expo.small_edition import write_small_edition

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


@pytest.fixture
def expo(monkeypatch: pytest.MonkeyPatch) -> Expo:
    """2020 with four products of two pesantren at two stands, closed; lists have pages of three."""
    monkeypatch.setattr("stands.views.PRODUCTS_PER_PAGE", 3)
    expo = make_expo()
    for number, code in enumerate(["A1", "B2"]):
        pesantren = make_pesantren(name=f"Pesantren & {code}", slug=f"pesantren-{number}")
        maker = make_producer(name=f"Kopontren {code}", pesantren=pesantren)
        stand = make_stand(expo=expo, code=code, name=f"Stan {code}", pesantren=[pesantren])
        stand.x, stand.y = 100 * (number + 1), 90
        stand.save()
        for piece in range(2):
            product = make_product(
                name=f"Keripik {code} {piece}", slug=f"keripik-{number}-{piece}", producer=maker
            )
            make_offer(stand=stand, product=product)
    make_credential(product=product)
    starts = dt.datetime(2020, 12, 18, 3, tzinfo=dt.UTC)
    Session.objects.create(
        expo=expo,
        slug="talkshow",
        kind=Session.Kind.TALKSHOW,
        title="Talkshow",
        date=starts.date(),
        starts_at=starts,
        ends_at=starts + dt.timedelta(hours=2),
    )
    close_edition(expo, actor=None)
    return Expo.objects.get()


@pytest.fixture(autouse=True)
def _no_share_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would take a third of a second."""
    monkeypatch.setattr("opop_expo.outside_views.jpeg_of", lambda picture: picture.digest.encode())


def export(folder: Path, edition: str = "2020") -> str:
    out = StringIO()
    call_command("export_edition", edition, folder, stdout=out)
    return out.getvalue()


def test_every_link_and_picture_leads_to_a_file_and_no_control_is_left(
    expo: Expo, tmp_path: Path
) -> None:
    export(tmp_path / "out")

    assert troubles(tmp_path / "out") == []


def test_it_holds_every_page_in_both_languages(expo: Expo, tmp_path: Path) -> None:
    export(tmp_path / "out")

    files = {file for file, _page in pages_of(tmp_path / "out")}
    for slug in Product.objects.values_list("slug", flat=True):
        assert {f"2020/produk/{slug}/index.html", f"en/2020/produk/{slug}/index.html"} <= files
    assert {
        "index.html",
        "2020/index.html",
        "2020/produk/+page-2/index.html",
        "2020/produk/+category-food/index.html",
        "2020/stan/B2/index.html",
        "2020/stan/+zone-A/index.html",
        "2020/denah/+stan-A1/index.html",
        "2020/pesantren/pesantren-1/index.html",
        "2020/jadwal/talkshow/index.html",
    } <= files
    assert (tmp_path / "out/2020/jadwal.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert (tmp_path / "out/2020/jadwal/talkshow.ics").exists()
    assert not any("/cari/" in file or "/simpanan/" in file or "/minat/" in file for file in files)
    page = (tmp_path / "out/2020/produk/index.html").read_text(encoding="utf-8")
    assert "Salinan ini tidak bisa dicari atau disaring" in page
    assert "Ini salinan tetap halaman OPOP Expo 2020" in page
    assert "Pesantren &amp; A1" in (tmp_path / "out/2020/pesantren/index.html").read_text()


def test_it_is_the_same_again_years_later_and_whatever_changed(expo: Expo, tmp_path: Path) -> None:
    export(tmp_path / "one")
    Product.objects.update(name="Nama lain", state=Product.State.WITHDRAWN)
    for cache in caches.all():
        cache.clear()
    catalogue_version.forget()
    with time_machine.travel(dt.datetime(2031, 5, 6, 7, 8, tzinfo=dt.UTC)):
        export(tmp_path / "two")

    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_results_are_in_it_once_they_are_frozen(expo: Expo, tmp_path: Path) -> None:
    ResultsChoice.objects.create(expo=expo, is_public=True)
    files = ["2020/hasil/index.html", "en/2020/hasil/index.html", "2020/hasil.json"]
    export(tmp_path / "live")
    assert not any((tmp_path / "live" / file).exists() for file in files)

    freeze(expo, after=0, actor=User.objects.create_user("citra"))
    export(tmp_path / "one")
    with time_machine.travel(dt.datetime(2031, 5, 6, 7, 8, tzinfo=dt.UTC)):
        export(tmp_path / "two")

    assert all((tmp_path / "one" / file).exists() for file in files)
    assert (tmp_path / "one/2020/hasil.csv").exists()
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert troubles(tmp_path / "one") == []


def test_it_takes_the_place_of_an_earlier_export_and_of_nothing_else(
    expo: Expo, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export(out)
    (out / "2020" / "tambahan.txt").write_text("dari tadi")

    export(out)
    assert not (out / "2020" / "tambahan.txt").exists()

    mine = tmp_path / "dokumen"
    mine.mkdir()
    (mine / "skripsi.txt").write_text("bertahun-tahun")
    with pytest.raises(CommandError, match="berisi hal lain"):
        export(mine)
    assert (mine / "skripsi.txt").read_text() == "bertahun-tahun"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dokumen", "out"]


def test_an_export_of_another_edition_stays(expo: Expo, tmp_path: Path) -> None:
    export(tmp_path / "out")
    other = make_expo(slug="2021", name="OPOP Expo 2021", is_current=False)
    close_edition(other, actor=None)

    with pytest.raises(CommandError, match="bukan salinan 2021"):
        export(tmp_path / "out", "2021")


@pytest.mark.parametrize("up", ["..", "%2e%2e", ".%2E", "%2e", "x%2f..%2f.."])
def test_an_address_that_climbs_is_no_file_of_an_export(
    expo: Expo, up: str, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "kenari.txt").write_text("di luar")
    crawl = exporting._Crawl(expo)
    for path in (f"/2020/stan/{up}/", f"/2020/{up}/{up}/", f"/en/2020/produk/{up}/"):
        assert address_of(path, expo) is None
        assert crawl._ask(crawl.origin + path) is None
    for place in ("media", "static", "static/css"):
        assert crawl._ask(f"{crawl.origin}/{place}/{up}/kenari.txt") is None
    assert crawl.found.files == {}


@pytest.mark.parametrize("where", ["_write", "_put_in_place"])
def test_one_that_stops_half_way_leaves_what_was_there(
    expo: Expo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    export(tmp_path / "out")
    before = hashes(tmp_path / "out")

    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, where, stop)
    with pytest.raises(KeyboardInterrupt):
        export(tmp_path / "out")

    assert hashes(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_edition_that_is_not_closed_is_refused_with_the_way_to_close_it(tmp_path: Path) -> None:
    make_expo()
    with pytest.raises(CommandError, match="/admin/edisi/2020/tutup/"):
        export(tmp_path / "out")
    with pytest.raises(CommandError, match="Yang ada: 2020"):
        export(tmp_path / "out", "2019")
    assert list(tmp_path.iterdir()) == []


def test_every_address_of_an_edition_is_exported_or_named_as_left_out(expo: Expo) -> None:
    """A new page is exported unless it says that it is nothing without the portal."""
    known = {one.name for one in addresses() if one.route.startswith("<edition:edition>")}
    assert known >= LEFT_OUT - {"close_edition"}
    for url in ("/2020/cari/", "/2020/simpanan/", "/2020/minat/?produk=x", "/2021/", "/admin/"):
        assert address_of(url, expo) is None
    assert address_of(reverse("product_list", args=["2020"]) + "?q=kopi", expo) is None
    assert address_of("/2020/produk/?page=1", expo) == address_of("/2020/produk/", expo)


@pytest.mark.parametrize("text", ["<p>satu<p>dua</p>", "</div>", "<div>"])
def test_a_page_that_is_not_well_formed_is_not_guessed_at(text: str) -> None:
    with pytest.raises(BrokenPageError):
        parse(text)


def test_what_is_not_changed_is_written_out_as_it_was() -> None:
    drawing = '<svg viewBox="0 0 1 1"><use href="#a"/></svg>'
    text = f"<!doctype html>\n<p class=a data-x>Abon &amp; keju&nbsp;<br>\n{drawing}</p>"
    assert parse(text).text() == text


# --- as on a machine ------------------------------------------------------------------------------


def manage(*arguments: object, database: Path, seed: int) -> None:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "PYTHONHASHSEED": str(seed),
        "MEDIA_ROOT": str(database.parent / "media"),
    }
    subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env=environment,
        check=True,
        capture_output=True,
    )


CLOSE = (
    "from stands.models import Expo; from stands.closing_edition import close_edition;"
    "close_edition(Expo.objects.get(), actor=None)"
)


@pytest.mark.long
def test_two_processes_that_shuffle_otherwise_write_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "edisi"
    folder.mkdir()
    write_small_edition(folder)
    database = tmp_path / "portal.sqlite3"
    manage("migrate", "-v", 0, database=database, seed=1)
    manage("load_edition", folder, database=database, seed=1)
    manage("shell", "-v", 0, "-c", CLOSE, database=database, seed=1)

    for seed in (1, 2):
        manage("export_edition", "2020", tmp_path / f"out{seed}", database=database, seed=seed)

    assert hashes(tmp_path / "out1") == hashes(tmp_path / "out2")
    assert troubles(tmp_path / "out1") == []
