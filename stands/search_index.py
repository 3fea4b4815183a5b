"""Keeps what the search reads: an entry for each thing and edition, and the words in them.

Database triggers note each row that changed (stands.search_triggers); `refresh` reads the notes
before a search and writes anew the entries that they concern. So it matters neither who changed a
row nor how, and a search after a change sees it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from django.db import connection, transaction

from pesantren.models import Pesantren, Producer, Product, Regency
from stands import search_triggers
from stands.models import (
    Expo,
    KeptProduct,
    Offer,
    SearchEntry,
    SearchStale,
    SearchWord,
    Stand,
)
from stands.published import pesantren_of
from stands.words import LONGEST_WORD, lexicon, sound_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Kind = SearchEntry.Kind
# From so many changed things on, reading everything is quicker than finding out what they concern.
EVERYTHING_FROM = 5_000
BATCH = 1_000
# Any number will do, as long as nobody else takes this lock.
LOCK = 5_040_019


def refresh() -> None:
    """Bring the index up to date; one query where nothing has changed."""
    if _is_current():
        return
    with transaction.atomic():
        _lock()
        stale = _take_notes()
        are_many = sum(map(len, stale.values())) >= EVERYTHING_FROM
        if are_many or "all" in stale or search_triggers.missing(connection):
            _rebuild()
        else:
            for kind, keys in _concerned(stale).items():
                _replace(kind, keys)


def rebuild() -> int:
    """Write the whole index anew; the number of entries."""
    with transaction.atomic():
        _lock()
        _take_notes()
        _rebuild()
    return SearchEntry.objects.count()


def _is_current() -> bool:
    # SQLite drops triggers when a migration remakes a table, and nothing is noted from then on.
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM stands_searchstale)")
        else:
            cursor.execute(
                "SELECT NOT EXISTS (SELECT 1 FROM stands_searchstale) AND %s ="
                " (SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB %s)",
                [len(search_triggers.trigger_names("sqlite")), f"{search_triggers.PREFIX}*"],
            )
        return bool(cursor.fetchone()[0])


def _lock() -> None:
    """Let one connection at a time write the index. On SQLite the transaction sees to that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _take_notes() -> dict[str, set[int]]:
    """What is stale, by kind. Read before the rows: a note that comes later finds a later row."""
    notes = list(SearchStale.objects.values_list("pk", "kind", "subject"))
    # By key, since on PostgreSQL others write notes meanwhile.
    for start in range(0, len(notes), BATCH):
        batch = [key for key, _kind, _subject in notes[start : start + BATCH]]
        SearchStale.objects.filter(pk__in=batch).delete()
    stale = defaultdict(set)
    for _key, kind, subject in notes:
        stale[kind].add(subject)
    return stale


def _concerned(stale: Mapping[str, set[int]]) -> dict[Kind, set[int]]:
    """The keys of all things whose entries say something about what is stale."""

    def keys(kind: str) -> set[int]:
        return stale.get(kind, set())

    regencies = set(keys("regency"))
    pesantren = set(keys("pesantren"))
    pesantren.update(_keys(Pesantren.objects.filter(regency__in=regencies)))
    pesantren.update(_keys(Pesantren.objects.filter(stands__in=keys("stand"))))
    regencies.update(_keys(Regency.objects.filter(pesantren__in=pesantren)))

    stands = keys("stand") | keys("shelf")
    stands.update(_keys(Stand.objects.filter(zone__in=keys("zone"))))
    stands.update(_keys(Stand.objects.filter(pesantren__in=pesantren)))
    stands.update(_keys(Stand.objects.filter(offers__product__in=keys("product"))))

    producers = set(keys("producer"))
    producers.update(_keys(Producer.objects.filter(pesantren__in=pesantren)))
    products = set(keys("product"))
    products.update(_keys(Product.objects.filter(producer__in=producers)))
    products.update(_keys(Product.objects.filter(category__in=keys("category"))))
    products.update(_keys(Product.objects.filter(offers__stand__in=keys("stand"))))
    producers |= keys("maker")
    producers.update(_keys(Producer.objects.filter(products__in=keys("product"))))
    return {
        Kind.PRODUCT: products,
        Kind.STAND: stands,
        Kind.PESANTREN: pesantren,
        Kind.PRODUCER: producers,
        Kind.REGENCY: regencies,
    }


def _keys(rows: object) -> Iterable[int]:
    return rows.order_by().values_list("pk", flat=True)  # type: ignore[attr-defined,no-any-return]


def _replace(kind: Kind, keys: set[int]) -> None:
    """Write the entries of these things anew, and count their words."""
    if not keys:
        return
    old = SearchEntry.objects.filter(kind=kind, subject__in=keys)
    counts = _word_counts(old, -1)
    old.delete()
    fresh = list(_entries(kind, keys))
    SearchEntry.objects.bulk_create(fresh, batch_size=BATCH)
    counts.update(_word_counts(fresh, 1))
    _add_words(counts)


def _rebuild() -> None:
    # Without triggers and full text tables while all rows go: SQLite's could lack what goes.
    if connection.vendor != "postgresql":
        search_triggers.lift(connection)
    SearchEntry.objects.all().delete()
    SearchWord.objects.all().delete()
    if search_triggers.missing(connection):
        search_triggers.install(connection)
    counts: Counter[Count] = Counter()
    for kind in Kind:
        fresh = list(_entries(kind, None))
        SearchEntry.objects.bulk_create(fresh, batch_size=BATCH)
        counts.update(_word_counts(fresh, 1))
    _add_words(counts)


# --- words --------------------------------------------------------------------------------------

# Edition, word, whether it stands in a name.
Count = tuple[int, str, bool]


def _word_counts(entries: Iterable[SearchEntry], sign: int) -> Counter[Count]:
    counts: Counter[Count] = Counter()
    for entry in entries:
        named = set(entry.name.split())
        anywhere = named.union(entry.also.split(), entry.text.split())
        for word in named:
            counts[entry.expo_id, word, True] += sign
        for word in anywhere:
            counts[entry.expo_id, word, False] += sign
    return counts


def _add_words(counts: Counter[Count]) -> None:
    """Add to the counts of words what was counted, and let go of words that no entry has."""
    words = sorted({(expo, word) for (expo, word, _named), count in counts.items() if count})
    rows = [
        (expo, word, sound_of(word), counts[expo, word, True], counts[expo, word, False])
        for expo, word in words
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO stands_searchword (expo_id, word, sound, names, entries)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (expo_id, word) DO UPDATE SET"
            " names = stands_searchword.names + excluded.names,"
            " entries = stands_searchword.entries + excluded.entries",
            rows,
        )
    SearchWord.objects.filter(entries__lte=0).delete()


# --- entries ------------------------------------------------------------------------------------


def _entries(kind: Kind, keys: set[int] | None) -> Iterator[SearchEntry]:
    """The entries of these things, or of all of a kind, at every edition."""
    makers = {
        Kind.PRODUCT: _products,
        Kind.STAND: _stands,
        Kind.PESANTREN: _pesantren,
        Kind.PRODUCER: _producers,
        Kind.REGENCY: _regencies,
    }
    return makers[kind](keys)


def _entry(
    kind: Kind,
    expo: int,
    subject: int,
    *,
    name: str,
    code: str = "",
    also: Iterable[str] = (),
    text: Iterable[str] = (),
    is_here: bool = True,
) -> SearchEntry:
    named = words_of(name)
    return SearchEntry(
        expo_id=expo,
        kind=kind,
        subject=subject,
        core=core_of(named)[:200],
        name=" ".join(named + _code_words(code)),
        also=" ".join(_distinct(also)),
        text=" ".join(_distinct(text)),
        is_here=is_here,
    )


def core_of(words: list[str]) -> str:
    """The words of a name that tell it apart; all of them where none does."""
    return " ".join([word for word in words if word not in lexicon().generic] or words)


def _code_words(code: str) -> list[str]:
    """A stand's code as it is written: `a01` and `a1`."""
    folded = "".join(words_of(code))
    letters = folded.rstrip("0123456789")
    number = folded[len(letters) :].lstrip("0")
    return list(dict.fromkeys([folded, f"{letters}{number}"])) if folded else []


def _distinct(texts: Iterable[str]) -> Iterator[str]:
    """The folded words of the texts, a text that was there already left out."""
    for text in dict.fromkeys(texts):
        for word in words_of(text):
            yield word[:LONGEST_WORD]


def _regency_words(regency: Regency | None) -> list[str]:
    if regency is None:
        return []
    kind = "kabupaten kab" if regency.kind == Regency.Kind.KABUPATEN else "kota"
    return [f"{kind} {regency.name}"]


def _products(keys: set[int] | None) -> Iterator[SearchEntry]:
    """What stands.catalogue.products_known_at knows, less what was withdrawn."""
    products = Product.objects.with_maker().not_withdrawn().order_by("pk")
    offers = Offer.objects.order_by("stand__code")
    if keys is not None:
        products, offers = products.filter(pk__in=keys), offers.filter(product__in=keys)
    codes: dict[tuple[int, int], list[str]] = defaultdict(list)
    editions: dict[int, set[int]] = defaultdict(set)
    for sold, expo, code, withdrawn in offers.values_list(
        "product", "stand__expo", "stand__code", "withdrawn"
    ):
        editions[sold].add(expo)
        if not withdrawn:
            codes[sold, expo].append(code)
    closed = set(Expo.objects.exclude(closed_at=None).values_list("pk", flat=True))
    yield from _kept_products(keys, codes)
    made_there = _editions_of_pesantren()
    for product in products.iterator(chunk_size=BATCH):
        maker = product.producer
        known = set(editions[product.pk])
        if maker.pesantren_id is not None and product.state != Product.State.DRAFT:
            known |= made_there[maker.pesantren_id]
        also = [product.name_en, product.category.name, product.category.name_en, maker.name]
        if maker.pesantren is not None:
            also += [maker.pesantren.name, *_regency_words(maker.pesantren.regency)]
        for expo in sorted(known - closed):
            here = codes.get((product.pk, expo), [])
            yield _entry(
                Kind.PRODUCT,
                expo,
                product.pk,
                name=product.name,
                also=[*also, *(word for code in here for word in _code_words(code))],
                text=[product.description, product.description_en],
                is_here=bool(here),
            )


def _kept_products(
    keys: set[int] | None, codes: Mapping[tuple[int, int], list[str]]
) -> Iterator[SearchEntry]:
    """What closed editions published, whatever became of it since."""
    kept = KeptProduct.objects.exclude(content__state=Product.State.WITHDRAWN)
    if keys is not None:
        kept = kept.filter(product__in=keys)
    rows = kept.order_by("product", "expo").values_list("product", "expo", "content")
    for product, expo, said in rows.iterator(chunk_size=BATCH):
        category, pesantren = said["category"], pesantren_of(said)
        also = [said["name_en"], category["name"], category["name_en"], said["producer"]["name"]]
        if pesantren is not None:
            also += [pesantren.name, *_regency_words(pesantren.regency)]
        here = codes.get((product, expo), [])
        yield _entry(
            Kind.PRODUCT,
            expo,
            product,
            name=said["name"],
            also=[*also, *(word for code in here for word in _code_words(code))],
            text=[said["description"], said["description_en"]],
            is_here=bool(here),
        )


def _kept_names() -> dict[tuple[int, int], str]:
    """What products were called at closed editions, by edition and product."""
    kept = KeptProduct.objects.order_by().values_list("expo", "product", "content__name")
    return {(expo, product): name for expo, product, name in kept}


def _stands(keys: set[int] | None) -> Iterator[SearchEntry]:
    stands = Stand.objects.select_related("zone").order_by("pk")
    offers = Offer.objects.on_sale()
    if keys is not None:
        stands, offers = stands.filter(pk__in=keys), offers.filter(stand__in=keys)
    sold: dict[int, list[str]] = defaultdict(list)
    kept_names = _kept_names()
    for stand, expo, product, name in offers.order_by("stand", "product__name").values_list(
        "stand", "stand__expo", "product", "product__name"
    ):
        sold[stand].append(kept_names.get((expo, product), name))
    for one in stands.prefetch_related("pesantren__regency"):
        there = list(one.pesantren.all())
        yield _entry(
            Kind.STAND,
            one.expo_id,
            one.pk,
            name=one.name,
            code=one.code,
            also=[
                one.zone.name,
                one.zone.name_en,
                *(pesantren.name for pesantren in there),
                *(words for pesantren in there for words in _regency_words(pesantren.regency)),
            ],
            text=[one.description, one.description_en, *sold[one.pk]],
        )


def _pesantren(keys: set[int] | None) -> Iterator[SearchEntry]:
    rows = Pesantren.objects.select_related("regency").order_by("pk")
    editions = _editions_of_pesantren()
    for one in rows if keys is None else rows.filter(pk__in=keys):
        for expo in sorted(editions[one.pk]):
            yield _entry(
                Kind.PESANTREN,
                expo,
                one.pk,
                name=one.name,
                also=_regency_words(one.regency),
                text=[one.about, one.about_en],
            )


def _producers(keys: set[int] | None) -> Iterator[SearchEntry]:
    rows = Producer.objects.select_related("pesantren__regency").order_by("pk")
    offers = Offer.objects.on_sale()
    if keys is not None:
        rows, offers = rows.filter(pk__in=keys), offers.filter(product__producer__in=keys)
    sells = defaultdict(set)
    pairs = offers.order_by().values_list("product__producer", "stand__expo").distinct()
    for producer, expo in pairs:
        sells[producer].add(expo)
    editions = _editions_of_pesantren()
    for one in rows:
        there = set() if one.pesantren_id is None else editions[one.pesantren_id]
        also = []
        if one.pesantren is not None:
            also = [one.pesantren.name, *_regency_words(one.pesantren.regency)]
        for expo in sorted(there | sells[one.pk]):
            yield _entry(
                Kind.PRODUCER,
                expo,
                one.pk,
                name=one.name,
                also=also,
                is_here=expo in sells[one.pk],
            )


def _regencies(keys: set[int] | None) -> Iterator[SearchEntry]:
    rows = Regency.objects.order_by("pk")
    through = Stand.pesantren.through.objects.order_by()
    editions = defaultdict(set)
    pairs = through.filter(pesantren__regency__isnull=False).values_list(
        "pesantren__regency", "stand__expo"
    )
    for regency, expo in pairs.distinct():
        editions[regency].add(expo)
    for one in rows if keys is None else rows.filter(pk__in=keys):
        for expo in sorted(editions[one.pk]):
            yield _entry(Kind.REGENCY, expo, one.pk, name=one.name, also=_regency_words(one))


def _editions_of_pesantren() -> dict[int, set[int]]:
    editions: dict[int, set[int]] = defaultdict(set)
    through = Stand.pesantren.through.objects.order_by()
    for pesantren, expo in through.values_list("pesantren", "stand__expo").distinct():
        editions[pesantren].add(expo)
    return editions
