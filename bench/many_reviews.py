"""Fill a shop with reviews, in a process with the shop's settings: `python bench/many_reviews.py 100`.

The newest reviews are the same whatever their number, so the pages of a small shop and of a large one show the
same. All that belongs to a review is there: versions, flags, the log with its seals, the counts; so
`manage.py verify_reviews` finds nothing wrong. Texts and facts follow a fixed rule.
"""

import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import django

NEWEST = datetime(2026, 11, 1, 12, tzinfo=UTC)
STEP = timedelta(minutes=20)
BATCH = 1000
# How many of a hundred gave one to five dots.
RATINGS = (12, 6, 10, 22, 50)
SAME = 100
SENTENCES = (
    "It stayed on for a whole day and came off without a trace.",
    "The edge lifted after the shower, the second one held until evening.",
    "Easy to put on behind the ear, and nobody noticed it at work.",
    "The parcel came on time and the pack has clear steps printed on it.",
    "I forgot that I wore it, so I guess the size is right for me.",
    "It left a light mark that was gone after an hour.",
)


def facts(place: int) -> dict[str, Any]:
    """Return what the review at `place`, counted from the newest, says. Every third has oily skin."""
    chance = random.Random(place)
    stars = chance.choices(range(1, 6), RATINGS)[0]
    near = [max(1, min(5, stars + chance.choice((-1, 0, 0, 1)))) for _ in range(4)]
    return {
        "author_name": f"Jo {'ABCDEFGHKLMNPRSTVW'[place % 18]}.",
        "stars": stars,
        "title": f"Note {place % 1000:03}",
        "body": " ".join(chance.sample(SENTENCES, 4)),
        "sticking": near[0],
        "skin_comfort": near[1],
        "ease_of_use": near[2],
        "value": near[3],
        "skin_type": "oily"
        if place % 3 == 0
        else chance.choice(("", "normal", "dry", "sensitive")),
        "worn_on": chance.choice(("", "ear", "wrist", "arm", "shoulder", "hip")),
        "held": chance.choice(("", "under-2", "2-8", "8-16", "16-24", "24")),
    }


def course(place: int, *, is_bought: bool) -> list[tuple[str, str, str]]:
    """Return what became of it: (kind, reason, actor) of each entry after the first."""
    begins = [] if is_bought else [("waiting", "", "")]
    if place % 40 == 7:
        return [*begins, ("withheld", ("abuse", "private_data")[place % 2], "mo")]
    if place % 100 == 11:
        return [*begins, ("shown", "", "" if is_bought else "mo"), ("withdrawn", "", "")]
    if place % 100 == 23 and not is_bought:
        return begins
    return [*begins, ("shown", "", "" if is_bought else "mo")]


def order_lines(product: Any, count: int) -> list[int]:
    """Return the keys of so many order lines of one paid order for `product`."""
    from orders.models import OrderLine  # noqa: PLC0415 (after setup)
    from tests.factories import make_paid_order  # noqa: PLC0415

    variant = product.variants.order_by("pk").first()
    line = OrderLine.objects.filter(order=make_paid_order(packs={variant: 1})).get()
    columns = {
        field.attname: getattr(line, field.attname)
        for field in OrderLine._meta.concrete_fields
        if not field.primary_key
    }
    made = OrderLine.objects.bulk_create(
        (OrderLine(**columns) for _ in range(count)), batch_size=BATCH
    )
    return [row.pk for row in made]


def rows(product: Any, count: int, first: int) -> Iterator[tuple[Any, Any]]:
    """Yield reviews with their only version, not stored yet, the oldest first."""
    from reviews.models import Review, ReviewVersion  # noqa: PLC0415

    lines = iter(order_lines(product, sum(place % 5 < 2 for place in range(count))))
    for place in reversed(range(count)):
        told, at = facts(place), NEWEST - place * STEP
        is_bought = place % 5 < 2
        kind, reason, _ = course(place, is_bought=is_bought)[-1]
        review = Review(
            number=first + count - place,
            product=product,
            order_line_id=next(lines) if is_bought else None,
            source="request" if is_bought else "site",
            received_at=at,
            state_at=at,
            written_at=at,
            state=kind,
            reason=reason,
            is_promotable=True,
            helpful_count=500 - place if place < SAME else place % 7,
            **{name: told[name] for name in ("stars", "skin_type", "worn_on", "held")},
        )
        review.place_ = place
        yield review, ReviewVersion(place=1, written_at=at, **told)


def store(product: Any, count: int) -> None:
    """Store reviews, versions, flags and the sealed log."""
    from reviews.models import (  # noqa: PLC0415
        Flag,
        LogEntry,
        LogHead,
        Review,
        ReviewVersion,
    )

    head = LogHead.objects.get_or_create(pk=LogHead.ONLY)[0]
    link, first = head.link, head.last_number
    stream = rows(product, count, first)
    while batch := list(islice(stream, BATCH)):
        Review.objects.bulk_create([review for review, _ in batch])
        for review, version in batch:
            version.review = review
        ReviewVersion.objects.bulk_create([version for _, version in batch])
        Flag.objects.bulk_create(
            Flag(version=version, kind="unverified", flagged_at=review.received_at)
            for review, version in batch
            if review.order_line_id is None
        )
        entries = []
        for review, version in batch:
            for entry in log_of(review, version):
                link = sealed(entry, link)
                entries.append(entry)
        LogEntry.objects.bulk_create(entries)
    head.advance_to(link, first + count)


def log_of(review: Any, version: Any) -> Iterator[Any]:
    """Yield the entries of one review, not sealed yet."""
    from reviews.models import LogEntry  # noqa: PLC0415
    from reviews.sealing import digest_of, told_stars  # noqa: PLC0415
    from reviews.standing import STATE_OF  # noqa: PLC0415

    state = "waiting"
    acts = course(review.place_, is_bought=review.order_line_id is not None)
    for kind, reason, actor in [("received", "", ""), *acts]:
        state = STATE_OF.get(LogEntry.Kind(kind), state)
        entry = LogEntry(
            number=review.number,
            kind=kind,
            stars=told_stars(LogEntry.Kind(kind), state, review.stars),
            is_verified=review.order_line_id is not None,
            source=review.source,
            reason=reason,
            at=review.received_at,
            review=review,
            version=version,
            actor=actor,
            note="a word" if kind == "withheld" else "",
        )
        entry.digest = digest_of(entry, version)
        yield entry


def sealed(entry: Any, before: Any) -> Any:
    """Tie `entry` to the entry before it; return its link."""
    from shop.lib.hash_chain import seal  # noqa: PLC0415

    link = seal(before, entry.facts())
    entry.sequence, entry.previous_hash, entry.hash = link.sequence, link.previous_hash, link.hash
    return link


def count_anew() -> None:
    """Make the counts what the reviews say."""
    from reviews import counting  # noqa: PLC0415
    from reviews.models import ReviewCount  # noqa: PLC0415

    ReviewCount.objects.all().delete()
    counted: dict[int, Counter[tuple[str, str]]] = counting.recounted()
    ReviewCount.objects.bulk_create(
        ReviewCount(product_id=product, kind=kind, key=key, count=number)
        for product, counts in counted.items()
        for (kind, key), number in counts.items()
    )


def fill(count: int) -> None:
    """Add `count` reviews of the shop's product to those of the demo."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from products.models import Product  # noqa: PLC0415
    from reviews import fairness  # noqa: PLC0415

    with transaction.atomic():
        store(Product.objects.get(slug=settings.PRIMARY_PRODUCT_SLUG), count)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reviews_review SET current_id = (SELECT id FROM reviews_reviewversion"
                " WHERE review_id = reviews_review.id) WHERE current_id IS NULL"
            )
        count_anew()
    fairness.run(timezone.now())
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does within minutes


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    django.setup()
    fill(int(sys.argv[1]))
