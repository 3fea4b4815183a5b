"""The seven editions of which something is known, as their files say it."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from events.models import Event
from opop_expo.edition_files import EditionRefused
from opop_expo.edition_loading import load_edition
from opop_expo.management.commands.start_demo import edition_folders
from outcomes.models import Claim
from programme.models import GateCount
from stands.models import Expo, ExpoDay, Stand

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

KNOWN: dict[str, tuple[str, str, str, str]] = {
    "2019": ("2019-11-28", "2019-11-30", "JX International (Jatim Expo)", "Surabaya"),
    "2020": ("2020-12-18", "2020-12-20", "Maspion Square", "Surabaya"),
    "2021": ("2021-11-26", "2021-11-28", "Icon Mall Gresik", "Gresik"),
    "2022": ("2022-11-11", "2022-11-13", "Alun-alun Jombang", "Jombang"),
    "2023": ("2023-11-09", "2023-11-12", "Masjid Nasional Al-Akbar", "Surabaya"),
    "2024": ("2024-11-29", "2024-12-01", "Royal Plaza (Atrium dan Area 15)", "Surabaya"),
    "2025": ("2025-11-13", "2025-11-16", "Royal Plaza (Atrium)", "Surabaya"),
}
# The published value first.
FIGURES: dict[tuple[str, str], list[int]] = {
    ("2019", "stands"): [45],
    ("2019", "pesantren"): [40],
    ("2020", "stands"): [40],
    ("2020", "pesantren"): [32, 30],
    ("2021", "stands"): [33, 40],
    ("2021", "visitors"): [30_317],
    ("2021", "sales"): [1_950_289_000],
    ("2022", "stands"): [38],
    ("2023", "stands"): [52, 58, 36],
    ("2024", "stands"): [35],
    ("2025", "stands"): [35],
    ("2025", "pesantren"): [40],
}


def test_archive_says_when_where_and_what_each_source_says() -> None:
    for folder in edition_folders():
        load_edition(folder)

    check_when_and_where()
    check_what_each_source_says()
    check_that_nothing_is_invented()


def check_when_and_where() -> None:
    assert {expo.slug for expo in Expo.objects.all()} == KNOWN.keys()
    for expo in Expo.objects.with_span():
        assert expo.first_date is not None
        assert expo.last_date is not None
        when = (expo.first_date.isoformat(), expo.last_date.isoformat())
        assert (*when, expo.venue, expo.city) == KNOWN[expo.slug]
        assert expo.name == f"OPOP Expo {expo.slug}"
        assert expo.days.count() == (expo.last_date - expo.first_date).days + 1


def check_what_each_source_says() -> None:
    compared = [Claim.Figure(name) for name in ("stands", "pesantren", "visitors", "sales")]
    found: dict[tuple[str, str], list[int]] = {}
    for claim in Claim.objects.filter(figure__in=compared).order_by("-is_published", "order"):
        assert claim.value is not None
        assert claim.said_by
        assert claim.sources.startswith("http")
        found.setdefault((claim.expo.slug, claim.figure), []).append(claim.value)

    assert found == FIGURES
    assert Claim.objects.filter(figure__in=compared, is_published=True).count() == len(FIGURES)


def check_that_nothing_is_invented() -> None:
    assert not ExpoDay.objects.exclude(opens=None).exists()
    assert not GateCount.objects.exists()
    assert {stand.expo.slug for stand in Stand.objects.select_related("expo")} == {"2020"}
    assert not Expo.objects.filter(is_current=True).exists()


@pytest.mark.long
def test_demo_loads_them_all_and_again_changes_nothing() -> None:
    call_command("load_edition", *edition_folders(), stdout=io.StringIO())
    claims = list(Claim.objects.order_by("pk").values())
    events = Event.objects.count()
    # What an organiser chose and corrected stays.
    Claim.objects.filter(expo__slug="2023", value=52).update(is_published=False)
    Claim.objects.filter(expo__slug="2023", value=58).update(is_published=True)
    Expo.objects.filter(slug="2021").update(theme="Diperbaiki panitia")

    call_command("load_edition", *edition_folders(), stdout=(said := io.StringIO()))

    assert said.getvalue().count("sudah sama, tidak ada yang diubah") == len(KNOWN)
    assert Claim.objects.get(expo__slug="2023", is_published=True).value == 58
    assert Expo.objects.get(slug="2021").theme == "Diperbaiki panitia"
    assert Claim.objects.count() == len(claims)
    assert Event.objects.count() == events


def test_folder_without_a_catalogue_needs_the_edition_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("date,opens,closes\n2018-11-01,,\n")

    with pytest.raises(EditionRefused, match=r"edition\.csv: Berkas ini tidak ada\."):
        load_edition(tmp_path)


def test_folder_with_a_part_of_a_catalogue_needs_the_rest(tmp_path: Path) -> None:
    (tmp_path / "edition.csv").write_text(
        "slug,name,theme,venue,city,notes,sources,example\n2018,Lama,,Aula,Malang,,,\n"
    )
    (tmp_path / "days.csv").write_text("date,opens,closes\n2018-11-01,,\n")
    assert load_edition(tmp_path).expo.days.get().date == dt.date(2018, 11, 1)
    (tmp_path / "zones.csv").write_text("code,name,name_en,order\nA,Makanan,Food,1\n")

    with pytest.raises(EditionRefused) as refusal:
        load_edition(tmp_path)

    assert {one.file for one in refusal.value.problems} > {"stands.csv", "offers.csv"}
