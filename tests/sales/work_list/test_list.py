"""The organisers' work list: what it says, and to whom."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import translation

from events.models import Event
from sales.models import HeldSale, SaleFlag
from sales.work_list.flag_words import FLAG_TITLES, FLAG_WORDS, words_of_flag
from sales.work_list.held_words import HELD_WORDS, SAYINGS, words_of_held
from sales.work_list.time_words import span
from sales.work_list.waiting import Shelf
from stands.models import Offer, Stand
from tests.ledger import make_keeper, make_shop, sign_in
from tests.make import make_expo
from tests.page_words import words
from tests.queries import queries_of
from tests.sales.work_list.page import PAGE, flag_page, held_page
from tests.tablets import pair_tablet
from tests.waiting import make_flag, make_held

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]

Reason, Kind = HeldSale.Reason, SaleFlag.Kind


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
