"""The tablet's modules: amounts, payments, vouchers and what goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sales.vouchers.codes import new_code

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike


def test_quick_amounts_pay_every_total(modules: Page) -> None:
    wrong = modules.evaluate(
        """async () => {
          const { quickAmounts, change } = await load('money');
          const totals = [0, 1, 499, 500, 99_999, 100_000, 100_001, 999_999_999];
          for (let n = 0; n < 20_000; n += 1) totals.push(n * 500);
          for (let n = 0; n < 5_000; n += 1) totals.push(Math.floor(Math.random() * 20_000_000));
          return totals.filter((total) => {
            const amounts = quickAmounts(total);
            const isGood =
              amounts.length >= 1 &&
              amounts.length <= 5 &&
              amounts[0] === total &&
              new Set(amounts).size === amounts.length &&
              amounts.every((one, n) => Number.isSafeInteger(one) && one >= total &&
                (n === 0 || one > amounts[n - 1])) &&
              // Each is the total or made of whole notes, and the change makes it up.
              amounts.slice(1).every((one) => one % 5000 === 0) &&
              amounts.every((one) => total + change(total, one) === one) &&
              amounts.every((one) => change(total, one) >= 0 && change(total, one) < 100_000);
            return !isGood;
          });
        }"""
    )
    assert wrong == []


def test_money_is_read_as_it_is_written(modules: Page) -> None:
    wrong, read = modules.evaluate(
        """async () => {
          const { formatRupiah, parseRupiah } = await load('money');
          const wrong = [];
          for (let n = 0; n < 2_000_000; n += 997) {
            if (parseRupiah(formatRupiah(n)) !== n || parseRupiah(String(n)) !== n) wrong.push(n);
          }
          const texts = ['', '-1', '1,5', '1.5', '1e3', ' 25.000 ', 'Rp 1.000', 'RpRp 1', '٣'];
          return [wrong, texts.map(parseRupiah)];
        }"""
    )
    assert wrong == []
    assert read == [None, None, None, None, None, 25_000, 1_000, None, None]


def test_code_of_a_voucher_is_read_as_the_server_reads_it(modules: Page) -> None:
    codes = [new_code() for _ in range(200)]
    read = modules.evaluate(
        """async (codes) => {
          const { asPrinted, readCode } = await load('tablet/voucher_codes');
          const wrong = (code) => (code[0] === '7' ? '8' : '7') + code.slice(1);
          return {
            printed: codes.every((code) => readCode(` ${asPrinted(code).toLowerCase()} `) === code),
            letters: codes.every((code) =>
              readCode(code.replaceAll('0', 'o').replaceAll('1', 'l')) === code),
            slips: codes.filter((code) => readCode(wrong(code)) !== ''),
            none: ['', 'ABC', 'U'.repeat(14), 'é'.repeat(14)].map(readCode),
          };
        }""",
        codes,
    )
    assert read == {"printed": True, "letters": True, "slips": [], "none": [""] * 4}


def test_voucher_goes_back_last_and_never_as_money(modules: Page) -> None:
    paid = modules.evaluate(
        """async () => {
          const { payBack } = await load('tablet/paying-back');
          const by = (method, amount_rupiah) => ({ method, amount_rupiah });
          const sale = { payments: [by('voucher', 100), by('cash', 40), by('qris', 10)] };
          const first = payBack(sale, 45, []);
          const negative = (all) =>
            ({ payments: all.map((one) => by(one.method, -one.amount_rupiah)) });
          const second = payBack(sale, 105, [negative(first)]);
          return [first, second].map((all) => all.map((one) => [one.method, one.amount_rupiah]));
        }"""
    )
    assert paid == [[["cash", 40], ["qris", 5]], [["qris", 5], ["voucher", 100]]]


def test_split_payments_fit_the_total_or_say_why_not(modules: Page) -> None:
    problems = modules.evaluate(
        """async () => {
          const { problemOf } = await load('tablet/payments');
          const cash = (amount_rupiah, tendered_rupiah) =>
            ({ method: 'cash', amount_rupiah, tendered_rupiah });
          const by = (method, amount_rupiah, more) => ({ method, amount_rupiah, ...more });
          return Object.fromEntries(Object.entries({
            exact: [[cash(100, 100)], 100],
            change: [[cash(100, 500)], 100],
            split: [[cash(40, 40), by('qris', 60)], 100],
            four: [[cash(1, 1), by('qris', 2), by('transfer', 3), by('card', 4)], 10],
            nothing: [[cash(0, 0)], 0],
            none: [[], 100],
            short: [[cash(99, 99)], 100],
            over: [[cash(60, 60), by('qris', 60)], 100],
            zero: [[cash(100, 100), by('qris', 0)], 100],
            negative: [[cash(200, 200), by('qris', -100)], 100],
            half: [[cash(99.5, 100), by('qris', 0.5)], 100],
            nan: [[cash(NaN, NaN)], 100],
            text: [[by('card', '100')], 100],
            method: [[by('gopay', 100)], 100],
            codeless: [[by('voucher', 100)], 100],
            voucher: [[by('voucher', 60, { voucher: 'A' }), cash(40, 40)], 100],
            twice: [[1, 2].map(() => by('voucher', 50, { voucher: 'A' })), 100],
            codeOfCard: [[by('card', 100, { voucher: 'A' })], 100],
            tendered: [[cash(100, 99)], 100],
            tenderedCard: [[by('card', 100, { tendered_rupiah: 100 })], 100],
            limit: [[by('qris', 10_000_001)], 10_000_001],
            unsafe: [[cash(2 ** 53, 2 ** 53)], 2 ** 53],
            heap: [Array.from({ length: 11 }, () => cash(1, 1)), 11],
          }).map(([name, [payments, total]]) => [name, problemOf(payments, total)]));
        }"""
    )
    assert problems == {
        "exact": None,
        "change": None,
        "split": None,
        "four": None,
        "nothing": None,
        "none": "none",
        "short": "short",
        "over": "over",
        "zero": "amount",
        "negative": "amount",
        "half": "amount",
        "nan": "amount",
        "text": "amount",
        "method": "method",
        "codeless": "voucher",
        "voucher": None,
        "twice": "voucher_twice",
        "codeOfCard": "voucher",
        "tendered": "tendered",
        "tenderedCard": "tendered",
        "limit": "qris_limit",
        "unsafe": "amount",
        "heap": "many",
    }


def test_cash_for_a_rest_never_pays_more_than_it(modules: Page) -> None:
    assert (
        modules.evaluate(
            """async () => {
          const { cashPayment, changeOf, missingOf, problemOf } = await load('tablet/payments');
          for (let n = 0; n < 20_000; n += 1) {
            const total = 1 + Math.floor(Math.random() * 1_000_000);
            const parts = [];
            while (missingOf(parts, total) > 0 && parts.length < 9) {
              const given = 1 + Math.floor(Math.random() * total);
              parts.push(cashPayment(missingOf(parts, total), given));
            }
            const rest = missingOf(parts, total);
            if (rest > 0) parts.push(cashPayment(rest, rest + 500));
            const given = parts.reduce((sum, one) => sum + one.tendered_rupiah, 0);
            if (problemOf(parts, total) !== null || total + changeOf(parts) !== given) return parts;
          }
          return null;
        }"""
        )
        is None
    )


def test_money_goes_back_the_ways_it_came_and_never_more(modules: Page) -> None:
    assert (
        modules.evaluate(
            """async () => {
          const { payBack } = await load('tablet/paying-back');
          const METHODS = ['cash', 'qris', 'transfer', 'card'];
          const pick = (most) => Math.floor(Math.random() * most);
          for (let n = 0; n < 5_000; n += 1) {
            const payments = Array.from({ length: 1 + pick(4) }, () =>
              ({ method: METHODS[pick(4)], amount_rupiah: 1 + pick(100_000) }));
            const held = {};
            for (const { method, amount_rupiah } of payments) {
              held[method] = (held[method] ?? 0) + amount_rupiah;
            }
            let left = payments.reduce((sum, one) => sum + one.amount_rupiah, 0);
            const earlier = [];
            while (left > 0) {
              const amount = earlier.length > 5 ? left : 1 + pick(left);
              const back = payBack({ payments }, amount, earlier);
              const sum = back.reduce((sum, one) => sum + one.amount_rupiah, 0);
              if (sum !== amount) return { payments, back };
              for (const one of back) {
                held[one.method] -= one.amount_rupiah;
                if (one.amount_rupiah <= 0 || held[one.method] < 0) return { payments, back };
              }
              const taken = back.map((one) => ({ ...one, amount_rupiah: -one.amount_rupiah }));
              earlier.push({ payments: taken });
              left -= amount;
            }
          }
          const free = payBack({ payments: [{ method: 'card', amount_rupiah: 0 }] }, 0, []);
          const isFree = free[0]?.method === 'card' && free[0].amount_rupiah === 0;
          return isFree && free.length === 1 ? null : free;
        }"""
        )
        is None
    )
