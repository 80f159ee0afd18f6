"""Makers of reviews for tests. Each fills in what the test does not care about."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from orders.models import OrderLine
from products.models import Product
from reviews import submitting
from reviews.models import Invitation, Review, Source
from reviews.submitting import Content, Origin
from tests.factories import make_paid_order, make_product, make_variant

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
_numbers = itertools.count(1000)  # past 911: who calls that number reports a reaction

TEXTS = (
    "It stayed on for a whole day and came off without a trace.",
    "The edge lifted after the shower, the second one held until evening.",
    "Easy to put on behind the ear, and nobody noticed it at work.",
    "The parcel came on time and the pack has clear steps printed on it.",
    "I forgot that I wore it, so I guess the size is right for me.",
)


def text() -> str:
    """Words that no rule minds, different each time."""
    number = next(_numbers)
    return f"{TEXTS[number % len(TEXTS)]} This is my note number {number}."


def make_content(**fields: Any) -> Content:
    """Four stars and harmless words."""
    return Content(**{"stars": 4, "author_name": "Jo D.", "body": text(), **fields})


def make_invitation(product: Product | None = None, **fields: Any) -> Invitation:
    """A request for a delivered order, due yesterday."""
    variant = make_variant(**({"product": product} if product else {}))
    order = make_paid_order(packs={variant: 1})
    line = OrderLine.objects.get(order=order)
    return Invitation.objects.create(
        **{
            "order": order,
            "order_line": line,
            "product": variant.product,
            "delivered_at": NOW - timedelta(days=22),
            "due_at": NOW - timedelta(days=1),
            "expires_at": NOW + timedelta(days=180),
            **fields,
        }
    )


def make_review(content: Content | None = None, *, now: datetime = NOW, **origin: Any) -> Review:
    """A review by a buyer, as the rules leave it; `source="site"` makes one by somebody else."""
    if origin.get("source", Source.REQUEST) == Source.REQUEST and "invitation" not in origin:
        origin["invitation"] = make_invitation(origin.pop("product", None))
    invitation = origin.get("invitation")
    fields = {
        "source": Source.REQUEST,
        "email": "jo@example.com",
        "product": invitation.product if invitation else origin.get("product") or make_product(),
        **origin,
    }
    return submitting.receive(content or make_content(), Origin(**fields), now=now)
