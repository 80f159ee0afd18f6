"""How many reviews have what: kept beside them, so that a page need not count a hundred thousand rows.

Kinds and keys of ReviewCount:

    standing   "<state>:<reason>:<stars>"     every review
    stars      "<stars>"                      shown ones, as all that follow
    attribute  "<name>:<rating>"
    verified   "yes" or "no"
    imported   "<stars>"                      those that once stood elsewhere
    cell       "<stars>|<v or ->|<p or ->|<skin type>|<worn on>|<held>"   what filters combine
    photo      "waiting:<day>"                photos that nobody has looked at; see waiting_photos()
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from django.db import transaction

from reviews import log
from reviews.models import Review, ReviewCount, ReviewVersion, Source

Key = tuple[str, str]

ATTRIBUTES = ("sticking", "skin_comfort", "ease_of_use", "value")
# The columns that say what a review counts for, and no others: their words are long.
COUNTED = (
    *("product_id", "state", "reason", "source", "stars", "order_line_id", "photo_state"),
    *("skin_type", "worn_on", "held", "current__written_at"),
    *(f"current__{name}" for name in ATTRIBUTES),
)
# By day, so that the oldest wait is found among the counts; in UTC, so that no setting moves it.
_PHOTO_WAITS = "waiting:"
TRIES = 3


def keys_of(review: Review, version: ReviewVersion | None) -> Counter[Key]:
    """Return what `review` counts for as it stands now; `version` is its current one."""
    return Counter(_keys(review, version))


def change(product_id: int, before: Counter[Key], after: Counter[Key]) -> None:
    """Count what became of one review. The caller holds the lock of reviews.log.locked_head().

    Two queries, none where nothing changes.
    """
    difference = {
        key: after[key] - before[key] for key in before | after if after[key] != before[key]
    }
    if not difference:
        return
    rows = ReviewCount.objects.filter(
        product=product_id,
        kind__in={kind for kind, _ in difference},
        key__in={key for _, key in difference},
    )
    known = {(row.kind, row.key): row.count for row in rows}
    ReviewCount.objects.bulk_create(
        [
            ReviewCount(
                product_id=product_id, kind=kind, key=key, count=known.get((kind, key), 0) + more
            )
            for (kind, key), more in difference.items()
        ],
        update_conflicts=True,
        unique_fields=["product", "kind", "key"],
        update_fields=["count"],
    )


def recounted() -> dict[int, Counter[Key]]:
    """Return all counts as the reviews themselves give them, by product: {product: {(kind, key): n}}.

    Memory grows with the kinds of reviews there are, not with the reviews.
    """
    found: dict[int, Counter[Key]] = defaultdict(Counter)
    rows = Review.objects.select_related("current").only(*COUNTED).order_by()
    for review in rows.iterator(chunk_size=2000):
        found[review.product_id].update(_keys(review, review.current))
    return found


def faults() -> list[str]:
    """Return where the counts are not what the reviews say, in plain words.

    What is written meanwhile does no harm: then both are read again, at last with the log standing still.
    """
    for _ in range(TRIES):
        # Whoever changes a count writes an entry in the same transaction.
        before = log.head()
        found = _differences()
        if not found or log.head() == before:
            return found
    with transaction.atomic():
        log.locked_head()
        return _differences()


def _differences() -> list[str]:
    wanted = recounted()
    kept: dict[int, Counter[Key]] = defaultdict(Counter)
    for row in ReviewCount.objects.filter(count__gt=0):
        kept[row.product_id][row.kind, row.key] = row.count
    return [
        f"Product {product}: {kind} {key} is counted as {kept[product][kind, key]}"
        f" and is {wanted[product][kind, key]}."
        for product in sorted(wanted.keys() | kept.keys())
        for kind, key in sorted(wanted[product].keys() | kept[product].keys())
        if kept[product][kind, key] != wanted[product][kind, key]
    ]


def cell(review: Review) -> str:
    """Return the key under which filters count `review`."""
    return "|".join(
        (
            str(review.stars),
            "v" if review.order_line_id else "-",
            "p" if review.photo_state == Review.PhotoState.SHOWN else "-",
            review.skin_type,
            review.worn_on,
            review.held,
        )
    )


def waiting_photos(counts: Iterable[tuple[Key, int]]) -> tuple[int, date | None]:
    """Return how many photos wait beside shown words by these counts, and since which day (UTC) the oldest.

    A photo waits since its author wrote the words that it stands beside: no act of staff moves that day.
    """
    waiting = {
        key.removeprefix(_PHOTO_WAITS): count
        for (kind, key), count in counts
        if kind == "photo" and count > 0
    }
    return sum(waiting.values()), date.fromisoformat(min(waiting)) if waiting else None


def _photo_key(written_at: datetime) -> str:
    return f"{_PHOTO_WAITS}{written_at.astimezone(UTC).date().isoformat()}"


def _keys(review: Review, version: ReviewVersion | None) -> Iterator[Key]:
    if version is None:
        return
    yield "standing", f"{review.state}:{review.reason}:{review.stars}"
    if not review.is_shown:
        return
    yield "stars", str(review.stars)
    yield "verified", "yes" if review.order_line_id else "no"
    yield "cell", cell(review)
    if review.photo_state == Review.PhotoState.WAITING:
        yield "photo", _photo_key(version.written_at)
    if review.source == Source.IMPORT:
        yield "imported", str(review.stars)
    for name in ATTRIBUTES:
        if rating := getattr(version, name):
            yield "attribute", f"{name}:{rating}"
