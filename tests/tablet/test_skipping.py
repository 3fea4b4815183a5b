"""What the portal fails at each time holds up nothing that stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shown_alike


def test_one_that_the_database_never_takes_is_passed_over(page: Page) -> None:
    """500 with the portal's own words, as it answers where the database refuses for good."""
    sizes, left = page.evaluate("""async () => {
      const db = await start();
      for (let n = 1; n <= 5; n += 1) await db.put('outbox', entry(n));
      const sizes = [];
      globalThis.fetch = async (_address, { body }) => {
        const { sale, sales = [sale] } = JSON.parse(body);
        sizes.push(sales.length);
        if (sales.some(({ uuid }) => uuid === 'u2')) {
          return new Response(JSON.stringify({ error: 'fault' }), { status: 500 });
        }
        return taken({ sale });
      };
      (await sender(db, () => 'E1')).kick();
      await until(async () => (await db.count('outbox')) === 1);
      return [sizes, (await db.getAll('outbox')).map((one) => one.uuid)];
    }""")
    assert (sizes[:6], left) == ([5, 1, 1, 1, 1, 1], ["u2"])
