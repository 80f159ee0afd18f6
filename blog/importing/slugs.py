"""Addresses of posts: WordPress's own where they can stay."""

from collections.abc import Container
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.text import slugify

from blog.old_addresses import is_reserved

LONGEST = 200
# What WordPress itself keeps off: its own addresses end in them.
_WORDPRESS = {"trackback", "archive", "archives", "rss", "rss2", "atom", "rdf", "series"}


def slug_of(text: str) -> str:
    """Return `text` (percent-encoded or not) as the name that an address can have; may be empty."""
    return slugify(unquote(text.strip()), allow_unicode=True).strip("-_")


def wanted(*, post_name: str, link: str, title: str, fallback: str) -> str:
    """Return the slug that a post had, or the one that its link or its title gives."""
    parts = urlsplit_safely(link)
    last = "" if parts.query else parts.path.rstrip("/").rpartition("/")[2]
    for text in (post_name, last, title, fallback):
        if slug := slug_of(text):
            return slug[:LONGEST].strip("-_")
    return fallback


def free(slug: str, taken: Container[str]) -> str:
    """Return `slug`, or with the lowest number behind it that nobody has: reserved words count as taken."""
    candidate, count = slug, 1
    while candidate in taken or candidate in _WORDPRESS or is_reserved(candidate):
        count += 1
        candidate = f"{slug[: LONGEST - 6]}-{count}"
    return candidate


def urlsplit_safely(address: str) -> SplitResult:
    """Return the parts of `address`; empty ones where it is none (`http://[`)."""
    try:
        parts = urlsplit(address.strip())
        _ = parts.hostname
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts
