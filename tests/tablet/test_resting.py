"""A tablet that is answered slowly gathers what is sold meanwhile, and sends it together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike

# Sells every 60 ms while each answer takes so long; how many went in each request.
SELLING = """
async ([answersAfterMs, many]) => {
  const db = await start();
  const sizes = [];
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  globalThis.fetch = async (_address, { body }) => {
    const { sale, sales = [sale] } = JSON.parse(body);
    sizes.push(sales.length);
    await pause(answersAfterMs);
    const answers = sales.map(({ uuid }) => ({ http: 201, status: 'recorded', uuid }));
    return sale
      ? new Response(JSON.stringify(answers[0]), { status: 201 })
      : new Response(JSON.stringify({ answers }), { status: 200 });
  };
  const one = await sender(db, () => 'E1');
  for (let n = 1; n <= many; n += 1) {
    await db.put('outbox', entry(n));
    one.kick();
    await pause(60);
  }
  await until(async () => (await db.count('outbox')) === 0);
  return sizes;
}
"""


def test_slow_answers_make_few_requests(page: Page) -> None:
    sizes = page.evaluate(SELLING, [200, 20])
    assert sum(sizes) == 20
    # 200 ms under way and 300 ms at rest: eight sales each time, and never three or four.
    assert len(sizes) <= 5, sizes


def test_quick_answers_are_followed_at_once(page: Page) -> None:
    sizes = page.evaluate(SELLING, [5, 10])
    assert sum(sizes) == 10
    assert len(sizes) >= 8, sizes
