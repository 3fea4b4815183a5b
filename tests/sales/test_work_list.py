"""The organisers' work list: what it says, to whom, and that its buttons decide."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils import timezone, translation

from events.models import Event
from opop_expo.roles import ORGANISER, sync_groups
from sales.models import HeldSale, Sale, SaleFlag
from sales.proof.verifying import verify_ledger
from sales.recording import record_sale
from sales.totals.source import Grouping, TotalsFilter
from sales.totals.sums import sums_by
from sales.work_list.flag_words import FLAG_TITLES, FLAG_WORDS, words_of_flag
from sales.work_list.held_words import HELD_WORDS, SAYINGS, words_of_held
from sales.work_list.time_words import span
from sales.work_list.waiting import Shelf, amount_of
from stands.models import Offer, Stand
from tests.ledger import make_keeper, make_sale, make_shop, sale_request, sign_in
from tests.make import make_expo
from tests.page_words import words
from tests.queries import queries_of
from tests.tablets import pair_tablet
from tests.waiting import make_flag, make_held, sent

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

PAGE = "/admin/sales/periksa/"
Reason, Kind = HeldSale.Reason, SaleFlag.Kind


@pytest.fixture
def citra(client: Client) -> User:
    """Citra organises, signed in."""
    sync_groups()
    user = User.objects.create_user("citra", is_staff=True)
    user.groups.add(Group.objects.get(name=ORGANISER))
    client.force_login(user)
    return user


@pytest.fixture
def stand() -> Stand:
    return make_shop()[0]


def held_page(held: HeldSale) -> str:
    return f"{PAGE}ditahan/{held.pk}/"


def flag_page(flag: SaleFlag) -> str:
    return f"{PAGE}tanda/{flag.pk}/"


# --- who ----------------------------------------------------------------------------------------


def test_nobody_but_organisers_enters_and_only_who_may_decides(stand: Stand) -> None:
    held, flag = make_held(Reason.FUTURE, stand), make_flag(Kind.CLOCK_OFF, stand)
    reversal = f"/admin/sales/sale/{flag.sale_id}/batal/"
    paths = [PAGE, held_page(held), flag_page(flag)]
    viewer = User.objects.create_user("dewi", is_staff=True)
    client = Client()

    as_stranger = [client.get(path).status_code for path in [*paths, reversal]]
    sign_in(client, make_keeper(stand=stand))
    as_keeper = [client.get(path, follow=True).status_code for path in [*paths, reversal]]
    client.force_login(viewer)
    as_blind = [client.get(path).status_code for path in [*paths, reversal]]
    viewer.user_permissions.set(
        Permission.objects.filter(codename__in=["view_heldsale", "view_saleflag"])
    )
    as_viewer = [client.get(path).status_code for path in [*paths, reversal]]
    posted = [
        client.post(held_page(held), {"do": "dismiss", "reason": "x"}).status_code,
        client.post(held_page(held), {"do": "accept"}).status_code,
        client.post(flag_page(flag), {"do": "accept"}).status_code,
        client.post(f"{PAGE}tanda/terima/", {"flag": flag.pk}).status_code,
        client.post(reversal, {"reason": "x"}).status_code,
    ]

    assert as_stranger == [302] * 4
    assert as_keeper == as_blind == [403] * 4
    assert as_viewer == [200, 200, 200, 403]
    assert posted == [403] * 5
    assert not Event.objects.filter(kind__in=["held_decided", "flag_settled"]).exists()
    assert "Terima apa adanya" not in client.get(flag_page(flag)).text
    assert "Setujui" not in words(client.get(held_page(held)))


def test_looking_changes_nothing(client: Client, citra: User, stand: Stand) -> None:
    for reason in Reason:
        make_held(reason, stand)
    flag = make_flag(Kind.CLOCK_OFF, stand)
    before = (list(HeldSale.objects.values()), list(SaleFlag.objects.values()))
    paths = [PAGE, flag_page(flag), f"/admin/sales/sale/{flag.sale_id}/batal/?tanda={flag.pk}"]
    paths += [held_page(held) for held in HeldSale.objects.all()]
    for path in paths:
        assert client.get(f"{path}?do=accept&reason=x" if "?" not in path else path).status_code
    assert client.get(f"{PAGE}tanda/terima/").status_code == 405
    assert (list(HeldSale.objects.values()), list(SaleFlag.objects.values())) == before


# --- words --------------------------------------------------------------------------------------


def test_every_reason_and_kind_has_words() -> None:
    assert set(HELD_WORDS) == set(SAYINGS) == set(Reason)
    assert set(FLAG_TITLES) == set(FLAG_WORDS) == set(Kind)


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("reason", Reason)
def test_each_reason_is_told_on_list_and_page(
    client: Client, citra: User, stand: Stand, reason: HeldSale.Reason, language: str
) -> None:
    held = make_held(reason, stand)
    with translation.override(language.strip("/") or "id"):
        said = words_of_held(Shelf([held]), held)
    listed, shown = client.get(f"{language}{PAGE}"), client.get(f"{language}{held_page(held)}")
    for sentence in said:
        assert sentence in words(listed)
        assert sentence in words(shown)
    assert held.request["number"] in words(listed)


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_told_on_list_and_page(
    client: Client, citra: User, stand: Stand, kind: SaleFlag.Kind, language: str
) -> None:
    flag = make_flag(kind, stand)
    with translation.override(language.strip("/") or "id"):
        said = words_of_flag(flag)
    for path in (PAGE, flag_page(flag)):
        page = words(client.get(f"{language}{path}"))
        assert all(sentence in page for sentence in said)
        assert flag.sale.number in page


def test_difference_of_price_is_told_in_figures(stand: Stand) -> None:
    flag = make_flag(Kind.PRICE_DIFFERED, stand)
    Offer.objects.update(price_rupiah=1)  # what it costs now is another matter
    assert words_of_flag(flag) == [
        f"Barang 1 A1: harga di tablet Rp 20.000, di katalog Rp 25.000, 3 "
        f"{flag.sale.lines.get().unit}, selisih Rp 15.000 kurang."
    ]


def test_stock_below_nought_is_told_as_it_became(stand: Stand) -> None:
    assert words_of_flag(make_flag(Kind.STOCK_BELOW_ZERO, stand)) == ["Stok Barang 1 A1 jadi −3."]


def test_clock_that_is_ahead_is_told_with_the_day_that_counts(stand: Stand) -> None:
    [first, second] = words_of_flag(make_flag(Kind.CLOCK_OFF, stand))
    assert first.startswith("Jam tablet maju 1 hari 2 menit; dihitung ")
    assert second == "Jam tablet disetel sesudahnya, dan sudah cocok waktu mengirim."


def test_taken_number_names_the_sale_that_has_it(stand: Stand) -> None:
    held = make_held(Reason.NUMBER_TAKEN, stand)
    [text] = words_of_held(Shelf([held]), held)
    assert text.startswith(
        f"Nomor {held.request['number']} sudah dipakai penjualan lain (Rp 25.000, "
    )


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (-86_520_000, "1 hari 2 menit"),
        (3 * 3_600_000 + 90_000, "3 jam 2 menit"),
        (100, "kurang dari satu menit"),
        (90_061_000, "1 hari 1 jam"),
    ],
)
def test_span_is_told_in_its_two_largest_units(milliseconds: int, text: str) -> None:
    assert span(milliseconds) == text


# --- the list -----------------------------------------------------------------------------------


def test_list_holds_what_waits_and_nothing_else(client: Client, citra: User, stand: Stand) -> None:
    waits, decided = (make_held(Reason.OTHER_TILL, stand) for _ in range(2))
    flag = make_flag(Kind.OUTSIDE_DAYS, stand)
    client.post(held_page(decided), {"do": "dismiss", "reason": "uji"})

    page = client.get(PAGE)

    assert held_page(waits) in page.text
    assert held_page(decided) not in page.text
    assert flag_page(flag) in page.text
    assert "Ditahan 1 belum dihitung, bersih Rp 50.000" in words(page)
    assert '<span class="badge waits">2</span>' in client.get("/admin/").text


def test_list_is_of_one_edition_and_can_be_narrowed(
    client: Client, citra: User, stand: Stand
) -> None:
    old = make_shop(expo=make_expo(slug="2019", is_current=False), code="B2")[0]
    elsewhere = make_shop(code="C3", expo=stand.expo)[0]
    flags = [make_flag(Kind.OUTSIDE_DAYS, one) for one in (stand, elsewhere, old)]
    held = make_held(Reason.FUTURE, stand)

    def shown(query: str) -> list[bool]:
        page = client.get(f"{PAGE}{query}").text
        return [flag_page(flag) in page for flag in flags] + [held_page(held) in page]

    assert shown("") == [True, True, False, True]
    assert shown("?edisi=2019") == [False, False, True, False]
    assert shown("?stan=C3") == [False, True, False, False]
    assert shown("?jenis=future") == [False, False, False, True]
    assert shown("?jenis=outside_days&stan=A1") == [True, False, False, False]
    assert client.get(f"{PAGE}?edisi=1999").status_code == 404


def test_many_of_one_kind_are_shortened_and_paged(
    client: Client, citra: User, stand: Stand
) -> None:
    tablet = pair_tablet(stand)
    for _number in range(52):
        make_flag(Kind.PRICE_DIFFERED, stand, tablet=tablet)
    rows = [
        client.get(f"{PAGE}{query}").text.count('<li class="item"')
        for query in ("", "?jenis=price_differed", "?jenis=price_differed&hal=2")
    ]
    assert rows == [10, 50, 2]
    assert "Tampilkan semua 52" in words(client.get(PAGE))


def test_list_takes_as_many_queries_for_three_as_for_one(
    client: Client, citra: User, stand: Stand
) -> None:
    def fill(place: Stand) -> None:
        for reason in Reason:
            make_held(reason, place)
        for kind in (Kind.PRICE_DIFFERED, Kind.OUTSIDE_DAYS, Kind.CLOCK_OFF):
            make_flag(kind, place)

    fill(stand)
    queries_of(client, PAGE)
    once = queries_of(client, PAGE)
    for code in ("B1", "B2"):
        fill(make_shop(code=code, expo=stand.expo)[0])
    assert queries_of(client, PAGE) == once
    assert once <= 32


def test_empty_list_says_so(client: Client, citra: User, stand: Stand) -> None:
    assert "Tidak ada yang menunggu" in words(client.get(PAGE))


def test_before_any_edition_the_list_says_so(client: Client, citra: User) -> None:
    assert "Belum ada edisi" in words(client.get(PAGE))


# --- a held sale --------------------------------------------------------------------------------


def test_conflict_is_shown_side_by_side_with_what_differs(
    client: Client, citra: User, stand: Stand
) -> None:
    page = client.get(held_page(make_held(Reason.OTHER_CONTENT, stand)))
    text = words(page)
    assert "Yang datang lebih dulu" in text
    assert "Rp 25.000" in text
    assert "Rp 50.000" in text
    assert 'content-lines is-other"' in page.text
    assert '<div class="is-other">\n    <dt>Nomor nota' not in page.text


def test_accepting_from_the_page_records_and_leads_back(
    client: Client, citra: User, stand: Stand
) -> None:
    held = make_held(Reason.NUMBER_TAKEN, stand)
    page = client.post(
        f"{held_page(held)}?stan=A1", {"do": "accept", "accept-note": "ya"}, follow=True
    )
    number = f"{held.request['number']}/2"
    assert page.redirect_chain == [(f"{PAGE}?edisi=2026-uji&stan=A1", 302)]
    assert f"Disetujui dan dibukukan sebagai {number}." in page.text
    assert Sale.objects.filter(number=number).exists()
    assert verify_ledger().breaks == []


def test_time_is_prefilled_and_asked_for(client: Client, citra: User, stand: Stand) -> None:
    future, old = make_held(Reason.FUTURE, stand), make_held(Reason.TOO_OLD, stand)
    received = timezone.localtime(future.received_at)
    claimed = timezone.localtime(dt.datetime.fromisoformat(old.request["sold_at"]))
    assert f'value="{received:%Y-%m-%dT%H:%M:%S}"' in client.get(held_page(future)).text
    assert f'value="{claimed:%Y-%m-%dT%H:%M:%S}"' in client.get(held_page(old)).text

    ahead = timezone.localtime() + dt.timedelta(hours=1)
    typed = [
        client.post(held_page(future), {"do": "accept", "accept-sold_at": value})
        for value in ("", "besok", f"{ahead:%Y-%m-%dT%H:%M:%S}", "0001-01-01T00:00:00")
    ]

    assert [page.status_code for page in typed] == [422] * 4
    assert not Sale.objects.exists()
    yesterday = timezone.localtime() - dt.timedelta(days=1)
    client.post(
        held_page(future), {"do": "accept", "accept-sold_at": f"{yesterday:%Y-%m-%dT%H:%M}"}
    )
    days = sums_by(stand.expo, Grouping.DAY, TotalsFilter())
    assert {day: one.net_rupiah for day, one in days.items()} == {yesterday.date(): 50_000}


def test_unknown_product_is_chosen_from_the_stands_own(
    client: Client, citra: User, stand: Stand
) -> None:
    held = make_held(Reason.OFFER_UNKNOWN, stand)
    foreign = make_shop(code="B7", expo=stand.expo)[1][0]
    own = stand.offers.in_till_order()[1]
    page = client.get(held_page(held))
    assert f'<option value="{own.pk}">' in page.text
    assert f'<option value="{foreign.pk}">' not in page.text

    refused = [
        client.post(held_page(held), {"do": "accept", "accept-offer-1": value}).status_code
        for value in ("", foreign.pk, "x")
    ]
    client.post(held_page(held), {"do": "accept", "accept-offer-1": own.pk})

    assert refused == [422] * 3
    assert Sale.objects.get().lines.get().offer == own


def test_reversal_is_prefilled_with_what_is_left(client: Client, citra: User, stand: Stand) -> None:
    held = make_held(Reason.OVER_REVERSAL, stand, quantity=4)  # one of four is back already
    field = re.search(r'<input class="qty".*?>', client.get(held_page(held)).text, re.DOTALL)
    assert field is not None
    assert 'value="3"' in field[0]

    over = client.post(held_page(held), {"do": "accept", "accept-qty-1": "4"})
    client.post(held_page(held), {"do": "accept", "accept-qty-1": "3"})

    assert over.status_code == 422
    assert "Yang masih bisa dibatalkan: 3." in words(over)
    assert Sale.objects.latest("sequence").total_rupiah == -75_000
    assert "yang bisa dibatalkan tinggal 3" in words(client.get(held_page(held)))
    assert verify_ledger().breaks == []


@pytest.mark.parametrize("reason", [Reason.ORIGINAL_HELD, Reason.ORIGINAL_UNKNOWN])
def test_reversal_without_its_sale_cannot_be_accepted(
    client: Client, citra: User, stand: Stand, reason: HeldSale.Reason
) -> None:
    held = make_held(reason, stand)
    assert "Setujui pembatalan" not in words(client.get(held_page(held)))
    answer = client.post(held_page(held), {"do": "accept"})
    assert answer.status_code == 422
    assert not Sale.objects.filter(reverses__isnull=False).exists()


def test_held_reversal_of_training_would_move_no_total(stand: Stand) -> None:
    tablet, offer = pair_tablet(stand), stand.offers.in_till_order()[0]
    lost = tablet.sale({offer: 1})  # never sent
    for number in ("0009", "L0001"):
        number = f"{tablet.till.prefix}-{number}"
        assert sent(tablet, tablet.reversal(lost, number=number))["status"] == "held"
    assert amount_of(list(HeldSale.objects.all())) == -offer.price_rupiah


def test_dismissing_wants_a_reason(client: Client, citra: User, stand: Stand) -> None:
    held = make_held(Reason.FUTURE, stand)
    without = client.post(held_page(held), {"do": "dismiss", "reason": " "})
    assert without.status_code == 422
    assert "Tulis alasannya" in words(without)
    client.post(held_page(held), {"do": "dismiss", "reason": "coba-coba"})
    page = words(client.get(held_page(held)))
    assert "ditolak oleh citra" in page
    assert "coba-coba" in page
    assert "Setujui penjualan" not in page


def test_page_of_what_has_no_number_yet_opens(client: Client, citra: User, stand: Stand) -> None:
    key, offer = uuid.uuid4(), stand.offers.in_till_order()[0]
    for quantity in (1, 2):
        request = sale_request({offer: quantity}, key=key, tendered_rupiah=100_000)
        record_sale(stand=stand, cashier=None, request=request, intake=Sale.Intake.FORM)
    assert "Rp 50.000" in words(client.get(PAGE))
    assert "Setujui penjualan" in words(client.get(held_page(HeldSale.objects.get())))


def test_second_decision_is_told_who_was_first(client: Client, citra: User, stand: Stand) -> None:
    held = make_held(Reason.OTHER_TILL, stand)
    client.post(held_page(held), {"do": "accept"})
    for form in ({"do": "accept"}, {"do": "dismiss", "reason": "x"}):
        page = client.post(held_page(held), form)
        assert page.status_code == 422
    assert Sale.objects.count() == 1


# --- a flag -------------------------------------------------------------------------------------


def test_flag_is_accepted_with_one_press(client: Client, citra: User, stand: Stand) -> None:
    flag = make_flag(Kind.PRICE_DIFFERED, stand)
    page = client.post(flag_page(flag), {"do": "accept", "stan": "A1"}, follow=True)
    assert page.redirect_chain == [(f"{PAGE}?edisi=2026-uji&stan=A1", 302)]
    assert f"{flag.sale.number}: diterima apa adanya." in page.text
    assert SaleFlag.objects.get().resolution == SaleFlag.Resolution.ACCEPTED


def test_row_gives_way_to_a_word_when_a_script_sends_it(
    client: Client, citra: User, stand: Stand
) -> None:
    tablet = pair_tablet(stand)
    first, _second = (make_flag(Kind.PRICE_DIFFERED, stand, tablet=tablet) for _ in range(2))
    answers = [
        client.post(flag_page(first), {"do": "accept"}, headers={"HX-Request": "true"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "<html" not in answers[0].text
    assert f"{first.sale.number}: diterima apa adanya." in answers[0].text
    assert 'id="count-price_differed" hx-swap-oob="true">1<' in answers[0].text
    assert "Sudah diputuskan" in answers[1].text


def test_all_that_are_shown_are_accepted_at_once(client: Client, citra: User, stand: Stand) -> None:
    tablet = pair_tablet(stand)
    flags = [make_flag(Kind.CLOCK_OFF, stand, tablet=tablet) for _ in range(3)]
    keys = re.findall(r'name="flag" value="(\d+)"', client.get(PAGE).text)
    later = make_flag(Kind.CLOCK_OFF, stand, tablet=tablet)  # nobody has seen it yet
    assert sorted(map(int, keys)) == [flag.pk for flag in flags]

    page = client.post(f"{PAGE}tanda/terima/", {"flag": [*keys, "x", "9" * 30]}, follow=True)

    assert "3 tanda diterima apa adanya." in page.text
    assert list(SaleFlag.objects.filter(settled_at=None)) == [later]


def test_dismissing_a_flag_from_its_page(client: Client, citra: User, stand: Stand) -> None:
    flag = make_flag(Kind.CLOCK_OFF, stand)
    assert client.post(flag_page(flag), {"do": "dismiss"}).status_code == 422
    client.post(flag_page(flag), {"do": "dismiss", "reason": "tablet uji"})
    assert SaleFlag.objects.get().settlement == "tablet uji"
    assert "diabaikan oleh citra" in words(client.get(flag_page(flag)))


# --- taking back --------------------------------------------------------------------------------


def test_flag_leads_to_a_reversal_that_settles_it(
    client: Client, citra: User, stand: Stand
) -> None:
    flag = make_flag(Kind.PRICE_DIFFERED, stand)
    path = f"/admin/sales/sale/{flag.sale_id}/batal/?tanda={flag.pk}"
    assert path in client.get(flag_page(flag)).text
    key = re.search(r'name="uuid" value="([^"]+)"', client.get(path).text)
    assert key is not None
    form = {"uuid": key[1], "qty-1": "1", "reason": "harga salah"}

    page = client.post(path, form, follow=True)
    again = client.post(path, form)

    assert page.redirect_chain == [(f"{PAGE}?edisi=2026-uji", 302)]
    assert "dibatalkan dengan nota A1-W-0001" in page.text
    assert again.status_code == 302
    reversal = Sale.objects.get(reverses=flag.sale)
    assert (reversal.intake, reversal.total_rupiah) == (Sale.Intake.ORGANISER, -20_000)
    settled = SaleFlag.objects.get(pk=flag.pk)
    assert (settled.resolution, settled.settlement) == ("corrected", "Pembatalan A1-W-0001")


def test_any_sale_is_taken_back_from_its_admin_page(
    client: Client, citra: User, stand: Stand
) -> None:
    sale = make_sale(stand, {stand.offers.in_till_order()[0]: 2})
    path = f"/admin/sales/sale/{sale.pk}/batal/"
    key = "6a0e8d3c-77e3-4a1b-8f57-0d6d6a6fb111"
    assert path in client.get(f"/admin/sales/sale/{sale.pk}/change/").text

    refused = [
        client.post(path, {"uuid": key, "qty-1": quantity, "reason": reason}).status_code
        for quantity, reason in (("3", "x"), ("1", ""), ("", "x"), ("1_0", "x"))
    ]
    page = client.post(path, {"uuid": key, "qty-1": "2", "reason": "rusak"}, follow=True)
    made = Sale.objects.get(reverses=sale)

    assert refused == [422] * 4
    assert page.redirect_chain == [(f"/admin/sales/sale/{made.pk}/change/", 302)]
    assert "Semua barang di nota ini sudah dibatalkan." in client.get(path).text
    assert client.get(f"/admin/sales/sale/{made.pk}/batal/").status_code == 404
    assert f"/admin/sales/sale/{made.pk}/batal/" not in page.text
    assert Event.objects.get(kind=Event.Kind.REVERSED).actor == citra
    assert verify_ledger().breaks == []


def test_flag_of_another_sale_is_none_of_this_one(
    client: Client, citra: User, stand: Stand
) -> None:
    sale = make_sale(stand, {stand.offers.in_till_order()[0]: 2})
    flag = make_flag(Kind.CLOCK_OFF, stand)
    for key in (flag.pk, "x", "9" * 30):
        assert client.get(f"/admin/sales/sale/{sale.pk}/batal/?tanda={key}").status_code == 404


# --- history ------------------------------------------------------------------------------------


def test_lists_keep_what_was_decided_and_lead_to_its_page(
    client: Client, citra: User, stand: Stand
) -> None:
    held, flag = make_held(Reason.OTHER_TILL, stand), make_flag(Kind.CLOCK_OFF, stand)
    client.post(held_page(held), {"do": "dismiss", "reason": "coba-coba"})
    client.post(flag_page(flag), {"do": "accept"})
    lists = [
        client.get(f"/admin/sales/{name}/?{query}").text
        for name, query in (("heldsale", "state__exact=dismissed"), ("saleflag", "selesai=ya"))
    ]
    assert "coba-coba" in lists[0]
    assert "diterima apa adanya" in lists[1]
    leads = [
        client.get(f"/admin/sales/{name}/{row.pk}/change/")["Location"]
        for name, row in (("heldsale", held), ("saleflag", flag))
    ]
    assert leads == [held_page(held), flag_page(flag)]


def test_sale_sent_again_after_it_was_accepted_is_not_there_twice(
    client: Client, citra: User, stand: Stand
) -> None:
    tablet = pair_tablet(stand)
    sale = tablet.sale({stand.offers.in_till_order()[0]: 1}, number="Z9-Z-0001")
    sent(tablet, sale)
    client.post(held_page(HeldSale.objects.get()), {"do": "accept"})
    assert sent(tablet, sale)["status"] == "replayed"
    assert Sale.objects.count() == 1
