"""The public results of an edition: page, JSON and CSV, live or as they were frozen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from outcomes.models import ResultsVersion
from outcomes.press import press_paragraph, state_sentence
from outcomes.results import choice_of
from outcomes.results_charts import day_columns, sales_by_hour
from outcomes.results_content import as_text
from outcomes.results_shown import moment, shown, shown_changes
from outcomes.results_tables import results_rows
from outcomes.results_versions import Published, latest_version, published, versions_of
from stands.catalogue_version import edition_at
from stands.kept_pages import keep_ready
from stands.tables_out import csv_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from stands.catalogue_version import Editions
    from stands.http import SignedInRequest
    from stands.models import Expo

LANGUAGES = ("id", "en")
COMPLETENESS = ("closings", "closings_open", "sales_late", "sales_unsent", "sales_waiting")


@require_safe
@login_not_required
def results(request: SignedInRequest, edition: str) -> HttpResponse:
    """The results in force: the latest that was frozen, else the live figures."""
    editions, is_open = _allowed(request, edition)
    version = latest_version(editions.expo)
    return _answer(request, editions, version, version, is_open=is_open)


@require_safe
@login_not_required
def results_version(request: SignedInRequest, edition: str, number: int) -> HttpResponse:
    """One frozen version, also after it was amended."""
    editions, is_open = _allowed(request, edition)
    rows = ResultsVersion.objects.filter(expo=editions.expo).defer("content")
    version = get_object_or_404(rows, number=number)
    return _answer(request, editions, version, latest_version(editions.expo), is_open=is_open)


@require_safe
@login_not_required
def results_json(request: SignedInRequest, edition: str) -> HttpResponse:
    """The same figures for programs, with what their hash is made of."""
    editions, is_open = _allowed(request, edition)
    version = latest_version(editions.expo)

    def make() -> HttpResponse:
        found = published(editions.expo, version, timezone.now())
        content = json.loads(version.content if version else as_text(found.results))
        body = {"state": found.state, "at": found.at, **_of_version(version), "results": content}
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False})

    return _kept_if_frozen(request, editions, version, make, is_open=is_open)


@require_safe
@login_not_required
def results_csv(request: SignedInRequest, edition: str) -> HttpResponse:
    """The same figures as a table."""
    editions, is_open = _allowed(request, edition)
    version = latest_version(editions.expo)

    def make() -> HttpResponse:
        rows = results_rows(published(editions.expo, version, timezone.now()))
        return csv_response(f"hasil-{editions.expo.slug}.csv", rows)

    return _kept_if_frozen(request, editions, version, make, is_open=is_open)


# --- who may see it, and how long it holds --------------------------------------------------------


def _allowed(request: SignedInRequest, edition: str) -> tuple[Editions, bool]:
    """The edition, and whether everybody may see its results; 404 where this reader may not."""
    editions = edition_at(edition)
    if editions is None:
        raise Http404
    if editions.expo.is_public and choice_of(editions.expo).is_public:
        return editions, True
    # Only now is it asked who it is: what everybody may see is the same for everybody.
    if not request.user.has_perm("outcomes.view_resultschoice"):
        raise Http404
    return editions, False


def _answer(
    request: SignedInRequest,
    editions: Editions,
    version: ResultsVersion | None,
    latest: ResultsVersion | None,
    *,
    is_open: bool,
) -> HttpResponse:
    def make() -> HttpResponse:
        found = published(editions.expo, version, timezone.now())
        context = results_context(editions.expo, found) | {
            "is_open": is_open,
            "is_latest": version == latest,
            "latest": latest,
        }
        return render(request, "outcomes/results.html", context)

    return _kept_if_frozen(request, editions, version, make, latest, is_open=is_open)


def _kept_if_frozen(
    request: SignedInRequest,
    editions: Editions,
    version: ResultsVersion | None,
    make: Callable[[], HttpResponse],
    latest: ResultsVersion | None = None,
    *,
    is_open: bool,
) -> HttpResponse:
    """What was frozen is kept under its hash; live figures are made anew for every request."""
    if version is not None and is_open:
        hashes = (version.hash, latest.hash if latest else "")
        return keep_ready(request, editions, make, hashes)
    response = make()
    response["Cache-Control"] = "no-store" if is_open else "private, no-store"
    return response


# --- what is shown --------------------------------------------------------------------------------


def results_context(expo: Expo, found: Published) -> dict[str, Any]:
    """What the page, and its preview in the admin, show."""
    results = found.results
    sales = results.figure("sales", "sales")
    gates = next(
        (
            figure
            for key in ("visitors", "visitors_gates", "visitors_by_day")
            if (figure := results.figure("visitors", key)) and figure.parts
        ),
        None,
    )
    seen = shown(results)
    by_section = {one.key: one.by_key for one in seen.sections}
    of_sales = by_section.get("sales", {})
    return {
        "expo": expo,
        "found": found,
        "shown": seen,
        "completeness": [of_sales[key] for key in COMPLETENESS if key in of_sales],
        "when": moment(found.at),
        "read_at": moment(results.read_at),
        "changes": shown_changes(found.changes),
        "versions": versions_of(expo),
        "sales_chart": day_columns(sales.parts, rupiah=True) if sales else None,
        "hour_chart": sales_by_hour(sales.parts, timezone.now()) if sales else None,
        "visitor_chart": day_columns(gates.parts, rupiah=False) if gates else None,
        "visitor_days": gates.key if gates else "",
        "press": [
            (
                language,
                press_paragraph(
                    results,
                    language,
                    state=state_sentence(language, number=found.number, at=found.at),
                ),
            )
            for language in LANGUAGES
        ],
    }


def _of_version(version: ResultsVersion | None) -> dict[str, Any]:
    if version is None:
        return {"version": None}
    return {
        "version": version.number,
        "reason": version.reason,
        "hash": version.hash,
        "previous_hash": version.previous_hash,
    }
