"""The organisers' pages on vouchers: batches, their papers, one voucher's story, and the rules."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pesantren.money import rupiah, thousands
from pesantren.typed_numbers import CountField
from sales.models import Voucher, VoucherBatch
from sales.vouchers.codes import as_printed, hmac_of
from sales.vouchers.forms import BatchForm, IssueForm, RulesForm
from sales.vouchers.issuing import (
    VoucherRefused,
    issue_vouchers,
    make_batch,
    make_codes,
    reissue,
    release_claim,
    rules_of,
    set_rules,
    void_voucher,
)
from sales.vouchers.reads import (
    Figures,
    all_owed,
    batch_rows,
    clashes_waiting,
    figures_of,
    producers_with_shares,
    story_of,
    uses_of,
)
from sales.vouchers.sheet import sheets
from stands.clock import business_date
from stands.file_names import named
from stands.models import Stand
from stands.organiser_page import admin_frame, all_expos, expos_at_work, require, wanted_expo
from stands.paper import pdf_response
from stands.tables_out import csv_response

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stands.http import SignedInRequest

    Printed = Sequence[tuple[Voucher, str]]

PAGE = 100


@require_safe
@permission_required("sales.view_voucherbatch", raise_exception=True)
@never_cache
def vouchers(request: SignedInRequest) -> HttpResponse:
    """What there is, what became of it, and what is owed for it."""
    expos = expos_at_work()
    expo = wanted_expo(expos, request.GET)
    context: dict[str, Any] = {**admin_frame(request, _("Voucher belanja"), expo), "expos": expos}
    if expo is None:
        return render(request, "sales/vouchers.html", context)
    rows = batch_rows(expo, business_date(timezone.now()))
    owed = all_owed(expo, Stand.objects.at(expo), producers_with_shares(expo))
    return render(
        request,
        "sales/vouchers.html",
        context
        | {
            "expo": expo,
            "rows": rows,
            "total": sum((row.figures for row in rows), Figures()),
            "uses": uses_of(expo),
            "owed": owed,
            "clashes": clashes_waiting(expo),
            "rules": rules_of(expo),
        },
    )


# --- a batch ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.add_voucherbatch", raise_exception=True)
@never_cache
def voucher_make(request: SignedInRequest) -> HttpResponse:
    """Make a batch, after its whole value was seen."""
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    days = [day.date for day in expo.all_days]
    initial = {"valid_from": days[0], "valid_until": days[-1]} if days else {}
    form = BatchForm(request.POST if request.method == "POST" else None, expo=expo, initial=initial)
    shown = False
    if request.method == "POST" and form.is_valid():
        shown = True
        if request.POST.get("do") == "make":
            with form.showing_refusals():
                cleaned = form.cleaned_data
                batch = make_batch(
                    expo=expo,
                    name=cleaned["name"],
                    value_rupiah=cleaned["value_rupiah"],
                    quantity=cleaned["quantity"],
                    audience=VoucherBatch.Audience(cleaned["audience"]),
                    valid_from=cleaned["valid_from"],
                    valid_until=cleaned["valid_until"],
                    owed=VoucherBatch.Owed(cleaned["owed"]),
                    stands=cleaned["stands"],
                    actor=request.user,
                )
                messages.success(request, _("Kelompok dibuat. Kodenya belum ada; cetak di bawah."))
                return redirect("voucher_batch", batch.pk)
    return render(
        request,
        "sales/voucher_make.html",
        {
            **admin_frame(request, _("Buat voucher"), expo),
            "expo": expo,
            "form": form,
            "shown": shown and not form.errors,
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_voucherbatch", raise_exception=True)
@never_cache
def voucher_batch(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """One batch: print it, hand it out, and see each of its papers."""
    batch = _batch(batch_id)
    form = IssueForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(request, "sales.change_voucher")
        if form.is_valid():
            with form.showing_refusals():
                messages.success(request, _issued(request, batch, form))
                return redirect("voucher_batch", batch.pk)
    rows = batch.vouchers.select_related("claimed_till__stand", "replaced_by").order_by("number")
    state = request.GET.get("keadaan", "")
    if state in Voucher.State.values:
        rows = rows.filter(state=state)
    return render(
        request,
        "sales/voucher_batch.html",
        {
            **admin_frame(request, batch.name, batch.expo),
            "batch": batch,
            "expo": batch.expo,
            "stands": list(batch.stands.order_by("code")),
            "figures": figures_of(batch, business_date(timezone.now())),
            "states": Voucher.State.choices,
            "state": state,
            "form": form,
            "page": Paginator(rows, PAGE).get_page(request.GET.get("hal")),
            "may_print_again": not _is_touched(batch),
        },
        status=422 if form.errors else 200,
    )


def _is_touched(batch: VoucherBatch) -> bool:
    """Whether a paper of it may be in somebody's hands: then none is made worthless by printing."""
    in_use = Q(state__in=[Voucher.State.CLAIMED, Voucher.State.REDEEMED])
    return batch.vouchers.filter(
        in_use | Q(issued_at__isnull=False) | Q(entries__isnull=False)
    ).exists()


def _issued(request: SignedInRequest, batch: VoucherBatch, form: IssueForm) -> str:
    """Note the papers of the valid form as handed out. Raises VoucherRefused."""
    if batch.codes_shown_at is None:
        raise VoucherRefused(_("Kodenya belum dicetak, jadi belum ada yang bisa diserahkan."))
    span = (form.cleaned_data["first"], form.cleaned_data["last"])
    rows = list(batch.vouchers.filter(number__range=span, state=Voucher.State.OPEN))
    if not rows:
        raise VoucherRefused(_("Tidak ada voucher terbuka dengan nomor itu di kelompok ini."))
    number = issue_vouchers(rows, to=form.cleaned_data["to"], actor=request.user)
    text = ngettext(
        "%(n)s voucher dicatat diserahkan, senilai %(sum)s.",
        "%(n)s voucher dicatat diserahkan, senilai %(sum)s.",
        number,
    )
    return text % {"n": thousands(number), "sum": rupiah(number * batch.value_rupiah)}


@require_POST
@permission_required("sales.change_voucher", raise_exception=True)
@never_cache
def voucher_print(request: SignedInRequest, batch_id: int) -> HttpResponse:
    """Make the codes and answer with them as a file: the one moment at which they exist.

    They are in the answer and nowhere else. Where it did not arrive, the batch is printed anew,
    which makes other codes and leaves the first ones worthless.
    """
    batch = _batch(batch_id)
    again = request.POST.get("again") == "1"
    try:
        made = make_codes(batch, actor=request.user, again=again)
        if not made:
            raise VoucherRefused(_("Tidak ada voucher terbuka di kelompok ini."))
    except VoucherRefused as refused:
        messages.error(request, str(refused))
        return redirect("voucher_batch", batch.pk)
    return _file(batch, made, request.POST.get("as", "pdf"))


def _file(batch: VoucherBatch, made: Printed, kind: str) -> HttpResponse:
    name = f"voucher-{batch.expo.slug}-{made[0][0].printed_number}-{made[-1][0].printed_number}"
    if kind == "csv":
        response = csv_response(f"{name}.csv", _print_rows(batch, made))
    elif kind == "zip":
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}.pdf", sheets(batch, made))
            table = csv_response(f"{name}.csv", _print_rows(batch, made))
            archive.writestr(f"{name}.csv", table.content)
        response = HttpResponse(file.getvalue(), content_type="application/zip")
        response["Content-Disposition"] = named(f"{name}.zip")
    else:
        response = pdf_response(f"{name}.pdf", sheets(batch, made), as_file=True)
    response["Cache-Control"] = "private, no-store"
    return response


def _print_rows(batch: VoucherBatch, made: Printed) -> Iterator[Sequence[str | int]]:
    yield [
        _("nomor"),
        _("kode"),
        _("isi kode QR"),
        _("nilai (rupiah)"),
        _("berlaku mulai"),
        _("berlaku sampai"),
        _("untuk"),
        _("edisi"),
    ]
    for voucher, code in made:
        yield [
            voucher.printed_number,
            as_printed(code),
            code,
            batch.value_rupiah,
            f"{batch.valid_from:%Y-%m-%d}",
            f"{batch.valid_until:%Y-%m-%d}",
            str(batch.get_audience_display()),
            batch.expo.name,
        ]


# --- one voucher --------------------------------------------------------------------------------


@require_POST
@permission_required("sales.view_voucher", raise_exception=True)
@never_cache
def voucher_find(request: SignedInRequest) -> HttpResponse:
    """Lead from a number or a typed code to the voucher. A code never stands in an address."""
    expo = wanted_expo(all_expos(), request.POST)
    if expo is None:
        raise Http404
    typed = request.POST.get("q", "").strip()
    number = typed.casefold().removeprefix("no").strip(" .#")
    if CountField.written.fullmatch(number):
        number = number.replace(".", "")
    rows = Voucher.objects.of_expo(expo)
    found = None
    if number.isdecimal() and len(number) < 8:
        found = rows.filter(number=int(number)).first()
    elif typed:
        found = rows.filter(code_hmac=hmac_of(typed)).first()
    if found is not None:
        return redirect("voucher_detail", found.pk)
    messages.error(request, _("Tidak ada voucher dengan nomor atau kode itu di edisi ini."))
    return redirect(f"{reverse('vouchers')}?{urlencode({'edisi': expo.slug})}")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_voucher", raise_exception=True)
@never_cache
def voucher_detail(request: SignedInRequest, voucher_id: int) -> HttpResponse:
    """Everything about one voucher; hand out, void, make another in its place, release."""
    voucher = get_object_or_404(
        Voucher.objects.select_related(
            "expo", "batch__expo", "claimed_till__stand", "replaces", "replaced_by"
        ),
        pk=voucher_id,
    )
    problem = ""
    if request.method == "POST":
        require(request, "sales.change_voucher")
        try:
            answer = _done(request, voucher)
        except VoucherRefused as refused:
            problem = str(refused)
        else:
            return answer
    return render(
        request,
        "sales/voucher_detail.html",
        {
            **admin_frame(request, str(voucher), voucher.expo),
            "voucher": voucher,
            "batch": voucher.batch,
            "expo": voucher.expo,
            "story": story_of(voucher),
            "expired": voucher.batch.valid_until < business_date(timezone.now()),
            "replacement": getattr(voucher, "replaced_by", None),
            "problem": problem,
            "do": request.POST.get("do", ""),
            "reason": request.POST.get("reason", ""),
        },
        status=422 if problem else 200,
    )


def _done(request: SignedInRequest, voucher: Voucher) -> HttpResponse:
    """Do what the form asks for. Raises VoucherRefused."""
    do, reason = request.POST.get("do"), request.POST.get("reason", "")
    if do == "reissue":
        new, code = reissue(voucher, actor=request.user, reason=reason)
        # The one moment at which its code exists.
        return _file(voucher.batch, [(new, code)], "pdf")
    if do == "void":
        void_voucher(voucher, actor=request.user, reason=reason)
        messages.success(request, _("Voucher dihapuskan. Kodenya tidak bisa dipakai lagi."))
    elif do == "release":
        release_claim(voucher, actor=request.user, reason=reason)
        messages.success(request, _("Voucher dilepas dan bisa dipakai lagi."))
    elif do == "issue":
        if voucher.code_hmac is None:
            raise VoucherRefused(_("Kodenya belum dicetak, jadi belum ada yang bisa diserahkan."))
        issue_vouchers([voucher], to=request.POST.get("to", ""), actor=request.user)
        messages.success(request, _("Dicatat diserahkan."))
    else:
        raise VoucherRefused(_("Pilih dulu apa yang akan dilakukan."))
    return redirect("voucher_detail", voucher.pk)


# --- rules --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("sales.view_voucherrules", raise_exception=True)
@never_cache
def voucher_rules(request: SignedInRequest) -> HttpResponse:
    """Whether tills may take vouchers without a network, and for how much."""
    expo = wanted_expo(all_expos(), request.POST or request.GET)
    if expo is None:
        raise Http404
    rules = rules_of(expo)
    form = RulesForm(
        request.POST if request.method == "POST" else None,
        initial={"limit": thousands(rules.offline_limit_rupiah)},
    )
    if request.method == "POST":
        require(request, "sales.change_voucherrules")
        if form.is_valid():
            with form.showing_refusals():
                set_rules(expo, offline_limit_rupiah=form.cleaned_data["limit"], actor=request.user)
                messages.success(request, _("Aturan disimpan."))
                return redirect(f"{reverse('voucher_rules')}?{urlencode({'edisi': expo.slug})}")
    return render(
        request,
        "sales/voucher_rules.html",
        {
            **admin_frame(request, _("Voucher tanpa jaringan"), expo),
            "expo": expo,
            "rules": rules,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _batch(batch_id: int) -> VoucherBatch:
    return get_object_or_404(VoucherBatch.objects.select_related("expo", "made_by"), pk=batch_id)
