"""The organisers' pages on files of the bank: sent, understood, kept, read line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pesantren.money import thousands
from sales.bank.asking import PAGE
from sales.bank.checking import CheckRefused
from sales.bank.files import MAX_PACKED, Columns, Sheet, StatementError, unpack
from sales.bank.forms import AccountForm, ColumnsForm, UploadForm
from sales.bank.importing import (
    Preview,
    import_statement,
    known_statement,
    preview,
    remembered_columns,
    withdrawn_before,
)
from sales.bank.reads import bank_sums, lines_of_file, with_what_was_found
from sales.bank.withdrawing import files_that_left_out, undone_with, withdraw_statement
from sales.models import BankStatement, BankWithdrawal
from stands.models import Expo, Stand
from stands.organiser_page import admin_frame, all_expos, wanted_expo

if TYPE_CHECKING:
    from django.http import HttpResponse

    from stands.http import SignedInRequest

SHOWN_ROWS = 8
SHOWN_BAD = 20


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.add_bankstatement", raise_exception=True)
@never_cache
def bank_upload(request: SignedInRequest) -> HttpResponse:
    """Ask for a file of the bank, and show how it is understood. Nothing is kept yet."""
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    places = list(Stand.objects.at(expo))
    if request.method != "POST":
        return _upload_form(request, expo, UploadForm(places=places))
    form = UploadForm(request.POST, request.FILES, places=places)
    if not form.is_valid():
        return _upload_form(request, expo, form)
    known = known_statement(form.sheet, expo)
    if known is not None:
        return _upload_form(request, expo, form, known=known)
    if len(form.sheet.packed()) > MAX_PACKED:
        form.add_error("file", _("Berkas ini terlalu besar. Unduh mutasinya per hari."))
        return _upload_form(request, expo, form)
    columns, remembered = remembered_columns(form.sheet)
    return _preview_page(
        request,
        expo,
        form.sheet,
        columns,
        ColumnsForm(sheet=form.sheet, columns=columns),
        form,
        remembered=remembered,
    )


def _upload_form(
    request: SignedInRequest,
    expo: Expo,
    form: UploadForm | AccountForm,
    *,
    known: BankStatement | None = None,
    problem: str = "",
) -> HttpResponse:
    return render(
        request,
        "sales/bank_upload.html",
        {
            **admin_frame(request, _("Unggah mutasi bank"), expo),
            "expo": expo,
            "form": form,
            "known": known,
            "problem": problem,
        },
        status=422 if form.errors or known or problem else 200,
    )


@require_POST
@permission_required("sales.add_bankstatement", raise_exception=True)
@never_cache
def bank_save(request: SignedInRequest) -> HttpResponse:
    """Read the file with other columns, or keep it as it was shown."""
    expo = wanted_expo(all_expos(), request.POST)
    if expo is None:
        raise Http404
    places = list(Stand.objects.at(expo))
    account = AccountForm(request.POST, places=places)
    try:
        sheet = unpack(request.POST.get("packed", ""), request.POST.get("name", ""))
    except StatementError as error:
        return _upload_form(request, expo, UploadForm(places=places), problem=str(error))
    form = ColumnsForm(request.POST, sheet=sheet)
    if not form.is_valid() or not account.is_valid():
        guess, _remembered = remembered_columns(sheet)
        return _preview_page(request, expo, sheet, guess, form, account)
    columns = form.columns()
    if request.POST.get("do") != "save":
        return _preview_page(request, expo, sheet, columns, form, account)
    stand = account.cleaned_data["stand"]
    try:
        seen = preview(sheet, columns, expo=expo, stand=stand)
        if request.POST.get("shown") != seen.as_shown:
            raise StatementError(_("Kini terbaca lain daripada tadi. Periksa lagi, lalu simpan."))
        if seen.reading.bad and not request.POST.get("skip_bad"):
            raise StatementError(_("Centang dulu bahwa baris yang tidak terbaca dilewati."))
        statement = import_statement(
            seen,
            expo=expo,
            method=account.cleaned_data["method"],
            stand=stand,
            actor=request.user,
        )
    except StatementError as error:
        return _preview_page(request, expo, sheet, columns, form, account, problem=str(error))
    text = ngettext(
        "%(n)s baris disimpan dari %(name)s.",
        "%(n)s baris disimpan dari %(name)s.",
        statement.line_count,
    )
    messages.success(request, text % {"n": thousands(statement.line_count), "name": statement.name})
    return redirect(f"{reverse('bank_matching')}?{urlencode({'edisi': expo.slug})}")


def _preview_page(
    request: SignedInRequest,
    expo: Expo,
    sheet: Sheet,
    columns: Columns,
    form: ColumnsForm,
    account: AccountForm,
    *,
    remembered: bool = False,
    problem: str = "",
) -> HttpResponse:
    seen: Preview | None = None
    stand = account.cleaned_data.get("stand") if account.is_valid() else None
    try:
        seen = preview(sheet, columns, expo=expo, stand=stand)
    except StatementError as error:
        problem = problem or str(error)
    return render(
        request,
        "sales/bank_preview.html",
        {
            **admin_frame(request, _("Periksa dahulu"), expo),
            "expo": expo,
            "sheet": sheet,
            "packed": sheet.packed(),
            "form": form,
            "account": account,
            "seen": seen,
            "shown": [line for line, _hash in seen.fresh[:SHOWN_ROWS]] if seen else [],
            "bad": seen.reading.bad[:SHOWN_BAD] if seen else [],
            "remembered": remembered,
            "withdrawn": withdrawn_before(sheet, expo),
            "problem": problem,
        },
        status=422 if problem or form.errors or account.errors else 200,
    )


@require_safe
@permission_required("sales.view_bankstatement", raise_exception=True)
@never_cache
def bank_statement(request: SignedInRequest, statement_id: int) -> HttpResponse:
    """The lines of one file, and what became of each."""
    statement = _statement(statement_id)
    withdrawal = (
        BankWithdrawal.objects.filter(statement=statement).select_related("made_by").first()
    )
    rows = lines_of_file(statement).select_related("stand")
    only_open = request.GET.get("tampil") == "belum" and withdrawal is None
    only_undone = request.GET.get("tampil") == "dilepas" and withdrawal is not None
    if only_open:
        rows = rows.filter(kind=None)
    if withdrawal is not None:
        rows = with_what_was_found(rows, withdrawal, only=only_undone)
    return render(
        request,
        "sales/bank_statement.html",
        {
            **admin_frame(request, statement.name, statement.expo),
            "statement": statement,
            "expo": statement.expo,
            "only_open": only_open,
            "only_undone": only_undone,
            "narrowed": "tampil=belum" if only_open else "tampil=dilepas" if only_undone else "",
            "withdrawal": withdrawal,
            "sums": bank_sums(statement.expo, statement),
            "page": Paginator(rows.order_by("row"), PAGE).get_page(request.GET.get("hal")),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.add_bankwithdrawal", raise_exception=True)
@never_cache
def bank_withdraw(request: SignedInRequest, statement_id: int) -> HttpResponse:
    """Say what goes with a file that was taken over by mistake, and withdraw it with a reason."""
    statement = _statement(statement_id)
    problem = ""
    if request.method == "POST":
        try:
            withdraw_statement(
                statement,
                actor=request.user,
                reason=request.POST.get("reason", ""),
                shown=request.POST.get("shown", ""),
            )
        except CheckRefused as refused:
            problem = str(refused)
        else:
            messages.success(
                request,
                _("Berkas %(name)s ditarik. Unggah lagi yang benar.") % {"name": statement.name},
            )
            return redirect("bank_statement", statement.pk)
    elif BankWithdrawal.objects.filter(statement=statement).exists():
        return redirect("bank_statement", statement.pk)
    return render(
        request,
        "sales/bank_withdraw.html",
        {
            **admin_frame(request, _("Tarik berkas mutasi"), statement.expo),
            "statement": statement,
            "expo": statement.expo,
            "undone": undone_with(statement),
            "left_out": files_that_left_out(statement)[:20],
            "reason": request.POST.get("reason", ""),
            "problem": problem,
        },
        status=422 if problem else 200,
    )


def _statement(statement_id: int) -> BankStatement:
    return get_object_or_404(
        BankStatement.objects.select_related("expo", "stand", "uploaded_by"), pk=statement_id
    )
