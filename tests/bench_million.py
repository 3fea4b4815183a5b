"""A million lines, or as many as are asked for, of four days, written by PostgreSQL itself.

Sums, makers and days are right; the hashes are not, so `verify_ledger` finds the chains broken. The
triggers of foreign keys are lifted meanwhile, the append-only ones have nothing to refuse.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from stands.models import Expo

SALES = 400_000
LINES_IN_A_SALE = 2.5  # one to four by turns
STANDS = 40
OFFERS = 30
DAYS = 4

FILL = """
SET session_replication_role = replica;
CREATE TEMP TABLE place AS
  SELECT s.id AS stand, row_number() OVER (ORDER BY s.id) - 1 AS at,
    (SELECT array_agg(id ORDER BY letter) FROM sales_till t WHERE t.stand_id = s.id) AS tills,
    (SELECT array_agg(id ORDER BY id) FROM sales_cashier c WHERE c.stand_id = s.id) AS people
  FROM stands_stand s WHERE s.expo_id = %(expo)s;
CREATE TEMP TABLE goods AS
  SELECT o.id AS offer, o.stand_id AS stand, o."order" AS at, o.price_rupiah AS price,
    p.id AS product, p.name, p.producer_id AS producer, m.pesantren_id AS pesantren
  FROM stands_offer o
  JOIN pesantren_product p ON p.id = o.product_id
  JOIN pesantren_producer m ON m.id = p.producer_id
  JOIN stands_stand s ON s.id = o.stand_id
  WHERE s.expo_id = %(expo)s;
CREATE TEMP TABLE rung AS
  SELECT i, gen_random_uuid() AS id, p.*, i / 40 + 1 AS sequence,
    %(today)s::date - ((i / 40) %% 4)::int AS day,
    8 + (i / 160 * 7 + i) %% 13 AS hour, (i * 31) %% 60 AS minute
  FROM generate_series(0, %(sales)s - 1) AS i
  JOIN place p ON p.at = i %% 40;
CREATE TEMP TABLE picked AS
  SELECT r.i, r.id AS sale, j AS position, g.*, 1 + (r.i + j) %% 3 AS quantity
  FROM rung r
  CROSS JOIN LATERAL generate_series(1, 1 + r.i / 160 %% 4) AS j
  JOIN goods g ON g.stand = r.stand AND g.at = (r.i / 40 * 7 + j * 11) %% 30;
CREATE TEMP TABLE sums AS
  SELECT i, sum(quantity * price) AS total FROM picked GROUP BY i;
ANALYZE rung;
ANALYZE sums;
INSERT INTO sales_sale (id, expo_id, stand_id, till_id, cashier_id, sequence, number, reason, note,
    training, intake, total_rupiah, sold_at, received_at, business_date, fingerprint,
    previous_hash, hash)
  SELECT r.id, %(expo)s, r.stand, r.tills[1 + r.i / 40 %% 2], r.people[1 + r.i / 80 %% 3],
    r.sequence, 'B' || r.i, '', '', false, 'outbox', s.total,
    (r.day + make_time(r.hour::int, r.minute::int, 0)) AT TIME ZONE 'Asia/Jakarta', now(), r.day,
    md5(r.i::text), '', md5(r.i::text)
  FROM rung r JOIN sums s ON s.i = r.i;
INSERT INTO sales_saleline (sale_id, position, offer_id, product_id, producer_id, pesantren_id,
    product_name, unit, unit_price_rupiah, quantity, amount_rupiah)
  SELECT sale, position, offer, product, producer, pesantren, name, 'buah', price, quantity,
    quantity * price
  FROM picked;
INSERT INTO sales_payment (sale_id, position, method, amount_rupiah)
  SELECT r.id, 1, (ARRAY['cash', 'cash', 'qris', 'card', 'transfer'])[1 + r.sequence %% 5], s.total
  FROM rung r JOIN sums s ON s.i = r.i;
UPDATE sales_ledgerhead h SET sequence = ends.sequence
  FROM (SELECT stand, max(sequence) AS sequence FROM rung GROUP BY stand) AS ends
  WHERE ends.stand = h.stand_id;
SET session_replication_role = origin;
ANALYZE;
"""


def main() -> None:
    """Fill the empty database that DATABASE_URL names, and say how long each step took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opop_expo.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from sales.totals.running import rebuild_all
    from sales.totals.running_proof import rollup_breaks
    from stands.clock import business_date

    sales = round(int(sys.argv[1]) / LINES_IN_A_SALE) if sys.argv[1:] else SALES
    call_command("migrate", verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_edition", "data/2020", stdout=nowhere)
    today = business_date(timezone.now())
    expo = make_edition(today)
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"expo": expo.pk, "today": today, "sales": sales})
        cursor.execute("SELECT count(*) FROM sales_saleline")
        lines = cursor.fetchone()[0]
    say(f"{lines:,} lines of {sales:,} sales written", started)
    started = time.perf_counter()
    say(f"{rebuild_all():,} running totals built", started)
    started = time.perf_counter()
    say(f"running totals proved, {len(list(rollup_breaks()))} breaks", started)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    call_command("collectstatic", interactive=False, verbosity=0)


def say(what: str, started: float) -> None:
    """Print what was done and how long it took."""
    print(f"{what} in {time.perf_counter() - started:.0f} s", flush=True)


def make_edition(today: dt.date) -> Expo:
    """An edition of full stands, and Citra who organises it."""
    from django.contrib.auth.models import Group, User

    from opop_expo.roles import FINANCE, ORGANISER, sync_groups
    from pesantren.models import Category, Producer, Product
    from sales.models import Cashier, LedgerHead, Till
    from stands.models import Expo, ExpoDay, Offer, Stand, Zone
    from tests.bench import PASSWORD

    sync_groups()
    citra = User.objects.create_user("citra", password=PASSWORD, is_staff=True)
    citra.groups.set(Group.objects.filter(name__in=[ORGANISER, FINANCE]))
    Expo.objects.update(is_current=False)
    expo = Expo.objects.create(slug="2026-juta", name="OPOP Expo 2026", is_current=True)
    for back in range(DAYS):
        day = today - dt.timedelta(days=back)
        ExpoDay.objects.create(expo=expo, date=day, opens=dt.time(8), closes=dt.time(21))
    zone = Zone.objects.create(expo=expo, code="A", name="Aula")
    makers, categories = list(Producer.objects.all()), list(Category.objects.all())
    for number in range(1, STANDS + 1):
        stand = Stand.objects.create(
            expo=expo, code=f"A{number}", name=f"Stan {number}", kind="pesantren", zone=zone
        )
        products = Product.objects.bulk_create(
            Product(
                slug=f"barang-{number}-{place}",
                name=f"Barang {number}-{place}",
                producer=makers[(number * 3 + place % 3) % len(makers)],
                category=categories[(number + place) % len(categories)],
                pillar=Product.Pillar.values[place % 3],
            )
            for place in range(OFFERS)
        )
        Offer.objects.bulk_create(
            Offer(stand=stand, product=product, price_rupiah=2_000 + 1_500 * place, order=place)
            for place, product in enumerate(products)
        )
        tills = [
            Till.objects.create(
                expo=expo, stand=stand, letter=letter, prefix=f"{stand.code}-{letter}"
            )
            for letter in "ABW"
        ]
        LedgerHead.objects.create(stand=stand, web_till=tills[2])
        for name in ("Aminah", "Budi", "Dewi"):
            Cashier.objects.create(stand=stand, name=name)
    return expo


if __name__ == "__main__":
    main()
