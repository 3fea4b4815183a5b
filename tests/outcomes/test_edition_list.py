"""The archive: all editions under the address they keep, what is known of each, and by whom."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from outcomes.models import Claim, ResultsChoice
from stands.models import Expo
from tests.make import make_expo, make_stand
from tests.queries import MOST, queries_of

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

Figure = Claim.Figure


def make_claim(expo: Expo, figure: str, value: int | None, **other: Any) -> Claim:
    """Something that a newspaper reported, published unless said otherwise."""
    given: dict[str, Any] = {
        "said_by": "Kabar Jatim",
        "sources": "https://kabar.id/opop",
        "is_published": True,
    }
    return Claim.objects.create(expo=expo, figure=figure, value=value, **{**given, **other})


def make_past(year: str, stands: int | None = None, **other: Any) -> Expo:
    """An edition of which at most the number of stands is known."""
    expo = make_expo(slug=year, name=f"OPOP Expo {year}", is_current=False, **other)
    if stands is not None:
        make_claim(expo, Figure.STANDS, stands)
    return expo


def plain(text: str) -> str:
    return " ".join(text.split())


def test_edition_list_shows_when_where_and_what_is_known(client: Client) -> None:
    expo = make_past("2021", 33)
    make_claim(expo, Figure.STANDS, 40, said_by="Aula News", is_published=False)
    make_claim(expo, Figure.VISITORS, 30_317, said_by="Radar Gresik", detail="Tiga hari.")
    make_claim(expo, Figure.SALES, 1_950_289_000)

    page = plain(client.get("/edisi/").text)

    assert 'href="/2021/"' in page
    assert "18–20 Desember 2020" in page
    assert '<dt>Stan</dt> <dd> 33 <span class="known-other">atau 40 </span>' in page
    assert "30.317" in page
    assert "Rp 1.950.289.000" in page
    assert "Menurut Radar Gresik." in page
    assert "Tiga hari." in page
    assert 'href="https://kabar.id/opop"' in page
    assert "Tidak diketahui: pesantren peserta." in page


def test_edition_list_without_editions_says_so(client: Client) -> None:
    assert "Belum ada edisi." in client.get("/edisi/").text


def test_unknown_is_said_and_never_nought(client: Client) -> None:
    make_past("2021", 33)
    make_past("2022")
    make_past("2023", 52)

    page = plain(client.get("/edisi/").text)

    assert page.count("tidak diketahui</span>") == 3 * 4 - 2 + 1  # and the key of the chart
    assert 'text-anchor="middle">?</text>' in page
    assert page.count('<rect class="chart-bar"') == 2
    assert 'height="0"' not in page
    assert ">0<" not in page.partition("<table>")[2]


def test_chart_shows_who_disagrees(client: Client) -> None:
    make_past("2022", 38)
    expo = make_past("2023", 52)
    make_claim(expo, Figure.STANDS, 58, is_published=False)
    make_claim(expo, Figure.STANDS, 52, is_published=False, said_by="Ketik")

    page = client.get("/edisi/").text

    # Once in the chart, and once in its key.
    assert page.count('<path class="chart-other"') == 2
    assert page.count('class="chart-other-value"') == 1
    assert "kata sumber lain" in page


def test_one_edition_alone_is_not_compared(client: Client) -> None:
    make_past("2021", 33)

    page = client.get("/edisi/").text

    assert "Perbandingan edisi" not in page
    assert "<svg viewBox" not in page.partition("<main")[2].partition("</main>")[0]


def test_what_is_made_up_is_neither_told_nor_compared(client: Client) -> None:
    make_past("2022", 38)
    # Its stands are examples, what was reported of it is not.
    make_past("2023", 52, is_example=True)
    example = make_past("2026-contoh", is_example=True)
    make_claim(example, Figure.STANDS, 77, example_fields="value")
    own = {"basis": Claim.Basis.ORGANISER, "said_by": "Panitia", "sources": ""}
    make_claim(example, Figure.VISITORS, 77, **own)
    ResultsChoice.objects.create(expo=example, is_public=True)

    page = client.get("/edisi/").text

    assert "77" not in page.partition("<main")[2]
    assert 'href="/2023/"' in page.partition('id="perbandingan"')[2]
    assert 'href="/2026-contoh/"' in page.partition('id="perbandingan"')[0]
    assert 'href="/2026-contoh/"' not in page.partition('id="perbandingan"')[2]
    assert "contoh" not in client.get("/edisi/angka.csv").text


def test_what_organisers_counted_waits_for_their_results_page(client: Client) -> None:
    expo = make_past("2026")
    own = {"basis": Claim.Basis.ORGANISER, "said_by": "Panitia", "sources": ""}
    make_claim(expo, Figure.VISITORS, 4_321, **own)

    assert "4.321" not in client.get("/edisi/").text
    choice = ResultsChoice.objects.create(expo=expo, is_public=True)
    assert "4.321" in client.get("/edisi/").text
    make_claim(expo, Figure.VISITORS, 5_000, said_by="Koran", is_published=False)
    assert "5.000" in client.get("/edisi/").text
    choice.shows_other_claims = False
    choice.save()
    assert "5.000" not in client.get("/edisi/").text


def test_figure_of_one_day_is_none_of_the_edition(client: Client) -> None:
    expo = make_past("2021")
    make_claim(expo, Figure.VISITORS, 9_876, date="2020-12-18")

    assert "9.876" not in client.get("/edisi/").text


def test_csv_holds_every_claim_with_its_source(client: Client) -> None:
    expo = make_past("2023", 52)
    make_claim(expo, Figure.STANDS, 58, is_published=False, said_by="=Rapat()")
    make_past("2022")

    answer = client.get("/edisi/angka.csv")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["Edisi"], row["Angka"], row["Nilai"], row["Diterbitkan"]) for row in rows] == [
        ("OPOP Expo 2023", "Stan", "52", "ya"),
        ("OPOP Expo 2023", "Stan", "58", "tidak"),
        ("OPOP Expo 2022", "", "", ""),
    ]
    assert rows[0]["Sumber"] == "https://kabar.id/opop"
    assert rows[1]["Menurut"] == "'=Rapat()"


def test_page_changes_with_a_claim(client: Client) -> None:
    make_past("2022", 38)
    expo = make_past("2023")
    before = client.get("/edisi/")

    make_claim(expo, Figure.STANDS, 52)

    assert client.get("/edisi/")["ETag"] != before["ETag"]
    assert "52" in client.get("/edisi/").text


def test_edition_list_takes_as_many_queries_for_three_as_for_one(client: Client) -> None:
    make_stand(expo=make_past("2020", 40))
    with_one = queries_of(client, "/edisi/")
    for year in ("2021", "2022"):
        make_claim(make_past(year, 38), Figure.STANDS, 40, is_published=False)

    assert queries_of(client, "/edisi/") == with_one <= MOST


@pytest.mark.parametrize(
    "path", ["stan/", "produk/", "pesantren/", "denah/", "cari/", "cari/?q=kopi", "simpanan/"]
)
def test_edition_without_a_catalogue_says_so_on_its_pages(client: Client, path: str) -> None:
    make_past("2021", 33)

    page = client.get(f"/2021/{path}").text

    assert "<h1>Katalog edisi ini tidak tersimpan di sini</h1>" in page
    assert 'content="noindex"' in page
    assert "/2021/stan/" not in page.partition("<nav")[2].partition("</nav>")[0]
    assert "data-offline" not in page
    assert 'role="search"' not in page


def test_home_of_an_edition_without_a_catalogue_tells_what_is_known(client: Client) -> None:
    make_past("2021", 33)

    page = plain(client.get("/2021/").text)

    assert "Yang diketahui tentang edisi ini" in page
    assert "<dt>Stan</dt> <dd> 33 </dd>" in page
    assert "Menurut Kabar Jatim." in page
    assert "Katalog edisi ini tidak tersimpan di sini" in page
    for word in ("0 pesantren", "0 stan", "0 produk", 'role="search"', 'href="/2021/produk/'):
        assert word not in page
    assert 'href="/edisi/"' in page


def test_map_names_no_empty_page(client: Client) -> None:
    make_past("2021", 33)

    found = client.get("/sitemap.xml?bagian=edisi").text

    assert "/2021/</loc>" in found
    assert "/2021/stan/" not in found
