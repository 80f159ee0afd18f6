"""Dates as WordPress writes them, of which not all are dates."""

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

from blog.importing.records import Item

# WordPress is of 2003; what is older stands for "none" (0000-00-00, 1970-01-01, 1999-11-30).
FIRST_YEAR = 2000
LAST_YEAR = 2200
# How PHP writes 0000-00-00, of which Python makes November 2000: "Wed, 30 Nov -0001 00:00:00 +0000".
_NO_YEAR = re.compile(r"\s-\d{4}\s")


def published(item: Item, zone: tzinfo) -> datetime | None:
    """Return when `item` was published: by its UTC time, else its local time in `zone`, else its pubDate."""
    return (
        _stamp(item["wp:post_date_gmt"], UTC)
        or _stamp(item["wp:post_date"], zone)
        or _mail_date(item["pubDate"])
    )


def modified(item: Item, zone: tzinfo) -> datetime | None:
    """Return when `item` was last changed; exports since WordPress 5.7 tell."""
    return _stamp(item["wp:post_modified_gmt"], UTC) or _stamp(item["wp:post_modified"], zone)


def written(date_gmt: str, date: str, zone: tzinfo) -> datetime | None:
    """Return when a comment was written."""
    return _stamp(date_gmt, UTC) or _stamp(date, zone)


def _stamp(text: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return _if_true(moment)


def _mail_date(text: str) -> datetime | None:
    if _NO_YEAR.search(text):
        return None
    try:
        moment = parsedate_to_datetime(text.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _if_true(moment)


def _if_true(moment: datetime) -> datetime | None:
    return moment.astimezone(UTC) if FIRST_YEAR <= moment.year <= LAST_YEAR else None
