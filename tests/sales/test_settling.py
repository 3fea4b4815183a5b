"""Vouchers paid back: all of it, once, frozen, and what came later on the next paper."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

import hypothesis
import pypdf
import pytest
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from events import append_only
from events.models import Event
from opop_expo.roles import FINANCE, ORGANISER, VIEWER, sync_groups
from sales.models import Settlement, SettlementLine, VoucherEntry, VoucherShare
from sales.proof.verifying import verify_ledger
from sales.vouchers.reads import all_owed, producers_with_shares
from sales.vouchers.settlement_sheet import spelled
from sales.vouchers.settling import SettlementRefused, due_to, settle
from stands.models import Stand
from tests.ledger import make_shop
from tests.make import make_expo, make_offer, make_stand
from tests.page_words import words
from tests.queries import queries_of
from tests.redeemed import give_back, spend
from tests.vouchers import make_finance, make_vouchers

if TYPE_CHECKING:
    from pesantren.models import Producer
    from stands.models import Expo, Offer

pytestmark = pytest.mark.django_db

PAGE = "/admin/sales/voucher/lunas/"


@pytest.fixture
def shop() -> tuple[Stand, Offer, Offer]:
    """Two makers share the stand: goods at 80.000 and at 40.000."""
    stand, (coffee, honey) = make_shop(code="A1", prices=(80_000, 40_000))
    return stand, coffee, honey


@pytest.fixture
def dewi(client: Client) -> User:
    """Dewi keeps the money, signed in."""
    return signed_in(client, make_finance(), FINANCE)


def signed_in(client: Client, user: User, role: str) -> User:
    sync_groups()
    user.is_staff = True
    user.save()
    user.groups.set([Group.objects.get(name=role)])
    client.force_login(user)
    return user


def spent(stand: Stand, *carts: dict[Offer, int]) -> list[VoucherEntry]:
    """A voucher of 100.000 for each of these carts."""
    made = make_vouchers(stand.expo, quantity=len(carts))
    for (_voucher, code), cart in zip(made, carts, strict=True):
        spend(stand, code, cart)
    return list(VoucherEntry.objects.order_by("pk"))


def pay(payee: Stand | Producer, expo: Expo, *, gives_back: bool = False) -> Settlement:
    """A settlement of all that is due."""
    due = due_to(payee, expo)
    return settle(
        payee,
        expo=expo,
        count=len(due.shares),
        total_rupiah=due.total_rupiah,
        received_by="Aminah",
        actor=make_finance(),
        gives_back=gives_back,
    )


# --- what is paid -------------------------------------------------------------------------------


def test_stand_is_paid_for_all_its_makers_and_only_once(shop: tuple[Stand, Offer, Offer]) -> None:
    stand, coffee, honey = shop
    spent(stand, {coffee: 1}, {coffee: 1, honey: 1})
    row = pay(stand, stand.expo)
    assert (row.printed_number, row.total_rupiah, row.line_count) == ("PV-0001", 180_000, 3)
    assert {line.amount_rupiah for line in row.lines.all()} == {80_000, 66_667, 33_333}
    with pytest.raises(SettlementRefused, match="semuanya sudah"):
        settle(
            stand,
            expo=stand.expo,
            count=3,
            total_rupiah=180_000,
            received_by="Aminah",
            actor=make_finance(),
        )
    event = Event.objects.get(kind=Event.Kind.VOUCHERS_SETTLED)
    assert (event.data["total_rupiah"], event.data["hash"]) == (180_000, row.hash)


@pytest.mark.parametrize("words", [("[dihapus x", ""), ("Aminah", " [dihapus x")])
def test_name_or_note_that_looks_like_a_seal_is_refused(
    shop: tuple[Stand, Offer, Offer], words: tuple[str, str]
) -> None:
    stand, coffee, _honey = shop
    spent(stand, {coffee: 1})
    with pytest.raises(SettlementRefused, match="tidak boleh diawali"):
        settle(
            stand,
            expo=stand.expo,
            count=1,
            total_rupiah=80_000,
            received_by=words[0],
            note=words[1],
            actor=make_finance(),
        )
    assert not Settlement.objects.exists()


def test_list_says_of_which_edition_it_is_and_leads_to_the_others(
    client: Client, dewi: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    other = make_stand(expo=make_expo(slug="2020", is_current=False)).expo
    for expo, one in ((shop[0].expo, other), (other, shop[0].expo)):
        page = client.get(PAGE, {"edisi": expo.slug}).content.decode()
        assert f'<p class="totals-edition">{expo.name}</p>' in page
        assert f'href="?edisi={one.slug}"' in page


def test_maker_paid_alone_is_left_out_of_the_stands_paper(
    shop: tuple[Stand, Offer, Offer],
) -> None:
    stand, coffee, honey = shop
    spent(stand, {coffee: 1, honey: 1})
    maker = honey.product.producer
    assert pay(maker, stand.expo).total_rupiah == 33_333
    assert pay(stand, stand.expo).total_rupiah == 66_667
    assert Settlement.objects.aggregate(sum=Sum("total_rupiah"))["sum"] == 100_000


def test_taken_back_after_the_settlement_is_a_line_of_the_next(
    shop: tuple[Stand, Offer, Offer],
) -> None:
    stand, coffee, _honey = shop
    [entry] = spent(stand, {coffee: 1})
    pay(stand, stand.expo)
    give_back(entry.sale)
    spent(stand, {coffee: 1}, {coffee: 1})
    second = pay(stand, stand.expo)
    assert [line.amount_rupiah for line in second.lines.all()] == [-80_000, 80_000, 80_000]
    assert second.total_rupiah == 80_000


def test_nothing_or_less_is_closed_only_on_purpose(shop: tuple[Stand, Offer, Offer]) -> None:
    stand, coffee, _honey = shop
    [entry] = spent(stand, {coffee: 1})
    pay(stand, stand.expo)
    give_back(entry.sale)
    with pytest.raises(SettlementRefused, match="Tidak ada yang dibayarkan"):
        pay(stand, stand.expo)
    back = pay(stand, stand.expo, gives_back=True)
    assert (back.total_rupiah, back.is_paid_by_stand) == (-80_000, True)
    assert Settlement.objects.aggregate(sum=Sum("total_rupiah"))["sum"] == 0


def test_what_came_since_the_page_was_opened_is_shown_first(
    client: Client, dewi: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, coffee, _honey = shop
    spent(stand, {coffee: 1})
    address = f"{PAGE}stan/{stand.pk}/"
    assert "Rp 80.000" in words(client.get(address))
    spent(stand, {coffee: 1})
    form = {"count": "1", "sum": "80000", "received_by": "Aminah"}
    refused = client.post(address, form)
    assert refused.status_code == 422
    assert "Jumlahnya sudah berubah" in words(refused)
    assert "Rp 160.000" in words(refused)
    client.post(address, form | {"count": "2", "sum": "160000"})
    row = Settlement.objects.get()
    assert (row.total_rupiah, row.received_by, row.made_by) == (160_000, "Aminah", dewi)
    assert client.post(address, form | {"received_by": " "}).status_code == 422


def test_who_received_must_be_named(
    client: Client, dewi: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, coffee, _honey = shop
    spent(stand, {coffee: 1})
    page = client.post(f"{PAGE}stan/{stand.pk}/", {"count": "1", "sum": "80000"})
    assert "Tulis nama yang menerima" in words(page)
    assert not Settlement.objects.exists()


# --- the books ----------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["spend", "spend", "back", "stand", "maker"]),
        st.integers(0, 1),
        st.integers(0, 9),
    ),
    min_size=3,
    max_size=10,
)


@pytest.mark.story
@pytest.mark.django_db(transaction=False)
@hypothesis.settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_settled_and_open_are_what_was_redeemed(steps: list[tuple[str, int, int]]) -> None:
    """Always, by stand and by maker, whatever was settled which way and in which order."""
    with transaction.atomic():
        first, offers = make_shop(code="A1", prices=(70_000, 30_000))
        second, more = make_shop(code="A2", expo=first.expo, prices=(60_000,))
        more.append(make_offer(stand=second, product=offers[0].product, stock=None))
        places = [(first, offers), (second, more)]
        codes = iter(make_vouchers(first.expo, quantity=len(steps)))
        sales = []
        for kind, place, number in steps:
            stand, goods = places[place]
            if kind == "spend":
                cart = {goods[0]: 1 + number % 2, goods[1]: 1} if number % 3 else {goods[0]: 1}
                sales.append(spend(stand, next(codes)[1], cart))
            elif kind == "back" and sales:
                give_back(sales.pop(number % len(sales)))
            else:
                payee = stand if kind == "stand" else goods[number % 2].product.producer
                if due_to(payee, first.expo).shares:
                    pay(payee, first.expo, gives_back=True)
        _assert_sums(first.expo)
        transaction.set_rollback(True)


def _assert_sums(expo: Expo) -> None:
    entries = VoucherEntry.objects.of_expo(expo).payable()
    stands = list(Stand.objects.at(expo))
    owed = all_owed(expo, stands, producers_with_shares(expo))
    for one in owed.stands:
        redeemed = entries.filter(sale__stand=one.payee).aggregate(sum=Sum("owed_rupiah"))["sum"]
        assert one.owed_rupiah == redeemed
        assert one.open_rupiah == due_to(one.payee, expo).total_rupiah
    makers: Counter[int] = Counter()
    for share in VoucherShare.objects.filter(entry__in=entries):
        makers[share.producer_id] += share.amount_rupiah
    for one in owed.producers:
        assert one.owed_rupiah == makers[one.payee.pk]
        assert one.open_rupiah == due_to(one.payee, expo).total_rupiah
    lines = SettlementLine.objects.aggregate(sum=Sum("amount_rupiah"))["sum"] or 0
    totals = Settlement.objects.aggregate(sum=Sum("total_rupiah"))["sum"] or 0
    assert lines == totals == owed.total.settled_rupiah
    assert verify_ledger().breaks == []


def test_settlement_never_changes_and_tampering_is_found(
    shop: tuple[Stand, Offer, Offer],
) -> None:
    stand, coffee, _honey = shop
    for _round in range(2):
        spent(stand, {coffee: 1})
        pay(stand, stand.expo)
    for table in ("sales_settlement", "sales_settlementline"):
        for verb in ("UPDATE {} SET id = id", "DELETE FROM {}"):
            with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
                connection.cursor().execute(verb.format(table))
    assert verify_ledger().breaks == []
    append_only.lift(connection)
    connection.cursor().execute("UPDATE sales_settlement SET received_by = 'x' WHERE number = 1")
    append_only.install(connection)
    assert [str(one) for one in verify_ledger().breaks] == [
        f"{stand.expo.slug} PV-0001: isinya tidak cocok dengan sidiknya"
    ]


# --- pages and paper ----------------------------------------------------------------------------


def test_paper_names_payee_sum_vouchers_makers_and_signers(
    client: Client, dewi: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, coffee, honey = shop
    entries = spent(stand, {coffee: 1, honey: 1})
    row = pay(stand, stand.expo)
    answer = client.get(f"{PAGE}bukti/{row.pk}/pdf/")
    assert answer.content == client.get(f"{PAGE}bukti/{row.pk}/pdf/").content
    text = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert entries[0].voucher is not None
    for part in (
        "PV-0001",
        "A1 Al-Qodiri",
        "Rp 100.000",
        "seratus ribu rupiah",
        f"No. {entries[0].voucher.printed_number}",
        entries[0].sale.number,
        honey.product.producer.name,
        "Aminah",
        row.hash,
    ):
        assert part in text
    page = words(client.get(f"{PAGE}bukti/{row.pk}/"))
    assert row.hash in page
    assert "Rp 66.667" in page


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (1_000, "seribu"),
        (125_000, "seratus dua puluh lima ribu"),
        (1_001_100, "satu juta seribu seratus"),
        (2_000_000_000, "dua miliar"),
    ],
)
def test_sum_is_spelled_as_on_a_receipt(number: int, text: str) -> None:
    assert spelled(number) == text


def test_lists_take_as_many_queries_for_three_as_for_one(
    client: Client, dewi: User, shop: tuple[Stand, Offer, Offer]
) -> None:
    stand, coffee, honey = shop
    counts = []
    for number in (1, 2):
        for _more in range(number):
            spent(stand, {coffee: 1, honey: 1})
        row = pay(stand, stand.expo)
        spent(stand, {coffee: 1})
        paths = [PAGE, f"{PAGE}stan/{stand.pk}/", f"{PAGE}bukti/{row.pk}/", f"{PAGE}csv/"]
        counts.append([queries_of(client, path) for path in paths])
    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", [ORGANISER, VIEWER])
def test_only_finance_pays(role: str, shop: tuple[Stand, Offer, Offer]) -> None:
    stand, coffee, _honey = shop
    spent(stand, {coffee: 1})
    client = Client()
    signed_in(client, User.objects.create_user("citra"), role)
    address = f"{PAGE}stan/{stand.pk}/"
    page = client.get(address)
    assert page.status_code == 200
    assert 'name="received_by"' not in page.text
    form = {"count": "1", "sum": "80000", "received_by": "Aminah"}
    assert client.post(address, form).status_code == 403
    assert not Settlement.objects.exists()
