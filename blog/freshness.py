"""When posts are to be looked at again, and which are late. See PostQuerySet.overdue and recommended."""

from calendar import monthrange
from datetime import date, datetime

from django.conf import settings

from blog.models import Post
from blog.models.posts import PostQuerySet


def next_review_after(reviewed_on: date) -> date:
    """Return the day of the next review, REVIEW_MONTHS after the last; the 31st becomes the 30th."""
    months = reviewed_on.month - 1 + settings.REVIEW_MONTHS
    year, month = reviewed_on.year + months // 12, months % 12 + 1
    return date(year, month, min(reviewed_on.day, monthrange(year, month)[1]))


def overdue_posts(now: datetime) -> PostQuerySet:
    """Return the public posts whose next review is late, those that have waited longest first."""
    return Post.objects.overdue(now)
