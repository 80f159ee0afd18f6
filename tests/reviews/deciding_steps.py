"""What tests of decisions have in common: reviews in every state, and what a refusal must leave alone."""

from collections import Counter
from typing import Any

from post_office.models import Email

from claims import desk
from claims.models import Override
from reviews import decisions, log, screening, second_look
from reviews.models import LogEntry, Review, ReviewCount, Source
from tests.reviews.makers import NOW, make_content, make_review

CURE = "It cured my anemia."
CLAIM = f"I wore it for a month. {CURE}"


def waiting(**fields: Any) -> Review:
    """One that waits for a person: nobody knows an order of it."""
    return make_review(make_content(**fields), source=Source.SITE)


def shown(**fields: Any) -> Review:
    """One that the rules have shown."""
    return make_review(make_content(**fields))


def withheld(**fields: Any) -> Review:
    """One that a person has withheld for abuse."""
    review = waiting(**fields)
    return withhold(review)


def show(review: Review, **more: Any) -> Review:
    """Let Ann show it."""
    return decisions.show(
        review.pk, **{"version_id": review.current_id, "actor": "ann", "now": NOW, **more}
    )


def withhold(review: Review, **more: Any) -> Review:
    """Let Ann withhold it for abuse."""
    fields = {"reason": "abuse", "note": "the second sentence", "actor": "ann", "now": NOW}
    return decisions.withhold(review.pk, **{"version_id": review.current_id, **fields, **more})


def withhold_by_two(review: Review, **more: Any) -> Review:
    """Let Flo ask for it where its stars have been told, and Ann agree."""
    if second_look.Past(review).is_told:
        withhold(review, **{**more, "actor": "flo"})
    return withhold(review, **more)


def let_stand(review: Review) -> list[Override]:
    """Let two people allow every claim in it."""
    allowed = []
    for one in screening.claims_in(review.current):
        asked = desk.request_override(one, reason="As a quote.", by="ann", now=NOW)
        desk.allow(asked, by="ben", now=NOW)
        allowed.append(asked)
    return allowed


def acts(review: Review) -> list[tuple[str, str, str, str]]:
    """The log of it after its receipt: kind, reason, who, note."""
    rows = LogEntry.objects.filter(review=review).order_by("sequence")
    return list(rows.values_list("kind", "reason", "actor", "note"))[1:]


def templates(review: Review) -> list[str]:
    """The mails to its author after the receipt, by subject."""
    rows = Email.objects.filter(to=[review.email]).order_by("pk")
    return [mail.subject for mail in rows][1:]


def counts() -> Counter[tuple[str, str]]:
    """Every count above zero."""
    rows = ReviewCount.objects.filter(count__gt=0)
    return Counter({(row.kind, row.key): row.count for row in rows})


def everything(review: Review) -> tuple[Any, ...]:
    """What a refused act must leave as it was."""
    row = Review.objects.filter(pk=review.pk).values().get()
    return row, LogEntry.objects.count(), Email.objects.count(), counts()


def chain_faults() -> list[str]:
    """What is wrong with the log; its triggers are off in tests that do not ask for them."""
    return [fault for fault in log.verify() if "trigger is gone" not in fault]
