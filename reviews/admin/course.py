"""What staff read of one review wherever it stands: the row itself, its photo, and its log in words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.http import Http404
from django.utils.safestring import SafeString

from reviews import photo_files
from reviews.models import Flag, LogEntry, Reason, Review
from shop.lib.picture_sources import picture_html

Kind = LogEntry.Kind
MOST_DIGITS = 18  # as a key of a row can have
# What an author does needs no name; what nobody is named for the rules did.
BY_AUTHOR = {Kind.RECEIVED, Kind.EDITED, Kind.WITHDRAWN}


@dataclass(frozen=True)
class Line:
    """One entry of the log for reading: what, when, who, why. The log's stars are left out, always."""

    title: str
    at: datetime
    who: str
    reason: str
    note: str


def key_of(object_id: str) -> int:
    """Return the key that an address of the admin names; 0, which no row has, for anything else."""
    return int(object_id) if object_id.isdecimal() and len(object_id) <= MOST_DIGITS else 0


def find(review_id: int) -> Review:
    """Return the review with what its pages show. Raises Http404."""
    flags = Prefetch("current__flags", Flag.objects.order_by("pk"))
    rows = Review.objects.select_related(
        "product", "current", "current__photo", "order_line__order", "reply", "safety_case"
    )
    review = rows.prefetch_related(flags).filter(pk=review_id).first()
    if review is None:
        raise Http404
    return review


def photo_of(review: Review) -> SafeString | None:
    """Return the photo of the current version as HTML, shown or not; None without one."""
    photo = photo_files.photo_of(review.current)
    return picture_html(photo, sizes="(min-width: 48rem) 40rem, 90vw") if photo else None


def lines(review: Review) -> list[Line]:
    """Return the log of `review`, the oldest first. One query."""
    return [
        Line(
            title=entry.get_kind_display(),
            at=entry.at,
            who=_who(entry),
            reason=str(Reason(entry.reason).label) if entry.reason else "",
            note=entry.note,
        )
        for entry in LogEntry.objects.filter(review=review).order_by("sequence")
    ]


def _who(entry: LogEntry) -> str:
    if entry.actor:
        return entry.actor
    return "author" if entry.kind in BY_AUTHOR else "the rules"
