"""The tablet's modules by themselves, in a Chromium that nothing answers but static/.

What they say to the server is answered by the test, and what they write lies in a real IndexedDB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.beside_modules import page_beside_modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ADDRESS = "https://kasir.test"

# Modules by name, promises of a rejection, a shuffled copy.
MODULES = """
globalThis.load = (name) => import(`/static/js/till/${name}.js`);
globalThis.rejects = (promise) => promise.then(() => false, () => true);
globalThis.shuffled = (list) => {
  const copy = [...list];
  for (let n = copy.length - 1; n > 0; n -= 1) {
    const other = Math.floor(Math.random() * (n + 1));
    [copy[n], copy[other]] = [copy[other], copy[n]];
  }
  return copy;
};
"""

# `start` opens the storage as the page "p" that knows epoch E1.
SENDING = """
globalThis.load = (name) => import(`/static/js/till/tablet/${name}.js`);
globalThis.entry = (position, uuid = `u${position}`) => ({
  position, uuid, request: { uuid }, state: 'unsent', problems: [], taken: [] });
globalThis.start = async () => {
  const { openStorage } = await load('storage');
  const { db } = await openStorage();
  await db.put('meta', 'p', 'owner');
  await db.put('meta', 'E1', 'epoch');
  return db;
};
globalThis.until = async (test) => {
  const end = Date.now() + 8000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error('waited in vain for ' + test);
    await new Promise((done) => setTimeout(done, 10));
  }
};
globalThis.taken = ({ sale }) =>
  new Response(JSON.stringify({ http: 201, status: 'recorded', uuid: sale.uuid }), { status: 201 });
globalThis.sender = async (db, epoch) => (await load('outbox')).createSender({
  db, language: 'id', envelope: () => ({ epoch: epoch() }), onAnswer: () => {}, onPairing: () => {},
  onSettled: () => {}, onEpoch: async () => {}, mayTry: () => true });
"""


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """An empty page beside the modules."""
    with page_beside_modules(browser, MODULES, ADDRESS) as page:
        yield page


@pytest.fixture
def helpers() -> str:
    """What `page` begins with; `tests.tablet.tills.TILL` makes a whole till of it."""
    return SENDING


@pytest.fixture
def page(browser: Browser, helpers: str) -> Iterator[Page]:
    """One with a storage and a sender, or a till, of its own."""
    with page_beside_modules(browser, helpers, ADDRESS) as page:
        yield page
