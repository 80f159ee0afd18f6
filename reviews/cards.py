"""One review as readers see it: what stands in its card, and nothing that the page does not show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from reviews.models import Review, ReviewVersion, Source, StaffReply
from reviews.models.review import MOST_STARS

# Letters of a review on the pages of others; the whole of it stands in the list.
EXCERPT = 400
CAME = {
    Source.REQUEST: "We asked by email",
    Source.SITE: "Written without being asked",
}
MATCHED, NOT_MATCHED = "Bought here, order matched", "Not matched with an order"
NAMELESS = "Somebody who took back the name"


@dataclass(frozen=True)
class Card:
    """A shown review with its current version, its photo and its reply."""

    review: Review
    version: ReviewVersion

    @property
    def number(self) -> int:
        """Its public number."""
        return self.review.number

    @property
    def anchor(self) -> str:
        """Its id on a page."""
        return f"review-{self.number}"

    @property
    def path(self) -> str:
        """Where it stands in the list, as long as it is among the newest."""
        return f"{reverse('reviews')}#{self.anchor}"

    @property
    def heading(self) -> str:
        """Its title, or its number where its author gave none."""
        return self.version.title or f"Review {self.number}"

    @property
    def author(self) -> str:
        """The name that its author gave."""
        return self.version.author_name or NAMELESS

    @property
    def halves(self) -> int:
        """How many half dots are full."""
        return 2 * self.version.stars

    @property
    def rating_words(self) -> str:
        """Its dots in words."""
        return f"{self.version.stars} of {MOST_STARS}"

    @property
    def body(self) -> str:
        """What its author wrote; empty when its words were taken away."""
        return self.version.body

    @property
    def excerpt(self) -> str:
        """How it begins."""
        return excerpt(self.version.body, EXCERPT)

    @property
    def is_cut(self) -> bool:
        """Whether its excerpt is not all of it."""
        return self.excerpt != self.body

    @property
    def day(self) -> date:
        """The day it was written; of an imported one the day it bore there."""
        return self.review.origin_date or timezone.localdate(self.review.received_at)

    @property
    def changed_at(self) -> datetime | None:
        """When its author changed it last; None where nobody has."""
        return self.version.written_at if self.version.place > 1 else None

    @property
    def is_verified(self) -> bool:
        """Whether it belongs to a line of an order."""
        return self.review.order_line_id is not None

    @property
    def matched(self) -> str:
        """Whether it belongs to a line of an order, in words."""
        return MATCHED if self.is_verified else NOT_MATCHED

    @property
    def came(self) -> str:
        """How it came to us."""
        if self.review.source == Source.IMPORT:
            return f"Imported from {self.review.origin}"
        return CAME[Source(self.review.source)]

    @property
    def warnings(self) -> list[str]:
        """What has to stand beside its dots: a thank-you for writing it, a tie to us, that it is invented."""
        found = [self.review.incentive_label, self.review.insider_label]
        if self.review.is_demo:
            found.append("Demo review, invented")
        return [label for label in found if label]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What its author told besides: (what, how it was)."""
        version = self.version
        reacted = {True: "Yes", False: "No", None: ""}[version.skin_reacted]
        rows = (
            ("Skin", version.get_skin_type_display()),
            ("Worn on", version.get_worn_on_display()),
            ("Held", version.get_held_display()),
            ("Used", version.get_used_for_display()),
            ("Skin reacted", reacted),
        )
        return [(name, words) for name, words in rows if words]

    @property
    def photo(self) -> Any:
        """Its photo, when it may be seen."""
        if self.review.photo_state != Review.PhotoState.SHOWN:
            return None
        return getattr(self.version, "photo", None)

    @property
    def photo_alt(self) -> str:
        """What the photo shows, in its author's words where there are some."""
        return (self.photo and self.photo.alt) or f"Photo that came with review {self.number}"

    @property
    def reply(self) -> StaffReply | None:
        """The shop's one answer."""
        return getattr(self.review, "reply", None)

    @property
    def helpful_words(self) -> str:
        """How many found it helpful."""
        count = self.review.helpful_count
        return (
            f"{count:,} {'person' if count == 1 else 'people'} found this helpful" if count else ""
        )

    @property
    def may_be_quoted(self) -> bool:
        """Whether it may stand elsewhere: as ReviewQuerySet.promotable(), with a name and words."""
        review = self.review
        is_free = review.is_promotable and not review.insider_label and not review.incentive_label
        return is_free and bool(self.version.author_name and self.version.body)


def card_of(review: Review) -> Card:
    """Return the card of a review that was read with `current`."""
    assert review.current is not None  # noqa: S101 (set with the review, in one transaction)
    return Card(review, review.current)


def excerpt(text: str, most: int) -> str:
    """Return `text`, or the words at its beginning that fit into `most` letters, with an ellipsis."""
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rsplit(maxsplit=1)[0]} …"
