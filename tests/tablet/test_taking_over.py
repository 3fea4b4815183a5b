"""A tab that takes over while the one before it is sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.beside_modules import page_beside_modules
from tests.tablet.conftest import ADDRESS
from tests.tablet.tills import TILL

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.shown_alike


def test_what_the_tab_before_sent_does_not_wait_for_ever(browser: Browser) -> None:
    with page_beside_modules(browser, TILL, ADDRESS) as old:
        old.evaluate("""async () => {
          const till = await openTill();
          const { penjualan } = portal;
          portal.penjualan = async (content) => {
            globalThis.isAsked = true;
            await until(() => globalThis.mayAnswer);
            return penjualan(content);
          };
          await sell(till);
          await until(() => globalThis.isAsked);
        }""")
        new = old.context.new_page()
        new.goto(f"{ADDRESS}/")
        new.evaluate("""async () => {
          const { createTill } = await load('till');
          globalThis.till = createTill({ language: 'id', version: '1', receiptBase: '' });
          await till.start();
          void till.takeOver();
          await until(() => till.snapshot().phase === 'ready');
        }""")
        assert new.evaluate("till.snapshot().unsent") == 1
        old.evaluate("globalThis.mayAnswer = true")
        told = new.evaluate("""async () => {
          await until(() => till.snapshot().unsent === 0);
          await until(() => till.snapshot().last.sent !== 'unsent');
          return [asked.filter(([name]) => name === 'penjualan').length, till.snapshot().last.sent];
        }""")
    assert told == [0, "sent"]
