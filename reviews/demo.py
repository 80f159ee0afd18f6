"""Demo reviews, so that a demo shop shows what reviews look like. Marked on the page, never in a real shop."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from products.models import Product
from reviews import decisions, reading, replying
from reviews.models import Review, Source
from reviews.submitting import Content, Origin, receive

CONTENT = Path(__file__).parent / "content" / "demo_reviews.toml"
ACTOR = "demo"
ROLE = "Customer care (demo)"
A_DAY = timedelta(days=1)
# What of a row is not part of the review itself.
AROUND = {"days_ago", "name", "reply", "is_undecided"}


class NotADemo(Exception):
    """Invented reviews were to stand in a real shop."""


def load(now: datetime) -> str:
    """Load the invented reviews, each on its day, by the way that every review takes. Changes nothing twice.

    Returns one line for people. Raises NotADemo unless settings.DEMO.
    """
    if not settings.DEMO:
        message = "Invented reviews belong in a demo shop only (DEMO=True)."
        raise NotADemo(message)
    product = reading.primary_product()
    if product is None or Review.objects.filter(is_demo=True).exists():
        return "Demo reviews: nothing to load."
    rows = tomllib.loads(CONTENT.read_text())["review"]
    for row in rows:
        _load(row, product, now - row["days_ago"] * A_DAY)
    return f"Demo reviews: {len(rows)} invented ones."


def _load(row: dict[str, Any], product: Product, at: datetime) -> None:
    content = Content(
        author_name=row["name"],
        **{name: value for name, value in row.items() if name not in AROUND},
    )
    review = receive(content, Origin(product=product, source=Source.SITE, is_demo=True), now=at)
    if review.state == Review.State.WAITING and not row.get("is_undecided"):
        review = decisions.show(
            review.pk, version_id=review.current_id or 0, actor=ACTOR, now=at + A_DAY / 4
        )
    if "reply" in row:
        replying.reply(review.pk, body=row["reply"], role=ROLE, actor=ACTOR, now=at + A_DAY / 2)
