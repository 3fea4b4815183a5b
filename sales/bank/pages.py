"""The organisers' pages on money at the bank: what is claimed, what was seen, what differs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pesantren.money import rupiah, thousands
from sales.bank.checking import (
    CheckRefused,
    explain_line,
    mark_absent,
    mark_seen,
    match_line,
    match_pairs,
    revoke_check,
    revoke_match,
)
from sales.bank.files import MAX_PACKED, Columns, Sheet, StatementError, unpack
from sales.bank.forms import AccountForm, ColumnsForm, UploadForm
from sales.bank.importing import (
    Preview,
    import_statement,
    known_statement,
    preview,
    remembered_columns,
)
from sales.bank.matching import (
    LATEST_DAYS,
    MINUTES,
    SHOWN,
    USUAL_MINUTES,
    candidates,
    lumps_of,
    open_claims,
    propose,
)
from sales.bank.reads import (
    OPEN,
    STATES,
    Chosen,
    bank_sums,
    claims,
    claims_with_sales,
    lines_of,
    missing_at_bank,
    overview,
    unseen,
)
from sales.models import CLAIMED_METHODS, BankLine, BankMatch, BankStatement, Payment, PaymentCheck
from stands.clock import WIB
from stands.models import Expo, Stand
from stands.organiser_page import admin_frame, all_expos, expos_at_work, require, wanted_expo
from stands.tables_out import csv_response, xlsx_response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpResponse, QueryDict

    from stands.http import SignedInRequest

PAGE = 100
# No more boxes than a form of the portal may have fields.
MOST_TICKED = 1_500
SHOWN_ROWS = 8
SHOWN_BAD = 20


# --- what is claimed ----------------------------------------------------------------------------


@require_safe
@permission_required("sales.view_paymentcheck", raise_exception=True)
@never_cache
def bank(request: SignedInRequest) -> HttpResponse:
    """What the tills say was paid by QRIS, transfer and card, and what the bank confirms of it."""
    expos = expos_at_work()
    expo = wanted_expo(expos, request.GET)
    context: dict[str, Any] = {**admin_frame(request, _("Uang di bank"), expo), "expos": expos}
    if expo is None:
        return render(request, "sales/bank.html", context)
    places = list(Stand.objects.at(expo))
    chosen = _chosen(expo, places, request.GET)
    return render(
        request,
        "sales/bank.html",
        context
        | {
            "expo": expo,
            "places": places,
            "days": [day.date for day in expo.all_days],
            "chosen": chosen,
            "overview": overview(chosen, places),
            "at_bank": bank_sums(expo),
            "covered": missing_at_bank(expo, places),
            "statements": BankStatement.objects.filter(expo=expo).select_related(
                "stand", "uploaded_by"
            )[:20],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_paymentcheck", raise_exception=True)
@never_cache
def bank_list(request: SignedInRequest) -> HttpResponse:
    """The payments of a stand, day and method one by one, to be ticked by hand."""
    given = request.POST if request.method == "POST" else request.GET
    expo = wanted_expo(all_expos(), given)
    if expo is None:
        raise Http404
    places = list(Stand.objects.at(expo))
    chosen = _chosen(expo, places, given)
    problem = ""
    if request.method == "POST":
        require(request, "sales.add_paymentcheck")
        try:
            messages.success(request, _ticked(request, chosen))
            return redirect(f"{reverse('bank_list')}?{_query(chosen)}")
        except CheckRefused as refused:
            problem = str(refused)
    rows = claims_with_sales(chosen)
    sums = overview(chosen, places).total
    return render(
        request,
        "sales/bank_list.html",
        {
            **admin_frame(request, _("Pembayaran"), expo),
            "expo": expo,
            "places": places,
            "days": [day.date for day in expo.all_days],
            "methods": CLAIMED_METHODS,
            "chosen": chosen,
            "query": _query(chosen),
            "page": Paginator(rows, PAGE).get_page(request.GET.get("hal")),
            "sums": sums,
            "problem": problem,
            "note": request.POST.get("note", ""),
        },
        status=422 if problem else 200,
    )


def _ticked(request: SignedInRequest, chosen: Chosen) -> str:
    """Note what the form says; answer what was done in words. Raises CheckRefused."""
    note = request.POST.get("note", "")
    rows = claims(chosen.expo).select_related("sale")
    if request.POST.get("scope") == "all":
        # All that was open when the page was opened, and nothing that came since.
        payments = list(Chosen(**{**chosen.__dict__, "state": OPEN}).narrowed(rows))
        seen = (str(len(payments)), str(sum(one.amount_rupiah for one in payments)))
        if seen != (request.POST.get("count"), request.POST.get("sum")):
            raise CheckRefused(
                _("Daftarnya sudah berubah sejak dibuka. Lihat dulu jumlahnya, lalu ulangi.")
            )
    else:
        payments = list(rows.filter(pk__in=_keys(request.POST, "payment")))
    if not payments:
        raise CheckRefused(_("Pilih dulu pembayarannya."))
    if request.POST.get("do") == "absent":
        number = mark_absent(payments, actor=request.user, note=note)
        text = ngettext(
            "%(n)s pembayaran dicatat tidak ada di bank: %(sum)s.",
            "%(n)s pembayaran dicatat tidak ada di bank: %(sum)s.",
            number,
        )
    else:
        number = mark_seen(payments, actor=request.user, note=note)
        text = ngettext(
            "%(n)s pembayaran dicatat terlihat di rekening: %(sum)s.",
            "%(n)s pembayaran dicatat terlihat di rekening: %(sum)s.",
            number,
        )
    amount = sum(one.amount_rupiah for one in payments)
    return text % {"n": thousands(number), "sum": rupiah(amount)}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_paymentcheck", raise_exception=True)
@never_cache
def bank_payment(request: SignedInRequest, payment_id: int) -> HttpResponse:
    """One claimed payment and everything that was found of it; take back what was ticked."""
    payment = get_object_or_404(
        Payment.objects.filter(method__in=CLAIMED_METHODS).select_related(
            "sale__stand__expo", "sale__till", "sale__cashier"
        ),
        pk=payment_id,
    )
    expo = payment.sale.expo
    checks = list(
        payment.checks.select_related(
            "checked_by", "revoked_by", "match__line__statement", "match__made_by"
        )
    )
    current = next((one for one in checks if one.revoked_at is None), None)
    problem = ""
    if request.method == "POST":
        require(request, "sales.change_paymentcheck")
        try:
            if current is None:
                raise CheckRefused(_("Ini sudah dicabut. Tidak ada yang diubah."))
            revoke_check(current, actor=request.user, reason=request.POST.get("reason", ""))
            messages.success(request, _("Hasil pemeriksaan dicabut."))
            return redirect("bank_payment", payment.pk)
        except CheckRefused as refused:
            problem = str(refused)
    return render(
        request,
        "sales/bank_payment.html",
        {
            **admin_frame(request, payment.sale.number, expo),
            "payment": payment,
            "sale": payment.sale,
            "checks": checks,
            "current": current,
            "problem": problem,
            "reason": request.POST.get("reason", ""),
        },
        status=422 if problem else 200,
    )


# --- the file -----------------------------------------------------------------------------------


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
            "problem": problem,
        },
        status=422 if problem or form.errors or account.errors else 200,
    )


@require_safe
@permission_required("sales.view_bankstatement", raise_exception=True)
@never_cache
def bank_statement(request: SignedInRequest, statement_id: int) -> HttpResponse:
    """The lines of one file, and what became of each."""
    statement = get_object_or_404(
        BankStatement.objects.select_related("expo", "stand", "uploaded_by"), pk=statement_id
    )
    rows = lines_of(statement.expo).filter(statement=statement).select_related("stand")
    only_open = request.GET.get("tampil") == "belum"
    if only_open:
        rows = rows.filter(kind=None)
    return render(
        request,
        "sales/bank_statement.html",
        {
            **admin_frame(request, statement.name, statement.expo),
            "statement": statement,
            "expo": statement.expo,
            "only_open": only_open,
            "sums": bank_sums(statement.expo, statement),
            "page": Paginator(rows.order_by("row"), PAGE).get_page(request.GET.get("hal")),
        },
    )


# --- matching -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_bankmatch", raise_exception=True)
@never_cache
def bank_matching(request: SignedInRequest) -> HttpResponse:
    """What the statements show beside what the tills claim: certain pairs, unclear ones, sums."""
    given = request.POST if request.method == "POST" else request.GET
    expo = wanted_expo(all_expos(), given)
    if expo is None:
        raise Http404
    minutes = _minutes(given)
    here = f"{reverse('bank_matching')}?{urlencode({'edisi': expo.slug, 'menit': minutes})}"
    if request.method == "POST":
        require(request, "sales.add_bankmatch")
        try:
            messages.success(request, _match_certain(request, expo, minutes))
        except CheckRefused as refused:
            messages.error(request, str(refused))
        return redirect(here)
    found = propose(expo, minutes=minutes)
    places = list(Stand.objects.at(expo))
    return render(
        request,
        "sales/bank_matching.html",
        {
            **admin_frame(request, _("Cocokkan mutasi"), expo),
            "expo": expo,
            "minutes": minutes,
            "choices": MINUTES,
            "found": found,
            "most": SHOWN,
            "certain_rupiah": sum(line.amount_rupiah for line, _claim in found.certain),
            "at_bank": bank_sums(expo),
            "covered": missing_at_bank(expo, places),
        },
    )


def _match_certain(request: SignedInRequest, expo: Expo, minutes: int) -> str:
    """Match every pair that is still certain; answer in words. Raises CheckRefused."""
    found = propose(expo, minutes=minutes)
    if str(len(found.certain)) != request.POST.get("count"):
        raise CheckRefused(
            _("Pasangannya sudah berubah sejak halaman dibuka. Lihat dulu, lalu ulangi.")
        )
    payments = Payment.objects.in_bulk([claim.pk for _line, claim in found.certain])
    number = match_pairs(
        ((line, payments[claim.pk]) for line, claim in found.certain), actor=request.user
    )
    text = ngettext("%(n)s pasangan dicocokkan.", "%(n)s pasangan dicocokkan.", number)
    return text % {"n": thousands(number)}


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_bankmatch", raise_exception=True)
@never_cache
def bank_line(request: SignedInRequest, line_id: int) -> HttpResponse:
    """One line at the bank: match it with one payment or several, explain it, or take it back."""
    line = get_object_or_404(
        BankLine.objects.select_related("statement", "expo", "stand"), pk=line_id
    )
    matches = list(line.matches.select_related("made_by", "revoked_by"))
    current = next((one for one in matches if one.revoked_at is None), None)
    problem = ""
    if request.method == "POST":
        try:
            messages.success(request, _decided(request, line, current))
            return redirect("bank_line", line.pk)
        except CheckRefused as refused:
            problem = str(refused)
    places = list(Stand.objects.at(line.expo))
    chosen = _chosen(line.expo, places, request.POST or request.GET)
    context: dict[str, Any] = {
        **admin_frame(request, _("Baris mutasi"), line.expo),
        "line": line,
        "expo": line.expo,
        "places": places,
        "days": [line.date - dt.timedelta(days=back) for back in range(LATEST_DAYS + 1)],
        "methods": CLAIMED_METHODS,
        "chosen": chosen,
        "current": current,
        "past": [one for one in matches if one.revoked_at],
        "problem": problem,
        "note": request.POST.get("note", ""),
    }
    if current is not None:
        checks = current.checks.filter(revoked_at=None).select_related("payment__sale__stand")
        context["checks"] = checks.order_by("payment__sale__sold_at")
    else:
        context |= _choices_for(line, chosen, request.POST or request.GET)
    return render(request, "sales/bank_line.html", context, status=422 if problem else 200)


def _choices_for(line: BankLine, chosen: Chosen, given: QueryDict) -> dict[str, Any]:
    """The payments that a line may be, and those of the stand and day that somebody asks for."""
    days = (line.date - dt.timedelta(days=LATEST_DAYS), line.date + dt.timedelta(days=1))
    waiting = open_claims(line.expo, days=days)
    asked = bool(given.get("cari"))
    listed = [
        one
        for one in waiting
        if asked
        and chosen.stand in (None, Stand(pk=one.stand_id))
        and chosen.day in (None, one.day)
        and chosen.method in ("", one.method)
    ]
    return {
        "same": candidates(line, waiting, minutes=_minutes(given))[:20],
        "lumps": lumps_of(line, waiting)[:10],
        "asked": asked,
        "listed": listed[:MOST_TICKED],
        "listed_rupiah": sum(one.amount_rupiah for one in listed),
        "ticked": set(_keys(given, "payment")) or {one.pk for one in listed},
    }


def _decided(request: SignedInRequest, line: BankLine, current: BankMatch | None) -> str:
    """Do what the form asks for; answer in words. Raises CheckRefused."""
    do, note = request.POST.get("do"), request.POST.get("note", "")
    if do == "revoke":
        require(request, "sales.change_bankmatch")
        if current is None:
            raise CheckRefused(_("Ini sudah dicabut. Tidak ada yang diubah."))
        revoke_match(current, actor=request.user, reason=note)
        return _("Pencocokan dicabut.")
    require(request, "sales.add_bankmatch")
    if do == "other":
        explain_line(line, actor=request.user, note=note)
        return _("Dicatat: bukan dari kasir.")
    keys = _keys(request.POST, "payment")
    rows = unseen(line.expo).select_related("sale")
    payments = list(rows.filter(pk__in=keys))
    if len(payments) != len(set(keys)):
        raise CheckRefused(_("Salah satu pembayaran sudah diperiksa. Muat ulang halaman."))
    match_line(line, payments, actor=request.user, note=note)
    text = ngettext(
        "Dicocokkan dengan %(n)s pembayaran.", "Dicocokkan dengan %(n)s pembayaran.", len(payments)
    )
    return text % {"n": thousands(len(payments))}


# --- files out ----------------------------------------------------------------------------------


@require_safe
@permission_required("sales.view_paymentcheck", raise_exception=True)
def bank_csv(request: SignedInRequest) -> HttpResponse:
    """Both sides as they stand: every payment of the filter, and every line of the bank."""
    chosen, name = _to_export(request)
    return csv_response(f"{name}.csv", _table(chosen))


@require_safe
@permission_required("sales.view_paymentcheck", raise_exception=True)
def bank_xlsx(request: SignedInRequest) -> HttpResponse:
    """The same as a spreadsheet."""
    chosen, name = _to_export(request)
    return xlsx_response(f"{name}.xlsx", _("Uang di bank"), _table(chosen))


def _to_export(request: SignedInRequest) -> tuple[Chosen, str]:
    expo = wanted_expo(all_expos(), request.GET)
    if expo is None:
        raise Http404
    chosen = _chosen(expo, list(Stand.objects.at(expo)), request.GET)
    return chosen, f"uang-di-bank-{expo.slug}-{timezone.now().astimezone(WIB):%Y%m%d-%H%M}"


def _table(chosen: Chosen) -> Iterator[Sequence[str | int]]:
    yield [
        _("sisi"),
        _("stan"),
        _("hari"),
        _("waktu"),
        _("cara bayar"),
        _("nomor nota"),
        _("nilai (rupiah)"),
        _("keadaan"),
        _("catatan"),
        _("diperiksa oleh"),
        _("baris mutasi"),
        _("berkas"),
    ]
    for payment in claims_with_sales(chosen).iterator(chunk_size=2_000):
        sale: Any = payment.sale
        found: Any = payment
        yield [
            _("buku"),
            sale.stand.code,
            f"{sale.business_date:%Y-%m-%d}",
            f"{sale.sold_at.astimezone(WIB):%H:%M:%S}",
            payment.get_method_display(),
            sale.number,
            payment.amount_rupiah,
            str(PaymentCheck.Outcome(found.outcome).label) if found.outcome else _("belum"),
            found.found_note or "",
            found.found_by or "",
            found.found_line or "",
            "",
        ]
    lines: Any = lines_of(chosen.expo).select_related("statement", "stand")
    if chosen.stand is not None:
        lines = lines.filter(stand=chosen.stand)
    if chosen.day is not None:
        lines = lines.filter(date=chosen.day)
    if chosen.method:
        lines = lines.filter(statement__method__in=("", chosen.method))
    for line in lines.iterator(chunk_size=2_000):
        yield [
            _("bank"),
            line.stand.code if line.stand else "",
            f"{line.date:%Y-%m-%d}",
            f"{line.at.astimezone(WIB):%H:%M:%S}" if line.at else "",
            line.statement.get_method_display() if line.statement.method else "",
            "",
            line.amount_rupiah,
            str(BankMatch.Kind(line.kind).label) if line.kind else _("belum"),
            line.text,
            "",
            line.pk,
            line.statement.name,
        ]


# --- all of them --------------------------------------------------------------------------------


def _chosen(expo: Expo, places: list[Stand], given: QueryDict) -> Chosen:
    method, state = given.get("cara", ""), given.get("keadaan", "")
    try:
        day = dt.date.fromisoformat(given.get("hari", ""))
    except ValueError:
        day = None
    return Chosen(
        expo=expo,
        stand=next((stand for stand in places if stand.code == given.get("stan")), None),
        day=day,
        method=method if method in CLAIMED_METHODS else "",
        state=state if state in STATES else "",
    )


def _query(chosen: Chosen) -> str:
    """The same as the end of an address."""
    parts = {
        "edisi": chosen.expo.slug,
        "stan": chosen.stand.code if chosen.stand else "",
        "hari": chosen.day.isoformat() if chosen.day else "",
        "cara": chosen.method,
        "keadaan": chosen.state,
    }
    return urlencode({name: value for name, value in parts.items() if value})


def _minutes(given: QueryDict) -> int:
    text = given.get("menit", "")
    return int(text) if text in {str(one) for one in MINUTES} else USUAL_MINUTES


def _keys(given: QueryDict, name: str) -> list[int]:
    texts = given.getlist(name)[:MOST_TICKED]
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]
