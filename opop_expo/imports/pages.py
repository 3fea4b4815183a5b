"""The organisers' pages of an import: choose, upload, look at what would change, save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from opop_expo.imports import photo_zip
from opop_expo.imports.blank_files import csv_template, xlsx_template
from opop_expo.imports.jobs import (
    NAMES_OF_STATES,
    discard,
    done_rows,
    open_job,
    start_again,
    tidy_jobs,
    work,
)
from opop_expo.imports.kinds import KINDS
from opop_expo.imports.photo_zip import open_photos, save_photos, waiting_photos
from opop_expo.imports.saving import CatalogueMovedError, save_rows
from opop_expo.models import ImportJob
from opop_expo.zip_in import FileRefused
from pesantren.photo_making import count_missing
from stands.http import wants_fragment
from stands.models import Expo
from stands.tables_out import csv_response

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from opop_expo.imports.columns import Kind
    from stands.http import SignedInRequest

PAGE = 100
JOBS_SHOWN = 10
may_import = permission_required("opop_expo.add_importjob", raise_exception=True)


class UploadForm(forms.Form):
    """One file, and for what stands in a hall the edition that it belongs to."""

    file = forms.FileField(label=gettext_lazy("Berkas"), max_length=300)

    def __init__(self, *args: Any, kind: Kind | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accept = ".xlsx,.csv" if kind else ".zip,application/zip"
        self.fields["file"].widget.attrs["accept"] = accept
        if kind is not None and kind.has_expo:
            # What a closed edition holds cannot change any more.
            expos = Expo.objects.filter(closed_at=None).order_by("-is_current", "-slug")
            self.fields["expo"] = forms.ModelChoiceField(
                expos,
                label=_("Edisi"),
                to_field_name="slug",
                empty_label=None,
                initial=expos.first(),
            )


@require_safe
@may_import
@never_cache
def imports(request: SignedInRequest) -> HttpResponse:
    """What can be imported, and what was sent in lately."""
    jobs = ImportJob.objects.select_related("author", "expo").filter(kind__in=_allowed(request))
    context = {
        "kinds": [kind for kind in KINDS.values() if request.user.has_perms(kind.permissions)],
        "photos": request.user.has_perms(photo_zip.PERMISSIONS),
        "jobs": [(job, _title(job)) for job in jobs[:JOBS_SHOWN]],
        **_admin_context(request, _("Impor")),
    }
    return render(request, "opop_expo/imports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_import
@never_cache
def import_upload(request: SignedInRequest, kind: str) -> HttpResponse:
    """Ask for a file of one kind, and keep its rows for the preview."""
    chosen = _kind(request, kind)
    if request.method != "POST":
        return _upload_page(request, chosen, UploadForm(kind=chosen))
    form = UploadForm(request.POST, request.FILES, kind=chosen)
    if form.is_valid():
        tidy_jobs()
        upload = form.cleaned_data["file"]
        try:
            if chosen is None:
                job = open_photos(
                    upload, author=request.user, replaces=request.POST.get("replace", "")
                )
            else:
                expo = form.cleaned_data.get("expo")
                job = open_job(upload, kind=chosen, expo=expo, author=request.user)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("import_job", job.pk)
    return _upload_page(request, chosen, form)


def _upload_page(request: SignedInRequest, kind: Kind | None, form: UploadForm) -> HttpResponse:
    title = _("Impor foto produk") if kind is None else _("Impor: %(kind)s") % {"kind": kind.title}
    context = {
        "form": form,
        "kind": kind,
        "columns": [(column, _choices_shown(column)) for column in kind.columns] if kind else [],
        "slug": kind.slug if kind else photo_zip.KIND,
        "waiting": waiting_photos(request.user) if kind is None else None,
        **_admin_context(request, title),
    }
    status = 422 if form.errors else 200
    return render(request, "opop_expo/import_upload.html", context, status=status)


def _choices_shown(column: Any) -> str:
    return ", ".join(str(label) for label in column.choices.labels) if column.choices else ""


@require_GET
@may_import
@never_cache
def import_template(request: SignedInRequest, kind: str, ending: str) -> HttpResponse:
    """The empty file to fill in, as `xlsx` or `csv`."""
    chosen = _kind(request, kind)
    if chosen is None or ending not in ("xlsx", "csv"):
        raise Http404
    if ending == "csv":
        return csv_template(chosen)
    return xlsx_template(chosen, Expo.objects.current() if chosen.has_expo else None)


# --- one job --------------------------------------------------------------------------------------


@require_safe
@may_import
@never_cache
def import_job(request: SignedInRequest, job_id: str) -> HttpResponse:
    """What the file would change, as far as that is known, or what became of it."""
    job = _job(request, job_id)
    if job.state == ImportJob.State.READY and job.language != translation.get_language():
        # The preview speaks the language that it was made in.
        start_again(job)
    return _job_page(request, job)


@require_POST
@may_import
@never_cache
def import_work(request: SignedInRequest, job_id: str) -> HttpResponse:
    """Work for about a second, then show how far it is."""
    job = _job(request, job_id)
    try:
        work(job)
    except (InterfaceError, OperationalError):
        # The tills have the database. The page asks again by itself.
        job.refresh_from_db()
    if wants_fragment(request):
        return _job_page(request, job)
    return redirect("import_job", job.pk)


@require_POST
@may_import
@never_cache
def import_save(request: SignedInRequest, job_id: str) -> HttpResponse:
    """Do what was shown, if it is still what would be done."""
    job = _job(request, job_id)
    digest = request.POST.get("digest", "")
    if job.counts.get("bad"):
        return redirect("import_job", job.pk)
    save = save_photos if job.kind == photo_zip.KIND else save_rows
    try:
        save(job, digest=digest, actor=request.user)
    except CatalogueMovedError:
        job.refresh_from_db()
        if job.state == ImportJob.State.READY:
            start_again(job)
        messages.warning(
            request,
            _("Data berubah sejak pratinjau, jadi belum ada yang disimpan. Periksa yang baru ini."),
        )
    except (InterfaceError, OperationalError):
        messages.error(
            request, _("Basis data sedang sibuk, jadi belum ada yang disimpan. Coba lagi.")
        )
    else:
        messages.success(request, _("Impor sudah disimpan."))
    return redirect("import_job", job.pk)


@require_POST
@may_import
@never_cache
def import_discard(request: SignedInRequest, job_id: str) -> HttpResponse:
    """Let a job go that is not saved."""
    job = _job(request, job_id)
    if job.state in (ImportJob.State.WORKING, ImportJob.State.READY):
        discard(job)
        messages.success(request, _("Impor dibatalkan. Tidak ada yang berubah."))
    return redirect("imports")


@require_GET
@may_import
@never_cache
def import_problems(request: SignedInRequest, job_id: str) -> HttpResponse:
    """What is wrong, as a table to send back to whoever filled in the file."""
    job = _job(request, job_id)
    rows: list[list[str | int]] = [[_("Baris"), _("Kolom"), _("Nama"), _("Masalah")]]
    for part in job.parts.filter(states__contains="b"):
        for plan in part.plan or []:
            for heading, reason in plan.get("problems", []):
                rows.append([plan["n"], heading, plan["name"], reason])
    return csv_response("masalah-impor.csv", rows)


def _job_page(request: SignedInRequest, job: ImportJob) -> HttpResponse:
    kind = KINDS.get(job.kind)
    wanted = request.GET.get("tampil", "")
    letters = {name: letter for letter, name in NAMES_OF_STATES.items()}
    is_ready = job.state == ImportJob.State.READY
    if wanted not in letters:
        # What needs a person comes first.
        wanted = next((name for name in ("bad", "changed", "new") if job.counts.get(name)), "same")
    context: dict[str, Any] = {
        "job": job,
        "kind": kind,
        "title": _title(job),
        "done": done_rows(job) if job.state == ImportJob.State.WORKING else job.rows,
        "counts": job.counts,
        "writes": job.counts.get("new", 0) + job.counts.get("changed", 0),
        "wanted": wanted,
        "tabs": _tabs(job),
        "is_photos": job.kind == photo_zip.KIND,
        "stale": job.state == ImportJob.State.SAVING
        and job.touched_at < timezone.now() - photo_zip.DEAD_AFTER,
    }
    if job.kind == photo_zip.KIND and job.state == ImportJob.State.DONE:
        context["without_sizes"] = count_missing()
    if is_ready:
        context |= _rows(job, letters[wanted], request.GET.get("halaman", ""))
    template = "opop_expo/import_job.html"
    if wants_fragment(request):
        return render(request, f"{template}#job", context)
    return render(request, template, context | _admin_context(request, _title(job)))


def _tabs(job: ImportJob) -> list[tuple[str, Any, int]]:
    words = {
        "bad": _("Bermasalah"),
        "changed": _("Berubah"),
        "new": _("Baru"),
        "same": _("Tidak berubah"),
    }
    return [(name, word, job.counts[name]) for name, word in words.items() if name in job.counts]


def _rows(job: ImportJob, letter: str, number: str) -> dict[str, Any]:
    """One page of the rows of one state. Only the parts that hold them are read."""
    places = [
        (pk, at)
        for pk, states in job.parts.values_list("pk", "states")
        for at, state in enumerate(states)
        if state == letter
    ]
    page = Paginator(places, PAGE).get_page(number)
    parts = job.parts.in_bulk(list({pk for pk, _at in page}))
    plans = [(parts[pk].plan or [])[at] for pk, at in page]
    return {"page": page, "plans": plans}


# --- all ------------------------------------------------------------------------------------------


def _kind(request: SignedInRequest, slug: str) -> Kind | None:
    """The kind of that address; None for photos. Refuses whoever may not change such rows."""
    if slug not in KINDS and slug != photo_zip.KIND:
        raise Http404
    if slug not in _allowed(request):
        raise PermissionDenied
    return KINDS.get(slug)


def _allowed(request: SignedInRequest) -> list[str]:
    """The kinds whose rows this person may add and change."""
    needs = {kind.slug: kind.permissions for kind in KINDS.values()}
    needs[photo_zip.KIND] = photo_zip.PERMISSIONS
    return [slug for slug, permissions in needs.items() if request.user.has_perms(permissions)]


def _job(request: SignedInRequest, job_id: str) -> ImportJob:
    jobs: QuerySet[ImportJob] = ImportJob.objects.select_related("expo", "author")
    return get_object_or_404(jobs.filter(kind__in=_allowed(request)), pk=job_id)


def _title(job: ImportJob) -> str:
    return str(KINDS[job.kind].title) if job.kind in KINDS else _("Foto produk")


def _admin_context(request: SignedInRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title}
