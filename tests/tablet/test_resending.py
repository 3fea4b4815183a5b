"""What the tablet does when its server was put back, and something goes wrong meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike


def test_new_sales_flow_where_the_old_cannot_be_read(page: Page) -> None:
    known, written, owed = page.evaluate(
        """async () => {
          const db = await start();
          // A database that this page cannot open.
          await new Promise((done) => (indexedDB.open('opop-till-sent', 9).onsuccess = (event) => {
            event.target.result.close();
            done();
          }));
          const { createMind } = await load('memory');
          const { createHearing } = await load('hearing');
          const mind = createMind({ clock: { offset: () => 0 } });
          Object.assign(mind.memory, { db, epoch: 'E1' });
          const keeping = { noticeLoss: () => {} };
          const hearing = createHearing({ mind, keeping, page: 'p', clock: {}, language: 'id' });
          await hearing.takeEpoch('E2');
          const { owed } = mind.snapshot();
          return [hearing.envelope().epoch, await db.get('meta', 'epoch'), owed];
        }"""
    )
    # On the disk is what the server refuses, so that a page opened anew begins with the old ones.
    assert (known, written) == ("", "resending")
    assert owed == {"kept": None}


def test_what_ended_early_is_whole_at_the_next_time(page: Page) -> None:
    first, second = page.evaluate(
        """async () => {
          const db = await start();
          const { keepSent, sendAllAgain } = await load('sent');
          await keepSent(Array.from({ length: 1200 }, (_one, place) => entry(place + 1)));
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (value, ...key) {
            if (value.position === 700) throw new DOMException('full', 'QuotaExceededError');
            return put.call(this, value, ...key);
          };
          const look = async () => [await db.count('outbox'), await db.get('meta', 'epoch')];
          const heard = [];
          const again = () => sendAllAgain(db, 'p', 'E2', (some) => heard.push(some.length));
          const failed = await again().then(() => false, () => true);
          const first = [failed, ...(await look())];
          IDBObjectStore.prototype.put = put;
          await again();
          const keys = await db.getAllKeys('outbox');
          const isOrdered = keys.every((key, place) => key === place + 1);
          return [first, [isOrdered, heard, ...(await look())]];
        }"""
    )
    assert first == [True, 500, "resending"]
    assert second == [True, [500, 0, 500, 200], 1200, "E2"]


def test_answer_of_the_server_of_before_counts_for_nothing(page: Page) -> None:
    left, rest = page.evaluate(
        """async () => {
          const db = await start();
          await db.put('outbox', entry(1));
          const { sendAllAgain } = await load('sent');
          let epoch = 'E1';
          let answered = 0;
          globalThis.fetch = async (_address, { body }) => {
            const content = JSON.parse(body);
            if (content.epoch === 'E1') {
              // Answered; then the server is put back, and a contact hears of it first.
              await sendAllAgain(db, 'p', 'E2', () => {});
              answered += 1;
              return taken(content);
            }
            return taken(content);
          };
          const one = await sender(db, () => epoch);
          one.kick();
          await until(() => answered);
          await new Promise((done) => setTimeout(done, 300));
          const left = (await db.getAll('outbox')).map((stored) => stored.state);
          epoch = 'E2';
          one.sendNow();
          await until(async () => (await db.count('outbox')) === 0);
          return [left, await db.count('outbox')];
        }"""
    )
    assert (left, rest) == (["unsent"], 0)


@pytest.mark.parametrize(("failures", "kept", "unkept"), [(1, 1, 0), (9, 0, 1)])
def test_what_cannot_be_kept_is_tried_once_more_and_counted(
    page: Page, failures: int, kept: int, unkept: int
) -> None:
    found = page.evaluate(
        """async (failures) => {
          const db = await start();
          await db.put('outbox', entry(1));
          const transaction = IDBDatabase.prototype.transaction;
          const hows = [];
          IDBDatabase.prototype.transaction = function (names, ...how) {
            if (this.name === 'opop-till-sent') {
              hows.push(how.at(1)?.durability);
              failures -= 1;
              if (failures >= 0) throw new DOMException('gone', 'InvalidStateError');
            }
            return transaction.call(this, names, ...how);
          };
          globalThis.fetch = async (_address, { body }) => taken(JSON.parse(body));
          (await sender(db, () => 'E1')).kick();
          await until(async () => (await db.count('outbox')) === 0);
          IDBDatabase.prototype.transaction = transaction;
          const { openDB } = await import('/static/vendor/idb/index.js');
          const other = await openDB('opop-till-sent');
          const { countUnkept } = await load('sent');
          return [await other.count('sent'), countUnkept?.(), hows];
        }""",
        failures,
    )
    assert found == [kept, unkept, ["strict", "strict"]]
